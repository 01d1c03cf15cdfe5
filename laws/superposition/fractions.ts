/** Fractions of big integers: the model that weights are compared with, and weights to draw. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as Weight from '../../src/superposition/Weight.js'

/** A numerator and a denominator that is not zero. */
export type Fraction = readonly [numerator: bigint, denominator: bigint]

/** What cannot fail here; if it does, the law that asked fails. */
export const right = <F, A>(either: E.Either<F, A>): A => {
  if (E.isLeft(either)) throw new Error(`a failure where none was expected: ${String(either.left)}`)
  return either.right
}

export const weight = (numerator: bigint, denominator = 1n): Weight.Weight =>
  right(Weight.fromRatio(numerator, denominator))

const huge = fc.bigInt({ min: 0n, max: (1n << 1300n) - 1n })
const small = fc.bigInt({ min: 0n, max: 12n })

/** Small ones, doubles' neighbours, and ones too long or too small for a double. */
export const fractions: fc.Arbitrary<Fraction> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(
      small,
      small.map((d) => d + 1n),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      huge,
      huge.map((d) => d + 1n),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.bigInt({ min: 0n, max: 1n << 56n }), fc.integer({ min: 0, max: 1140 }))
      .map(([n, places]): Fraction => [n, 1n << BigInt(places)]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.bigInt({ min: 0n, max: 1n << 56n }), fc.integer({ min: 0, max: 1000 }))
      .map(([n, places]): Fraction => [n << BigInt(places), 1n]),
  },
  // Half-way between two doubles, and a hair to either side.
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.bigInt({ min: 1n << 52n, max: (1n << 53n) - 1n }), fc.constantFrom(-1n, 0n, 1n))
      .map(([n, off]): Fraction => [(((n << 1n) + 1n) << 80n) + off, 1n << 90n]),
  },
)

/** A double as a fraction, by its own bits. */
export const exactly = (x: number): Fraction => {
  let [n, d] = [x, 1n]
  while (!Number.isInteger(n)) [n, d] = [n * 2, d * 2n]
  return [BigInt(n), d]
}

/** Small weights, zero among them. */
export const shares: fc.Arbitrary<Weight.Weight> = fc
  .tuple(fc.bigInt({ min: 0n, max: 6n }), fc.bigInt({ min: 1n, max: 6n }))
  .map(([n, d]) => weight(n, d))

/** Small weights that are not zero. */
export const positive: fc.Arbitrary<Weight.Weight> = fc
  .tuple(fc.bigInt({ min: 1n, max: 6n }), fc.bigInt({ min: 1n, max: 6n }))
  .map(([n, d]) => weight(n, d))

/** From 0 to 1, both included. */
export const proportions: fc.Arbitrary<Weight.Weight> = fc
  .tuple(fc.bigInt({ min: 0n, max: 6n }), fc.bigInt({ min: 1n, max: 6n }))
  .map(([n, d]) => weight(n < d ? n : d, d))

/** Whether `|x − y| ≤ bound · y`. */
export const near = (x: Weight.Weight, y: Weight.Weight, bound: number): boolean => {
  const [low, high] = Weight.compare(x, y) < 0 ? [x, y] : [y, x]
  const apart = right(Weight.subtract(low)(high))
  return Weight.compare(apart, Weight.multiply(right(Weight.fromNumber(bound)))(y)) <= 0
}
