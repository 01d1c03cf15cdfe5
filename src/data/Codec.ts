/**
 * The canonical codec: one value has one encoding, and it is DAG-CBOR.
 *
 * Map keys are sorted by length and then bytewise, lengths and integers take their shortest form, numbers that are safe
 * integers are integers and all others 64-bit floats. `decode` refuses every other way to say the same.
 *
 * Laws (`laws/data/codec.ts`): `decode` is a left inverse of `encode`; bytes that decode encode to the same bytes; equal
 * values have equal bytes; sizes are what they are said to be; no input makes either of them throw.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type InvalidValue, invalidValue, type Malformed, malformed } from './Failure.js'
import { writeChecked } from './internal/checked.js'
import { bounded, MAX_BYTES, MAX_DEPTH } from './internal/limits.js'
import { attempt, Reader } from './internal/reader.js'
import { Writer } from './internal/writer.js'
import { fromUnknown, type Limits, type Value } from './Value.js'

export type { Limits } from './Value.js'

/** A buffer that a large value has made larger than this is not kept. */
const KEPT = 1 << 20

let idle: Writer | null = null

/**
 * The canonical bytes of a value.
 *
 * What the type rules out and a caller without types may pass all the same is refused, and so are lone surrogates, NaN and
 * infinities, nesting beyond `MAX_DEPTH` and keys beyond `MAX_KEY`. Like JSON it sees own enumerable properties only and
 * runs getters; `Value.fromUnknown` is the stricter door.
 *
 * Errors: `InvalidValue`. O(size), with O(n log n) comparisons for a map whose keys are not in order.
 *
 * @category encoding
 *
 * @example
 * ```ts
 * import { Codec } from 'coppice'
 * import assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Codec.encode({ b: 1, a: [] }), E.right(new Uint8Array([0xa2, 0x61, 0x61, 0x80, 0x61, 0x62, 0x01])))
 * assert.ok(E.isLeft(Codec.encode(Number.NaN)))
 * ```
 */
export const encode = (value: Value): E.Either<InvalidValue, Uint8Array> => {
  // A getter may encode something while we do; then it finds no idle writer and makes its own.
  const writer = idle ?? new Writer()
  idle = null
  writer.reset()
  let bytes: Uint8Array | null = null
  try {
    if (writeChecked(writer, value, 0)) bytes = writer.take()
  } catch {
    // A getter or a proxy threw; which one, the careful walk below will tell.
  }
  if (writer.capacity <= KEPT) idle = writer
  return bytes === null ? E.left(explainInvalid(value)) : E.right(bytes)
}

const explainInvalid = (value: Value): InvalidValue => {
  const careful = fromUnknown(value)
  return E.isLeft(careful) ? careful.left : invalidValue([], 'it changed while it was read')
}

/**
 * The value that canonical bytes say: deeply frozen, sharing nothing with the bytes. Bytes that say it in another way, are
 * truncated or followed by others, claim lengths that are not there, hold a link, or exceed the limits are refused.
 *
 * Errors: `Malformed`, with the offset. O(length).
 *
 * @category decoding
 *
 * @example
 * ```ts
 * import { Codec } from 'coppice'
 * import assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(Codec.decode(new Uint8Array([0x82, 0x01, 0x20])), E.right([1, -1]))
 * assert.deepStrictEqual(
 *   Codec.decode(new Uint8Array([0x82, 0x01])),
 *   E.left({ _tag: 'Malformed', offset: 0, reason: 'a length beyond the end' }),
 * )
 * ```
 */
export const decode = (bytes: Uint8Array, limits: Limits = {}): E.Either<Malformed, Value> => {
  const maxBytes = bounded(limits.maxBytes, MAX_BYTES)
  if (!(bytes instanceof Uint8Array)) return E.left(malformed(0, 'not bytes'))
  if (bytes.length > maxBytes) return E.left(malformed(maxBytes, `larger than ${maxBytes} bytes`))
  const reader = new Reader(bytes, bounded(limits.maxDepth, MAX_DEPTH))
  return attempt(() => {
    const value = reader.value()
    reader.done()
    return value as Value
  })
}
