import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, test } from 'vitest'
import { get } from '../../laws/branch/Subject.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenForests, forestLaws, forestOperations } from '../../laws/vst/index.js'
import {
  Checkpoint,
  ComponentStore,
  Fetch,
  Forest,
  MemoryStore,
  State,
  StateReference,
} from '../../src/index.js'

const suite = forestLaws('Forest', forestOperations)
checkAll(suite, test)

describe('broken forests', () => {
  const found = new Set<string>()

  test.each(Object.entries(brokenForests))('one that %s is rejected', async (_, op) => {
    const names = await rejected(forestLaws('broken', op), 60)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })

  test('each law rejects one', () => {
    expect(suite.laws.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([])
  })
})

const state = (json: unknown): State.State => E.getOrElseW(() => State.empty)(State.fromJson(json))

test('what is no state is said to be none', () => {
  for (const stray of [1, 'text', 'long '.repeat(200), [1]]) {
    const forest = state({ stray })
    for (const answer of [Forest.get('stray')(forest), Forest.sharing(forest)]) {
      expect(Fetch.now<unknown, unknown>(answer)).toMatchObject({
        value: { left: { _tag: 'InvalidPath', path: ['stray'] } },
      })
    }
  }
})

test('a name that is no key is refused', () => {
  for (const name of ['\ud800', 'k'.repeat(1025)]) {
    expect(Fetch.now(Forest.set(name, State.empty)(Forest.empty))).toMatchObject({
      value: { left: { _tag: 'InvalidPath' } },
    })
  }
})

test('one digest names all agents: a checkpoint of the forest costs what changed', () => {
  const store = MemoryStore.make()
  const agents = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [
      `agent ${i}`,
      { plan: `${i} `.repeat(300), common: 'c'.repeat(900) },
    ]),
  )
  const forest = StateReference.root(ComponentStore.make(store))(state(agents))()
  const first = get(Checkpoint.commit({ head: 'forest' })(forest))
  const branch = get(StateReference.branch(forest))
  get(StateReference.update(Forest.update('agent 7', State.set(['step'], 1)))(branch))
  const second = get(Checkpoint.commit({ head: 'forest' })(branch))
  // The checkpoint, the way to the agent, and its root.
  expect(second.added).toBeLessThanOrEqual(5)
  expect(first.added).toBeGreaterThan(300)

  const restored = get(Checkpoint.restore(ComponentStore.make(store))(second.checkpoint))
  const agent = get(StateReference.ask(Forest.get('agent 7'))(restored))
  const before = get(StateReference.ask(Forest.get('agent 7'))(forest))
  expect(O.isSome(agent) && O.isSome(before) && agent.value.equals(before.value)).toBe(false)
  const changes = get(
    Fetch.run(store)(Forest.diff(get(StateReference.read(forest)), get(StateReference.read(restored)))),
  )
  expect(changes).toEqual([{ agent: 'agent 7', change: 'changed' }])
})
