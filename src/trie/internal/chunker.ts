/**
 * Where a sequence is cut into chunks: by its content alone, so equal content is cut alike and an edit moves few cuts.
 *
 * A chunk has at least `min` and at most `max`; between them it ends where a hash of what stands there has enough zero
 * bits, more of them below the average size than above (normalised chunking). Where no such place comes the cut falls
 * at the smallest hash of the window, so periodic content is cut at the same phase each time; only content without any
 * structure to hold on to, one value repeated, is cut by length.
 *
 * A cut is decided by what follows its chunk's start, up to `max`, and by nothing before it.
 *
 * Source: W. Xia et al., FastCDC (USENIX ATC 2016), sections 3.3 and 3.4; the smallest-hash rule is that of Local Maximum
 * Chunking (N. Bjørner, A. Blass, Y. Gurevich, 2010).
 */

export interface Bounds {
  readonly min: number
  readonly average: number
  readonly max: number
  /** Zero bits that end a chunk below the average size. */
  readonly hard: number
  /** Zero bits that end it above. */
  readonly easy: number
}

/** Chunks of bytes and text, in bytes. Chosen by the bytes that real histories take (`bench/dedup`). */
export const CHUNK: Bounds = { min: 512, average: 2048, max: 8192, hard: 12, easy: 9 }
/** Chunks of items, in bytes of their encoding; the last one is written anew at each append. */
export const ITEMS: Bounds = { min: 256, average: 1024, max: 4096, hard: 11, easy: 8 }
/** Chunks of links, in links; the last one of each level is written anew at each append. */
export const FANOUT: Bounds = { min: 2, average: 8, max: 32, hard: 4, easy: 2 }

/** Marks a chunk of which the end cannot be told without what comes next. */
export const UNDECIDED = -1

/** Mixes a word: murmur3's finaliser over a Weyl sequence. */
export const mix = (word: number): number => {
  let h = Math.imul(word, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

// -------------------------------------------------------------------------------------
// bytes
// -------------------------------------------------------------------------------------

/** Bytes that a gear hash of 32 bits depends on. */
const WINDOW = 32

/** A random word for each byte. */
const GEAR = Int32Array.from({ length: 256 }, (_, i) => mix(i + 1))

/** Whether a character of UTF-8 begins at `i`, or the end is there. */
const isStart = (bytes: Uint8Array, i: number, end: number): boolean =>
  i >= end || (bytes[i]! & 0xc0) !== 0x80

/**
 * The end of the chunk of bytes that begins at `from`, or `UNDECIDED` if that takes more than `to` and more is to come.
 * In text (`whole`) no cut falls inside a character.
 */
export const cutBytes = (
  bytes: Uint8Array,
  from: number,
  to: number,
  complete: boolean,
  whole: boolean,
): number => {
  const { min, average, max, hard, easy } = CHUNK
  const end = Math.min(to, from + max)
  let i = from + min - WINDOW
  let h = 0
  const warm = Math.min(from + min - 1, end)
  for (; i < warm; i++) h = ((h << 1) + GEAR[bytes[i]!]!) | 0
  const middle = Math.min(from + average, end)
  const hardShift = 32 - hard
  for (; i < middle; i++) {
    h = ((h << 1) + GEAR[bytes[i]!]!) | 0
    if (h >>> hardShift === 0 && (!whole || isStart(bytes, i + 1, to))) return i + 1
  }
  const easyShift = 32 - easy
  for (; i < end; i++) {
    h = ((h << 1) + GEAR[bytes[i]!]!) | 0
    if (h >>> easyShift === 0 && (!whole || isStart(bytes, i + 1, to))) return i + 1
  }
  // What was tested for above at the end of what is here would be tested for again with more of it.
  if (to - from <= max) return complete ? to : UNDECIDED
  return smallest(bytes, from, end, whole)
}

/** The cut after the smallest hash of a whole window, the last of equals. */
const smallest = (bytes: Uint8Array, from: number, end: number, whole: boolean): number => {
  let i = from + CHUNK.min - WINDOW
  let h = 0
  for (; i < from + CHUNK.min - 1; i++) h = ((h << 1) + GEAR[bytes[i]!]!) | 0
  let least = 2 ** 32
  let cut = end
  for (; i < end; i++) {
    h = ((h << 1) + GEAR[bytes[i]!]!) | 0
    if (h >>> 0 <= least && (!whole || isStart(bytes, i + 1, bytes.length))) {
      least = h >>> 0
      cut = i + 1
    }
  }
  return cut
}

// -------------------------------------------------------------------------------------
// weighed units: items and links
// -------------------------------------------------------------------------------------

/**
 * The end of the chunk of units that begins at `from`, or `UNDECIDED`. A unit heavier than `max` stands alone.
 *
 * A unit ends a chunk as likely as all of its bytes together would. What stands before the smallest end is weighed and
 * not hashed.
 */
export const cutUnits = <A>(
  units: ReadonlyArray<A>,
  from: number,
  complete: boolean,
  weigh: (unit: A) => number,
  hash: (unit: A) => number,
  { min, average, max, hard, easy }: Bounds,
): number => {
  const to = units.length
  let sum = 0
  let least = 2 ** 32
  let cut = -1
  for (let i = from; i < to; i++) {
    const unit = units[i]!
    const weight = weigh(unit)
    sum += weight
    if (sum > max && i > from) return cut < 0 ? i : cut
    if (sum < min) continue
    const h = hash(unit) >>> 0
    if (h < weight * 2 ** (32 - (sum < average ? hard : easy))) return i + 1
    if (h <= least) {
      least = h
      cut = i + 1
    }
  }
  return complete ? to : UNDECIDED
}

/** Whether a chunk of units ends by itself, given its weight, and the weight and hash of its last unit. */
export const endsUnits = (
  sum: number,
  weight: number,
  hash: number,
  { min, average, hard, easy }: Bounds,
): boolean => sum >= min && hash >>> 0 < weight * 2 ** (32 - (sum < average ? hard : easy))

/** Whether a chunk of bytes ends by itself. */
export const endsBytes = (bytes: Uint8Array): boolean => {
  const { min, average, hard, easy } = CHUNK
  const { length } = bytes
  if (length < min) return false
  let h = 0
  for (let i = length - WINDOW; i < length; i++) h = ((h << 1) + GEAR[bytes[i]!]!) | 0
  return h >>> (32 - (length <= average ? hard : easy)) === 0
}

/** A hash of bytes, for cutting only: murmur3's rounds, four bytes each. */
export const hashOf = (bytes: Uint8Array): number => {
  let h = bytes.length
  let i = 0
  for (; i + 3 < bytes.length; i += 4) {
    let k = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    k = Math.imul(k, 0xcc9e2d51)
    h ^= Math.imul((k << 15) | (k >>> 17), 0x1b873593)
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
  }
  for (; i < bytes.length; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193)
  return mix(h)
}
