/**
 * Building a sequence from a stream, in bounded memory: chunks and knots leave as soon as it is decided where they end.
 *
 * Makes the very tree that `sequenceOf` makes of the whole.
 */
import type { Stamp } from '../../data/Ref.js'
import { FANOUT } from './chunker.js'
import {
  Chunk,
  type Home,
  LINK,
  Link,
  NOWHERE,
  type Part,
  type Run,
  type Sequence,
  type SequenceKind,
} from './node.js'
import { type Packed, pack } from './pack.js'
import { forEachBelow } from './seal.js'
import { cutParts, cutRun, emptyRun, joinRuns } from './sequence.js'

/** Blocks that can be stored now: a knot, and what below it was not stored before. */
export interface Woven {
  readonly packed: ReadonlyArray<Packed>
  /** The knot. */
  readonly top: Packed
  /** The stored knots that it takes the place of. */
  readonly below: ReadonlyArray<Link>
}

/** No store's: whatever is packed for it is new. */
const NO_STAMP: Stamp = { store: 'none', epoch: 0 }

export class Weaver {
  private readonly kind: SequenceKind
  private readonly home: Home
  private rest: Run
  /** For each level the parts that belong to no knot yet. */
  private readonly levels: Array<Array<Part>> = [[]]
  private readonly done: Array<Woven> = []

  constructor(kind: SequenceKind, home: Home) {
    this.kind = kind
    this.home = home
    this.rest = emptyRun(kind)
  }

  /** Takes more content; answers what can be stored. */
  feed(run: Run): ReadonlyArray<Woven> {
    const { chunks, rest } = cutRun(this.kind, joinRuns(this.kind, [this.rest, run]), false)
    this.rest = rest
    for (const chunk of chunks) this.add(0, chunk)
    return this.done.splice(0)
  }

  /** The root, after what is left to store. */
  finish(): { readonly woven: ReadonlyArray<Woven>; readonly root: Sequence | Link } {
    for (const chunk of cutRun(this.kind, this.rest, true).chunks) this.add(0, chunk)
    for (let level = 0; ; level++) {
      const parts = this.levels[level]!
      if (parts.length <= 1 && this.levels.length === level + 1) {
        const root = parts[0] ?? new Chunk(this.kind, emptyRun(this.kind))
        return { woven: this.done.splice(0), root }
      }
      for (const knot of cutParts(this.kind, level + 1, parts, true).knots) this.tie(level, knot)
    }
  }

  private add(level: number, part: Part): void {
    const parts = this.levels[level]!
    parts.push(part)
    // Enough to decide one knot, and two parts more, as `cutParts` asks.
    if (parts.length < FANOUT.max + 3) return
    const { knots } = cutParts(this.kind, level + 1, parts, false)
    const knot = knots[0]!
    parts.splice(0, knot.children.length)
    this.tie(level, knot)
  }

  private tie(level: number, knot: Sequence): void {
    const below: Array<Link> = []
    forEachBelow(knot, (part) => {
      if (part.kind === LINK) below.push(part)
    })
    const { packed } = pack(knot, NO_STAMP, NOWHERE)
    const top = packed.at(-1)!
    this.done.push({ packed, top, below })
    if (this.levels.length === level + 1) this.levels.push([])
    this.add(level + 1, new Link(top.ref, knot.size, -1, this.home))
  }
}
