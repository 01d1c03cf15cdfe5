/**
 * An image of the counts on disk: what a fold of the journal up to a number comes to.
 *
 * It is written page by page under a new generation, as the counts stood when it was begun, and takes effect when
 * the `Meta` names it; the entries that it has folded and that hold no block are deleted then. So a writer may stop
 * anywhere: the old image and the journal behind it are whole until the new one is. Several may be written at a time,
 * by as many processes; the first that is whole takes effect, and the pages of the others are deleted.
 *
 * A page is a check of 4 B, and then unsigned LEB128: how many slots, the slots without the zeros at its end, and for each block that is shared
 * its place in the page and since when, in ms.
 */
import type { Ledger } from '../../Ledger.js'
import { PAGE, SPILLED, Tally } from '../tally.js'
import { Counts } from './counts.js'
import { PAGE as COUNTS, check, Numbers, readCheck, Scratch, writeCheck } from './entry.js'
import { NUMBER, readNumber, writeNumber } from './keys.js'
import type { Tables } from './tables.js'

const key = (generation: number, page: number): Uint8Array => {
  const bytes = new Uint8Array(2 * NUMBER)
  writeNumber(page, bytes, writeNumber(generation, bytes, 0))
  return bytes
}

/** In place of a page, behind all pages: entries that the image has made superfluous, and that are still to go. */
const REST = 2 ** 47

const restOf = ({ counts }: Tables, generation: number): Array<number> | undefined => {
  const value = counts.getBinaryFast(key(generation, REST))
  if (value === undefined) return undefined
  const numbers = new Numbers(value, 0, value.length)
  const rest: Array<number> = []
  while (!numbers.ended()) rest.push(numbers.next())
  return rest
}

/** Where the numbers of a page begin. */
const SLOTS = 4

/** Reads the image of a generation, up to `at`; `damaged` is told of pages that are not as they were written, which count nothing. O(blocks). */
export const load = (
  tables: Tables,
  generation: number,
  at: number,
  damaged: (page: number) => void,
): Counts => {
  const counts = new Counts(new Tally(), at)
  const range = tables.counts.getRange({ start: key(generation, 0), end: key(generation, REST) })
  for (const { key, value } of range) {
    const page = readNumber(key, NUMBER)
    const first = page * PAGE
    if (value.length < SLOTS || check(COUNTS, page, value, SLOTS, value.length) !== readCheck(value, 0)) {
      damaged(page)
      continue
    }
    const numbers = new Numbers(value, SLOTS, value.length)
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
  /** The image in effect when it was begun: if there is another now, it is too late. */
  readonly before: number
  private readonly ledger: Ledger
  private readonly since: Counts['since']
  private page = 0
  private readonly scratch = new Scratch()

  constructor(generation: number, before: number, counts: Counts) {
    this.generation = generation
    this.before = before
    this.at = counts.at
    this.events = counts.events
    this.ledger = counts.slots.freeze()
    this.since = counts.since
    counts.events = []
  }

  /** Writes a page, and more until `until` says stop, in a transaction of the caller's; whether all are written. */
  write(tables: Tables, until: () => boolean): boolean {
    const { pages } = this.ledger
    for (let written = 0; this.page < pages.length; this.page++) {
      const page = pages[this.page]
      if (page === undefined) continue
      if (written++ > 0 && until()) return false
      this.encode(page.counts)
      const { bytes, length } = this.scratch
      tables.counts.putSync(key(this.generation, this.page), bytes.subarray(0, length))
    }
    return true
  }

  /** Notes, when it takes effect, what is to go then: in a transaction of the caller's. */
  leave(tables: Tables): void {
    const rest = [...(restOf(tables, this.before) ?? []), ...this.events]
    const scratch = new Scratch()
    scratch.room(rest.length * (NUMBER + 1))
    for (const number of rest) scratch.number(number)
    tables.counts.putSync(key(this.generation, REST), scratch.bytes.subarray(0, scratch.length))
  }

  private encode(slots: Int32Array): void {
    const { scratch } = this
    let end = PAGE
    while (slots[end - 1] === 0) end--
    scratch.length = 0
    scratch.room(SLOTS + 2 + PAGE * 3 * (NUMBER + 1))
    scratch.length = SLOTS
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
    writeCheck(check(COUNTS, this.page, scratch.bytes, SLOTS, scratch.length), scratch.bytes, 0)
  }
}

/** Things that are deleted between two looks at the clock. */
const STRIDE = 16

/** What goes when an image has taken effect: entries that it has folded, and the images before it. */
export class Clearing {
  readonly generation: number
  private rest: Array<number> | null = null
  private done = false

  constructor(generation: number) {
    this.generation = generation
  }

  /** Deletes a few things, and more until `until` says stop, in a transaction of the caller's; whether all is gone. */
  clear(tables: Tables, until: () => boolean): boolean {
    if (this.done) return true
    if (this.rest === null) {
      const rest = restOf(tables, this.generation)
      if (rest === undefined) return (this.done = true)
      this.rest = rest
    }
    while (this.rest.length > 0) {
      for (const number of this.rest.splice(-STRIDE)) tables.journal.removeSync(number)
      if (until()) return false
    }
    for (;;) {
      const pages = [...tables.counts.getKeys({ end: key(this.generation, 0), limit: STRIDE })]
      if (pages.length === 0) break
      for (const page of pages) tables.counts.removeSync(page)
      if (until()) return false
    }
    tables.counts.removeSync(key(this.generation, REST))
    return (this.done = true)
  }
}

/** Deletes the pages of all generations but one, in a transaction of the caller's. */
export const clearBut = (tables: Tables, generation: number): void => {
  const before = tables.counts.getKeys({ end: key(generation, 0) })
  const after = tables.counts.getKeys({ start: key(generation + 1, 0) })
  for (const at of [...before, ...after]) tables.counts.removeSync(at)
}
