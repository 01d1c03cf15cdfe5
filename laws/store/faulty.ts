/**
 * A store that fails on purpose: for testing what is built on a store.
 *
 * Calls are counted from 1, reads and transactions apart, when they run. `Plan.lose` and `Plan.flip` change what reads
 * answer and nothing in the store.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import { type StoreFailed, storeFailed } from '../../src/data/Failure.js'
import type { AsyncStore, Store } from '../../src/store/Store.js'

export interface Plan {
  /** Whether the nth read fails, with `StoreFailed`; those of heads are reads too. */
  readonly read?: (nth: number) => boolean
  /** Whether the nth transaction fails before it begins. */
  readonly transact?: (nth: number) => boolean
  /** Whether the nth transaction is done, but the answer is `StoreFailed`: a lost acknowledgement. */
  readonly unacknowledged?: (nth: number) => boolean
  /** Whether a block is as good as gone. */
  readonly lose?: (digest: Digest) => boolean
  /** Which byte of a block reads wrong, by one bit; `undefined` for none. A place past the end counts round. */
  readonly flip?: (digest: Digest) => number | undefined
}

const flipped = (bytes: Uint8Array, place: number): Uint8Array => {
  const copy = bytes.slice()
  if (copy.length > 0) copy[place % copy.length]! ^= 1
  return copy
}

type Bytes = ReadonlyArray<Uint8Array | undefined>

const saboteur = (plan: Plan) => {
  let reads = 0
  let transactions = 0
  return {
    read: (): StoreFailed | null =>
      plan.read?.(++reads) === true ? storeFailed('read', `planned: read ${reads}`) : null,
    transact: () => {
      const nth = ++transactions
      const failed = storeFailed('transact', `planned: transaction ${nth}`)
      return {
        before: plan.transact?.(nth) === true ? failed : null,
        after: plan.unacknowledged?.(nth) === true ? failed : null,
      }
    },
    spoil:
      (digests: ReadonlyArray<Digest>) =>
      (read: Bytes): Bytes =>
        read.map((bytes, n) => {
          const digest = digests[n]!
          if (bytes === undefined || plan.lose?.(digest) === true) return undefined
          const place = plan.flip?.(digest)
          return place === undefined ? bytes : flipped(bytes, place)
        }),
  }
}

/**
 * The store with faults.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { MemoryStore } from 'coppice'
 * import { faulty } from 'coppice/laws'
 *
 * const store = faulty(MemoryStore.make(), { read: (nth) => nth === 2 })
 * assert.ok(E.isRight(store.read([])()))
 * assert.ok(E.isLeft(store.read([])()))
 * assert.ok(E.isRight(store.read([])()))
 * ```
 */
export const faulty = (store: Store, plan: Plan): Store => {
  const faults = saboteur(plan)
  const reading =
    <A>(io: () => E.Either<StoreFailed, A>) =>
    (): E.Either<StoreFailed, A> => {
      const failed = faults.read()
      return failed === null ? io() : E.left(failed)
    }
  return {
    read: (digests) => reading(() => E.map(faults.spoil(digests))(store.read(digests)())),
    transact: (transaction) => () => {
      const { before, after } = faults.transact()
      if (before !== null) return E.left(before)
      const answer = store.transact(transaction)()
      return after === null ? answer : E.left(after)
    },
    locate: (refs) => reading(store.locate(refs)),
    head: (name) => reading(store.head(name)),
    heads: (prefix) => reading(store.heads(prefix)),
  }
}

/** The same for an asynchronous store. */
export const faultyAsync = (store: AsyncStore, plan: Plan): AsyncStore => {
  const faults = saboteur(plan)
  const reading =
    <A>(task: () => Promise<E.Either<StoreFailed, A>>) =>
    async (): Promise<E.Either<StoreFailed, A>> => {
      const failed = faults.read()
      return failed === null ? task() : E.left(failed)
    }
  return {
    read: (digests) => reading(async () => E.map(faults.spoil(digests))(await store.read(digests)())),
    transact: (transaction) => async () => {
      const { before, after } = faults.transact()
      if (before !== null) return E.left(before)
      const answer = await store.transact(transaction)()
      return after === null ? answer : E.left(after)
    },
    locate: (refs) => reading(store.locate(refs)),
    head: (name) => reading(store.head(name)),
    heads: (prefix) => reading(store.heads(prefix)),
  }
}
