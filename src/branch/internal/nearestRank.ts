/**
 * The smallest of some numbers that a share of them, from 0 to 1, does not exceed: the nearest-rank percentile. None of no numbers.
 *
 * The numbers are in ascending order. O(1).
 */
export const nearestRank = (sorted: ArrayLike<number>, share: number): number | undefined =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
