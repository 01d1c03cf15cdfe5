/**
 * `examine` reads a whole store and says what is wrong with it.
 *
 * Three passes. The blocks: each is hashed, its digest must lead back to it, and the links in its bytes must be those
 * that were noted beside it. The digests: each must lead to a block of its own. Where links led to nothing, the blocks
 * once more, for who holds them. Memory goes by number, eight bytes each; sets and maps hold what is wrong only.
 *
 * Links are resolved by digest, so the note is believed only where it says the same; where a digest leads astray and the
 * noted number leads to the right block, it is the digest that is wrong.
 */
import type { Digest } from '../../data/Digest.js'
import { hash } from '../../data/Hasher.js'
import type { Audit, Stored } from '../Audit.js'
import { counts, type Ledger } from '../Ledger.js'
import type { Fault, Missing } from './fault.js'
import type { linksOf } from './links.js'
import { Tally } from './tally.js'

/** What an examination came to. */
export interface Examined {
  readonly blocks: number
  readonly bytes: number
  readonly links: number
  /** Blocks whose links only the store's note says: their bytes are no DAG-CBOR. */
  readonly opaque: number
  readonly heads: number
  readonly pins: number
  /** Whether the links of all blocks that are there are known; and whether, for no other is missing, counts were compared. */
  readonly known: boolean
  readonly counted: boolean
  /** What the ledger should say: by number, twice the references, plus one for a block that is there. */
  readonly due: Ledger
}

export interface Watch {
  readonly fault: (fault: Fault) => void
  /** Told now and then how many blocks were read. */
  readonly progress: (blocks: number) => void
  readonly linksOf: typeof linksOf
}

/** Blocks between two reports of progress. */
const STRIDE = 1024

const THERE = 1
const LISTED = 2

class Examination {
  private readonly audit: Audit
  private readonly watch: Watch
  /** Per number: whether a block is there, and twice the digests that lead to it. */
  private readonly state = new Tally()
  private readonly references = new Tally()
  /** Blocks to which their own hash does not lead. */
  private readonly suspects: Array<number> = []
  /** Blocks that no collection frees, for another reason than their count. */
  private readonly stuck = new Set<number>()
  private readonly missing = new Map<Digest | number, Missing>()
  private blocks = 0
  private bytes = 0
  private links = 0
  private opaque = 0
  private unknown = false

  constructor(audit: Audit, watch: Watch) {
    this.audit = audit
    this.watch = watch
  }

  run(): Examined {
    this.readBlocks()
    this.readIds()
    const roots = this.readRoots()
    this.absent()
    this.holders()
    for (const missing of this.missing.values()) this.watch.fault(missing)
    const due = this.due()
    const counted = !this.unknown && this.missing.size === 0
    if (counted) this.compare(due)
    for (const number of this.audit.unreadable()) this.watch.fault({ _tag: 'Unreadable', number })
    const { blocks, bytes, links, opaque } = this
    for (const record of this.audit.records(blocks, bytes)) this.watch.fault({ _tag: 'RecordOff', ...record })
    return { blocks, bytes, links, opaque, ...roots, known: !this.unknown, counted, due: due.freeze() }
  }

  private isThere(number: number): boolean {
    return this.within(number) && this.state.count(number) % LISTED === THERE
  }

  private within(number: number): boolean {
    return number >= 0 && number < this.audit.end
  }

  // -----------------------------------------------------------------------------------------------
  // blocks
  // -----------------------------------------------------------------------------------------------

  private readBlocks(): void {
    const { audit, state, watch } = this
    for (const number of audit.numbers()) {
      const stored = audit.block(number)
      if (stored === undefined) continue
      if (this.within(number)) state.add(number, THERE)
      this.blocks++
      this.bytes += stored.bytes.length
      if (this.blocks % STRIDE === 0) watch.progress(this.blocks)
      const digest = hash(stored.bytes)
      if (audit.find(digest) === number) this.hold(number, digest, stored, stored.bytes)
      else this.suspects.push(number)
    }
  }

  /** Counts what a block holds, whose bytes are right. */
  private hold(number: number, digest: Digest, stored: Stored, bytes: Uint8Array): void {
    const { sound, cut } = stored
    if (!sound) {
      this.stuck.add(number)
      this.watch.fault({ _tag: 'Misnoted', digest, number, reason: 'damaged' })
    }
    const found = this.watch.linksOf(bytes)
    if (found === undefined) {
      this.opaque++
      if (sound) this.raise(notedIn(stored))
      else this.unknown = true
      return
    }
    const held = cut ? found.links : [...found.links, ...found.parents]
    if (sound) this.compareNote(number, digest, stored, held)
    else this.raise(held.map((link) => this.resolve(link, null)).filter((n) => n >= 0))
  }

  private raise(numbers: ReadonlyArray<number>): void {
    for (const number of numbers) if (this.within(number)) this.references.add(number, 1)
    this.links += numbers.length
  }

  private compareNote(number: number, digest: Digest, stored: Stored, held: ReadonlyArray<Digest>): void {
    const { audit } = this
    const noted = notedIn(stored)
    const found = held.map((link) => audit.find(link))
    const same = found.length === noted.length && found.every((n, i) => n === noted[i])
    if (same || sorted(found).join() === sorted(noted).join()) {
      this.raise(noted)
      return
    }
    const left = [...noted]
    const lost: Array<Digest> = []
    const numbers: Array<number> = []
    let other = false
    for (const [i, link] of held.entries()) {
      const at = left.indexOf(found[i]!)
      const place = at >= 0 ? at : left.findIndex((n) => this.isBlock(n, link))
      if (place >= 0) numbers.push(...left.splice(place, 1))
      else if (this.isBlock(found[i]!, link)) {
        numbers.push(found[i]!)
        other = true
      } else lost.push(link)
    }
    // What is lost stood at the numbers that are left, if these are as many.
    if (other || left.length !== lost.length) {
      this.watch.fault({ _tag: 'Misnoted', digest, number, reason: 'other links than the bytes' })
      for (const link of lost) this.resolve(link, null)
    } else {
      const inOrder =
        held.length === noted.length && held.every((link, i) => lost.includes(link) || found[i] === noted[i])
      for (const [i, link] of held.entries()) {
        if (!lost.includes(link)) continue
        const at = inOrder ? noted[i]! : lost.length === 1 ? left[0]! : null
        this.resolve(link, at)
      }
      numbers.push(...left)
    }
    this.raise(numbers)
  }

  private isBlock(number: number, digest: Digest): boolean {
    const stored = number < 0 ? undefined : this.audit.block(number)
    return stored !== undefined && hash(stored.bytes) === digest
  }

  /** Where a link leads; notes it as missing, with the number it had, if it leads nowhere. */
  private resolve(link: Digest, noted: number | null): number {
    const number = noted === null ? this.audit.find(link) : -1
    if (number >= 0) return number
    this.lose(link, noted)
    return -1
  }

  private lose(digest: Digest | null, number: number | null): void {
    const { missing } = this
    const known =
      (digest !== null ? missing.get(digest) : undefined) ??
      (number !== null ? missing.get(number) : undefined)
    const fault: Missing = {
      _tag: 'Missing',
      digest: known?.digest ?? digest,
      number: known?.number ?? number,
    }
    if (known !== undefined) missing.delete(known.digest ?? known.number!)
    missing.set(fault.digest ?? fault.number!, fault)
  }

  // -----------------------------------------------------------------------------------------------
  // digests
  // -----------------------------------------------------------------------------------------------

  private readIds(): void {
    const { audit, state } = this
    for (const [digest, number] of audit.ids()) {
      if (this.within(number)) state.add(number, LISTED)
      else this.lose(digest, null)
    }
    const doubtful = new Map<number, Array<Digest>>(this.suspects.map((number) => [number, []]))
    for (const [number, seen] of counts(state.freeze()))
      if (seen !== THERE + LISTED && !doubtful.has(number)) doubtful.set(number, [])
    if (doubtful.size === 0) return
    for (const [digest, number] of audit.ids()) doubtful.get(number)?.push(digest)
    for (const [number, digests] of doubtful) this.doubt(number, digests)
  }

  /** A number without a digest, with several, or with another than its block's. */
  private doubt(number: number, digests: ReadonlyArray<Digest>): void {
    const { audit, watch } = this
    const stored = audit.block(number)
    if (stored === undefined) {
      for (const digest of digests) this.lose(digest, number)
      return
    }
    const own = hash(stored.bytes)
    const isSuspect = audit.find(own) !== number
    const damaged = stored.sound ? undefined : digests.find((d) => audit.recover(number, d) !== undefined)
    for (const digest of digests) {
      if (digest === own || digest === damaged) continue
      const known = damaged !== undefined || !isSuspect
      watch.fault({ _tag: known ? 'Misled' : 'Corrupt', digest, number })
    }
    if (!isSuspect) return
    this.stuck.add(number)
    if (digests.length === 0) {
      watch.fault({ _tag: 'Unlisted', digest: own, number })
      this.hold(number, own, stored, stored.bytes)
    } else if (damaged !== undefined) {
      this.hold(number, damaged, stored, audit.recover(number, damaged)!.bytes)
    } else if (stored.sound) this.raise(notedIn(stored))
    else {
      watch.fault({ _tag: 'Misnoted', digest: digests[0]!, number, reason: 'damaged' })
      this.unknown = true
    }
  }

  // -----------------------------------------------------------------------------------------------
  // heads, pins, and what is not there
  // -----------------------------------------------------------------------------------------------

  private readRoots(): { readonly heads: number; readonly pins: number } {
    const { audit, watch } = this
    let heads = 0
    let pins = 0
    for (const { name, digest, number } of audit.heads()) {
      heads++
      if (this.within(number)) this.references.add(number, 1)
      if (audit.find(digest) === number && this.isThere(number)) continue
      if (this.isBlock(number, digest)) continue
      watch.fault({ _tag: 'HeadToNowhere', name, digest, number })
      if (!this.isThere(number) && audit.find(digest) < 0)
        this.lose(digest, this.within(number) ? number : null)
    }
    for (const { number, times } of audit.pins()) {
      pins += times
      if (this.within(number)) this.references.add(number, times)
      if (!this.isThere(number)) watch.fault({ _tag: 'PinToNowhere', number, times })
    }
    return { heads, pins }
  }

  /** What is referred to, or counted as there, and is not. */
  private absent(): void {
    const known = new Set([...this.missing.values()].map(({ number }) => number))
    for (const [number] of counts(this.references.freeze()))
      if (!this.isThere(number) && !known.has(number)) this.lose(null, number)
    for (const { number, there } of this.audit.counts())
      if (there && !this.isThere(number) && !known.has(number)) this.lose(null, number)
  }

  private holders(): void {
    const { audit, missing, watch } = this
    if (missing.size === 0) return
    const byNumber = new Map([...missing.values()].map(({ number, digest }) => [number, digest]))
    for (const number of audit.numbers()) {
      const stored = audit.block(number)
      if (stored === undefined) continue
      const digest = hash(stored.bytes)
      const found = this.watch.linksOf(stored.bytes)
      if (found === undefined) {
        for (const n of stored.sound ? notedIn(stored) : [])
          if (byNumber.has(n)) watch.fault({ _tag: 'Dangling', digest, link: byNumber.get(n)! })
      } else {
        for (const link of stored.cut ? found.links : [...found.links, ...found.parents])
          if (missing.has(link)) watch.fault({ _tag: 'Dangling', digest, link })
      }
    }
  }

  // -----------------------------------------------------------------------------------------------
  // counts
  // -----------------------------------------------------------------------------------------------

  private due(): Tally {
    const due = new Tally()
    for (const [number, times] of counts(this.references.freeze())) due.add(number, 2 * times)
    for (const [number, seen] of counts(this.state.freeze())) if (seen % LISTED === THERE) due.add(number, 1)
    return due
  }

  private compare(due: Tally): void {
    const { audit } = this
    const said = new Tally()
    for (const { number, references, there } of audit.counts())
      if (this.within(number)) said.add(number, 2 * references + (there ? 1 : 0))
    const either = new Tally(said.freeze())
    for (const [number] of counts(due.freeze())) if (said.count(number) === 0) either.add(number, 1)
    for (const [number] of counts(either.freeze())) this.judge(number, said.count(number), due.count(number))
  }

  private judge(number: number, said: number, due: number): void {
    const [ledger, recount] = [Math.floor(said / 2), Math.floor(due / 2)]
    const isThere = due % 2 === 1
    if (ledger === recount && (!isThere || (said % 2 === 1 && !(recount === 0 && this.stuck.has(number)))))
      return
    const stored = this.audit.block(number)
    const digest = stored === undefined ? null : hash(stored.bytes)
    const { fault } = this.watch
    if (ledger !== recount) fault({ _tag: 'CountOff', digest, number, ledger, recount })
    if (!isThere || digest === null) return
    if (Math.abs(said % 2) !== 1 || (recount === 0 && (ledger > 0 || this.stuck.has(number))))
      fault({ _tag: 'Leaked', digest, number })
  }
}

/** The numbers that count, as they were noted. */
const notedIn = ({ links, parents, cut }: Stored): ReadonlyArray<number> =>
  cut ? links : [...links, ...parents]

const sorted = (numbers: ReadonlyArray<number>): ReadonlyArray<number> => [...numbers].sort((a, b) => a - b)

export const examine = (audit: Audit, watch: Watch): Examined => new Examination(audit, watch).run()
