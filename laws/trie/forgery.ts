/**
 * Forgery: changing a block of a state and everything above it, digests and all, as an author would who wants a state
 * that no edit could have made.
 */
import type { Digest } from '../../src/data/Digest.js'
import { hash } from '../../src/data/Hasher.js'
import { Reader } from '../../src/data/internal/reader.js'
import { Writer } from '../../src/data/internal/writer.js'
import { type Encodable, Linkable } from '../../src/data/Linkable.js'
import type { Blocks } from './settings.js'

class Linked extends Linkable {
  readonly digest: Digest
  constructor(digest: Digest) {
    super()
    this.digest = digest
  }
}

type Item = Array<Encodable>

const parse = (bytes: Uint8Array): Item => [
  ...(new Reader(bytes).value((digest) => new Linked(digest)) as Item),
]

const print = (item: Encodable): Uint8Array => {
  const writer = new Writer()
  writer.value(item)
  return writer.take()
}

const put = (blocks: Blocks, bytes: Uint8Array): Linked => {
  const digest = hash(bytes)
  blocks.bytes.set(digest, bytes)
  return new Linked(digest)
}

/** A block that holds what it should not, as a link to it. */
const block = (blocks: Blocks, ...item: Item): Linked => put(blocks, print(item))

/** What is changed: a block's items, where `n` chooses. Answers the new items, or the very bytes. */
export type Change = (item: Item, n: number, blocks: Blocks) => Encodable | Uint8Array

const swap = (item: Item, i: number, j: number): Item => {
  const next = [...item]
  next[i] = item[j]!
  next[j] = item[i]!
  return next
}

const bump = (counts: Encodable, n: number, by: number): Encodable =>
  Array.isArray(counts) ? counts.map((c: number, i) => (i === n % 16 ? Math.max(0, c + by) : c)) : counts

const at = (item: Item, n: number): number => 2 + 2 * (n % Math.max(1, (item.length - 1) >> 1))

/** The entries of a leaf with another value at one of them. */
const withValue = (item: Item, n: number, value: Encodable): Item =>
  item[0] === 0 && item.length > 2 ? item.with(at(item, n), value) : item

const many = (n: number): Item => Array.from({ length: n }, (_, i) => [`many ${i}`, i]).flat()

/** The lists of a branch. */
const branch = (item: Item, f: (sizes: Item, weights: Item, links: Item) => Item): Item =>
  item[0] === 1 ? f(item[1] as Item, item[2] as Item, item[3] as Item) : item

export const changes: Readonly<Record<string, Change>> = {
  'another kind': (item, n) => item.with(0, n % 6),
  'an absurd kind': (item) => item.with(0, 2 ** 40),
  'one part less': (item) => item.slice(0, -1),
  'one part more': (item, n) => [...item, n],
  'parts swapped': (item, n) =>
    item.length > 3 ? swap(item, 1 + (n % (item.length - 1)), 1 + ((n >> 4) % (item.length - 1))) : item,
  'entries swapped': (item, n) => {
    if (item[0] !== 0 || item.length < 5) return item
    const i = at(item, n)
    const j = at(item, n >> 4)
    return swap(swap(item, i, j), i - 1, j - 1)
  },
  'an entry twice': (item, n) =>
    item[0] === 0 && item.length > 2 ? item.toSpliced(at(item, n) - 1, 0, item[at(item, n) - 1]!, 0) : item,
  'an entry less': (item, n) => (item[0] === 0 ? item.toSpliced(at(item, n) - 1, 2) : item),
  'an entry of elsewhere': (item, n) =>
    item[0] === 0 ? item.toSpliced(at(item, n) - 1, 0, `else ${n}`, 0) : item,
  'another key': (item, n) =>
    item[0] === 0 && item.length > 2 ? item.with(at(item, n) - 1, `else ${n}`) : item,
  'a key too long': (item, n) =>
    item[0] === 0 && item.length > 2 ? item.with(at(item, n) - 1, 'k'.repeat(1025)) : item,
  'a key that is none': (item, n) =>
    item[0] === 0 && item.length > 2 ? item.with(at(item, n) - 1, n) : item,
  'too many entries': (item) => (item[0] === 0 ? [...item, ...many(40)] : item),
  'no entries': () => [0],
  'a big value inside': (item, n) => withValue(item, n, 'big '.repeat(80)),
  'a small text outside': (item, n, blocks) => withValue(item, n, block(blocks, 3, 'small')),
  'small bytes outside': (item, n, blocks) => withValue(item, n, block(blocks, 4, new Uint8Array(5))),
  'a small list outside': (item, n, blocks) => withValue(item, n, block(blocks, 2, [1, 2])),
  'a small map outside': (item, n, blocks) => withValue(item, n, block(blocks, 0, 'a', 1)),
  'an empty map outside': (item, n, blocks) => withValue(item, n, block(blocks, 0)),
  'another value': (item, n) => withValue(item, n, n),
  'a link to nothing': (item, n) => withValue(item, n, new Linked(hash(new Uint8Array([n & 255])))),
  'a link to another block': (item, n, blocks) =>
    withValue(item, n, new Linked([...blocks.bytes.keys()][n % blocks.bytes.size]!)),
  'a link inside a list': (item, n, blocks) => withValue(item, n, [1, block(blocks, 3, 'small')]),
  'text for bytes': (item) => (item[0] === 3 ? [4, new TextEncoder().encode(item[1] as string)] : item),
  'an item of a list too big': (item) =>
    item[0] === 2 ? [2, [...(item[1] as Item), 'x'.repeat(300)]] : item,
  'a list of nothing': (item) => (item[0] === 2 ? [2, []] : item),
  'sizes wrong': (item, n) => branch(item, (s, w, l) => [1, bump(s, n, 1 + (n % 3)), w, l]),
  'sizes exchanged': (item, n) => branch(item, (s, w, l) => [1, bump(bump(s, n, 1), n + 1, -1), w, l]),
  'weights wrong': (item, n) => branch(item, (s, w, l) => [1, s, bump(w, n, 1 + (n % 3)), l]),
  'absurd sizes': (item, n) => branch(item, (s, w, l) => [1, bump(s, n, 2 ** 52), bump(w, n, 2 ** 52), l]),
  'a child forgotten': (item, n) => branch(item, (s, w, l) => [1, s, w, l.toSpliced(n % l.length, 1)]),
  'a child too many': (item, n) => branch(item, (s, w, l) => [1, s, w, [...l, l[n % l.length]!]]),
  'children exchanged': (item, n) =>
    branch(item, (s, w, l) => [1, s, w, swap(l, n % l.length, (n >> 4) % l.length)]),
  'children moved': (item) => branch(item, (s, w, l) => [1, s.toReversed(), w.toReversed(), l.toReversed()]),
  'a child that is another block': (item, n, blocks) =>
    branch(item, (s, w, l) => [
      1,
      s,
      w,
      l.with(n % l.length, new Linked([...blocks.bytes.keys()][n % blocks.bytes.size]!)),
    ]),
  'fifteen children': (item) => branch(item, (s, w, l) => [1, s.slice(1), w, l]),
  'a branch of few': (item, n, blocks) => {
    if (item[0] !== 0 || item.length < 3) return item
    const size = (item.length - 1) / 2
    const sizes = new Array<number>(16).fill(0).with(n % 16, size)
    const weight = print(item).length - (item.length < 24 ? 2 : 3)
    return [1, sizes, new Array<number>(16).fill(0).with(n % 16, weight), [put(blocks, print(item))]]
  },
  truncated: (item, n) => print(item).slice(0, n % print(item).length),
  'bytes behind the end': (item) => Uint8Array.from([...print(item), 0]),
  'a byte changed': (item, n) => {
    const bytes = print(item)
    return bytes.with(n % bytes.length, (bytes[n % bytes.length]! ^ (1 << ((n >> 12) % 8))) & 0xff)
  },
}

interface Made {
  readonly digest: Digest
  readonly size: number
  readonly weight: number
}

/** Entries and weight of a map's block, if it is one. */
const measure = (bytes: Uint8Array): { readonly size: number; readonly weight: number } => {
  try {
    const item = parse(bytes)
    if (item[0] === 1) {
      const sum = (counts: Encodable) => (counts as Array<number>).reduce((a, b) => a + b, 0)
      return { size: sum(item[1]!), weight: sum(item[2]!) }
    }
    return { size: (item.length - 1) / 2, weight: bytes.length - (item.length < 24 ? 2 : 3) }
  } catch {
    return { size: 1, weight: 2 }
  }
}

/**
 * The root of a state in which the block `target` was changed. The forger makes right what follows from it: digests
 * above, and, if he is careful, the sizes and weights that branches above state.
 */
export const forge = (
  blocks: Blocks,
  root: Digest,
  target: Digest,
  change: Change,
  n: number,
  careful: boolean,
): Digest => {
  const made = new Map<Digest, Made>()
  const remake = (digest: Digest): Made => {
    const before = made.get(digest)
    if (before !== undefined) return before
    const relink = (item: Encodable): Encodable => {
      if (item instanceof Linked) return new Linked(remake(item.digest).digest)
      if (Array.isArray(item)) return item.map(relink)
      if (typeof item !== 'object' || item === null || item instanceof Uint8Array) return item
      return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, relink(inner as Encodable)]))
    }
    let item = parse(blocks.bytes.get(digest)!)
    if (careful && item[0] === 1) {
      const inner = (item[3] as ReadonlyArray<Linked>).map((link) => remake(link.digest))
      let next = 0
      const places = (item[1] as ReadonlyArray<number>).map((size) => (size > 0 ? inner[next++]! : null))
      const counts = (of: 'size' | 'weight') =>
        places.map((place) =>
          place === null || !Number.isSafeInteger(place[of]) ? 0 : Math.max(0, place[of]),
        )
      item = [1, counts('size'), counts('weight'), item[3]!]
    }
    item = relink(item) as Item
    const changed = digest === target ? change(item, n, blocks) : item
    const bytes = changed instanceof Uint8Array ? changed : print(changed)
    const result = { digest: put(blocks, bytes).digest, ...measure(bytes) }
    made.set(digest, result)
    return result
  }
  return remake(root).digest
}
