/** Agents as branches of one reference: how the scenario is done with coppice. */
import * as E from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { ComponentStore } from '../../branch/ComponentStore.js'
import * as StateReference from '../../branch/StateReference.js'
import { explain } from '../../data/explain.js'
import type { Failure } from '../../data/Failure.js'
import type { Value } from '../../data/Value.js'
import type { Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import * as State from '../../trie/State.js'
import { PROMPT } from './history.js'
import type { Agent } from './scenario.js'
import { type Content, treeOf, type Workspace } from './workspace.js'

/** What a program cannot go on from; caught where the job was started. */
export class Unexpected extends Error {}

/** The result, or the end of the job: here nothing may fail. */
export const mustBe = <A>(result: E.Either<Failure, A>): A => {
  if (E.isLeft(result)) throw new Unexpected(explain(result.left))
  return result.right
}

export const must = <A>(effect: IOEither<Failure, A>): A => mustBe(effect())

/** The state that all agents start from. `InvalidValue` if no state can hold it. */
export const start = (workspace: Workspace): E.Either<Failure, State.State> =>
  State.fromJson({ agent: '', files: treeOf(workspace.files), messages: [PROMPT] })

type Step = (state: State.State) => Fetch.Fetch<Failure, State.State>

/** What an agent does, one thing after the other. */
const steps = ({ name, edits, messages }: Agent): readonly Step[] => [
  State.set(['agent'], name),
  ...edits.map(({ path, change }) =>
    State.modify(['files', ...path], (content: Value) => change(content as Content)),
  ),
  // Behind the prompt, which stands there already.
  ...messages.map((message, i) => State.set(['messages', 1 + i], message)),
]

/** The state of an agent after it has done its part. */
export const acted =
  (agent: Agent) =>
  (state: State.State): Fetch.Fetch<Failure, State.State> =>
    steps(agent).reduce((result, step) => Fetch.flatMap(result, step), Fetch.of<State.State, Failure>(state))

/** A branch on which an agent has done its part. */
export const branchFor = <S extends Store>(
  root: StateReference.StateReference<S>,
  agent: Agent,
): StateReference.StateReference<S> => {
  const branch = must(StateReference.branch(root))
  must(StateReference.update(acted(agent))(branch))
  return branch
}

/** The root of all agents, over a store. */
export const rootOf = <S extends Store>(
  components: ComponentStore<S>,
  workspace: Workspace,
): StateReference.StateReference<S> => StateReference.root(components)(must(() => start(workspace)))()
