/** A synchronous store seen through the asynchronous port: what is written for a network runs on memory too. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { AsyncStore, Store } from './Store.js'

export type { AsyncStore } from './Store.js'

/**
 * The same store, method for method; each effect runs in a microtask of its own.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { AsyncStore, MemoryStore } from 'coppice'
 *
 * const store = AsyncStore.toAsync(MemoryStore.make())
 * assert.deepStrictEqual(await store.head('main')(), E.right(null))
 * ```
 */
export const toAsync = (store: Store): AsyncStore => ({
  read: (digests) => TE.fromIOEither(store.read(digests)),
  ...(store.trusted === undefined ? {} : { trusted: store.trusted }),
  locate: (refs) => TE.fromIOEither(store.locate(refs)),
  transact: (transaction) => TE.fromIOEither(store.transact(transaction)),
  head: (name) => TE.fromIOEither(store.head(name)),
  heads: (prefix) => TE.fromIOEither(store.heads(prefix)),
})
