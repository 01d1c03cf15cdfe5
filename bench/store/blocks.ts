/** Blocks that no store has seen: random bytes, and links to blocks before them. Block `i` is the same for everybody. */
import { chance } from '../../src/cli/job/chance.js'
import { type Digest, Hasher } from '../../src/index.js'

export interface Block {
  /** Which, from zero. */
  readonly index: number
  readonly bytes: Uint8Array
  readonly digest: Digest.Digest
  /** Indices of earlier blocks. */
  readonly links: ReadonlyArray<number>
}

const SHORTEST = 100
const LONGEST = 1400
const LINKS = 8

/** How far back a link reaches at most. */
const REACH = 10_000

/** Noise that blocks are cut from, so that a million of them are made in seconds. */
const noise = (() => {
  const dice = chance('noise')
  return Uint8Array.from({ length: 1 << 20 }, () => dice.below(256))
})()

export const block = (index: number): Block => {
  const dice = chance('block', index)
  const length = SHORTEST + dice.below(LONGEST - SHORTEST + 1)
  const at = dice.below(noise.length - length)
  const bytes = noise.slice(at, at + length)
  // What makes it unlike every other.
  new DataView(bytes.buffer).setFloat64(0, index)
  const links =
    index === 0 ? [] : Array.from({ length: LINKS }, () => index - 1 - dice.below(Math.min(index, REACH)))
  return { index, bytes, digest: Hasher.hash(bytes), links }
}

export const blocks = (from: number, count: number): ReadonlyArray<Block> =>
  Array.from({ length: count }, (_, i) => block(from + i))
