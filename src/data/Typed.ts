/**
 * Typed reads: a value that an io-ts codec has taken, or a `Mismatch` that says in words where it does not fit.
 */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { showPath } from './explain.js'
import { type Mismatch, mismatch, type Path } from './Failure.js'

/** Errors beyond this many are counted, not listed. */
const LISTED = 20

/** Text of a value longer than this is cut. */
const WIDTH = 60

const showValue = (u: unknown): string => {
  let text: string
  try {
    text =
      u instanceof Uint8Array
        ? `${u.length} bytes`
        : typeof u === 'function'
          ? 'a function'
          : typeof u === 'bigint'
            ? `${u}n`
            : (JSON.stringify(u) ?? String(u))
  } catch {
    text = `a ${typeof u}`
  }
  return text.length > WIDTH ? `${text.slice(0, WIDTH).toWellFormed()}…` : text
}

interface Inspected {
  readonly _tag?: unknown
  readonly type?: unknown
}

/** What kind of codec checks the value, behind the wrappers that only narrow another one. */
const kindOf = (type: unknown): string => {
  let inner = type as Inspected
  while (/^(Refinement|Exact|Readonly|Recursive)Type$/.test(String(inner._tag)))
    inner = inner.type as Inspected
  return String(inner._tag)
}

const isIndex = (container: unknown, key: string): boolean => Array.isArray(container) && /^\d+$/.test(key)

/** The steps in the value among the entries of a context. */
const stepsOf = (context: t.Context): Path => {
  const steps: Array<string | number> = []
  for (let i = 1; i < context.length; i++) {
    const { key } = context[i]!
    const parent = context[i - 1]!
    // Members of unions and intersections are numbered; their number is no part of the value's path.
    if (/^(Union|Intersection)Type$/.test(kindOf(parent.type))) continue
    if (key === '') continue
    steps.push(isIndex(parent.actual, key) ? Number(key) : key)
  }
  return steps
}

const line = (error: t.ValidationError, path: Path): string => {
  const last = error.context[error.context.length - 1]
  const where = showPath([...path, ...stepsOf(error.context)])
  const expected = error.message ?? `expected ${last?.type.name ?? 'something else'}`
  return `${where}: ${expected}, found ${showValue(error.value)}`
}

/** Whatever was thrown, even what has no text. */
const reasonOf = (e: unknown): string => {
  try {
    return String(e)
  } catch {
    return 'with a value that has no text'
  }
}

/**
 * Decodes a value that stands at `path` by `codec`. A codec that throws is a mismatch too.
 *
 * Errors: `Mismatch`, one line for each place that does not fit. O(what the codec reads).
 *
 * @category decoding
 *
 * @example
 * ```ts
 * import { Typed } from 'coppice'
 * import assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as t from 'io-ts'
 *
 * const Agent = t.type({ name: t.string, scores: t.array(t.number) })
 * const read = Typed.decodeWith(Agent, ['agents', 'a'])
 * assert.deepStrictEqual(read({ name: 'x', scores: [1] }), E.right({ name: 'x', scores: [1] }))
 * assert.deepStrictEqual(
 *   read({ name: 'x', scores: [1, 'two'] }),
 *   E.left({
 *     _tag: 'Mismatch',
 *     path: ['agents', 'a'],
 *     errors: ['agents.a.scores[1]: expected number, found "two"'],
 *   }),
 * )
 * ```
 */
export const decodeWith =
  <A>(codec: t.Decoder<unknown, A>, path: Path = []) =>
  (value: unknown): E.Either<Mismatch, A> => {
    try {
      const decoded = codec.decode(value)
      if (E.isRight(decoded)) return decoded
      const lines = decoded.left.slice(0, LISTED).map((error) => line(error, path))
      const more = decoded.left.length - LISTED
      return E.left(mismatch(path, more > 0 ? [...lines, `and ${more} more`] : lines))
    } catch (e) {
      return E.left(mismatch(path, [`${showPath(path)}: the codec failed: ${reasonOf(e)}`]))
    }
  }
