/**
 * An image of the counts on disk: what a fold of the journal up to a number comes to.
 *
 * It is written page by page under a new generation, as the counts stood when it was begun, and takes effect when
 * the `Meta` names it; the entries that it has folded and that hold no block are deleted then. So a writer may stop
 * anywhere: the old image and the journal behind it are whole until the new one is.
 *
 * A page is unsigned LEB128: how many slots, the slots without the zeros at its end, and for each block that is shared
 * its place in the page and since when, in ms.
 */
import type { Ledger } from '../../Ledger.js'
import { PAGE, SPILLED, Tally } from '../tally.js'
import { Counts } from './counts.js'
import { Numbers, Scratch } from './entry.js'
import { NUMBER, readNumber, writeNumber } from './keys.js'
import type { Tables } from './tables.js'

const key = (generation: number, page: number): Uint8Array => {
  const bytes = new Uint8Array(2 * NUMBER)
  writeNumber(page, bytes, writeNumber(generation, bytes, 0))
  return bytes
}

/** Reads the image of a generation, up to `at`. O(blocks). */
export const load = (tables: Tables, generation: number, at: number): Counts => {
  const counts = new Counts(new Tally(), at)
  const range = tables.counts.getRange({ start: key(generation, 0), end: key(generation + 1, 0) })
  for (const { key, value } of range) {
    const first = readNumber(key, NUMBER) * PAGE
    const numbers = new Numbers(value, 0, value.length)
    const end = numbers.next()
    for (let i = 0; i < end; i++) {
      const slot = numbers.next()
      if (slot !== 0) counts.slots.add(first + i, slot)
      if (counts.isGarbage(first + i)) counts.queue.push(first + i, 0)
    }
    while (!numbers.ended()) counts.share(first + numbers.next(), numbers.next())
  }
  return counts
}

/** An image that is being written. */
export class Writing {
  /** The number up to which it has folded the journal. */
  readonly at: number
  /** Entries that it makes superfluous. */
  readonly events: ReadonlyArray<number>
  readonly generation: number
  private readonly ledger: Ledger
  private readonly since: Counts['since']
  private page = 0
  private readonly scratch = new Scratch()

  constructor(generation: number, counts: Counts) {
    this.generation = generation
    this.at = counts.at
    this.events = counts.events
    this.ledger = counts.slots.freeze()
    this.since = counts.since
    counts.events = []
  }

  /** Writes pages until `until` says stop, in a transaction of the caller's; whether all are written. */
  write(tables: Tables, until: () => boolean): boolean {
    const { pages } = this.ledger
    for (; this.page < pages.length; this.page++) {
      const page = pages[this.page]
      if (page === undefined) continue
      if (until()) return false
      this.encode(page.counts)
      const { bytes, length } = this.scratch
      tables.counts.putSync(key(this.generation, this.page), bytes.subarray(0, length))
    }
    return true
  }

  private encode(slots: Int32Array): void {
    const { scratch } = this
    let end = PAGE
    while (slots[end - 1] === 0) end--
    scratch.length = 0
    scratch.room(2 + PAGE * 3 * NUMBER)
    scratch.number(end)
    for (let i = 0; i < end; i++)
      scratch.number(slots[i] === SPILLED ? this.ledger.beyond.get(this.page * PAGE + i)! : slots[i]!)
    const since = this.since[this.page]
    for (let i = 0; since !== undefined && i < end; i++) {
      // The times are those of now: of a block that was swept since there is no slot to read them.
      if (slots[i] === 0 || Number.isNaN(since[i]!)) continue
      scratch.number(i)
      scratch.number(Math.max(0, Math.floor(since[i]!)))
    }
  }
}

/** Deletes the pages of all generations but one, in a transaction of the caller's. */
export const clearBut = (tables: Tables, generation: number): void => {
  const before = tables.counts.getKeys({ end: key(generation, 0) })
  const after = tables.counts.getKeys({ start: key(generation + 1, 0) })
  for (const at of [...before, ...after]) tables.counts.removeSync(at)
}
