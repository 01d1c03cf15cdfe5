import { nearestRank } from '../branch/internal/nearestRank.js'

/** Where most of some numbers are. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly most: number
}

/** The nearest rank; zeros of nothing. */
export const percentiles = (numbers: ReadonlyArray<number>): Percentiles => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const at = (share: number): number => nearestRank(sorted, share) ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) }
}
