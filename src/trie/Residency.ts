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
import type { Home, Resident } from './internal/node.js'
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

/** In memory a node takes about twice its block, and its objects. */
const footprint = (bytes: number): number => 2 * bytes + 400

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
  admit(node: Resident, place: Place, bytes: number): Resident {
    const twin = this.peek(node.ref!.digest, place)
    if (twin !== undefined) return twin
    this.keep(node, place, bytes)
    return node
  }
  adopt(node: Resident, place: Place, bytes: number): Resident {
    const twin = this.peek(node.ref!.digest, place)
    if (twin?.whole === true) return twin
    this.keep(node, place, bytes)
    return node
  }
  private keep(node: Resident, place: Place, bytes: number): void {
    this.kept?.set(node.ref!.digest, { node, place: { ...place, link: null } }, { size: footprint(bytes) })
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
