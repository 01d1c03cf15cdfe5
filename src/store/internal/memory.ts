/**
 * The state of a memory store, and one transaction on it.
 *
 * A transaction is done as it is checked; what it did is undone, in reverse, if it is refused. Nobody can see it in
 * between: nothing here gives way to other code. So a put is looked up once, and its links once at most.
 */
import type { Digest } from '../../data/Digest.js'
import { dangling, headMoved, missing, notPinned, storeFailed } from '../../data/Failure.js'
import type { Ref, Stamp } from '../../data/Ref.js'
import { type Alive, write } from '../Snapshot.js'
import type { Bounds, HeadMove, Put, Receipt, Slice, TransactFailure, Transaction } from '../Store.js'
import { Blocks } from './blocks.js'
import { Queue } from './queue.js'
import { Sharing } from './sharing.js'
import { COMMIT, CUT, extent, HEADER, NONE, PIN, PUT, SWEEP, tagAt, UNPIN, Writer } from './words.js'

/** A journal shorter than this is left alone: words, 1 MiB. */
const SHORTEST = 1 << 18

/** Blocks that a slice looks at between two looks at the clock. */
const STRIDE = 16

export class Memory {
  readonly blocks: Blocks = new Blocks()
  readonly pins = new Map<number, number>()
  readonly heads = new Map<string, number>()
  /** Live blocks whose parents no longer count. */
  readonly cuts = new Set<number>()
  writer: Writer = new Writer()
  sharing: Sharing = new Sharing()
  stamp: Stamp
  /** What may be garbage: every block without a reference, and others. */
  readonly queue: Queue = new Queue()
  /** How many words of the journal `sharing` has seen. */
  private folded = 0
  /** Words in the puts of live blocks. */
  private live = 0
  /** Words in the last snapshot beside its puts: pins, heads, times. */
  private beside = 0
  /** What undoes the transaction in hand: its puts, the refs that learnt a number (and what they knew), the rest. */
  private added: Array<number> = []
  private learnt: Array<Ref & { readonly ref: Ref }> = []
  private undo: Array<() => void> = []
  private readonly clock: () => number

  constructor(name: string, clock: () => number) {
    this.stamp = { store: name, epoch: 0 }
    this.clock = clock
  }

  // -----------------------------------------------------------------------------------------------
  // transactions
  // -----------------------------------------------------------------------------------------------

  /** Does all of it and answers what it did, or does nothing and answers why. */
  transact(transaction: Transaction): TransactFailure | Receipt {
    const { length, entries } = this.writer
    const receipt = { added: [] as Array<Digest>, known: [] as Array<Digest> }
    const failure = this.attempt(transaction, receipt, length)
    if (failure !== null) this.revert()
    if (failure !== null) this.writer.truncate(length, entries)
    this.added = []
    this.learnt = []
    this.undo = []
    if (failure !== null) return failure
    this.shorten()
    return receipt
  }

  /** The last first. Must run while the journal still holds the puts. */
  private revert(): void {
    for (let i = this.undo.length - 1; i >= 0; i--) this.undo[i]!()
    for (let i = this.added.length - 1; i >= 0; i--) this.drop(this.added[i]!)
    for (let i = this.learnt.length - 1; i >= 0; i--) {
      const { ref, stamp, number } = this.learnt[i]!
      ref.stamp = stamp
      ref.number = number
    }
  }

  private attempt(
    { puts = [], pins = [], unpins = [], cuts = [], heads = [] }: Transaction,
    receipt: { readonly added: Array<Digest>; readonly known: Array<Digest> },
    start: number,
  ): TransactFailure | null {
    try {
      let failure: TransactFailure | null = null
      for (let i = 0; i < puts.length && failure === null; i++) failure = this.put(puts[i]!, receipt)
      for (let i = 0; i < pins.length && failure === null; i++) failure = this.pin(pins[i]!)
      for (let i = 0; i < unpins.length && failure === null; i++) failure = this.unpin(unpins[i]!)
      for (let i = 0; i < cuts.length && failure === null; i++) failure = this.cut(cuts[i]!)
      for (let i = 0; i < heads.length && failure === null; i++) failure = this.move(heads[i]!)
      if (failure === null && this.writer.length > start) this.writer.time(COMMIT, 0, this.clock())
      return failure
    } catch (cause) {
      // No room left (a Map ends at 2^24 entries), or a clock or an argument that throws.
      return storeFailed('transact', cause)
    }
  }

  private put(
    { ref, bytes, links, parents = [] }: Put,
    receipt: { readonly added: Array<Digest>; readonly known: Array<Digest> },
  ): TransactFailure | null {
    if (this.number(ref) !== NONE) {
      receipt.known.push(ref.digest)
      return null
    }
    const blocks = this.blocks
    const own = this.writer.begin(PUT, blocks.next, links.length, parents.length)
    const words = this.writer.words
    for (let i = 0; i < links.length; i++) {
      const link = links[i]!
      if ((words[own + i] = this.number(link)) === NONE) return dangling(ref.digest, link.digest)
    }
    for (let i = 0; i < parents.length; i++) {
      const parent = parents[i]!
      if ((words[own + links.length + i] = this.number(parent)) === NONE)
        return dangling(ref.digest, parent.digest)
    }
    const number = blocks.add(ref.digest, bytes, own - HEADER)
    this.live += HEADER + links.length + parents.length
    this.added.push(number)
    this.learn(ref, number)
    receipt.added.push(ref.digest)
    return null
  }

  private pin(digest: Digest): TransactFailure | null {
    const number = this.blocks.find(digest)
    if (number === NONE) return missing(digest)
    this.addPins(number, 1)
    this.undo.push(() => this.addPins(number, -1))
    this.writer.one(PIN, number, 1)
    return null
  }

  private unpin(digest: Digest): TransactFailure | null {
    const number = this.blocks.find(digest)
    if (number === NONE || !this.pins.has(number)) return notPinned(digest)
    this.addPins(number, -1)
    this.undo.push(() => this.addPins(number, 1))
    this.writer.begin(UNPIN, number, 0, 0)
    return null
  }

  private addPins(number: number, times: number): void {
    const sum = (this.pins.get(number) ?? 0) + times
    if (sum === 0) this.pins.delete(number)
    else this.pins.set(number, sum)
  }

  private cut(digest: Digest): TransactFailure | null {
    const number = this.blocks.find(digest)
    if (number === NONE) return missing(digest)
    const put = this.blocks.place(number)
    const links = this.writer.words[put + 2]!
    const parents = this.writer.words[put + 3]!
    if (parents === 0 || this.cuts.has(number)) return null
    this.cuts.add(number)
    this.undo.push(() => this.cuts.delete(number))
    const own = this.writer.begin(CUT, number, 0, parents)
    this.writer.copy(this.writer.words, put + HEADER + links, parents, own)
    return null
  }

  private move({ name, expect, next }: HeadMove): TransactFailure | null {
    const old = this.heads.get(name) ?? NONE
    const actual = this.blocks.digest(old) ?? null
    if (actual !== expect) return headMoved(name, expect, actual)
    if (next === expect) return null
    const number = next === null ? NONE : this.blocks.find(next)
    if (next !== null && number === NONE) return missing(next)
    this.setHead(name, number)
    this.undo.push(() => this.setHead(name, old))
    this.writer.head(name, old, number)
    return null
  }

  private setHead(name: string, number: number): void {
    if (number === NONE) this.heads.delete(name)
    else this.heads.set(name, number)
  }

  /** The block's number: remembered if the ref's stamp holds, else looked up and remembered. */
  private number(ref: Ref): number {
    if (ref.stamp === this.stamp) return ref.number
    const number = this.blocks.find(ref.digest)
    if (number !== NONE) this.learn(ref, number)
    return number
  }

  /** Refs that are not found are left to carry no stamp at all. */
  locate(refs: ReadonlyArray<Ref>): Stamp {
    for (const ref of refs) {
      const number = this.blocks.find(ref.digest)
      ref.stamp = number === NONE ? null : this.stamp
      ref.number = number
    }
    return this.stamp
  }

  private learn(ref: Ref, number: number): void {
    this.learnt.push({ ref, digest: ref.digest, stamp: ref.stamp, number: ref.number })
    ref.stamp = this.stamp
    ref.number = number
  }

  // -----------------------------------------------------------------------------------------------
  // counts
  // -----------------------------------------------------------------------------------------------

  /** Folds what the journal has gained. O(references gained). */
  fold(): Sharing {
    const { sharing } = this
    const end = this.writer.length
    if (this.folded < end) sharing.absorb(this.writer.words, this.folded, end)
    this.folded = end
    for (const number of sharing.fallen)
      if (sharing.tally.count(number) === 0) this.queue.push(number, this.stamp.epoch)
    sharing.fallen = []
    return sharing
  }

  /** Calls `use` with each number that a live block still holds, as often as it does. */
  held(number: number, use: (link: number) => void): void {
    const words = this.writer.words
    const put = this.blocks.place(number)
    const own = put + HEADER
    const end = own + words[put + 2]! + (this.cuts.has(number) ? 0 : words[put + 3]!)
    for (let i = own; i < end; i++) use(words[i]!)
  }

  /** Frees blocks whose count is zero, and then those whose count so became zero, as far as the bounds allow. */
  slice({ blocks, milliseconds }: Bounds): Slice {
    // Asked before anything changes: the clock is not ours, and might throw.
    const time = this.clock()
    const began = performance.now()
    const { size, byteLength } = this.blocks
    const { tally } = this.fold()
    const lower = (link: number): void => {
      if (tally.add(link, -1) === 0) this.queue.push(link, this.stamp.epoch)
    }
    for (let freed = 0, seen = 0; freed < blocks; seen++) {
      // The clock is dearer than a block.
      if (seen % STRIDE === STRIDE - 1 && performance.now() - began >= milliseconds) break
      const number = this.queue.shift()
      if (number === undefined) break
      // What waited may have been used again, or swept: then its number is another's.
      if (this.blocks.digest(number) === undefined || tally.count(number) !== 0) continue
      this.held(number, lower)
      this.logSweep(number)
      this.sharing.forget(number)
      this.drop(number)
      freed++
    }
    const freed = size - this.blocks.size
    if (freed > 0) {
      // The counts are lowered already.
      this.folded = this.writer.length
      this.writer.time(COMMIT, 0, time)
      this.stamp = { store: this.stamp.store, epoch: this.stamp.epoch + 1 }
      this.shorten()
    }
    const waiting = this.queue.length
    return {
      freed,
      bytes: byteLength - this.blocks.byteLength,
      waiting,
      done: waiting === 0,
      milliseconds: performance.now() - began,
    }
  }

  /** Frees all that nothing refers to. */
  sweep(): { readonly freed: number; readonly bytes: number } {
    const { freed, bytes } = this.slice({
      blocks: Number.POSITIVE_INFINITY,
      milliseconds: Number.POSITIVE_INFINITY,
    })
    return { freed, bytes }
  }

  private logSweep(number: number): void {
    const put = this.blocks.place(number)
    const words = this.writer.words
    const count = words[put + 2]! + (this.cuts.has(number) ? 0 : words[put + 3]!)
    const own = this.writer.begin(SWEEP, number, count, 0)
    this.writer.copy(this.writer.words, put + HEADER, count, own)
  }

  private drop(number: number): void {
    this.live -= extent(this.writer.words, this.blocks.place(number))
    this.cuts.delete(number)
    this.blocks.remove(number)
  }

  // -----------------------------------------------------------------------------------------------
  // the journal
  // -----------------------------------------------------------------------------------------------

  /** Puts a snapshot in the place of a journal of which more than half is history: O(1) a word ever written. */
  private shorten(): void {
    const kept = this.live + this.beside
    if (this.writer.length > Math.max(SHORTEST, 2 * kept)) this.snapshot()
  }

  /** Puts a snapshot in the place of the journal. O(words). */
  snapshot(): void {
    const alive: Alive = {
      place: (number) => (this.blocks.digest(number) === undefined ? NONE : this.blocks.place(number)),
      cuts: this.cuts,
      pins: this.pins,
      heads: this.heads,
      sharing: this.fold(),
    }
    this.writer = write(this.writer.words.subarray(0, this.writer.length), alive)
    const { words, length } = this.writer
    this.live = 0
    for (let at = 0; at < length; at += extent(words, at)) {
      if (tagAt(words, at) !== PUT) continue
      this.blocks.move(words[at + 1]!, at)
      this.live += extent(words, at)
    }
    this.cuts.clear()
    this.beside = length - this.live
    this.folded = length
  }
}
