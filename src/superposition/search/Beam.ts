/**
 * Beam search: level by level, the moves from all states that are held, and of what they lead to the likeliest few.
 *
 * A score is a likelihood, 0 or more; a state weighs its priors times the scores on its way. The superposition is the beam: a branch `a/b` was
 * reached by move `b` after `a`, and one that ended goes on as `a/b/.`. So a search that failed or was stopped goes on where it
 * stood when it is called again, also after the manager was stored and opened.
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type * as StateReference from '../../branch/StateReference.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import type * as State from '../../trie/State.js'
import * as Manager from '../Manager.js'
import * as Measure from '../Measure.js'
import { type Move, type Problem, type SearchFailure, shares, tried } from './Problem.js'

type Failure<F> = F | SearchFailure | Manager.ManagerFailure

const levelOf = (key: string): number => key.split('/').length - 1

/** A move that leaves a state that ended as it is. */
const STAY = { label: '.', apply: (state: State.State) => Fetch.of(state) }

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
    for (let level = 0; ; level++) {
      const measure = Manager.measure(name)(manager)()
      if (measure._tag === 'Left') return measure
      if (level === depth) {
        const left = Measure.topK(width)(measure.right)
        return { _tag: 'Right', right: left.map(([, branch]) => branch.reference) }
      }
      for (const [key, branch] of Measure.branches(measure.right)) {
        if (levelOf(key) !== level) continue
        const found = await expand(branch.reference)()
        if (found._tag === 'Left') return found
        const moves: ReadonlyArray<Move<F>> = found.right.length === 0 ? [STAY] : found.right
        const parts = shares(moves)
        if (parts._tag === 'Left') return parts
        const children: Array<Manager.Child> = []
        for (const [i, { apply, label }] of moves.entries()) {
          // A state that ended has its score already.
          const child = await tried(
            branch.reference,
            apply,
            label === STAY.label ? () => async () => ONE : score,
          )()
          if (child._tag === 'Left') return child
          children.push([label, parts.right[i]![1], child.right.state, child.right.answer])
        }
        const grown = Manager.grow(name, key, children)(manager)()
        if (grown._tag === 'Left') return grown
      }
      const now = Manager.measure(name)(manager)()
      if (now._tag === 'Left') return now
      const kept = new Set(Measure.topK(width)(now.right).map(([key]) => key))
      const narrowed = Manager.collapse<S>(name, (key) => kept.has(key))(manager)()
      if (narrowed._tag === 'Left') return narrowed
    }
  }

const ONE = { _tag: 'Right', right: 1 } as const
