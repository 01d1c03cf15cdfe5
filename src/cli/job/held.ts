/** Memory that a process holds, after forced collections. Needs `--expose-gc`. */
import { setTimeout } from 'node:timers/promises'

export interface Held {
  /** Objects of the engine and memory outside its heap that belongs to them, array buffers included. */
  readonly bytes: number
  /** The process as the system sees it; includes what the engine keeps in reserve. */
  readonly rss: number
}

/** Collections before a figure counts: array buffers are freed in the background after the first. */
const COLLECTIONS = 4

export const held = async (): Promise<Held> => {
  for (let i = 0; i < COLLECTIONS; i++) {
    globalThis.gc!()
    await setTimeout(10)
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  // `external` counts array buffers already.
  return { bytes: heapUsed + external, rss }
}

export const since = (before: Held, after: Held): Held => ({
  bytes: after.bytes - before.bytes,
  rss: after.rss - before.rss,
})
