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
  type InvalidKernel,
  type InvalidValue,
  type InvalidWeight,
  invalidWeight,
  type Mismatch,
  type UnknownReference,
  unknownReference,
} from '../../data/Failure.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import * as State from '../../trie/State.js'
import { toNumber } from '../Weight.js'
import { asked, type Move, type Problem, type SearchFailure, shares, tried } from './Problem.js'

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

const EdgeFromValue: t.Type<Edge, unknown> = t.type({ n: t.number, w: t.number, p: t.number })

const isEdges = (value: unknown): value is Edges =>
  value === undefined ||
  (typeof value === 'object' && value !== null && Object.values(value).every(EdgeFromValue.is))

// Not `t.record`, which loses the label `__proto__`.
const EdgesFromValue: t.Type<Edges, unknown> = new t.Type(
  'Edges',
  isEdges,
  (value, context) => (isEdges(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
)

type Labels = ReadonlyArray<string>
type TreeFailure =
  | State.EditFailure
  | InvalidValue
  | Mismatch
  | UnknownReference
  | InvalidWeight
  | InvalidKernel

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

/**
 * PUCT: the move with the greatest `w/n + c · p · √Σn / (1 + n)`, where `w/n` is 0 if n is; of equal ones the one with the greatest prior,
 * and of these the least label; none if there are none.
 */
export const select =
  (exploration: number) =>
  (edges: NonNullable<Edges>): O.Option<string> => {
    const visits = Object.values(edges).reduce((sum, { n }) => sum + n, 0)
    const worth = ({ n, w, p }: Edge): number =>
      (n === 0 ? 0 : w / n) + (exploration * p * Math.sqrt(visits)) / (1 + n)
    const isBetter = (a: Edge, b: Edge): boolean => {
      const [x, y] = [worth(a), worth(b)]
      return x > y || (x === y && a.p > b.p)
    }
    let best: string | undefined
    for (const label of Object.keys(edges).sort())
      if (best === undefined || isBetter(edges[label]!, edges[best]!)) best = label
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

const stateAt =
  (way: Labels) =>
  (tree: State.State): Fetch.Fetch<TreeFailure, State.State> =>
    Fetch.flatMap(
      State.subtree(at(way, 'state'))(tree),
      (found): Fetch.Fetch<TreeFailure, State.State> =>
        O.isSome(found) ? Fetch.of(found.value) : Fetch.fail(unknownReference(way.join('/'))),
    )

/** The tree with what a leaf leads to. */
const expanded = <F>(
  tree: State.State,
  way: Labels,
  state: State.State,
  moves: ReadonlyArray<Move<F>>,
): Fetch.Fetch<TreeFailure | F, State.State> => {
  const parts = shares(moves)
  if (parts._tag === 'Left') return Fetch.fail(parts.left)
  const priors = parts.right.map(([label, share]) => [label, { n: 0, w: 0, p: toNumber(share) }] as const)
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

/** How often the root was looked at. */
const visits = (tree: State.State): Fetch.Fetch<State.LoadFailure | Mismatch, number> =>
  Fetch.map((found: Edges) =>
    Object.values(found ?? {}).reduce((sum, { n }) => sum + n, found === undefined ? 0 : 1),
  )(edges([])(tree))

/** What a leaf leads to, and what it is worth. Errors: `InvalidWeight` of a score that is not finite. */
const looked =
  <S extends Store | AsyncStore, F>({ expand, score }: Problem<S, F>, known: Edges) =>
  (branch: StateReference.StateReference<S>): TaskEither<F | InvalidWeight, Looked<F>> =>
  async () => {
    const moves: E.Either<F, ReadonlyArray<Move<F>>> = known === undefined
      ? await expand(branch)()
      : E.right([])
    if (moves._tag === 'Left') return moves
    const value = await score(branch)()
    if (value._tag === 'Left') return value
    return Number.isFinite(value.right)
      ? E.right([moves.right, value.right])
      : E.left(invalidWeight(String(value.right), 'not a finite number'))
  }

/**
 * Runs simulations on the tree that a reference holds until it has had so many: each selects a leaf, scores it, and adds its moves. So one
 * that failed or was stopped goes on where it stood when it is called again, and more are asked for by a greater number.
 *
 * Errors: those of the problem; `Mismatch` if the reference holds no tree; `InvalidWeight` of a score or a prior that is not finite;
 * `InvalidKernel` if two moves have one label. One call of `score` a simulation, one of `expand` a new leaf.
 */
export const simulate =
  <S extends Store | AsyncStore, F>(
    simulations: number,
    problem: Problem<S, F>,
    { exploration = 1.5, alternate = false }: Options = {},
  ) =>
  (reference: StateReference.StateReference<S>): TaskEither<F | SearchFailure | TreeFailure, void> =>
  async () => {
    const { store } = StateReference.components(reference)
    const begun = await asked(reference, visits)()
    if (begun._tag === 'Left') return begun
    for (let i = begun.right; i < simulations; i++) {
      const chosen = await asked(reference, (tree) => leaf(tree, exploration))()
      if (chosen._tag === 'Left') return chosen
      const [way, known] = chosen.right
      // Where the search ends before it begins there is nothing to learn.
      if (known !== undefined && way.length === 0) return E.right(undefined)
      const seen = await tried<S, F | TreeFailure, Looked<F>>(
        reference,
        stateAt(way),
        looked(problem, known),
      )()
      if (seen._tag === 'Left') return seen
      const {
        state,
        answer: [moves, value],
      } = seen.right
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
