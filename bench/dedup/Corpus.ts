/** A `Corpus` is a series of states, each made of the one before, as a state and as the files that git would be given. */

import { must } from '../../src/cli/job/agents.js'
import type { Content } from '../../src/cli/job/workspace.js'
import type { InvalidPath, InvalidValue } from '../../src/data/Failure.js'
import { type Fetch, type State, StateReference, type Store } from '../../src/index.js'

export type Edit = (
  state: State.State,
) => Fetch.Fetch<State.LoadFailure | InvalidPath | InvalidValue, State.State>

/** What becomes of files, by path; `null` where one is deleted. */
export type Changes = ReadonlyMap<string, Content | null>

export interface Step {
  readonly edits: ReadonlyArray<Edit>
  readonly changes: Changes
}

export interface Corpus {
  readonly start: unknown
  readonly files: Changes
  readonly steps: ReadonlyArray<Step>
  /** The last state as plain data. */
  readonly end: unknown
  /** A small edit of the last state, by its number: a line of a file, or a message. */
  readonly another: (k: number) => Edit
}

/** Commits each state of a corpus on top of the one before; answers what the commits did. */
export const replay = <S extends Store.Store, A>(
  { steps }: Corpus,
  reference: StateReference.StateReference<S>,
  commit: () => A,
): ReadonlyArray<A> => [
  commit(),
  ...steps.map(({ edits }) => {
    for (const edit of edits) must(StateReference.update(edit)(reference))
    return commit()
  }),
]
