/**
 * A pack is the bytes of many blocks, compressed as one: `[length of these, 4 B][length of the references, 4 B][brotli (RFC
 * 7932) of references and rest]`. `compact` makes packs of what is cold; what is put later stands by itself in the journal.
 *
 * A digest by which a block links to one before it in the same pack is left out, for it can be had by hashing: nothing
 * compresses a digest, and of small changes they are most. In its place there is a reference: how many bytes of the rest
 * come before it, and where in the pack the other block begins, and its size.
 *
 * Blocks stand in a pack in the order of their numbers: versions of one thing are near each other then, which is what
 * makes a pack small, and so is what is read, counted and freed together. A pack is never changed: a block that is freed
 * leaves its bytes in it until the store is packed again.
 */
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompressSync, constants } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import { type Digest, toBytes, writeTo } from '../../../data/Digest.js'
import { hash } from '../../../data/Hasher.js'
import { Numbers, type Place, Scratch, WIDEST } from './entry.js'
import type { Tables } from './tables.js'

/** Bytes of blocks in a pack at most, unless one has more. Versions of packages take 1.2 times as much in packs of half the size. */
export const PACK: number = 4 << 20
export const LARGEST: number = 1 << 30

/** 2^22 bytes: as far back as a whole pack. */
const WINDOW = 22

/** Of 11. Versions of a package take a tenth less than at 9, and as many times longer; at 11 it is twice as long again for little. */
const QUALITY = 10

const HEADER = 8
const DIGEST = 32

/** Bytes of decompressed packs that are kept. */
const KEPT = 32 << 20

/** Packs that were read not long ago, decompressed, by the table that they stand in. */
const kept = new WeakMap<Tables['packs'], LRUCache<number, Uint8Array>>()

const keptOf = (packs: Tables['packs']): LRUCache<number, Uint8Array> => {
  const known = kept.get(packs)
  if (known !== undefined) return known
  const cache = new LRUCache<number, Uint8Array>({
    maxSize: KEPT,
    // One that is larger than all that is kept is kept alone.
    sizeCalculation: ({ length }) => Math.min(Math.max(1, length), KEPT),
  })
  kept.set(packs, cache)
  return cache
}

const compress = promisify(brotliCompress)

/** A block on its way into a pack. */
export interface Loose {
  readonly number: number
  readonly bytes: Uint8Array
  /** The numbers of what it links to. */
  readonly links: ReadonlyArray<number>
}

interface Known {
  readonly digest: Buffer
  readonly from: number
  readonly size: number
}

/** Where a block's bytes hold digests of blocks that are known, in order. */
const findings = (
  { bytes, links }: Loose,
  known: ReadonlyMap<number, Known>,
): ReadonlyArray<readonly [number, Known]> => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const found: Array<readonly [number, Known]> = []
  for (const link of new Set(links)) {
    const other = known.get(link)
    if (other === undefined) continue
    for (let at = text.indexOf(other.digest); at >= 0; at = text.indexOf(other.digest, at + DIGEST))
      found.push([at, other])
  }
  return found.sort(([a], [b]) => a - b)
}

/** The value of a pack of blocks, which are in the order of their numbers. O(bytes). */
export const packOf = async (blocks: ReadonlyArray<Loose>): Promise<Uint8Array> => {
  const known = new Map<number, Known>()
  const references = new Scratch()
  const rest: Array<Uint8Array> = []
  let length = 0
  let since = 0
  const keep = (bytes: Uint8Array): void => {
    rest.push(bytes)
    since += bytes.length
  }
  for (const block of blocks) {
    const { number, bytes } = block
    let done = 0
    for (const [at, { from, size }] of findings(block, known)) {
      if (at < done) continue
      keep(bytes.subarray(done, at))
      references.room(3 * WIDEST)
      for (const n of [since, from, size]) references.number(n)
      since = 0
      done = at + DIGEST
    }
    keep(bytes.subarray(done))
    known.set(number, { digest: Buffer.from(toBytes(hash(bytes))), from: length, size: bytes.length })
    length += bytes.length
  }
  const whole = Buffer.concat([references.bytes.subarray(0, references.length), ...rest])
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: WINDOW,
    [constants.BROTLI_PARAM_SIZE_HINT]: whole.length,
  }
  const header = Buffer.alloc(HEADER)
  header.writeUInt32BE(length, 0)
  header.writeUInt32BE(references.length, 4)
  return Buffer.concat([header, await compress(whole, { params })])
}

/** Puts the digests back in their places. Throws if there is more than `length`. */
const joined = (whole: Uint8Array, references: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  const digests = new Map<number, Digest>()
  const numbers = new Numbers(whole, 0, references)
  let from = references
  let to = 0
  while (!numbers.ended()) {
    const since = numbers.next()
    const at = numbers.next()
    const size = numbers.next()
    bytes.set(whole.subarray(from, from + since), to)
    from += since
    to += since
    const digest = digests.get(at) ?? hash(bytes.subarray(at, at + size))
    digests.set(at, digest)
    writeTo(digest, bytes, to)
    to += DIGEST
  }
  bytes.set(whole.subarray(from), to)
  return to + whole.length - from === length ? bytes : none
}

const none = new Uint8Array(0)

/** A pack decompressed; of one that is lost or damaged, what says so by its digests: nothing. */
const whole = (value: Uint8Array | undefined): Uint8Array => {
  if (value === undefined || value.length < HEADER) return none
  const header = new DataView(value.buffer, value.byteOffset)
  const length = header.getUint32(0)
  try {
    // A reference takes less than the digest that it stands for.
    const bytes = brotliDecompressSync(value.subarray(HEADER), { maxOutputLength: Math.max(1, length) })
    return joined(bytes, header.getUint32(4), length)
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
