/**
 * Text as the encoding sees it: its size in UTF-8, and the canonical order of map keys.
 *
 * Canonical order is that of DAG-CBOR: the shorter key first, by bytes of UTF-8, and equal lengths bytewise. For
 * ASCII both are what `length` and `<` say, and nearly all keys are ASCII, so one pass over the keys decides whether
 * the cheap comparison is the right one.
 */

/**
 * Called as `unitAt.call(s, i)`. The engine keeps strings in more kinds (flat, joined, sliced, interned, each of one or two
 * bytes a unit) than a property look-up at one place in the code remembers, and from then on `s.charCodeAt(i)` in a
 * loop costs four times as much. This looks nothing up on the string. Each module has its own, since the engine knows
 * a module's private constants while it compiles and not its exported ones.
 */
const unitAt = String.prototype.charCodeAt

/** Up to this many units, counting by hand beats a call into the platform. */
const SHORT = 8

/** Bytes of UTF-8 that well-formed `s` takes. O(length). */
export const textBytes = (s: string): number => {
  const n = s.length
  if (n > SHORT && typeof Buffer !== 'undefined') return Buffer.byteLength(s)
  let size = n
  for (let i = 0; i < n; i++) {
    const c = unitAt.call(s, i)
    if (c > 0x7f) {
      if (c < 0x800) size++
      else if (c >= 0xd800 && c < 0xdc00) {
        size += 2
        i++
      } else size += 2
    }
  }
  return size
}

/** Bytes of a head (initial byte and argument) whose argument is `n`. */
export const headSize = (n: number): number =>
  n < 24 ? 1 : n < 0x100 ? 2 : n < 0x10000 ? 3 : n < 0x100000000 ? 5 : 9

/** Encoded size of a text: head and bytes. O(length). */
export const textSize = (s: string): number => {
  const n = textBytes(s)
  return headSize(n) + n
}

/** A code unit moved so that the order of units is that of code points: surrogates stand above U+E000 to U+FFFF. */
const place = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)

/** Canonical order of two well-formed keys. */
export const compareKeys = (a: string, b: string): number => {
  const size = textBytes(a) - textBytes(b)
  if (size !== 0) return size
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const x = unitAt.call(a, i)
    const y = unitAt.call(b, i)
    if (x !== y) return place(x) - place(y)
  }
  return 0
}

/** Canonical order of two different ASCII keys. */
const compareAscii = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1)

/** Above this the built-in sort is faster than insertion. */
const SMALL = 64

/**
 * For each key a number in the same order as the keys, but for ties: its length, then its first six units, seven bits
 * each. 53 bits in all, so a double holds it; a longer key than the data model has only makes more ties.
 */
const ranks = new Float64Array(SMALL)

const rankOf = (key: string): number => {
  const n = key.length
  let r = n
  for (let j = 0; j < 6; j++) r = r * 128 + (j < n ? unitAt.call(key, j) : 0)
  return r
}

const isAscii = (key: string): boolean => {
  for (let j = 0; j < key.length; j++) if (unitAt.call(key, j) > 0x7f) return false
  return true
}

/** Puts keys of one map, which are all different, into canonical order, in place. O(n) if they already are. */
export const sortKeys = (keys: Array<string>): Array<string> => {
  const n = keys.length
  for (let i = 0; i < n; i++) if (!isAscii(keys[i]!)) return keys.sort(compareKeys)
  if (n > SMALL) return keys.sort(compareAscii)
  for (let i = 0; i < n; i++) {
    const key = keys[i]!
    const rank = rankOf(key)
    let j = i
    while (j > 0) {
      const before = ranks[j - 1]!
      if (before < rank || (before === rank && keys[j - 1]! < key)) break
      ranks[j] = before
      keys[j] = keys[j - 1]!
      j--
    }
    ranks[j] = rank
    keys[j] = key
  }
  return keys
}
