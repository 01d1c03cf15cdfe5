/**
 * A `Weight` is a non-negative rational, exact: `numerator · 2^exponent / denominator`, all three big integers.
 *
 * Sums, products, quotients and comparisons round nothing. Nothing is reduced on the way either (a gcd would cost more
 * than the arithmetic), only for equality of text and for encoding; equality itself is by value. A double is a dyadic of at most
 * 53 significant digits, so it enters exactly; logarithms enter within `2^-50`, relative. Exact products grow by what is
 * multiplied into them: `rescale` bounds them and says what it took away. (As with every exact number, what is written
 * out in full must fit in memory: a sum of `2^n` and 1 has n digits.)
 *
 * Laws (`coppice/laws`, `weightLaws`): a commutative semiring; `divide` undoes `multiply`; a total order that sums respect; what is
 * encoded decodes to the same, and equal weights have one encoding; `toNumber` is the nearest double, ties to even; `rescale`
 * errs by what it says, at most `2^-bits` of the weight.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Weight } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const tenth = pipe(
 *   Weight.fromRatio(1n, 10n),
 *   E.getOrElse(() => Weight.zero),
 * )
 * const three = Weight.add(tenth)(Weight.add(tenth)(tenth))
 * assert.strictEqual(Weight.show(three), '3/10')
 * assert.strictEqual(Weight.toNumber(three), 0.3)
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Eq as EqOf } from 'fp-ts/lib/Eq.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import type { Ord as OrdOf } from 'fp-ts/lib/Ord.js'
import type { Semiring as SemiringOf } from 'fp-ts/lib/Semiring.js'
import type { Show as ShowOf } from 'fp-ts/lib/Show.js'
import { type InvalidWeight, invalidWeight } from '../data/Failure.js'
import type { Value } from '../data/Value.js'
import { exponential } from './internal/power.js'
import * as rational from './internal/rational.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * `numerator · 2^exponent / denominator` with `numerator ≥ 0` and `denominator ≥ 1`, not necessarily in lowest terms.
 *
 * @category model
 */
export type Weight = rational.Weight

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** @category constructors */
export const zero: Weight = rational.zero

/** @category constructors */
export const one: Weight = rational.one

/** A double, exactly. Errors: `InvalidWeight` if it is negative, NaN or infinite. O(1). @category constructors */
export const fromNumber = (x: number): E.Either<InvalidWeight, Weight> =>
  Number.isFinite(x) && x >= 0
    ? E.right(rational.fromDouble(x))
    : E.left(invalidWeight(String(x), x < 0 ? 'negative' : 'not a finite number'))

/**
 * The quotient of two integers.
 *
 * Errors: `InvalidWeight` if it is negative or its denominator is zero.
 *
 * @category constructors
 */
export const fromRatio = (numerator: bigint, denominator: bigint): E.Either<InvalidWeight, Weight> => {
  if (denominator === 0n) return E.left(invalidWeight(`${numerator}/0`, 'a denominator of zero'))
  const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator]
  if (n < 0n) return E.left(invalidWeight(`${numerator}/${denominator}`, 'negative'))
  // The powers of two go into the exponent: 3/8 is a dyadic.
  const twos = BigInt(rational.bitLength(d & -d) - 1)
  return E.right(rational.make(n, -twos, d >> twos))
}

const FARTHEST = 2 ** 53

/**
 * `e^x`, for likelihoods that are products of many: `e^-1000000` is a weight like any other, though no double.
 *
 * Within a factor of `1 ± 2^-50` for `|x| ≤ 2^53`; `-Infinity` is the logarithm of zero.
 *
 * Errors: `InvalidWeight` if it is NaN, `Infinity`, or farther out. O(1).
 *
 * @category constructors
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Weight } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const ratio = pipe(
 *   E.Do,
 *   E.bind('a', () => Weight.fromLogLikelihood(-1_000_001)),
 *   E.bind('b', () => Weight.fromLogLikelihood(-1_000_000)),
 *   E.chain(({ a, b }) => Weight.divide(b)(a)),
 *   E.map(Weight.toNumber),
 *   E.getOrElse(() => Number.NaN),
 * )
 * assert.ok(Math.abs(ratio - Math.exp(-1)) < 1e-15)
 * ```
 */
export const fromLogLikelihood = (x: number): E.Either<InvalidWeight, Weight> => {
  if (x === Number.NEGATIVE_INFINITY) return E.right(zero)
  return Math.abs(x) <= FARTHEST
    ? E.right(exponential(x))
    : E.left(invalidWeight(`exp(${x})`, 'not a logarithm between -2^53 and 2^53'))
}

// -------------------------------------------------------------------------------------
// arithmetic
// -------------------------------------------------------------------------------------

/** @category arithmetic */
export const add =
  (y: Weight) =>
  (x: Weight): Weight =>
    rational.plus(x, y)

/** @category arithmetic */
export const multiply =
  (y: Weight) =>
  (x: Weight): Weight =>
    rational.times(x, y)

/** `divide(y)(x)` is `x / y`. Errors: `InvalidWeight` if `y` is zero. @category arithmetic */
export const divide =
  (y: Weight) =>
  (x: Weight): E.Either<InvalidWeight, Weight> =>
    rational.isZero(y)
      ? E.left(invalidWeight(`${show(x)} / 0`, 'a denominator of zero'))
      : E.right(rational.over(x, y))

/** `subtract(y)(x)` is `x − y`. Errors: `InvalidWeight` if that is negative. @category arithmetic */
export const subtract =
  (y: Weight) =>
  (x: Weight): E.Either<InvalidWeight, Weight> =>
    rational.compare(x, y) < 0
      ? E.left(invalidWeight(`${show(x)} - ${show(y)}`, 'negative'))
      : E.right(rational.minus(x, y))

/** @category arithmetic */
export const sum: (weights: Iterable<Weight>) => Weight = rational.sum

/** A weight that takes less room, and exactly how far it is from what it was. @category arithmetic */
export interface Rescaled {
  readonly weight: Weight
  readonly error: Weight
}

/**
 * The nearest dyadic of at most `bits` significant binary digits (a positive integer), ties to even.
 *
 * The error is at most `2^-bits` of the weight, so a weight that is not zero stays so. O(size).
 *
 * @category arithmetic
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Weight } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const third = pipe(
 *   Weight.fromRatio(1n, 3n),
 *   E.getOrElse(() => Weight.zero),
 * )
 * const { weight, error } = Weight.rescale(4)(third)
 * assert.deepStrictEqual([weight, error].map(Weight.show), ['11/32', '1/96'])
 * ```
 */
export const rescale =
  (bits: number) =>
  (w: Weight): Rescaled => {
    const weight = rational.rounded(w, Math.max(1, Math.trunc(bits) || 1))
    const error = rational.compare(weight, w) < 0 ? rational.minus(w, weight) : rational.minus(weight, w)
    return { weight, error }
  }

// -------------------------------------------------------------------------------------
// destructors
// -------------------------------------------------------------------------------------

/** @category destructors */
export const isZero: (w: Weight) => boolean = rational.isZero

/** The nearest double, ties to even, however large the integers; `Infinity` from `2^1024 − 2^970` on. @category destructors */
export const toNumber: (w: Weight) => number = rational.toNumber

/** The order of the values. @category destructors */
export const compare: (x: Weight, y: Weight) => -1 | 0 | 1 = rational.compare

/** The form that all equal weights share: lowest terms, numerator and denominator odd. @category destructors */
export const reduce: (w: Weight) => Weight = rational.reduced

/** Powers of two up to this place are written out. */
const WRITTEN = 64n

/** The value in lowest terms: `3/4`, or `5 * 2^-1000` where that is long. @category destructors */
export const show = (w: Weight): string => {
  const { numerator, exponent, denominator } = rational.reduced(w)
  const long = exponent > WRITTEN || exponent < -WRITTEN
  const n = !long && exponent > 0n ? numerator << exponent : numerator
  const d = !long && exponent < 0n ? denominator << -exponent : denominator
  return `${n}${d === 1n ? '' : `/${d}`}${long ? ` * 2^${exponent}` : ''}`
}

// -------------------------------------------------------------------------------------
// encoding
// -------------------------------------------------------------------------------------

const toBytes = (n: bigint): Uint8Array => {
  const hex = n === 0n ? '' : n.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  return Uint8Array.from({ length: even.length / 2 }, (_, i) =>
    Number.parseInt(even.slice(2 * i, 2 * i + 2), 16),
  )
}

const fromBytes = (bytes: Uint8Array): bigint =>
  BigInt(`0x0${Array.from(bytes, (byte) => (0x100 | byte).toString(16).slice(1)).join('')}`)

/**
 * The weight in lowest terms as `[numerator, exponent, denominator]`: big-endian bytes without leading zeros, the exponent
 * n as 2n, or as −2n−1 where it is negative. Equal weights have equal encodings. O(size), with one gcd.
 *
 * @category encoding
 */
export const encode = (w: Weight): Value => {
  const { numerator, exponent, denominator } = rational.reduced(w)
  return [numerator, exponent < 0n ? -2n * exponent - 1n : 2n * exponent, denominator].map(toBytes)
}

/**
 * Reads what `encode` gives and nothing else.
 *
 * Errors: `InvalidWeight`.
 *
 * @category encoding
 */
export const decode = (value: Value): E.Either<InvalidWeight, Weight> => {
  const refuse = (reason: string): E.Either<InvalidWeight, Weight> => E.left(invalidWeight('encoded', reason))
  if (!Array.isArray(value) || value.length !== 3 || !value.every((part) => part instanceof Uint8Array)) {
    return refuse('not three numbers')
  }
  if (value.some((part: Uint8Array) => part[0] === 0)) return refuse('a leading zero')
  const [numerator, folded, denominator] = value.map(fromBytes) as [bigint, bigint, bigint]
  if (denominator === 0n) return refuse('a denominator of zero')
  const exponent = (folded & 1n) === 1n ? -((folded + 1n) >> 1n) : folded >> 1n
  const w = rational.make(numerator, exponent, denominator)
  const least = rational.reduced(w)
  const canonical =
    least.numerator === numerator && least.exponent === exponent && least.denominator === denominator
  return canonical ? E.right(w) : refuse('not in lowest terms')
}

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/** Equality of the values, whatever terms they are in. @category instances */
export const Eq: EqOf<Weight> = { equals: (x, y) => rational.compare(x, y) === 0 }

/** @category instances */
export const Ord: OrdOf<Weight> = { ...Eq, compare: rational.compare }

/** @category instances */
export const Semiring: SemiringOf<Weight> = { zero, one, add: rational.plus, mul: rational.times }

/** @category instances */
export const MonoidSum: Monoid<Weight> = { empty: zero, concat: rational.plus }

/** @category instances */
export const MonoidProduct: Monoid<Weight> = { empty: one, concat: rational.times }

/** @category instances */
export const Show: ShowOf<Weight> = { show }
