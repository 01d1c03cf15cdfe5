/**
 * Writes a store's tables anew into an empty file, in the order of their keys, so that each page is full; and the bytes of
 * cold blocks into packs.
 */
import type { Database, Key } from 'lmdb'
import { hash } from '../../../data/Hasher.js'
import { type Block, isBlock, readBlock, Scratch, writeBlock, writePacked } from './entry.js'
import * as keys from './keys.js'
import { type Loose, packOf, unpacked } from './packs.js'
import type { Tables } from './tables.js'

/**
 * Which blocks are cold: none, so that the packs that are there stay as they are; what no head reaches but through
 * parents; or all.
 */
export type Packing = 'none' | 'history' | 'all'

/** Rows, and bytes, that are copied in one transaction, between two turns of the event loop. */
const BATCH = 1000
const STRETCH = 8 << 20

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface Row<K> {
  readonly key: K
  readonly value: Uint8Array
}

async function* rowsOf<K extends Key>(
  table: Database<Uint8Array, K>,
  first: K,
): AsyncIterable<Array<Row<K>>> {
  let start = first
  for (let exclusiveStart = false; ; exclusiveStart = true) {
    const rows: Array<Row<K>> = []
    let bytes = 0
    for (const row of table.getRange({ start, exclusiveStart, limit: BATCH })) {
      rows.push(row)
      if ((bytes += row.value.length) >= STRETCH) break
    }
    if (rows.length === 0) return
    start = rows.at(-1)!.key
    yield rows
    await turn()
  }
}

const append = <K extends Key>(table: Database<Uint8Array, K>, rows: ReadonlyArray<Row<K>>): void =>
  table.transactionSync(() => {
    for (const { key, value } of rows) table.putSync(key, value, { append: true })
  })

const copy = async <K extends Key>(
  from: Database<Uint8Array, K>,
  to: Database<Uint8Array, K>,
  first: K,
): Promise<void> => {
  for await (const rows of rowsOf(from, first)) append(to, rows)
}

/** The numbers of all that heads reach without going through parents. O(what they reach). */
const hot = ({ journal, roots }: Tables): ReadonlySet<number> => {
  const reached = new Set<number>()
  const open = [...roots.getRange(keys.heads())].map(({ value }) => keys.readNumber(value, 32))
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    const entry = reached.has(number) ? undefined : journal.getBinaryFast(number)
    reached.add(number)
    if (entry === undefined || !isBlock(entry)) continue
    const { numbers, links, sound } = readBlock(number, entry, entry.length)
    if (sound) for (let i = 0; i < links; i++) open.push(numbers[i]!)
  }
  return reached
}

/** A block's entry; `null` for any other. One that may lead astray must not lose the pack that it leads to. */
const blockIn = ({ key, value }: Row<number>): Block | null => {
  const block = isBlock(value) ? readBlock(key, value, value.length) : null
  if (block !== null && block.place !== null && !block.sound)
    throw new Error(`entry ${key} of the journal is damaged`)
  return block
}

/** What a pack has lost must not be lost from the file that says where it was. */
const bytesOf = (tables: Tables, { key, value }: Row<number>, { at, place }: Block): Uint8Array => {
  if (place === null) return value.subarray(at)
  const bytes = unpacked(tables, place)
  const id = tables.ids.getBinaryFast(hash(bytes))
  if (bytes.length !== place.size || id === undefined || keys.readNumber(id, 0) !== key)
    throw new Error(`pack ${place.pack} is damaged`)
  return bytes
}

class Packer {
  private readonly from: Tables
  private readonly to: Tables
  private readonly packSize: number
  private readonly isCold: (number: number) => boolean
  private readonly scratch = new Scratch()
  private rows: Array<Row<number>> = []
  private blocks: Array<Loose> = []
  private size = 0
  private pack = 1
  packed = 0

  constructor(from: Tables, to: Tables, packSize: number, isCold: (number: number) => boolean) {
    this.packSize = packSize
    this.from = from
    this.to = to
    this.isCold = isCold
  }

  async run(): Promise<number> {
    for await (const rows of rowsOf(this.from.journal, keys.everyNumber().start)) {
      for (const row of rows) await this.take(row)
      if (this.blocks.length === 0) await this.flush()
    }
    await this.flush()
    return this.packed
  }

  private async take(row: Row<number>): Promise<void> {
    const { scratch } = this
    const { key } = row
    const block = blockIn(row)
    const cold = this.isCold(key)
    if (block === null || !block.sound || (!cold && block.place === null)) {
      this.rows.push(row)
      return
    }
    const bytes = bytesOf(this.from, row, block)
    if (cold) {
      if (this.size > 0 && this.size + bytes.length > this.packSize) await this.flush()
      writePacked(scratch, key, block, { pack: this.pack, from: this.size, size: bytes.length })
      this.blocks.push({ number: key, bytes, links: block.numbers })
      this.size += bytes.length
    } else writeBlock(scratch, key, [...block.numbers], 0, block.links, bytes)
    this.rows.push({ key, value: scratch.bytes.slice(0, scratch.length) })
  }

  private async flush(): Promise<void> {
    if (this.blocks.length > 0) {
      append(this.to.packs, [{ key: this.pack, value: await packOf(this.blocks) }])
      this.pack++
      this.packed += this.blocks.length
    }
    append(this.to.journal, this.rows)
    this.rows = []
    this.blocks = []
    this.size = 0
  }
}

/** The journal as it is, and those of its packs in which something is still alive. */
const copyPacked = async (from: Tables, to: Tables): Promise<number> => {
  const used = new Set<number>()
  let packed = 0
  for await (const rows of rowsOf(from.journal, keys.everyNumber().start)) {
    append(to.journal, rows)
    for (const row of rows) {
      const place = blockIn(row)?.place ?? null
      if (place === null) continue
      used.add(place.pack)
      packed++
    }
  }
  for await (const rows of rowsOf(from.packs, keys.everyNumber().start))
    append(
      to.packs,
      rows.filter(({ key }) => used.has(key)),
    )
  return packed
}

/** Answers how many blocks are packed. Nobody else may write meanwhile. O(bytes). */
export const rewrite = async (
  from: Tables,
  to: Tables,
  packing: Packing,
  packSize: number,
): Promise<number> => {
  const lowest = new Uint8Array([0])
  await copy(from.roots, to.roots, lowest)
  await copy(from.counts, to.counts, lowest)
  await copy(from.staging, to.staging, keys.everyDigest().start)
  await copy(from.ids, to.ids, keys.everyDigest().start)
  if (packing === 'none') return copyPacked(from, to)
  const reached = packing === 'all' ? new Set() : hot(from)
  return new Packer(from, to, packSize, (number) => !reached.has(number)).run()
}
