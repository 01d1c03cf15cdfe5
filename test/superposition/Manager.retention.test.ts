import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { right } from '../../laws/superposition/fractions.js'
import * as Collector from '../../src/branch/Collector.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Manager from '../../src/superposition/Manager.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'

const LABELS = ['a', 'b', 'c', 'd']

/** Which labels are released, in order, when `d` has won, one in a round. */
const order = async (
  retention?: Collector.Retention<MemoryStore.MemoryStore>,
  isRestored = false,
): Promise<string> => {
  const components = ComponentStore.make(MemoryStore.make())
  const options = { window: 0, releases: 1, ...(retention === undefined ? {} : { retention }) }
  let collector = Collector.make(components, options)
  let manager = Manager.make(components, collector)
  const root = StateReference.root(components)(State.empty)()
  expect(E.isRight(Manager.create('plan', Manager.evenly(LABELS), root)(manager)())).toBe(true)
  for (const [label, likelihood] of [
    ['a', 3],
    ['b', 1],
    ['c', 2],
    ['d', 9],
  ] as const)
    Manager.observe('plan', label, likelihood)(manager)()
  if (isRestored) {
    const stored = right(Fetch.run(components.store)(Manager.toState(manager)())())
    const holder = StateReference.root(components)(stored)()
    collector = Collector.make(components, options)
    manager = right(await Manager.fromState(components, collector)(holder)())
  }
  const references = LABELS.map(
    (label) => [label, right(Manager.reference('plan', label)(manager)())] as const,
  )
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

test('also by a manager that was restored', async () => {
  expect(await order(undefined, true)).toBe('bca')
})

test('unless the collector was made to weigh otherwise', async () => {
  const released = await order(() => 1)
  expect([...released].sort().join('')).toBe('abc')
  // In the order in which they were handed over, and not in that of their weights.
  expect(released).not.toBe('bca')
})
