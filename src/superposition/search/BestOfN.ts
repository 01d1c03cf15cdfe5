/**
 * Best of N: as many attempts at a state as one can afford, each scored, and the best of them.
 *
 * An attempt is the first of the moves that `expand` finds on a branch of its own, so `expand` is expected to answer differently each time. A score is a
 * likelihood, 0 or more. Attempts that were scored are branches `n/label` of the superposition, so a search that failed or was
 * stopped goes on with the others when it is called again.
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type * as StateReference from '../../branch/StateReference.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import * as Manager from '../Manager.js'
import * as Measure from '../Measure.js'
import { one } from '../Weight.js'
import { type Problem, type SearchFailure, tried } from './Problem.js'

type Failure<F> = F | SearchFailure | Manager.ManagerFailure

/**
 * Makes `n` attempts at the reference's state in the superposition `name`, and collapses it to the best. Answers its reference.
 *
 * Errors: those of the problem; those of `Manager.create`, `expand`, `observe` and `collapse`. n calls of `expand` and of `score`.
 */
export const bestOfN =
  <S extends Store | AsyncStore, F>(name: string, n: number, { expand, score }: Problem<S, F>) =>
  (reference: StateReference.StateReference<S>) =>
  (manager: Manager.Manager<S>): TaskEither<Failure<F>, StateReference.StateReference<S>> =>
  async () => {
    if (Manager.measure(name)(manager)()._tag === 'Left') {
      const labels = Array.from({ length: n }, (_, i) => String(i).padStart(String(n - 1).length, '0'))
      const created = Manager.create(name, Manager.evenly(labels), reference)(manager)()
      if (created._tag === 'Left') return created
    }
    const measure = Manager.measure(name)(manager)()
    if (measure._tag === 'Left') return measure
    for (const [key, branch] of Measure.branches(measure.right)) {
      if (key.includes('/')) continue
      const moves = await expand(branch.reference)()
      if (moves._tag === 'Left') return moves
      const { label, apply } = moves.right[0] ?? { label: '', apply: Fetch.of }
      const attempt = await tried(branch.reference, apply, score)()
      if (attempt._tag === 'Left') return attempt
      const done = Manager.grow(name, key, [[label, one, attempt.right.state, attempt.right.answer]])(
        manager,
      )()
      if (done._tag === 'Left') return done
    }
    const best = Manager.collapseToMode(name)(manager)()
    return best._tag === 'Left' ? best : Manager.reference(name, best.right.kept[0]!)(manager)()
  }
