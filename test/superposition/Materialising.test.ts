import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenFollowers, followerLaws } from '../../laws/superposition/followerLaws.js'
import { right } from '../../laws/superposition/fractions.js'
import * as Collector from '../../src/branch/Collector.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as Factory from '../../src/materialize/Factory.js'
import * as Materializer from '../../src/materialize/Materializer.js'
import * as Registry from '../../src/materialize/Registry.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Manager from '../../src/superposition/Manager.js'
import * as Materialising from '../../src/superposition/Materialising.js'
import * as State from '../../src/trie/State.js'

const LABELS = Array.from({ length: 20 }, (_, n) => String(n).padStart(2, '0'))

const named = (name: string): State.State => right(State.fromJson({ name }))
const inside = (name: string): State.State => right(State.fromJson({ inner: { name } }))

/** A manager of branches that each have a name, and a factory that tells which were built, in order. */
const world = ({ budget = 1000 } = {}) => {
  const built: Array<string> = []
  const factory = Factory.fromCodec({
    type: Factory.type<string>('named'),
    codec: t.type({ name: t.string }),
    create: ({ name }: { name: string }) => {
      built.push(name)
      return name
    },
    estimateSize: (name: string) => name.length,
  })
  const store = MemoryStore.make()
  const components = ComponentStore.make(store)
  const manager = Manager.make(components, Collector.make(components))
  const objects = Materializer.make(components, Registry.of(factory), {
    concurrency: 1,
    budget,
    clock: () => 0,
  })
  const root = StateReference.root(components)(State.empty)()
  expect(E.isRight(Manager.create('plan', Manager.evenly(LABELS), root)(manager)())).toBe(true)
  for (const label of LABELS) {
    const reference = Manager.reference('plan', label)(manager)()
    if (E.isRight(reference)) StateReference.update(State.set(['name'], label))(reference.right)()
  }
  return { built, store, components, manager, objects, type: factory.type }
}

test('nothing is built below the threshold, and what rises above it is', async () => {
  const { built, manager, objects, type } = world()
  const following = Materialising.follow(type, objects, { threshold: 0.2 })(manager)()
  for (let i = 0; i < 1000; i++) Manager.observe('plan', LABELS[i % 20]!, 1.0001)(manager)()
  await following.settled()
  expect(built).toEqual([])
  Manager.observe('plan', '07', 20)(manager)()
  await following.settled()
  expect(built).toEqual(['07'])
  expect(following.asked()).toBe(1)
  following.stop()
})

test('a collapse builds the winner, and nothing more for the others', async () => {
  const { built, manager, objects, type } = world()
  const following = Materialising.follow(type, objects, { threshold: 0.04 })(manager)()
  Manager.observe('plan', '03', 2)(manager)()
  Manager.collapseToMode('plan')(manager)()
  await following.settled()
  expect(built).toEqual(['03'])
  expect(Manager.undo(manager)()).toEqual(E.right(true))
  await following.settled()
  expect(new Set(built)).toEqual(new Set(LABELS))
  following.stop()
})

test('it stops', async () => {
  const { built, manager, objects, type } = world()
  const following = Materialising.follow(type, objects, { threshold: 0 })(manager)()
  Manager.observe('plan', '03', 2)(manager)()
  following.stop()
  Manager.observe('plan', '04', 2)(manager)()
  await following.settled()
  expect(built).toEqual([])
})

test('what had to be loaded first is weighed when it is there', async () => {
  const { store, components, manager, objects, type } = world({ budget: 2 })
  const elsewhere = StateReference.root(ComponentStore.make(store))(inside('a'))()
  const stored = right(StateReference.commit()(elsewhere)())
  const root = right(StateReference.open(components)(stored.digest)())
  right(Manager.create('other', Manager.evenly(['a', 'b']), root)(manager)())
  right(StateReference.write(inside('b'))(right(Manager.reference('other', 'b')(manager)()))())
  right(Manager.observe('other', 'b', 2)(manager)())
  const following = Materialising.follow(type, objects, { path: ['inner'], threshold: 0.2 })(manager)()
  await following.settled()
  expect(following.asked()).toBe(2)
  right(Materializer.now(type, named('c'))(objects)())
  following.stop()
  expect(Materializer.peek(type, inside('a'), ['inner'])(objects)()).toEqual(O.none)
  expect(Materializer.peek(type, inside('b'), ['inner'])(objects)()).toEqual(O.some('b'))
})

test('when it has stopped its weights count no more', async () => {
  const { manager, objects, type } = world({ budget: 2 * LABELS.length })
  Manager.observe('plan', '00', 100)(manager)()
  const following = Materialising.follow(type, objects, { threshold: 0 })(manager)()
  await following.settled()
  following.stop()
  Materializer.reweigh(objects)()
  Materializer.now(type, named('xx'))(objects)()
  // The likeliest, which was built first and is the eldest of all that are now alike.
  expect(Materializer.peek(type, named('00'))(objects)()).toEqual(O.none)
})

checkAll(followerLaws('Materialising', Materialising), test)

describe('the zoo', () => {
  test.each(Object.entries(brokenFollowers(Materialising)))(
    'one that %s is rejected',
    async (name, subject) => {
      expect(await rejected(followerLaws(name, subject), 100)).not.toEqual([])
    },
  )
})
