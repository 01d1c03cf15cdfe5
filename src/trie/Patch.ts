/**
 * A `Patch` is what differs between two states, as data: it can be applied, inverted, composed, stored and read.
 *
 * Maps differ by keys, long lists, texts and bytes by splices, and what both states share is neither entered nor loaded.
 * The operations are made one after another, each on what the last one left.
 *
 * Laws (`coppice/laws`, `patchLaws`):
 * 1. `apply(diff(a, b))(a)` is `b`;
 * 2. `apply(invert(p))(apply(p)(a))` is `a`, and `invert(invert(p))` is `p`;
 * 3. `apply(compose(p, q))` is `apply(q)` after `apply(p)`; `empty` is its unit;
 * 4. `decode(encode(p))` is `p`;
 * 5. a diff of equal states is empty, and visits are O((changes + 1) · depth).
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Fetch, Patch, State } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const state = (json: unknown) => pipe(State.fromJson(json), E.getOrElse(() => State.empty))
 * const [a, b] = [state({ x: 1, y: 2 }), state({ x: 1, z: 3 })]
 * const undone = pipe(
 *   Patch.diff(a, b),
 *   Fetch.chainW((patch) => Patch.apply(Patch.invert(patch))(b)),
 *   Fetch.map(State.equals.bind(null, a)),
 *   Fetch.now,
 * )
 * assert.ok(undone._tag === 'Some' && E.isRight(undone.value) && undone.value.right)
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Monoid as MonoidType } from 'fp-ts/lib/Monoid.js'
import * as t from 'io-ts'
import * as Codec from '../data/Codec.js'
import type { InvalidValue, Malformed, Mismatch, Path } from '../data/Failure.js'
import { decodeWith } from '../data/Typed.js'
import { type Value, Value as ValueCodec } from '../data/Value.js'
import * as Fetch from './Fetch.js'
import { type Difference, difference } from './internal/compare.js'
import { ABSENT } from './internal/merge.js'
import type { Run, Slot } from './internal/node.js'
import { type Standing, valueIn } from './internal/read.js'
import * as State from './State.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** A stretch of a list, a text, or bytes. */
export type Content = ReadonlyArray<Value> | string | Uint8Array

export type Operation =
  | { readonly op: 'add'; readonly path: Path; readonly after: Value }
  | { readonly op: 'remove'; readonly path: Path; readonly before: Value }
  | { readonly op: 'change'; readonly path: Path; readonly before: Value; readonly after: Value }
  | {
      readonly op: 'splice'
      readonly path: Path
      readonly position: number
      readonly removed: Content
      readonly inserted: Content
    }

export type Patch = ReadonlyArray<Operation>

/** Changes nothing. @category constructors */
export const empty: Patch = []

// -------------------------------------------------------------------------------------
// diff
// -------------------------------------------------------------------------------------

/**
 * What has to happen to the first state to make it the second. O(changes · depth): equal parts are not loaded.
 *
 * Errors: `Missing`, `Corrupt`.
 *
 * @category constructors
 */
export const diff = (before: State.State, after: State.State): Fetch.Fetch<State.LoadFailure, Patch> =>
  before.equals(after)
    ? Fetch.of(empty)
    : Fetch.flatMap(difference(State.rootOf(before), State.rootOf(after)), (found) =>
        Fetch.map((parts: ReadonlyArray<Patch>) => parts.flat())(Fetch.all(found.map(operations))),
      )

const operations = (found: Difference): Fetch.Fetch<State.LoadFailure, Patch> => {
  const { path, before, after, splices } = found
  if (splices !== null) {
    // From the end, so that each position is that of the first state.
    return Fetch.all(
      splices.toReversed().map(({ position, removed, inserted }) =>
        Fetch.both(
          contentOf(removed),
          contentOf(inserted),
          (x, y): Operation => ({
            op: 'splice',
            path,
            position,
            removed: x,
            inserted: y,
          }),
        ),
      ),
    )
  }
  if (before === ABSENT)
    return Fetch.map((value: Value): Patch => [{ op: 'add', path, after: value }])(valueAt(after))
  if (after === ABSENT) {
    return Fetch.map((value: Value): Patch => [{ op: 'remove', path, before: value }])(valueAt(before))
  }
  return Fetch.both(
    valueAt(before),
    valueAt(after),
    (x, y): Patch => [{ op: 'change', path, before: x, after: y }],
  )
}

const valueAt = (slot: Standing): Fetch.Fetch<State.LoadFailure, Value> => valueIn(slot as Slot, 0)

const contentOf = (run: Run): Fetch.Fetch<State.LoadFailure, Content> =>
  Array.isArray(run)
    ? Fetch.all((run as ReadonlyArray<Slot>).map((slot) => valueIn(slot, 0)))
    : Fetch.of(run as string | Uint8Array)

// -------------------------------------------------------------------------------------
// combinators
// -------------------------------------------------------------------------------------

/**
 * The state that a patch makes of another.
 *
 * Errors: those of `State.set`, `remove` and `splice`, for a state that the patch was not made for.
 */
export const apply =
  (patch: Patch) =>
  (state: State.State): Fetch.Fetch<State.SequenceFailure, State.State> =>
    patch.reduce<Fetch.Fetch<State.SequenceFailure, State.State>>(
      (result, operation) => Fetch.flatMap(result, applied(operation)),
      Fetch.of(state),
    )

const applied = (
  operation: Operation,
): ((state: State.State) => Fetch.Fetch<State.SequenceFailure, State.State>) => {
  switch (operation.op) {
    case 'add':
    case 'change':
      return State.set(operation.path, operation.after)
    case 'remove':
      return State.remove(operation.path)
    case 'splice':
      return State.splice(operation.path, operation.position, operation.removed.length, operation.inserted)
  }
}

/** The patch that undoes another. O(operations). @category combinators */
export const invert = (patch: Patch): Patch => patch.toReversed().map(inverted)

const inverted = (operation: Operation): Operation => {
  switch (operation.op) {
    case 'add':
      return { op: 'remove', path: operation.path, before: operation.after }
    case 'remove':
      return { op: 'add', path: operation.path, after: operation.before }
    case 'change':
      return { ...operation, before: operation.after, after: operation.before }
    case 'splice':
      return { ...operation, removed: operation.inserted, inserted: operation.removed }
  }
}

/** One patch, then another. @category combinators */
export const compose = (first: Patch, second: Patch): Patch =>
  first.length === 0 ? second : second.length === 0 ? first : [...first, ...second]

/** @category instances */
export const Monoid: MonoidType<Patch> = { concat: compose, empty }

// -------------------------------------------------------------------------------------
// encoding
// -------------------------------------------------------------------------------------

const index = new t.Type<number, number, unknown>(
  'an index',
  (u): u is number => Number.isSafeInteger(u) && (u as number) >= 0,
  (u, context) =>
    Number.isSafeInteger(u) && (u as number) >= 0 ? t.success(u as number) : t.failure(u, context),
  t.identity,
)

const key = t.refinement(t.string, (s) => s.isWellFormed(), 'a key')
const path = t.readonlyArray(t.union([key, index]))

const isContent = (value: Value): value is Content =>
  Array.isArray(value) || typeof value === 'string' || value instanceof Uint8Array
const content = t.refinement(ValueCodec, isContent, 'a list, text or bytes')

const operation = t.union([
  t.strict({ op: t.literal('add'), path, after: ValueCodec }),
  t.strict({ op: t.literal('remove'), path, before: ValueCodec }),
  t.strict({ op: t.literal('change'), path, before: ValueCodec, after: ValueCodec }),
  t.strict({ op: t.literal('splice'), path, position: index, removed: content, inserted: content }),
])

/** Patches as values, for keeping one in a state; a splice whose sides are not of one kind is refused. */
export const PatchFromValue: t.Type<Patch, Value, unknown> = new t.Type<Patch, Value, unknown>(
  'Patch',
  (u): u is Patch => E.isRight(decodeOperations(u)),
  (u, context) => {
    const decoded = decodeOperations(u)
    return decoded._tag === 'Right' ? decoded : t.failure(u, context)
  },
  (patch) => patch as unknown as Value,
)

const decodeOperations = (u: unknown): t.Validation<Patch> => {
  const decoded = t.readonlyArray(operation).decode(u) as t.Validation<Patch>
  if (decoded._tag === 'Left') return decoded
  const given = u as ReadonlyArray<object>
  return decoded.right.every((operation, i) => isEven(operation) && hasKeysOf(given[i]!, operation))
    ? decoded
    : t.failure(u, [])
}

const kindOf = (side: Content): string => (Array.isArray(side) ? 'list' : typeof side)

const isEven = (operation: Operation): boolean =>
  operation.op !== 'splice' || kindOf(operation.removed) === kindOf(operation.inserted)

/** `strict` passes over what it does not know; a patch says nothing else. */
const hasKeysOf = (given: object, operation: Operation): boolean =>
  Object.keys(given).length === Object.keys(operation).length

/** Canonical bytes. Errors: `InvalidValue` for a patch over the bounds of a value. */
export const encode = (patch: Patch): E.Either<InvalidValue, Uint8Array> =>
  Codec.encode(PatchFromValue.encode(patch))

/** Errors: `Malformed` for bytes that are not canonical, `Mismatch` for a value that is no patch. */
export const decode = (encoded: Uint8Array): E.Either<Malformed | Mismatch, Patch> =>
  E.flatMap(
    Codec.decode(encoded),
    (value): E.Either<Mismatch, Patch> => decodeWith(PatchFromValue, [])(value),
  )

// -------------------------------------------------------------------------------------
// JSON Patch
// -------------------------------------------------------------------------------------

/** An operation of RFC 6902. */
export type JsonOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

/** RFC 6901. */
const pointer = (path: Path): string =>
  path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** Bytes as DAG-JSON has them, `{ "/": { "bytes": base64 } }`; all else is JSON already. */
const toJson = (value: Value): unknown => {
  if (value instanceof Uint8Array) return { '/': { bytes: base64(value) } }
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]))
  }
  return value
}

const base64 = (data: Uint8Array): string =>
  btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join('')).replace(/=+$/, '')

/**
 * The patch as JSON Patch (RFC 6902), for people and other tools; a text or bytes that was spliced is replaced whole,
 * since JSON Patch cannot change part of one.
 *
 * Errors: as `apply`.
 */
export const toJsonPatch =
  (patch: Patch) =>
  (before: State.State): Fetch.Fetch<State.SequenceFailure, ReadonlyArray<JsonOperation>> =>
    Fetch.flatMap(apply(patch)(before), (after) => {
      const replaced = new Set<string>()
      return Fetch.map((all: ReadonlyArray<ReadonlyArray<JsonOperation>>) => all.flat())(
        Fetch.all(patch.map((operation) => jsonOperations(operation, after, replaced))),
      )
    })

const jsonOperations = (
  operation: Operation,
  after: State.State,
  replaced: Set<string>,
): Fetch.Fetch<State.SequenceFailure, ReadonlyArray<JsonOperation>> => {
  const at = pointer(operation.path)
  switch (operation.op) {
    case 'add':
      return Fetch.of([{ op: 'add', path: at, value: toJson(operation.after) }])
    case 'remove':
      return Fetch.of([{ op: 'remove', path: at }])
    case 'change':
      return Fetch.of([{ op: 'replace', path: at, value: toJson(operation.after) }])
    case 'splice': {
      if (Array.isArray(operation.removed)) {
        const { position } = operation
        return Fetch.of([
          ...operation.removed.map((): JsonOperation => ({ op: 'remove', path: `${at}/${position}` })),
          ...(operation.inserted as ReadonlyArray<Value>).map(
            (value, i): JsonOperation => ({ op: 'add', path: `${at}/${position + i}`, value: toJson(value) }),
          ),
        ])
      }
      if (replaced.has(at)) return Fetch.of([])
      replaced.add(at)
      return Fetch.map(
        (value: { readonly _tag: string; readonly value?: Value }): ReadonlyArray<JsonOperation> =>
          value._tag === 'None' ? [] : [{ op: 'replace', path: at, value: toJson(value.value as Value) }],
      )(State.get(operation.path)(after) as never)
    }
  }
}
