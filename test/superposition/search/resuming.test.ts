/** A search that failed half way and is called again answers what one does that never failed. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, test } from 'vitest'
import * as StateReference from '../../../src/branch/StateReference.js'
import type { Failure } from '../../../src/data/Failure.js'
import { beam } from '../../../src/superposition/search/Beam.js'
import { bestOfN } from '../../../src/superposition/search/BestOfN.js'
import * as Mcts from '../../../src/superposition/search/Mcts.js'
import type { Problem } from '../../../src/superposition/search/Problem.js'
import * as Fetch from '../../../src/trie/Fetch.js'
import * as State from '../../../src/trie/State.js'
import {
  belief,
  charm,
  failing,
  moved,
  reopened,
  right,
  type Slow,
  spelling,
  text,
  textState,
  type World,
  worldOf,
} from './world.js'

interface Recipe {
  readonly name: string
  readonly start: () => World
  /** The problem anew, since it may remember what it was asked. */
  readonly problem: () => Problem<Slow, Failure>
  readonly search: (
    problem: Problem<Slow, Failure | 'down'>,
    world: World,
  ) => Promise<E.Either<unknown, unknown>>
  readonly answer: (world: World) => unknown
  readonly elsewhere: (world: World) => Promise<World>
}

/** Attempts are told apart by how many were scored before: one that failed is made again. */
const attempts = (): Problem<Slow, Failure> => {
  let scored = 0
  return {
    expand: () => TE.of([{ label: 'made', apply: State.set(['text'], `attempt ${scored}`) }]),
    score: (reference) =>
      TE.map((so: string) => {
        scored++
        return charm(so)
      })(text(reference)),
  }
}

const planted = (): World => {
  const tree = Fetch.now(Mcts.tree(textState('')))
  return worldOf(right(E.flattenW(E.fromOption(() => 'not in memory')(tree))))
}

const recipes: ReadonlyArray<Recipe> = [
  {
    name: 'beam',
    start: () => worldOf(textState('')),
    problem: () => spelling(3),
    search: (problem, { manager, root }) => beam('s', { width: 3, depth: 4 }, problem)(root)(manager)(),
    answer: (world) => belief('s', world),
    elsewhere: reopened,
  },
  {
    name: 'best of N',
    start: () => worldOf(textState('')),
    problem: attempts,
    search: (problem, { manager, root }) => bestOfN('s', 11, problem)(root)(manager)(),
    answer: (world) => belief('s', world),
    elsewhere: reopened,
  },
  {
    name: 'MCTS',
    start: planted,
    problem: () => spelling(3),
    search: (problem, { root }) => Mcts.simulate(25, problem)(root)(),
    answer: ({ root }) => State.digest(right(StateReference.read(root)())),
    elsewhere: moved,
  },
]

describe.each(recipes)('$name', ({ start, problem, search, answer, elsewhere }) => {
  const whole = async () => {
    const world = start()
    const { problem: one, calls } = failing(problem(), -1)
    right(await search(one, world))
    return { answer: answer(world), calls: calls() }
  }

  test('goes on after a failure of any call', async () => {
    const expected = await whole()
    expect(expected.calls).toBeGreaterThan(20)
    for (let at = 0; at < expected.calls; at++) {
      const world = start()
      const { problem: one, calls } = failing(problem(), at)
      expect(await search(one, world)).toEqual(E.left('down'))
      right(await search(one, world))
      expect(answer(world)).toEqual(expected.answer)
      // What was known was not asked again.
      expect(calls()).toBeLessThan(2 * expected.calls)
    }
  })

  test('goes on in another process', async () => {
    const expected = await whole()
    for (let at = 0; at < expected.calls; at++) {
      const world = start()
      const { problem: one } = failing(problem(), at)
      expect(await search(one, world)).toEqual(E.left('down'))
      const other = await elsewhere(world)
      right(await search(one, other))
      expect(answer(other)).toEqual(expected.answer)
    }
  })

  test('has nothing to do once it is done', async () => {
    const world = start()
    right(await search(failing(problem(), -1).problem, world))
    const before = answer(world)
    const { problem: again, calls } = failing(problem(), 0)
    right(await search(again, world))
    expect(calls()).toBe(0)
    expect(answer(world)).toEqual(before)
  })
})
