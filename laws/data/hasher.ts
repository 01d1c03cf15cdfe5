/**
 * The laws of a `Hasher`, told by a reference that is known to be right (by the official vectors).
 */
import fc from 'fast-check'
import { Digest, type Hasher } from '../../src/index.js'
import { blobs } from '../arbitraries.js'
import { isEq, law, type Suite, suite } from '../Law.js'

export const hasherLaws = (reference: Hasher.Hasher, hasher: Hasher.Hasher): Suite => {
  const hex = (h: Hasher.Hasher, b: Uint8Array): string => Digest.toHex(h.digest(b))
  return suite(`Hasher ${hasher.name}`, [
    law('agrees with the reference', [blobs], (b) => isEq(hex(hasher, b), hex(reference, b))),
    law('reads what a view shows and no more', [blobs, fc.nat({ max: 9 })], (b, offset) => {
      const wide = new Uint8Array(b.length + 20).fill(0xaa)
      wide.set(b, offset)
      const view = wide.subarray(offset, offset + b.length)
      return isEq(hex(hasher, view), hex(reference, b))
    }),
    law('leaves its input as it was', [blobs], (b) => {
      const before = b.slice()
      hasher.digest(b)
      return isEq(b, before)
    }),
    law('remembers nothing of an earlier call', [blobs, blobs], (x, y) => {
      const first = hex(hasher, y)
      hasher.digest(x)
      return [isEq(hex(hasher, y), first), isEq(first, hex(reference, y))]
    }),
  ])
}
