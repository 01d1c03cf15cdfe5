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
 * Nodes are immutable to every reader. What is written to one after it was made cannot be told from the outside: the
 * caches `ref`, `weight` and `whole`; the edits of a batch to nodes that nobody else has seen; and a commit, which puts
 * an equal node that is in memory already in the place of a child (`pack.ts`).
 */
import type { Digest } from '../../data/Digest.js'
import { type Encodable, Linkable } from '../../data/Linkable.js'
import { type Ref, ref } from '../../data/Ref.js'
import type { Place } from './place.js'
import { HASH_BITS, ROOT_SHIFT } from './placement.js'

/** Entries that a leaf holds at most; one more makes it a branch. */
export const LEAF_CAPACITY = 32

// All but the last also begin a block (`block.ts`).
export const LEAF = 0
export const BRANCH = 1
export const LIST = 2
export const TEXT = 3
export const BYTES = 4
export const KNOT = 5
export const LINK = 6

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

/** What a sequence is a sequence of. */
export type SequenceKind = typeof LIST | typeof TEXT | typeof BYTES

/** A stretch of a sequence: items, text or bytes. */
export type Run = ReadonlyArray<Slot> | string | Uint8Array

/** A chunk of a sequence (`sequence.ts`); `size` in items, UTF-16 code units or bytes. */
export class Chunk extends Node {
  readonly kind: SequenceKind
  readonly run: Run
  readonly size: number
  ref: Ref | null = null
  whole = false
  constructor(kind: SequenceKind, run: Run) {
    super()
    this.kind = kind
    this.run = run
    this.size = run.length
  }
}

/** An inner node of a sequence: at least two chunks, or knots of one level less. */
export class Knot extends Node {
  readonly kind: typeof KNOT = KNOT
  readonly of: SequenceKind
  /** Levels between it and the chunks, 1 right above them. */
  readonly level: number
  children: Array<Part>
  /** For each child the position in this knot at which it ends. */
  readonly ends: ReadonlyArray<number>
  readonly size: number
  ref: Ref | null = null
  whole = false
  constructor(of: SequenceKind, level: number, children: Array<Part>, ends: ReadonlyArray<number>) {
    super()
    this.of = of
    this.level = level
    this.children = children
    this.ends = ends
    this.size = ends[ends.length - 1]!
  }
}

/** A node of a sequence that may not be here. */
export type Part = Chunk | Knot | Link
/** One that is. */
export type Sequence = Chunk | Knot

/** Keeps loaded nodes for as long as there is room; see `Residency`. */
export interface Home {
  /** The node with this digest, if it is loaded now and was found fit for such a place. */
  readonly peek: (digest: Digest, place: Place) => Resident | undefined
  readonly has: (digest: Digest) => boolean
  /** Keeps a node that was loaded; answers the one to use: this one, or an equal one that is kept already. */
  readonly admit: (node: Resident, place: Place) => Resident
  /**
   * The same for a node that was committed. Only a `whole` one may take its place: a link in it would make a state
   * depend on blocks that nobody holds for that state.
   */
  readonly adopt: (node: Resident, place: Place) => Resident
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

/** Keeps nothing. */
export const NOWHERE: Home = {
  peek: () => undefined,
  has: () => false,
  admit: (node) => node,
  adopt: (node) => node,
}

/** An item that is no value, in a list that is only in memory: it has no digest, and a link of zeros stands for it. */
export class Opaque extends Link {
  readonly value: unknown
  constructor(value: unknown) {
    super(ref('\0'.repeat(16) as Digest), -1, -1, NOWHERE)
    this.value = value
  }
}

/** A node that is here. */
export type Trie = Leaf | Branch
/** A node of a trie that may not be here. */
export type Child = Leaf | Branch | Link
/** Any node that is here. */
export type Resident = Leaf | Branch | Chunk | Knot
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
