/**
 * How keys stand in the tables. Numbers are big-endian, so that they sort; names are UTF-16 units, so that they sort
 * as strings do and none but a long one is refused.
 *
 * | table     | key                        | value                                          |
 * |-----------|----------------------------|------------------------------------------------|
 * | `ids`     | digest, 32 B               | number, 6 B                                    |
 * | `journal` | number, 6 B                | entry (`entry.ts`)                             |
 * | `roots`   | 0                          | `meta.ts`                                      |
 * |           | 1, name                    | a head: digest, number                         |
 * |           | 2, session 6 B, number 6 B | a session's pins of a block: times             |
 * |           | 3, session 6 B             | a session: when its lease ends, its durability |
 * |           | 4, number 6 B              | the block's parents are cut                    |
 * | `counts`  | generation 6 B, page 6 B   | counts (`image.ts`)                            |
 * | `packs`   | pack, 6 B                  | the bytes of blocks, compressed (`packs.ts`)   |
 * | `staging` | BLAKE3 of the CID, 32 B    | a block that may not enter (`Staging.ts`)      |
 */
import { type Digest, fromBytes, writeTo } from '../../../data/Digest.js'

/** Bytes of a number; numbers are below 2^48. */
export const NUMBER = 6

const HIGH = 2 ** 32

export const writeNumber = (number: number, target: Uint8Array, at: number): number => {
  const high = Math.floor(number / HIGH)
  target[at] = high >>> 8
  target[at + 1] = high
  target[at + 2] = number >>> 24
  target[at + 3] = number >>> 16
  target[at + 4] = number >>> 8
  target[at + 5] = number
  return at + NUMBER
}

export const readNumber = (source: Uint8Array, at: number): number =>
  (source[at]! * 256 + source[at + 1]!) * HIGH +
  source[at + 2]! * 2 ** 24 +
  ((source[at + 3]! << 16) | (source[at + 4]! << 8) | source[at + 5]!)

/** For tables whose key is a number. */
export const numberKeys = { writeKey: writeNumber, readKey: readNumber }

/** A range of all numbers, and of all digests: where none is said to start, LMDB's wrapper starts at a key of its own. */
export const everyNumber = (): { readonly start: number } => ({ start: 0 })
export const everyDigest = (): { readonly start: Digest } => ({ start: LOWEST })

/** For tables whose key is a digest. */
export const digestKeys = {
  writeKey: (digest: Digest, target: Uint8Array, at: number): number => {
    writeTo(digest, target, at)
    return at + 32
  },
  readKey: (source: Uint8Array, at: number): Digest => fromBytes(source, at),
}

const LOWEST = fromBytes(new Uint8Array(32))

const HEAD = 1
const PIN = 2
const LEASE = 3
const CUT = 4

/** Units of a head's name at most: what LMDB takes as a key. */
export const LONGEST_NAME = (1978 - 1) >> 1

export const META: Uint8Array = new Uint8Array([0])

/** A range of keys, as LMDB takes it: `end` is outside. LMDB's wrapper writes into it, so each is used once. */
export interface Range {
  readonly start: Uint8Array
  readonly end: Uint8Array
}

const numbered = (tag: number, ...numbers: ReadonlyArray<number>): Uint8Array => {
  const key = new Uint8Array(1 + NUMBER * numbers.length)
  key[0] = tag
  numbers.reduce((at, number) => writeNumber(number, key, at), 1)
  return key
}

const under = (tag: number): Range => ({ start: numbered(tag), end: numbered(tag + 1) })

export const head = (name: string): Uint8Array => {
  const key = new Uint8Array(1 + 2 * name.length)
  key[0] = HEAD
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i)
    key[1 + 2 * i] = unit >>> 8
    key[2 + 2 * i] = unit
  }
  return key
}

export const nameOf = (key: Uint8Array): string => {
  let name = ''
  for (let i = 1; i < key.length; i += 2) name += String.fromCharCode((key[i]! << 8) | key[i + 1]!)
  return name
}

export const heads = (): Range => under(HEAD)

export const pin = (session: number, number: number): Uint8Array => numbered(PIN, session, number)
export const pinsOf = (session: number): Range => ({
  start: numbered(PIN, session),
  end: numbered(PIN, session + 1),
})
export const pins = (): Range => under(PIN)
/** The block of a pin's key. */
export const pinned = (key: Uint8Array): number => readNumber(key, 1 + NUMBER)
export const sessionOf = (key: Uint8Array): number => readNumber(key, 1)

export const lease = (session: number): Uint8Array => numbered(LEASE, session)
export const leases = (): Range => under(LEASE)
/** When a lease ends, ms. */
export const leaseEnd = (value: Uint8Array): number =>
  new DataView(value.buffer, value.byteOffset).getFloat64(0)
/** What its session promises of the disk. */
export const leaseMode = (value: Uint8Array): string =>
  String.fromCharCode(...value.subarray(8, value.length))
/** A session's record. */
export const leaseValue = (ends: number, mode: string): Uint8Array => {
  const value = new Uint8Array(8 + mode.length)
  new DataView(value.buffer).setFloat64(0, ends)
  for (let i = 0; i < mode.length; i++) value[8 + i] = mode.charCodeAt(i)
  return value
}

export const cut = (number: number): Uint8Array => numbered(CUT, number)
export const cuts = (): Range => under(CUT)
