/** How long things took: the last of them, for percentiles, and the sum of all. */
import { nearestRank } from './nearestRank.js'

export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

const KEPT = 4096

export class Durations {
  private readonly kept = new Float64Array(KEPT)
  private count = 0
  sum = 0

  add(milliseconds: number): void {
    this.kept[this.count++ % KEPT] = milliseconds
    this.sum += milliseconds
  }

  /** Zeros if there was none. */
  percentiles(): Percentiles {
    const sorted = this.kept.slice(0, Math.min(this.count, KEPT)).sort()
    const at = (share: number): number => nearestRank(sorted, share) ?? 0
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
  }
}
