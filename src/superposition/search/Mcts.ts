/**
 * Monte Carlo tree search with PUCT (Silver et al., "Mastering the game of Go without human knowledge", 2017, Methods: select,
 * expand and evaluate, backup).
 *
 * The tree is a state: `{ state, edges: { label: { n, w, p } }, next: { label: tree } }`, where `n` counts visits, `w` sums values for whoever
 * moves and `p` is the prior. It lives in one reference, shares what the states in it have in common, and is branched, committed, opened and
 * continued like any other. A simulation that fails leaves it as it was.
 *
 * A score is the value of a state for whoever is to move there, from −1 to 1; where one plays alone, simply its value.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { runAsync } from '../../branch/internal/program.js'
import * as StateReference from '../../branch/StateReference.js'
import {
  type InvalidValue,
  type Mismatch,
  type UnknownReference,
  unknownReference,
} from '../../data/Failure.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import * as State from '../../trie/State.js'
import { asked, type Move, type Problem, type SearchFailure, tried } from './Problem.js'

export interface Options {
  /** How strongly a prior draws to what was visited little: c of PUCT. Default 1.5. */
  readonly exploration?: number
  /** Whether two play in turns, so that what is good for one is bad for the other. Default false. */
  readonly alternate?: boolean
}

export interface Edge {
  readonly n: number
  readonly w: number
  readonly p: number
}

/** The moves at a place of the tree by label; none where nobody looked yet, no entries where the search ends. */
export type Edges = Readonly<Record<string, Edge>> | undefined

const EdgesFromValue: t.Type<Edges, unknown> = t.union([
  t.record(t.string, t.type({ n: t.number, w: t.number, p: t.number })),
  t.undefined,
])

type Labels = ReadonlyArray<string>
type TreeFailure = State.EditFailure | InvalidValue | Mismatch | UnknownReference

const at = (labels: Labels, ...rest: Labels): Labels => [
  ...labels.flatMap((label) => ['next', label]),
  ...rest,
]

/** The tree of a search that has not begun, from a state. Errors: those of loading. */
export const tree = (state: State.State): Fetch.Fetch<State.EditFailure, State.State> =>
  State.setSubtree(['state'], state)(State.empty)

/** What is known of the moves after some others. Errors: `Mismatch` if that is no tree. */
export const edges = (
  labels: Labels,
): ((tree: State.State) => Fetch.Fetch<State.LoadFailure | Mismatch, Edges>) =>
  State.at(at(labels, 'edges'), EdgesFromValue)

/** PUCT: the move with the greatest `w/n + c · p · √(1 + Σn) / (1 + n)`, of equal ones the least label; none if there are none. */
export const select =
  (exploration: number) =>
  (edges: NonNullable<Edges>): O.Option<string> => {
    const labels = Object.keys(edges).sort()
    const root = Math.sqrt(labels.reduce((sum, label) => sum + edges[label]!.n, 1))
    const worth = ({ n, w, p }: Edge): number => (n === 0 ? 0 : w / n) + (exploration * p * root) / (1 + n)
    let best: string | undefined
    for (const label of labels)
      if (best === undefined || worth(edges[label]!) > worth(edges[best]!)) best = label
    return O.fromNullable(best)
  }

/** The way from the root to a place that nobody looked at, or where the search ends. */
const leaf = (
  tree: State.State,
  exploration: number,
  way: Labels = [],
): Fetch.Fetch<TreeFailure, readonly [Labels, Edges]> =>
  Fetch.flatMap(edges(way)(tree), (found): Fetch.Fetch<TreeFailure, readonly [Labels, Edges]> => {
    const next = found === undefined ? O.none : select(exploration)(found)
    return O.isNone(next) ? Fetch.of([way, found]) : leaf(tree, exploration, [...way, next.value])
  })

/** The tree with what a leaf leads to. */
const expanded = <F>(
  tree: State.State,
  way: Labels,
  state: State.State,
  moves: ReadonlyArray<Move<F>>,
): Fetch.Fetch<TreeFailure | F, State.State> => {
  const sum = moves.reduce((total, { prior = 1 }) => total + prior, 0)
  const priors = moves.map(({ label, prior = 1 }) => [label, { n: 0, w: 0, p: prior / sum }] as const)
  return moves.reduce<Fetch.Fetch<TreeFailure | F, State.State>>(
    (grown, { apply, label }) =>
      Fetch.flatMap(grown, (one) =>
        Fetch.flatMap(apply(state), (after) => State.setSubtree(at([...way, label], 'state'), after)(one)),
      ),
    State.set(at(way, 'edges'), Object.fromEntries(priors))(tree),
  )
}

/** The tree after a visit that ended with a value. */
const backed = (
  tree: State.State,
  way: Labels,
  value: number,
  alternate: boolean,
): Fetch.Fetch<TreeFailure, State.State> =>
  way.reduceRight<readonly [number, Fetch.Fetch<TreeFailure, State.State>]>(
    ([below, so], label, i) => {
      // What is good for whoever moves next is bad for whoever moved here.
      const here = alternate ? -below : below
      const edge = at(way.slice(0, i), 'edges', label)
      const visit = (old: unknown): Edge => {
        const { n, w, p } = old as Edge
        return { n: n + 1, w: w + here, p }
      }
      return [here, Fetch.flatMap(so, State.modify(edge, visit))]
    },
    [value, Fetch.of(tree)],
  )[1]

type Looked<F> = readonly [moves: ReadonlyArray<Move<F>>, value: number]

/**
 * Runs simulations on the tree that a reference holds: each selects a leaf, scores it, and adds its moves.
 *
 * Errors: those of the problem; `Mismatch` if the reference holds no tree. One call of `score` a simulation, one of `expand` a new leaf.
 */
export const simulate =
  <S extends Store | AsyncStore, F>(
    simulations: number,
    { expand, score }: Problem<S, F>,
    { exploration = 1.5, alternate = false }: Options = {},
  ) =>
  (reference: StateReference.StateReference<S>): TaskEither<F | SearchFailure | TreeFailure, void> =>
  async () => {
    const { store } = StateReference.components(reference)
    for (let i = 0; i < simulations; i++) {
      const chosen = await asked(reference, (tree) => leaf(tree, exploration))()
      if (chosen._tag === 'Left') return chosen
      const [way, known] = chosen.right
      const stateAt = (tree: State.State): Fetch.Fetch<TreeFailure, State.State> =>
        Fetch.flatMap(
          State.subtree(at(way, 'state'))(tree),
          (found): Fetch.Fetch<TreeFailure, State.State> =>
            O.isSome(found) ? Fetch.of(found.value) : Fetch.fail(unknownReference(way.join('/'))),
        )
      const looked = await tried<S, F | TreeFailure, Looked<F>>(reference, stateAt, (branch) => async () => {
        const moves: E.Either<F, ReadonlyArray<Move<F>>> = known === undefined
          ? await expand(branch)()
          : E.right([])
        if (moves._tag === 'Left') return moves
        return E.map((value: number) => [moves.right, value] as const)(await score(branch)())
      })()
      if (looked._tag === 'Left') return looked
      const {
        state,
        answer: [moves, value],
      } = looked.right
      const grown = await runAsync(store, () =>
        StateReference.updating(reference, (tree) =>
          Fetch.flatMap(
            known === undefined
              ? expanded(tree, way, state, moves)
              : Fetch.of<State.State, TreeFailure | F>(tree),
            (one) => backed(one, way, value, alternate),
          ),
        ),
      )()
      if (grown._tag === 'Left') return grown
    }
    return E.right(undefined)
  }

/** The moves most visited, from the root on, of equal ones the least label: what the search would do. Errors: as `edges`. */
export const line = (
  tree: State.State,
  way: Labels = [],
): Fetch.Fetch<State.LoadFailure | Mismatch, Labels> =>
  Fetch.flatMap(edges(way)(tree), (found) => {
    const visited = Object.entries(found ?? {}).filter(([, { n }]) => n > 0)
    if (visited.length === 0) return Fetch.of(way)
    const [[best]] = visited.sort(([a, x], [b, y]) => y.n - x.n || (a < b ? -1 : 1)) as [[string, Edge]]
    return line(tree, [...way, best])
  })
