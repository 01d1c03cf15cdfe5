/**
 * What a repair does to the tables of a store on disk, inside a transaction of LMDB.
 *
 * A block keeps its number, for others name it by that. A block's links have lower numbers than its own; so one that
 * was lost together with its number gets a free number below its holder's.
 */
import type { Digest } from '../../../data/Digest.js'
import { hash } from '../../../data/Hasher.js'
import type { Audit, Stored } from '../../Audit.js'
import { count, type Ledger } from '../../Ledger.js'
import type { Watch } from '../examine.js'
import { Tally } from '../tally.js'
import { auditOf, countsOf, entryOf, kindOf } from './audit.js'
import { Counts } from './counts.js'
import type { Disk } from './disk.js'
import { Scratch, writeBlock } from './entry.js'
import { clearBut, Writing } from './image.js'
import * as keys from './keys.js'
import { encode, type Meta } from './meta.js'

/** A block that is wanted, and where. */
export interface Wanted {
  readonly digest: Digest
  readonly number: number | null
}

const numbered = (number: number): Uint8Array => {
  const id = new Uint8Array(keys.NUMBER)
  keys.writeNumber(number, id, 0)
  return id
}

/** Good for one transaction. */
export class Mender {
  readonly audit: Audit
  /** Blocks that were found to be lost on the way, and the numbers that are kept for them. */
  readonly wanted: Array<Wanted> = []
  private readonly disk: Disk
  private readonly meta: Meta
  private readonly due: Ledger
  private readonly linksOf: Watch['linksOf']
  private readonly kept = new Set<number>()
  private readonly scratch = new Scratch()

  constructor(disk: Disk, due: Ledger, linksOf: Watch['linksOf']) {
    this.disk = disk
    this.meta = disk.meta()
    this.due = due
    this.linksOf = linksOf
    this.audit = auditOf(disk)
    this.meta.next = Math.max(this.meta.next, this.audit.end)
  }

  /** Ends the transaction's work: numbers that others remember are looked up again. */
  done(): void {
    this.meta.epoch++
    this.disk.tables.roots.putSync(keys.META, encode(this.meta))
  }

  isBlock(number: number, digest: Digest): boolean {
    const stored = number < 0 ? undefined : this.audit.block(number)
    return stored !== undefined && hash(stored.bytes) === digest
  }

  unlist(digest: Digest, number: number): void {
    if (this.disk.find(digest) === number) this.disk.tables.ids.removeSync(digest)
  }

  /** Lists a block; but drops what neither a digest, nor a note, nor a reference says to be one. */
  claim(digest: Digest, number: number): void {
    const isVouched = this.audit.block(number)?.sound === true || count(number)(this.due) >= 2
    if (isVouched) this.list(digest, number)
    else this.drop(digest, number)
  }

  private list(digest: Digest, number: number): void {
    if (this.isBlock(number, digest) && !this.isBlock(this.disk.find(digest), digest))
      this.disk.tables.ids.putSync(digest, numbered(number))
  }

  /** Takes away a block, and what leads to it, that nothing refers to. */
  drop(digest: Digest, number: number): void {
    if (count(number)(this.due) >= 2) return
    this.unlist(digest, number)
    this.disk.tables.roots.removeSync(keys.cut(number))
    this.disk.tables.journal.removeSync(number)
  }

  /** Puts a block's right bytes in its place; whether that could be done. */
  refill({ digest, number }: Wanted, bytes: Uint8Array): boolean {
    if (number === null && this.isBlock(this.disk.find(digest), digest)) return true
    const at = number ?? this.meta.next
    const there = number === null ? undefined : this.audit.block(at)
    if (there !== undefined && hash(there.bytes) === digest) return true
    const found = this.linksOf(bytes)
    if (there?.sound === true) this.write(at, there, bytes)
    else if (found === undefined || !this.note(at, found, bytes)) return false
    if (number === null) this.meta.next++
    this.disk.tables.ids.putSync(digest, numbered(at))
    return true
  }

  /** Writes again which links a block has, from its bytes; whether that could be done. */
  renote(digest: Digest, number: number): boolean {
    const there = this.audit.block(number)
    const right = there !== undefined && hash(there.bytes) === digest
    const stored = right ? there : this.audit.recover(number, digest)
    const found = stored === undefined ? undefined : this.linksOf(stored.bytes)
    return stored !== undefined && found !== undefined && this.note(number, found, stored.bytes)
  }

  private note(
    number: number,
    found: { readonly links: ReadonlyArray<Digest>; readonly parents: ReadonlyArray<Digest> },
    bytes: Uint8Array,
  ): boolean {
    const isCut = this.disk.tables.roots.doesExist(keys.cut(number))
    const links = found.links.map((link) => this.below(link, number))
    const parents = isCut ? [] : found.parents.map((parent) => this.below(parent, number))
    if (links.includes(-1) || parents.includes(-1)) return false
    this.write(number, { links, parents }, bytes)
    return true
  }

  /** A link's number, or one that is kept for it; −1 where there is none below its holder's. */
  private below(link: Digest, holder: number): number {
    const known = this.disk.find(link)
    if (known >= 0) return known < holder ? known : -1
    const { journal, ids } = this.disk.tables
    const isTaken = (n: number): boolean =>
      this.kept.has(n) || journal.doesExist(n) || count(n)(this.due) !== 0
    let free = holder - 1
    while (free > 0 && isTaken(free)) free--
    if (free === 0) return -1
    this.kept.add(free)
    ids.putSync(link, numbered(free))
    this.wanted.push({ digest: link, number: free })
    return free
  }

  private write(
    number: number,
    { links, parents }: Pick<Stored, 'links' | 'parents'>,
    bytes: Uint8Array,
  ): void {
    writeBlock(this.scratch, number, [...links, ...parents], 0, links.length, bytes)
    this.disk.tables.journal.putSync(number, this.scratch.bytes.subarray(0, this.scratch.length))
  }

  /** Lets a head lead to where its block is. */
  rehead(name: string, digest: Digest): void {
    const { roots } = this.disk.tables
    const number = this.disk.find(digest)
    const value = roots.get(keys.head(name))
    if (value === undefined || !this.isBlock(number, digest)) return
    const head = Uint8Array.from(value)
    keys.writeNumber(number, head, 32)
    roots.putSync(keys.head(name), head)
  }

  /** Takes away pins of what is not there. */
  unpin(number: number): void {
    const { roots } = this.disk.tables
    if (this.audit.block(number) !== undefined) return
    for (const { key } of [...roots.getRange(keys.pins())])
      if (keys.pinned(key) === number) roots.removeSync(key)
  }

  /** Puts an image of counts that are due in the place of the journal's own; the entries without a block go. */
  recount(due: Ledger, blocks: number, bytes: number): void {
    const { disk, meta } = this
    const { tables } = disk
    const { since } = countsOf(disk)
    for (const number of [...tables.journal.getKeys(keys.everyNumber())])
      if (kindOf(number, entryOf(tables, number)!).kind !== 'block') tables.journal.removeSync(number)
    // Beyond all that any process has folded, so that each takes the image and not what it remembers.
    const counts = new Counts(new Tally(due), ++meta.next)
    counts.since.push(...since)
    const writing = new Writing(++meta.begun, meta.image, counts)
    writing.write(tables, () => false)
    clearBut(tables, writing.generation)
    meta.image = writing.generation
    meta.folded = writing.at
    meta.blocks = blocks
    meta.bytes = bytes
  }
}
