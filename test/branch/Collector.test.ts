import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test, vi } from 'vitest'
import { brokenCollectors, collectorLaws, collectors } from '../../laws/branch/collectorLaws.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { faulty } from '../../laws/store/index.js'
import * as Collector from '../../src/branch/Collector.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import { storeFailed } from '../../src/data/Failure.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as State from '../../src/trie/State.js'

checkAll(collectorLaws('Collector', collectors), test, 50)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(brokenCollectors))('a collector that %s is rejected', async (_, collector) => {
    const names = await rejected(collectorLaws('broken', collector))
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })
  test('each law rejects some collector', () => {
    const laws = collectorLaws('broken', collectors).laws.map(({ name }) => name)
    expect(laws.filter((name) => !found.has(name))).toEqual([])
  })
})

const lost = (store: MemoryStore.MemoryStore, n: number) => {
  const components = ComponentStore.make(store)
  const agents = Array.from({ length: n }, (_, i) => {
    const agent = StateReference.root(components)(State.empty)()
    StateReference.update(State.set(['text'], `${i} `.repeat(400)))(agent)()
    StateReference.commit()(agent)()
    return agent
  })
  return { components, agents }
}

test('a loop in the background frees what is handed over, and stops', async () => {
  const store = MemoryStore.make()
  const { components, agents } = lost(store, 20)
  const collector = Collector.make(components, {
    window: 0,
    rest: 1,
    bounds: { blocks: 3, milliseconds: 10 },
  })
  const running = Collector.start()(collector)()
  Collector.orphan(agents)(collector)()
  while (store.stats().blocks > 0) await new Promise((resolve) => setTimeout(resolve, 1))
  await running.stop()
  await running.stop()
  const stats = Collector.stats(collector)()
  expect(stats).toMatchObject({ orphans: [], released: 20, waiting: 0 })
  expect(stats.freed.blocks).toBeGreaterThan(20)
  expect(stats.slices).toBeGreaterThan(stats.freed.blocks / 3)
  expect(stats.overhead).toBeGreaterThan(0)
})

test('a loop that is stopped in the middle of a round does not rest before it ends', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const collector = Collector.make(ComponentStore.make(MemoryStore.make()))
  await Collector.start()(collector)().stop()
  expect(timers).not.toHaveBeenCalled()
  timers.mockRestore()
})

test('orphans are told apart by how long they have waited', async () => {
  const { components, agents } = lost(MemoryStore.make(), 3)
  const collector = Collector.make(components, { window: 1e9 })
  Collector.orphan([agents[0]!])(collector)()
  await Collector.round(collector)()
  Collector.orphan(agents.slice(1))(collector)()
  expect(Collector.stats(collector)().orphans).toEqual([
    { rounds: 0, references: 2 },
    { rounds: 1, references: 1 },
  ])
})

test('a retention that throws is a failure, and the next round goes on', async () => {
  const store = MemoryStore.make()
  const { components, agents } = lost(store, 2)
  let thrown = 0
  const retention = (): number => {
    if (thrown++ === 0) throw new Error('planned')
    return 1
  }
  const collector = Collector.make(components, { window: 0, retention })
  Collector.orphan(agents)(collector)()
  expect(await Collector.round(collector)()).toMatchObject(E.left({ _tag: storeFailed('', null)._tag }))
  expect(await Collector.collect(collector)()).toMatchObject(E.right({ released: 2 }))
  expect(store.stats().blocks).toBe(0)
})

test('a failure of the store is told, and the next round goes on', async () => {
  const store = MemoryStore.make()
  const { components, agents } = lost(faulty(store, { transact: (nth) => nth === 6 }) as never, 5)
  const collector = Collector.make(components as never, { window: 0, rest: 1, collectable: store })
  Collector.orphan(agents as never)(collector)()
  const first = await Collector.round(collector)()
  expect(first).toMatchObject(E.left({ _tag: storeFailed('', null)._tag }))
  const rest = await Collector.collect(collector)()
  expect(E.isRight(rest)).toBe(true)
  expect(store.stats().blocks).toBe(0)
})

test('a survey says what the collector did and what the store holds', async () => {
  const store = MemoryStore.make()
  const { components, agents } = lost(store, 4)
  const collector = Collector.make(components, { window: 0 })
  Collector.orphan(agents.slice(1))(collector)()
  expect(E.isRight(await Collector.collect(collector)())).toBe(true)
  const survey = Collector.survey(collector)()
  expect(survey).toMatchObject(
    E.right({
      released: 3,
      waiting: 0,
      store: { blocks: store.stats().blocks, unique: store.stats().bytes },
    }),
  )
})
