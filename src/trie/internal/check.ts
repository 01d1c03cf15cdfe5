/**
 * The checker: which invariant of `node.ts` a tree breaks, and where.
 */
import * as O from 'fp-ts/lib/Option.js'
import { BRANCH, bucketOf, type Child, EMPTY, LEAF_CAPACITY, LINK } from './node.js'
import { BITS, indexAt, LAST_SHIFT, placement, ROOT_SHIFT, WIDTH } from './placement.js'

/** A broken invariant, with the children that lead to it from the root. */
export interface Broken {
  readonly invariant: 'INV1' | 'INV2' | 'INV3' | 'INV4' | 'INV5'
  readonly path: ReadonlyArray<number>
  readonly reason: string
}

/** The first broken invariant of the resident part of a tree, in depth-first order. O(n). */
export const inspect = (root: Child): O.Option<Broken> => {
  const visit = (node: Child, path: ReadonlyArray<number>): Broken | null => {
    const broken = (invariant: Broken['invariant'], reason: string): Broken => ({ invariant, path, reason })
    const shift = ROOT_SHIFT - BITS * path.length
    if (node.kind === LINK) return null
    if (node.kind === BRANCH) {
      if (node.children.length !== WIDTH)
        return broken('INV1', `a branch of ${node.children.length} children`)
      if (node.size <= LEAF_CAPACITY) return broken('INV1', `a branch of ${node.size} entries`)
      if (shift < LAST_SHIFT) return broken('INV1', 'a branch below the last level')
      const sum = node.children.reduce((total, child) => total + child.size, 0)
      if (sum !== node.size) return broken('INV4', `says ${node.size} entries, has ${sum}`)
      for (let i = 0; i < WIDTH; i++) {
        const child = node.children[i]!
        if (child.size === 0 && child !== EMPTY) return broken('INV1', `an empty child ${i} of its own`)
        const inside = visit(child, [...path, i])
        if (inside !== null) return inside
      }
      return null
    }
    const { entries } = node
    if (entries.length !== node.size * 3)
      return broken('INV4', `says ${node.size}, has ${entries.length / 3}`)
    if (node.size > LEAF_CAPACITY && shift >= LAST_SHIFT)
      return broken('INV1', `a leaf of ${node.size} entries`)
    let occupancy = 0
    for (let i = 0; i < entries.length; i += 3) {
      const h = entries[i] as number
      const key = entries[i + 1] as string
      if (h !== placement(key)) return broken('INV3', `entry ${i / 3} has placement ${h}, not its key's`)
      for (let level = 0; level < path.length; level++) {
        if (indexAt(h, key, ROOT_SHIFT - BITS * level) !== path[level]) {
          return broken('INV3', `key ${JSON.stringify(key)} belongs elsewhere at level ${level}`)
        }
      }
      const before =
        i > 0 ? (entries[i - 3] as number) - h || ((entries[i - 2] as string) < key ? -1 : 1) : -1
      if (before >= 0) return broken('INV2', `entry ${i / 3} is out of order`)
      occupancy |= 1 << bucketOf(h, shift)
    }
    return occupancy === node.occupancy ? null : broken('INV5', 'occupancy does not match the entries')
  }
  return O.fromNullable(visit(root, []))
}
