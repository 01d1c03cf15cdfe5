/**
 * `Merge` is three-way: what two states have become since the one that both began with, put together.
 *
 * Maps are merged by key, lists, texts and bytes by splice. Where both sides have changed one place, rules are asked;
 * what no rule decides, and no splice, is a `Conflict`: data, that can be stored and decided later. There the merged
 * state keeps what stood there at the base.
 *
 * Laws (`coppice/laws`, `mergeLaws`):
 * 1. merge(o, a, o) is a, and merge(o, o, b) is b;
 * 2. merge(o, a, a) is a;
 * 3. merge(o, a, b) and merge(o, b, a) are one state, and their conflicts are each other's with the sides exchanged;
 * 4. where the sides touch different paths it is both patches applied;
 * 5. a merge resumed with what a side has at each conflict has no conflicts, and that there;
 * 6. visits are O((changes + 1) · depth).
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Fetch, Merge, Resolver, State } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const state = (json: unknown) => pipe(State.fromJson(json), E.getOrElse(() => State.empty))
 * const base = state({ plan: ['look', 'leap'], hits: 1 })
 * const ours = state({ plan: ['think', 'look', 'leap'], hits: 2 })
 * const theirs = state({ plan: ['look', 'leap', 'land'], hits: 4 })
 * const merged = pipe(
 *   Merge.merge([{ at: ['hits'], resolve: Resolver.counter }])(base, ours, theirs),
 *   Fetch.chainW(({ state }) => State.toJson(state)),
 *   Fetch.now,
 * )
 * assert.ok(merged._tag === 'Some')
 * assert.deepStrictEqual(merged.value, E.right({ hits: 5, plan: ['think', 'look', 'leap', 'land'] }))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import type { Digest } from '../data/Digest.js'
import {
  type Conflicted,
  conflicted,
  type InvalidPath,
  type InvalidValue,
  invalidPath,
  invalidValue,
  type Path,
} from '../data/Failure.js'
import * as V from '../data/Value.js'
import * as Fetch from '../trie/Fetch.js'
import * as Patch from '../trie/Patch.js'
import type { Residency } from '../trie/Residency.js'
import * as State from '../trie/State.js'
import * as Checkpoint from './Checkpoint.js'
import { type Meeting, type Operations, plan } from './internal/plan.js'
import { after, splicesOf } from './internal/splices.js'
import { thrown } from './internal/thrown.js'
import { type Conflict, type Kind, kindOf, matches, type Rule, type Side } from './Resolver.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

export type { Conflict, Rule, Side } from './Resolver.js'

/** A merge: done if there are no conflicts, and else done but for them. */
export interface Merged {
  readonly state: State.State
  /** By path. */
  readonly conflicts: ReadonlyArray<Conflict>
}

/** Beside failures to load: `InvalidValue`, with the place, for a resolver that throws or answers what is no value. */
export type MergeFailure = State.SequenceFailure

type Merging<A> = Fetch.Fetch<MergeFailure, A>

// -------------------------------------------------------------------------------------
// merging
// -------------------------------------------------------------------------------------

interface Sides {
  readonly base: State.State
  readonly ours: State.State
  readonly theirs: State.State
  readonly rules: ReadonlyArray<Rule>
}

/** What is to be done to our state about a place that both sides have changed. */
interface Outcome {
  readonly edits: Patch.Patch
  /** What shall stand at paths. */
  readonly puts: ReadonlyArray<readonly [Path, Side]>
  readonly conflicts: ReadonlyArray<Conflict>
}

const nothing: Outcome = { edits: [], puts: [], conflicts: [] }

/** The kinds of what stood, or stands, at a path that operations are about. */
const kindsOf = (operations: Operations | null): ReadonlyArray<Kind> =>
  operations === null ? ['map'] : operations.flatMap(kindsIn)

const kindsIn = (operation: Patch.Operation): ReadonlyArray<Kind> => {
  switch (operation.op) {
    case 'add':
      return [kindOf(operation.after)]
    case 'remove':
      return [kindOf(operation.before)]
    case 'change':
      return [kindOf(operation.before), kindOf(operation.after)]
    case 'splice':
      return [kindOf(operation.inserted as V.Value)]
  }
}

const applies = (rule: Rule, { path, ours, theirs }: Meeting): boolean =>
  (rule.at === undefined || matches(rule.at, path)) &&
  (rule.kind === undefined || [...kindsOf(ours), ...kindsOf(theirs)].every((kind) => kind === rule.kind))

const sideAt = (state: State.State, path: Path): Fetch.Fetch<State.LoadFailure, Side> =>
  State.get(path)(state)

const conflictAt = ({ base, ours, theirs }: Sides, path: Path): Merging<Conflict> =>
  Fetch.map(
    (sides: ReadonlyArray<Side>): Conflict => ({
      path,
      base: sides[0]!,
      ours: sides[1]!,
      theirs: sides[2]!,
    }),
  )(Fetch.all([base, ours, theirs].map((state) => sideAt(state, path))))

const sameOperations = (x: Operations | null, y: Operations | null): boolean =>
  x !== null && y !== null && V.equals(Patch.PatchFromValue.encode(x), Patch.PatchFromValue.encode(y))

const meet = (sides: Sides, meeting: Meeting): Merging<Outcome> => {
  if (sameOperations(meeting.ours, meeting.theirs)) return Fetch.of(nothing)
  const rules = sides.rules.filter((rule) => applies(rule, meeting))
  const without = (): Merging<Outcome> => together(sides, meeting) ?? parted(sides, meeting.path)
  if (rules.length === 0) return without()
  return Fetch.flatMap(conflictAt(sides, meeting.path), (conflict) => {
    for (const rule of rules) {
      const asked = decided(rule, conflict)
      if (asked._tag === 'Left') return Fetch.fail(asked.left)
      if (asked.right !== null) return Fetch.of({ ...nothing, puts: [[conflict.path, asked.right]] })
    }
    return without()
  })
}

/** What a rule says, or null. It is the caller's, so it may throw, or answer anything. */
const decided = ({ resolve }: Rule, conflict: Conflict): E.Either<InvalidValue, Side | null> => {
  try {
    const answer = resolve(conflict)
    if (answer._tag === 'None') return E.right(null)
    const { value } = answer
    return E.right(value._tag === 'None' ? O.none : O.some(value.value))
  } catch (cause) {
    return E.left(invalidValue(conflict.path, thrown('the resolver', cause)))
  }
}

const parted = (sides: Sides, path: Path): Merging<Outcome> =>
  Fetch.map(
    (conflict: Conflict): Outcome => ({
      ...nothing,
      puts: [[path, conflict.base]],
      conflicts: [conflict],
    }),
  )(conflictAt(sides, path))

/** Two maps that were both added, by key; two edits of one sequence, by splice; null for all else. */
const together = (sides: Sides, { path, ours, theirs }: Meeting): Merging<Outcome> | null => {
  if (ours === null || theirs === null) return null
  const [x, y] = [ours[0]!, theirs[0]!]
  if (x.op === 'add' && y.op === 'add') {
    return isMap(x.after) && isMap(y.after) ? keywise(sides, path, x.after, y.after) : null
  }
  const [own, other] = [splicesOf(ours), splicesOf(theirs)]
  const moved = own === null || other === null ? null : after(own, other)
  if (moved === null) return null
  return Fetch.of({ ...nothing, edits: moved.map((splice) => ({ op: 'splice', path, ...splice })) })
}

type Entries = { readonly [key: string]: V.Value }

const isMap = (value: V.Value): value is Entries => kindOf(value) === 'map'

const keywise = (sides: Sides, path: Path, ours: Entries, theirs: Entries): Merging<Outcome> =>
  Fetch.map(joined)(
    Fetch.all(
      Object.keys(theirs).map((key): Merging<Outcome> => {
        const [below, added] = [[...path, key], theirs[key]!]
        const add = (value: V.Value): Operations => [{ op: 'add', path: below, after: value }]
        return Object.hasOwn(ours, key)
          ? meet(sides, { path: below, ours: add(ours[key]!), theirs: add(added) })
          : Fetch.of({ ...nothing, edits: add(added) })
      }),
    ),
  )

const joined = (outcomes: ReadonlyArray<Outcome>): Outcome => ({
  edits: outcomes.flatMap(({ edits }) => edits),
  puts: outcomes.flatMap(({ puts }) => puts),
  conflicts: outcomes.flatMap(({ conflicts }) => conflicts),
})

const putAt = (state: State.State, path: Path, side: Side): Merging<State.State> =>
  side._tag === 'None' ? State.remove(path)(state) : State.set(path, side.value)(state)

const putAll = (state: State.State, puts: Outcome['puts']): Merging<State.State> =>
  puts.reduce<Merging<State.State>>(
    (result, [path, side]) => Fetch.flatMap(result, (next) => putAt(next, path, side)),
    Fetch.of(state),
  )

const byPath = (x: Conflict, y: Conflict): number =>
  JSON.stringify(x.path) < JSON.stringify(y.path) ? -1 : 1

/**
 * What two states have become since a third, together. Rules are asked in their order, the first that decides counts;
 * one that fits is asked before lists and texts are merged by splices. Changes of a sequence that touch each other
 * are a conflict of all of it, and so is a value that one side has removed and the other changed inside. O((changes +
 * 1) · depth).
 *
 * Errors: `Missing`, `Corrupt`, `InvalidValue` with the place if a resolver throws or answers what is no value.
 */
export const merge =
  (rules: ReadonlyArray<Rule> = []) =>
  (base: State.State, ours: State.State, theirs: State.State): Fetch.Fetch<MergeFailure, Merged> => {
    if (theirs.equals(base) || theirs.equals(ours)) return Fetch.of({ state: ours, conflicts: [] })
    if (ours.equals(base)) return Fetch.of({ state: theirs, conflicts: [] })
    const sides: Sides = { base, ours, theirs, rules }
    return Fetch.flatMap(
      Fetch.both(Patch.diff(base, ours), Patch.diff(base, theirs), plan),
      ({ taken, met }): Merging<Merged> =>
        Fetch.flatMap(Fetch.all(met.map((meeting) => meet(sides, meeting))), (outcomes) => {
          const { edits, puts, conflicts } = joined(outcomes)
          return Fetch.map(
            (state: State.State): Merged => ({ state, conflicts: conflicts.toSorted(byPath) }),
          )(Fetch.flatMap(Patch.apply(Patch.compose(taken, edits))(ours), (state) => putAll(state, puts)))
        }),
    )
  }

// -------------------------------------------------------------------------------------
// conflicts
// -------------------------------------------------------------------------------------

/** What shall stand at a conflict's path. */
export interface Resolution {
  readonly path: Path
  readonly value: Side
}

const samePath = (x: Path, y: Path): boolean =>
  x.length === y.length && x.every((segment, i) => segment === y[i])

/**
 * Goes on with a merge: what was a conflict is what a resolution says.
 *
 * Errors: `InvalidPath` for a resolution of what is no conflict, or of one that another one resolves, `InvalidValue`,
 * `Missing`, `Corrupt`.
 */
export const resume =
  (resolutions: ReadonlyArray<Resolution>) =>
  ({ state, conflicts }: Merged): Fetch.Fetch<MergeFailure, Merged> => {
    const stray = resolutions.find(({ path }) => !conflicts.some((conflict) => samePath(conflict.path, path)))
    if (stray !== undefined)
      return Fetch.fail<InvalidPath>(invalidPath(stray.path, 'no conflict stands here'))
    const twice = resolutions.find(({ path }, i) =>
      resolutions.some((one, j) => j < i && samePath(one.path, path)),
    )
    if (twice !== undefined) return Fetch.fail<InvalidPath>(invalidPath(twice.path, 'resolved twice'))
    const left = conflicts.filter(({ path }) => !resolutions.some((one) => samePath(one.path, path)))
    return Fetch.map((next: State.State): Merged => ({ state: next, conflicts: left }))(
      putAll(
        state,
        resolutions.map(({ path, value }) => [path, value]),
      ),
    )
  }

/** The state of a merge that is done. Errors: `Conflicted` with the paths that are not decided. */
export const toState = ({ state, conflicts }: Merged): E.Either<Conflicted, State.State> =>
  conflicts.length === 0 ? E.right(state) : E.left(conflicted(conflicts.map(({ path }) => path)))

const side = new t.Type<Side, V.Value, unknown>(
  'what stands at a place',
  (u): u is Side => typeof u === 'object' && u !== null && '_tag' in u,
  (u, context) => {
    const decoded = t.readonlyArray(V.Value).decode(u) as t.Validation<ReadonlyArray<V.Value>>
    if (decoded._tag === 'Left' || decoded.right.length > 1) return t.failure(u, context)
    return t.success(decoded.right.length === 0 ? O.none : O.some(decoded.right[0]!))
  },
  (one) => (one._tag === 'None' ? [] : [one.value]),
)

const index = t.refinement(t.number, (n) => Number.isSafeInteger(n) && n >= 0, 'an index')
const conflict = t.strict({
  path: t.readonlyArray(t.union([t.string, index])),
  base: side,
  ours: side,
  theirs: side,
})

/**
 * Conflicts as a value, for keeping them in a state or in a checkpoint's metadata: `[]` for nothing, `[value]` for
 * it.
 */
export const ConflictsFromValue: t.Type<ReadonlyArray<Conflict>, V.Value, unknown> = t.readonlyArray(
  conflict,
) as unknown as t.Type<ReadonlyArray<Conflict>, V.Value, unknown>

// -------------------------------------------------------------------------------------
// checkpoints
// -------------------------------------------------------------------------------------

/** A merge of two checkpoints, and the common ancestor that it went by. */
export interface MergedCheckpoints extends Merged {
  readonly base: O.Option<Digest>
}

/**
 * Merges the states of two checkpoints by the first of their lowest common ancestors (`Checkpoint.mergeBases`);
 * histories apart have the empty state in common.
 *
 * Errors: those of `merge`, `UnknownCheckpoint`.
 */
export const checkpoints =
  (residency: Residency, rules: ReadonlyArray<Rule> = []) =>
  (ours: Digest, theirs: Digest): Fetch.Fetch<MergeFailure | Checkpoint.HistoryFailure, MergedCheckpoints> =>
    Fetch.flatMap(
      Fetch.both(
        Checkpoint.mergeBases(ours, theirs),
        Fetch.all([Checkpoint.load(ours), Checkpoint.load(theirs)]),
        (bases, [a, b]) => ({ base: bases[0], states: [a!.state, b!.state] as const }),
      ),
      ({ base, states }) => {
        const open = (digest: Digest): State.State => State.open(digest, residency)
        const from = base === undefined ? State.empty : open(base.checkpoint.state)
        return Fetch.map(
          (merged: Merged): MergedCheckpoints => ({
            ...merged,
            base: base === undefined ? O.none : O.some(base.digest),
          }),
        )(merge(rules)(from, open(states[0]), open(states[1])))
      },
    )
