/**
 * A `Ledger` counts the references to blocks: the image of a journal in the free abelian group on block numbers.
 *
 * `put ↦ +1 for each link and parent`, `head move ↦ −1 old +1 next`, `pin ↦ +1`, `unpin ↦ −1`,
 * `cut ↦ −1 for each parent`, `sweep ↦ −1 for each link still held`.
 *
 * Laws (`laws/store/ledgerLaws.ts`):
 * 1. `concat` is associative and commutative, `empty` its unit, `inverse` its inverse — "concat is associative",
 *    "concat is commutative", "empty is the unit", "inverse is the inverse".
 * 2. `equals` holds if and only if all counts are equal — "equality is equality of counts".
 * 3. `fold(a <> b) = fold(a) <> fold(b)` for any split of any journal — "the ledger is a homomorphism".
 *
 * Counts stand in pages of 1,024 by number, four bytes a count. A page of zeros is no page, so where at least three
 * of ten numbers are live the whole takes less than 16 bytes a live block. Counts beyond ±(2^31 − 1) spill into a map
 * and are exact up to 2^53. Numbers are below 2^41.
 */
import type { Eq as EqOf } from 'fp-ts/lib/Eq.js'
import type { Group as GroupOf } from 'fp-ts/lib/Group.js'
import type { Monoid as MonoidOf } from 'fp-ts/lib/Monoid.js'
import { PAGE, type Page, SPILLED, Tally } from './internal/tally.js'
import type { Entry } from './Journal.js'

export interface Ledger {
  /** By `number / 1024`; absent where all counts are zero. */
  readonly pages: ReadonlyArray<Readonly<Page> | undefined>
  /** Counts that do not fit in 32 bits. */
  readonly beyond: ReadonlyMap<number, number>
}

// -------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------

/** @category constructors */
export const empty: Ledger = { pages: [], beyond: new Map() }

/**
 * The counts given, added up. O(n).
 *
 * @category constructors
 */
export const fromCounts = (counts: Iterable<readonly [number: number, count: number]>): Ledger => {
  const tally = new Tally()
  for (const [number, count] of counts) tally.add(number, count)
  return tally.freeze()
}

const absorb = (tally: Tally, entry: Entry): void => {
  switch (entry._tag) {
    case 'Put':
      for (const link of entry.links) tally.add(link, 1)
      for (const parent of entry.parents) tally.add(parent, 1)
      return
    case 'HeadMove':
      if (entry.old !== null) tally.add(entry.old, -1)
      if (entry.next !== null) tally.add(entry.next, 1)
      return
    case 'Pin':
      tally.add(entry.number, entry.times)
      return
    case 'Unpin':
      tally.add(entry.number, -1)
      return
    case 'Cut':
      for (const parent of entry.parents) tally.add(parent, -1)
      return
    case 'Sweep':
      for (const link of entry.links) tally.add(link, -1)
      return
    case 'Shared':
    case 'Commit':
      return
  }
}

/**
 * The image of journal entries. O(references); a store folds its words directly and must agree with this.
 *
 * @category constructors
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Ledger } from 'coppice'
 *
 * const ledger = Ledger.fold([
 *   { _tag: 'Put', number: 0, links: [], parents: [] },
 *   { _tag: 'Put', number: 1, links: [0, 0], parents: [] },
 *   { _tag: 'HeadMove', name: 'main', old: null, next: 1 },
 * ])
 * assert.deepStrictEqual([...Ledger.counts(ledger)], [[0, 2], [1, 1]])
 * ```
 */
export const fold = (entries: Iterable<Entry>): Ledger => {
  const tally = new Tally()
  for (const entry of entries) absorb(tally, entry)
  return tally.freeze()
}

// -------------------------------------------------------------------------------------------------
// destructors
// -------------------------------------------------------------------------------------------------

/** The counts that are not zero, by ascending number. O(pages + numbers in them). */
export function* counts(
  ledger: Ledger,
): Generator<readonly [number: number, count: number], void, undefined> {
  for (let p = 0; p < ledger.pages.length; p++) {
    const page = ledger.pages[p]
    if (page === undefined) continue
    for (let i = 0; i < PAGE; i++) {
      const count = page.counts[i]!
      if (count !== 0) yield [p * PAGE + i, count === SPILLED ? ledger.beyond.get(p * PAGE + i)! : count]
    }
  }
}

/**
 * The count of one block; zero for a number that never was. O(1).
 *
 * @category destructors
 */
export const count =
  (number: number) =>
  (ledger: Ledger): number => {
    const slot = ledger.pages[Math.floor(number / PAGE)]?.counts[number % PAGE] ?? 0
    return slot === SPILLED ? ledger.beyond.get(number)! : slot
  }

/** What the counts take, in bytes: pages of 4 KiB, and 40 for a count that has spilled. */
export const byteLength = (ledger: Ledger): number =>
  ledger.pages.reduce(
    (sum, page) => sum + (page === undefined ? 0 : page.counts.byteLength),
    40 * ledger.beyond.size,
  )

// -------------------------------------------------------------------------------------------------
// combinators
// -------------------------------------------------------------------------------------------------

const plus = (first: Ledger, second: Ledger, sign: 1 | -1): Ledger => {
  const tally = new Tally(first)
  for (const [number, count] of counts(second)) tally.add(number, sign * count)
  return tally.freeze()
}

/**
 * What must be added to `from` to give `to`: O(pages + numbers that differ from zero).
 *
 * @category combinators
 */
export const difference = (from: Ledger, to: Ledger): Ledger => plus(to, from, -1)

// -------------------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------------------

const samePage = (a: Readonly<Page> | undefined, b: Readonly<Page> | undefined): boolean => {
  if (a === b) return true
  if (a === undefined || b === undefined || a.held !== b.held) return false
  for (let i = 0; i < PAGE; i++) if (a.counts[i] !== b.counts[i]) return false
  return true
}

/** @category instances */
export const Eq: EqOf<Ledger> = {
  equals: (a, b) => {
    for (let p = Math.max(a.pages.length, b.pages.length) - 1; p >= 0; p--)
      if (!samePage(a.pages[p], b.pages[p])) return false
    for (const [number, count] of a.beyond) if (b.beyond.get(number) !== count) return false
    return true
  },
}

/** @category instances */
export const Monoid: MonoidOf<Ledger> = { empty, concat: (first, second) => plus(first, second, 1) }

/** @category instances */
export const Group: GroupOf<Ledger> = { ...Monoid, inverse: (ledger) => plus(empty, ledger, -1) }
