/**
 * Keys with a chosen placement.
 *
 * The placement hash (murmur3, `src/trie/internal/placement.ts`) can be inverted block by block: for any first two code
 * units there are two more that give the key whatever placement one likes. So a hostile author can make as many
 * keys as he wants collide, and so can we.
 */
import fc from 'fast-check'

const inverse = (odd: number): number => {
  let x = odd
  for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(odd, x))
  return x
}

const C1 = 0xcc9e2d51
const C2 = 0x1b873593
const INV_C1 = inverse(C1)
const INV_C2 = inverse(C2)
const INV_5 = inverse(5)
const INV_F1 = inverse(0x85ebca6b)
const INV_F2 = inverse(0xc2b2ae35)

const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n))

const unfinish = (h: number): number => {
  h ^= h >>> 16
  h = Math.imul(h, INV_F2)
  h ^= (h >>> 13) ^ (h >>> 26)
  h = Math.imul(h, INV_F1)
  return h ^ (h >>> 16)
}

/** Code units of a key made here. */
const LENGTH = 4

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000

/** The `salt`-th well-formed key of four code units whose 28-bit placement is `placement`. */
export const keyAt = (placement: number, salt: number): string => {
  // Of 2^26 salts and 16 low digits that the placement drops, one in seventeen gives a surrogate.
  const a = 0x21 + (salt % 0x5000)
  const b = 0x21 + Math.floor(salt / 0x5000)
  let k = Math.imul(a | (b << 16), C1)
  k = Math.imul(rotl(k, 15), C2)
  const h1 = (Math.imul(rotl(k, 13), 5) + 0xe6546b64) | 0
  for (let low = 0; low < 16; low++) {
    const h2 = unfinish((placement << 4) | low) ^ (LENGTH << 1)
    const mixed = rotl(Math.imul(h2 - 0xe6546b64, INV_5), 32 - 13) ^ h1
    const block = Math.imul(rotl(Math.imul(mixed, INV_C2), 32 - 15), INV_C1)
    const c = block & 0xffff
    const d = block >>> 16
    if (!isSurrogate(c) && !isSurrogate(d)) return String.fromCharCode(a, b, c, d)
  }
  return keyAt(placement, salt + 0x10000)
}

/** `n` keys with one placement: nothing but BLAKE3 tells them apart. */
export const colliding = (n: number, placement = 0x5eed5ed): ReadonlyArray<string> =>
  Array.from({ length: n }, (_, salt) => keyAt(placement, salt))

/** `n` keys whose placements share the bits of the first `levels` levels and differ in those after. */
export const sharing = (levels: number, n: number, prefix = 0x3141592): ReadonlyArray<string> => {
  const free = 28 - 4 * levels
  return Array.from({ length: n }, (_, i) => {
    const rest = free === 0 ? 0 : Math.imul(i + 1, 0x9e3779b1) >>> (32 - free)
    return keyAt(((prefix >>> free) << free) | rest, i)
  })
}

/** One to `max` colliding keys. */
export const collidingKeys = (max: number): fc.Arbitrary<ReadonlyArray<string>> =>
  fc
    .tuple(fc.integer({ min: 1, max }), fc.nat({ max: 2 ** 28 - 1 }))
    .map(([n, placement]) => colliding(n, placement))
