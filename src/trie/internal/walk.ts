/**
 * Walks over one wholly resident trie: iteration, folds, maps and filters.
 */
import { settle } from './edit.js'
import { makeLeaf } from './leaf.js'
import { BRANCH, Branch, type Child, Leaf, NOBODY, type Trie } from './node.js'
import { BITS } from './placement.js'

/** Calls `visit` for each entry, in the order of the trie. */
export const forEach = (node: Trie, visit: (value: unknown, key: string) => void): void => {
  if (node.kind === BRANCH) {
    for (let i = 0; i < node.children.length; i++) forEach(node.children[i] as Trie, visit)
  } else {
    const entries = node.entries
    for (let i = 0; i < entries.length; i += 3) visit(entries[i + 2], entries[i + 1] as string)
  }
}

/** The leaves of a trie one after another: the base of every iterator, with one path in memory. */
export class Leaves {
  private readonly path: Array<Branch> = []
  private readonly at: Array<number> = []
  private first: Trie | null
  constructor(root: Trie) {
    this.first = root
  }
  /** The next leaf that is not empty, or `null` at the end. */
  next(): Leaf | null {
    let node: Trie | null = this.first
    this.first = null
    for (;;) {
      while (node === null) {
        const top = this.path.length - 1
        if (top < 0) return null
        const branch = this.path[top]!
        const i = this.at[top]!
        if (i < branch.children.length) {
          this.at[top] = i + 1
          node = branch.children[i] as Trie
        } else {
          this.path.pop()
          this.at.pop()
        }
      }
      if (node.kind === BRANCH) {
        this.path.push(node)
        this.at.push(0)
      } else if (node.size > 0) return node
      node = null
    }
  }
}

/** Iterates over `[key, value]`, or what `pick` makes of an entry. */
export class Entries<B> implements IterableIterator<B> {
  private readonly leaves: Leaves
  private entries: ReadonlyArray<unknown> = []
  private i = 0
  private readonly pick: (key: string, value: unknown) => B
  constructor(root: Trie, pick: (key: string, value: unknown) => B) {
    this.leaves = new Leaves(root)
    this.pick = pick
  }
  next(): IteratorResult<B> {
    if (this.i >= this.entries.length) {
      const leaf = this.leaves.next()
      if (leaf === null) return { done: true, value: undefined }
      this.entries = leaf.entries
      this.i = 0
    }
    const i = this.i
    this.i = i + 3
    return { done: false, value: this.pick(this.entries[i + 1] as string, this.entries[i + 2]) }
  }
  [Symbol.iterator](): this {
    return this
  }
}

/** The trie of the same shape with other values. */
export const map = (node: Trie, f: (value: unknown, key: string) => unknown): Trie => {
  if (node.kind === BRANCH) {
    return new Branch(
      node.children.map((child) => map(child as Trie, f)),
      node.size,
      NOBODY,
    )
  }
  if (node.size === 0) return node
  const entries = node.entries.slice()
  for (let i = 0; i < entries.length; i += 3) entries[i + 2] = f(entries[i + 2], entries[i + 1] as string)
  return new Leaf(entries, node.occupancy, NOBODY)
}

/** The branch of the same shape with other children. */
export const withChildren = (node: Branch, children: ReadonlyArray<Trie>): Branch =>
  new Branch(children.slice(), node.size, NOBODY)

/** The leaf with the same keys and other values, in order. */
export const withValues = (node: Leaf, values: ReadonlyArray<unknown>): Leaf => {
  if (node.size === 0) return node
  const entries = node.entries.slice()
  for (let i = 0; i < values.length; i++) entries[i * 3 + 2] = values[i]
  return new Leaf(entries, node.occupancy, NOBODY)
}

/** Says that an entry goes. */
export const DROP: unique symbol = Symbol('drop')

/** The trie of what `f` keeps of each value; shares each subtree of which everything is kept as it is. */
export const filterMap = (node: Trie, shift: number, f: (value: unknown, key: string) => unknown): Trie => {
  if (node.kind === BRANCH) {
    let size = 0
    let same = true
    const children: Array<Child> = node.children.map((child) => {
      const next = filterMap(child as Trie, shift - BITS, f)
      size += next.size
      same &&= next === child
      return next
    })
    return same ? node : settle(children, size, shift, NOBODY)
  }
  const kept: Array<unknown> = []
  let same = true
  for (let i = 0; i < node.entries.length; i += 3) {
    const value = f(node.entries[i + 2], node.entries[i + 1] as string)
    same &&= Object.is(value, node.entries[i + 2])
    if (value !== DROP) kept.push(node.entries[i], node.entries[i + 1], value)
  }
  return same ? node : makeLeaf(kept.slice(), shift, NOBODY)
}
