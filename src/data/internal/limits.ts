/**
 * The bounds of a value, stated once for all who check them.
 */

/** A limit that a caller gave, which may only be a narrower one; what is no number is none. */
export const bounded = (given: number | undefined, most: number): number =>
  typeof given === 'number' && given < most ? Math.max(0, given) : most

/** Lists and maps in one another; a scalar is at depth 0. Recursion over a value is at most this deep. */
export const MAX_DEPTH = 256

/** Bytes of UTF-8 in a map key. */
export const MAX_KEY = 1024

/** Bytes of a whole value's encoding, 256 MiB: half of the longest string that the engine can hold. */
export const MAX_BYTES = 2 ** 28
