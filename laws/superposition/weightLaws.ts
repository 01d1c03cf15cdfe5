/** Weights: the arithmetic of fractions, and what is rounded is rounded as stated. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as Value from '../../src/data/Value.js'
import type * as Weight from '../../src/superposition/Weight.js'
import { fact, holds, type IsEq, isEq, law, type Suite, suite } from '../Law.js'
import { exactly, type Fraction, fractions, right } from './fractions.js'

/** What the laws ask of an implementation. */
export type Weights = Pick<
  typeof Weight,
  | 'zero'
  | 'one'
  | 'fromNumber'
  | 'fromRatio'
  | 'fromLogLikelihood'
  | 'add'
  | 'multiply'
  | 'divide'
  | 'subtract'
  | 'compare'
  | 'Eq'
  | 'Semiring'
  | 'reduce'
  | 'rescale'
  | 'toNumber'
  | 'encode'
  | 'decode'
>

const order = ([a, b]: Fraction, [c, d]: Fraction): number => Number(a * d > c * b) - Number(a * d < c * b)

const distance = ([a, b]: Fraction, [c, d]: Fraction): Fraction => {
  const n = a * d - c * b
  return [n < 0n ? -n : n, b * d]
}

const view = new DataView(new ArrayBuffer(8))
const bitsOf = (x: number): bigint => {
  view.setFloat64(0, x)
  return view.getBigUint64(0)
}
const neighbour = (x: number, by: bigint): number => {
  view.setBigUint64(0, bitsOf(x) + by)
  return view.getFloat64(0)
}

const OVERFLOW: Fraction = [(1n << 1024n) - (1n << 970n), 1n]

/** Whether no double is nearer, and of two as near this is the even one. */
const isNearest = (x: number, f: Fraction): boolean => {
  if (Number.isNaN(x)) return false
  if (x === Number.POSITIVE_INFINITY) return order(f, OVERFLOW) >= 0
  if (order(f, OVERFLOW) >= 0) return false
  const here = distance(f, exactly(x))
  const sides = [x === 0 ? 0 : neighbour(x, -1n), neighbour(x, 1n)].filter(
    (y) => y !== x && Number.isFinite(y),
  )
  return sides.every((y) => {
    const by = order(here, distance(f, exactly(y)))
    return by < 0 || (by === 0 && bitsOf(x) % 2n === 0n)
  })
}

const doubles = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)

export const weightLaws = (name: string, subject: Weights): Suite => {
  const of = ([n, d]: Fraction): Weight.Weight => right(subject.fromRatio(n, d))
  const weights = fractions.map(of)
  const same = (x: Weight.Weight, y: Weight.Weight): IsEq => isEq(x, y, subject.Eq.equals)
  const { add, mul, zero, one } = subject.Semiring
  return suite(name, [
    law(
      'equality and order are those of fractions',
      [fractions, fractions, fc.bigInt({ min: 1n, max: 9n })],
      (f, g, k) => [
        isEq<number>(subject.compare(of(f), of(g)), order(f, g)),
        isEq(subject.Eq.equals(of(f), of(g)), order(f, g) === 0),
        isEq(subject.Eq.equals(of(f), of([f[0] * k, f[1] * k])), true),
      ],
    ),
    law('sums, products and quotients are those of fractions', [fractions, fractions], (f, g) => {
      const [[a, b], [c, d]] = [f, g]
      const [x, y] = [of(f), of(g)]
      return [
        same(subject.add(y)(x), of([a * d + c * b, b * d])),
        same(subject.multiply(y)(x), of([a * c, b * d])),
        isEq(E.isLeft(subject.divide(y)(x)), c === 0n),
        c === 0n ? isEq(0, 0) : same(right(subject.divide(y)(x)), of([a * d, b * c])),
        isEq(E.isLeft(subject.subtract(y)(x)), order(f, g) < 0),
        order(f, g) < 0 ? isEq(0, 0) : same(right(subject.subtract(y)(x)), of([a * d - c * b, b * d])),
      ]
    }),
    law('commutative semiring', [weights, weights, weights], (x, y, z) => [
      same(add(x, y), add(y, x)),
      same(mul(x, y), mul(y, x)),
      same(add(add(x, y), z), add(x, add(y, z))),
      same(mul(mul(x, y), z), mul(x, mul(y, z))),
      same(mul(x, add(y, z)), add(mul(x, y), mul(x, z))),
      same(add(x, zero), x),
      same(mul(x, one), x),
      same(mul(x, zero), zero),
    ]),
    law('a double enters exactly, and comes back', [doubles], (x) => [
      same(right(subject.fromNumber(x)), of(exactly(x))),
      isEq(subject.toNumber(right(subject.fromNumber(x))), x),
    ]),
    fact('what is no weight is refused', () => [
      ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -Number.MIN_VALUE].map((x) =>
        isEq(E.isLeft(subject.fromNumber(x)), true),
      ),
      isEq(subject.fromNumber(-0), E.right(subject.zero)),
      ...[Number.NaN, Number.POSITIVE_INFINITY, 2 ** 54].map((x) =>
        isEq(E.isLeft(subject.fromLogLikelihood(x)), true),
      ),
      isEq(E.isLeft(subject.fromRatio(1n, 0n)) && E.isLeft(subject.fromRatio(-1n, 2n)), true),
      isEq(E.isRight(subject.fromRatio(-1n, -2n)), true),
    ]),
    law('toNumber is the nearest double, ties to even', [fractions], (f) =>
      holds(isNearest(subject.toNumber(of(f)), f), `${subject.toNumber(of(f))} is not the nearest`),
    ),
    law(
      'rescale errs by what it says, at most 2^-bits of the weight',
      [fractions, fc.integer({ min: 1, max: 80 })],
      (f, bits) => {
        const [w, { weight, error }] = [of(f), subject.rescale(bits)(of(f))]
        const { numerator, denominator } = subject.reduce(weight)
        const bound = subject.multiply(of([1n, 1n << BigInt(bits)]))(w)
        const [low, high] = subject.compare(weight, w) < 0 ? [weight, w] : [w, weight]
        return [
          same(subject.add(error)(low), high),
          holds(subject.compare(error, bound) <= 0, 'the error is beyond its bound'),
          isEq(denominator, 1n),
          holds(numerator < 1n << BigInt(bits), 'too many digits'),
        ]
      },
    ),
    law(
      'what is encoded decodes to the same, and equal weights have one encoding',
      [fractions, fc.bigInt({ min: 1n, max: 9n })],
      (f, k) => {
        const encoded = subject.encode(of(f))
        return [
          same(right(subject.decode(encoded)), of(f)),
          isEq(encoded, subject.encode(of([f[0] * k, f[1] * k])), Value.equals),
          isEq(Value.isValue(encoded), true),
        ]
      },
    ),
    fact('only what encode gives is decoded', () => {
      const [none, two, three, nil] = [[], [2], [3], [0]].map((b) => Uint8Array.from(b)) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ]
      return [
        ...[
          null,
          [],
          [three, none],
          [two, none, three],
          [three, none, three],
          [three, none, none],
          [none, two, three],
          [Uint8Array.from([0, 3]), none, Uint8Array.from([1])],
          [three, nil, Uint8Array.from([5])],
          [3, 0, 5],
        ].map((value) => isEq(E.isLeft(subject.decode(value)), true)),
        same(right(subject.decode([three, two, Uint8Array.from([5])])), of([6n, 5n])),
      ]
    }),
    law(
      'a log-likelihood is its exponential, within 2^-49',
      [fc.double({ min: -700, max: 700, noNaN: true })],
      (x) =>
        holds(
          Math.abs(subject.toNumber(right(subject.fromLogLikelihood(x))) / Math.exp(x) - 1) < 2 ** -49,
          'too far from the exponential',
        ),
    ),
    law(
      'log-likelihoods add up where no double can follow',
      [fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: -1e9, max: 1e9 })],
      (x, y) => {
        const [a, b, c] = [x, y, x + y].map((z) => right(subject.fromLogLikelihood(z))) as [
          Weight.Weight,
          Weight.Weight,
          Weight.Weight,
        ]
        const ratio = subject.toNumber(right(subject.divide(c)(subject.multiply(b)(a))))
        return holds(Math.abs(ratio - 1) < 2 ** -48, `the quotient is ${ratio}`)
      },
    ),
  ])
}
