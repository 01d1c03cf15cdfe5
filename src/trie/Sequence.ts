/**
 * A `Sequence` is a list, a text or bytes, wholly in memory, as the chunk tree that a state keeps it in.
 *
 * Chunks are cut by their content, so equal content is an equal tree however it was made, an edit in the middle makes a
 * few chunks anew, and two versions share the rest. Positions are those of JavaScript: items, UTF-16 code units,
 * bytes; no chunk ever splits a character. For sequences that are not in memory see `State.slice`, `State.splice` and
 * `Cursor`, which load what they touch.
 *
 * Laws (`coppice/laws`, `sequenceLaws`):
 * 1. model: every operation agrees with plain arrays, strings and Buffers;
 * 2. canonical: equal content has one digest, whatever edits made it;
 * 3. splice: `splice(i, n, run)` is what lies before `i`, then `run`, then what lies after `i + n`;
 * 4. monoid: `concat` is associative and `empty` its unit;
 * 5. stability: an edit leaves nearly all chunks as they were.
 *
 * Sources: FastCDC (`internal/chunker.ts`); the tree over chunks is that of A. Müller et al., Prolly trees (Noms, Dolt).
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Sequence } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const edited = pipe(Sequence.fromText('one two three'), E.chainW(Sequence.splice(4, 3, 'TWO')), E.map(Sequence.toRun))
 * assert.deepStrictEqual(edited, E.right('one TWO three'))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Eq as EqType } from 'fp-ts/lib/Eq.js'
import type { Foldable1 } from 'fp-ts/lib/Foldable.js'
import type { Functor1 } from 'fp-ts/lib/Functor.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../data/Digest.js'
import { type InvalidValue, invalidValue, type OutOfRange, outOfRange } from '../data/Failure.js'
import { fromUnknown, type Value } from '../data/Value.js'
import * as Fetch from './Fetch.js'
import { align } from './internal/align.js'
import {
  BYTES,
  Chunk,
  Knot,
  LIST,
  type Sequence as Node,
  Opaque,
  type Run,
  type SequenceKind,
  type Slot,
  TEXT,
} from './internal/node.js'
import { valueIn } from './internal/read.js'
import { seal } from './internal/seal.js'
import { childAt, emptyRun, join, locate, runOf, sequenceOf } from './internal/sequence.js'
import { slotOf } from './internal/slot.js'
import { isPosition } from './internal/splice.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** What a sequence is made of: items, text, or bytes. */
export type Content = ReadonlyArray<unknown> | string | Uint8Array

declare const contentType: unique symbol

/** Equal content is equal: works as a key in `immutable` collections. */
export interface Sequence<R extends Content> {
  readonly [contentType]?: () => R
  /** Items, UTF-16 code units, or bytes. O(1). */
  readonly size: number
  readonly equals: (that: unknown) => boolean
  readonly hashCode: () => number
}

/**
 * A tree, and what was appended to it and is not cut yet. The versions of a sequence that grows share one `buffer`; each
 * sees the first `tail` of it, and only the one that sees all of it may add to it.
 */
class Rooted {
  readonly kind: SequenceKind
  private root: Node
  private readonly buffer: Array<Slot>
  private tail: number
  /** Whether an item may be no value. */
  readonly opaque: boolean
  constructor(kind: SequenceKind, root: Node, buffer: Array<Slot>, tail: number, opaque: boolean) {
    this.kind = kind
    this.root = root
    this.buffer = buffer
    this.tail = tail
    this.opaque = opaque
  }
  get size(): number {
    return this.root.size + this.tail
  }
  /** All of it as a tree. */
  tree(): Node {
    if (this.tail > 0) {
      const { root } = this
      const run = this.buffer.slice(0, this.tail)
      this.root = resident(join(this.kind, root, root.size, run, root, root.size))
      this.tail = 0
    }
    return this.root
  }
  /** With one item more. Amortised O(1). */
  push(slot: Slot, opaque: boolean): Rooted {
    const { buffer, tail } = this
    if (tail === MAX_TAIL) return new Rooted(this.kind, this.tree(), [slot], 1, this.opaque || opaque)
    const own = buffer.length === tail ? buffer : buffer.slice(0, tail)
    own.push(slot)
    return new Rooted(this.kind, this.root, own, tail + 1, this.opaque || opaque)
  }
  at(i: number): Slot | number {
    let node = this.root
    if (i >= node.size) return this.buffer[i - node.size]!
    while (node instanceof Knot) {
      const child = childAt(node, i)
      if (child > 0) i -= node.ends[child - 1]!
      node = node.children[child] as Node
    }
    return node.run[i]!
  }
  equals(that: unknown): boolean {
    if (this === that) return true
    if (!(that instanceof Rooted) || this.kind !== that.kind || this.size !== that.size) return false
    const a = this.tree()
    const b = that.tree()
    if (a === b) return true
    // What is no value has no digest; it is compared by identity.
    if (seal(a).digest !== seal(b).digest) return false
    if (!this.opaque && !that.opaque) return true
    const others = slots(b)
    for (const slot of slots(a)) {
      const other = others.next().value
      if (slot instanceof Opaque !== other instanceof Opaque) return false
      if (slot instanceof Opaque && !Object.is(slot.value, (other as Opaque).value)) return false
    }
    return true
  }
  hashCode(): number {
    return seal(this.tree()).digest.charCodeAt(0)
  }
}

/** Items that are appended before they are cut. */
const MAX_TAIL = 1024

/** The result of what needs no loading. */
const resident = <A>(fetch: Fetch.Fetch<unknown, A>): A => {
  const done = Fetch.now(fetch)
  return done._tag === 'Some' && done.value._tag === 'Right' ? done.value.right : absurd()
}

const absurd = (): never => {
  throw new Error('a resident sequence met a link')
}

const inside = <R extends Content>(sequence: Sequence<R>): Rooted => sequence as unknown as Rooted
const outside = <R extends Content>(rooted: Rooted): Sequence<R> => rooted as unknown as Sequence<R>
const planted = <R extends Content>(kind: SequenceKind, root: Node, opaque: boolean): Sequence<R> =>
  outside(new Rooted(kind, root, [], 0, opaque))

/** A list of `A`. */
export type Items<A> = Sequence<ReadonlyArray<A>>
export type Text = Sequence<string>
export type Bytes = Sequence<Uint8Array>

export const URI = 'coppice/Sequence'
export type URI = typeof URI

declare module 'fp-ts/HKT' {
  interface URItoKind<A> {
    readonly [URI]: Items<A>
  }
}

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** What is a slot as it stands: the common case of an append. */
const isScalar = (item: unknown): item is number | boolean | null =>
  typeof item === 'number' ? Number.isFinite(item) : typeof item === 'boolean' || item === null

const contentOf = (kind: SequenceKind, content: unknown): E.Either<InvalidValue, Run> => {
  try {
    return read(kind, content)
  } catch {
    // A proxy or an accessor.
    return E.left(invalidValue([], 'what cannot be read'))
  }
}

const read = (kind: SequenceKind, content: unknown): E.Either<InvalidValue, Run> => {
  if (kind === LIST && Array.isArray(content)) {
    if (content.length === 1 && isScalar(content[0])) return E.right([content[0] === 0 ? 0 : content[0]])
    const value = fromUnknown(content)
    return value._tag === 'Left' ? value : E.right((value.right as ReadonlyArray<Value>).map(slotOf))
  }
  if (kind === TEXT && typeof content === 'string') {
    return content.isWellFormed() ? E.right(content) : E.left(invalidValue([], 'text with a lone surrogate'))
  }
  if (kind === BYTES && content instanceof Uint8Array) return E.right(content)
  return E.left(invalidValue([], `not ${kind === LIST ? 'a list' : kind === TEXT ? 'text' : 'bytes'}`))
}

/** A list of values, deeply checked and copied. O(n). Errors: `InvalidValue`. @category constructors */
export const fromItems = <A extends Value>(items: ReadonlyArray<A>): E.Either<InvalidValue, Items<A>> =>
  E.map((run: Run) => planted<ReadonlyArray<A>>(LIST, sequenceOf(LIST, run), false))(contentOf(LIST, items))

/** O(n). Errors: `InvalidValue` for lone surrogates. @category constructors */
export const fromText = (text: string): E.Either<InvalidValue, Text> =>
  E.map((run: Run) => planted<string>(TEXT, sequenceOf(TEXT, run), false))(contentOf(TEXT, text))

/** A copy of the bytes. O(n). @category constructors */
export const fromBytes = (bytes: Uint8Array): Bytes => planted(BYTES, sequenceOf(BYTES, bytes), false)

/** @category constructors */
export const emptyItems = <A = never>(): Items<A> => planted(LIST, new Chunk(LIST, []), false)
/** @category constructors */
export const emptyText: Text = planted(TEXT, new Chunk(TEXT, ''), false)
/** @category constructors */
export const emptyBytes: Bytes = planted(BYTES, new Chunk(BYTES, new Uint8Array(0)), false)

// -------------------------------------------------------------------------------------
// destructors
// -------------------------------------------------------------------------------------

/** One element: an item, a UTF-16 code unit, a byte. */
export type Element<R extends Content> =
  R extends ReadonlyArray<infer A> ? A : R extends string ? string : number

const itemOf = (slot: Slot): unknown => {
  if (typeof slot !== 'object' || slot === null) return slot
  return slot instanceof Opaque ? slot.value : resident(valueIn(slot, 0))
}

/** The element at a position, or none. O(log n). @category destructors */
export const get =
  (position: number) =>
  <R extends Content>(sequence: Sequence<R>): O.Option<Element<R>> => {
    const rooted = inside(sequence)
    return Number.isInteger(position) && position >= 0 && position < rooted.size
      ? O.some(
          (rooted.kind === LIST ? itemOf(rooted.at(position) as Slot) : rooted.at(position)) as Element<R>,
        )
      : O.none
  }

/** All of it as a plain array, string or `Uint8Array`. O(n). @category destructors */
export const toRun = <R extends Content>(sequence: Sequence<R>): R => {
  const rooted = inside(sequence)
  const run = resident(runOf(rooted.tree()))
  if (rooted.kind === LIST) return (run as ReadonlyArray<Slot>).map(itemOf) as unknown as R
  return (typeof run === 'string' ? run : (run as Uint8Array).slice()) as R
}

function* slots(tree: Node, from = 0): IterableIterator<Slot> {
  for (let at = from; at < tree.size; ) {
    const { chunk, offset } = resident(locate(tree, at, 0))
    const { run } = chunk
    for (let i = offset; i < run.length; i++) yield run[i] as Slot
    at += run.length - offset
  }
}

function* iterate(rooted: Rooted, from = 0): IterableIterator<unknown> {
  for (const slot of slots(rooted.tree(), from)) yield rooted.kind === LIST ? itemOf(slot) : slot
}

/** Its elements from a position on. @category destructors */
export const elements =
  (from = 0) =>
  <R extends Content>(sequence: Sequence<R>): IterableIterator<Element<R>> =>
    iterate(inside(sequence), Number.isInteger(from) && from > 0 ? from : 0) as IterableIterator<Element<R>>

/** @category destructors */
export const reduce =
  <B, R extends Content>(b: B, f: (b: B, a: Element<R>) => B) =>
  (sequence: Sequence<R>): B => {
    let result = b
    for (const element of elements()(sequence)) result = f(result, element)
    return result
  }

const opaqueFault = ({ value }: Opaque, index: number): InvalidValue => {
  const checked = fromUnknown(value)
  // What was no value when it was made may have become one since.
  return checked._tag === 'Left'
    ? invalidValue([index, ...checked.left.path], checked.left.reason)
    : invalidValue([index], 'no value when it was made')
}

/** The digest of what it holds, as a state would have it. Errors: `InvalidValue` if an item is no value. */
export const digest = <R extends Content>(sequence: Sequence<R>): E.Either<InvalidValue, Digest> => {
  const rooted = inside(sequence)
  if (rooted.opaque) {
    let i = 0
    for (const slot of slots(rooted.tree())) {
      if (slot instanceof Opaque) return E.left(opaqueFault(slot, i))
      i++
    }
  }
  return E.right(seal(rooted.tree()).digest)
}

// -------------------------------------------------------------------------------------
// edits
// -------------------------------------------------------------------------------------

/** Why an edit was refused; the sequence is as it was. */
export type SpliceFailure = OutOfRange | InvalidValue

/** Whether a position of a text stands between the two halves of a character. */
const isInsideCharacter = (rooted: Rooted, i: number): boolean => {
  if (rooted.kind !== TEXT || i === 0 || i === rooted.size) return false
  const unit = (rooted.at(i) as unknown as string).charCodeAt(0)
  return unit >= 0xdc00 && unit < 0xe000
}

const joined = (rooted: Rooted, l: number, run: Run, other: Rooted, r: number): Rooted =>
  inside(
    planted(
      rooted.kind,
      resident(join(rooted.kind, rooted.tree(), l, run, other.tree(), r)),
      rooted.opaque || other.opaque,
    ),
  )

/**
 * With `count` elements from a position on replaced by `content`. O(content + log n).
 *
 * Errors: `OutOfRange`, `InvalidValue` for content that is no value, or a position inside a character.
 *
 * @category edits
 */
export const splice =
  (position: number, count: number, content: Content) =>
  <R extends Content>(sequence: Sequence<R>): E.Either<SpliceFailure, Sequence<R>> => {
    const rooted = inside(sequence)
    const { size } = rooted
    if (!isPosition(position, size)) return E.left(outOfRange(position, size))
    if (!isPosition(count, size - position)) {
      return E.left(outOfRange(typeof count === 'number' ? position + count : Number.NaN, size))
    }
    const end = position + count
    const split = isInsideCharacter(rooted, position) ? position : isInsideCharacter(rooted, end) ? end : -1
    if (split >= 0) return E.left(invalidValue([split], 'a position inside a character'))
    const run = contentOf(rooted.kind, content)
    if (run._tag === 'Left') return run
    return E.right(outside(joined(rooted, position, run.right, rooted, end)))
  }

/** @category edits */
export const insert = (
  position: number,
  content: Content,
): (<R extends Content>(sequence: Sequence<R>) => E.Either<SpliceFailure, Sequence<R>>) =>
  splice(position, 0, content)

/** Without `count` elements from a position on. @category edits */
export const remove =
  (position: number, count: number) =>
  <R extends Content>(sequence: Sequence<R>): E.Either<SpliceFailure, Sequence<R>> =>
    splice(position, count, emptyRun(inside(sequence).kind))(sequence)

/** With content after its end. Amortised O(content) for short content. @category edits */
export const append =
  (content: Content) =>
  <R extends Content>(sequence: Sequence<R>): E.Either<InvalidValue, Sequence<R>> => {
    const rooted = inside(sequence)
    const run = contentOf(rooted.kind, content)
    if (run._tag === 'Left') return run
    if (rooted.kind === LIST && run.right.length < MAX_TAIL / 8) {
      let next = rooted
      for (const slot of run.right as ReadonlyArray<Slot>) next = next.push(slot, false)
      return E.right(outside(next))
    }
    return E.right(outside(joined(rooted, rooted.size, run.right, rooted, rooted.size)))
  }

/** With content before its beginning. @category edits */
export const prepend = (
  content: Content,
): (<R extends Content>(sequence: Sequence<R>) => E.Either<SpliceFailure, Sequence<R>>) =>
  splice(0, 0, content)

/** The part from a position up to another. O(log n). Errors: `OutOfRange`, `InvalidValue`. @category edits */
export const slice =
  (from: number, to: number) =>
  <R extends Content>(sequence: Sequence<R>): E.Either<SpliceFailure, Sequence<R>> => {
    const { size } = inside(sequence)
    if (!isPosition(to, size)) return E.left(outOfRange(to, size))
    if (!isPosition(from, to)) return E.left(outOfRange(from, size))
    return E.flatMap(remove(to, size - to)(sequence), remove(0, from))
  }

/** One after the other. O(log n): only the seam is cut again. @category combinators */
export const concat =
  <R extends Content>(second: Sequence<R>) =>
  (first: Sequence<R>): Sequence<R> => {
    const a = inside(first)
    return outside(joined(a, a.size, emptyRun(a.kind), inside(second), 0))
  }

const toSlot = (item: unknown): Slot => {
  const value = fromUnknown(item)
  return value._tag === 'Right' ? slotOf(value.right) : new Opaque(item)
}

/** The list of what a function makes of each item; results that are no values stay in memory only. O(n). */
export const map =
  <A, B>(f: (a: A) => B) =>
  (sequence: Items<A>): Items<B> => {
    const run: Array<Slot> = []
    for (const item of iterate(inside(sequence))) run.push(toSlot(f(item as A)))
    return planted(
      LIST,
      sequenceOf(LIST, run),
      run.some((slot) => slot instanceof Opaque),
    )
  }

/** At `position` of the first sequence, `removed` stands where the second has `inserted`. */
export interface Splice<R extends Content> {
  readonly position: number
  readonly removed: R
  readonly inserted: R
}

/**
 * What differs between two sequences, by ascending positions in the first. O(changes · log n): what both share is not
 * entered. Items that are no values differ unless they are the same list.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Sequence } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const [a, b] = [Sequence.fromText('one two'), Sequence.fromText('one and two')]
 * assert.ok(E.isRight(a) && E.isRight(b))
 * assert.deepStrictEqual(Sequence.diff(a.right, b.right), [{ position: 4, removed: '', inserted: 'and ' }])
 * ```
 */
export const diff = <R extends Content>(
  before: Sequence<R>,
  after: Sequence<R>,
): ReadonlyArray<Splice<R>> => {
  const a = inside(before)
  const b = inside(after)
  if (a === b) return []
  const content = (run: Run): R =>
    (a.kind === LIST ? (run as ReadonlyArray<Slot>).map(itemOf) : run) as unknown as R
  return resident(align(a.tree(), b.tree())).map(({ position, removed, inserted }) => ({
    position,
    removed: content(removed),
    inserted: content(inserted),
  }))
}

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/** Equal content: one comparison of digests. @category instances */
export const getEq = <R extends Content>(): EqType<Sequence<R>> => ({ equals: (x, y) => x.equals(y) })

/** Concatenation; `empty` says of what. @category instances */
export const getMonoid = <R extends Content>(empty: Sequence<R>): Monoid<Sequence<R>> => ({
  concat: (first, second) => concat(second)(first),
  empty,
})

/** @category instances */
export const Functor: Functor1<URI> = { URI, map: (fa, f) => map(f)(fa) }

/** @category instances */
export const Foldable: Foldable1<URI> = {
  URI,
  reduce: (fa, b, f) => {
    let result = b
    for (const item of iterate(inside(fa))) result = f(result, item as never)
    return result
  },
  foldMap: (M) => (fa, f) => {
    let result = M.empty
    for (const item of iterate(inside(fa))) result = M.concat(result, f(item as never))
    return result
  },
  reduceRight: (fa, b, f) => toRun(fa).reduceRight((result, item) => f(item, result), b),
}
