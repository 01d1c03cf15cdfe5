/** Broken weights, for their laws to reject. */
import * as E from 'fp-ts/lib/Either.js'
import type { Value } from '../../src/data/Value.js'
import * as Weight from '../../src/superposition/Weight.js'
import { right } from './fractions.js'
import type { Weights } from './weightLaws.js'

type W = Weight.Weight

const wrong = (parts: object): Weights => ({ ...Weight, ...parts }) as unknown as Weights

const double = (x: number): W => right(Weight.fromNumber(Number.isFinite(x) ? Math.max(0, x) : 0))
const float = (f: (x: number, y: number) => number) => (x: W, y: W) =>
  double(f(Weight.toNumber(x), Weight.toNumber(y)))
const flipped = (f: (x: W, y: W) => W) => (y: W) => (x: W) => f(x, y)
const [plus, mul] = [float((x, y) => x + y), float((x, y) => x * y)]

/** @category zoo */
export const weights: Readonly<Record<string, Weights>> = {
  'are doubles': wrong({
    add: flipped(plus),
    multiply: flipped(mul),
    Semiring: { ...Weight.Semiring, add: plus, mul },
  }),
  'are compared as doubles': wrong({
    compare: (x: W, y: W) => Math.sign(Weight.toNumber(x) - Weight.toNumber(y)),
    Eq: { equals: (x: W, y: W) => Weight.toNumber(x) === Weight.toNumber(y) },
  }),
  'are equal in the same terms only': wrong({
    Eq: {
      equals: (x: W, y: W) =>
        x.numerator === y.numerator && x.denominator === y.denominator && x.exponent === y.exponent,
    },
  }),
  'divide as doubles at the end': wrong({
    toNumber: ({ numerator, exponent, denominator }: W) =>
      (Number(numerator) / Number(denominator)) * 2 ** Number(exponent),
  }),
  'cut off instead of rounding': wrong({
    rescale: (bits: number) => (w: W) => {
      const { weight } = Weight.rescale(bits)(w)
      if (Weight.compare(weight, w) <= 0) return Weight.rescale(bits)(w)
      return { weight: Weight.zero, error: w }
    },
  }),
  'claim to err by nothing': wrong({
    rescale: (bits: number) => (w: W) => ({ ...Weight.rescale(bits)(w), error: Weight.zero }),
  }),
  'do not rescale': wrong({ rescale: () => (w: W) => ({ weight: w, error: Weight.zero }) }),
  'keep half of a double': wrong({
    fromNumber: (x: number) => E.map((w: W) => Weight.rescale(24)(w).weight)(Weight.fromNumber(x)),
  }),
  'take the size of what is negative': wrong({ fromNumber: (x: number) => Weight.fromNumber(Math.abs(x)) }),
  'stop at zero': wrong({
    subtract: (y: W) => (x: W) => E.right(E.getOrElse(() => Weight.zero)(Weight.subtract(y)(x))),
  }),
  'encode the terms as they are': wrong({
    encode: ({ numerator, exponent, denominator }: W) => [numerator, exponent, denominator].map(String),
    decode: ([n, e, d]: [string, string, string]) =>
      E.right({ numerator: BigInt(n), exponent: BigInt(e), denominator: BigInt(d) }),
  }),
  'decode anything': wrong({
    decode: (value: Value) => E.right(E.getOrElse(() => Weight.zero)(Weight.decode(value))),
  }),
  'take the exponential of doubles': wrong({
    fromLogLikelihood: (x: number) => Weight.fromNumber(Math.exp(x)),
  }),
  'take powers of two for e': wrong({
    fromLogLikelihood: (x: number) => Weight.fromLogLikelihood(x * Math.LN2),
  }),
}
