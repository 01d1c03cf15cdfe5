/**
 * Beam search: level by level, the moves from all states that are held, and of what they lead to the likeliest few.
 *
 * A score is a likelihood, 0 or more; a state weighs its priors times the scores on its way. The superposition is the beam: a branch `a/b` was
 * reached by move `b` after `a`, and one that ended goes on as `a/b/.`. So a search that failed or was stopped goes on where it
 * stood when it is called again, also after the manager was stored and opened.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type * as StateReference from '../../branch/StateReference.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import * as Manager from '../Manager.js'
import * as Measure from '../Measure.js'
import { type Move, type Problem, type SearchFailure, shares, tried } from './Problem.js'

type Failure<F> = F | SearchFailure | Manager.ManagerFailure

const levelOf = (key: string): number => key.split('/').length - 1

/** The moves of a state that ended: it stays as it is, and has its score already. */
const STAY: ReadonlyArray<Move<never>> = [{ label: '.', apply: Fetch.of }]

/**
 * Searches `depth` levels from the reference's state in the superposition `name`, holding `width` branches at most; answers the references of
 * those that are left, the likeliest first. States that score 0 are dropped.
 *
 * Errors: those of the problem; those of `Manager.create`, `grow` and `collapse`; `ZeroEvidence` if all states score 0.
 */
export const beam =
  <S extends Store | AsyncStore, F>(
    name: string,
    { width, depth }: { readonly width: number; readonly depth: number },
    { expand, score }: Problem<S, F>,
  ) =>
  (reference: StateReference.StateReference<S>) =>
  (manager: Manager.Manager<S>): TaskEither<Failure<F>, ReadonlyArray<StateReference.StateReference<S>>> =>
  async () => {
    if (Manager.measure(name)(manager)()._tag === 'Left') {
      const created = Manager.create(name, Manager.evenly(['']), reference)(manager)()
      if (created._tag === 'Left') return created
    }
    for (;;) {
      const measure = Manager.measure(name)(manager)()
      if (measure._tag === 'Left') return measure
      const likeliest = Measure.topK(width)(measure.right)
      const branches = Measure.branches(measure.right)
      // A search that goes on may stand between two levels: what is left of the upper one comes first.
      const level = branches.reduce((least, [key]) => Math.min(least, levelOf(key)), Number.POSITIVE_INFINITY)
      const waiting = branches.filter(([key]) => levelOf(key) === level)
      if (waiting.length === branches.length && branches.length > likeliest.length) {
        const kept = new Set(likeliest.map(([key]) => key))
        const narrowed = Manager.collapse<S>(name, (key) => kept.has(key))(manager)()
        if (narrowed._tag === 'Left') return narrowed
        continue
      }
      if (!(level < depth)) return E.right(likeliest.map(([, branch]) => branch.reference))
      for (const [key, branch] of waiting) {
        const grown = await stepped(name, key, branch.reference, { expand, score }, manager)()
        if (grown._tag === 'Left') return grown
      }
    }
  }

/** A branch replaced by what its moves lead to. */
const stepped =
  <S extends Store | AsyncStore, F>(
    name: string,
    key: string,
    reference: StateReference.StateReference<S>,
    { expand, score }: Problem<S, F>,
    manager: Manager.Manager<S>,
  ): TaskEither<Failure<F>, unknown> =>
  async () => {
    const found = await expand(reference)()
    if (found._tag === 'Left') return found
    const moves: ReadonlyArray<Move<F>> = found.right.length === 0 ? STAY : found.right
    const parts = shares(moves)
    if (parts._tag === 'Left') return parts
    const children: Array<Manager.Child> = []
    for (const [i, { apply }] of moves.entries()) {
      const child = await tried(reference, apply, moves === STAY ? () => TE.of(1) : score)()
      if (child._tag === 'Left') return child
      children.push([...parts.right[i]!, child.right.state, child.right.answer])
    }
    return Manager.grow(name, key, children)(manager)()
  }
