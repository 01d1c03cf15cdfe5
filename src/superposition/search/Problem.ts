/**
 * A `Problem` is what a search over agents is about: which moves there are from a state, and how good a state is.
 *
 * Both are asked of a reference that holds the state, so they may call a model, run a test or read files of it, and may fail; what they do
 * to the reference is theirs and is lost. A move itself is pure.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { fetched, runAsync } from '../../branch/internal/program.js'
import * as StateReference from '../../branch/StateReference.js'
import {
  type Corrupt,
  type InvalidKernel,
  type InvalidWeight,
  invalidKernel,
  invalidWeight,
  type Released,
  type StoreFailed,
} from '../../data/Failure.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import type * as Fetch from '../../trie/Fetch.js'
import type * as State from '../../trie/State.js'
import * as Weight from '../Weight.js'

export interface Move<F> {
  /** Tells it from its siblings; without `/`, which parts the labels of a way. */
  readonly label: string
  /** How likely it is to be the right one, in any measure; above 0. Default 1. */
  readonly prior?: number
  readonly apply: (state: State.State) => Fetch.Fetch<F, State.State>
}

export interface Problem<S extends Store | AsyncStore, F> {
  /** The moves from a state; none where it ends. */
  readonly expand: (reference: StateReference.StateReference<S>) => TaskEither<F, ReadonlyArray<Move<F>>>
  /** How good a state is: what numbers are allowed is the search's to say. */
  readonly score: (reference: StateReference.StateReference<S>) => TaskEither<F, number>
}

/** What a search can fail with beside the problem's own failures. */
export type SearchFailure = Released | StoreFailed | Corrupt | InvalidWeight | InvalidKernel

/** An answer from the state that a reference holds. */
export const asked =
  <S extends Store | AsyncStore, F, A>(
    reference: StateReference.StateReference<S>,
    question: (state: State.State) => Fetch.Fetch<F, A>,
  ): TaskEither<F | SearchFailure, A> =>
  async () => {
    const state = StateReference.read(reference)()
    if (state._tag === 'Left') return state
    const { store } = StateReference.components(reference)
    return runAsync(store, () => fetched(question(state.right)))()
  }

/** Uses a branch of a reference on which a move was made, and lets go of it. */
export const tried =
  <S extends Store | AsyncStore, F, A>(
    reference: StateReference.StateReference<S>,
    move: (state: State.State) => Fetch.Fetch<F, State.State>,
    use: (branch: StateReference.StateReference<S>) => TaskEither<F, A>,
  ): TaskEither<F | SearchFailure, { readonly state: State.State; readonly answer: A }> =>
  async () => {
    const branch = StateReference.branch(reference)()
    if (branch._tag === 'Left') return branch
    try {
      const { store } = StateReference.components(branch.right)
      const moved = await runAsync(store, () => StateReference.updating(branch.right, move))()
      if (moved._tag === 'Left') return moved
      const state = StateReference.read(branch.right)()
      if (state._tag === 'Left') return state
      const answer = await use(branch.right)()
      return E.map((found: A) => ({ state: state.right, answer: found }))(answer)
    } finally {
      StateReference.release(branch.right)()
    }
  }

/**
 * The shares of moves, exactly: their priors over the sum of them.
 *
 * Errors: `InvalidKernel` if two have one label, or one has `/` in it; `InvalidWeight` of a prior that is none, or if all are zero.
 */
export const shares = (
  moves: ReadonlyArray<{ readonly label: string; readonly prior?: number }>,
): E.Either<InvalidWeight | InvalidKernel, ReadonlyArray<readonly [string, Weight.Weight]>> => {
  const labels = new Set<string>()
  for (const { label } of moves) {
    if (label.includes('/')) return E.left(invalidKernel(`${JSON.stringify(label)} has a / in it`))
    if (labels.has(label)) return E.left(invalidKernel(`${JSON.stringify(label)} is there already`))
    labels.add(label)
  }
  const priors = E.traverseArray(({ prior = 1 }: { readonly prior?: number }) => Weight.fromNumber(prior))(
    moves,
  )
  if (priors._tag === 'Left') return priors
  const all = Weight.sum(priors.right)
  if (moves.length > 0 && Weight.isZero(all)) return E.left(invalidWeight('0', 'priors that are all zero'))
  return E.traverseArray(([i, { label }]: readonly [number, { readonly label: string }]) =>
    E.map((share: Weight.Weight) => [label, share] as const)(Weight.divide(all)(priors.right[i]!)),
  )([...moves.entries()])
}
