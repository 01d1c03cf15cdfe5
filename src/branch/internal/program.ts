/**
 * A `Program` is a sequence of calls to a store, written once and run on either shape of store.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { Digest } from '../../data/Digest.js'
import { type Corrupt, type StoreFailed, storeFailed } from '../../data/Failure.js'
import type { Ref, Stamp } from '../../data/Ref.js'
import type { AsyncStore, Receipt, Store, TransactFailure, Transaction } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'

/** One call, which either shape of store can answer. */
interface Call {
  readonly sync: (store: Store) => IO<unknown>
  readonly async: (store: AsyncStore) => Task<unknown>
}

export type Program<A> = Generator<Call, A, unknown>

/** @category calls */
export function* transact(transaction: Transaction): Program<E.Either<TransactFailure, Receipt>> {
  return (yield {
    sync: (store) => store.transact(transaction),
    async: (store) => store.transact(transaction),
  }) as E.Either<TransactFailure, Receipt>
}

/** @category calls */
export function* locate(refs: ReadonlyArray<Ref>): Program<E.Either<StoreFailed, Stamp>> {
  return (yield { sync: (store) => store.locate(refs), async: (store) => store.locate(refs) }) as E.Either<
    StoreFailed,
    Stamp
  >
}

/** @category calls */
export function* head(name: string): Program<E.Either<StoreFailed, Digest | null>> {
  return (yield { sync: (store) => store.head(name), async: (store) => store.head(name) }) as E.Either<
    StoreFailed,
    Digest | null
  >
}

/** @category calls */
export function* heads(
  prefix: string,
): Program<E.Either<StoreFailed, ReadonlyArray<readonly [string, Digest]>>> {
  return (yield { sync: (store) => store.heads(prefix), async: (store) => store.heads(prefix) }) as E.Either<
    StoreFailed,
    ReadonlyArray<readonly [string, Digest]>
  >
}

/** @category calls */
export function* fetched<F, A>(fetch: Fetch.Fetch<F, A>): Program<E.Either<F | StoreFailed | Corrupt, A>> {
  if (fetch._tag !== 'Blocked') return Fetch.toEither(fetch)
  return (yield {
    sync: (store) => Fetch.run(store)(fetch),
    async: (store) => Fetch.runAsync(store)(fetch),
  }) as E.Either<F | StoreFailed | Corrupt, A>
}

/** A store that throws or rejects has failed; no call of a program knows another way. */
const broken = (cause: unknown): E.Either<StoreFailed, never> =>
  E.left(storeFailed('calling the store', cause))

export const run =
  <A>(store: Store, program: () => Program<A>): IO<A> =>
  () => {
    const steps = program()
    let step = steps.next()
    while (step.done !== true) {
      let answer: unknown
      try {
        answer = step.value.sync(store)()
      } catch (cause) {
        answer = broken(cause)
      }
      step = steps.next(answer)
    }
    return step.value
  }

/** A synchronous store will do too: its answers are there at once. */
export const runAsync =
  <A>(store: Store | AsyncStore, program: () => Program<A>): Task<A> =>
  async () => {
    const steps = program()
    let step = steps.next()
    while (step.done !== true) {
      let answer: unknown
      try {
        answer = await step.value.async(store as AsyncStore)()
      } catch (cause) {
        answer = broken(cause)
      }
      step = steps.next(answer)
    }
    return step.value
  }
