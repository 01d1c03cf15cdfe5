import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { expect, test } from 'vitest'
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

/** A manager of branches that each have a name, and a factory that tells which were built, in order. */
const world = () => {
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
  const components = ComponentStore.make(MemoryStore.make())
  const manager = Manager.make(components, Collector.make(components))
  const objects = Materializer.make(components, Registry.of(factory), { concurrency: 1 })
  const root = StateReference.root(components)(State.empty)()
  expect(E.isRight(Manager.create('plan', Manager.evenly(LABELS), root)(manager)())).toBe(true)
  for (const label of LABELS) {
    const reference = Manager.reference('plan', label)(manager)()
    if (E.isRight(reference)) StateReference.update(State.set(['name'], label))(reference.right)()
  }
  return { built, manager, objects, type: factory.type }
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
