/**
 * A `Digest` is the BLAKE3-256 of a block's bytes.
 *
 * In memory it is a string of sixteen UTF-16 code units (big-endian pairs of the 32 bytes): one flat 32-byte heap
 * object, equal by value, so a `Map<Digest, A>` needs no hex and no nested keys. It is not text for people; `toHex`
 * and `toCid` are.
 */
declare const brand: unique symbol

export type Digest = string & { readonly [brand]: 'Digest' }

/** Reads the 32 bytes that begin at `offset`. O(1). */
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
