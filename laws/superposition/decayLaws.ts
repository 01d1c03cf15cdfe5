/** Decay on a logical clock, and what is worth keeping. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type * as Decay from '../../src/superposition/Decay.js'
import * as Weight from '../../src/superposition/Weight.js'
import { fact, holds, isEq, law, type Suite, suite } from '../Law.js'
import { near, positive, right, weight } from './fractions.js'

/** What the laws ask of an implementation. */
export type Decays = Pick<typeof Decay, 'make' | 'factor' | 'after'>

const ticks = fc.oneof(fc.nat(50), fc.nat(100_000))
const halfLives = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1e9 }))

/** Twice the stated bound and once, from one factor beside two. */
const BOUND = 2 ** -61

export const decayLaws = (name: string, subject: Decays): Suite =>
  suite(name, [
    law('a semigroup in Δt, within the bound', [halfLives, ticks, ticks, positive], (halfLife, s, t, w) => {
      const decay = right(subject.make(halfLife))
      const both = subject.after(s + t)(decay)(w)
      const turn = subject.after(t)(decay)(subject.after(s)(decay)(w))
      return [
        holds(near(turn, both, BOUND), 'farther apart than the bound'),
        isEq(subject.after(0)(decay)(w), w, Weight.Eq.equals),
      ]
    }),
    law('one half after each half-life, exactly', [halfLives, fc.nat(40)], (halfLife, n) =>
      isEq(
        subject.factor(n * halfLife)(right(subject.make(halfLife))),
        weight(1n, 1n << BigInt(n)),
        Weight.Eq.equals,
      ),
    ),
    law('it is the power of two', [halfLives, fc.nat(1000)], (halfLife, n) => {
      const x = Weight.toNumber(subject.factor(n)(right(subject.make(halfLife))))
      return holds(Math.abs(x / 2 ** (-n / halfLife) - 1) < 2 ** -40, 'another power')
    }),
    law(
      'it never rises with Δt, not by a rounding',
      [fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), fc.nat(1e9)],
      (halfLife, n) => {
        const decay = right(subject.make(halfLife))
        const [a, b] = [subject.factor(n)(decay), subject.factor(n + 1)(decay)]
        return [
          holds(Weight.compare(a, b) >= 0, 'it rose'),
          isEq(subject.factor(-n)(decay), Weight.one, Weight.Eq.equals),
        ]
      },
    ),
    fact('a half-life is a positive whole number of ticks', () => [
      ...[0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY].map((n) => isEq(E.isLeft(subject.make(n)), true)),
    ]),
  ])
