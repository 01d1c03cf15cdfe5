/**
 * Edits: each copies one path, or, inside a batch, edits the nodes that the batch owns.
 *
 * The whole rule of shape is INV1, and `settle` restores it, so insertion and deletion need no other care.
 */
import { deal, inserted, locate, makeLeaf, without, withValue } from './leaf.js'
import {
  BRANCH,
  Branch,
  bucketOf,
  type Child,
  EMPTY,
  LEAF_CAPACITY,
  Leaf,
  LINK,
  NOBODY,
  type Owner,
  type Trie,
} from './node.js'
import { BITS, indexAt, LAST_SHIFT } from './placement.js'

/**
 * The node behind a child. An edit of a state loads what it will touch before it begins (`load.ts`), so a link that
 * is met here always resolves; in a wholly resident trie there is none.
 */
export const resolve = (child: Child, owner: Owner): Trie =>
  child.kind === LINK ? owner.loaded!.get(child)! : child

/** Makes the node of sorted entries at the level `shift`: a leaf, or a branch if they are too many. */
export const grow = (entries: Array<unknown>, shift: number, owner: Owner): Trie => {
  if (entries.length <= LEAF_CAPACITY * 3 || shift < LAST_SHIFT) return makeLeaf(entries, shift, owner)
  return new Branch(
    deal(entries, shift).map((part) => grow(part, shift - BITS, owner)),
    entries.length / 3,
    owner,
  )
}

/** Appends the entries below a node, in the order of the children. */
export const gather = (node: Child, into: Array<unknown>, owner: Owner): void => {
  const here = resolve(node, owner)
  if (here.kind === BRANCH) for (const child of here.children) gather(child, into, owner)
  else for (const item of here.entries) into.push(item)
}

/** Sorts entries by (placement, key). */
export const sortEntries = (entries: Array<unknown>): Array<unknown> => {
  const order = Array.from({ length: entries.length / 3 }, (_, i) => i * 3)
  order.sort((a, b) => {
    const d = (entries[a] as number) - (entries[b] as number)
    if (d !== 0) return d
    return (entries[a + 1] as string) < (entries[b + 1] as string) ? -1 : 1
  })
  const sorted = new Array<unknown>(entries.length)
  for (let j = 0; j < order.length; j++) {
    const i = order[j]!
    sorted[j * 3] = entries[i]
    sorted[j * 3 + 1] = entries[i + 1]
    sorted[j * 3 + 2] = entries[i + 2]
  }
  return sorted
}

/** Restores INV1 over sixteen canonical children of the level `shift` that hold `size` entries together. */
export const settle = (children: Array<Child>, size: number, shift: number, owner: Owner): Trie => {
  if (size > LEAF_CAPACITY) return new Branch(children, size, owner)
  if (size === 0) return EMPTY
  const entries: Array<unknown> = []
  for (const child of children) gather(child, entries, owner)
  // Past the placement hash children follow BLAKE3, a leaf does not.
  return makeLeaf(shift < 0 ? sortEntries(entries) : entries.slice(), shift, owner)
}

const replaceChild = (owner: Owner, node: Branch, index: number, child: Trie, size: number): Branch => {
  if (owner !== NOBODY && node.owner === owner) {
    node.children[index] = child
    node.size = size
    return node
  }
  const children = node.children.slice()
  children[index] = child
  return new Branch(children, size, owner)
}

/** The node with `value` at `key`; the very same node if it stood there already. O(log n). */
export const insert = (
  owner: Owner,
  node: Trie,
  shift: number,
  h: number,
  key: string,
  value: unknown,
): Trie => {
  if (node.kind === BRANCH) {
    const index = indexAt(h, key, shift)
    const child = resolve(node.children[index]!, owner)
    const before = child.size
    const next = insert(owner, child, shift - BITS, h, key, value)
    const grown = next.size - before
    if (next !== child) return replaceChild(owner, node, index, next, node.size + grown)
    // The child is as it was, or a batch's own and edited in place; then so is its parent.
    if (grown !== 0) node.size += grown
    return node
  }
  const i = locate(node, h, key, shift)
  // Not `===`: 0 and -0 are two values, NaN is one.
  if (i >= 0) return Object.is(node.entries[i + 2], value) ? node : withValue(node, i, value, owner)
  const entries = inserted(node.entries, ~i, h, key, value)
  if (entries.length > LEAF_CAPACITY * 3 && shift >= LAST_SHIFT) return grow(entries, shift, owner)
  return new Leaf(entries, node.occupancy | (1 << bucketOf(h, shift)), owner)
}

/** The node without `key`; the very same node if the key is not there. O(log n). */
export const remove = (owner: Owner, node: Trie, shift: number, h: number, key: string): Trie => {
  if (node.kind === BRANCH) {
    const index = indexAt(h, key, shift)
    const child = resolve(node.children[index]!, owner)
    const before = child.size
    const next = remove(owner, child, shift - BITS, h, key)
    if (next.size === before) return node
    const size = node.size - 1
    if (size <= LEAF_CAPACITY) return settle(node.children.with(index, next), size, shift, owner)
    if (next !== child) return replaceChild(owner, node, index, next, size)
    node.size = size
    return node
  }
  const i = locate(node, h, key, shift)
  return i < 0 ? node : without(node, i, shift, owner)
}
