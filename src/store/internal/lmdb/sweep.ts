/**
 * One slice of the collector: inside one transaction it folds what the journal has gained, takes what waits and is
 * still garbage, deletes it, says so in the journal and raises the epoch.
 *
 * A block is looked at again in the transaction that deletes it, so a commit that used it in between has saved it;
 * and a commit that comes after does not find it and puts it again.
 */
import type { Digest } from '../../../data/Digest.js'
import { hash } from '../../../data/Hasher.js'
import type { Bounds, Slice } from '../../Store.js'
import type { Counts } from './counts.js'
import type { Disk } from './disk.js'
import {
  isBlock,
  isSoundEvent,
  LOWER,
  type Log,
  readBlock,
  readEvent,
  Scratch,
  SWEEP,
  timeOf,
  writeEvent,
} from './entry.js'
import { Clearing, load, Writing } from './image.js'
import * as keys from './keys.js'
import { encode, type Meta } from './meta.js'
import { unpacked } from './packs.js'

/** An image is written when so many entries without a block have been folded since the last, or as many as pages. */
const FOLDED = 256

/** Entries that are folded between two looks at the clock. */
const STRIDE = 32

const scratch = new Scratch()

/** What is to be known of a block to free it. */
interface Victim {
  readonly digest: Digest
  readonly size: number
  /** Links, and then parents. */
  readonly numbers: ReadonlyArray<number>
  readonly links: number
}

/** The counts of this process, or those of the image if they are none or behind it. */
const ensure = (disk: Disk, meta: Meta): Counts => {
  disk.counting = true
  if (disk.counts === null || disk.counts.at < meta.folded)
    disk.counts = load(disk.tables, meta.image, meta.folded, (page) => {
      throw new Error(`page ${page} of the counts is damaged`)
    })
  return disk.counts
}

/** Folds the journal up to `end`, or until `until` says stop. */
const fold = (disk: Disk, counts: Counts, end: number, epoch: number, until: () => boolean): void => {
  const { journal } = disk.tables
  for (let n = 0; counts.at < end; n++) {
    if (n % STRIDE === STRIDE - 1 && until()) return
    const own = disk.own(counts.at)
    if (own !== undefined && own.next <= end) {
      counts.absorb(own.log)
      counts.settle(epoch, own.time)
      counts.events.push(own.event)
      counts.at = own.next
      continue
    }
    const number = counts.at
    const entry = journal.getBinaryFast(number)
    if (entry !== undefined && !folded(counts, number, entry, epoch))
      // Counts that miss an entry would free what is in use.
      throw new Error(`entry ${number} of the journal is damaged`)
    counts.at = number + 1
  }
}

/** Folds an entry; whether it is as it was written. */
const folded = (counts: Counts, number: number, entry: Uint8Array, epoch: number): boolean => {
  if (isBlock(entry)) return counts.put(number, entry, entry.length)
  if (!isSoundEvent(number, entry, entry.length)) return false
  counts.absorb(readEvent(entry, entry.length))
  counts.settle(epoch, timeOf(entry))
  counts.events.push(number)
  return true
}

const never = (): boolean => false

/** The counts as they stand for this read or in this transaction. O(entries since they were last asked for). */
export const current = (disk: Disk, meta: Meta): Counts => {
  const counts = ensure(disk, meta)
  fold(disk, counts, meta.next, meta.epoch, never)
  return counts
}

/** Folds for a while outside of a transaction; whether all that is there now is folded. */
export const prepare = (disk: Disk, until: () => boolean): boolean => {
  const meta = disk.meta()
  const counts = ensure(disk, meta)
  fold(disk, counts, meta.next, meta.epoch, until)
  return counts.at >= meta.next
}

export class Sweeper {
  private readonly disk: Disk
  private writing: Writing | null = null
  private clearing = new Clearing(0)
  /** Garbage whose entry is damaged: left where it is for `fsck`. */
  readonly stuck = new Set<number>()
  /** What the next slice will need of the first that wait. A block and its number never change. */
  private readonly victims = new Map<number, Victim>()

  constructor(disk: Disk) {
    this.disk = disk
  }

  /** A slice, inside a transaction of LMDB. If that fails on its way to the disk, `forget` must be called. */
  slice({ blocks, milliseconds }: Bounds): Slice {
    const { disk } = this
    const began = performance.now()
    const ends = began + milliseconds
    const late = (): boolean => performance.now() >= ends
    const meta = disk.meta()
    const counts = current(disk, meta)
    const before = { next: meta.next, freed: meta.freedBlocks, bytes: meta.freedBytes, begun: meta.begun }
    const log: Log = []
    this.expire(counts, log)
    if (log.length > 0) counts.settle(meta.epoch, disk.clock())
    for (let freed = 0, seen = 0; freed < blocks; seen++) {
      if ((freed > 0 || seen % STRIDE === STRIDE - 1) && late()) break
      const number = counts.queue.shift()
      if (number === undefined) break
      if (!counts.isGarbage(number) || this.stuck.has(number)) this.victims.delete(number)
      else if (this.sweep(number, counts, meta, log)) freed++
    }
    const written = (counts.queue.length === 0 || this.writing !== null) && this.image(counts, meta, late)
    const cleared = this.cleared(meta, late)
    const freed = meta.freedBlocks - before.freed
    if (freed > 0) meta.epoch++
    if (log.length > 0) this.write(log, meta)
    if (log.length > 0 || written || meta.begun !== before.begun)
      disk.tables.roots.putSync(keys.META, encode(meta))
    if (log.length > 0) {
      counts.events.push(before.next)
      counts.at = meta.next
    }
    const waiting = counts.queue.length
    return {
      freed,
      bytes: meta.freedBytes - before.bytes,
      waiting,
      done: waiting === 0 && this.writing === null && cleared,
      milliseconds: performance.now() - began,
    }
  }

  /** What this process thinks of the counts may be of a transaction that never was; and of blocks, of one that mended them. */
  forget(): void {
    this.forgetCounts()
    this.victims.clear()
  }

  private forgetCounts(): void {
    this.disk.counts = null
    this.writing = null
    this.clearing = new Clearing(0)
  }

  /**
   * Puts away what it thinks of the counts, inside the transaction, until that is acknowledged; whoever asks meanwhile
   * counts for himself. The answer takes it out again.
   */
  setAside(): () => void {
    const { disk, writing, clearing } = this
    const { counts } = disk
    this.forgetCounts()
    return () => {
      this.clearing = clearing
      if (disk.counts !== null || this.writing !== null) return
      disk.counts = counts
      this.writing = writing
    }
  }

  /** Writes an image to its end if the counts have gone far enough from the last, inside a transaction. */
  finish(): void {
    const { disk } = this
    if (disk.counts === null) return
    const meta = disk.meta()
    if (this.writing !== null && this.writing.before !== meta.image) this.forgetCounts()
    const counts = current(disk, meta)
    if (counts.at === meta.folded) return
    this.writing ??= this.begin(counts, meta)
    this.image(counts, meta, never)
    this.cleared(meta, never)
    disk.tables.roots.putSync(keys.META, encode(meta))
  }

  /** Lets go of the pins of sessions whose lease has ended. */
  private expire(counts: Counts, log: Log): void {
    const { roots } = this.disk.tables
    const now = this.disk.clock()
    const ended = [...roots.getRange(keys.leases())].filter(({ value }) => keys.leaseEnd(value) < now)
    for (const { key } of ended) {
      const session = keys.sessionOf(key)
      if (session !== this.disk.session) this.end(session, log)
    }
    counts.absorb(log)
  }

  /** Ends a session: its pins and its lease are gone. */
  end(session: number, log: Log): void {
    const { roots } = this.disk.tables
    for (const { key, value } of [...roots.getRange(keys.pinsOf(session))]) {
      for (let times = keys.readNumber(value, 0); times > 0; times--) log.push(LOWER, keys.pinned(key), 0)
      roots.removeSync(key)
    }
    roots.removeSync(keys.lease(session))
  }

  /** Writes what was done beside puts as one entry. */
  write(log: Log, meta: Meta): void {
    writeEvent(scratch, meta.next, this.disk.clock(), log)
    const entry = scratch.bytes.subarray(0, scratch.length)
    this.disk.tables.journal.putSync(meta.next++, entry, { append: true })
  }

  /** Reads and hashes what waits for the next slice, outside of a transaction, until `until` says stop. */
  look(blocks: number, until: () => boolean): void {
    const { counts } = this.disk
    for (let i = 0; counts !== null && i < Math.min(blocks, counts.queue.length); i++) {
      if (i % STRIDE === STRIDE - 1 && until()) return
      const number = counts.queue.at(i)
      if (this.victims.has(number) || !counts.isGarbage(number)) continue
      const victim = this.examine(number)
      if (victim !== null) this.victims.set(number, victim)
    }
  }

  private examine(number: number): Victim | null {
    const entry = this.disk.tables.journal.getBinaryFast(number)
    const block = entry === undefined ? undefined : readBlock(number, entry, entry.length)
    if (entry === undefined || block === undefined || !block.sound) return null
    const { at, links, numbers, place } = block
    const bytes = place === null ? entry.subarray(at, entry.length) : unpacked(this.disk.tables, place)
    return { digest: hash(bytes), size: bytes.length, numbers, links }
  }

  private sweep(number: number, counts: Counts, meta: Meta, log: Log): boolean {
    const { ids, journal, roots } = this.disk.tables
    const victim = this.victims.get(number) ?? this.examine(number)
    this.victims.delete(number)
    if (victim === null || this.disk.find(victim.digest) !== number) return this.leave(number)
    const { digest, links, size } = victim
    const isCut = victim.numbers.length > links && roots.doesExist(keys.cut(number))
    const numbers = isCut ? victim.numbers.slice(0, links) : victim.numbers
    if (isCut) roots.removeSync(keys.cut(number))
    ids.removeSync(digest)
    journal.removeSync(number)
    const from = log.length
    log.push(SWEEP, number, numbers.length)
    for (const link of numbers) log.push(link)
    counts.absorb(log, from)
    counts.settle(meta.epoch, 0)
    meta.blocks--
    meta.bytes -= size
    meta.freedBlocks++
    meta.freedBytes += size
    return true
  }

  private leave(number: number): boolean {
    this.stuck.add(number)
    return false
  }

  private begin(counts: Counts, meta: Meta): Writing {
    return new Writing(++meta.begun, meta.image, counts)
  }

  /** Some pages of an image; whether these were the last, and it took effect. */
  private image(counts: Counts, meta: Meta, late: () => boolean): boolean {
    if (this.writing === null && counts.events.length < FOLDED) return false
    const writing = (this.writing ??= this.begin(counts, meta))
    if (writing.before !== meta.image) {
      // Another process was quicker. The entries that this one would have let go are found again from there.
      this.forgetCounts()
      return false
    }
    if (!writing.write(this.disk.tables, late)) return false
    writing.leave(this.disk.tables)
    meta.image = writing.generation
    meta.folded = writing.at
    this.writing = null
    return true
  }

  /** Lets go of what the image in effect has made superfluous; whether nothing is left of it. */
  private cleared(meta: Meta, late: () => boolean): boolean {
    if (this.clearing.generation !== meta.image) this.clearing = new Clearing(meta.image)
    return this.clearing.clear(this.disk.tables, late)
  }
}
