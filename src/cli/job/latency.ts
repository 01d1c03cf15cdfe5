/** How long things took: nanoseconds, by nearest rank. */
import { nearestRank } from '../../branch/internal/nearestRank.js'

export interface Latency {
  readonly p50: number
  readonly p95: number
}

const rank = (sorted: Float64Array, share: number): number => nearestRank(sorted, share) ?? Number.NaN

export const latency = (nanoseconds: Iterable<number>): Latency => {
  const sorted = Float64Array.from(nanoseconds).sort()
  return { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95) }
}

/** Nanoseconds of wall time, and what was made meanwhile. */
export const timed = <A>(work: () => A): readonly [number, A] => {
  const start = process.hrtime.bigint()
  const made = work()
  return [Number(process.hrtime.bigint() - start), made]
}
