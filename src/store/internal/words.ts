/**
 * A journal as 32-bit words: one typed array in place of an object for each entry.
 *
 * Every entry has the same form, so a reader can skip what it does not know:
 *
 *     [tag, subject, m, n, m words, n words]
 *
 * | tag    | subject    | m words             | n words        |
 * |--------|------------|---------------------|----------------|
 * | PUT    | block      | links               | parents        |
 * | HEAD   | name       | old, next (−1 none) |                |
 * | PIN    | block      | times               |                |
 * | UNPIN  | block      |                     |                |
 * | CUT    | block      |                     | parents        |
 * | SWEEP  | block      | links still held    |                |
 * | SHARED | block      | time, a float64     |                |
 * | COMMIT | 0          | time, a float64     |                |
 *
 * A put of 16 links takes 80 bytes. Block numbers are below 2^31.
 */

export const PUT = 0
export const HEAD = 1
export const PIN = 2
export const UNPIN = 3
export const CUT = 4
export const SWEEP = 5
export const SHARED = 6
export const COMMIT = 7

export type Tag =
  | typeof PUT
  | typeof HEAD
  | typeof PIN
  | typeof UNPIN
  | typeof CUT
  | typeof SWEEP
  | typeof SHARED
  | typeof COMMIT

/** Words before an entry's own. */
export const HEADER = 4
/** Stands for "no block" in a head's move. */
export const NONE = -1

const float = new Float64Array(1)
const halves = new Int32Array(float.buffer)

/** The float64 in the two words at `at`. */
export const timeAt = (words: Int32Array, at: number): number => {
  halves[0] = words[at]!
  halves[1] = words[at + 1]!
  return float[0]!
}

/** What kind of entry stands at `at`. */
export const tagAt = (words: Int32Array, at: number): Tag => words[at] as Tag

/** How many words the entry at `at` takes. */
export const extent = (words: Int32Array, at: number): number => HEADER + words[at + 2]! + words[at + 3]!

/**
 * The growing end of a journal. What stands below `length` never changes, so `words.subarray(0, length)` is a value;
 * only `truncate` takes entries back, and only those of a transaction that nobody has seen.
 */
export class Writer {
  words: Int32Array = new Int32Array(256)
  length = 0
  entries = 0
  readonly names: Array<string> = []
  private readonly nameIndex = new Map<string, number>()

  /** Writes a header and makes room; answers where the entry's own words begin. The caller fills them. */
  begin(tag: Tag, subject: number, m: number, n: number): number {
    const at = this.length
    const end = at + HEADER + m + n
    if (end > this.words.length) this.grow(end)
    const words = this.words
    words[at] = tag
    words[at + 1] = subject
    words[at + 2] = m
    words[at + 3] = n
    this.length = end
    this.entries++
    return at + HEADER
  }

  /** A tag with one word. */
  one(tag: Tag, subject: number, word: number): void {
    // In two steps: `begin` may put another array in the place of `words`.
    const at = this.begin(tag, subject, 1, 0)
    this.words[at] = word
  }

  /** SHARED or COMMIT. */
  time(tag: Tag, subject: number, time: number): void {
    const at = this.begin(tag, subject, 2, 0)
    float[0] = time
    this.words[at] = halves[0]!
    this.words[at + 1] = halves[1]!
  }

  head(name: string, old: number, next: number): void {
    const at = this.begin(HEAD, this.name(name), 2, 0)
    this.words[at] = old
    this.words[at + 1] = next
  }

  /** Copies `count` words from `source`, which may be this writer's own array. */
  copy(source: Int32Array, from: number, count: number, to: number): void {
    if (source === this.words) source.copyWithin(to, from, from + count)
    else for (let i = 0; i < count; i++) this.words[to + i] = source[from + i]!
  }

  private name(name: string): number {
    let index = this.nameIndex.get(name)
    if (index === undefined) {
      index = this.names.push(name) - 1
      this.nameIndex.set(name, index)
    }
    return index
  }

  /** Takes back everything written since the writer stood at `length` words and `entries` entries. */
  truncate(length: number, entries: number): void {
    this.length = length
    this.entries = entries
  }

  private grow(least: number): void {
    const words = new Int32Array(Math.max(least, this.words.length * 2))
    words.set(this.words.subarray(0, this.length))
    this.words = words
  }
}
