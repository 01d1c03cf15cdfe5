/** The time of a branch, in batches long enough for the clock. */
import * as StateReference from '../../branch/StateReference.js'
import type { Store } from '../../store/Store.js'
import { type Latency, latency, timed } from './latency.js'

const BATCH = 64
/** Batches that are made before it counts, so that the optimising compiler is done. */
const WARM = 200
const COUNTED = 1000

/** Nanoseconds for each of the children that a reference gets in a batch; they are released after it. */
export const branchLatency = <S extends Store>(reference: StateReference.StateReference<S>): Latency => {
  const children: StateReference.StateReference<S>[] = new Array(BATCH)
  const branch = StateReference.branch(reference)
  const times: number[] = []
  for (let batch = 0; batch < WARM + COUNTED; batch++) {
    const [time] = timed(() => {
      for (let i = 0; i < BATCH; i++) {
        const child = branch()
        // Not `must`: it serves every effect of the job and would cost more than what is measured.
        if (child._tag === 'Right') children[i] = child.right
      }
    })
    for (const child of children) StateReference.release(child)()
    if (batch >= WARM) times.push(time / BATCH)
  }
  return latency(times)
}
