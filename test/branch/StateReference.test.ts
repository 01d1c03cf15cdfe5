import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, test } from 'vitest'
import { brokenReferences, operations, referenceLaws } from '../../laws/branch/index.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { faulty } from '../../laws/store/index.js'
import {
  AsyncStore,
  ComponentStore,
  Failure,
  Fetch,
  Link,
  MemoryStore,
  Residency,
  State,
  StateReference,
  type Store,
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

  test('of two commits at once the one that began later is the checkpoint', async () => {
    const store = MemoryStore.make()
    const slow = AsyncStore.toAsync(store)
    let hold: Promise<void> = Promise.resolve()
    const components = ComponentStore.make(
      {
        ...slow,
        transact: (t: Store.Transaction) => async () => {
          await hold
          return slow.transact(t)()
        },
      },
      { residency: Residency.make(0) },
    )
    const root = StateReference.root(components)(files(5))()
    let go = (): void => undefined
    hold = new Promise((resolve) => {
      go = resolve
    })
    const first = StateReference.commitAsync()(root)()
    await new Promise((resolve) => setTimeout(resolve, 5))
    hold = Promise.resolve()
    await StateReference.updateAsync(State.set(['more'], 1))(root)()
    const second = right(await StateReference.commitAsync()(root)())
    right(StateReference.unload(root)())
    go()
    right(await first)
    expect(StateReference.checkpoint(root)()).toEqual(O.some(second.digest))
    await ComponentStore.flushAsync(components)()
    store.collect()
    expect(right(await StateReference.askAsync(State.get(['more']))(root)())).toEqual(O.some(1))
  })

  test('a pin that the store has lost track of stops nobody', () => {
    const store = MemoryStore.make()
    const components = ComponentStore.make(faulty(store, { unacknowledged: (nth) => nth === 3 }))
    const one = StateReference.root(components)(files(3))()
    const two = StateReference.root(components)(files(4))()
    right(StateReference.commit()(one)())
    right(StateReference.commit()(two)())
    StateReference.release(one)()
    expect(E.isLeft(ComponentStore.flush(components)())).toBe(true)
    right(StateReference.commit()(two)())
    StateReference.release(two)()
    right(ComponentStore.flush(components)())
    store.collect()
    expect(store.stats()).toMatchObject({ blocks: 0, pins: 0 })
  })

  test('a store that throws has failed, and its pins are let go later', () => {
    const store = MemoryStore.make()
    let broken = false
    const components = ComponentStore.make({
      ...store,
      transact: (t: Store.Transaction) => {
        if (broken) throw new Error('down')
        return store.transact(t)
      },
    })
    const one = StateReference.root(components)(files(3))()
    right(StateReference.commit()(one)())
    StateReference.release(one)()
    broken = true
    expect(ComponentStore.flush(components)()).toMatchObject({ left: { _tag: 'StoreFailed' } })
    broken = false
    right(ComponentStore.flush(components)())
    expect(store.stats().pins).toBe(0)
  })

  test('a head that names a lost block is a failure', () => {
    const store = MemoryStore.make()
    const lost = {
      ...store,
      transact: (t: Store.Transaction) =>
        t.pins === undefined ? store.transact(t) : () => E.left(Failure.missing((t.pins ?? [])[0]!)),
    }
    const components = ComponentStore.make(store)
    right(StateReference.commit({ head: 'main' })(StateReference.root(components)(files(3))())())
    expect(StateReference.openHead(ComponentStore.make(lost))('main')()).toMatchObject({
      left: { _tag: 'Missing' },
    })
  })

  test('trim lets go of checkpoints that nobody stands on', () => {
    const store = MemoryStore.make()
    const components = ComponentStore.make(store)
    const root = StateReference.root(components)(files(3))()
    for (let i = 0; i < 4; i++) {
      right(StateReference.update(State.set(['step'], i))(root)())
      right(StateReference.commit()(root)())
    }
    expect(StateReference.trim(root)()).toBe(3)
    right(ComponentStore.flush(components)())
    store.collect()
    expect(store.stats().pins).toBe(1)
    components.residency.clear()
    expect(right(StateReference.ask(State.get(['step']))(root)())).toEqual(O.some(3))
  })

  test('a block collected between two commits is stored again', () => {
    const store = MemoryStore.make()
    const components = ComponentStore.make(store)
    const one = StateReference.root(components)(files(50))()
    const two = right(StateReference.branch(one)())
    right(StateReference.commit()(one)())
    StateReference.release(one)()
    StateReference.trim(two)()
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
    StateReference.trim(branch)()
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
    expect(right(ComponentStore.component(components)(link.value.digest)())).toMatchObject({
      count: 1,
      sharedSince: O.none,
    })
    time = 2000
    const other = StateReference.root(components)(right(State.fromJson({ copy: `${3} `.repeat(200) })))()
    right(StateReference.commit()(other)())
    expect(right(ComponentStore.component(components)(link.value.digest)())).toMatchObject({
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
