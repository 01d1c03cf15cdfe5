/**
 * The chunk tree of a sequence: items, text or bytes.
 *
 * Its leaves are chunks, cut by content (`chunker.ts`); the links to them are cut into knots by the same rule over
 * their digests, and so on up to one root. Nothing else decides the shape, so equal content makes equal trees.
 *
 * INV1  every level is cut where `chunker.ts` cuts it, from the sequence's start;
 * INV2  a knot has two children at least, all of one level, none of them empty;
 * INV3  the root is the lowest node that spans the sequence.
 *
 * All edits are one operation, `join`: a part of one tree, a run of new content, and a part of another tree. It cuts
 * again from just before the seam until a cut falls where there was one, and no further.
 */
import { sizeOf } from '../../data/internal/size.js'
import { textBytes } from '../../data/internal/text.js'
import { Writer } from '../../data/internal/writer.js'
import * as Fetch from '../Fetch.js'
import {
  CHUNK,
  cutBytes,
  cutUnits,
  endsBytes,
  endsUnits,
  FANOUT,
  hashOf,
  ITEMS,
  mix,
  UNDECIDED,
} from './chunker.js'
import { here, type LoadFailure } from './load.js'
import {
  BYTES,
  Chunk,
  type Component,
  Knot,
  LINK,
  LIST,
  type Part,
  type Run,
  type Sequence,
  type SequenceKind,
  type Slot,
  TEXT,
} from './node.js'
import { partOf } from './place.js'
import { forEachIn, seal } from './seal.js'

type Loading<A> = Fetch.Fetch<LoadFailure, A>

// -------------------------------------------------------------------------------------
// runs: what stands in chunks
// -------------------------------------------------------------------------------------

export const emptyRun = (kind: SequenceKind): Run =>
  kind === LIST ? [] : kind === TEXT ? '' : new Uint8Array(0)

export const joinRuns = (kind: SequenceKind, runs: ReadonlyArray<Run>): Run => {
  const full = runs.filter((run) => run.length > 0)
  if (full.length === 1) return full[0]!
  if (kind === TEXT) return full.join('')
  if (kind === LIST)
    return (full as ReadonlyArray<ReadonlyArray<Slot>>).reduce<Array<Slot>>(
      (all, items) => all.concat(items),
      [],
    )
  const bytes = new Uint8Array(full.reduce((sum, run) => sum + run.length, 0))
  let at = 0
  for (const run of full) {
    bytes.set(run as Uint8Array, at)
    at += run.length
  }
  return bytes
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Beside its bytes an item costs a place in a list, which keeps chunks of tiny items short enough to edit. */
export const ITEM_PLACE = 8

const weightOf = (item: Slot): number => sizeOf(item) + ITEM_PLACE

const writer = new Writer(512)

/** A hash of an item's content, for cutting only. */
const hashOfItem = (item: Slot): number => {
  if (typeof item === 'number' && (item | 0) === item) return mix(item)
  if (typeof item === 'object') forEachIn(item, seal)
  writer.reset()
  writer.value(item)
  return hashOf(writer.peek())
}

/** Cuts a run into chunks as far as that is decided; `rest` is what is not. */
export const cutRun = (
  kind: SequenceKind,
  run: Run,
  complete: boolean,
): { readonly chunks: ReadonlyArray<Chunk>; readonly rest: Run } => {
  const chunks: Array<Chunk> = []
  if (kind === LIST) {
    const items = run as ReadonlyArray<Slot>
    let from = 0
    while (from < items.length) {
      const end = cutUnits(items, from, complete, weightOf, hashOfItem, ITEMS)
      if (end === UNDECIDED) break
      // Not frozen: nobody outside sees it, and V8 copies parts of frozen arrays many times slower.
      chunks.push(new Chunk(LIST, items.slice(from, end)))
      from = end
    }
    return { chunks, rest: items.slice(from) }
  }
  const text = kind === TEXT
  const bytes = text ? encoder.encode(run as string) : (run as Uint8Array)
  let from = 0
  while (from < bytes.length) {
    const end = cutBytes(bytes, from, bytes.length, complete, text)
    if (end === UNDECIDED) break
    const part = bytes.subarray(from, end)
    // `slice` of a `Buffer` is no copy.
    chunks.push(new Chunk(kind, text ? decoder.decode(part) : new Uint8Array(part)))
    from = end
  }
  const rest = bytes.subarray(from)
  return { chunks, rest: text ? decoder.decode(rest) : rest }
}

/** What a run weighs, as its cuts do. */
const weightOfRun = (kind: SequenceKind, run: Run): number => {
  if (kind === TEXT) return textBytes(run as string)
  if (kind === BYTES) return run.length
  let sum = 0
  for (const item of run as ReadonlyArray<Slot>) sum += weightOf(item)
  return sum
}

/** Whether a chunk of a weight ends where it does whatever follows it. */
const endsItself = ({ kind, run }: Chunk, sum: number): boolean => {
  if (kind !== LIST) return endsBytes(kind === TEXT ? encoder.encode(run as string) : (run as Uint8Array))
  const last = (run as ReadonlyArray<Slot>)[run.length - 1]!
  return endsUnits(sum, weightOf(last), hashOfItem(last), ITEMS)
}

// -------------------------------------------------------------------------------------
// knots
// -------------------------------------------------------------------------------------

const linkHash = (part: Part): number => {
  const { digest } = seal(part)
  return (digest.charCodeAt(0) << 16) | digest.charCodeAt(1)
}

const one = (): number => 1

/** If it is not `complete`, another knot follows, so two parts at least. */
export const cutParts = (
  kind: SequenceKind,
  height: number,
  parts: ReadonlyArray<Part>,
  complete: boolean,
): { readonly knots: ReadonlyArray<Knot>; readonly rest: ReadonlyArray<Part> } => {
  const knots: Array<Knot> = []
  let from = 0
  while (from < parts.length) {
    let end = cutUnits(parts, from, complete, one, linkHash, FANOUT)
    if (end === UNDECIDED) break
    // INV2: the last knot of a level takes in what would be a knot of one.
    if (complete && end === parts.length - 1) end = parts.length
    knots.push(knotOf(kind, height, parts.slice(from, end)))
    from = end
  }
  return { knots, rest: parts.slice(from) }
}

const knotOf = (kind: SequenceKind, level: number, children: Array<Part>): Knot => {
  const ends: Array<number> = []
  let size = 0
  for (const child of children) {
    size += child.size
    ends.push(size)
  }
  return new Knot(kind, level, children, ends)
}

/** Whether a knot ends where it does whatever follows it. */
const knotEndsItself = ({ children }: Knot): boolean =>
  endsUnits(children.length, 1, linkHash(children[children.length - 1]!), FANOUT)

// -------------------------------------------------------------------------------------
// paths
// -------------------------------------------------------------------------------------

/** A place between two parts of one level: before the child `index` of a knot, which stands below `up`. */
interface Path {
  readonly knot: Knot
  readonly index: number
  readonly up: Path | null
}

/** A part, and the place beyond it. */
type Step = { readonly part: Sequence; readonly path: Path } | null

const loadPart = (knot: Knot, index: number): Loading<Sequence> => {
  const part = knot.children[index]!
  return part.kind === LINK ? (here(part, partOf(knot, part)) as Loading<Sequence>) : Fetch.of(part)
}

/** The part before a place; `null` at the beginning. */
const previous = (path: Path | null): Loading<Step> => {
  if (path === null) return Fetch.of(null)
  if (path.index > 0) {
    const next = { ...path, index: path.index - 1 }
    return Fetch.flatMap(loadPart(path.knot, next.index), (part) => Fetch.of({ part, path: next }))
  }
  return Fetch.flatMap(previous(path.up), (found): Loading<Step> => {
    if (found === null) return Fetch.of(null)
    const knot = found.part as Knot
    return previous({ knot, index: knot.children.length, up: found.path })
  })
}

/** The part after a place; `null` at the end. */
const following = (path: Path | null): Loading<Step> => {
  if (path === null) return Fetch.of(null)
  if (path.index < path.knot.children.length) {
    const next = { ...path, index: path.index + 1 }
    return Fetch.flatMap(loadPart(path.knot, path.index), (part) => Fetch.of({ part, path: next }))
  }
  return Fetch.flatMap(
    following(path.up),
    (found): Loading<Step> =>
      found === null ? Fetch.of(null) : following({ knot: found.part as Knot, index: 0, up: found.path }),
  )
}

/** The place, or `null` if nothing stands before it on any level. */
const unlessFirst = (path: Path | null): Path | null =>
  path === null || path.index > 0 || unlessFirst(path.up) !== null ? path : null

/** The place, or `null` if nothing stands after it on any level. */
const unlessLast = (path: Path | null): Path | null =>
  path === null || path.index < path.knot.children.length || unlessLast(path.up) !== null ? path : null

/** The child of a knot that holds position `i`. */
export const childAt = (knot: Knot, i: number): number => {
  const { ends } = knot
  // Chunks are of like size, so the first guess is near.
  let at = Math.floor((i / knot.size) * ends.length)
  while (ends[at]! <= i) at++
  while (at > 0 && ends[at - 1]! > i) at--
  return at
}

/** The chunk that holds a position. */
interface Spot {
  readonly chunk: Chunk
  readonly offset: number
  /** The place before the chunk (`side` 0) or after it (1). */
  readonly path: Path | null
}

export const locate = (root: Sequence, position: number, side: 0 | 1): Loading<Spot> => {
  const down = (node: Sequence, i: number, up: Path | null): Loading<Spot> => {
    if (node instanceof Chunk) return Fetch.of({ chunk: node, offset: i, path: up })
    const index = childAt(node, i)
    const start = index === 0 ? 0 : node.ends[index - 1]!
    return Fetch.flatMap(loadPart(node, index), (child) =>
      down(child, i - start, { knot: node, index: index + side, up }),
    )
  }
  return down(root, position, null)
}

// -------------------------------------------------------------------------------------
// join
// -------------------------------------------------------------------------------------

/** A run that has to be cut, and the place beyond it. */
interface Seam {
  readonly run: Run
  readonly path: Path | null
}

/** Nodes of one level, and the place beyond them. */
interface Cut<A> {
  readonly parts: ReadonlyArray<A>
  readonly path: Path | null
}

/**
 * The tree of `left[0, l)`, then `middle`, then `right[r, …)`. O(middle + log n) blocks, but for content without
 * structure, where it may go on to the end (`chunker.ts`).
 */
export const join = (
  kind: SequenceKind,
  left: Sequence,
  l: number,
  middle: Run,
  right: Sequence,
  r: number,
): Loading<Sequence> =>
  Fetch.flatMap(
    Fetch.both(before(kind, left, l), after(kind, right, r), (x, y) => [x, y] as const),
    ([x, y]) =>
      Fetch.flatMap(goBack(kind, [x.run], weightOfRun(kind, x.run), x.path), ({ runs, path }) =>
        Fetch.flatMap(cutOn(kind, joinRuns(kind, [...runs, middle, y.run]), y.path, []), (cut) =>
          level(kind, 1, path, cut.parts, cut.path),
        ),
      ),
  )

/** What of the chunk before a position stands before it. */
const before = (kind: SequenceKind, root: Sequence, l: number): Loading<Seam> =>
  l === 0
    ? Fetch.of({ run: emptyRun(kind), path: null })
    : Fetch.flatMap(locate(root, l - 1, 0), ({ chunk, offset, path }) =>
        Fetch.of({ run: chunk.run.slice(0, offset + 1), path }),
      )

/** What of the chunk after a position stands after it. */
const after = (kind: SequenceKind, root: Sequence, r: number): Loading<Seam> =>
  r === root.size
    ? Fetch.of({ run: emptyRun(kind), path: null })
    : Fetch.flatMap(locate(root, r, 1), ({ chunk, offset, path }) =>
        Fetch.of({ run: chunk.run.slice(offset), path }),
      )

/**
 * Takes in the chunks before a place whose ends depend on what follows them: those that do not end by themselves, and
 * begin so near to the seam, `distance` behind the place, that it stands in their window.
 */
const goBack = (
  kind: SequenceKind,
  runs: ReadonlyArray<Run>,
  distance: number,
  path: Path | null,
): Loading<{ readonly runs: ReadonlyArray<Run>; readonly path: Path | null }> =>
  Fetch.flatMap(previous(path), (found): ReturnType<typeof goBack> => {
    if (found === null) return Fetch.of({ runs, path: null })
    const chunk = found.part as Chunk
    const weight = weightOfRun(kind, chunk.run)
    const far = distance + weight > (kind === LIST ? ITEMS : CHUNK).max
    return far || endsItself(chunk, weight)
      ? Fetch.of({ runs, path })
      : goBack(kind, [chunk.run, ...runs], distance + weight, found.path)
  })

/** Cuts a run and what follows it, until a cut falls where there was one. */
const cutOn = (
  kind: SequenceKind,
  run: Run,
  path: Path | null,
  done: ReadonlyArray<Chunk>,
): Loading<Cut<Chunk>> =>
  Fetch.flatMap(following(path), (found) => {
    const { chunks, rest } = cutRun(kind, run, found === null)
    const parts = [...done, ...chunks]
    if (rest.length === 0) return Fetch.of({ parts, path })
    return cutOn(kind, joinRuns(kind, [rest, (found!.part as Chunk).run]), found!.path, parts)
  })

/** The tree of which the level below `height` is `parts` between what stands before a place and what stands after another. */
const level = (
  kind: SequenceKind,
  height: number,
  from: Path | null,
  parts: ReadonlyArray<Part>,
  to: Path | null,
): Loading<Sequence> => {
  const left = unlessFirst(from)
  const right = unlessLast(to)
  if (left === null && right === null && parts.length <= 1) {
    return Fetch.of((parts[0] as Sequence | undefined) ?? new Chunk(kind, emptyRun(kind)))
  }
  const first = left === null ? [] : left.knot.children.slice(0, left.index)
  const last = right === null ? [] : right.knot.children.slice(right.index)
  const up = unlessLast(right?.up ?? null)
  const middle = [...first, ...parts, ...last]
  return Fetch.flatMap(
    goBackKnots(middle, first.length, unlessFirst(left?.up ?? null), up === null),
    (back) =>
      Fetch.flatMap(cutPartsOn(kind, height, back.parts, up, []), (cut) =>
        level(kind, height + 1, back.path, cut.parts, cut.path),
      ),
  )
}

/** The same for knots; the first `kept` parts are as they were. */
const goBackKnots = (
  parts: ReadonlyArray<Part>,
  kept: number,
  path: Path | null,
  complete: boolean,
): Loading<Cut<Part>> =>
  Fetch.flatMap(previous(path), (found): Loading<Cut<Part>> => {
    if (found === null) return Fetch.of({ parts, path: null })
    const knot = found.part as Knot
    const alone = complete && parts.length < 2
    const before = kept + knot.children.length
    return !alone && (before > FANOUT.max || knotEndsItself(knot))
      ? Fetch.of({ parts, path })
      : goBackKnots([...knot.children, ...parts], before, found.path, complete)
  })

const cutPartsOn = (
  kind: SequenceKind,
  height: number,
  parts: ReadonlyArray<Part>,
  path: Path | null,
  done: ReadonlyArray<Knot>,
): Loading<Cut<Knot>> =>
  Fetch.flatMap(following(path), (found) => {
    const { knots, rest } = cutParts(kind, height, parts, found === null)
    const all = [...done, ...knots]
    if (rest.length === 0) return Fetch.of({ parts: all, path })
    return cutPartsOn(kind, height, [...rest, ...(found!.part as Knot).children], found!.path, all)
  })

/** The tree of a run. O(length). */
export const sequenceOf = (kind: SequenceKind, run: Run): Sequence => {
  let parts: ReadonlyArray<Sequence> = cutRun(kind, run, true).chunks
  for (let height = 1; parts.length > 1; height++) parts = cutParts(kind, height, parts, true).knots
  return parts[0] ?? new Chunk(kind, emptyRun(kind))
}

/** The chunks of a tree in order, loaded level by level. */
export const chunksOf = (root: Sequence): Loading<ReadonlyArray<Chunk>> => {
  const down = (nodes: ReadonlyArray<Sequence>): Loading<ReadonlyArray<Chunk>> => {
    if (nodes.every((node) => node instanceof Chunk)) return Fetch.of(nodes as ReadonlyArray<Chunk>)
    return Fetch.flatMap(
      Fetch.all(
        (nodes as ReadonlyArray<Knot>).flatMap((knot) => knot.children.map((_, i) => loadPart(knot, i))),
      ),
      down,
    )
  }
  return down([root])
}

/** All of a sequence as one run. */
export const runOf = (root: Sequence): Loading<Run> =>
  Fetch.flatMap(chunksOf(root), (chunks) =>
    Fetch.of(
      joinRuns(
        kindOf(root),
        chunks.map((chunk) => chunk.run),
      ),
    ),
  )

export const kindOf = (root: Sequence): SequenceKind => (root instanceof Chunk ? root.kind : root.of)

export const isSequence = (node: Component): node is Sequence => node instanceof Chunk || node instanceof Knot

/** The elements of a sequence from a position up to another; loads what it spans, level by level. */
export const rangeOf = (root: Sequence, from: number, to: number): Loading<Run> => {
  type Piece = { readonly node: Sequence; readonly from: number; readonly to: number }
  const down = (pieces: ReadonlyArray<Piece>): Loading<ReadonlyArray<Piece>> => {
    if (pieces.every(({ node }) => node instanceof Chunk)) return Fetch.of(pieces)
    const below: Array<Loading<Piece>> = []
    for (const { node, from, to } of pieces) {
      const knot = node as Knot
      for (let i = childAt(knot, from); i < knot.children.length; i++) {
        const start = i === 0 ? 0 : knot.ends[i - 1]!
        if (start >= to) break
        const piece = { from: Math.max(0, from - start), to: Math.min(to, knot.ends[i]!) - start }
        below.push(Fetch.flatMap(loadPart(knot, i), (node) => Fetch.of({ node, ...piece })))
      }
    }
    return Fetch.flatMap(Fetch.all(below), down)
  }
  const kind = kindOf(root)
  if (from >= to) return Fetch.of(emptyRun(kind))
  return Fetch.flatMap(down([{ node: root, from, to }]), (pieces) =>
    Fetch.of(
      joinRuns(
        kind,
        pieces.map(({ node, from, to }) => (node as Chunk).run.slice(from, to)),
      ),
    ),
  )
}

/**
 * A text with each chunk that another text has too taken from there, so that the two share it in memory before either
 * has a digest. Only what is here of the other is looked at. O(chunks).
 */
export const sharing = (next: Sequence, other: Sequence): Sequence => {
  if (kindOf(next) !== TEXT || kindOf(other) !== TEXT) return next
  const there = new Map<Run, Chunk>()
  const collect = (part: Part): void => {
    if (part instanceof Chunk) there.set(part.run, part)
    else if (part instanceof Knot) for (const child of part.children) collect(child)
  }
  collect(other)
  const replace = (node: Sequence): Sequence => {
    if (node instanceof Chunk) return there.get(node.run) ?? node
    // The knot is new and nobody has it yet.
    for (let i = 0; i < node.children.length; i++) node.children[i] = replace(node.children[i] as Sequence)
    return node
  }
  return replace(next)
}
