/**
 * A `Superposition<A>` is a finite measure: outcomes with exact weights, at least one of them, none of weight zero.
 *
 * It need not have mass 1. `of`, `uniform`, `normalise` and `condition` give mass 1; `map` and `branch` keep the mass, `chain`
 * multiplies it, `reweight` changes it by the evidence. What is asked of it (`probability`, `expectation`, `entropy`, `mode`,
 * `sample`, ...) is asked of the normalised measure.
 *
 * A monad cannot order its results, so equal outcomes may stand beside one another until `collect` merges them by an `Ord`;
 * `getEq` does so before it compares. All that depends on an order takes that `Ord`, so nothing depends on the order of creation.
 *
 * Laws (`coppice/laws`, `superpositionLaws`), all exact but those of `temper` and `entropy`:
 * 1. functor, applicative, monad and foldable, under `getEq(Ord)`; `chain` multiplies mass;
 * 2. `mix` is a convex algebra;
 * 3. `condition`: idempotent; on E then F agrees with E∩F; the total variation from the prior is `1 − P(E)`; total probability;
 * 4. `reweight`: identity for 1, factors commute and multiply; by an event's indicator it is conditioning;
 * 5. `branch`: mass is kept, and a kernel of another mass is refused;
 * 6. `temper` and `entropy`: the stated bounds;
 * 7. `sample`: the seed decides; frequencies pass a chi-square test.
 *
 * Source: M. Giry, A categorical approach to probability theory (1982).
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Superposition, Weight } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as N from 'fp-ts/lib/number.js'
 *
 * const die = Superposition.uniform([1, 2, 3, 4, 5, 6])
 * const odd = pipe(
 *   die,
 *   E.chainW(Superposition.condition((n) => n % 2 === 1)),
 *   E.map(Superposition.probability((n) => n === 3)),
 *   E.map(Weight.show),
 * )
 * assert.deepStrictEqual(odd, E.right('1/3'))
 * const two = pipe(
 *   die,
 *   E.map((d) => pipe(d, Superposition.chain((a) => Superposition.map((b: number) => a + b)(d)))),
 *   E.map(Superposition.mode(N.Ord)),
 * )
 * assert.deepStrictEqual(two, E.right(7))
 * ```
 */
import type { Applicative1 } from 'fp-ts/lib/Applicative.js'
import * as E from 'fp-ts/lib/Either.js'
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Foldable1 } from 'fp-ts/lib/Foldable.js'
import type { Functor1 } from 'fp-ts/lib/Functor.js'
import type { Monad1 } from 'fp-ts/lib/Monad.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import type { Ord } from 'fp-ts/lib/Ord.js'
import type { Predicate } from 'fp-ts/lib/Predicate.js'
import {
  type EmptySupport,
  emptySupport,
  type InvalidKernel,
  type InvalidWeight,
  invalidKernel,
  invalidWeight,
  type ZeroEvidence,
  zeroEvidence,
} from '../data/Failure.js'
import * as Chance from './Chance.js'
import { drawing } from './internal/draw.js'
import { power } from './internal/power.js'
import * as rational from './internal/rational.js'
import { fromNumber, show, type Weight } from './Weight.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** @category model */
export type Outcome<A> = readonly [outcome: A, weight: Weight]

/** INV: at least one outcome, and no weight is zero. @category model */
export interface Superposition<A> {
  readonly _tag: 'Superposition'
  readonly outcomes: ReadonlyArray<Outcome<A>>
}

export const URI = 'coppice/Superposition'
export type URI = typeof URI

declare module 'fp-ts/HKT' {
  interface URItoKind<A> {
    readonly [URI]: Superposition<A>
  }
}

const wrap = <A>(outcomes: ReadonlyArray<Outcome<A>>): Superposition<A> => ({
  _tag: 'Superposition',
  outcomes,
})

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** One outcome, of weight 1. @category constructors */
export const of = <A>(a: A): Superposition<A> => wrap([[a, rational.one]])

/** Outcomes with their weights; those of weight zero are dropped. Errors: `EmptySupport`. O(n). @category constructors */
export const fromWeights = <A>(outcomes: Iterable<Outcome<A>>): E.Either<EmptySupport, Superposition<A>> => {
  const kept = [...outcomes].filter(([, weight]) => !rational.isZero(weight))
  return kept.length === 0 ? E.left(emptySupport) : E.right(wrap(kept))
}

/**
 * Outcomes with doubles for weights, each taken exactly.
 *
 * Errors: `InvalidWeight` for a negative, NaN or infinite one; `EmptySupport`. O(n).
 *
 * @category constructors
 */
export const fromNumbers = <A>(
  outcomes: Iterable<readonly [A, number]>,
): E.Either<InvalidWeight | EmptySupport, Superposition<A>> => {
  const weighted: Array<Outcome<A>> = []
  for (const [a, x] of outcomes) {
    const weight = fromNumber(x)
    if (weight._tag === 'Left') return weight
    weighted.push([a, weight.right])
  }
  return fromWeights(weighted)
}

/** Equal shares of 1. Errors: `EmptySupport`. O(n). @category constructors */
export const uniform = <A>(outcomes: Iterable<A>): E.Either<EmptySupport, Superposition<A>> => {
  const all = [...outcomes]
  const share = rational.over(rational.one, rational.make(BigInt(all.length), 0n, 1n))
  return all.length === 0 ? E.left(emptySupport) : E.right(wrap(all.map((a) => [a, share] as const)))
}

// -------------------------------------------------------------------------------------
// mass and support
// -------------------------------------------------------------------------------------

/** The sum of all weights, exactly. O(n). @category destructors */
export const mass = <A>(x: Superposition<A>): Weight => rational.sum(x.outcomes.map(([, weight]) => weight))

/** Each weight multiplied by the same, which is not zero. */
const scaled = <A>(x: Superposition<A>, factor: Weight): Superposition<A> =>
  wrap(x.outcomes.map(([a, weight]) => [a, rational.times(weight, factor)] as const))

/** The same proportions with mass 1. O(n). @category combinators */
export const normalise = <A>(x: Superposition<A>): Superposition<A> =>
  scaled(x, rational.over(rational.one, mass(x)))

/** Equal outcomes merged and the support in order. O(n log n). @category combinators */
export const collect =
  <A>(O: Ord<A>) =>
  (x: Superposition<A>): Superposition<A> => {
    const merged: Array<[A, Weight]> = []
    for (const [a, weight] of [...x.outcomes].sort(([a], [b]) => O.compare(a, b))) {
      const last = merged.at(-1)
      if (last !== undefined && O.compare(last[0], a) === 0) last[1] = rational.plus(last[1], weight)
      else merged.push([a, weight])
    }
    return wrap(merged)
  }

/** The probability of an event, exactly. O(n). @category destructors */
export const probability =
  <A>(event: Predicate<A>) =>
  (x: Superposition<A>): Weight =>
    rational.over(rational.sum(x.outcomes.filter(([a]) => event(a)).map(([, weight]) => weight)), mass(x))

// -------------------------------------------------------------------------------------
// functor and monad
// -------------------------------------------------------------------------------------

/** @category combinators */
export const map =
  <A, B>(f: (a: A) => B) =>
  (x: Superposition<A>): Superposition<B> =>
    wrap(x.outcomes.map(([a, weight]) => [f(a), weight] as const))

/** Every outcome replaced by a measure of its own, times its weight. @category combinators */
export const chain =
  <A, B>(f: (a: A) => Superposition<B>) =>
  (x: Superposition<A>): Superposition<B> =>
    wrap(x.outcomes.flatMap(([a, weight]) => scaled(f(a), weight).outcomes))

/** @category combinators */
export const ap =
  <A>(fa: Superposition<A>) =>
  <B>(fab: Superposition<(a: A) => B>): Superposition<B> =>
    chain((f: (a: A) => B) => map(f)(fa))(fab)

/** The image measure, merged and in order. @category combinators */
export const marginal =
  <B>(O: Ord<B>) =>
  <A>(f: (a: A) => B) =>
  (x: Superposition<A>): Superposition<B> =>
    collect(O)(map(f)(x))

/**
 * `chain` by a kernel: each outcome splits its weight among its children, so the mass stays what it was.
 *
 * Errors: `InvalidKernel` if the children of some outcome do not sum to exactly 1.
 *
 * @category combinators
 */
export const branch =
  <A, B>(kernel: (a: A) => Superposition<B>) =>
  (x: Superposition<A>): E.Either<InvalidKernel, Superposition<B>> => {
    const outcomes: Array<Outcome<B>> = []
    for (const [a, weight] of x.outcomes) {
      const children = kernel(a)
      const all = mass(children)
      if (rational.compare(all, rational.one) !== 0)
        return E.left(invalidKernel(`its mass is ${show(all)}, not 1`))
      outcomes.push(...scaled(children, weight).outcomes)
    }
    return E.right(wrap(outcomes))
  }

/**
 * `mix(p)(x, y)` is `p · x + (1 − p) · y`.
 *
 * Errors: `InvalidWeight` if p is more than 1.
 *
 * @category combinators
 */
export const mix =
  (p: Weight) =>
  <A>(x: Superposition<A>, y: Superposition<A>): E.Either<InvalidWeight, Superposition<A>> => {
    if (rational.compare(p, rational.one) > 0) return E.left(invalidWeight(show(p), 'more than 1'))
    const q = rational.minus(rational.one, p)
    if (rational.isZero(p)) return E.right(y)
    if (rational.isZero(q)) return E.right(x)
    return E.right(wrap([...scaled(x, p).outcomes, ...scaled(y, q).outcomes]))
  }

// -------------------------------------------------------------------------------------
// evidence
// -------------------------------------------------------------------------------------

/** Each weight times the likelihood of its outcome. Errors: `ZeroEvidence` if none is left. O(n). @category evidence */
export const reweight =
  <A>(likelihood: (a: A) => Weight) =>
  (x: Superposition<A>): E.Either<ZeroEvidence, Superposition<A>> => {
    const kept = x.outcomes
      .map(([a, weight]) => [a, rational.times(weight, likelihood(a))] as const)
      .filter(([, weight]) => !rational.isZero(weight))
    return kept.length === 0 ? E.left(zeroEvidence) : E.right(wrap(kept))
  }

/** Collapse: the measure given an event, of mass 1. Errors: `ZeroEvidence` if the event is impossible. O(n). @category evidence */
export const condition =
  <A>(event: Predicate<A>) =>
  (x: Superposition<A>): E.Either<ZeroEvidence, Superposition<A>> => {
    const kept = x.outcomes.filter(([a]) => event(a))
    return kept.length === 0 ? E.left(zeroEvidence) : E.right(normalise(wrap(kept)))
  }

/**
 * Each weight to the power `beta ≥ 0`, in proportion to the largest, which becomes 1: 0 makes all alike, more than 1 sharpens.
 *
 * Irrational: a ratio r to the largest becomes `r^beta` within a factor of `1 ± (1 + beta + |beta · log2 r|) · 2^-48`. Merge
 * equal outcomes first (`collect`), since the power of a sum is not the sum of powers.
 *
 * Errors: `InvalidWeight` if beta is negative, NaN or infinite. O(n).
 *
 * @category evidence
 */
export const temper =
  (beta: number) =>
  <A>(x: Superposition<A>): E.Either<InvalidWeight, Superposition<A>> => {
    if (!(Number.isFinite(beta) && beta >= 0)) {
      return E.left(invalidWeight(String(beta), 'not an inverse temperature'))
    }
    const largest = x.outcomes.reduce((m, [, w]) => (rational.compare(w, m) > 0 ? w : m), rational.zero)
    return E.right(wrap(x.outcomes.map(([a, w]) => [a, power(rational.over(w, largest), beta)] as const)))
  }

// -------------------------------------------------------------------------------------
// what it says
// -------------------------------------------------------------------------------------

/** The mean of a weight, exactly. O(n). @category destructors */
export const expectation =
  <A>(f: (a: A) => Weight) =>
  (x: Superposition<A>): Weight =>
    rational.over(rational.sum(x.outcomes.map(([a, weight]) => rational.times(weight, f(a)))), mass(x))

/**
 * The mean of a double: computed exactly and rounded once.
 *
 * Errors: `InvalidWeight` if f answers NaN or an infinity. O(n).
 *
 * @category destructors
 */
export const mean =
  <A>(f: (a: A) => number) =>
  (x: Superposition<A>): E.Either<InvalidWeight, number> => {
    let [gains, losses] = [rational.zero, rational.zero]
    for (const [a, weight] of x.outcomes) {
      const value = f(a)
      const size = fromNumber(Math.abs(value))
      if (size._tag === 'Left') return E.left(invalidWeight(String(value), 'not a finite number'))
      if (value < 0) losses = rational.plus(losses, rational.times(weight, size.right))
      else gains = rational.plus(gains, rational.times(weight, size.right))
    }
    const all = mass(x)
    return E.right(
      rational.compare(gains, losses) >= 0
        ? rational.toNumber(rational.over(rational.minus(gains, losses), all))
        : -rational.toNumber(rational.over(rational.minus(losses, gains), all)),
    )
  }

/**
 * The entropy in bits, within `(1 + n) · (1 + log2 n) · 2^-50` for n outcomes, equal ones merged by the `Ord`. O(n log n).
 *
 * @category destructors
 */
export const entropy =
  <A>(O: Ord<A>) =>
  (x: Superposition<A>): number => {
    const { outcomes } = normalise(collect(O)(x))
    // A sum of terms that are not negative: -log2 of at most 1.
    return outcomes.reduce((h, [, p]) => h + rational.toNumber(p) * Math.max(0, -rational.log2(p)), 0)
  }

/** The largest difference that two measures make in the probability of an event, exactly. O(n log n). @category destructors */
export const totalVariation =
  <A>(O: Ord<A>) =>
  (x: Superposition<A>, y: Superposition<A>): Weight => {
    const [xs, ys] = [x, y].map((z) => normalise(collect(O)(z)).outcomes) as [Outcome<A>[], Outcome<A>[]]
    let [excess, j] = [rational.zero, 0]
    for (const [a, p] of xs) {
      while (j < ys.length && O.compare(ys[j]![0], a) < 0) j++
      const here = ys[j]
      const q = here !== undefined && O.compare(here[0], a) === 0 ? here[1] : rational.zero
      if (rational.compare(p, q) > 0) excess = rational.plus(excess, rational.minus(p, q))
    }
    return excess
  }

/** The k heaviest outcomes, the heaviest first, of equal ones the least by the `Ord`. O(n log n). @category destructors */
export const topK =
  <A>(O: Ord<A>) =>
  (k: number) =>
  (x: Superposition<A>): ReadonlyArray<Outcome<A>> =>
    [...collect(O)(x).outcomes].sort(([, v], [, w]) => rational.compare(w, v)).slice(0, Math.max(0, k))

/** The heaviest outcome, of equal ones the least by the `Ord`. O(n log n). @category destructors */
export const mode =
  <A>(O: Ord<A>) =>
  (x: Superposition<A>): A =>
    topK(O)(1)(x)[0]![0]

/** Outcomes drawn one after another, each exactly as likely as it is; the seed decides all. O(n log n + count · log n). */
export const samples =
  <A>(O: Ord<A>) =>
  (seed: string, count: number) =>
  (x: Superposition<A>): ReadonlyArray<A> => {
    const { outcomes } = collect(O)(x)
    const draw = drawing(outcomes.map(([, weight]) => weight))
    const chance = Chance.make(seed)
    return Array.from({ length: count }, () => outcomes[draw(chance)]![0])
  }

/**
 * One outcome, drawn by exact inversion from the bits that the seed gives.
 *
 * @category destructors
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Superposition } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as S from 'fp-ts/lib/string.js'
 *
 * const draw = E.map(Superposition.sample(S.Ord)('seed 1'))
 * const one = Superposition.fromNumbers([['a', 0.25], ['b', 0.75]])
 * const same = Superposition.fromNumbers([['b', 0.75], ['a', 0.25]])
 * assert.deepStrictEqual(draw(one), draw(same))
 * ```
 */
export const sample =
  <A>(O: Ord<A>) =>
  (seed: string) =>
  (x: Superposition<A>): A =>
    samples(O)(seed, 1)(x)[0]!

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/** The same weight for each outcome, wherever and in however many parts it stands. @category instances */
export const getEq = <A>(O: Ord<A>): Eq<Superposition<A>> => ({
  equals: (x, y) => {
    const [xs, ys] = [collect(O)(x).outcomes, collect(O)(y).outcomes]
    return (
      xs.length === ys.length &&
      xs.every(([a, p], i) => O.compare(a, ys[i]![0]) === 0 && rational.compare(p, ys[i]![1]) === 0)
    )
  },
})

/** @category instances */
export const Functor: Functor1<URI> = { URI, map: (fa, f) => map(f)(fa) }

/** @category instances */
export const Applicative: Applicative1<URI> = { ...Functor, of, ap: (fab, fa) => ap(fa)(fab) }

/** @category instances */
export const Monad: Monad1<URI> = { ...Applicative, chain: (fa, f) => chain(f)(fa) }

/** Folds the outcomes in the order in which they stand, whatever they weigh. @category instances */
export const Foldable: Foldable1<URI> = {
  URI,
  reduce: (fa, b, f) => fa.outcomes.reduce((acc, [a]) => f(acc, a), b),
  foldMap:
    <M>(M: Monoid<M>) =>
    <A>(fa: Superposition<A>, f: (a: A) => M) =>
      fa.outcomes.reduce((acc, [a]) => M.concat(acc, f(a)), M.empty),
  reduceRight: (fa, b, f) => fa.outcomes.reduceRight((acc, [a]) => f(a, acc), b),
}
