/**
 * What a leaf does: find an entry by interpolation, and copy itself with one entry set, added or removed.
 */
import { bucketOf, EMPTY, Leaf, NOBODY, type Owner } from './node.js'
import { deepIndex, HASH_BITS, ROOT_SHIFT, WIDTH } from './placement.js'

/** Makes a leaf of sorted entries, which it takes over. */
export const makeLeaf = (entries: Array<unknown>, shift: number, owner: Owner): Leaf => {
  if (entries.length === 0) return EMPTY
  let occupancy = 0
  for (let i = 0; i < entries.length; i += 3) occupancy |= 1 << bucketOf(entries[i] as number, shift)
  return new Leaf(entries, occupancy, owner)
}

/**
 * The offset of the key's entry, or the complement (`~`) of where it belongs.
 *
 * Placements are uniform, so the entry stands near its proportional place: one guess, then a short walk.
 */
export const locate = (leaf: Leaf, h: number, key: string, shift: number): number => {
  const entries = leaf.entries
  const length = entries.length
  const size = leaf.size
  // The sixteen placement bits that come next, as a fraction of the leaf.
  let i = ((((h << (32 - HASH_BITS + ROOT_SHIFT - shift)) >>> 16) * size) >>> 16) * 3
  if (i >= length) i = 0
  while (i < length && (entries[i] as number) < h) i += 3
  while (i > 0 && (entries[i - 3] as number) >= h) i -= 3
  for (; i < length && entries[i] === h; i += 3) {
    const found = entries[i + 1] as string
    if (found === key) return i
    if (found > key) break
  }
  return ~i
}

/** The offset of the key's value in `entries`, or −1. Rejects most absent keys by the occupancy map alone. */
export const find = (leaf: Leaf, h: number, key: string, shift: number): number => {
  const rest = h << (32 - HASH_BITS + ROOT_SHIFT - shift)
  if (((leaf.occupancy >>> (rest >>> 27)) & 1) === 0) return -1
  const entries = leaf.entries
  let i = (((rest >>> 16) * leaf.size) >>> 16) * 3
  // The guess is right more often than not.
  if (entries[i] === h && entries[i + 1] === key) return i + 2
  const length = entries.length
  while (i < length && (entries[i] as number) < h) i += 3
  while (i > 0 && (entries[i - 3] as number) >= h) i -= 3
  for (; i < length && entries[i] === h; i += 3) if (entries[i + 1] === key) return i + 2
  return -1
}

/** The leaf with another value at offset `i`. */
export const withValue = (leaf: Leaf, i: number, value: unknown, owner: Owner): Leaf => {
  if (owner !== NOBODY && leaf.owner === owner) {
    leaf.entries[i + 2] = value
    return leaf
  }
  const entries = leaf.entries.slice()
  entries[i + 2] = value
  return new Leaf(entries, leaf.occupancy, owner)
}

/** Sorted entries with one more at offset `i`. */
export const inserted = (
  entries: ReadonlyArray<unknown>,
  i: number,
  h: number,
  key: string,
  value: unknown,
): Array<unknown> => {
  const length = entries.length
  const next = new Array<unknown>(length + 3)
  let j = 0
  for (; j < i; j += 3) {
    next[j] = entries[j]
    next[j + 1] = entries[j + 1]
    next[j + 2] = entries[j + 2]
  }
  next[i] = h
  next[i + 1] = key
  next[i + 2] = value
  for (; j < length; j += 3) {
    next[j + 3] = entries[j]
    next[j + 4] = entries[j + 1]
    next[j + 5] = entries[j + 2]
  }
  return next
}

/** The leaf without the entry at offset `i`. */
export const without = (leaf: Leaf, i: number, shift: number, owner: Owner): Leaf => {
  const entries = leaf.entries
  const length = entries.length - 3
  if (length === 0) return EMPTY
  const next = new Array<unknown>(length)
  let j = 0
  for (; j < i; j += 3) {
    next[j] = entries[j]
    next[j + 1] = entries[j + 1]
    next[j + 2] = entries[j + 2]
  }
  for (; j < length; j += 3) {
    next[j] = entries[j + 3]
    next[j + 1] = entries[j + 4]
    next[j + 2] = entries[j + 5]
  }
  const bucket = bucketOf(entries[i] as number, shift)
  const shared =
    (i > 0 && bucketOf(entries[i - 3] as number, shift) === bucket) ||
    (i < length && bucketOf(entries[i + 3] as number, shift) === bucket)
  return new Leaf(next, shared ? leaf.occupancy : leaf.occupancy & ~(1 << bucket), owner)
}

/** Sorted entries dealt out to the sixteen children of the level `shift`, each part sorted again. */
export const deal = (entries: ReadonlyArray<unknown>, shift: number): Array<Array<unknown>> => {
  const parts: Array<Array<unknown>> = []
  if (shift >= 0) {
    // Ascending placements: each child's entries stand together.
    let start = 0
    for (let index = 0; index < WIDTH; index++) {
      let end = start
      while (end < entries.length && (((entries[end] as number) >>> shift) & (WIDTH - 1)) === index) end += 3
      parts.push(entries.slice(start, end))
      start = end
    }
    return parts
  }
  for (let index = 0; index < WIDTH; index++) parts.push([])
  for (let i = 0; i < entries.length; i += 3) {
    parts[deepIndex(entries[i + 1] as string, shift)]!.push(entries[i], entries[i + 1], entries[i + 2])
  }
  return parts
}
