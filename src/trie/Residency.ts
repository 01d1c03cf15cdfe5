/**
 * A `Residency` is the place where loaded nodes stay, bounded in bytes.
 *
 * A link in a state knows only a digest; what it stands for is here or it is not. So evicting a node severs it from
 * every link at once, and nobody can tell but by time. Equal subtrees have one digest and are one object here,
 * whichever states they were loaded for or committed from.
 *
 * Law (`coppice/laws`, `stateLaws`): eviction at any moment changes no answer.
 */
import { LRUCache } from 'lru-cache'
import type { Digest } from '../data/Digest.js'
import { Linkable } from '../data/Linkable.js'
import { BRANCH, type Home, KNOT, LEAF, type Resident } from './internal/node.js'
import { asSaid, type Place, samePlace } from './internal/place.js'

declare const brand: unique symbol

export interface Residency {
  readonly [brand]: 'Residency'
  /** Bytes that it keeps at most. */
  readonly budget: number
  /** Estimated bytes that it keeps now. */
  readonly bytes: () => number
  /** Number of nodes that it keeps now. */
  readonly size: () => number
  /** Whether the node of a digest is loaded now. */
  readonly has: (digest: Digest) => boolean
  /** Forgets all nodes. */
  readonly clear: () => void
}

interface Kept {
  readonly node: Resident
  readonly place: Place
}

/** What a value takes in memory, on the large side: objects take far more than their encoding. */
const sizeInMemory = (slot: unknown): number => {
  if (typeof slot === 'string') return 32 + 2 * slot.length
  if (typeof slot !== 'object' || slot === null) return 16
  if (slot instanceof Linkable) return 160
  if (slot instanceof Uint8Array) return 200 + slot.length
  let size = 72
  for (const inner of Array.isArray(slot) ? slot : Object.values(slot)) size += 16 + sizeInMemory(inner)
  return size
}

const footprint = (node: Resident): number => {
  let size = 200
  if (node.kind === BRANCH || node.kind === KNOT) return size + 176 * node.children.length
  if (node.kind !== LEAF) return size + sizeInMemory(node.run)
  for (let i = 0; i < node.entries.length; i += 3) {
    size += 24 + sizeInMemory(node.entries[i + 1]) + sizeInMemory(node.entries[i + 2])
  }
  return size
}

class Cache implements Home {
  declare readonly [brand]: 'Residency'
  readonly budget: number
  private readonly kept: LRUCache<Digest, Kept> | null

  constructor(budget: number) {
    this.budget = budget
    this.kept = budget > 0 ? new LRUCache<Digest, Kept>({ maxSize: budget }) : null
  }
  bytes(): number {
    return this.kept?.calculatedSize ?? 0
  }
  size(): number {
    return this.kept?.size ?? 0
  }
  has(digest: Digest): boolean {
    return this.kept?.has(digest) ?? false
  }
  clear(): void {
    this.kept?.clear()
  }
  peek(digest: Digest, place: Place): Resident | undefined {
    const found = this.kept?.get(digest)
    return found !== undefined && samePlace(found.place, place) && asSaid(found.node, place)
      ? found.node
      : undefined
  }
  admit(node: Resident, place: Place): Resident {
    const twin = this.peek(node.ref!.digest, place)
    if (twin !== undefined) return twin
    this.keep(node, place)
    return node
  }
  adopt(node: Resident, place: Place): Resident {
    const twin = this.peek(node.ref!.digest, place)
    if (twin?.whole === true) return twin
    this.keep(node, place)
    return node
  }
  private keep(node: Resident, place: Place): void {
    this.kept?.set(node.ref!.digest, { node, place: { ...place, link: null } }, { size: footprint(node) })
  }
}

/** 64 MiB. */
export const DEFAULT_BUDGET: number = 64 * 2 ** 20

/** Keeps up to `budget` bytes of nodes; with 0 it keeps none. @category constructors */
export const make = (budget: number = DEFAULT_BUDGET): Residency =>
  // The cache below wants a whole number; a budget may be a share of the machine's memory, or have no end.
  new Cache(budget > 0 ? Math.min(Math.floor(budget), Number.MAX_SAFE_INTEGER) : 0)

/** @internal */
export const homeOf = (residency: Residency): Home => residency as unknown as Home
