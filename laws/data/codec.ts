/**
 * The laws of a canonical codec.
 */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Failure, Value } from '../../src/index.js'
import { anything, keys, spoiled, values } from '../arbitraries.js'
import { fact, holds, isEq, type Law, law, type Suite, suite } from '../Law.js'
import { malformations } from './malformed.js'
import { canonical, encodeBy } from './model.js'

/** A codec under test; `sizeOf` too if it tells sizes without encoding. */
export interface CodecUnderTest {
  readonly encode: (value: Value.Value) => E.Either<Failure.InvalidValue, Uint8Array>
  readonly decode: (bytes: Uint8Array) => E.Either<Failure.Malformed, Value.Value>
  readonly sizeOf?: (value: Value.Value, limit?: number) => number
}

const model = encodeBy(canonical)

/** The bytes of a value that the codec must take. */
const encoded = (codec: CodecUnderTest, v: Value.Value): Uint8Array => {
  const bytes = codec.encode(v)
  if (E.isLeft(bytes)) throw new Error(`refused a value: ${bytes.left.reason}`)
  return bytes.right
}

/** The same value with the keys of each map in another order. */
const reordered = (v: Value.Value): Value.Value => {
  if (Array.isArray(v)) return v.map(reordered)
  if (typeof v !== 'object' || v === null || v instanceof Uint8Array) return v
  const entries = {}
  for (const [key, inner] of Object.entries(v).reverse()) {
    Object.defineProperty(entries, key, {
      value: reordered(inner),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return entries
}

export const isDeeplyFrozen = (v: Value.Value): boolean =>
  typeof v !== 'object' ||
  v === null ||
  v instanceof Uint8Array ||
  (Object.isFrozen(v) && Object.values(v).every(isDeeplyFrozen))

/** One change to bytes: a bit, a byte put in or taken out, or a piece repeated. */
interface Mutation {
  readonly at: number
  readonly kind: 'flip' | 'insert' | 'remove' | 'repeat'
  readonly byte: number
}

const mutations: fc.Arbitrary<ReadonlyArray<Mutation>> = fc.array(
  fc.record({
    at: fc.nat({ max: 10_000 }),
    kind: fc.constantFrom('flip', 'insert', 'remove', 'repeat'),
    byte: fc.oneof(
      fc.nat({ max: 255 }),
      fc.constantFrom(0x00, 0x17, 0x18, 0x1b, 0x5f, 0x9f, 0xbf, 0xf7, 0xfb, 0xff),
    ),
  }),
  { minLength: 1, maxLength: 3 },
)

const mutate = (bytes: Uint8Array, steps: ReadonlyArray<Mutation>): Uint8Array => {
  const b = [...bytes]
  for (const { at, kind, byte } of steps) {
    const i = at % (b.length + 1)
    if (kind === 'flip' && i < b.length) b[i] = b[i]! ^ (byte | 1)
    else if (kind === 'insert') b.splice(i, 0, byte)
    else if (kind === 'remove') b.splice(i, 1 + (byte & 3))
    else b.splice(i, 0, ...b.slice(i, i + 1 + (byte & 15)))
  }
  return Uint8Array.from(b)
}

const canonicalOrRefused = (codec: CodecUnderTest, bytes: Uint8Array) => {
  const value = codec.decode(bytes)
  return E.isLeft(value) ? holds(true, '') : isEq(codec.encode(value.right), E.right(bytes))
}

const refusalLaws = (codec: CodecUnderTest): ReadonlyArray<Law> =>
  Object.entries(malformations).map(([rule, inputs]) =>
    fact(`refuses ${rule}`, () =>
      inputs.map((bytes, i) => {
        const read = codec.decode(bytes)
        return holds(
          E.isLeft(read) && read.left.offset >= 0 && read.left.offset <= bytes.length,
          `input ${i} (${bytes.length} bytes: ${Buffer.from(bytes.subarray(0, 16)).toString('hex')}) was taken`,
        )
      }),
    ),
  )

export const codecLaws = (codec: CodecUnderTest): Suite =>
  suite('Codec', [
    law('decode is a left inverse of encode', [values], (v) =>
      isEq(codec.decode(encoded(codec, v)), E.right(v)),
    ),
    law('encodes what the model encodes', [values], (v) =>
      isEq(encoded(codec, v), Uint8Array.from(model(v))),
    ),
    law('the order in which keys were set plays no part', [values], (v) =>
      isEq(encoded(codec, reordered(v)), encoded(codec, v)),
    ),
    law('sorts many keys', [fc.uniqueArray(keys, { minLength: 2, maxLength: 80 })], (names) => {
      const v = Object.fromEntries(names.filter((key) => key !== '__proto__').map((key, i) => [key, i]))
      return [
        isEq(encoded(codec, v), Uint8Array.from(model(v))),
        isEq(codec.decode(encoded(codec, v)), E.right(v)),
      ]
    }),
    law('decodes to deeply frozen values', [values], (v) => {
      const read = codec.decode(encoded(codec, v))
      return holds(E.isRight(read) && isDeeplyFrozen(read.right), 'not frozen')
    }),
    law(
      'shares nothing with the bytes that it reads',
      [fc.uint8Array({ minLength: 1, maxLength: 99 })],
      (b) => {
        const bytes = encoded(codec, [b])
        const read = codec.decode(bytes)
        bytes.fill(0)
        return isEq(read, E.right([b]))
      },
    ),
    law('what it wrote is not changed by what it writes next', [values, values], (v, w) => {
      const bytes = encoded(codec, v)
      const before = bytes.slice()
      encoded(codec, w)
      return isEq(bytes, before)
    }),
    law('writes -0 as 0', [fc.constantFrom<Value.Value>(-0, [-0], { a: -0 })], (v) =>
      isEq(encoded(codec, v), Uint8Array.from(model(JSON.parse(JSON.stringify(v)) as Value.Value))),
    ),
    law('takes every map key as ordinary', [keys, values], (key, v) => {
      const entries: Value.Value = Object.defineProperty({}, key, {
        value: v,
        enumerable: true,
        writable: true,
        configurable: true,
      })
      return isEq(codec.decode(encoded(codec, entries)), E.right(entries))
    }),
    law('every proper prefix is refused', [values, fc.nat({ max: 10_000 })], (v, at) => {
      const bytes = encoded(codec, v)
      return holds(E.isLeft(codec.decode(bytes.subarray(0, at % bytes.length))), 'a prefix was taken')
    }),
    law('random bytes are canonical or refused', [fc.uint8Array({ maxLength: 40 })], (bytes) =>
      canonicalOrRefused(codec, bytes),
    ),
    law('mutated bytes are canonical or refused', [values, mutations], (v, steps) =>
      canonicalOrRefused(codec, mutate(Uint8Array.from(model(v)), steps)),
    ),
    law('reads what a view shows and no more', [values, fc.nat({ max: 9 })], (v, offset) => {
      const bytes = encoded(codec, v)
      const wide = new Uint8Array(bytes.length + 20).fill(0xff)
      wide.set(bytes, offset)
      return isEq(codec.decode(wide.subarray(offset, offset + bytes.length)), E.right(v))
    }),
    law('encode answers for any input', [anything], (u) => {
      codec.encode(u as Value.Value)
      return holds(true, '')
    }),
    law('encode refuses what it cannot write, where it stands', [spoiled], ({ name, path, make }) => {
      const answer = codec.encode(make() as Value.Value)
      // Visible only to one who looks at descriptors and symbols, which encoding does not.
      if (/accessor$|accessor in|not enumerable|symbol key|array with a property/.test(name))
        return holds(true, '')
      return E.isRight(answer)
        ? holds(false, `${name} was taken`)
        : isEq(answer.left.path.slice(0, path.length), path)
    }),
    ...(codec.sizeOf === undefined ? [] : sizeLaws(codec, codec.sizeOf)),
    ...refusalLaws(codec),
  ])

const sizeLaws = (
  codec: CodecUnderTest,
  sizeOf: (value: Value.Value, limit?: number) => number,
): ReadonlyArray<Law> => [
  law('sizeOf is the length of the encoding', [values], (v) => isEq(sizeOf(v), encoded(codec, v).length)),
  law('sizeOf with a limit answers whether it fits', [values, fc.nat({ max: 300 })], (v, limit) => {
    const size = encoded(codec, v).length
    const told = sizeOf(v, limit)
    return size <= limit ? isEq(told, size) : holds(told > limit, `${told} is not above ${limit}`)
  }),
]
