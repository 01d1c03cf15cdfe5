/**
 * A store on disk laid open. The ledger is read as another process would read it: from the image on disk and the
 * journal behind that, not from what this process remembers.
 *
 * An entry is told apart by more than its first byte, which may be what is damaged: a block by the check of its header,
 * and else by whether it could be anything else.
 */
import type { Digest } from '../../../data/Digest.js'
import { fromBytes } from '../../../data/Digest.js'
import { hash } from '../../../data/Hasher.js'
import type { Audit, Counted, Misrecorded, Stored } from '../../Audit.js'
import { counts as counted } from '../../Ledger.js'
import type { Counts } from './counts.js'
import type { Disk } from './disk.js'
import { BLOCK, EVENT, isSoundEvent, PACKED, PUT, readBlock, readEvent, timeOf } from './entry.js'
import { load } from './image.js'
import * as keys from './keys.js'
import { reread, unpacked } from './packs.js'
import type { Tables } from './tables.js'

/** The least that stands before a block's own bytes: tag, check, how many links, how many parents. */
const LEAST = 7

type Kind = 'block' | 'event' | 'unreadable'

/** What an entry is; `entry` must be a copy, for the tag of one that is damaged is set right in it. */
export const kindOf = (
  number: number,
  entry: Uint8Array,
): { readonly kind: Kind; readonly sound: boolean } => {
  const tag = entry[0]
  for (const right of [BLOCK, PACKED]) {
    entry[0] = right
    if (readBlock(number, entry, entry.length).sound) return { kind: 'block', sound: tag === right }
  }
  if (tag !== PACKED) entry[0] = BLOCK
  const event = isSoundEvent(number, entry, entry.length)
  if (tag === EVENT) return { kind: event ? 'event' : 'unreadable', sound: event }
  return { kind: event ? 'unreadable' : 'block', sound: false }
}

export const entryOf = ({ journal }: Tables, number: number): Uint8Array | undefined => {
  const entry = journal.getBinaryFast(number)
  return entry === undefined ? undefined : Uint8Array.prototype.slice.call(entry, 0, entry.length)
}

const stored = (tables: Tables, number: number, entry: Uint8Array, sound: boolean): Stored => {
  const { numbers, links, at, place } = readBlock(number, entry, entry.length)
  return {
    bytes: place === null ? entry.subarray(Math.min(at, entry.length)) : unpacked(tables, place),
    links: numbers.slice(0, links),
    parents: numbers.slice(links),
    sound,
    cut: tables.roots.doesExist(keys.cut(number)),
  }
}

/** The counts as they stand on disk; what cannot be read of the journal is left out. O(blocks + entries behind the image). */
export const countsOf = (disk: Disk): Counts => {
  const meta = disk.meta()
  const counts = load(disk.tables, meta.image, meta.folded, () => {})
  for (const number of disk.tables.journal.getKeys({ start: meta.folded, end: meta.next })) {
    const entry = entryOf(disk.tables, number)!
    const { kind } = kindOf(number, entry)
    if (kind === 'block') {
      const { numbers, sound } = readBlock(number, entry, entry.length)
      counts.absorb([PUT, number, sound ? numbers.length : 0, ...(sound ? numbers : [])])
    } else if (kind === 'event') counts.absorb(readEvent(entry, entry.length))
    counts.settle(meta.epoch, kind === 'event' ? timeOf(entry) : 0)
  }
  return counts
}

/** Must be used inside one read, or one transaction. */
export const auditOf = (disk: Disk): Audit => {
  const { tables } = disk
  const { ids, journal, roots } = tables
  reread(tables)
  const meta = disk.meta()
  const last = [...journal.getKeys({ reverse: true, end: 0, limit: 1 })][0] ?? 0
  const end = Math.max(meta.next, last + 1)
  const blockAt = (number: number): Stored | undefined => {
    const entry = number >= 0 && number < end ? entryOf(tables, number) : undefined
    if (entry === undefined) return undefined
    const { kind, sound } = kindOf(number, entry)
    return kind === 'block' ? stored(tables, number, entry, sound) : undefined
  }
  const unreadable: Array<number> = []
  return {
    end,
    *numbers() {
      unreadable.length = 0
      for (const number of journal.getKeys(keys.everyNumber())) {
        const { kind } = kindOf(number, entryOf(tables, number)!)
        if (kind === 'block') yield number
        if (kind === 'unreadable') unreadable.push(number)
      }
    },
    block: blockAt,
    recover(number, digest) {
      const entry = entryOf(tables, number)
      for (let at = LEAST; entry !== undefined && at <= entry.length; at++)
        if (hash(entry.subarray(at)) === digest)
          return {
            ...stored(tables, number, entry, false),
            bytes: entry.subarray(at),
            links: [],
            parents: [],
          }
      return undefined
    },
    *ids() {
      for (const { key, value } of ids.getRange(keys.everyDigest()))
        yield [key, value.length === keys.NUMBER ? keys.readNumber(value, 0) : -1]
    },
    find: (digest: Digest) => disk.find(digest),
    *heads() {
      for (const { key, value } of roots.getRange(keys.heads()))
        yield { name: keys.nameOf(key), digest: fromBytes(value), number: keys.readNumber(value, 32) }
    },
    *pins() {
      for (const { key, value } of roots.getRange(keys.pins()))
        yield { number: keys.pinned(key), times: keys.readNumber(value, 0) }
    },
    *counts(): Iterable<Counted> {
      const { slots } = countsOf(disk)
      for (const [number, slot] of counted(slots.freeze()))
        yield { number, references: Math.floor(slot / 2), there: slot % 2 !== 0 }
    },
    unreadable: () => unreadable,
    records: (blocks, bytes) =>
      (
        [
          ['next number', meta.next, end],
          ['blocks', meta.blocks, blocks],
          ['bytes', meta.bytes, bytes],
        ] as const
      ).flatMap(
        ([record, stored, found]): ReadonlyArray<Misrecorded> =>
          stored === found ? [] : [{ record, stored, found }],
      ),
  }
}
