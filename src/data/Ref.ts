/**
 * A `Ref` is a digest that remembers where a store keeps its block.
 *
 * A store numbers its blocks in the order of its journal. Looking a number up by digest costs more than the rest of
 * a small put, so whoever holds a digest holds the number beside it. The number is valid while `stamp` is the very
 * object that the store hands out now; a store hands out a new stamp whenever it has swept blocks, because a swept
 * block's number is dead. The cell is a cache and nothing else: forgetting `stamp` is always safe.
 */
import type { Digest } from './Digest.js'

/** One sweep epoch of one store; compared by identity. */
export interface Stamp {
  readonly store: string
  readonly epoch: number
}

export interface Ref {
  readonly digest: Digest
  stamp: Stamp | null
  number: number
}

/** @category constructors */
export const ref = (digest: Digest): Ref => ({ digest, stamp: null, number: -1 })
