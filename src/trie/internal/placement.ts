/**
 * Placement: where in a trie a key stands.
 *
 * The first seven levels take four bits each, from the top, of a 28-bit murmur3 of the key's UTF-16 code units.
 * Keys that agree in all of them, by chance or by craft, go on with the bits of BLAKE3(key), so a subtree stays
 * balanced whoever chose the keys. (Java's 31-polynomial hash has no entropy in its top bits and cannot serve here.)
 *
 * Source: A. Appleby, MurmurHash3_x86_32 (seed 0), two code units a block.
 */
import { blake3 } from '@noble/hashes/blake3.js'

/** Bits of a path taken by one level; a branch has `1 << BITS` children. */
export const BITS = 4
export const WIDTH = 16
/** Bits of the placement hash, a multiple of `BITS`; below 2^30, so V8 keeps it as a small integer everywhere. */
export const HASH_BITS = 28
/** The shift that selects the root's child; each level subtracts `BITS`, and below zero BLAKE3 takes over. */
export const ROOT_SHIFT: number = HASH_BITS - BITS
/** Below this shift all 64 nibbles of BLAKE3(key) are used up: a leaf there has no capacity. */
export const LAST_SHIFT: number = -BITS * 64

// A method taken off the prototype is called directly; `key.charCodeAt` looks the kind of string up at each site.
const unitAt = String.prototype.charCodeAt

/** The 28-bit placement hash. O(length). */
export const placement = (key: string): number => {
  const length = key.length
  let h = 0
  let i = 0
  for (; i + 1 < length; i += 2) {
    let k = Math.imul(unitAt.call(key, i) | (unitAt.call(key, i + 1) << 16), 0xcc9e2d51)
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
    h ^= k
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
  }
  if (i < length) {
    let k = Math.imul(unitAt.call(key, i), 0xcc9e2d51)
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
    h ^= k
  }
  h ^= length << 1
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> (32 - HASH_BITS)
}

const utf8 = new TextEncoder()

/** The child that BLAKE3(key) selects at a level past the placement hash (`shift < 0`). */
export const deepIndex = (key: string, shift: number): number => {
  const nibble = -shift / BITS - 1
  const byte = blake3(utf8.encode(key))[nibble >> 1]!
  return nibble & 1 ? byte & 15 : byte >>> 4
}

/** The child of a branch, whose level is `shift`, that leads to the key. */
export const indexAt = (h: number, key: string, shift: number): number =>
  shift >= 0 ? (h >>> shift) & (WIDTH - 1) : deepIndex(key, shift)
