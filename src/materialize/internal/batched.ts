/**
 * A source that reads together what is asked for together: whatever computations ask for before the event loop turns is
 * one read, a block that is on its way is not asked for again, and each block is checked against its digest once.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../data/Digest.js'
import { type Corrupt, corrupt, type StoreFailed, storeFailed } from '../../data/Failure.js'
import { hash } from '../../data/Hasher.js'
import type { AsyncStore } from '../../store/Store.js'
import type { AsyncSource } from '../../trie/Fetch.js'

type Answer = E.Either<StoreFailed | Corrupt, Uint8Array | undefined>

/** The store failed if it threw or rejected. */
const answersOf = async (
  store: AsyncStore,
  digests: ReadonlyArray<Digest>,
): Promise<(at: number) => Answer> => {
  try {
    const read = await store.read(digests)()
    if (read._tag === 'Left') return () => read
    const answers = digests.map((_, at): Answer => {
      const bytes = read.right[at]
      return bytes !== undefined && store.trusted !== true && hash(bytes) !== digests[at]
        ? E.left(corrupt(digests[at]!, 'the bytes do not match the digest'))
        : E.right(bytes)
    })
    return (at) => answers[at]!
  } catch (cause) {
    return () => E.left(storeFailed('read', cause))
  }
}

export const batched = (store: AsyncStore): AsyncSource<StoreFailed | Corrupt> => {
  const coming = new Map<Digest, Promise<Answer>>()
  let asked: Map<Digest, (answer: Answer) => void> | null = null
  const send = async (batch: ReadonlyMap<Digest, (answer: Answer) => void>): Promise<void> => {
    const answer = await answersOf(store, [...batch.keys()])
    let at = 0
    for (const [digest, settle] of batch) {
      coming.delete(digest)
      settle(answer(at++))
    }
  }
  const one = (digest: Digest): Promise<Answer> => {
    const before = coming.get(digest)
    if (before !== undefined) return before
    if (asked === null) {
      asked = new Map()
      // A few microtasks on: those who were resumed by one read ask for the next in the same turn.
      queueMicrotask(() =>
        queueMicrotask(() =>
          queueMicrotask(() => {
            const batch = asked!
            asked = null
            void send(batch)
          }),
        ),
      )
    }
    const batch = asked
    const answer = new Promise<Answer>((resolve) => {
      batch.set(digest, resolve)
    })
    coming.set(digest, answer)
    return answer
  }
  return {
    trusted: true,
    read: (digests) => async () => {
      const bytes: Array<Uint8Array | undefined> = []
      for (const answer of await Promise.all(digests.map(one))) {
        if (answer._tag === 'Left') return answer
        bytes.push(answer.right)
      }
      return E.right(bytes)
    },
  }
}
