/**
 * Entries of the journal as they stand on disk, and what they say to the counts.
 *
 * - A block: `[0][check, 4 B][links][parents][number − link, for each link and parent][bytes of the block]`.
 * - A block whose bytes are in a pack (`packs.ts`): `[3]…` as before, and `[pack][from][size]` in the place of the bytes.
 * - What else a transaction did: `[1][check, 4 B][time, 8 B][operations]`, each `[what][number][how many][numbers]`.
 *
 * Numbers are unsigned LEB128. A block's links are written as distances, which are small where neighbours link to each
 * other. `check` is a hash of the number and of what stands behind it, but for the bytes of a block, for which its digest
 * vouches: counts that believe a damaged entry would free what is in use.
 */

/** Operations: what an entry does to the counts, as a flat list `what, number, how many, numbers`. */
export type Log = Array<number>

/** A block was put: it is alive, and each link and parent counts. */
export const PUT = 0
/** `+1`: a head moved here, a pin was taken. */
export const RAISE = 1
export const LOWER = 2
/** The block's parents no longer count. */
export const CUT = 3
/** The block is gone, and so are the links that it still held. */
export const SWEEP = 4

export const BLOCK = 0
export const EVENT = 1
/** A page of counts (`image.ts`), which is checked alike. */
export const PAGE = 2
export const PACKED = 3

/** Where the numbers of a block's entry begin. */
export const HEADER = 5

/** Where the operations of an event begin. */
const OPERATIONS = HEADER + 8

/** Most bytes that a number takes. */
export const WIDEST = 7

export class Scratch {
  bytes: Uint8Array = new Uint8Array(1 << 16)
  length = 0

  begin(tag: number): void {
    this.bytes[0] = tag
    this.length = 1
  }

  room(size: number): void {
    if (this.length + size <= this.bytes.length) return
    const bytes = new Uint8Array(Math.max(2 * this.bytes.length, this.length + size))
    bytes.set(this.bytes.subarray(0, this.length))
    this.bytes = bytes
  }

  number(number: number): void {
    const { bytes } = this
    let at = this.length
    while (number > 0x7fffffff) {
      bytes[at++] = (number % 128) | 128
      number = Math.floor(number / 128)
    }
    while (number > 127) {
      bytes[at++] = (number & 127) | 128
      number >>>= 7
    }
    bytes[at++] = number
    this.length = at
  }
}

/** Reads numbers one after another. Past the end it reads zeros. */
export class Numbers {
  private readonly bytes: Uint8Array
  at: number
  private readonly length: number

  constructor(bytes: Uint8Array, at: number, length: number) {
    this.bytes = bytes
    this.at = at
    this.length = length
  }

  ended(): boolean {
    return this.at >= this.length
  }

  next(): number {
    const { bytes } = this
    let byte = bytes[this.at++]!
    if (byte < 128) return byte
    let number = byte & 127
    for (let scale = 128; byte > 127; scale *= 128) {
      byte = bytes[this.at++] ?? 0
      number += (byte & 127) * scale
    }
    return number
  }
}

/** A 32-bit hash (FNV-1a) of a number, of what it numbers, and of what stands between `from` and `to`. */
export const check = (what: number, number: number, bytes: Uint8Array, from: number, to: number): number => {
  let hash = Math.imul(0x811c9dc5 ^ what, 0x01000193) ^ number ^ Math.floor(number / 2 ** 32)
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash >>> 0
}

export const writeCheck = (sum: number, bytes: Uint8Array, at: number): void => {
  for (let i = 0; i < 4; i++) bytes[at + i] = sum >>> (24 - 8 * i)
}

export const readCheck = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0

/** Writes what a block's entry begins with, but for its check. */
const writeHeader = (
  scratch: Scratch,
  tag: number,
  number: number,
  log: Log,
  from: number,
  links: number,
  rest: number,
): void => {
  const all = log.length - from
  scratch.begin(tag)
  scratch.room(HEADER + WIDEST * (all + 2) + rest)
  scratch.length = HEADER
  scratch.number(links)
  scratch.number(all - links)
  for (let i = from; i < log.length; i++) scratch.number(number - log[i]!)
}

const checkHeader = (scratch: Scratch, tag: number, number: number): void =>
  writeCheck(check(tag, number, scratch.bytes, HEADER, scratch.length), scratch.bytes, 1)

/** Writes a block's entry; the numbers of links, and then of parents, are in `log` from `from` on. */
export const writeBlock = (
  scratch: Scratch,
  number: number,
  log: Log,
  from: number,
  links: number,
  block: Uint8Array,
): void => {
  writeHeader(scratch, BLOCK, number, log, from, links, block.length)
  checkHeader(scratch, BLOCK, number)
  scratch.bytes.set(block, scratch.length)
  scratch.length += block.length
}

/** Where the bytes of a packed block are. */
export interface Place {
  readonly pack: number
  readonly from: number
  readonly size: number
}

/** Writes the entry of a block whose bytes are in a pack. */
export const writePacked = (
  scratch: Scratch,
  number: number,
  { numbers, links }: Pick<Block, 'numbers' | 'links'>,
  { pack, from, size }: Place,
): void => {
  writeHeader(scratch, PACKED, number, numbers as Log, 0, links, 3 * WIDEST)
  scratch.number(pack)
  scratch.number(from)
  scratch.number(size)
  checkHeader(scratch, PACKED, number)
}

/** Writes what a transaction did beside its puts. */
export const writeEvent = (scratch: Scratch, number: number, time: number, log: Log): void => {
  scratch.begin(EVENT)
  scratch.room(OPERATIONS + WIDEST * log.length)
  new DataView(scratch.bytes.buffer).setFloat64(HEADER, time)
  scratch.length = OPERATIONS
  for (const word of log) scratch.number(word)
  writeCheck(check(EVENT, number, scratch.bytes, HEADER, scratch.length), scratch.bytes, 1)
}

export const isBlock = (entry: Uint8Array): boolean => entry[0] === BLOCK || entry[0] === PACKED

/** A block's entry, read. */
export interface Block {
  /** Links, and then parents. */
  readonly numbers: ReadonlyArray<number>
  readonly links: number
  /** Where the block's own bytes begin; the end of the entry if they are in a pack. */
  readonly at: number
  readonly place: Place | null
  /** Whether the header is as it was written. */
  readonly sound: boolean
}

/** Where the block's own bytes begin; the end of an entry whose header cannot be, or that leads to a pack. */
export const bodyOf = (entry: Uint8Array, length: number): number => {
  if (entry[0] === PACKED) return length
  const header = new Numbers(entry, HEADER, length)
  const numbers = header.next() + header.next()
  if (numbers > length) return length
  let at = header.at
  for (let n = numbers; n > 0; n--) while (entry[at++]! > 127);
  return Math.min(at, length)
}

const nextPlace = (numbers: Numbers): Place => ({
  pack: numbers.next(),
  from: numbers.next(),
  size: numbers.next(),
})

/** Where the bytes of a packed block are, read from its entry. */
export const placeOf = (entry: Uint8Array, length: number): Place => {
  const header = new Numbers(entry, HEADER, length)
  for (let n = header.next() + header.next(); n > 0 && !header.ended(); n--) header.next()
  return nextPlace(header)
}

export const readBlock = (number: number, entry: Uint8Array, length: number): Block => {
  const header = new Numbers(entry, HEADER, length)
  const links = header.next()
  const all = links + header.next()
  const numbers: Array<number> = []
  // A header that was damaged may claim anything.
  for (let i = 0; i < all && !header.ended(); i++) numbers.push(number - header.next())
  const place = entry[0] === PACKED ? nextPlace(header) : null
  const at = place === null ? header.at : length
  const sound =
    isBlock(entry) &&
    header.at <= length &&
    check(entry[0]!, number, entry, HEADER, at) === readCheck(entry, 1)
  return { numbers, links, at, place, sound }
}

/** Whether an event is as it was written. */
export const isSoundEvent = (number: number, entry: Uint8Array, length: number): boolean =>
  length >= OPERATIONS && check(EVENT, number, entry, HEADER, length) === readCheck(entry, 1)

/** The time of what else a transaction did. */
export const timeOf = (entry: Uint8Array): number =>
  new DataView(entry.buffer, entry.byteOffset).getFloat64(HEADER)

/** What it did. */
export const readEvent = (entry: Uint8Array, length: number): Log => {
  const log: Log = []
  const numbers = new Numbers(entry, OPERATIONS, length)
  while (!numbers.ended()) log.push(numbers.next())
  return log
}
