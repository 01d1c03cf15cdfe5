/** A clock that stands still until it is told to go. */
import type { IO } from 'fp-ts/lib/IO.js'

export interface ManualClock {
  /** Milliseconds; pass this where a clock is asked for. */
  readonly now: IO<number>
  readonly advance: (milliseconds: number) => IO<void>
  readonly set: (milliseconds: number) => IO<void>
}

/**
 * A clock of its own, at `start` ms.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { MemoryStore } from 'coppice'
 * import { manualClock } from 'coppice/laws'
 *
 * const clock = manualClock(1000)
 * const store = MemoryStore.make({ clock: clock.now })
 * clock.advance(5)()
 * assert.strictEqual(clock.now(), 1005)
 * assert.strictEqual(store.stats().blocks, 0)
 * ```
 */
export const manualClock = (start = 0): ManualClock => {
  let time = start
  return {
    now: () => time,
    advance: (milliseconds) => () => {
      time += milliseconds
    },
    set: (milliseconds) => () => {
      time = milliseconds
    },
  }
}
