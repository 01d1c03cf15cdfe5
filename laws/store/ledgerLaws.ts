/** The laws of a ledger, on counts and journal entries of any kind; they need no store. */

import fc from 'fast-check'
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Group } from 'fp-ts/lib/Group.js'
import type { Entry } from '../../src/store/Journal.js'
import { isEq, law, type Suite, suite } from '../Law.js'
import { entry, references } from './entries.js'

/** A ledger's operations: the library's, or others that claim to be as good. */
export interface Ledgers<L> {
  readonly Group: Group<L>
  readonly Eq: Eq<L>
  readonly fold: (entries: Iterable<Entry>) => L
  readonly fromCounts: (counts: Iterable<readonly [number: number, count: number]>) => L
  readonly counts: (ledger: L) => Iterable<readonly [number: number, count: number]>
}

/** Numbers of one page, of the next, and of one far off. */
const number = fc.oneof(fc.nat(5), fc.integer({ min: 1022, max: 1026 }), fc.constant(100_000))

/** Small counts, and counts about the edge of 32 bits. */
const count = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(2 ** 31 - 1, 2 ** 31, -(2 ** 31) + 1, -(2 ** 31), 2 ** 40),
)

const counts: fc.Arbitrary<ReadonlyArray<readonly [number, number]>> = fc.array(fc.tuple(number, count), {
  maxLength: 8,
})

const entries = fc.array(entry, { maxLength: 12 })

const summed = (counts: Iterable<readonly [number, number]>): ReadonlyArray<readonly [number, number]> => {
  const sums = new Map<number, number>()
  for (const [n, count] of counts) sums.set(n, (sums.get(n) ?? 0) + count)
  return [...sums].filter(([, count]) => count !== 0).sort(([a], [b]) => a - b)
}

export const ledgerLaws = <L>(
  name: string,
  { Group: { concat, empty, inverse }, Eq: { equals }, fold, fromCounts, counts: countsOf }: Ledgers<L>,
): Suite => {
  const same = (left: L, right: L) => isEq(left, right, equals)
  const ledger = counts.map(fromCounts)
  return suite(`ledger ${name}`, [
    law('concat is associative', [ledger, ledger, ledger], (a, b, c) =>
      same(concat(concat(a, b), c), concat(a, concat(b, c))),
    ),
    law('concat is commutative', [ledger, ledger], (a, b) => same(concat(a, b), concat(b, a))),
    law('empty is the unit', [ledger], (a) => [same(concat(a, empty), a), same(concat(empty, a), a)]),
    law('inverse is the inverse', [ledger], (a) => [
      same(concat(a, inverse(a)), empty),
      same(concat(inverse(a), a), empty),
      same(inverse(inverse(a)), a),
    ]),
    law('counts add up, beyond 32 bits too', [counts, counts], (a, b) => {
      const sum = concat(fromCounts(a), fromCounts(b))
      return isEq([...countsOf(sum)], [...summed([...a, ...b])])
    }),
    law('operations leave their arguments alone', [counts, counts], (a, b) => {
      const [x, y] = [fromCounts(a), fromCounts(b)]
      concat(x, y)
      concat(y, x)
      inverse(x)
      return [isEq([...countsOf(x)], [...summed(a)]), isEq([...countsOf(y)], [...summed(b)])]
    }),
    law('equality is equality of counts', [counts, counts], (a, b) => {
      const agree = isEq(summed(a), summed(b)).equal
      // The same blocks, one of them counted once more: what two random ledgers hardly ever are.
      const nudged = a.map(([number, times], i) => [number, i === 0 ? times + 1 : times] as const)
      return [
        isEq(equals(fromCounts(a), fromCounts(b)), agree),
        isEq(equals(fromCounts(a), fromCounts(nudged)), a.length === 0),
        same(fromCounts(a), fromCounts([...a].reverse())),
      ]
    }),
    law('an entry counts what it says', [entries], (all) =>
      isEq([...countsOf(fold(all))], [...summed(all.flatMap(references))]),
    ),
    law('the ledger is a homomorphism', [entries, fc.nat(12)], (all, at) =>
      same(fold(all), concat(fold(all.slice(0, at)), fold(all.slice(at)))),
    ),
  ])
}
