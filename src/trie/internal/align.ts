/**
 * What differs between two sequences, as splices.
 *
 * Equal content is cut alike, so the chunks that two versions share have equal digests: the trees are aligned by digest
 * from the top, only what has no partner is entered, and at the bottom common ends are trimmed. Visits
 * O((changes + 1) · depth · fan-out) nodes.
 */
import * as Fetch from '../Fetch.js'
import { sameSlot } from './compare.js'
import { here, type LoadFailure } from './load.js'
import {
  Chunk,
  type Knot,
  LINK,
  LIST,
  type Part,
  type Run,
  type Sequence,
  type SequenceKind,
  TEXT,
} from './node.js'
import { partOf } from './place.js'
import { seal } from './seal.js'
import { emptyRun, joinRuns, kindOf } from './sequence.js'

/** At `position` of the first, `removed` stands where the second has `inserted`. */
export interface Difference {
  readonly position: number
  readonly removed: Run
  readonly inserted: Run
}

type Found = Fetch.Fetch<LoadFailure, ReadonlyArray<Difference>>

/** Parts of one level, each with how to load it, and where the first of them begins. */
interface Stretch {
  readonly parts: ReadonlyArray<{
    readonly part: Part
    readonly load: Fetch.Fetch<LoadFailure, Sequence> | null
  }>
  readonly start: number
}

const stretch = (root: Sequence): Stretch => ({ parts: [{ part: root, load: null }], start: 0 })

const levelOf = (node: Sequence): number => (node instanceof Chunk ? 0 : node.level)

/** Differences in ascending order of position. */
export const align = (a: Sequence, b: Sequence): Found => {
  seal(a)
  seal(b)
  const kind = kindOf(a)
  const level = Math.min(levelOf(a), levelOf(b))
  return Fetch.flatMap(
    Fetch.both(lowered(a, level), lowered(b, level), (x, y) => [x, y] as const),
    ([x, y]) => between(kind, level, x, y),
  )
}

/** The parts of a tree at a level. */
const lowered = (root: Sequence, level: number): Fetch.Fetch<LoadFailure, Stretch> => {
  const down = (at: Stretch, from: number): Fetch.Fetch<LoadFailure, Stretch> =>
    from === level ? Fetch.of(at) : Fetch.flatMap(below(at), (next) => down(next, from - 1))
  return down(stretch(root), levelOf(root))
}

const nodeOf = ({ part, load }: Stretch['parts'][number]): Fetch.Fetch<LoadFailure, Sequence> =>
  load ?? Fetch.of(part as Sequence)

/** The children of all parts of a stretch. */
const below = ({ parts, start }: Stretch): Fetch.Fetch<LoadFailure, Stretch> =>
  Fetch.flatMap(Fetch.all(parts.map(nodeOf)), (nodes) =>
    Fetch.of({
      start,
      parts: (nodes as ReadonlyArray<Knot>).flatMap((knot) =>
        knot.children.map((part) => ({
          part,
          load:
            part.kind === LINK
              ? (here(part, partOf(knot, part)) as Fetch.Fetch<LoadFailure, Sequence>)
              : null,
        })),
      ),
    }),
  )

const digestOf = (stretch: Stretch, i: number): string => seal(stretch.parts[i]!.part).digest

const part = ({ parts, start }: Stretch, from: number, to: number): Stretch => ({
  parts: parts.slice(from, to),
  start: parts.slice(0, from).reduce((at, { part }) => at + part.size, start),
})

const between = (kind: SequenceKind, level: number, a: Stretch, b: Stretch): Found => {
  const gaps = unmatched(a, b)
  return Fetch.map((found: ReadonlyArray<ReadonlyArray<Difference>>) => found.flat())(
    Fetch.all(
      gaps.map(([x, y]) => {
        if (level === 0) return trimmed(kind, x, y)
        return Fetch.flatMap(
          Fetch.both(below(x), below(y), (p, q) => [p, q] as const),
          ([p, q]) => between(kind, level - 1, p, q),
        )
      }),
    ),
  )
}

/** The gaps between parts that the two have in common: their common ends, and then what stands once in each. */
const unmatched = (a: Stretch, b: Stretch): ReadonlyArray<readonly [Stretch, Stretch]> => {
  let from = 0
  let endA = a.parts.length
  let endB = b.parts.length
  while (from < endA && from < endB && digestOf(a, from) === digestOf(b, from)) from++
  while (endA > from && endB > from && digestOf(a, endA - 1) === digestOf(b, endB - 1)) {
    endA--
    endB--
  }
  const gaps: Array<readonly [Stretch, Stretch]> = []
  let atA = from
  let atB = from
  const gap = (toA: number, toB: number): void => {
    if (toA > atA || toB > atB) gaps.push([part(a, atA, toA), part(b, atB, toB)])
  }
  for (const [i, j] of ascending(pairs(a, b, from, endA, endB))) {
    gap(i, j)
    atA = i + 1
    atB = j + 1
  }
  gap(endA, endB)
  return gaps
}

/** Where a digest stands once in both ranges. */
const pairs = (
  a: Stretch,
  b: Stretch,
  from: number,
  endA: number,
  endB: number,
): ReadonlyArray<readonly [number, number]> => {
  const once = (stretch: Stretch, end: number): Map<string, number> => {
    const places = new Map<string, number>()
    for (let i = from; i < end; i++) {
      const digest = digestOf(stretch, i)
      places.set(digest, places.has(digest) ? -1 : i)
    }
    return places
  }
  const inB = once(b, endB)
  const found: Array<readonly [number, number]> = []
  for (const [digest, i] of once(a, endA)) {
    const j = inB.get(digest) ?? -1
    if (i >= 0 && j >= 0) found.push([i, j])
  }
  return found.sort((x, y) => x[0] - y[0])
}

/** The longest part of pairs that ascends on both sides (patience). O(n log n). */
const ascending = (
  pairs: ReadonlyArray<readonly [number, number]>,
): ReadonlyArray<readonly [number, number]> => {
  const tops: Array<number> = []
  const before = new Int32Array(pairs.length).fill(-1)
  for (let k = 0; k < pairs.length; k++) {
    let low = 0
    let high = tops.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (pairs[tops[middle]!]![1] < pairs[k]![1]) low = middle + 1
      else high = middle
    }
    if (low > 0) before[k] = tops[low - 1]!
    tops[low] = k
  }
  const chosen: Array<readonly [number, number]> = []
  for (let k = tops.length === 0 ? -1 : tops[tops.length - 1]!; k >= 0; k = before[k]!) chosen.push(pairs[k]!)
  return chosen.reverse()
}

const same = (kind: SequenceKind, x: Run, y: Run, i: number, j: number): boolean =>
  kind === LIST ? sameSlot(x[i], y[j]) : x[i] === y[j]

const isLow = (run: Run, i: number): boolean => {
  const unit = (run as string).charCodeAt(i)
  return unit >= 0xdc00 && unit < 0xe000
}

/** Two stretches of chunks without what they have in common at either end. */
const trimmed = (kind: SequenceKind, a: Stretch, b: Stretch): Found =>
  Fetch.flatMap(
    Fetch.both(runOf(kind, a), runOf(kind, b), (x, y) => [x, y] as const),
    ([x, y]): Found => {
      let from = 0
      let endX = x.length
      let endY = y.length
      while (from < endX && from < endY && same(kind, x, y, from, from)) from++
      while (endX > from && endY > from && same(kind, x, y, endX - 1, endY - 1)) {
        endX--
        endY--
      }
      if (kind === TEXT) {
        // No splice begins or ends inside a character.
        if (from > 0 && (isLow(x, from) || isLow(y, from))) from--
        if ((endX < x.length && isLow(x, endX)) || (endY < y.length && isLow(y, endY))) {
          endX++
          endY++
        }
      }
      if (from === endX && from === endY) return Fetch.of([])
      return Fetch.of([
        { position: a.start + from, removed: x.slice(from, endX), inserted: y.slice(from, endY) },
      ])
    },
  )

const runOf = (kind: SequenceKind, { parts }: Stretch): Fetch.Fetch<LoadFailure, Run> =>
  Fetch.map((nodes: ReadonlyArray<Sequence>) =>
    parts.length === 0
      ? emptyRun(kind)
      : joinRuns(
          kind,
          nodes.map((node) => (node as Chunk).run),
        ),
  )(Fetch.all(parts.map(nodeOf)))
