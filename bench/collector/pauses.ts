/**
 * How long slices hold the event loop up: the wall time that each says, or the CPU time of the same stretches if that is
 * less. Wall time alone counts the turns of other processes on a busy machine, CPU time alone that of other threads.
 */
import type { Store } from '../../src/index.js'
import { inside, type LmdbStore } from '../../src/store/LmdbStore.js'

export interface Watched {
  readonly collectable: Store.AsyncCollectable
  /** ms, one each slice. */
  readonly held: number[]
}

const cpuNow = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The slices of a store. One at a time, so that what is spent inside a transaction is told apart. */
export const watching = (store: LmdbStore): Watched => {
  const held: number[] = []
  const { sweeper } = inside(store)
  let spent = 0
  const timed = <A>(work: () => A): A => {
    const before = cpuNow()
    const result = work()
    spent += cpuNow() - before
    return result
  }
  const slice = sweeper.slice.bind(sweeper)
  sweeper.slice = (bounds) => timed(() => slice(bounds))
  return {
    held,
    collectable: {
      slice: (bounds) => async () => {
        spent = 0
        // Up to its first wait: what it folds before its transaction.
        const done = await timed(store.async.slice(bounds))
        if (done._tag === 'Right') held.push(Math.min(spent, done.right.milliseconds))
        return done
      },
    },
  }
}
