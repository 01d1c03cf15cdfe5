/**
 * `Pressure` is a port: how much memory is in use, and how much there may be.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Pressure } from 'coppice'
 *
 * const { used, limit } = Pressure.ofProcess()
 * assert.ok(used > 0 && used < limit)
 * ```
 */
import { getHeapStatistics } from 'node:v8'
import type { IO } from 'fp-ts/lib/IO.js'

/** Bytes. */
export interface Memory {
  readonly used: number
  readonly limit: number
}

export type Pressure = IO<Memory>

/** A bound of the container that is none says something enormous, or 0. */
const BOUNDLESS = 2 ** 50

/**
 * This process: its heap against the engine's limit, or its resident set against the container's, whichever is nearer to
 * its limit.
 */
export const ofProcess: Pressure = () => {
  const { used_heap_size, heap_size_limit } = getHeapStatistics()
  const heap = { used: used_heap_size, limit: heap_size_limit }
  const constrained = process.constrainedMemory?.() ?? 0
  if (!(constrained > 0 && constrained < BOUNDLESS)) return heap
  const whole = { used: process.memoryUsage.rss(), limit: constrained }
  return whole.used / whole.limit > heap.used / heap.limit ? whole : heap
}

/** The same answer always, for tests and for those who have a budget of their own. @category constructors */
export const constant =
  (used: number, limit: number): Pressure =>
  () => ({ used, limit })
