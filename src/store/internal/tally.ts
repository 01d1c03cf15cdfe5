/**
 * A `Tally` is a ledger while it is being counted: it owns its pages and adds in place.
 *
 * Invariants:
 * - INV1 a page stands if and only if one of its counts is not zero (`held` says how many).
 * - INV2 a count beyond ±(2^31 − 1) stands in `beyond` and nowhere else, and its slot holds `SPILLED`.
 * - INV3 a page whose `owner` is not this tally's token is shared with a ledger and is copied before it changes.
 */
import type { Ledger } from '../Ledger.js'

/** Numbers in a page: 4 KiB of counts. */
export const PAGE = 1024
const MASK = PAGE - 1
const SHARE = 1 / PAGE

/** The largest count that a slot holds. */
export const MAX = 2 ** 31 - 1
/** What a slot says when its count has spilled; the one 32-bit integer outside ±MAX. */
export const SPILLED = -(2 ** 31)

export interface Page {
  readonly counts: Int32Array
  held: number
  readonly owner: object
}

export class Tally {
  private pages: Array<Page | undefined>
  private beyond: Map<number, number>
  private owner: object = {}
  /** The counts of the pages that are ours: the short way to them. */
  private mine: Array<Int32Array | undefined> = []

  constructor(ledger?: Ledger) {
    this.pages = ledger === undefined ? [] : ledger.pages.slice()
    this.beyond = new Map(ledger?.beyond)
  }

  /** Adds one and answers what the count is then: `add(number, 1)`, quick where the count was positive. */
  raise(number: number): number {
    const counts = this.mine[(number * SHARE) | 0]
    if (counts !== undefined) {
      const old = counts[number & MASK]!
      if (old > 0 && old < MAX) return (counts[number & MASK] = old + 1)
    }
    return this.add(number, 1)
  }

  /** Adds to a count and answers what it is then. */
  add(number: number, delta: number): number {
    // A product and not a shift: numbers of a long-lived store pass 2^31 (bound: 2^41).
    const p = (number * SHARE) | 0
    let page = this.pages[p]
    if (page === undefined || page.owner !== this.owner) page = this.own(p)
    const counts = page.counts
    const i = number & MASK
    const old = counts[i]!
    const sum = old + delta
    if (old === SPILLED || sum > MAX || sum < -MAX) return this.spill(page, p, number, delta)
    counts[i] = sum
    if (sum === 0) this.emptied(page, p, old)
    else if (old === 0) page.held++
    return sum
  }

  count(number: number): number {
    const page = this.pages[(number * SHARE) | 0]
    if (page === undefined) return 0
    const count = page.counts[number & MASK]!
    return count === SPILLED ? this.beyond.get(number)! : count
  }

  /** What the counts take, in bytes. O(pages). */
  byteLength(): number {
    return this.pages.reduce((sum, page) => sum + (page?.counts.byteLength ?? 0), 40 * this.beyond.size)
  }

  /** The ledger as it stands. O(pages); the tally may go on, its next change of a page copies it. */
  freeze(): Ledger {
    this.owner = {}
    this.mine = []
    return { pages: this.pages.slice(), beyond: new Map(this.beyond) }
  }

  private own(p: number): Page {
    const shared = this.pages[p]
    const page: Page =
      shared === undefined
        ? { counts: new Int32Array(PAGE), held: 0, owner: this.owner }
        : { counts: shared.counts.slice(), held: shared.held, owner: this.owner }
    this.pages[p] = page
    this.mine[p] = page.counts
    return page
  }

  private emptied(page: Page, p: number, old: number): void {
    if (old !== 0) page.held--
    if (page.held > 0) return
    this.pages[p] = undefined
    this.mine[p] = undefined
  }

  private spill(page: Page, p: number, number: number, delta: number): number {
    const i = number & MASK
    const old = page.counts[i]!
    const sum = (old === SPILLED ? this.beyond.get(number)! : old) + delta
    if (sum > MAX || sum < -MAX) {
      this.beyond.set(number, sum)
      page.counts[i] = SPILLED
      if (old === 0) page.held++
    } else {
      this.beyond.delete(number)
      page.counts[i] = sum
      if (sum === 0) this.emptied(page, p, SPILLED)
    }
    return sum
  }
}
