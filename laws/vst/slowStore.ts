/** A store whose calls take as long as a scheduler likes, before they are done and after. */
import type fc from 'fast-check'
import type { AsyncStore } from '../../src/store/AsyncStore.js'
import type { Transaction } from '../../src/store/Store.js'

/** `onDone` is told of each transaction that was done, when it was. */
export const slow = (
  store: AsyncStore,
  s: fc.Scheduler,
  onDone: (transaction: Transaction) => void = () => {},
): AsyncStore => {
  const slowly =
    <A>(task: () => Promise<A>) =>
    async (): Promise<A> => {
      await s.schedule(Promise.resolve())
      const answer = await task()
      await s.schedule(Promise.resolve())
      return answer
    }
  return {
    read: (digests) => slowly(store.read(digests)),
    locate: (refs) => slowly(store.locate(refs)),
    head: (name) => slowly(store.head(name)),
    heads: (prefix) => slowly(store.heads(prefix)),
    transact: (transaction) =>
      slowly(async () => {
        const answer = await store.transact(transaction)()
        if (answer._tag === 'Right') onDone(transaction)
        return answer
      }),
  }
}
