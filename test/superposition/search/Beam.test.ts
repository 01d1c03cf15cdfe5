import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, test } from 'vitest'
import * as Collector from '../../../src/branch/Collector.js'
import * as ComponentStore from '../../../src/branch/ComponentStore.js'
import * as StateReference from '../../../src/branch/StateReference.js'
import { chance } from '../../../src/cli/job/chance.js'
import * as twentyFour from '../../../src/cli/search/twentyFour.js'
import type { Failure } from '../../../src/data/Failure.js'
import * as MemoryStore from '../../../src/store/MemoryStore.js'
import * as Manager from '../../../src/superposition/Manager.js'
import * as Measure from '../../../src/superposition/Measure.js'
import { beam } from '../../../src/superposition/search/Beam.js'
import * as State from '../../../src/trie/State.js'
import { charm, failing, right, type Slow, spelling, text, textState, worldOf } from './world.js'

const dice = chance('puzzles')
const random = Array.from({ length: 40 }, () => Array.from({ length: 4 }, () => 1 + dice.below(13)))
/** Known to need a quotient that is no integer, or to have no answer. */
const hard = [
  [3, 3, 8, 8],
  [1, 5, 5, 5],
  [1, 3, 4, 6],
  [1, 1, 1, 1],
  [1, 1, 1, 13],
  [6, 7, 9, 9],
]

describe('the 24 game', () => {
  const puzzles = [...hard, ...random]
  const canBe = puzzles.filter((numbers) => twentyFour.solvable(twentyFour.termsOf(numbers)))

  test('has puzzles of either kind', () => {
    expect(canBe.length).toBeGreaterThan(20)
    expect(puzzles.length - canBe.length).toBeGreaterThan(5)
  })

  test.each(puzzles.map((numbers) => [numbers.join(' '), numbers] as const))('%s', async (_, numbers) => {
    const components = ComponentStore.make(MemoryStore.make())
    const manager = Manager.make(components, Collector.make(components))
    const root = StateReference.root(components)(right(twentyFour.start(numbers)))()
    const found = await beam<MemoryStore.MemoryStore, Failure>(
      'beam',
      { width: 12, depth: 3 },
      twentyFour.problem(),
    )(root)(manager)()
    if (twentyFour.solvable(twentyFour.termsOf(numbers))) {
      const [term] = right(await twentyFour.read(right(found)[0]!)())
      expect(twentyFour.isGoal(term!)).toBe(true)
    } else expect(E.isLeft(found) && found.left._tag).toBe('ZeroEvidence')
  })
})

/** What a beam should hold: texts with their weights, by plain lists of doubles. */
const model = (width: number, depth: number, length: number): ReadonlyArray<string> => {
  let held: ReadonlyArray<{ readonly text: string; readonly weight: number }> = [{ text: '', weight: 1 }]
  for (let level = 0; level < depth; level++) {
    held = held
      .flatMap(({ text: so, weight }) =>
        so.length === length
          ? [{ text: so, weight }]
          : ['a', 'b', 'c'].map((label, i) => ({
              text: so + label,
              weight: ((weight * (i + 1)) / 6) * charm(so + label),
            })),
      )
      .sort((a, b) => b.weight - a.weight)
      .slice(0, width)
  }
  return held.map(({ text: so }) => so)
}

describe('a beam', () => {
  test.each([
    [1, 1, 3],
    [1, 4, 4],
    [3, 2, 3],
    [4, 5, 3],
    [100, 4, 3],
  ])('of %i over %i levels holds what a list would', async (width, depth, length) => {
    const { manager, root } = worldOf(textState(''))
    const found = right(await beam('s', { width, depth }, spelling(length))(root)(manager)())
    const texts = await Promise.all(found.map(async (reference) => right(await text(reference)())))
    expect(texts).toEqual(model(width, depth, length))
  })

  test('scores a move whatever it is called', async () => {
    const { manager, root } = worldOf(textState(''))
    const one = {
      expand: () => TE.of(['.', 'a'].map((label) => ({ label, apply: State.set(['text'], label) }))),
      score: (reference: StateReference.StateReference<Slow>) =>
        TE.map((so: string) => (so === '.' ? 0.5 : 1))(text(reference)),
    }
    const found = right(await beam('s', { width: 2, depth: 1 }, one)(root)(manager)())
    expect(right(await text(found[0]!)())).toBe('a')
    expect(Measure.size(right(Manager.measure('s')(manager)()))).toBe(2)
  })

  const bad = (moves: ReadonlyArray<{ readonly label: string; readonly prior?: number }>, score: number) => ({
    expand: () => TE.of(moves.map((move) => ({ ...move, apply: State.set(['text'], 'x') }))),
    score: () => TE.of(score),
  })

  test.each([
    ['a score of NaN', [{ label: 'a' }], Number.NaN, 'InvalidWeight'],
    ['a negative score', [{ label: 'a' }], -1, 'InvalidWeight'],
    ['an infinite score', [{ label: 'a' }], Number.POSITIVE_INFINITY, 'InvalidWeight'],
    ['a negative prior', [{ label: 'a', prior: -1 }], 1, 'InvalidWeight'],
    ['a prior of NaN', [{ label: 'a', prior: Number.NaN }], 1, 'InvalidWeight'],
    ['priors of zero', [{ label: 'a', prior: 0 }], 1, 'InvalidWeight'],
    ['two moves of one label', [{ label: 'a' }, { label: 'a' }], 1, 'InvalidKernel'],
    ['a label with a slash', [{ label: 'a/b' }], 1, 'InvalidKernel'],
    ['scores of zero', [{ label: 'a' }, { label: 'b' }], 0, 'ZeroEvidence'],
  ])('refuses %s, and is where it was', async (_, moves, score, tag) => {
    const { manager, root } = worldOf(textState(''))
    const found = await beam('s', { width: 2, depth: 1 }, bad(moves, score))(root)(manager)()
    expect(E.isLeft(found) && found.left).toMatchObject({ _tag: tag })
    expect(Measure.branches(right(Manager.measure('s')(manager)())).map(([key]) => key)).toEqual([''])
    // The root, and its one branch.
    expect(StateReference.live(root)()).toBe(2)
  })

  test.each([0, -1, Number.NaN])('of width %d holds nothing', async (width) => {
    const { manager, root } = worldOf(textState(''))
    const found = await beam('s', { width, depth: 1 }, spelling(3))(root)(manager)()
    expect(E.isLeft(found) && found.left).toMatchObject({ _tag: 'ZeroEvidence' })
  })

  test.each([0, -1, Number.NaN])('of depth %d asks nothing', async (depth) => {
    const { manager, root } = worldOf(textState(''))
    const { problem, calls } = failing(spelling(3), 0)
    expect(right(await beam('s', { width: 1, depth }, problem)(root)(manager)()).length).toBe(1)
    expect(calls()).toBe(0)
  })
})
