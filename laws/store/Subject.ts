/**
 * What the store laws ask of a store: the port in either shape, and what it can do beyond.
 *
 * An effect may answer at once or by a promise, so a `Store`, an `AsyncStore` and a `MemoryStore` are subjects as they
 * are. A backend's whole test is three lines:
 *
 *     checkAll(storeLaws('MemoryStore', MemoryStore.make), test)
 *     checkAll(collectingLaws('MemoryStore', MemoryStore.make), test)
 *     checkAll(journallingLaws('MemoryStore', MemoryStore.make), test)
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import type { StoreFailed } from '../../src/data/Failure.js'
import type { Journal } from '../../src/store/Journal.js'
import type { Ledger } from '../../src/store/Ledger.js'
import type { Receipt, TransactFailure, Transaction } from '../../src/store/Store.js'

/** An effect that answers now or later. */
export type Effect<A> = () => A | Promise<A>

/** `Store` and `AsyncStore` alike. */
export interface Subject {
  readonly read: (
    digests: ReadonlyArray<Digest>,
  ) => Effect<Either<StoreFailed, ReadonlyArray<Uint8Array | undefined>>>
  readonly transact: (transaction: Transaction) => Effect<Either<TransactFailure, Receipt>>
  readonly head: (name: string) => Effect<Either<StoreFailed, Digest | null>>
  readonly heads: (prefix: string) => Effect<Either<StoreFailed, ReadonlyArray<readonly [string, Digest]>>>
}

/** An effect that may fail, of a store whose counts are not in memory. */
export type Fallible<A> = Effect<A | Either<StoreFailed, A>>

/** A store that counts and collects. `collect` is a whole collection, however many slices that takes. */
export interface Collecting extends Subject {
  readonly collect: Fallible<unknown>
  readonly count: (digest: Digest) => Fallible<number>
  readonly ledger: Fallible<Ledger>
  readonly recount: Fallible<Ledger>
  readonly stats: Fallible<{ readonly blocks: number; readonly bytes: number }>
}

/** A store that shows its journal and can put a snapshot in its place. */
export interface Journalling extends Collecting {
  readonly journal: Effect<Journal>
  readonly snapshot: Effect<unknown>
}

/** How to get an empty subject, and what to do with it when a law is done. */
export interface Source<S extends Subject> {
  readonly make: () => S | Promise<S>
  readonly close?: (store: S) => unknown
}

const isEither = (answer: unknown): answer is Either<unknown, unknown> =>
  typeof answer === 'object' && answer !== null && '_tag' in answer

/** What an effect answered; a store that fails here breaks the law. */
export const value = async <A>(effect: Fallible<A>): Promise<A> => {
  const answer = await effect()
  if (!isEither(answer)) return answer as A
  if (answer._tag === 'Right') return answer.right as A
  throw new Error(`failed: ${JSON.stringify(answer.left)}`)
}

/** Makes a store, uses it, closes it whatever happened. */
export const using = async <S extends Subject, A>(
  { make, close }: Source<S>,
  use: (store: S) => Promise<A>,
): Promise<A> => {
  const store = await make()
  try {
    return await use(store)
  } finally {
    await close?.(store)
  }
}
