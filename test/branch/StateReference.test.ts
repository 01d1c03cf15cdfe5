import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, test } from 'vitest'
import { brokenReferences, operations, referenceLaws } from '../../laws/branch/index.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { faulty } from '../../laws/store/index.js'
import {
  AsyncStore,
  ComponentStore,
  Fetch,
  Link,
  MemoryStore,
  Residency,
  State,
  StateReference,
} from '../../src/index.js'

checkAll(referenceLaws('StateReference', operations), test)

describe('broken references', () => {
  test.each(Object.keys(brokenReferences))('%s is rejected', async (name) => {
    expect(await rejected(referenceLaws(name, brokenReferences[name]!()), 100)).not.toEqual([])
  })

  test('each law rejects one', async () => {
    const names = new Set<string>()
    for (const broken of Object.values(brokenReferences)) {
      for (const name of await rejected(referenceLaws('broken', broken()), 100)) names.add(name)
    }
    expect([...names].sort()).toEqual(
      referenceLaws('all', operations)
        .laws.map((l) => l.name)
        .sort(),
    )
  })
})

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}
const files = (n: number): State.State =>
  right(
    State.fromJson({
      files: Object.fromEntries(Array.from({ length: n }, (_, i) => [`${i}`, `${i} `.repeat(200)])),
    }),
  )

describe('StateReference', () => {
  test('using releases', () => {
    const components = ComponentStore.make(MemoryStore.make())
    {
      using root = StateReference.root(components)(State.empty)()
      expect(StateReference.live(root)()).toBe(1)
    }
    expect(ComponentStore.live(components)()).toBe(0)
  })

  test('bracket releases when its use throws', () => {
    const components = ComponentStore.make(MemoryStore.make())
    const root = StateReference.root(components)(State.empty)()
    const boom = StateReference.bracket(() => () => {
      throw new Error('boom')
    })
    expect(() => boom(root)()).toThrow('boom')
    expect(StateReference.live(root)()).toBe(1)
  })

  test('a head and its pin are one transaction', () => {
    const store = MemoryStore.make()
    const components = ComponentStore.make(store)
    const root = StateReference.root(components)(files(50))()
    const { digest } = right(StateReference.commit({ head: 'main', expect: null })(root)())
    expect(StateReference.commit({ head: 'main', expect: null })(root)()).toMatchObject({
      left: { _tag: 'HeadMoved' },
    })
    StateReference.release(root)()
    const opened = right(StateReference.openHead(components)('main')())
    expect(O.isSome(opened) && StateReference.checkpoint(opened.value)()).toEqual(O.some(digest))
    expect(right(StateReference.openHead(components)('other')())).toEqual(O.none)
  })

  test('a failed commit loses nothing and can be tried again', () => {
    const store = MemoryStore.make()
    const components = ComponentStore.make(faulty(store, { transact: (nth) => nth === 2 }))
    const first = StateReference.root(components)(files(5))()
    right(StateReference.commit()(first)())
    StateReference.release(first)()
    const root = StateReference.root(components)(files(9))()
    expect(StateReference.commit()(root)()).toMatchObject({ left: { _tag: 'StoreFailed' } })
    right(StateReference.commit()(root)())
    expect(store.stats().pins).toBe(1)
    StateReference.release(root)()
    right(ComponentStore.flush(components)())
    store.collect()
    expect(store.stats().blocks).toBe(0)
  })

  test('a block that does not match its digest is refused', () => {
    const store = MemoryStore.make()
    const honest = ComponentStore.make(store)
    const root = StateReference.root(honest)(files(50))()
    const { digest } = right(StateReference.commit()(root)())
    const components = ComponentStore.make(faulty(store, { flip: () => 12 }))
    const opened = right(StateReference.open(components)(digest)())
    expect(StateReference.ask(State.toJson)(opened)()).toMatchObject({ left: { _tag: 'Corrupt', digest } })
  })

  test('an asynchronous store runs the same programs', async () => {
    const components = ComponentStore.make(AsyncStore.toAsync(MemoryStore.make()), {
      residency: Residency.make(0),
    })
    const root = StateReference.root(components)(files(50))()
    await StateReference.updateAsync(State.set(['files', '3'], 'three'))(root)()
    const { digest } = right(await StateReference.commitAsync({ head: 'main' })(root)())
    const opened = right(await StateReference.openAsync(components)(digest)())
    expect(right(await StateReference.askAsync(State.get(['files', '3']))(opened)())).toEqual(O.some('three'))
    expect(O.isSome(right(await StateReference.openHeadAsync(components)('main')()))).toBe(true)
    StateReference.release(opened)()
    expect(right(await ComponentStore.flushAsync(components)())).toBe(1)
  })

  test('a block collected between two commits is stored again', () => {
    const store = MemoryStore.make()
    const components = ComponentStore.make(store)
    const one = StateReference.root(components)(files(50))()
    const two = right(StateReference.branch(one)())
    right(StateReference.commit()(one)())
    StateReference.release(one)()
    right(ComponentStore.flush(components)())
    store.collect()
    expect(store.stats().blocks).toBe(0)
    const { digest, added } = right(StateReference.commit()(two)())
    expect(added).toBeGreaterThan(50)
    components.residency.clear()
    const opened = right(StateReference.open(components)(digest)())
    expect(right(StateReference.ask(State.toJson)(opened)())).toEqual(
      right(Fetch.run(store)(State.toJson(files(50)))()),
    )
  })

  test('an equal state that is loaded in part never takes the place of a whole one', () => {
    const store = MemoryStore.make()
    const components = ComponentStore.make(store)
    const first = StateReference.root(components)(files(50))()
    const { digest } = right(StateReference.commit()(first)())
    components.residency.clear()
    const lazy = right(StateReference.open(components)(digest)())
    right(StateReference.ask(State.get(['files', '1']))(lazy)())
    const whole = StateReference.root(components)(files(50))()
    const branch = right(StateReference.branch(whole)())
    right(StateReference.commit()(whole)())
    for (const one of [first, lazy, whole]) StateReference.release(one)()
    right(ComponentStore.flush(components)())
    store.collect()
    components.residency.clear()
    expect(store.stats().blocks).toBe(0)
    expect(E.isRight(StateReference.ask(State.toJson)(branch)())).toBe(true)
  })
})

describe('ComponentStore', () => {
  test('says of a component how often it is held, since when, and by whom', () => {
    let time = 1000
    const components = ComponentStore.make(MemoryStore.make({ clock: () => time }))
    const root = StateReference.root(components)(files(10))()
    right(StateReference.commit()(root)())
    const link = right(StateReference.ask(Link.at(['files', '3']))(root)())
    if (O.isNone(link)) throw new Error('no link')
    expect(ComponentStore.component(components)(link.value.digest)()).toMatchObject({
      count: 1,
      sharedSince: O.none,
    })
    time = 2000
    const other = StateReference.root(components)(right(State.fromJson({ copy: `${3} `.repeat(200) })))()
    right(StateReference.commit()(other)())
    expect(ComponentStore.component(components)(link.value.digest)()).toMatchObject({
      count: 2,
      sharedSince: O.some(2000),
      resident: true,
    })
    expect(new Set(right(StateReference.holders(link.value.digest)(components)()))).toEqual(
      new Set([root, other]),
    )
  })

  test('a family that is dropped without release is let go', async () => {
    if (globalThis.gc === undefined) return
    const store = MemoryStore.make()
    const components = ComponentStore.make(store)
    ;(() => {
      right(StateReference.commit()(StateReference.root(components)(files(5))())())
    })()
    for (let i = 0; i < 20 && right(ComponentStore.flush(components)()) === 0; i++) {
      globalThis.gc()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    store.collect()
    expect(store.stats().blocks).toBe(0)
  })
})
