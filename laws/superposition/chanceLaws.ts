/** Seeded chance: the seed decides, and integers are below their bound, each as likely as the others. */
import fc from 'fast-check'
import type * as Chance from '../../src/superposition/Chance.js'
import { fact, holds, isEq, law, type Suite, suite } from '../Law.js'

/** What the laws ask of an implementation. */
export type Chances = Pick<typeof Chance, 'make' | 'bits' | 'below'>

/** The 1e-4 quantile of chi-square with five degrees of freedom. */
const UNLIKELY = 25.7
const DRAWS = 6000

export const chanceLaws = (name: string, subject: Chances): Suite =>
  suite(name, [
    law(
      'equal seeds draw alike, whatever the pieces',
      [fc.string(), fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 9 })],
      (seed, sizes) => {
        const [x, y] = [subject.make(seed), subject.make(seed)]
        const total = sizes.reduce((n, size) => n + size, 0)
        const joined = sizes.reduce((all, size) => (all << BigInt(size)) | subject.bits(size)(x)(), 0n)
        return isEq(joined, subject.bits(total)(y)())
      },
    ),
    law('other seeds draw otherwise', [fc.string(), fc.string()], (s, t) =>
      isEq(subject.bits(128)(subject.make(s))() === subject.bits(128)(subject.make(t))(), s === t),
    ),
    law(
      'integers are below their bound',
      [fc.string(), fc.bigInt({ min: 1n, max: 1n << 300n })],
      (seed, bound) => {
        const chance = subject.make(seed)
        const drawn = Array.from({ length: 5 }, () => subject.below(bound)(chance)())
        return holds(
          drawn.every((n) => n >= 0n && n < bound),
          `${drawn}`,
        )
      },
    ),
    fact('frequencies pass a chi-square test, one by one and in pairs', () => {
      const chance = subject.make('frequencies')
      const dice = Array.from({ length: DRAWS }, () => Number(subject.below(6n)(chance)()))
      const chi = (of: (n: number, i: number) => number): number => {
        const counts = [0, 0, 0, 0, 0, 0]
        for (const [i, n] of dice.entries()) counts[of(n, i)]!++
        return counts.reduce((sum, count) => sum + (count - DRAWS / 6) ** 2 / (DRAWS / 6), 0)
      }
      const found = [chi((n) => n), chi((n, i) => (n + 6 - dice[(i + 1) % DRAWS]!) % 6)]
      return holds(
        found.every((x) => x < UNLIKELY),
        `chi-square of ${found}`,
      )
    }),
  ])
