/**
 * Walks over two tries at once. Equal entries make equal trees, so the two are walked child by child, and a subtree
 * that both share is passed over in O(1).
 */
import { insert, remove, settle } from './edit.js'
import { deal, find, makeLeaf } from './leaf.js'
import { BRANCH, Branch, type Child, EMPTY, type Leaf, LINK, NOBODY, type Owner, type Trie } from './node.js'
import { below, type Place } from './place.js'
import { BITS, indexAt } from './placement.js'

/** The children of a node at the level `shift`, as if it were a branch. */
export const childrenOf = (node: Trie, shift: number): ReadonlyArray<Child> =>
  node.kind === BRANCH
    ? node.children
    : deal(node.entries, shift).map((entries) => makeLeaf(entries, shift - BITS, NOBODY))

/** The same nodes, or nodes whose digests are known and equal. */
export const known = (a: Child, b: Child): boolean =>
  a === b || (a.ref !== null && b.ref !== null && a.ref.digest === b.ref.digest)

/** Whether two resident tries hold equal values at the same keys. O(1) where they share, else O(n). */
export const equals = (a: Trie, b: Trie, eq: (x: unknown, y: unknown) => boolean): boolean => {
  if (known(a, b)) return true
  if (a.size !== b.size || a.kind !== b.kind) return false
  if (a.kind === BRANCH) {
    const others = (b as Branch).children
    return a.children.every((child, i) => equals(child as Trie, others[i] as Trie, eq))
  }
  const x = a.entries
  const y = (b as Leaf).entries
  for (let i = 0; i < x.length; i += 3) {
    if (x[i] !== y[i] || x[i + 1] !== y[i + 1]) return false
    if (!Object.is(x[i + 2], y[i + 2]) && !eq(x[i + 2], y[i + 2])) return false
  }
  return true
}

/** Receives what differs at a key; `absent` stands for no entry. */
export type OnDifference = (key: string, before: unknown, after: unknown) => void

/** No entry. */
export const ABSENT: unique symbol = Symbol('absent')

/** Two nodes at one place that could not be compared because one of them is not loaded. */
export interface Pending {
  readonly before: Child
  readonly after: Child
  readonly place: Place
}

/**
 * Reports each key at which two tries differ. O(changes · log n): what both share is never entered.
 *
 * Pairs that are not resident are put to `pending`, to be gone on with once they are.
 */
export const diff = (
  before: Child,
  after: Child,
  place: Place,
  eq: (x: unknown, y: unknown) => boolean,
  report: OnDifference,
  pending: { readonly push: (pair: Pending) => unknown },
): void => {
  if (known(before, after)) return
  if (before.kind === LINK || after.kind === LINK) {
    pending.push({ before, after, place })
  } else if (before.kind === BRANCH || after.kind === BRANCH) {
    const xs = childrenOf(before, place.shift)
    const ys = childrenOf(after, place.shift)
    for (let i = 0; i < xs.length; i++) {
      if (!known(xs[i]!, ys[i]!)) diff(xs[i]!, ys[i]!, below(place, i, null), eq, report, pending)
    }
  } else diffLeaves(before, after, eq, report)
}

const diffLeaves = (
  before: Leaf,
  after: Leaf,
  eq: (x: unknown, y: unknown) => boolean,
  report: OnDifference,
): void => {
  const xs = before.entries
  const ys = after.entries
  let i = 0
  let j = 0
  while (i < xs.length || j < ys.length) {
    const order =
      i >= xs.length
        ? 1
        : j >= ys.length
          ? -1
          : (xs[i] as number) - (ys[j] as number) ||
            (xs[i + 1] === ys[j + 1] ? 0 : (xs[i + 1] as string) < (ys[j + 1] as string) ? -1 : 1)
    if (order < 0) {
      report(xs[i + 1] as string, xs[i + 2], ABSENT)
      i += 3
    } else if (order > 0) {
      report(ys[j + 1] as string, ABSENT, ys[j + 2])
      j += 3
    } else {
      if (!Object.is(xs[i + 2], ys[j + 2]) && !eq(xs[i + 2], ys[j + 2]))
        report(xs[i + 1] as string, xs[i + 2], ys[j + 2])
      i += 3
      j += 3
    }
  }
}

/** Every entry of either; `both` decides where both have one. */
export const union = (
  a: Trie,
  b: Trie,
  shift: number,
  both: (x: unknown, y: unknown, key: string) => unknown,
): Trie => {
  if (b.size === 0) return a
  if (a.size === 0) return b
  if (b.kind !== BRANCH) return addLeaf(a, b, shift, both)
  if (a.kind !== BRANCH) return addLeaf(b, a, shift, (y, x, key) => both(x, y, key))
  let size = 0
  let same = true
  const children: Array<Child> = a.children.map((child, i) => {
    const next = union(child as Trie, b.children[i] as Trie, shift - BITS, both)
    size += next.size
    same &&= next === child
    return next
  })
  return same ? a : new Branch(children, size, NOBODY)
}

const addLeaf = (
  into: Trie,
  leaf: Leaf,
  shift: number,
  both: (x: unknown, y: unknown, key: string) => unknown,
): Trie => {
  const owner: Owner = { loaded: null }
  let result = into
  for (let i = 0; i < leaf.entries.length; i += 3) {
    const h = leaf.entries[i] as number
    const key = leaf.entries[i + 1] as string
    const value = leaf.entries[i + 2]
    const there = lookup(result, h, key, shift)
    result = insert(owner, result, shift, h, key, there === ABSENT ? value : both(there, value, key))
  }
  return result
}

/** The value at a key of a resident trie, or `ABSENT`. */
export const lookup = (node: Trie, h: number, key: string, shift: number): unknown => {
  while (node.kind === BRANCH) {
    node = node.children[indexAt(h, key, shift)] as Trie
    shift -= BITS
  }
  const i = find(node, h, key, shift)
  return i < 0 ? ABSENT : node.entries[i]
}

/** The entries of `a` whose keys `b` has too, as `both` makes them. */
export const intersection = (
  a: Trie,
  b: Trie,
  shift: number,
  both: (x: unknown, y: unknown, key: string) => unknown,
): Trie => {
  if (a.size === 0 || b.size === 0) return EMPTY
  if (a.kind === BRANCH && b.kind === BRANCH) {
    return zip(a, shift, (child, i) => intersection(child, b.children[i] as Trie, shift - BITS, both))
  }
  const leaf = a.kind === BRANCH ? (b as Leaf) : a
  const entries: Array<unknown> = []
  for (let i = 0; i < leaf.entries.length; i += 3) {
    const h = leaf.entries[i] as number
    const key = leaf.entries[i + 1] as string
    const x = lookup(a, h, key, shift)
    const y = lookup(b, h, key, shift)
    if (x !== ABSENT && y !== ABSENT) entries.push(h, key, both(x, y, key))
  }
  return makeLeaf(entries.slice(), shift, NOBODY)
}

/** The entries of `a` whose keys `b` does not have. */
export const difference = (a: Trie, b: Trie, shift: number): Trie => {
  if (a.size === 0 || b.size === 0) return a
  if (a === b) return EMPTY
  if (a.kind === BRANCH && b.kind === BRANCH) {
    return zip(a, shift, (child, i) => difference(child, b.children[i] as Trie, shift - BITS))
  }
  if (a.kind === BRANCH) {
    let result: Trie = a
    const owner: Owner = { loaded: null }
    const leaf = b as Leaf
    for (let i = 0; i < leaf.entries.length; i += 3) {
      result = remove(owner, result, shift, leaf.entries[i] as number, leaf.entries[i + 1] as string)
    }
    return result
  }
  const entries: Array<unknown> = []
  for (let i = 0; i < a.entries.length; i += 3) {
    const h = a.entries[i] as number
    const key = a.entries[i + 1] as string
    if (lookup(b, h, key, shift) === ABSENT) entries.push(h, key, a.entries[i + 2])
  }
  return entries.length === a.entries.length ? a : makeLeaf(entries.slice(), shift, NOBODY)
}

const zip = (a: Branch, shift: number, f: (child: Trie, i: number) => Trie): Trie => {
  let size = 0
  let same = true
  const children: Array<Child> = a.children.map((child, i) => {
    const next = f(child as Trie, i)
    size += next.size
    same &&= next === child
    return next
  })
  return same ? a : settle(children, size, shift, NOBODY)
}
