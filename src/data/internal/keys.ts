/**
 * Two bounded tables about map keys, both mere caches: forgetting a slot is always safe.
 *
 * The maps of a state repeat few keys, and few sets of keys, very often. A key that is found by its bytes is the same
 * string object each time, which the engine has already interned: no allocation, no second hashing. A set of keys that
 * is found by identity is already sorted: property names are interned, so finding it compares pointers.
 */
import { sortKeys } from './text.js'
import { readText } from './utf8.js'

/** See `internal/text.ts` for why. */
const unitAt = String.prototype.charCodeAt

// -------------------------------------------------------------------------------------
// keys by their bytes
// -------------------------------------------------------------------------------------

const BITS = 11
const SLOTS = 1 << BITS

/** Longer keys are names of things rather than of fields, and seldom met twice. */
const LONGEST = 32

const known: Array<string> = new Array(SLOTS).fill('')

/** 1 where `known` holds the string object that the engine uses for property names. */
const interned = new Uint8Array(SLOTS)

/** Interning costs more than reading, so it waits until a key is met the second time. */
const intern = (key: string, slot: number): string => {
  interned[slot] = 1
  return (known[slot] = Object.keys({ [key]: 0 })[0]!)
}

/** The key in `bytes` from `start` to `end`, or null if it is not UTF-8. */
export const readKey = (bytes: Uint8Array, start: number, end: number): string | null => {
  const n = end - start
  if (n > LONGEST || n === 0) return readText(bytes, start, end)
  // Length and four bytes tell fields apart well enough; hashing every byte costs more than it saves.
  let h = Math.imul(n ^ (bytes[start]! << 8) ^ (bytes[end - 1]! << 16), 0x9e3779b1)
  h = Math.imul(h ^ (bytes[start + (n >> 1)]! << 4) ^ bytes[n > 1 ? end - 2 : start]!, 0x85ebca6b)
  const slot = h >>> (32 - BITS)
  const held = known[slot]!
  if (held.length === n) {
    let i = 0
    while (i < n && unitAt.call(held, i) === bytes[start + i]!) i++
    // Units of a held key are ASCII, so equal units are equal bytes.
    if (i === n) return interned[slot] === 1 ? held : intern(held, slot)
  }
  const key = readText(bytes, start, end)
  // A key of n bytes and n units is ASCII.
  if (key !== null && key.length === n) {
    known[slot] = key
    interned[slot] = 0
  }
  return key
}

// -------------------------------------------------------------------------------------
// sets of keys by identity
// -------------------------------------------------------------------------------------

interface Order {
  readonly given: ReadonlyArray<string>
  readonly sorted: ReadonlyArray<string>
}

const ORDERS = 512

/** Records have few fields; larger maps are collections, whose sets of keys are seldom met twice. */
const LARGEST = 16

const orders: Array<Order | undefined> = new Array(ORDERS).fill(undefined)

const same = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean => {
  const n = a.length
  if (n !== b.length) return false
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return false
  return true
}

/** Own enumerable keys of a map in canonical order. */
export const canonicalKeys = (entries: object): ReadonlyArray<string> => {
  const keys = Object.keys(entries)
  const n = keys.length
  if (n < 2) return keys
  if (n > LARGEST) return sortKeys(keys)
  const first = keys[0]!
  const last = keys[n - 1]!
  const slot =
    ((n * 0x1f) ^
      (first.length * 0x61) ^
      (unitAt.call(first, 0) * 0x9d) ^
      (last.length * 0x3b5) ^
      (unitAt.call(last, 0) * 0x143)) &
    (ORDERS - 1)
  const held = orders[slot]
  if (held !== undefined && same(held.given, keys)) return held.sorted
  const sorted = sortKeys(keys.slice())
  orders[slot] = { given: keys, sorted }
  return sorted
}
