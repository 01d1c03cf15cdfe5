/**
 * A `Staging` is where blocks wait that may not enter a store: blocks whose links are not there yet, and blocks of
 * other codecs and hashes, whose links nobody here can count. It holds them by CID, one block a CID.
 *
 * What stands there was checked against its CID. It is no part of the store: nothing in it holds a block of the store,
 * and no collection takes any of it; what is no longer wanted has to be taken out (`unstage`).
 *
 * Laws (`coppice/laws`, `stagingLaws`): what is staged is read, listed once, in the order of `keyOf`, and gone when it
 * is unstaged; staging twice is staging once.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../data/Digest.js'
import type { StoreFailed } from '../data/Failure.js'
import { hash } from '../data/Hasher.js'

/** A block and its binary CID, of any version, codec and hash. */
export interface Staged {
  readonly cid: Uint8Array
  readonly bytes: Uint8Array
}

/** The synchronous shape. */
export interface Staging {
  /** Puts blocks there, all of them or none; answers, in the order given, which were not there before. */
  readonly stage: (blocks: ReadonlyArray<Staged>) => IOEither<StoreFailed, ReadonlyArray<boolean>>
  /** The bytes of CIDs, in the order asked; `undefined` for what is not there. */
  readonly staged: (
    cids: ReadonlyArray<Uint8Array>,
  ) => IOEither<StoreFailed, ReadonlyArray<Uint8Array | undefined>>
  /** Takes blocks out; those that are not there are passed over. */
  readonly unstage: (cids: ReadonlyArray<Uint8Array>) => IOEither<StoreFailed, void>
  /** The first `limit` blocks whose key comes after the one given, in the order of keys. */
  readonly list: (after: Digest | null, limit: number) => IOEither<StoreFailed, ReadonlyArray<Staged>>
}

/** The asynchronous shape, method for method. */
export interface AsyncStaging {
  readonly stage: (blocks: ReadonlyArray<Staged>) => TaskEither<StoreFailed, ReadonlyArray<boolean>>
  readonly staged: (
    cids: ReadonlyArray<Uint8Array>,
  ) => TaskEither<StoreFailed, ReadonlyArray<Uint8Array | undefined>>
  readonly unstage: (cids: ReadonlyArray<Uint8Array>) => TaskEither<StoreFailed, void>
  readonly list: (after: Digest | null, limit: number) => TaskEither<StoreFailed, ReadonlyArray<Staged>>
}

/** A store that may bring a staging of its own. */
export interface Stages {
  readonly staging?: Staging | AsyncStaging
}

/** Under what a block is kept: the BLAKE3 of its CID, since CIDs may be of any length. */
export const keyOf = (cid: Uint8Array): Digest => hash(cid)

/** Where `key` stands, or would stand, in an ordered list. */
const placeOf = (keys: ReadonlyArray<Digest>, key: Digest): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * An empty one in this process's memory. It keeps the arrays that it is given.
 *
 * @category constructors
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { Staging } from 'coppice'
 *
 * const staging = Staging.memory()
 * const block = { cid: new Uint8Array([1, 0x55, 0, 1, 7]), bytes: new Uint8Array([7]) }
 * assert.deepStrictEqual(staging.stage([block, block])(), E.right([true, false]))
 * assert.deepStrictEqual(staging.list(null, 10)(), E.right([block]))
 * ```
 */
export const memory = (): Staging => {
  const blocks = new Map<Digest, Staged>()
  let order: ReadonlyArray<Digest> | null = null
  return {
    stage: (given) => () =>
      E.right(
        given.map((block) => {
          const key = keyOf(block.cid)
          if (blocks.has(key)) return false
          blocks.set(key, block)
          order = null
          return true
        }),
      ),
    staged: (cids) => () => E.right(cids.map((cid) => blocks.get(keyOf(cid))?.bytes)),
    unstage: (cids) => () => {
      for (const cid of cids) if (blocks.delete(keyOf(cid))) order = null
      return E.right(undefined)
    },
    list: (after, limit) => () => {
      order ??= [...blocks.keys()].sort()
      const at = after === null ? 0 : placeOf(order, after)
      const from = order[at] === after ? at + 1 : at
      return E.right(order.slice(from, from + limit).map((key) => blocks.get(key)!))
    },
  }
}
