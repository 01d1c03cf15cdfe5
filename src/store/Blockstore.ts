/**
 * A store as the rest of the IPFS world sees it: an `interface-blockstore` of version 7.
 *
 * Blocks of ours (dag-cbor, BLAKE3) whose links are there enter the store, and stay pinned until they are deleted or the
 * adapter is closed; what shall stay longer needs a head. Other blocks, and ours until their links are there, stay in the
 * staging until they are deleted, closed or not. It shows what is in either, whoever put it there.
 *
 * What is put is checked against its CID, and so is what is read from a store that does not vouch for it. A deleted block
 * is not shown any more, unless it is put again; the store keeps it for as long as something else holds it.
 *
 * The interface knows no `Either`: failures are thrown, as `NotFoundError`, as what an `AbortSignal` throws, or as an
 * error named after the tag of its `failure`.
 *
 * Law: the tests of `interface-blockstore-tests` pass, over any store.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { MemoryStore, Staging } from 'coppice'
 * import * as Blockstore from 'coppice/blockstore'
 * import { CID } from 'multiformats/cid'
 * import { sha256 } from 'multiformats/hashes/sha2'
 *
 * const blocks = Blockstore.open({ ...MemoryStore.make(), staging: Staging.memory() })
 * const bytes = new TextEncoder().encode('a block of another codec')
 * const cid = CID.createV1(0x55, await sha256.digest(bytes))
 * await blocks.put(cid, bytes)
 * for await (const part of blocks.get(cid)) assert.deepStrictEqual(part, bytes)
 * await blocks.close()
 * ```
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { InputPair, Blockstore as Interface, Pair } from 'interface-blockstore'
import type { MultihashHasher } from 'multiformats'
import { CID } from 'multiformats/cid'
import type { Digest } from '../data/Digest.js'
import { explain } from '../data/explain.js'
import { corrupt, type Failure, invalidBlock, type StoreFailed } from '../data/Failure.js'
import { hash } from '../data/Hasher.js'
import { concat, copy } from './internal/bytes.js'
import { cidOf, digestOf, mismatch } from './internal/cid.js'
import { Intake } from './internal/intake.js'
import * as Staging from './Staging.js'
import { keyOf, type Staged, type Stages } from './Staging.js'
import type { AsyncStore, Listing, Store } from './Store.js'

export { cidOf, digestOf } from './internal/cid.js'

export interface Blockstore extends Interface {
  /** Lets go of every block that was put. The store stays open. */
  readonly close: () => Promise<void>
}

export interface Options {
  /** Hash functions beside BLAKE3-256, SHA2-256, SHA2-512 and identity. */
  readonly hashers?: ReadonlyArray<MultihashHasher<number>>
}

/** Options that each method of the interface takes. */
interface Abortable {
  readonly signal?: AbortSignal
}

type Bytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>
type Source<A> = Iterable<A> | AsyncIterable<A>

const notFound = (cid: CID): Error =>
  Object.assign(new Error(`${cid} is not here`), { name: 'NotFoundError' })

const thrown = (failure: Failure): Error =>
  Object.assign(new Error(explain(failure)), { name: failure._tag, failure })

const right = <A>(answer: Either<Failure, A>): A => {
  if (answer._tag === 'Left') throw thrown(answer.left)
  return answer.right
}

const collected = async (bytes: Bytes): Promise<Uint8Array> => {
  // A copy: whoever put it may change it.
  if (bytes instanceof Uint8Array) return copy(bytes)
  const parts: Array<Uint8Array> = []
  for await (const part of bytes) parts.push(part)
  return concat(parts)
}

/** Blocks that are put together, and fail together. */
interface Batch {
  readonly own: Map<Digest, Uint8Array>
  readonly foreign: Array<Staged>
  readonly keys: Array<Digest>
  readonly done: Promise<void>
}

/** Blocks that are listed from the staging at a time. */
const PAGE = 64

/**
 * Opens the adapter. A store without a `staging` gets one in memory, which is gone with the adapter.
 *
 * @category constructors
 */
export const open = (
  store: (Store | AsyncStore) & Listing & Stages,
  { hashers = [] }: Options = {},
): Blockstore => {
  const staging = store.staging ?? Staging.memory()
  const intake = new Intake(store, staging, false)
  /** Keys of CIDs that were deleted and may still be there. */
  const deleted = new Set<Digest>()

  // One change at a time; those that come meanwhile go together.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <A>(change: () => Promise<A>): Promise<A> => {
    const done = turn.then(change)
    turn = done.catch(() => {})
    return done
  }
  let next: Batch | null = null
  const flush = async (batch: Batch): Promise<void> => {
    if (next === batch) next = null
    right(await intake.keep(batch.foreign))
    if (batch.own.size > 0) right(await intake.offer(batch.own))
    for (const key of batch.keys) deleted.delete(key)
  }
  /** The batch that waits for its turn. */
  const joined = (): Batch => {
    if (next !== null) return next
    const batch: Batch = { own: new Map(), foreign: [], keys: [], done: inTurn(() => flush(batch)) }
    next = batch
    return batch
  }

  const put = async (cid: CID, given: Bytes, { signal }: Abortable = {}): Promise<CID> => {
    signal?.throwIfAborted()
    const bytes = await collected(given)
    const reason = await mismatch(cid, bytes, hashers)
    if (reason !== undefined) throw thrown(invalidBlock(cid.toString(), reason))
    signal?.throwIfAborted()
    const digest = digestOf(cid)
    const batch = joined()
    if (digest === undefined) batch.foreign.push({ cid: copy(cid.bytes), bytes })
    else batch.own.set(digest, bytes)
    batch.keys.push(keyOf(cid.bytes))
    await batch.done
    return cid
  }

  const find = async (cid: CID): Promise<Uint8Array | undefined> => {
    if (deleted.has(keyOf(cid.bytes))) return undefined
    const digest = digestOf(cid)
    if (digest !== undefined) {
      const bytes = right<ReadonlyArray<Uint8Array | undefined>>(await store.read([digest])())[0]
      if (bytes !== undefined) return checked(digest, bytes)
    }
    return right<ReadonlyArray<Uint8Array | undefined>>(await staging.staged([cid.bytes])())[0]
  }

  const checked = (digest: Digest, bytes: Uint8Array): Uint8Array => {
    if (store.trusted !== true && hash(bytes) !== digest)
      throw thrown(corrupt(digest, 'its bytes do not have its digest'))
    return bytes
  }

  async function* get(cid: CID, { signal }: Abortable = {}): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted()
    const bytes = await find(cid)
    signal?.throwIfAborted()
    if (bytes === undefined) throw notFound(cid)
    yield bytes
  }

  const remove = async (cid: CID, { signal }: Abortable = {}): Promise<void> => {
    signal?.throwIfAborted()
    const digest = digestOf(cid)
    await inTurn(async () => {
      if (digest !== undefined) {
        deleted.add(keyOf(cid.bytes))
        right(await intake.drop(digest))
      } else right<void>(await staging.unstage([cid.bytes])())
    })
  }

  async function* all({ signal }: Abortable = {}): AsyncGenerator<Pair> {
    signal?.throwIfAborted()
    const pair = (cid: CID, bytes: Uint8Array): Pair => ({ cid, bytes: once(bytes) })
    for (const listed of store.blocks()) {
      signal?.throwIfAborted()
      const [digest, bytes] = right<readonly [Digest, Uint8Array]>(listed)
      const cid = cidOf(digest)
      if (!deleted.has(keyOf(cid.bytes))) yield pair(cid, checked(digest, bytes))
    }
    for (let after: Digest | null = null; ; ) {
      const page: Either<StoreFailed, ReadonlyArray<Staged>> = await staging.list(after, PAGE)()
      const blocks = right(page)
      if (blocks.length === 0) return
      for (const { cid, bytes } of blocks) {
        signal?.throwIfAborted()
        if (!deleted.has(keyOf(cid))) yield pair(CID.decode(cid), bytes)
      }
      after = keyOf(blocks[blocks.length - 1]!.cid)
    }
  }

  return {
    put,
    get,
    delete: remove,
    getAll: all,
    has: async (cid, options: Abortable = {}) => {
      options.signal?.throwIfAborted()
      return (await find(cid)) !== undefined
    },
    putMany: async function* (source: Source<InputPair>, options: Abortable = {}) {
      for await (const { cid, bytes } of source) yield put(cid, bytes, options)
    },
    getMany: async function* (source: Source<CID>, options: Abortable = {}) {
      for await (const cid of source) {
        options.signal?.throwIfAborted()
        yield { cid, bytes: get(cid, options) }
      }
    },
    deleteMany: async function* (source: Source<CID>, options: Abortable = {}) {
      for await (const cid of source) {
        await remove(cid, options)
        yield cid
      }
    },
    close: () => inTurn(async () => right(await intake.finish({}))),
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
