/** Agents as branches of one reference: how the scenario is done with coppice. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { ComponentStore } from '../../branch/ComponentStore.js'
import * as StateReference from '../../branch/StateReference.js'
import { explain } from '../../data/explain.js'
import type { Failure } from '../../data/Failure.js'
import type { Value } from '../../data/Value.js'
import type { Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import * as State from '../../trie/State.js'
import type { Agent } from './scenario.js'
import { type Content, treeOf, type Workspace } from './workspace.js'

/** What a program cannot go on from; caught where the job was started. */
export class Unexpected extends Error {}

/** The result, or the end of the job: here nothing may fail. */
export const must = <A>(effect: IOEither<Failure, A>): A => {
  const result = effect()
  if (E.isLeft(result)) throw new Unexpected(explain(result.left))
  return result.right
}

/** The state that all agents start from. `InvalidValue` if no state can hold it. */
export const start = (workspace: Workspace): E.Either<Failure, State.State> =>
  State.fromJson({ agent: '', files: treeOf(workspace.files), messages: [] })

/** The state of an agent after it has done its part. */
export const acted =
  ({ name, edits, messages }: Agent) =>
  (state: State.State): Fetch.Fetch<State.EditFailure | Failure, State.State> =>
    edits.reduce<Fetch.Fetch<State.EditFailure | Failure, State.State>>(
      (result, { path, change }) =>
        pipe(
          result,
          Fetch.chainW(State.modify(['files', ...path], (content: Value) => change(content as Content))),
        ),
      pipe(state, State.set(['agent'], name), Fetch.chainW(State.set(['messages'], messages))),
    )

/** A branch on which an agent has done its part. */
export const branchFor = (
  root: StateReference.StateReference<Store>,
  agent: Agent,
): StateReference.StateReference<Store> => {
  const branch = must(StateReference.branch(root))
  must(StateReference.update(acted(agent))(branch))
  return branch
}

/** The root of all agents, over a store. */
export const rootOf = (
  components: ComponentStore<Store>,
  workspace: Workspace,
): StateReference.StateReference<Store> =>
  StateReference.root(components)(must(() => start(workspace)))()
