/**
 * A pack is the bytes of many blocks, compressed as one: `[length, 4 B][brotli, RFC 7932]`. `compact` makes packs of what
 * is cold; what is put later stands by itself in the journal.
 *
 * Blocks stand in a pack in the order of their numbers: versions of one thing are near each other then, which is what
 * makes a pack small, and so is what is read, counted and freed together. A pack is never changed: a block that is freed
 * leaves its bytes in it until the store is packed again.
 */
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompressSync, constants } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import type { Place } from './entry.js'
import type { Tables } from './tables.js'

/** Bytes of blocks in a pack, at least, but for the last. Versions of packages take 1.2 times as much in packs of half the size. */
export const PACK: number = 4 << 20

/** 2^22 bytes: as far back as a whole pack. */
const WINDOW = 22

/** Of 11; the two above are ten times slower and take a tenth less. */
const QUALITY = 9

const LENGTH = 4

/** Bytes of decompressed packs that are kept. */
const KEPT = 32 << 20

/** Packs that were read not long ago, decompressed, by the table that they stand in. */
const kept = new WeakMap<Tables['packs'], LRUCache<number, Uint8Array>>()

const keptOf = (packs: Tables['packs']): LRUCache<number, Uint8Array> => {
  const known = kept.get(packs)
  if (known !== undefined) return known
  const cache = new LRUCache<number, Uint8Array>({
    maxSize: KEPT,
    sizeCalculation: ({ length }) => Math.max(1, length),
  })
  kept.set(packs, cache)
  return cache
}

const compress = promisify(brotliCompress)

/** The value of a pack of blocks. */
export const packOf = async (blocks: ReadonlyArray<Uint8Array>): Promise<Uint8Array> => {
  const whole = Buffer.concat(blocks)
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: WINDOW,
    [constants.BROTLI_PARAM_SIZE_HINT]: whole.length,
  }
  const length = Buffer.alloc(LENGTH)
  length.writeUInt32BE(whole.length)
  return Buffer.concat([length, await compress(whole, { params })])
}

const none = new Uint8Array(0)

/** A pack decompressed; of one that is lost or damaged, what says so by its digests: nothing. */
const whole = (value: Uint8Array | undefined): Uint8Array => {
  if (value === undefined || value.length < LENGTH) return none
  const length = new DataView(value.buffer, value.byteOffset).getUint32(0)
  try {
    const bytes = brotliDecompressSync(value.subarray(LENGTH), { maxOutputLength: Math.max(1, length) })
    return bytes.length === length ? bytes : none
  } catch {
    return none
  }
}

/** The bytes of a packed block, as long as nobody keeps them; none if the pack is lost or damaged. O(pack) the first time. */
export const unpacked = ({ packs }: Tables, { pack, from, size }: Place): Uint8Array => {
  const cache = keptOf(packs)
  let bytes = cache.get(pack)
  if (bytes === undefined) {
    bytes = whole(packs.get(pack))
    cache.set(pack, bytes)
  }
  return from + size <= bytes.length ? bytes.subarray(from, from + size) : none
}

/** Packs are read again, whoever has read them before. */
export const reread = ({ packs }: Tables): void => keptOf(packs).clear()

/** How many packs there are, and the bytes of the pages that they take. */
export const packed = ({ packs }: Tables): { readonly packs: number; readonly bytes: number } => {
  const { entryCount, pageSize, overflowPages, treeBranchPageCount, treeLeafPageCount } =
    packs.getStats() as {
      readonly [name: string]: number
    }
  const pages = overflowPages! + treeBranchPageCount! + treeLeafPageCount!
  return { packs: entryCount!, bytes: pages * pageSize! }
}
