/**
 * The laws of the door, `Value.fromUnknown`, and of equality.
 */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Failure, Value } from '../../src/index.js'
import { anything, bads, keys, spoiled, values } from '../arbitraries.js'
import { fact, holds, isEq, law, type Suite, suite } from '../Law.js'
import { isDeeplyFrozen } from './codec.js'
import { canonical, encodeBy } from './model.js'

export interface ValueUnderTest {
  readonly fromUnknown: (input: unknown, limits?: Value.Limits) => E.Either<Failure.InvalidValue, Value.Value>
  readonly equals: (x: Value.Value, y: Value.Value) => boolean
}

const model = (v: Value.Value): Uint8Array => Uint8Array.from(encodeBy(canonical)(v))

/** Whether this is plain data of the model, told as simply as can be; slow, and blind to what only descriptors show. */
const isPlain = (v: unknown): boolean => {
  if (v === null || typeof v === 'boolean') return true
  if (typeof v === 'number') return Number.isFinite(v)
  if (typeof v === 'string') return v.isWellFormed()
  if (typeof v !== 'object') return false
  if (v instanceof Uint8Array) return Object.getPrototypeOf(v) === Uint8Array.prototype
  if (Array.isArray(v)) return Object.keys(v).length === v.length && v.every(isPlain)
  return Object.getPrototypeOf(v) === Object.prototype && Object.values(v).every(isPlain)
}

/** All objects in a value, itself among them. */
const parts = (v: unknown): ReadonlyArray<object> =>
  typeof v !== 'object' || v === null
    ? []
    : v instanceof Uint8Array
      ? [v]
      : [v, ...Object.values(v).flatMap(parts)]

const nested = (depth: number): unknown => {
  let list: unknown = 0
  for (let i = 0; i < depth; i++) list = [list]
  return list
}

/** A value in which one list stands 2^levels times. */
const doubled = (levels: number): unknown => {
  let list: unknown = ['x']
  for (let i = 0; i < levels; i++) list = [list, list]
  return list
}

export const valueLaws = ({ fromUnknown, equals }: ValueUnderTest): Suite =>
  suite('Value', [
    law('takes every value as it is', [values], (v) => isEq(fromUnknown(v), E.right(v))),
    law('changes nothing when applied again', [values], (v) => {
      const once = fromUnknown(v)
      return E.isLeft(once) ? holds(false, 'refused') : isEq(fromUnknown(once.right), once)
    }),
    law('answers deeply frozen values', [values], (v) => {
      const answer = fromUnknown(v)
      return holds(E.isRight(answer) && isDeeplyFrozen(answer.right), 'not frozen')
    }),
    law('shares nothing with its input', [values], (v) => {
      const answer = fromUnknown(v)
      const given = new Set(parts(v))
      return holds(E.isRight(answer) && !parts(answer.right).some((o) => given.has(o)), 'shared')
    }),
    law('leaves its input as it was', [values], (v) => {
      const before = structuredClone(v)
      fromUnknown(v)
      return isEq(v, before)
    }),
    law('puts the keys of maps into canonical order', [fc.uniqueArray(keys, { maxLength: 20 })], (names) => {
      // Those that are array indices stand first in every object of the language.
      const plain = names.filter((key) => key !== '__proto__' && !/^\d+$/.test(key))
      const keysOf = (order: ReadonlyArray<string>): ReadonlyArray<string> => {
        const answer = fromUnknown(Object.fromEntries(order.map((key) => [key, 0])))
        return E.isRight(answer) ? Object.keys(answer.right as object) : ['refused']
      }
      const sorted = plain
        .map((key) => ({ key, bytes: Buffer.from(key) }))
        .sort((x, y) => x.bytes.length - y.bytes.length || Buffer.compare(x.bytes, y.bytes))
      return isEq(
        keysOf(plain),
        sorted.map(({ key }) => key),
      )
    }),
    law(
      'makes 0 of -0',
      [fc.constantFrom<[unknown, unknown]>([-0, 0], [[-0], [0]], [{ a: -0 }, { a: 0 }])],
      ([given, kept]) => isEq(fromUnknown(given), E.right(kept as Value.Value)),
    ),
    law('makes plain bytes of a Buffer', [fc.uint8Array({ maxLength: 20 })], (b) =>
      isEq(fromUnknown([Buffer.from(b)]), E.right([b])),
    ),
    law('takes objects without a prototype', [keys, values], (key, v) => {
      const bare = Object.create(null) as { [key: string]: Value.Value }
      bare[key] = v
      const plain = Object.defineProperty({}, key, {
        value: v,
        enumerable: true,
        writable: true,
        configurable: true,
      })
      return isEq(fromUnknown(bare), E.right(plain as Value.Value))
    }),
    ...bads.map((bad) =>
      fact(`refuses ${bad.name}`, () => holds(E.isLeft(fromUnknown(bad.make())), 'taken')),
    ),
    law('says where it stands', [spoiled], ({ name, path, make }) => {
      const answer = fromUnknown(make())
      return E.isRight(answer)
        ? holds(false, `${name} was taken`)
        : isEq(answer.left.path.slice(0, path.length), path)
    }),
    law('answers for any input, and what it takes is a value', [anything], (u) => {
      const answer = fromUnknown(u)
      return holds(E.isLeft(answer) || isPlain(answer.right), 'took what is no value')
    }),
    law(
      'holds to a limit of depth',
      [fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 })],
      (depth, maxDepth) =>
        isEq(E.isRight(fromUnknown(nested(depth), { maxDepth })), depth <= Math.min(maxDepth, 256)),
    ),
    law('holds to a limit of size', [values, fc.nat({ max: 300 })], (v, maxBytes) =>
      isEq(E.isRight(fromUnknown(v, { maxBytes })), model(v).length <= maxBytes),
    ),
    fact('is not fooled by a small input that unfolds to a huge value', () => [
      holds(E.isRight(fromUnknown(doubled(12))), 'refused 2^12 places'),
      holds(E.isLeft(fromUnknown(doubled(200))), 'took 2^200 places'),
    ]),
    law('equality is reflexive, and holds of a copy', [values], (v) => [
      isEq(equals(v, v), true),
      isEq(equals(v, structuredClone(v)), true),
    ]),
    law('equality is equality of the encodings', [values, values], (x, y) =>
      isEq(equals(x, y), Buffer.compare(model(x), model(y)) === 0),
    ),
    law('equality sees one change', [values, values, values], (x, y, z) => {
      const same = Buffer.compare(model(x), model(y)) === 0
      return [
        isEq(equals([z, x], [z, y]), same),
        isEq(equals({ z, x }, { x: y, z }), same),
        isEq(equals({ a: x, b: y }, { b: y, a: x }), true),
        isEq(equals([x], [x, y]), false),
        isEq(equals({ x }, { y: x }), false),
        isEq(equals({ x }, { x, y }), false),
        isEq(equals([], {}), false),
        isEq(equals(new Uint8Array(0), []), false),
      ]
    }),
  ])
