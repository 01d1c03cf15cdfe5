/** Searches on problems of which the answer is known: `npm start -- --search`. */
import Table from 'cli-table3'
import * as E from 'fp-ts/lib/Either.js'
import * as Collector from '../../branch/Collector.js'
import * as ComponentStore from '../../branch/ComponentStore.js'
import * as StateReference from '../../branch/StateReference.js'
import type { Failure } from '../../data/Failure.js'
import * as MemoryStore from '../../store/MemoryStore.js'
import * as Manager from '../../superposition/Manager.js'
import { beam } from '../../superposition/search/Beam.js'
import { bestOfN } from '../../superposition/search/BestOfN.js'
import * as Mcts from '../../superposition/search/Mcts.js'
import type { State } from '../../trie/State.js'
import { must, mustBe } from '../job/agents.js'
import { chance } from '../job/chance.js'
import * as ticTacToe from './ticTacToe.js'
import * as twentyFour from './twentyFour.js'

/** One search, and whether the solver says so, too. */
export interface Finding {
  readonly problem: string
  readonly recipe: string
  readonly answer: string
  readonly solver: string
  /** Not said of attempts by chance that found nothing. */
  readonly agrees: boolean | null
}

const PUZZLES = [
  [4, 9, 10, 13],
  [1, 1, 11, 11],
  [3, 3, 8, 8],
  [1, 5, 5, 5],
  [1, 1, 1, 1],
] as const

const BOARDS = ['x.o......', 'xo..x...o', 'x..ox...o', 'xox.o....', '....x....'] as const

const WIDTH = 12
const ATTEMPTS = 400
const SIMULATIONS = 1500

type Store = MemoryStore.MemoryStore

const world = (start: E.Either<Failure, State>) => {
  const components = ComponentStore.make(MemoryStore.make())
  const manager = Manager.make(components, Collector.make(components))
  return { manager, root: StateReference.root(components)(mustBe(start))() }
}

/** What is left of the numbers, or that there is nothing. */
const said = async (
  found: E.Either<Failure, StateReference.StateReference<Store> | undefined>,
): Promise<string | null> => {
  // All states scored nothing.
  if (E.isLeft(found) && found.left._tag === 'ZeroEvidence') return null
  const reference = mustBe(found)
  if (reference === undefined) return null
  const [term] = mustBe(await twentyFour.read(reference)())
  return twentyFour.isGoal(term!) ? term!.text : null
}

const puzzle = async (numbers: ReadonlyArray<number>): Promise<ReadonlyArray<Finding>> => {
  const problem = `24 from ${numbers.join(' ')}`
  const can = twentyFour.solvable(twentyFour.termsOf(numbers))
  const solver = can ? 'can be made' : 'cannot be made'
  const wide = world(twentyFour.start(numbers))
  const kept = await beam<Store, Failure>(
    'beam',
    { width: WIDTH, depth: 3 },
    twentyFour.problem(),
  )(wide.root)(wide.manager)()
  const beamed = await said(E.map((all: ReadonlyArray<StateReference.StateReference<Store>>) => all[0])(kept))
  const many = world(twentyFour.start(numbers))
  const dice = chance('attempts', ...numbers)
  const tried = await said(
    await bestOfN<Store, Failure>('attempts', ATTEMPTS, twentyFour.attempts(dice.below))(many.root)(
      many.manager,
    )(),
  )
  return [
    {
      problem,
      recipe: `beam of ${WIDTH}`,
      answer: beamed ?? 'none',
      solver,
      agrees: can === (beamed !== null),
    },
    {
      problem,
      recipe: `best of ${ATTEMPTS}`,
      answer: tried ?? 'none',
      solver,
      agrees: tried === null ? null : can,
    },
  ]
}

const game = async (board: string): Promise<Finding> => {
  const { root } = world(ticTacToe.start(board))
  must(StateReference.update((state) => Mcts.tree(state))(root))
  mustBe(await Mcts.simulate<Store, Failure>(SIMULATIONS, ticTacToe.problem(), { alternate: true })(root)())
  const [move] = must(StateReference.ask((tree) => Mcts.line(tree))(root))
  const best = ticTacToe.worth(board)
  return {
    problem: `tic-tac-toe ${board}`,
    recipe: `MCTS, ${SIMULATIONS} simulations`,
    answer: move === undefined ? 'none' : `square ${move}`,
    solver: ['lost', 'drawn', 'won'][best + 1]!,
    agrees: move !== undefined && -ticTacToe.worth(ticTacToe.play(board, Number(move))) === best,
  }
}

/** All of them, one after the other; the same on every machine. */
export const search = async (): Promise<ReadonlyArray<Finding>> => {
  const found: Array<Finding> = []
  for (const numbers of PUZZLES) found.push(...(await puzzle(numbers)))
  for (const board of BOARDS) found.push(await game(board))
  return found
}

export const table = (findings: ReadonlyArray<Finding>): string => {
  const made = new Table({
    head: ['problem', 'search', 'answer', 'solver', 'agree'],
    style: { head: [], border: [], compact: true },
  })
  for (const { problem, recipe, answer, solver, agrees } of findings)
    made.push([problem, recipe, answer, solver, agrees === null ? '' : agrees ? 'yes' : 'no'])
  return made.toString()
}
