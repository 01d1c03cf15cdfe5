/**
 * `Chance` is a seeded source of random bits: the same seed gives the same bits, on every machine.
 *
 * The bits are those of BLAKE3(seed ‖ block number), block after block. A source is a cell: what is drawn is gone. Integers below a
 * bound are drawn by rejection, so each is exactly as likely as the others, where a remainder or a double would favour some.
 *
 * Laws (`coppice/laws`, `chanceLaws`): equal seeds draw alike, others do not; integers stay below their bound, and their
 * frequencies pass a chi-square test.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Chance } from 'coppice'
 *
 * const dice = (seed: string) => {
 *   const chance = Chance.make(seed)
 *   return Array.from({ length: 5 }, () => Chance.below(6n)(chance)())
 * }
 * assert.deepStrictEqual(dice('monday'), dice('monday'))
 * assert.notDeepStrictEqual(dice('monday'), dice('tuesday'))
 * ```
 */
import type { IO } from 'fp-ts/lib/IO.js'
import { toHex } from '../data/Digest.js'
import { hash } from '../data/Hasher.js'
import { bitLength } from './internal/rational.js'

/** Bits of one block. */
const BLOCK = 256

export interface Chance {
  readonly _tag: 'Chance'
}

class Source implements Chance {
  readonly _tag = 'Chance'
  readonly seed: Uint8Array
  blocks = 0
  /** Bits that were made and not yet drawn, the next one on top. */
  held = 0n
  count = 0
  constructor(seed: Uint8Array) {
    this.seed = seed
  }
  bits(n: number): bigint {
    while (this.count < n) {
      const bytes = new Uint8Array(this.seed.length + 8)
      bytes.set(this.seed)
      new DataView(bytes.buffer).setFloat64(this.seed.length, this.blocks++)
      this.held = (this.held << BigInt(BLOCK)) | BigInt(`0x${toHex(hash(bytes))}`)
      this.count += BLOCK
    }
    this.count -= n
    const rest = BigInt(this.count)
    const drawn = this.held >> rest
    this.held -= drawn << rest
    return drawn
  }
}

/** A source of its own. @category constructors */
export const make = (seed: string): Chance => new Source(new TextEncoder().encode(seed))

/** An integer of `n` random bits. O(n). @category destructors */
export const bits =
  (n: number) =>
  (chance: Chance): IO<bigint> =>
  () =>
    (chance as Source).bits(n)

/** An integer from 0 to `bound − 1`, each exactly as likely as the others; under two tries on average. @category destructors */
export const below =
  (bound: bigint) =>
  (chance: Chance): IO<bigint> =>
  () => {
    if (bound <= 1n) return 0n
    const length = bitLength(bound - 1n)
    for (;;) {
      const drawn = (chance as Source).bits(length)
      if (drawn < bound) return drawn
    }
  }
