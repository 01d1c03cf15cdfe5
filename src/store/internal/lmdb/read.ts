/** What a store on disk answers from its tables: inside one read, or inside a transaction. */
import { statSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { type Digest, fromBytes } from '../../../data/Digest.js'
import type { StoreFailed } from '../../../data/Failure.js'
import type { Ref, Stamp } from '../../../data/Ref.js'
import * as Ledger from '../../Ledger.js'
import type { Stats } from '../../LmdbStore.js'
import { Tally } from '../tally.js'
import type { Disk } from './disk.js'
import { bodyOf, PACKED, placeOf } from './entry.js'
import * as keys from './keys.js'
import { packed, unpacked } from './packs.js'
import type { Run } from './staging.js'
import { current } from './sweep.js'
import type { Tables } from './tables.js'

/** As many bytes as Node's own pool: what keeps a block of a slab alive keeps no more than that. */
const SLAB = 8192
let slab: Uint8Array = new Uint8Array(SLAB)
let used = 0
/** What LMDB lends, as plain bytes: a part of a `Buffer` is another `Buffer`, which takes longer to make than to fill. */
let lent: Uint8Array = slab

/** Small copies stand side by side: memory of its own for each would take longer to get than a block takes to read. */
const copied = ({ buffer, byteOffset }: Uint8Array, from: number, to: number): Uint8Array => {
  const n = to - from
  if (lent.buffer !== buffer || lent.byteOffset !== byteOffset) lent = new Uint8Array(buffer, byteOffset)
  if (n > SLAB >> 1) return lent.slice(from, to)
  if (used + n > SLAB) {
    slab = new Uint8Array(SLAB)
    used = 0
  }
  const copy = slab.subarray(used, used + n)
  copy.set(lent.subarray(from, to))
  used += n
  return copy
}

export const blockOf = (tables: Tables, digest: Digest): Uint8Array | undefined => {
  const { ids, journal } = tables
  const id = ids.getBinaryFast(digest)
  const entry = id === undefined ? undefined : journal.getBinaryFast(keys.readNumber(id, 0))
  if (entry === undefined) return undefined
  if (entry[0] === PACKED) return Uint8Array.from(unpacked(tables, placeOf(entry, entry.length)))
  // A copy: what LMDB hands out changes with the next read.
  return copied(entry, bodyOf(entry, entry.length), entry.length)
}

export const locate = (disk: Disk, refs: ReadonlyArray<Ref>): Stamp => {
  const stamp = disk.stampOf(disk.meta().epoch)
  for (const ref of refs) {
    if (ref.stamp === stamp) continue
    const number = disk.find(ref.digest)
    ref.stamp = number < 0 ? null : stamp
    ref.number = number
  }
  return stamp
}

export const headsOf = ({ roots }: Tables, prefix: string): ReadonlyArray<readonly [string, Digest]> => {
  const found: Array<readonly [string, Digest]> = []
  if (prefix.length > keys.LONGEST_NAME) return found
  for (const { key, value } of roots.getRange({ start: keys.head(prefix), end: keys.heads().end })) {
    const name = keys.nameOf(key)
    if (!name.startsWith(prefix)) break
    found.push([name, fromBytes(value)])
  }
  return found
}

/** Blocks that are read at a time when all are listed. */
const PAGE = 256

/** In the order of digests, a page at a time: a read that lasted would keep LMDB from using space again. */
export function* listed(
  tables: Tables,
  reading: Run['reading'],
): Iterable<E.Either<StoreFailed, readonly [Digest, Uint8Array]>> {
  let last: Digest | undefined
  for (;;) {
    const page = reading('list blocks', () => {
      const range = last === undefined ? keys.everyDigest() : { start: last, exclusiveStart: true }
      const digests = [...tables.ids.getKeys({ ...range, limit: PAGE })]
      return digests.map((digest) => [digest, blockOf(tables, digest)] as const)
    })()
    if (page._tag === 'Left') return yield page
    if (page.right.length === 0) return
    for (const [digest, bytes] of page.right) if (bytes !== undefined) yield E.right([digest, bytes])
    last = page.right[page.right.length - 1]![0]
  }
}

/** The slots of the counts as a ledger of references. */
export const ledgerOf = (slots: Tally): Ledger.Ledger => {
  const tally = new Tally()
  for (const [number, slot] of Ledger.counts(slots.freeze())) {
    const references = Math.floor(slot / 2)
    if (references !== 0) tally.add(number, references)
  }
  return tally.freeze()
}

export const stats = (disk: Disk): Stats => {
  const { tables } = disk
  const meta = disk.meta()
  const counts = current(disk, meta)
  let pins = 0
  for (const { value } of tables.roots.getRange(keys.pins())) pins += keys.readNumber(value, 0)
  return {
    blocks: meta.blocks,
    bytes: meta.bytes,
    heads: tables.roots.getKeysCount(keys.heads()),
    pins,
    sessions: tables.roots.getKeysCount(keys.leases()),
    freed: { freed: meta.freedBlocks, bytes: meta.freedBytes },
    waiting: counts.queue.byGeneration(),
    ledgerBytes: counts.byteLength(),
    fileBytes: statSync(disk.file).size,
    packs: packed(tables),
  }
}
