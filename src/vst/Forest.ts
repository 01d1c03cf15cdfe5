/**
 * A `Forest` holds the states of agents: a state whose entries are theirs.
 *
 * So one digest names all agents, and whatever can be done with a state can be done with a forest: `StateReference`
 * branches and commits it, `Checkpoint` keeps its history, `Merge` and `Proof` work on it, each at the cost of what
 * changed. What agents have in common is there once, in memory and in the store; what one of them changes, no other
 * sees.
 *
 * Laws (`coppice/laws`, `forestLaws`):
 * 1. model: a forest agrees with a plain map of states, and an agent's state has the digest that it has alone;
 * 2. isolation: what is done to one agent is seen by no other;
 * 3. `diff` names the agents that differ, and visits O(changes · depth) blocks;
 * 4. shares add up: what an agent has is its own or shared, and all that is stored is counted once.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Fetch, Forest, State } from 'coppice'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const names = pipe(
 *   Forest.empty,
 *   Forest.update('ann', State.set(['task'], 'sort')),
 *   Fetch.chainW(Forest.update('bob', State.set(['task'], 'search'))),
 *   Fetch.chainW(Forest.agents),
 *   Fetch.map((agents) => agents.toSorted()),
 *   Fetch.now,
 * )
 * assert.deepStrictEqual(names, { _tag: 'Some', value: { _tag: 'Right', right: ['ann', 'bob'] } })
 * ```
 */
import * as O from 'fp-ts/lib/Option.js'
import * as Fetch from '../trie/Fetch.js'
import { differingEntries } from '../trie/internal/compare.js'
import { here } from '../trie/internal/load.js'
import { ABSENT } from '../trie/internal/merge.js'
import type { Trie } from '../trie/internal/node.js'
import { ROOT } from '../trie/internal/place.js'
import { entriesOf, type Standing } from '../trie/internal/read.js'
import * as State from '../trie/State.js'
import * as shares from './internal/sharing.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

export type Forest = State.State

/** No agents. @category constructors */
export const empty: Forest = State.empty

// -------------------------------------------------------------------------------------
// agents
// -------------------------------------------------------------------------------------

/** Failures to load, and `InvalidPath` where an entry of the forest is no state. */
export type ForestFailure = State.EditFailure

/** The names of the agents, in the order of the trie. O(agents). Errors: `Missing`, `Corrupt`. */
export const agents: (forest: Forest) => Fetch.Fetch<State.LoadFailure, ReadonlyArray<string>> = State.keys

/** How many agents there are. O(1). Errors: `Missing`, `Corrupt`. */
export const size: (forest: Forest) => Fetch.Fetch<State.LoadFailure, number> = State.size

/**
 * The state of an agent, of which only the root is loaded; none if there is no such agent. O(log agents).
 *
 * Errors: `InvalidPath` if the entry is no state, `Missing`, `Corrupt`.
 */
export const get = (agent: string): ((forest: Forest) => Fetch.Fetch<ForestFailure, O.Option<State.State>>) =>
  State.subtree([agent])

/**
 * The forest with an agent's state. The state is one that was read from the forest's own family, or is wholly in
 * memory, as for `StateReference.write`. Loads its root. O(log agents).
 *
 * Errors: `InvalidPath` for a name that is no key, `Missing`, `Corrupt`.
 */
export const set = (
  agent: string,
  state: State.State,
): ((forest: Forest) => Fetch.Fetch<ForestFailure, Forest>) => State.setSubtree([agent], state)

/** The forest without an agent; the same if there is none. Errors as `set`. */
export const remove = (agent: string): ((forest: Forest) => Fetch.Fetch<ForestFailure, Forest>) =>
  State.remove([agent])

/**
 * The forest with an agent's state changed; an agent that is not there begins with the empty state. Errors of `f`,
 * and as `get`.
 */
export const update =
  <F>(agent: string, f: (state: State.State) => Fetch.Fetch<F, State.State>) =>
  (forest: Forest): Fetch.Fetch<ForestFailure | F, Forest> =>
    Fetch.flatMap(get(agent)(forest), (found) =>
      Fetch.flatMap(f(O.isSome(found) ? found.value : State.empty), (state) => set(agent, state)(forest)),
    )

// -------------------------------------------------------------------------------------
// two forests
// -------------------------------------------------------------------------------------

/** What has become of an agent. */
export interface Change {
  readonly agent: string
  readonly change: 'added' | 'removed' | 'changed'
}

/**
 * The agents that differ between two forests, of which none is entered. O((changes + 1) · log agents). What differs
 * in an agent is a `Patch.diff` of its two states.
 *
 * Errors: `Missing`, `Corrupt`.
 */
export const diff = (before: Forest, after: Forest): Fetch.Fetch<State.LoadFailure, ReadonlyArray<Change>> =>
  before.equals(after)
    ? Fetch.of([])
    : Fetch.map((found: ReadonlyArray<{ path: ReadonlyArray<unknown>; before: Standing; after: Standing }>) =>
        found.map(
          (one): Change => ({
            agent: one.path[0] as string,
            change: one.before === ABSENT ? 'added' : one.after === ABSENT ? 'removed' : 'changed',
          }),
        ),
      )(differingEntries(State.rootOf(before), State.rootOf(after)))

// -------------------------------------------------------------------------------------
// sharing
// -------------------------------------------------------------------------------------

export type { AgentShare, Shared, Sharing } from './internal/sharing.js'

/**
 * Who shares what: for each agent the bytes that it has, of those its own and shared ones, and each block that more
 * than one agent has, with who has it. Loads all that is not in memory, each distinct block once. O(agents · blocks
 * of an agent).
 *
 * Errors: `InvalidPath` if an entry of the forest is no state, `Missing`, `Corrupt`.
 */
export const sharing = (forest: Forest): Fetch.Fetch<ForestFailure, shares.Sharing> =>
  Fetch.flatMap(here(State.rootOf(forest), ROOT), (root) =>
    Fetch.flatMap(entriesOf(root as Trie), ({ keys, slots }) => shares.sharing(keys, slots)),
  )

/** With whom an agent shares how many bytes, the most first. O(shared blocks · agents). */
export const partners =
  (agent: string) =>
  ({ shared }: shares.Sharing): ReadonlyArray<{ readonly agent: string; readonly bytes: number }> => {
    const bytes = new Map<string, number>()
    for (const block of shared) {
      if (!block.agents.includes(agent)) continue
      for (const other of block.agents) {
        if (other !== agent) bytes.set(other, (bytes.get(other) ?? 0) + block.bytes)
      }
    }
    return [...bytes]
      .map(([other, sum]) => ({ agent: other, bytes: sum }))
      .sort((x, y) => y.bytes - x.bytes || (x.agent < y.agent ? -1 : 1))
  }
