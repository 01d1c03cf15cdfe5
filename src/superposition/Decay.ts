/**
 * `Decay` is forgetting on a logical clock: what was touched Δt ticks ago weighs `2^(−Δt/τ)` of what it did.
 *
 * It orders what is released and evicted, and touches no probability. Ticks are whole numbers. Whole half-lives are exact; in between the factor
 * is within `1 ± 2^-63` of the irrational one, and it never rises with Δt, not by a rounding either.
 *
 * Laws (`coppice/laws`, `decayLaws`): a semigroup in Δt, within the stated bound; identity at 0; one half after τ; it never rises with Δt.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Decay, Weight } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const left = pipe(
 *   Decay.make(100),
 *   E.map((decay) => pipe(Weight.one, Decay.after(300)(decay), Weight.show)),
 * )
 * assert.deepStrictEqual(left, E.right('1/8'))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import { type InvalidWeight, invalidWeight } from '../data/Failure.js'
import { half } from './internal/power.js'
import { times } from './internal/rational.js'
import type { Weight } from './Weight.js'

/** @category model */
export interface Decay {
  readonly _tag: 'Decay'
  /** Ticks, positive. */
  readonly halfLife: bigint
}

/** Decay by one half every so many ticks. Errors: `InvalidWeight` if that is not a positive safe integer. @category constructors */
export const make = (halfLife: number): E.Either<InvalidWeight, Decay> =>
  Number.isSafeInteger(halfLife) && halfLife > 0
    ? E.right({ _tag: 'Decay', halfLife: BigInt(halfLife) })
    : E.left(invalidWeight(String(halfLife), 'a half-life is a positive whole number of ticks'))

/** What is left of 1 after so many ticks; parts of a tick do not count, and the future is now. @category destructors */
export const factor =
  (elapsed: number) =>
  (decay: Decay): Weight =>
    half(elapsed > 0 ? BigInt(Math.trunc(Math.min(elapsed, Number.MAX_SAFE_INTEGER))) : 0n, decay.halfLife)

/** A weight after so many ticks. @category combinators */
export const after =
  (elapsed: number) =>
  (decay: Decay) =>
  (weight: Weight): Weight =>
    times(weight, factor(elapsed)(decay))
