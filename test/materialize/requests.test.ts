/** What a materialiser is asked for, and what it says when it cannot. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { faulty, faultyAsync } from '../../laws/store/index.js'
import {
  AsyncStore,
  Component,
  ComponentStore,
  type Digest,
  Factory,
  Fetch,
  Link,
  Materializer,
  MemoryStore,
  PlainObject,
  Registry,
  Residency,
  State,
  StateReference,
  type Store,
  TextFile,
} from '../../src/index.js'
import { plain, right, still } from './still.js'

const long = 'one\ntwo\nthree '.repeat(100)

const stored = (json: unknown) => {
  const store = MemoryStore.make()
  const components = ComponentStore.make(store)
  const state = right(State.fromJson(json))
  const reference = StateReference.root(components)(state)()
  const { digest } = right(StateReference.commit()(reference)())
  return { store, components, state, reference, digest }
}

const registry = Registry.of(PlainObject.factory, TextFile.factory)

describe('a source', () => {
  const { components, state, reference, digest } = stored({ a: { b: long }, n: 1 })
  const link = right(StateReference.ask(Link.at(['a', 'b']))(reference)())
  if (O.isNone(link)) throw new Error('no link')
  const sources: ReadonlyArray<readonly [string, Materializer.Source, ReadonlyArray<string>]> = [
    ['a digest', digest, ['a', 'b']],
    ['a state', state, ['a', 'b']],
    ['a reference', reference, ['a', 'b']],
    ['a component', Component.ofState(state), ['a', 'b']],
    ['a link', link.value, []],
    ['the digest of a part', link.value.digest, []],
    ['a value', Component.ofValue(long), []],
  ]
  test.each(sources)('may be %s; all are one object', (_, source, path) => {
    const materializer = Materializer.make(components, registry, still)
    const one = right(Materializer.now(TextFile.factory.type, source, { path })(materializer)())
    expect(one.text).toBe(long)
    for (const [, other, at] of sources) {
      expect(right(Materializer.now(TextFile.factory.type, other, { path: at })(materializer)())).toBe(one)
      expect(Materializer.peek(TextFile.factory.type, other, at)(materializer)()).toEqual(O.some(one))
    }
    expect(Materializer.stats(materializer)()).toMatchObject({ builds: 1, misses: 1, objects: 1 })
  })

  test('a part is built without its siblings', () => {
    const asked: Array<Digest.Digest> = []
    const both = stored({ left: { text: long }, right: { text: `other ${long}` } })
    const watching = ComponentStore.make<Store.Store>({
      ...both.store,
      read: (digests) => {
        asked.push(...digests)
        return both.store.read(digests)
      },
    })
    const materializer = Materializer.make(watching, registry, still)
    right(Materializer.now(plain, both.digest, { path: ['left'] })(materializer)())
    const sibling = right(StateReference.ask(Link.at(['right', 'text']))(both.reference)())
    expect(O.isSome(sibling) && asked.includes(sibling.value.digest)).toBe(false)
    expect(asked.length).toBeGreaterThan(0)
  })

  test('each block of a part is read once, by its digest, too', () => {
    const asked: Array<Digest.Digest> = []
    const { store } = components
    const watching = ComponentStore.make<Store.Store>(
      {
        ...store,
        read: (digests) => {
          asked.push(...digests)
          return store.read(digests)
        },
      },
      { residency: Residency.make(0) },
    )
    const materializer = Materializer.make(watching, registry, still)
    right(Materializer.now(TextFile.factory.type, link.value.digest)(materializer)())
    expect(asked.length).toBeGreaterThan(0)
    expect(new Set(asked).size).toBe(asked.length)
  })

  test.each<readonly [string, Digest.Digest, ReadonlyArray<string>, string]>([
    ['where nothing stands', digest, ['z'], 'InvalidPath'],
    ['of another kind', digest, ['n'], 'Mismatch'],
    ['that the store does not have', 'x'.repeat(16) as Digest.Digest, [], 'Missing'],
  ])('%s is a failure', async (_, source, path, _tag) => {
    const materializer = Materializer.make(components, registry, still)
    expect(Materializer.now(TextFile.factory.type, source, { path })(materializer)()).toMatchObject({
      left: { _tag },
    })
    expect(
      await Materializer.materialize(TextFile.factory.type, source, { path })(materializer)(),
    ).toMatchObject({
      left: { _tag },
    })
    expect(Materializer.stats(materializer)().objects).toBe(0)
  })

  test('that was released is a failure', async () => {
    const other = stored({ a: 1 })
    StateReference.release(other.reference)()
    const materializer = Materializer.make(other.components, registry, still)
    const released = { left: { _tag: 'Released' } }
    expect(Materializer.now(plain, other.reference)(materializer)()).toMatchObject(released)
    expect(await Materializer.materialize(plain, other.reference)(materializer)()).toMatchObject(released)
    expect(Materializer.peek(plain, other.reference)(materializer)()).toEqual(O.none)
  })
})

describe('a factory', () => {
  const type = Factory.type<number>('odd')
  const common = { type, read: Component.value, estimateSize: () => 1 }
  const { components, digest } = stored({ a: 1 })
  const with_ = (factory: Factory.AnyFactory) => Materializer.make(components, Registry.of(factory), still)
  const boom = (): never => {
    throw new Error('boom')
  }
  const twice = (resolve: (answer: E.Either<unknown, number>) => void): void => {
    resolve(E.left('boom'))
    resolve(E.right(1))
  }
  type Options = Partial<Pick<Factory.Factory<number>, 'read' | 'estimateSize'>>
  const pure = (options: Options, create: () => number) => Factory.pure({ ...common, ...options, create })
  const effect = (create: () => () => Promise<E.Either<unknown, number>>) =>
    Factory.effect<number, unknown>({ ...common, create })
  const reading = (c: Component.Component) => Fetch.map(boom)(Component.value(c))
  test.each<readonly [string, Factory.AnyFactory, string]>([
    ['throws while it reads', pure({ read: boom }, () => 1), 'read'],
    ['throws after it has read', pure({ read: reading }, () => 1), 'read'],
    ['throws', pure({}, boom), 'create'],
    ['throws instead of a task', effect(boom), 'create'],
    ['rejects', effect(() => () => Promise.reject(new Error('boom'))), 'create'],
    ['answers Left', effect(() => async () => E.left('boom')), 'create'],
    ['answers nothing', effect(() => async () => undefined as never), 'create'],
    ['answers what is no promise', effect(() => (() => undefined) as never), 'create'],
    ['settles twice', effect(() => (() => Object.fromEntries([['then', twice]])) as never), 'create'],
    ['has no size', pure({ estimateSize: () => -1 }, () => 1), 'estimateSize'],
    ['throws at its size', pure({ estimateSize: boom }, () => 1), 'estimateSize'],
  ])('that %s has failed', async (_, factory, during) => {
    const materializer = with_(factory)
    expect(await Materializer.materialize(type, digest)(materializer)()).toMatchObject({
      left: { _tag: 'FactoryFailed', type: 'odd', during },
    })
    expect(Materializer.stats(materializer)()).toMatchObject({
      failures: 1,
      running: 0,
      queued: 0,
      objects: 0,
    })
  })

  test('that takes time is not for now', () => {
    const materializer = with_(Factory.effect({ ...common, create: () => async () => E.right(1) }))
    expect(Materializer.now(type, digest)(materializer)()).toMatchObject({ left: { _tag: 'FactoryFailed' } })
    expect(Materializer.stats(materializer)()).toMatchObject({ running: 0, queued: 0 })
  })

  test('that asks for its own object is refused', () => {
    const inner: Array<unknown> = []
    const materializer: Materializer.Materializer = with_(
      Factory.pure({
        ...common,
        create: () => {
          inner.push(Materializer.now(type, digest)(materializer)())
          return 1
        },
      }),
    )
    expect(Materializer.now(type, digest)(materializer)()).toEqual(E.right(1))
    expect(inner).toMatchObject([{ left: { _tag: 'FactoryFailed' } }])
  })

  test('with a codec sees what it has decoded', () => {
    const factory = Factory.fromCodec({
      type,
      codec: t.type({ a: t.number }),
      create: ({ a }) => a + 1,
      estimateSize: () => 8,
    })
    expect(Materializer.now(type, digest)(with_(factory))()).toEqual(E.right(2))
    expect(Factory.supportsDelta(factory)).toBe(false)
    expect(Factory.supportsDelta(PlainObject.factory)).toBe(true)
  })

  test('is told when nobody waits any more, and ends before it is asked again', async () => {
    const signals: Array<AbortSignal> = []
    const open: Array<() => void> = []
    const materializer = with_(
      Factory.effect({
        ...common,
        create: (_, signal) => () =>
          new Promise((resolve) => {
            signals.push(signal)
            open.push(() => resolve(E.right(signals.length)))
          }),
      }),
    )
    const control = new AbortController()
    const first = Materializer.materialize(type, digest, { signal: control.signal })(materializer)()
    await new Promise((resolve) => setImmediate(resolve))
    control.abort()
    expect(await first).toMatchObject({ left: { _tag: 'Cancelled', reason: 'asked for' } })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    const second = Materializer.materialize(type, digest)(materializer)()
    await new Promise((resolve) => setImmediate(resolve))
    expect(signals.length).toBe(1)
    open[0]!()
    await new Promise((resolve) => setImmediate(resolve))
    expect(signals.length).toBe(2)
    open[1]!()
    expect(await second).toEqual(E.right(2))
    expect(Materializer.stats(materializer)()).toMatchObject({ running: 0, queued: 0, objects: 1, builds: 1 })
  })
})

describe('a store', () => {
  test('that fails, fails those who need it, and once', async () => {
    const { store, digest } = stored({ a: long })
    const bad = faulty(store, { read: (nth) => nth === 1 })
    const materializer = Materializer.make(
      ComponentStore.make(bad, { residency: Residency.make(0) }),
      registry,
      still,
    )
    expect(Materializer.now(plain, digest)(materializer)()).toMatchObject({ left: { _tag: 'StoreFailed' } })
    expect(Materializer.now(plain, digest)(materializer)()).toEqual(E.right({ a: long }))
  })

  test.each(['throws', 'rejects'])('that %s has failed', async (how) => {
    const { store, digest } = stored({ a: 1 })
    const read = (): never => {
      throw new Error('down')
    }
    const sync = Materializer.make(ComponentStore.make<Store.Store>({ ...store, read }), registry, still)
    const slow: AsyncStore.AsyncStore = {
      ...AsyncStore.toAsync(store),
      read: how === 'throws' ? read : () => () => Promise.reject(new Error('down')),
    }
    const async_ = Materializer.makeAsync(ComponentStore.make(slow), registry, still)
    expect(Materializer.now(plain, digest)(sync)()).toMatchObject({ left: { _tag: 'StoreFailed' } })
    expect(await Materializer.materialize(plain, digest)(async_)()).toMatchObject({
      left: { _tag: 'StoreFailed' },
    })
  })

  test('that answers what are no bytes has failed', async () => {
    const { store, digest } = stored({ a: 1 })
    for (const answer of ['text', null, { right: 7 }, [7]]) {
      const odd: AsyncStore.AsyncStore = {
        ...AsyncStore.toAsync(store),
        trusted: false,
        read: () => async () => E.right(answer) as never,
      }
      const materializer = Materializer.makeAsync(ComponentStore.make(odd), registry, still)
      const found = await Materializer.materialize(plain, digest)(materializer)()
      expect(E.isLeft(found)).toBe(true)
      expect(Materializer.stats(materializer)()).toMatchObject({ running: 0, queued: 0, objects: 0 })
    }
  })

  test('with one corrupt block fails the one who reads it', async () => {
    const { store, components, digest } = stored({ a: 1 })
    const other = StateReference.root(components)(right(State.fromJson({ b: 2 })))()
    const sound = right(StateReference.commit()(other)()).digest
    const bad = faultyAsync(AsyncStore.toAsync(store), { flip: (at) => (at === digest ? 5 : undefined) })
    const materializer = Materializer.makeAsync(ComponentStore.make(bad), registry, still)
    const answers = await Promise.all(
      [digest, sound].map((at) => Materializer.materialize(plain, at)(materializer)()),
    )
    expect(answers).toMatchObject([{ left: { _tag: 'Corrupt', digest } }, { right: { b: 2 } }])
  })
})
