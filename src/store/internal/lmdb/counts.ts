/**
 * The ledger of a store on disk while it is counted: how often each block is referred to, and which are garbage.
 *
 * A count and whether the block is there stand in one number, `2 × references + there`: so 1 is garbage, and an entry
 * of a block that was put and swept before this fold came by changes nothing. That makes folding exact wherever a fold
 * begins: from an image of the journal's beginning, or from a moment of this process's past.
 *
 * Invariants:
 * - INV1 all entries below `at` are folded and no other.
 * - INV2 every block whose slot is 1 waits in `queue` (and others may: what waits is looked at again).
 */
import { Queue } from '../queue.js'
import { PAGE, type Tally } from '../tally.js'
import {
  bodyOf,
  CUT,
  check,
  HEADER,
  LOWER,
  type Log,
  Numbers,
  PUT,
  RAISE,
  readCheck,
  SWEEP,
} from './entry.js'

const THERE = 1
const REFERENCE = 2

/** The slot of a block that is there and that nothing refers to. */
export const GARBAGE: number = THERE

export class Counts {
  readonly slots: Tally
  readonly queue: Queue = new Queue()
  /** The first number that is not folded. */
  at: number
  /** Entries that are folded, and that hold no block: an image lets them go. */
  events: Array<number> = []
  /** When a block's references first were two, ms, by number / `PAGE`; NaN for never. */
  readonly since: Array<Float64Array | undefined> = []
  /** Slots that this fold has brought down; those that are garbage at its end will wait. */
  private fallen: Array<number> = []
  /** Slots that it has brought to two references. */
  private risen: Array<number> = []

  constructor(slots: Tally, at: number) {
    this.slots = slots
    this.at = at
  }

  /** References to a block. */
  count(number: number): number {
    return Math.floor(this.slots.count(number) / REFERENCE)
  }

  /** What they take in memory. */
  byteLength(): number {
    const times = this.since.reduce((sum, page) => sum + (page?.byteLength ?? 0), 0)
    return this.slots.byteLength() + times + 8 * (this.queue.length + this.events.length)
  }

  isGarbage(number: number): boolean {
    return this.slots.count(number) === GARBAGE
  }

  private isThere(number: number): boolean {
    // Also right below zero, where a count stands while the entries that balance it are still to come.
    return this.slots.count(number) % REFERENCE !== 0
  }

  /** When, in ms, a transaction first left two references to a block; NaN for never. */
  sharedSince(number: number): number {
    return this.since[Math.floor(number / PAGE)]?.[number % PAGE] ?? Number.NaN
  }

  share(number: number, time: number): void {
    const page = (this.since[Math.floor(number / PAGE)] ??= new Float64Array(PAGE).fill(Number.NaN))
    if (Number.isNaN(page[number % PAGE]!)) page[number % PAGE] = time
  }

  private forget(number: number): void {
    const page = this.since[Math.floor(number / PAGE)]
    if (page !== undefined) page[number % PAGE] = Number.NaN
  }

  private raise(number: number): void {
    const slot = this.slots.add(number, REFERENCE)
    if (slot === 2 * REFERENCE || slot === 2 * REFERENCE + THERE) this.risen.push(number)
  }

  private lower(number: number): void {
    if (this.slots.add(number, -REFERENCE) === GARBAGE) this.fallen.push(number)
  }

  /** Folds the entry of a block; false, and nothing is folded, if its header is damaged. */
  put(number: number, entry: Uint8Array, length: number): boolean {
    const at = bodyOf(entry, length)
    if (check(entry[0]!, number, entry, HEADER, at) !== readCheck(entry, 1)) return false
    this.slots.add(number, THERE)
    this.fallen.push(number)
    const header = new Numbers(entry, HEADER, at)
    for (let n = header.next() + header.next(); n > 0; n--) this.raise(number - header.next())
    return true
  }

  /** Folds operations from a place on. `settle` must follow when all of a transaction's are folded. */
  absorb(log: Log, start = 0): void {
    const { slots } = this
    for (let i = start; i < log.length; ) {
      const what = log[i]!
      const number = log[i + 1]!
      const from = i + 3
      const to = from + log[i + 2]!
      i = to
      switch (what) {
        case PUT:
          slots.add(number, THERE)
          this.fallen.push(number)
          for (let j = from; j < to; j++) this.raise(log[j]!)
          break
        case RAISE:
          this.raise(number)
          break
        case LOWER:
          this.lower(number)
          break
        case CUT:
          if (this.isThere(number)) for (let j = from; j < to; j++) this.lower(log[j]!)
          break
        case SWEEP:
          if (!this.isThere(number)) break
          for (let j = from; j < to; j++) this.lower(log[j]!)
          slots.add(number, -THERE)
          this.forget(number)
          break
      }
    }
  }

  /** The end of a transaction: what is garbage now will wait, what is shared now has been since `time`. */
  settle(epoch: number, time: number): void {
    for (const number of this.fallen) if (this.isGarbage(number)) this.queue.push(number, epoch)
    this.fallen.length = 0
    for (const number of this.risen) if (this.count(number) >= 2) this.share(number, time)
    this.risen.length = 0
  }
}
