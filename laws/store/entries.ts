/** Journal entries of every kind, and what each counts. */
import fc from 'fast-check'
import type { Entry } from '../../src/store/Journal.js'

const block = fc.nat(7)
const many = fc.array(block, { maxLength: 4 })

const tagged = <T extends string, R>(_tag: T, rest: { [K in keyof R]: fc.Arbitrary<R[K]> }) =>
  fc.record(rest).map((record) => ({ _tag, ...record }))

/** Entries in no sensible order: the laws of folding hold for them all. */
export const entry: fc.Arbitrary<Entry> = fc.oneof(
  tagged('Put', { number: block, links: many, parents: many }),
  tagged('HeadMove', {
    name: fc.constantFrom('main', 'other'),
    old: fc.option(block),
    next: fc.option(block),
  }),
  tagged('Pin', { number: block, times: fc.integer({ min: 1, max: 3 }) }),
  tagged('Unpin', { number: block }),
  tagged('Cut', { number: block, parents: many }),
  tagged('Sweep', { number: block, links: many }),
  tagged('Shared', { number: block, time: fc.double({ noNaN: true }) }),
  tagged('Commit', { time: fc.double({ noNaN: true }) }),
)

/** What an entry says, block by block, with no cleverness. */
export const references = (entry: Entry): ReadonlyArray<readonly [number, number]> => {
  const each = (numbers: ReadonlyArray<number>, by: number) => numbers.map((n) => [n, by] as const)
  const one = (n: number | null, by: number) => (n === null ? [] : [[n, by] as const])
  switch (entry._tag) {
    case 'Put':
      return each([...entry.links, ...entry.parents], 1)
    case 'HeadMove':
      return [...one(entry.old, -1), ...one(entry.next, 1)]
    case 'Pin':
      return one(entry.number, entry.times)
    case 'Unpin':
      return one(entry.number, -1)
    case 'Cut':
      return each(entry.parents, -1)
    case 'Sweep':
      return each(entry.links, -1)
    case 'Shared':
    case 'Commit':
      return []
  }
}
