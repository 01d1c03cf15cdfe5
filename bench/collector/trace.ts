/**
 * A trace of commits: each puts a tree of new blocks, whose leaves link to what earlier commits keep, and pins its root.
 * Some let go of that again, a few commits later, and all that they put is garbage then.
 */
import { chance } from '../../src/cli/job/chance.js'
import { type Digest, Hasher, Ref, type Store } from '../../src/index.js'
import { block } from '../store/blocks.js'

/** Blocks of a commit. */
export const BLOCKS = 100
/** Links of a block. */
const LINKS = 8
/** How many commits later one lets go. */
const AFTER = 16
/** Leaves of commits that are kept, to link to. */
const KEPT = 4096

export interface Step {
  readonly transaction: Store.Transaction
  /** Blocks that it makes garbage. */
  readonly garbage: number
}

/** Steps one after another; `share` of the commits let go. */
export class Trace {
  private readonly dice = chance('trace')
  private readonly kept: Array<Ref.Ref> = []
  private readonly held: Array<Digest.Digest | null> = []
  private readonly share: number
  private readonly size: number
  private next = 0

  constructor(share: number, size = BLOCKS) {
    this.share = share
    this.size = size
  }

  /** Of the bytes alone, the digests are still to be taken. */
  bytes(): ReadonlyArray<Uint8Array> {
    const from = this.next
    this.next += this.size
    return Array.from({ length: this.size }, (_, i) => block(from + i).bytes)
  }

  /** A transaction of them. */
  step(bytes: ReadonlyArray<Uint8Array>): Step {
    const { dice, held, kept, size } = this
    const refs = bytes.map((one) => Ref.ref(Hasher.hash(one)))
    const goes = dice.happens(this.share)
    // The tree of a heap, root first; children are put before their parents.
    const linksOf = (at: number): ReadonlyArray<Ref.Ref> => {
      const children = refs.slice(LINKS * at + 1, LINKS * at + 1 + LINKS)
      if (children.length > 0 || kept.length === 0) return children
      return Array.from({ length: LINKS }, () => kept[dice.below(kept.length)]!)
    }
    const puts = refs.map((ref, i) => ({ ref, bytes: bytes[i]!, links: linksOf(i) })).reverse()
    held.push(goes ? refs[0]!.digest : null)
    if (!goes) kept.push(...refs.slice(-LINKS))
    if (kept.length > KEPT) kept.splice(0, kept.length - KEPT)
    const ended = held.length > AFTER ? held[held.length - 1 - AFTER]! : null
    return {
      transaction: { puts, pins: [refs[0]!.digest], unpins: ended === null ? [] : [ended] },
      garbage: ended === null ? 0 : size,
    }
  }
}
