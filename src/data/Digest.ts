/**
 * A `Digest` is the BLAKE3-256 of a block's bytes.
 *
 * In memory it is a string of sixteen UTF-16 code units (big-endian pairs of the 32 bytes): one flat 32-byte heap
 * object, equal by value, so a `Map<Digest, A>` needs no hex and no nested keys. It is not text for people; `toHex`
 * and `toCid` are. Order of digests by `<` is the order of their bytes.
 *
 * Laws (`laws/data/digest.ts`): `fromBytes`, `fromHex` and `fromCid` are left inverses of `toBytes`, `toHex` and
 * `toCid`; `Ord` is the order of the bytes; nothing but what `toCid` gives is read by `fromCid`.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Eq as EqOf } from 'fp-ts/lib/Eq.js'
import type { Ord as OrdOf } from 'fp-ts/lib/Ord.js'
import * as t from 'io-ts'
import { type InvalidDigest, invalidDigest } from './Failure.js'

declare const brand: unique symbol

/** See `internal/text.ts` for why. */
const unitAt = String.prototype.charCodeAt

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** @category model */
export type Digest = string & { readonly [brand]: 'Digest' }

/** Bytes of a digest. */
export const SIZE = 32

// -------------------------------------------------------------------------------------
// bytes
// -------------------------------------------------------------------------------------

/**
 * Reads the 32 bytes that begin at `offset`, which must be there. O(1).
 *
 * @category constructors
 */
export const fromBytes = (b: Uint8Array, offset = 0): Digest =>
  String.fromCharCode(
    (b[offset]! << 8) | b[offset + 1]!,
    (b[offset + 2]! << 8) | b[offset + 3]!,
    (b[offset + 4]! << 8) | b[offset + 5]!,
    (b[offset + 6]! << 8) | b[offset + 7]!,
    (b[offset + 8]! << 8) | b[offset + 9]!,
    (b[offset + 10]! << 8) | b[offset + 11]!,
    (b[offset + 12]! << 8) | b[offset + 13]!,
    (b[offset + 14]! << 8) | b[offset + 15]!,
    (b[offset + 16]! << 8) | b[offset + 17]!,
    (b[offset + 18]! << 8) | b[offset + 19]!,
    (b[offset + 20]! << 8) | b[offset + 21]!,
    (b[offset + 22]! << 8) | b[offset + 23]!,
    (b[offset + 24]! << 8) | b[offset + 25]!,
    (b[offset + 26]! << 8) | b[offset + 27]!,
    (b[offset + 28]! << 8) | b[offset + 29]!,
    (b[offset + 30]! << 8) | b[offset + 31]!,
  ) as Digest

/**
 * Writes the 32 bytes into `bytes` at `offset`, where there must be room for them. O(1).
 *
 * @category destructors
 */
export const writeTo = (digest: Digest, bytes: Uint8Array, offset: number): void => {
  for (let i = 0, at = offset; i < 16; i++, at += 2) {
    const unit = unitAt.call(digest, i)
    bytes[at] = unit >> 8
    bytes[at + 1] = unit
  }
}

/**
 * The 32 bytes. O(1).
 *
 * @category destructors
 *
 * @example
 * ```ts
 * import { Digest, Hasher } from 'coppice'
 * import assert from 'node:assert'
 *
 * const digest = Hasher.hash(new Uint8Array([1, 2, 3]))
 * assert.strictEqual(Digest.fromBytes(Digest.toBytes(digest)), digest)
 * ```
 */
export const toBytes = (digest: Digest): Uint8Array => {
  const bytes = new Uint8Array(SIZE)
  writeTo(digest, bytes, 0)
  return bytes
}

// -------------------------------------------------------------------------------------
// hex
// -------------------------------------------------------------------------------------

/**
 * 64 lower-case hexadecimal digits.
 *
 * @category destructors
 */
export const toHex = (digest: Digest): string => {
  let hex = ''
  for (let i = 0; i < 16; i++) hex += (0x10000 | unitAt.call(digest, i)).toString(16).slice(1)
  return hex
}

/**
 * Reads 64 hexadecimal digits of either case.
 *
 * Errors: `InvalidDigest`.
 *
 * @category constructors
 *
 * @example
 * ```ts
 * import { Digest } from 'coppice'
 * import assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * assert.deepStrictEqual(E.map(Digest.toHex)(Digest.fromHex('00'.repeat(32))), E.right('00'.repeat(32)))
 * assert.ok(E.isLeft(Digest.fromHex('00')))
 * ```
 */
export const fromHex = (text: string): E.Either<InvalidDigest, Digest> => {
  if (!/^[0-9a-f]{64}$/i.test(text)) return E.left(invalidDigest(text, 'not 64 hexadecimal digits'))
  const units: Array<number> = []
  for (let i = 0; i < 64; i += 4) units.push(Number.parseInt(text.slice(i, i + 4), 16))
  return E.right(String.fromCharCode(...units) as Digest)
}

// -------------------------------------------------------------------------------------
// CID
// -------------------------------------------------------------------------------------

/** CIDv1, codec dag-cbor, multihash BLAKE3 of 32 bytes: what stands before the digest in each CID of ours. */
const PREFIX = [0x01, 0x71, 0x1e, 0x20] as const

/** RFC 4648 base32 in lower case without padding, which multibase calls `b`. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** 36 bytes are 57 whole groups of five bits and three bits over. */
const CID_LENGTH = 59

/**
 * The CID of the block: version 1, dag-cbor, BLAKE3, in base32 (`b…`, 59 characters).
 *
 * @category destructors
 */
export const toCid = (digest: Digest): string => {
  let text = 'b'
  let bits = 0
  let held = 0
  const push = (byte: number): void => {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  for (const byte of PREFIX) push(byte)
  for (let i = 0; i < 16; i++) {
    const unit = unitAt.call(digest, i)
    push(unit >> 8)
    push(unit & 0xff)
  }
  return text + ALPHABET[(held << (5 - bits)) & 31]
}

/**
 * Reads what `toCid` gives and nothing else: no other base, codec, hash or padding, so a block has one name.
 *
 * Errors: `InvalidDigest`.
 *
 * @category constructors
 *
 * @example
 * ```ts
 * import { Digest, Hasher } from 'coppice'
 * import assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const digest = Hasher.hash(new Uint8Array([1, 2, 3]))
 * assert.deepStrictEqual(Digest.fromCid(Digest.toCid(digest)), E.right(digest))
 * assert.ok(E.isLeft(Digest.fromCid('QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG')))
 * ```
 */
export const fromCid = (text: string): E.Either<InvalidDigest, Digest> => {
  if (text.length !== CID_LENGTH || text[0] !== 'b') {
    return E.left(invalidDigest(text, `not a CID in base32: 'b' and ${CID_LENGTH - 1} characters`))
  }
  const bytes = new Uint8Array(PREFIX.length + SIZE)
  let at = 0
  let bits = 0
  let held = 0
  for (let i = 1; i < CID_LENGTH; i++) {
    const five = ALPHABET.indexOf(text[i]!)
    if (five < 0) return E.left(invalidDigest(text, `character ${i} is not of base32`))
    held = ((held << 5) | five) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = held >> bits
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) {
    return E.left(invalidDigest(text, 'bits are set behind the last byte'))
  }
  if (PREFIX.some((byte, i) => bytes[i] !== byte)) {
    return E.left(invalidDigest(text, 'not version 1, dag-cbor, BLAKE3 of 32 bytes'))
  }
  return E.right(fromBytes(bytes, PREFIX.length))
}

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/** @category instances */
export const Eq: EqOf<Digest> = { equals: (x, y) => x === y }

/**
 * The order of the bytes, which is that of the code units.
 *
 * @category instances
 */
export const Ord: OrdOf<Digest> = {
  equals: Eq.equals,
  compare: (x, y) => (x < y ? -1 : x > y ? 1 : 0),
}

/** Sixteen code units. Any such string is a digest, so no program needs to trust more than its length. */
const is = (u: unknown): u is Digest => typeof u === 'string' && u.length === 16

/**
 * A digest that stands outside as its CID.
 *
 * @category codecs
 */
export const DigestFromCid: t.Type<Digest, string, unknown> = new t.Type<Digest, string, unknown>(
  'DigestFromCid',
  is,
  (u, context) => {
    if (typeof u !== 'string') return t.failure(u, context, 'a CID is a string')
    const read = fromCid(u)
    return E.isLeft(read) ? t.failure(u, context, read.left.reason) : t.success(read.right)
  },
  toCid,
)
