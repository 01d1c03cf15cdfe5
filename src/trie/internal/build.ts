/**
 * Bulk build: a radix sort by placement, then leaves cut straight from the sorted run. No node is made twice.
 */

import { grow } from './edit.js'
import { makeLeaf } from './leaf.js'
import { Branch, type Child, EMPTY, LEAF_CAPACITY, NOBODY, type Trie } from './node.js'
import { BITS, HASH_BITS, placement, ROOT_SHIFT, WIDTH } from './placement.js'

/** The stable order of `hashes`, as indices: counting passes, by digits as wide as the number of keys pays for. */
const orderOf = (hashes: Int32Array): Uint32Array => {
  const n = hashes.length
  const bits = n < 1 << 12 ? HASH_BITS / 4 : HASH_BITS / 2
  const digits = 1 << bits
  let order = new Uint32Array(n)
  let other = new Uint32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  const starts = new Uint32Array(digits)
  for (let pass = 0; pass < HASH_BITS; pass += bits) {
    starts.fill(0)
    for (let i = 0; i < n; i++) starts[(hashes[i]! >>> pass) & (digits - 1)]!++
    let sum = 0
    for (let d = 0; d < digits; d++) {
      const count = starts[d]!
      starts[d] = sum
      sum += count
    }
    for (let i = 0; i < n; i++) {
      const index = order[i]!
      other[starts[(hashes[index]! >>> pass) & (digits - 1)]!++] = index
    }
    const swap = order
    order = other
    other = swap
  }
  return order
}

/** A run of keys in order, with `from`..`to` of it still to be placed. */
interface Run {
  readonly order: Uint32Array
  readonly hashes: Int32Array
  readonly keys: ReadonlyArray<string>
  readonly values: ReadonlyArray<unknown>
}

/** Drops all but the last of equal keys, which stand among equal placements; answers how many are left. */
const dropDuplicates = ({ order, hashes, keys }: Run): number => {
  let kept = 0
  for (let i = 0; i < order.length; ) {
    const h = hashes[order[i]!]!
    let end = i + 1
    while (end < order.length && hashes[order[end]!] === h) end++
    if (end === i + 1) order[kept++] = order[i]!
    else {
      const last = new Map<string, number>()
      for (let j = i; j < end; j++) last.set(keys[order[j]!]!, order[j]!)
      for (const key of [...last.keys()].sort((a, b) => (a < b ? -1 : 1))) order[kept++] = last.get(key)!
    }
    i = end
  }
  return kept
}

const entriesOf = ({ order, hashes, keys, values }: Run, from: number, to: number): Array<unknown> => {
  const entries = new Array<unknown>((to - from) * 3)
  for (let i = from, j = 0; i < to; i++, j += 3) {
    const index = order[i]!
    entries[j] = hashes[index]
    entries[j + 1] = keys[index]
    entries[j + 2] = values[index]
  }
  return entries
}

const cut = (run: Run, from: number, to: number, shift: number): Trie => {
  if (to - from <= LEAF_CAPACITY) return makeLeaf(entriesOf(run, from, to), shift, NOBODY)
  // Placements used up: as rare as a crafted collision, so no fast path.
  if (shift < 0) return grow(entriesOf(run, from, to), shift, NOBODY)
  const children: Array<Child> = []
  let start = from
  for (let index = 0; index < WIDTH; index++) {
    let end = start
    while (end < to && ((run.hashes[run.order[end]!]! >>> shift) & (WIDTH - 1)) === index) end++
    children.push(start === end ? EMPTY : cut(run, start, end, shift - BITS))
    start = end
  }
  return new Branch(children, to - from, NOBODY)
}

/** The trie of `keys[i] ↦ values[i]`; of equal keys the last counts. O(n). */
export const build = (keys: ReadonlyArray<string>, values: ReadonlyArray<unknown>): Trie => {
  const hashes = new Int32Array(keys.length)
  for (let i = 0; i < keys.length; i++) hashes[i] = placement(keys[i]!)
  const run: Run = { order: orderOf(hashes), hashes, keys, values }
  return cut(run, 0, dropDuplicates(run), ROOT_SHIFT)
}
