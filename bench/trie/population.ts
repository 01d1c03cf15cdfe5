/**
 * Keys that a map holds and keys of the same shape that it does not, the same for every subject.
 *
 * The strings are interned, as the property names of parsed JSON and the literals of a program are, and every operation
 * is given the very instance that is stored (or was built for the misses). V8 has then hashed them already, which helps
 * a native `Map` and no trie: JavaScript cannot read that hash.
 */
import type { Edit, Entry } from './Peer.js'

export interface Population {
  readonly present: readonly string[]
  readonly absent: readonly string[]
}

/** A seeded source of integers below a bound (Mulberry32). */
export const chance = (seed: number): ((bound: number) => number) => {
  let state = seed | 0
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
}

export const shuffled = <A>(items: readonly A[], seed: number): A[] => {
  const below = chance(seed)
  const order = items.slice()
  for (let last = order.length - 1; last > 0; last--) {
    const other = below(last + 1)
    const item = order[last]!
    order[last] = order[other]!
    order[other] = item
  }
  return order
}

const PREFIX = 'agent/'
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const KEY_LENGTH = 16

/** `n` keys that are present and as many that are absent. */
export const population = (n: number, seed: number): Population => {
  const below = chance(seed)
  // As property names the strings become interned, and no two of them are equal.
  const names: Record<string, null> = {}
  const bytes = Buffer.alloc(KEY_LENGTH)
  bytes.write(PREFIX, 'latin1')
  for (let made = 0; made < 2 * n; ) {
    for (let at = PREFIX.length; at < KEY_LENGTH; at++) {
      bytes[at] = LETTERS.charCodeAt(below(LETTERS.length))
    }
    const key = bytes.toString('latin1')
    if (key in names) continue
    names[key] = null
    made++
  }
  const keys = Object.keys(names)
  return { present: keys.slice(0, n), absent: keys.slice(n) }
}

export const entriesOf = (keys: readonly string[]): readonly Entry[] => keys.map((key, index) => [key, index])

/** Above every value that a map is built with, so that setting it always changes something. */
export const NEW_VALUE = 2 ** 24

/** As many random edits as asked for, in turn a set of a present key, an insertion and a deletion; and who is left. */
export const wear = (
  start: Population,
  count: number,
  seed: number,
): { readonly edits: readonly Edit[]; readonly population: Population } => {
  const below = chance(seed)
  const present = start.present.slice()
  const absent = start.absent.slice()
  const edits: Edit[] = []
  const take = (from: string[]): string => {
    const at = below(from.length)
    const taken = from[at]!
    const last = from.pop()!
    if (at < from.length) from[at] = last
    return taken
  }
  for (let made = 0; made < count; made++) {
    const value = NEW_VALUE + made
    if (made % 3 === 0) {
      edits.push({ kind: 'set', key: present[below(present.length)]!, value })
    } else if (made % 3 === 1) {
      const key = take(absent)
      present.push(key)
      edits.push({ kind: 'set', key, value })
    } else {
      const key = take(present)
      absent.push(key)
      edits.push({ kind: 'delete', key })
    }
  }
  return { edits, population: { present, absent } }
}

/** Four values changed, three keys inserted, three deleted: ten keys differ. */
export const tenEdits = ({ present, absent }: Population): readonly Edit[] => [
  ...present.slice(0, 4).map((key): Edit => ({ kind: 'set', key, value: NEW_VALUE })),
  ...absent.slice(0, 3).map((key): Edit => ({ kind: 'set', key, value: NEW_VALUE })),
  ...present.slice(4, 7).map((key): Edit => ({ kind: 'delete', key })),
]
