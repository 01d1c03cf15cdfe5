/**
 * A `Value` is what DAG-CBOR can say: null, boolean, number, string, bytes, list, map with string keys.
 *
 * `fromUnknown` is the door: it takes anything, refuses by path and reason what no value can be, and copies the rest into
 * deeply frozen plain data whose maps have their keys in canonical order. So a value that was given and one that was
 * loaded look the same, and later writes of the caller are not seen. (Bytes cannot be frozen; they are copied.)
 *
 * Laws (`laws/data/value.ts`): `fromUnknown` answers what is equal to its input, once applied it changes nothing more,
 * its answer is deeply frozen and shares nothing with the input, it refuses each kind of bad input with the path to
 * it, and no input makes it throw; `Eq` is an equivalence and agrees with equality of the encodings.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Eq as EqOf } from 'fp-ts/lib/Eq.js'
import * as t from 'io-ts'
import type { InvalidValue } from './Failure.js'
import { admit } from './internal/admit.js'
import { bounded, MAX_BYTES, MAX_DEPTH } from './internal/limits.js'

export { MAX_BYTES, MAX_DEPTH, MAX_KEY } from './internal/limits.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** @category model */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | ReadonlyArray<Value>
  | { readonly [key: string]: Value }

/**
 * Bounds that a caller may set lower than the library's own.
 *
 * @category model
 */
export interface Limits {
  /** Lists and maps in one another. At most and by default `MAX_DEPTH`. */
  readonly maxDepth?: number
  /** Bytes of the whole encoding. At most and by default `MAX_BYTES`. */
  readonly maxBytes?: number
}

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/**
 * Takes any input as a `Value`, or says what is wrong with it and where.
 *
 * Refused: `undefined`, functions, symbols, bigints, NaN and infinities, lone surrogates (in keys too), cycles, accessors,
 * properties that are not enumerable or whose key is a symbol, sparse arrays and arrays with other properties,
 * instances of classes (but `Uint8Array` and its subclasses, so `Buffer`, are bytes), other typed arrays, keys beyond
 * `MAX_KEY` bytes, and whatever exceeds the limits. `__proto__`, `constructor` and `hasOwnProperty` are ordinary keys.
 * -0 becomes 0. Own properties that somebody has put on a `Uint8Array` are not looked at.
 *
 * Errors: `InvalidValue`. O(size); no input overflows the stack, and a proxy or getter that throws is a failure like others.
 *
 * @category constructors
 *
 * @example
 * ```ts
 * import { Value } from 'coppice'
 * import assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Value.fromUnknown({ step: -0, tags: ['a'] }), E.right({ step: 0, tags: ['a'] }))
 * assert.deepStrictEqual(
 *   Value.fromUnknown({ agents: [{ score: Number.NaN }] }),
 *   E.left({ _tag: 'InvalidValue', path: ['agents', 0, 'score'], reason: 'NaN' }),
 * )
 * ```
 */
export const fromUnknown = (input: unknown, limits: Limits = {}): E.Either<InvalidValue, Value> =>
  admit(input, bounded(limits.maxDepth, MAX_DEPTH), bounded(limits.maxBytes, MAX_BYTES))

// -------------------------------------------------------------------------------------
// refinements
// -------------------------------------------------------------------------------------

/**
 * Whether the input is a `Value` as it stands. As thorough as `fromUnknown`, and as expensive.
 *
 * @category refinements
 */
export const isValue = (u: unknown): u is Value => E.isRight(fromUnknown(u))

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

const equalBytes = (x: Uint8Array, y: Uint8Array): boolean => {
  const n = x.length
  if (n !== y.length) return false
  for (let i = 0; i < n; i++) if (x[i] !== y[i]) return false
  return true
}

const equalLists = (x: ReadonlyArray<Value>, y: ReadonlyArray<Value>): boolean => {
  const n = x.length
  if (n !== y.length) return false
  for (let i = 0; i < n; i++) if (!equals(x[i]!, y[i]!)) return false
  return true
}

type Entries = { readonly [key: string]: Value }

const equalMaps = (x: Entries, y: Entries): boolean => {
  const keys = Object.keys(x)
  if (keys.length !== Object.keys(y).length) return false
  for (const key of keys) if (!Object.hasOwn(y, key) || !equals(x[key]!, y[key]!)) return false
  return true
}

/**
 * Structural equality; the order of a map's keys plays no part. O(size of the smaller).
 *
 * @category instances
 *
 * @example
 * ```ts
 * import { Value } from 'coppice'
 * import assert from 'node:assert'
 *
 * assert.ok(Value.equals({ a: 1, b: [new Uint8Array([2])] }, { b: [new Uint8Array([2])], a: 1 }))
 * assert.ok(!Value.equals([0], { 0: 0 }))
 * ```
 */
export const equals = (x: Value, y: Value): boolean => {
  if (x === y) return true
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false
  if (Array.isArray(x)) return Array.isArray(y) && equalLists(x, y)
  if (x instanceof Uint8Array) return y instanceof Uint8Array && equalBytes(x, y)
  return !Array.isArray(y) && !(y instanceof Uint8Array) && equalMaps(x as Entries, y as Entries)
}

/** @category instances */
export const Eq: EqOf<Value> = { equals }

/**
 * `Value` as an io-ts codec: decoding is `fromUnknown`, encoding changes nothing.
 *
 * @category codecs
 */
export const Value: t.Type<Value, Value, unknown> = new t.Type<Value, Value, unknown>(
  'Value',
  isValue,
  (u, context) => {
    const read = fromUnknown(u)
    return E.isRight(read)
      ? t.success(read.right)
      : t.failures([
          {
            value: u,
            context: [...context, ...read.left.path.map((key) => ({ key: String(key), type: Value }))],
            message: read.left.reason,
          },
        ])
  },
  (v) => v,
)
