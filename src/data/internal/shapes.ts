/**
 * A bounded table of the sets of keys that records have, by their encoded bytes.
 *
 * The records of a state repeat few sets of keys. Where the next map begins like one that was met before, its keys are
 * compared with that record's as bytes, one after another, which needs no look-up and no check of their order. The table
 * is a cache: a wrong guess costs a comparison, and forgetting is always safe.
 */
import { sortKeys, textBytes } from './text.js'

/** The keys of one kind of record, in canonical order. */
export interface Shape {
  readonly keys: ReadonlyArray<string>
  /** The encoded keys, one after another. */
  readonly bytes: Uint8Array
  /** Where in `bytes` each key ends. */
  readonly ends: ReadonlyArray<number>
}

/** Records have few fields; larger maps are collections, whose keys are seldom met twice. */
export const LARGEST = 16

const BITS = 9
const shapes: Array<Shape | undefined> = new Array(1 << BITS).fill(undefined)

/** What last failed to be found in a slot. A set of keys is learnt when it is met twice, since learning is slow. */
const missed = new Int32Array(1 << BITS)

/** By the number of keys, and size and two bytes of the first, whose head is at `at`. */
export const slotOf = (bytes: Uint8Array, at: number, n: number): number => {
  const head = bytes[at]!
  const h = Math.imul(
    n ^ (head << 5) ^ (bytes[at + 1]! << 12) ^ (bytes[at + (head & 0x1f)]! << 20),
    0x9e3779b1,
  )
  return h >>> (32 - BITS)
}

export const shapeAt = (slot: number): Shape | undefined => shapes[slot]

/** Remembers the keys of a map that has been read, if it is met again and they are short and plain. */
export const learn = (slot: number, entries: object): void => {
  const given = Object.keys(entries)
  let mark = given.length
  for (const key of given) mark = (Math.imul(mark, 31) + key.length) | 0
  if (missed[slot] !== mark) {
    missed[slot] = mark
    return
  }
  const keys = sortKeys(given.slice())
  const bytes: Array<number> = []
  const ends: Array<number> = []
  for (const [i, key] of keys.entries()) {
    // Keys that are array indices come first in an object, and one is no ordinary property to assign to.
    if (key !== given[i] || key === '__proto__' || key.length > 23 || textBytes(key) !== key.length) return
    bytes.push(0x60 | key.length, ...Array.from(key, (unit) => unit.charCodeAt(0)))
    ends.push(bytes.length)
  }
  shapes[slot] = { keys, bytes: Uint8Array.from(bytes), ends }
}
