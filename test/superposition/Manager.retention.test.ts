import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import * as Collector from '../../src/branch/Collector.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Manager from '../../src/superposition/Manager.js'
import * as State from '../../src/trie/State.js'

const LABELS = ['a', 'b', 'c', 'd']

/** Which labels are released, in order, when `d` has won, one in a round. */
const order = async (retention?: Collector.Retention<MemoryStore.MemoryStore>): Promise<string> => {
  const components = ComponentStore.make(MemoryStore.make())
  const options = { window: 0, releases: 1, ...(retention === undefined ? {} : { retention }) }
  const collector = Collector.make(components, options)
  const manager = Manager.make(components, collector)
  const root = StateReference.root(components)(State.empty)()
  expect(E.isRight(Manager.create('plan', Manager.evenly(LABELS), root)(manager)())).toBe(true)
  const references = new Map(
    LABELS.map((label) => {
      const found = Manager.reference('plan', label)(manager)()
      if (E.isLeft(found)) throw new Error(label)
      return [label, found.right] as const
    }),
  )
  for (const [label, likelihood] of [
    ['a', 3],
    ['b', 1],
    ['c', 2],
    ['d', 9],
  ] as const)
    Manager.observe('plan', label, likelihood)(manager)()
  Manager.collapseToMode('plan')(manager)()
  let released = ''
  for (const _ of LABELS) {
    await Collector.round(collector)()
    for (const [label, reference] of references)
      if (StateReference.isReleased(reference)() && !released.includes(label)) released += label
  }
  return released
}

test('what lost is released the least probable first', async () => {
  expect(await order()).toBe('bca')
})

test('unless the collector was made to weigh otherwise', async () => {
  const released = await order(() => 1)
  expect([...released].sort().join('')).toBe('abc')
  // In the order in which they were handed over, and not in that of their weights.
  expect(released).not.toBe('bca')
})
