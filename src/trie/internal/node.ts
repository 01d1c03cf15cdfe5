/**
 * The nodes of the trie.
 *
 * INV1  a subtree of at most `LEAF_CAPACITY` entries is one leaf; a larger one is a branch (so a branch is never
 *       small, and every empty child is the one `EMPTY` leaf);
 * INV2  a leaf's entries ascend by (placement, key), each key once;
 * INV3  each entry stands under the children that its key's placement selects;
 * INV4  a node's `size` is the number of entries below it;
 * INV5  a leaf's `occupancy` has the bit of each entry's bucket and no other.
 * INV1–INV4 leave no choice: equal entries make equal trees, whatever the order of edits.
 *
 * Nodes are immutable but for four caches that no reader can tell from a recomputation (`ref`, `weight`, and what a
 * batch does to nodes it owns before anyone else sees them).
 */
import type { Digest } from '../../data/Digest.js'
import { type Encodable, Linkable } from '../../data/Linkable.js'
import type { Ref } from '../../data/Ref.js'
import type { Place } from './place.js'
import { HASH_BITS, ROOT_SHIFT } from './placement.js'

/** Entries that a leaf holds at most; one more makes it a branch. */
export const LEAF_CAPACITY = 32

// The first five also begin a block (`block.ts`).
export const LEAF = 0
export const BRANCH = 1
export const LIST = 2
export const TEXT = 3
export const BYTES = 4
export const LINK = 5

/** Who may edit a node in place: the batch that made it, as long as it runs. */
export interface Owner {
  /** Nodes that were loaded for this edit and are let go after it. */
  loaded: ReadonlyMap<Link, Trie> | null
}

/** The owner of single edits: it owns nothing, so everything it touches is copied. */
export const NOBODY: Owner = { loaded: null }

/** What stands in a state as a block of its own: a node of a map's trie, a list, long text, bytes, or a link to one. */
abstract class Node extends Linkable {
  abstract readonly kind: number
  abstract readonly size: number
  /** The block's digest and number, once someone asked. */
  abstract ref: Ref | null
  get digest(): Digest {
    return this.ref!.digest
  }
}

/** Entries side by side: placement, key, value, placement, key, value, ... */
export class Leaf extends Node {
  readonly kind: typeof LEAF = LEAF
  entries: Array<unknown>
  size: number
  occupancy: number
  owner: Owner
  ref: Ref | null = null
  /** Bytes that the entries take in an encoding; −1 until someone asked. */
  weight = -1
  /** Known to have no link anywhere below it; found out when it is committed. */
  whole = false
  constructor(entries: Array<unknown>, occupancy: number, owner: Owner) {
    super()
    this.entries = entries
    this.size = entries.length / 3
    this.occupancy = occupancy
    this.owner = owner
  }
}

/** Sixteen children, dense. */
export class Branch extends Node {
  readonly kind: typeof BRANCH = BRANCH
  children: Array<Child>
  size: number
  owner: Owner
  ref: Ref | null = null
  weight = -1
  whole = false
  constructor(children: Array<Child>, size: number, owner: Owner) {
    super()
    this.children = children
    this.size = size
    this.owner = owner
  }
}

/** A list, as one block. */
export class List extends Node {
  readonly kind: typeof LIST = LIST
  readonly items: ReadonlyArray<Slot>
  readonly size: number
  ref: Ref | null = null
  whole = false
  constructor(items: ReadonlyArray<Slot>) {
    super()
    this.items = items
    this.size = items.length
  }
}

/** Long text or bytes, kept as the block that is stored; `size` in bytes. */
export class Raw extends Node {
  readonly kind: typeof TEXT | typeof BYTES
  readonly block: Uint8Array
  readonly size: number
  ref: Ref | null = null
  whole = true
  constructor(kind: typeof TEXT | typeof BYTES, block: Uint8Array) {
    super()
    this.kind = kind
    this.block = block
    this.size = block.length
  }
}

/** Keeps loaded nodes for as long as there is room; see `Residency`. */
export interface Home {
  /** The node with this digest, if it is loaded now and was found fit for such a place. */
  readonly peek: (digest: Digest, place: Place) => Resident | undefined
  readonly has: (digest: Digest) => boolean
  /** Keeps a node that was loaded; answers the one to use: this one, or an equal one that is kept already. */
  readonly admit: (node: Resident, place: Place, bytes: number) => Resident
  /**
   * The same for a node that was committed. Only a `whole` one may take its place: a link in it would make a state
   * depend on blocks that nobody holds for that state.
   */
  readonly adopt: (node: Resident, place: Place, bytes: number) => Resident
}

/** A node of which only the digest is known, and, in a branch, what the branch says of it. */
export class Link extends Node {
  readonly kind: typeof LINK = LINK
  readonly ref: Ref
  /** Entries below it, or −1 where nothing is said. */
  readonly size: number
  readonly weight: number
  readonly home: Home
  constructor(ref: Ref, size: number, weight: number, home: Home) {
    super()
    this.ref = ref
    this.size = size
    this.weight = weight
    this.home = home
  }
}

/** A node that is here. */
export type Trie = Leaf | Branch
/** A node of a trie that may not be here. */
export type Child = Leaf | Branch | Link
/** Any node that is here. */
export type Resident = Leaf | Branch | List | Raw
/** A value that is a block of its own. */
export type Component = Resident | Link
/** What stands at a key or an index of a state: a small value as it is, with nodes in it where something is not small. */
export type Slot = Encodable

/** The one empty node. */
export const EMPTY: Leaf = new Leaf([], 0, NOBODY)
EMPTY.weight = 0

/**
 * The entry's bucket among 32 at the level `shift`: the five placement bits that the level has not used up.
 * Past the placement hash any bucket will do, since there all placements are equal.
 */
export const bucketOf = (h: number, shift: number): number =>
  (h << (32 - HASH_BITS + ROOT_SHIFT - shift)) >>> 27
