/**
 * The bounds of a value, stated once for all who check them.
 */

/** Lists and maps in one another; a scalar is at depth 0. Recursion over a value is at most this deep. */
export const MAX_DEPTH = 256

/** Bytes of UTF-8 in a map key. */
export const MAX_KEY = 1024

/** Bytes of a whole value's encoding, 256 MiB: half of the longest string that the engine can hold. */
export const MAX_BYTES = 2 ** 28
