/**
 * A `Fetch<E, A>` is a computation over blocks that may not be here yet: it is done, failed, or blocked on a set of
 * missing blocks, with a way to go on once they are here.
 *
 * It is resumed, never run again. `chain` sequences: k dependent loads take k rounds and O(k) steps, however the
 * binds are nested. `all`, `ap` and `traverse` do not sequence: what they are blocked on is one set, read in one round.
 * Nothing here overflows the stack. Two interpreters, one for each shape of store, run the same computation:
 * `run` (`IOEither`) and `runAsync` (`TaskEither`); `now` needs none when nothing is missing.
 *
 * Laws (`coppice/laws`, `fetchLaws`): functor, applicative, monad; rounds (k dependent loads take k, n independent
 * ones take 1); no block is read twice in a round; `ap` agrees with `chain` on the result; resumption is linear.
 *
 * Source: S. Marlow, L. Brandy, J. Coens, J. Purdy, There is no Fork (ICFP 2014); the queue of binds follows
 * A. van der Ploeg, O. Kiselyov, Reflection without Remorse (Haskell 2014).
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Fetch } from 'coppice'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const sum = pipe(Fetch.all([Fetch.of(1), Fetch.of(2)]), Fetch.map(([a, b]) => a! + b!))
 * assert.deepStrictEqual(Fetch.now(sum), { _tag: 'Some', value: { _tag: 'Right', right: 3 } })
 * ```
 */
import type { Applicative2 } from 'fp-ts/lib/Applicative.js'
import * as E from 'fp-ts/lib/Either.js'
import type { Functor2 } from 'fp-ts/lib/Functor.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { Monad2 } from 'fp-ts/lib/Monad.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../data/Digest.js'
import { type Corrupt, corrupt, type Missing, missing as missingBlock } from '../data/Failure.js'
import { hash } from '../data/Hasher.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** The blocks of one round. */
export type Blocks = ReadonlyMap<Digest, Uint8Array>

export interface Done<A> {
  readonly _tag: 'Done'
  readonly value: A
}

export interface Failed<E> {
  readonly _tag: 'Failed'
  readonly failure: E
}

declare const failureType: unique symbol
declare const valueType: unique symbol

/** Waits for blocks, see `missing` and `resume`. */
export interface Blocked<E, A> {
  readonly _tag: 'Blocked'
  readonly [failureType]?: () => E
  readonly [valueType]?: () => A
}

export type Fetch<E, A> = Done<A> | Failed<E> | Blocked<E, A>

export const URI = 'coppice/Fetch'
export type URI = typeof URI

declare module 'fp-ts/HKT' {
  interface URItoKind2<E, A> {
    readonly [URI]: Fetch<E, A>
  }
}

// The types of intermediate results are known where a computation is built and forgotten inside it.
type Any = Fetch<unknown, unknown>

/** What happens to a result: one bind, or one recovery. */
interface Frame {
  readonly onDone: ((value: unknown) => Any) | null
  readonly onFailed: ((failure: unknown) => Any) | null
}

/** Frames still to run, first the left ones. Appending is O(1), taking the first amortised O(1). */
type Frames = Frame | Pair
class Pair {
  readonly left: Frames
  readonly right: Frames
  constructor(left: Frames, right: Frames) {
    this.left = left
    this.right = right
  }
}

/** Blocked on blocks of its own. */
class Wait {
  readonly _tag = 'Blocked'
  readonly digests: ReadonlyArray<Digest>
  readonly step: (blocks: Blocks) => Any
  readonly frames: Frames | null
  constructor(digests: ReadonlyArray<Digest>, step: (blocks: Blocks) => Any, frames: Frames | null) {
    this.digests = digests
    this.step = step
    this.frames = frames
  }
  bind(frame: Frames): Wait {
    return new Wait(this.digests, this.step, append(this.frames, frame))
  }
}

/** Blocked because some of its parts are. */
class All {
  readonly _tag = 'Blocked'
  readonly parts: ReadonlyArray<Any>
  readonly finish: (values: Array<unknown>) => Any
  readonly frames: Frames | null
  /** Whether a part of it was only put off. */
  readonly putOff: boolean
  constructor(
    parts: ReadonlyArray<Any>,
    finish: (values: Array<unknown>) => Any,
    frames: Frames | null,
    putOff: boolean,
  ) {
    this.parts = parts
    this.finish = finish
    this.frames = frames
    this.putOff = putOff
  }
  bind(frame: Frames): All {
    return new All(this.parts, this.finish, append(this.frames, frame), this.putOff)
  }
}

type Waiting = Wait | All

/** Whether a blocked computation can go on, in whole or in part, without any block. */
const isPutOff = (blocked: Waiting): boolean =>
  blocked instanceof Wait ? blocked.digests.length === 0 : blocked.putOff

const append = (frames: Frames | null, more: Frames): Frames =>
  frames === null ? more : new Pair(frames, more)

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** @category constructors */
export const of = <A, E = never>(value: A): Fetch<E, A> => ({ _tag: 'Done', value })

/** @category constructors */
export const fail = <E, A = never>(failure: E): Fetch<E, A> => ({ _tag: 'Failed', failure })

/** @category constructors */
export const fromEither = <E, A>(either: E.Either<E, A>): Fetch<E, A> =>
  either._tag === 'Right' ? of(either.right) : fail(either.left)

/** The bytes of one block; `Missing` if the store that is asked does not hold it. @category constructors */
export const block = (digest: Digest): Fetch<Missing, Uint8Array> =>
  new Wait(
    [digest],
    (blocks) => {
      const bytes = blocks.get(digest)
      return bytes === undefined ? fail(missingBlock(digest)) : of(bytes)
    },
    null,
  ) as Blocked<Missing, Uint8Array>

/** Puts a computation off until it is run, so that a recursion may be as deep as it likes. @category constructors */
export const defer = <E, A>(make: () => Fetch<E, A>): Fetch<E, A> =>
  new Wait([], make as () => Any, null) as Blocked<E, A>

// -------------------------------------------------------------------------------------
// sequencing
// -------------------------------------------------------------------------------------

const bind = (fetch: Any, frames: Frames): Any => (fetch as unknown as Waiting).bind(frames) as unknown as Any

// A bind of a finished computation runs at once, so that what is resident allocates nothing. A loop of such binds
// would fill the stack; past this depth they are put off.
const EAGER_DEPTH = 200
let depth = 0

/** The computation that `f` makes of the result. */
export const flatMap = <E, A, E2, B>(fetch: Fetch<E, A>, f: (a: A) => Fetch<E2, B>): Fetch<E | E2, B> => {
  if (fetch._tag === 'Failed') return fetch
  if (fetch._tag === 'Done') {
    const { value } = fetch
    if (depth >= EAGER_DEPTH) return defer(() => f(value))
    depth++
    try {
      return f(value)
    } finally {
      depth--
    }
  }
  return bind(fetch, { onDone: f as (value: unknown) => Any, onFailed: null }) as Fetch<E | E2, B>
}

/** @category combinators */
export const chain =
  <A, E, B>(f: (a: A) => Fetch<E, B>) =>
  (fetch: Fetch<E, A>): Fetch<E, B> =>
    flatMap(fetch, f)

/** `chain` that widens the failures. @category combinators */
export const chainW =
  <A, E2, B>(f: (a: A) => Fetch<E2, B>) =>
  <E>(fetch: Fetch<E, A>): Fetch<E | E2, B> =>
    flatMap(fetch, f)

/** @category combinators */
export const map =
  <A, B>(f: (a: A) => B) =>
  <E>(fetch: Fetch<E, A>): Fetch<E, B> =>
    fetch._tag === 'Done' ? of(f(fetch.value)) : flatMap(fetch, (a) => of(f(a)))

/** What to do about a failure. @category combinators */
export const orElseW =
  <E, E2, B>(onFailed: (e: E) => Fetch<E2, B>) =>
  <A>(fetch: Fetch<E, A>): Fetch<E2, A | B> => {
    if (fetch._tag === 'Done') return fetch
    if (fetch._tag === 'Failed') {
      const { failure } = fetch
      if (depth >= EAGER_DEPTH) return defer(() => onFailed(failure))
      depth++
      try {
        return onFailed(failure)
      } finally {
        depth--
      }
    }
    return bind(fetch, { onDone: null, onFailed: onFailed as (failure: unknown) => Any }) as Fetch<E2, A | B>
  }

/** @category combinators */
export const mapLeft =
  <E, E2>(f: (e: E) => E2) =>
  <A>(fetch: Fetch<E, A>): Fetch<E2, A> =>
    orElseW((e: E) => fail<E2>(f(e)))(fetch)

// -------------------------------------------------------------------------------------
// batching
// -------------------------------------------------------------------------------------

const combine = (
  parts: ReadonlyArray<Any>,
  finish: (values: Array<unknown>) => Any,
  frames: Frames | null,
): Any => {
  let blocked = false
  let putOff = false
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    if (part._tag === 'Blocked') {
      blocked = true
      putOff ||= isPutOff(part as unknown as Waiting)
    } else if (part._tag === 'Failed') {
      if (!blocked) return settle(part, frames)
      // Which failure counts must not depend on what is here: one before it may still fail, none after it matters.
      return new All(parts.slice(0, i + 1), finish, frames, putOff) as unknown as Any
    }
  }
  if (blocked) return new All(parts, finish, frames, putOff) as unknown as Any
  return settle(finish(parts.map((part) => (part as Done<unknown>).value)), frames)
}

/**
 * All results in order, or the first failure in order, whichever is known first; what the parts wait for is read
 * together.
 */
export const all = <E, A>(parts: ReadonlyArray<Fetch<E, A>>): Fetch<E, ReadonlyArray<A>> =>
  combine(parts.slice(), (values) => of(values), null) as Fetch<E, ReadonlyArray<A>>

/** @category combinators */
export const traverse =
  <A, E, B>(f: (a: A, index: number) => Fetch<E, B>) =>
  (items: ReadonlyArray<A>): Fetch<E, ReadonlyArray<B>> =>
    all(items.map(f))

/** Both results; what the two wait for is read together. */
export const both = <E, A, E2, B, C>(
  first: Fetch<E, A>,
  second: Fetch<E2, B>,
  f: (a: A, b: B) => C,
): Fetch<E | E2, C> => combine([first, second], ([a, b]) => of(f(a as A, b as B)), null) as Fetch<E | E2, C>

/** @category combinators */
export const ap =
  <E, A>(fa: Fetch<E, A>) =>
  <B>(fab: Fetch<E, (a: A) => B>): Fetch<E, B> =>
    both(fab, fa, (f, a) => f(a))

// -------------------------------------------------------------------------------------
// running
// -------------------------------------------------------------------------------------

/** Feeds a result to the frames that wait for it, until they are used up or one of them blocks. */
const settle = (result: Any, frames: Frames | null): Any => {
  let current = result
  let rest = frames
  while (rest !== null) {
    if (current._tag === 'Blocked') return bind(current, rest)
    let first: Frames = rest
    rest = null
    while (first instanceof Pair) {
      rest = rest === null ? first.right : new Pair(first.right, rest)
      first = first.left
    }
    if (current._tag === 'Done') {
      if (first.onDone !== null) current = first.onDone(current.value)
    } else if (first.onFailed !== null) current = first.onFailed(current.failure)
  }
  return current
}

/** What a blocked computation waits for; empty if it was only put off. O(parts). */
export const missing = <E, A>(blocked: Blocked<E, A>): ReadonlySet<Digest> => {
  const digests = new Set<Digest>()
  const stack: Array<Any> = [blocked]
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const part = top as unknown as Wait | All | Done<unknown>
    if (part instanceof Wait) for (const digest of part.digests) digests.add(digest)
    else if (part instanceof All) for (const inner of part.parts) stack.push(inner)
  }
  return digests
}

/** Goes on with the blocks that a computation waits for. What `blocks` lacks becomes `Missing`. O(parts). */
export const resume = <E, A>(blocked: Blocked<E, A>, blocks: Blocks): Fetch<E, A> => proceed(blocked, blocks)

/** Runs what was put off until it waits for a block. */
const caughtUp = (wait: Wait): Any => {
  let current: Any = wait as unknown as Any
  for (;;) {
    const at = current as unknown
    if (!(at instanceof Wait) || at.digests.length > 0) return current
    current = settle(at.step(nothing), at.frames)
  }
}

/** Goes on with what waits for blocks, if there are any, and with what was put off. */
const proceed = <E, A>(blocked: Blocked<E, A>, blocks: Blocks | null): Fetch<E, A> => {
  // A post-order walk with a stack of its own: nested applications may be as deep as they like.
  const results: Array<Any> = []
  const stack: Array<{ readonly part: Any; readonly entered: boolean }> = [{ part: blocked, entered: false }]
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const part = top.part as unknown as Wait | All | Done<unknown>
    if (part instanceof Wait) {
      if (part.digests.length === 0) results.push(caughtUp(part))
      else results.push(blocks === null ? top.part : settle(part.step(blocks), part.frames))
    } else if (part instanceof All) {
      if (blocks === null && !part.putOff) results.push(top.part)
      else if (top.entered) {
        results.push(combine(results.splice(results.length - part.parts.length), part.finish, part.frames))
      } else {
        stack.push({ part: top.part, entered: true })
        for (let i = part.parts.length - 1; i >= 0; i--) stack.push({ part: part.parts[i]!, entered: false })
      }
    } else results.push(top.part)
  }
  return results[0] as Fetch<E, A>
}

/** The computation with all that was only put off done, and what it is blocked on. */
const advance = <E, A>(fetch: Fetch<E, A>): readonly [Fetch<E, A>, ReadonlyArray<Digest>] => {
  let current = fetch
  while (current._tag === 'Blocked' && isPutOff(current as unknown as Waiting))
    current = proceed(current, null)
  return [current, current._tag === 'Blocked' ? [...missing(current)] : []]
}

const nothing: Blocks = new Map()

/** @category destructors */
export const toEither = <E, A>(fetch: Done<A> | Failed<E>): E.Either<E, A> =>
  fetch._tag === 'Done' ? E.right(fetch.value) : E.left(fetch.failure)

/** The result, if nothing is missing. */
export const now = <E, A>(fetch: Fetch<E, A>): O.Option<E.Either<E, A>> => {
  const [current] = advance(fetch)
  return current._tag === 'Blocked' ? O.none : O.some(toEither(current))
}

/** What a synchronous interpreter reads from. `trusted` bytes never left the process and are not hashed again. */
export interface Source<E> {
  readonly read: (digests: ReadonlyArray<Digest>) => IOEither<E, ReadonlyArray<Uint8Array | undefined>>
  readonly trusted?: boolean
}

/** What an asynchronous interpreter reads from. */
export interface AsyncSource<E> {
  readonly read: (digests: ReadonlyArray<Digest>) => TaskEither<E, ReadonlyArray<Uint8Array | undefined>>
  readonly trusted?: boolean
}

const round = (
  digests: ReadonlyArray<Digest>,
  bytes: ReadonlyArray<Uint8Array | undefined>,
  trusted: boolean,
): E.Either<Corrupt, Blocks> => {
  const blocks = new Map<Digest, Uint8Array>()
  for (let i = 0; i < digests.length; i++) {
    const read = bytes[i]
    if (read === undefined) continue
    const digest = digests[i]!
    if (!trusted && hash(read) !== digest) return E.left(corrupt(digest, 'the bytes do not match the digest'))
    blocks.set(digest, read)
  }
  return E.right(blocks)
}

/**
 * Runs a computation against a synchronous source, one read a round.
 *
 * Errors: the computation's own, the source's, `Corrupt` for bytes that do not match their digest.
 */
export const run =
  <S>(source: Source<S>) =>
  <E, A>(fetch: Fetch<E, A>): IOEither<E | S | Corrupt, A> =>
  () => {
    let [current, digests] = advance(fetch)
    while (current._tag === 'Blocked') {
      const bytes = source.read(digests)()
      if (bytes._tag === 'Left') return bytes
      const blocks = round(digests, bytes.right, source.trusted === true)
      if (blocks._tag === 'Left') return blocks
      ;[current, digests] = advance(resume(current, blocks.right))
    }
    return toEither(current)
  }

/** Runs a computation against an asynchronous source, one read a round. Errors as `run`. */
export const runAsync =
  <S>(source: AsyncSource<S>) =>
  <E, A>(fetch: Fetch<E, A>): TaskEither<E | S | Corrupt, A> =>
  async () => {
    let [current, digests] = advance(fetch)
    while (current._tag === 'Blocked') {
      const bytes = await source.read(digests)()
      if (bytes._tag === 'Left') return bytes
      const blocks = round(digests, bytes.right, source.trusted === true)
      if (blocks._tag === 'Left') return blocks
      ;[current, digests] = advance(resume(current, blocks.right))
    }
    return toEither(current)
  }

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/** @category instances */
export const Functor: Functor2<URI> = { URI, map: (fa, f) => map(f)(fa) }

/** Batches. @category instances */
export const Applicative: Applicative2<URI> = { ...Functor, of, ap: (fab, fa) => ap(fa)(fab) }

/** Sequences. @category instances */
export const Monad: Monad2<URI> = {
  ...Functor,
  of,
  ap: (fab, fa) => flatMap(fab, (f) => map(f)(fa)),
  chain: (fa, f) => flatMap(fa, f),
}
