/**
 * Whether what happened at once could have happened one after another: a search over the orders that keep to real time.
 */

/** An operation of which the call and the answer are seen, at two moments of one clock. */
export interface Event<Op, Result> {
  readonly op: Op
  readonly result: Result
  readonly called: number
  readonly answered: number
}

/**
 * Whether some order explains all results. `step` answers the next state, or null if the operation can't have had
 * that result.
 *
 * Source: M. Herlihy, J. Wing, Linearizability (TOPLAS 1990).
 */
export const isLinearisable = <S, Op, Result>(
  events: ReadonlyArray<Event<Op, Result>>,
  state: S,
  step: (state: S, op: Op, result: Result) => { readonly next: S } | null,
): boolean => {
  if (events.length === 0) return true
  const firstAnswer = Math.min(...events.map(({ answered }) => answered))
  return events.some((event, i) => {
    // What was called after another was answered cannot come before it.
    if (event.called > firstAnswer) return false
    const after = step(state, event.op, event.result)
    return after !== null && isLinearisable(events.toSpliced(i, 1), after.next, step)
  })
}
