/** What a stored superposition believes (`Manager.toState`), if a state is one. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Value } from '../../data/Value.js'
import * as Ensemble from '../../superposition/Ensemble.js'
import * as Measure from '../../superposition/Measure.js'
import * as Superposition from '../../superposition/Superposition.js'
import * as Weight from '../../superposition/Weight.js'
import * as Fetch from '../../trie/Fetch.js'
import * as State from '../../trie/State.js'

export interface Group {
  readonly name: string
  /** The likely first. */
  readonly branches: ReadonlyArray<{ readonly key: string; readonly probability: number }>
}

const groupOf = (name: string, measure: Measure.Measure<Value>): Group => ({
  name,
  branches: Superposition.normalise(Measure.toSuperposition(measure))
    .outcomes.map(([key, weight]) => ({ key, probability: Weight.toNumber(weight) }))
    .sort((x, y) => y.probability - x.probability || (x.key < y.key ? -1 : 1)),
})

const groupsOf = (now: Value): ReadonlyArray<Group> => {
  const ensemble = Ensemble.decode((branch: Value) => E.right(branch))(now)
  if (ensemble._tag === 'Left') return []
  return Ensemble.names(ensemble.right).flatMap((name) => {
    const measure = Ensemble.measure(name)(ensemble.right)
    return measure._tag === 'Left' ? [] : [groupOf(name, measure.right)]
  })
}

/** Its groups; none for a state that is something else. */
export const weightsIn = (state: State.State): Fetch.Fetch<State.LoadFailure, ReadonlyArray<Group>> =>
  Fetch.flatMap(
    Fetch.all(['tick', 'past', 'states', 'now'].map((key) => State.has([key])(state))),
    (there): Fetch.Fetch<State.LoadFailure, ReadonlyArray<Group>> =>
      there.every(Boolean)
        ? Fetch.map((now: O.Option<Value>) => (O.isNone(now) ? [] : groupsOf(now.value)))(
            State.get(['now'])(state),
          )
        : Fetch.of([]),
  )
