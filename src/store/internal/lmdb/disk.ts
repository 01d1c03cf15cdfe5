/**
 * The state of a store on disk, as one process sees it, and one transaction on it.
 *
 * What runs inside a transaction of LMDB (`apply`, and `Sweeper` beside this) changes tables and nothing else; what a
 * process remembers (refs' numbers, counts) changes when the transaction is acknowledged. So nothing is remembered of
 * a commit that failed on its way to the disk.
 */
import { type Digest, fromBytes, writeTo } from '../../../data/Digest.js'
import {
  dangling,
  headMoved,
  type LeaseLost,
  leaseLost,
  missing,
  notPinned,
  storeFailed,
} from '../../../data/Failure.js'
import type { Ref, Stamp } from '../../../data/Ref.js'
import type { HeadMove, Put, Receipt, TransactFailure, Transaction } from '../../Store.js'
import type { Counts } from './counts.js'
import {
  CUT,
  LOWER,
  type Log,
  PUT,
  RAISE,
  readBlock,
  readCheck,
  Scratch,
  writeBlock,
  writeEvent,
} from './entry.js'
import * as keys from './keys.js'
import { decode, encode, type Meta } from './meta.js'
import type { Durability, Tables } from './tables.js'

/** What a transaction comes to when it is acknowledged. */
export interface Done {
  readonly receipt: Receipt
  /** Refs whose numbers were found, with the stamp under which they hold. */
  readonly found: ReadonlyArray<readonly [Ref, number]>
  readonly stamp: Stamp
  /** Its entries: operations, the number of the first, of the event among them, and behind the last. */
  readonly log: Log
  readonly first: number
  readonly event: number
  readonly next: number
  readonly time: number
  /** The check of the event and how long it is: by these it is known again. */
  readonly check: number
  readonly size: number
}

/** Numbers in the logs of what this process wrote and has not folded: 1 MiB. */
const UNFOLDED = 2 ** 17

const NONE = -1
const APPEND = { append: true }
const IF_ABSENT = { noOverwrite: true }

export class Disk {
  readonly tables: Tables
  readonly name: string
  readonly file: string
  readonly clock: () => number
  readonly session: number
  /** How long a lease runs, ms. */
  readonly lease: number
  readonly durability: Durability
  /** Bytes of blocks that may be held. */
  readonly limit: number
  stamp: Stamp
  /** Loaded when it is first asked for; `null` too when it may be wrong. */
  counts: Counts | null = null
  /** Whether anybody has asked for counts. */
  counting = false
  /** What this process wrote and has not folded, by the number of its first entry, and how long the logs of it are. */
  private readonly unfolded = new Map<number, Done>()
  private words = 0
  private readonly scratch = new Scratch()
  /** A number on its way into a table. LMDB's wrapper asks for the address of each new buffer, so this one stays. */
  private readonly numeral = new Uint8Array(new ArrayBuffer(keys.NUMBER))

  constructor(
    tables: Tables,
    options: {
      /** Of the directory, and of its file. */
      readonly name: string
      readonly file: string
      readonly clock: () => number
      readonly session: number
      readonly lease: number
      readonly durability: Durability
      readonly limit?: number
    },
    epoch: number,
  ) {
    this.tables = tables
    this.name = options.name
    this.file = options.file
    this.clock = options.clock
    this.session = options.session
    this.lease = options.lease
    this.durability = options.durability
    this.limit = options.limit ?? Number.POSITIVE_INFINITY
    this.stamp = { store: this.name, epoch }
  }

  // -----------------------------------------------------------------------------------------------
  // reading
  // -----------------------------------------------------------------------------------------------

  /** The record as it stands for this read or in this transaction. Throws where there is none. */
  meta(): Meta {
    const { roots } = this.tables
    const bytes = roots.getBinaryFast(keys.META)
    const meta = bytes === undefined ? undefined : decode(bytes, bytes.length)
    if (meta === undefined) throw new Error('the record of the store is damaged')
    return meta
  }

  /** −1 for a block that is not there. */
  find(digest: Digest): number {
    const id = this.tables.ids.getBinaryFast(digest)
    return id === undefined ? NONE : keys.readNumber(id, 0)
  }

  /** Gives a block a number inside a transaction; false if it has one. One descent of the tree for look-up and put. */
  claim(digest: Digest, number: number): boolean {
    keys.writeNumber(number, this.numeral, 0)
    // Its declaration forgets that it answers.
    return (this.tables.ids.putSync(digest, this.numeral, IF_ABSENT) as unknown) === true
  }

  /** The stamp of an epoch. */
  stampOf(epoch: number): Stamp {
    if (this.stamp.epoch !== epoch) this.stamp = { store: this.name, epoch }
    return this.stamp
  }

  head(name: string): Digest | null {
    if (name.length > keys.LONGEST_NAME) return null
    const value = this.tables.roots.getBinaryFast(keys.head(name))
    return value === undefined ? null : fromBytes(value)
  }

  // -----------------------------------------------------------------------------------------------
  // the session
  // -----------------------------------------------------------------------------------------------

  /** Says until when the session lives, ms, inside a transaction. */
  writeLease(ends: number): void {
    this.tables.roots.putSync(keys.lease(this.session), keys.leaseValue(ends, this.durability))
  }

  /** When the session's lease ends, ms; `undefined` if it was ended. */
  leaseEnd(): number | undefined {
    const value = this.tables.roots.getBinaryFast(keys.lease(this.session))
    return value === undefined ? undefined : keys.leaseEnd(value)
  }

  /** Throws, inside a transaction, if the session was ended: the file may be nobody's any more. */
  mustBeHeld(): void {
    if (this.leaseEnd() === undefined) throw leaseLost(this.name)
  }

  /** Renews the lease inside a transaction, unless it was ended. */
  renew(): void {
    if (this.leaseEnd() !== undefined) this.writeLease(this.clock() + this.lease)
  }

  // -----------------------------------------------------------------------------------------------
  // transactions
  // -----------------------------------------------------------------------------------------------

  /** Does a transaction inside one of LMDB; what it answers for a failure must be rolled back. */
  apply(transaction: Transaction): Done | TransactFailure {
    const meta = this.meta()
    const step = new Step(this, meta, this.scratch)
    const done = step.holdLease() ?? step.run(transaction)
    if (this.counting && !('_tag' in done) && done.next > done.first) this.remember(done)
    return done
  }

  private remember(done: Done): void {
    this.drop(done.first)
    this.unfolded.set(done.first, done)
    this.words += done.log.length
    for (const first of this.unfolded.keys()) {
      if (this.words <= UNFOLDED) break
      this.drop(first)
    }
  }

  private drop(first: number): void {
    this.words -= this.unfolded.get(first)?.log.length ?? 0
    this.unfolded.delete(first)
  }

  /**
   * What this process wrote from a number on, which need not be read back. Its commit may have failed since, and another's
   * entries have these numbers: so its event is looked at.
   */
  own(first: number): Done | undefined {
    const done = this.unfolded.get(first)
    if (done === undefined) return undefined
    this.drop(first)
    const entry = this.tables.journal.getBinaryFast(done.event)
    const same = entry !== undefined && entry.length === done.size && readCheck(entry, 1) === done.check
    return same ? done : undefined
  }

  /** Remembers a transaction that was acknowledged. */
  learn({ found, stamp, log, first, event, next, time }: Done): void {
    for (const [ref, number] of found) {
      ref.stamp = stamp
      ref.number = number
    }
    const { counts } = this
    if (counts === null || counts.at !== first || next === first) return
    this.drop(first)
    counts.absorb(log)
    counts.settle(stamp.epoch, time)
    counts.events.push(event)
    counts.at = next
  }
}

/** One transaction on its way. */
class Step {
  private readonly disk: Disk
  private readonly tables: Tables
  private readonly meta: Meta
  private readonly stamp: Stamp
  private readonly scratch: Scratch
  private readonly log: Log = []
  private readonly added = new Map<Digest, number>()
  private readonly found: Array<readonly [Ref, number]> = []
  private readonly receipt = { added: [] as Array<Digest>, known: [] as Array<Digest> }

  constructor(disk: Disk, meta: Meta, scratch: Scratch) {
    this.disk = disk
    this.tables = disk.tables
    this.meta = meta
    this.stamp = disk.stampOf(meta.epoch)
    this.scratch = scratch
  }

  /** Renews the lease when a third of it has gone. */
  holdLease(): LeaseLost | null {
    const { disk } = this
    const ends = disk.leaseEnd()
    if (ends === undefined) return leaseLost(disk.name)
    if (ends - disk.clock() < (disk.lease * 2) / 3) disk.renew()
    return null
  }

  run({ puts = [], pins = [], unpins = [], cuts = [], heads = [] }: Transaction): Done | TransactFailure {
    const { meta, tables, scratch } = this
    const first = meta.next
    let failure: TransactFailure | null = null
    for (let i = 0; i < puts.length && failure === null; i++) failure = this.put(puts[i]!)
    const puttings = this.log.length
    for (let i = 0; i < pins.length && failure === null; i++) failure = this.pin(pins[i]!)
    for (let i = 0; i < unpins.length && failure === null; i++) failure = this.unpin(unpins[i]!)
    for (let i = 0; i < cuts.length && failure === null; i++) failure = this.cut(cuts[i]!)
    for (let i = 0; i < heads.length && failure === null; i++) failure = this.move(heads[i]!)
    if (failure !== null) return failure
    const event = meta.next
    const time = this.disk.clock()
    let check = 0
    if (this.log.length > 0) {
      writeEvent(scratch, event, time, puttings === 0 ? this.log : this.log.slice(puttings))
      tables.journal.putSync(event, scratch.bytes.subarray(0, scratch.length), APPEND)
      check = readCheck(scratch.bytes, 1)
      meta.next++
      tables.roots.putSync(keys.META, encode(meta))
    }
    const { receipt, found, stamp, log } = this
    return { receipt, found, stamp, log, first, event, next: meta.next, time, check, size: scratch.length }
  }

  /** The block's number: remembered if the ref's stamp holds, else looked up. */
  private number(ref: Ref): number {
    if (ref.stamp === this.stamp) return ref.number
    const added = this.added.get(ref.digest)
    if (added !== undefined) return added
    const number = this.disk.find(ref.digest)
    if (number !== NONE) this.found.push([ref, number])
    return number
  }

  /** The number of what a block links to: not its own, which is claimed already. */
  private before(own: number, ref: Ref): number {
    const number = this.number(ref)
    return number === own ? NONE : number
  }

  private put({ ref, bytes, links, parents = [] }: Put): TransactFailure | null {
    const { disk, log, meta, scratch, tables } = this
    const number = meta.next
    if (ref.stamp === this.stamp || !disk.claim(ref.digest, number)) {
      this.number(ref)
      this.receipt.known.push(ref.digest)
      return null
    }
    log.push(PUT, number, links.length + parents.length)
    const from = log.length
    for (const link of links) log.push(this.before(number, link))
    for (const parent of parents) log.push(this.before(number, parent))
    const absent = log.indexOf(NONE, from)
    if (absent >= 0) return dangling(ref.digest, [...links, ...parents][absent - from]!.digest)
    writeBlock(scratch, number, log, from, links.length, bytes)
    tables.journal.putSync(number, scratch.bytes.subarray(0, scratch.length), APPEND)
    meta.next++
    meta.blocks++
    meta.bytes += bytes.byteLength
    if (meta.bytes > disk.limit)
      return storeFailed(
        'transact',
        new Error(`the store would hold more than its limit, ${disk.limit} bytes`),
      )
    this.added.set(ref.digest, number)
    this.found.push([ref, number])
    this.receipt.added.push(ref.digest)
    return null
  }

  private times(key: Uint8Array): number {
    const value = this.tables.roots.getBinaryFast(key)
    return value === undefined ? 0 : keys.readNumber(value, 0)
  }

  private setTimes(key: Uint8Array, times: number): void {
    if (times === 0) this.tables.roots.removeSync(key)
    else {
      const value = new Uint8Array(keys.NUMBER)
      keys.writeNumber(times, value, 0)
      this.tables.roots.putSync(key, value)
    }
  }

  private pin(digest: Digest): TransactFailure | null {
    const number = this.disk.find(digest)
    if (number === NONE) return missing(digest)
    const key = keys.pin(this.disk.session, number)
    this.setTimes(key, this.times(key) + 1)
    this.log.push(RAISE, number, 0)
    return null
  }

  private unpin(digest: Digest): TransactFailure | null {
    const number = this.disk.find(digest)
    const key = keys.pin(this.disk.session, number)
    const times = number === NONE ? 0 : this.times(key)
    if (times === 0) return notPinned(digest)
    this.setTimes(key, times - 1)
    this.log.push(LOWER, number, 0)
    return null
  }

  private cut(digest: Digest): TransactFailure | null {
    const number = this.disk.find(digest)
    if (number === NONE) return missing(digest)
    const entry = this.tables.journal.getBinaryFast(number)
    if (entry === undefined) return missing(digest)
    const { numbers, links, sound } = readBlock(number, entry, entry.length)
    if (!sound) return storeFailed('cut', new Error('the entry of the block is damaged'))
    const key = keys.cut(number)
    const parents = numbers.slice(links)
    if (parents.length === 0 || this.tables.roots.doesExist(key)) return null
    this.tables.roots.putSync(key, new Uint8Array([1]))
    this.log.push(CUT, number, parents.length)
    for (const parent of parents) this.log.push(parent)
    return null
  }

  private move({ name, expect, next }: HeadMove): TransactFailure | null {
    if (name.length > keys.LONGEST_NAME)
      return storeFailed('move a head', new Error(`its name is longer than ${keys.LONGEST_NAME} units`))
    const key = keys.head(name)
    const value = this.tables.roots.getBinaryFast(key)
    const actual = value === undefined ? null : fromBytes(value)
    const old = value === undefined ? NONE : keys.readNumber(value, 32)
    if (actual !== expect) return headMoved(name, expect, actual)
    if (next === expect) return null
    const number = next === null ? NONE : (this.added.get(next) ?? this.disk.find(next))
    if (next !== null && number === NONE) return missing(next)
    if (next === null) this.tables.roots.removeSync(key)
    else {
      const head = new Uint8Array(32 + keys.NUMBER)
      writeTo(next, head, 0)
      keys.writeNumber(number, head, 32)
      this.tables.roots.putSync(key, head)
    }
    if (number !== NONE) this.log.push(RAISE, number, 0)
    if (old !== NONE) this.log.push(LOWER, old, 0)
    return null
  }
}
