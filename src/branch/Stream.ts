/**
 * Streams: long texts, bytes and lists that go into a state and out of it in bounded memory.
 *
 * What goes in is cut, stored and let go as it comes; the reference changes when all of it is there. Until then each
 * finished part is pinned, so a collection that runs meanwhile takes none of it.
 *
 * Law (`coppice/laws`): what was streamed in is, digest for digest, what `State.set` would have made of the whole.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { ComponentStore, MemoryStore, State, Stream, StateReference } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const root = StateReference.root(ComponentStore.make(MemoryStore.make()))(State.empty)()
 * const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`)
 * assert.deepStrictEqual(await Stream.into(['log'], 'text', lines)(root)(), E.right(lines.join('').length))
 *
 * let text = ''
 * for await (const part of Stream.outOf(['log'])(root)) if (E.isRight(part)) text += part.right
 * assert.strictEqual(text, lines.join(''))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../data/Digest.js'
import {
  type Corrupt,
  type InvalidPath,
  type InvalidValue,
  invalidValue,
  type Path,
  type Released,
  type StoreFailed,
  storeFailed,
} from '../data/Failure.js'
import { fromUnknown, type Value } from '../data/Value.js'
import type { AsyncStore, Store, TransactFailure } from '../store/Store.js'
import * as Cursor from '../trie/Cursor.js'
import * as Fetch from '../trie/Fetch.js'
import { INLINE_LIMIT } from '../trie/internal/block.js'
import { here } from '../trie/internal/load.js'
import {
  BYTES,
  LINK,
  LIST,
  type Link,
  type Run,
  type Sequence,
  type SequenceKind,
  type Slot,
  TEXT,
} from '../trie/internal/node.js'
import { COMPONENT } from '../trie/internal/place.js'
import { slotOf } from '../trie/internal/slot.js'
import { slotOfEdited } from '../trie/internal/splice.js'
import { Weaver, type Woven } from '../trie/internal/weave.js'
import { homeOf } from '../trie/Residency.js'
import * as State from '../trie/State.js'
import { type Program, run, runAsync, transact } from './internal/program.js'
import * as StateReference from './StateReference.js'

/** What a stream is of. */
export type Kind = 'text' | 'bytes' | 'list'

/** A source: pieces of text, of bytes, or of a list, as long as they like. */
export type Source = Iterable<unknown> | AsyncIterable<unknown>

export type StreamFailure =
  | State.EditFailure
  | InvalidValue
  | TransactFailure
  | Released
  | StoreFailed
  | Corrupt

const kinds: Readonly<Record<Kind, SequenceKind>> = { text: TEXT, bytes: BYTES, list: LIST }

/** What one piece is as a run; a text may end in half a character, which the next piece completes. */
const runOf = (kind: SequenceKind, piece: unknown): E.Either<InvalidValue, Run> => {
  if (kind === TEXT && typeof piece === 'string') {
    return piece.isWellFormed() ? E.right(piece) : E.left(invalidValue([], 'text with a lone surrogate'))
  }
  if (kind === BYTES && piece instanceof Uint8Array) return E.right(piece)
  if (kind === LIST && Array.isArray(piece)) {
    return E.map((items: Value) => (items as ReadonlyArray<Value>).map(slotOf) as Run)(fromUnknown(piece))
  }
  return E.left(invalidValue([], 'a piece of another kind'))
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00

/** Stores what is woven: each top is pinned, and what it stands over need be no longer. */
function* store(woven: ReadonlyArray<Woven>, pinned: Set<Digest>): Program<E.Either<TransactFailure, void>> {
  for (const { packed, top, below } of woven) {
    const unpins = below.map((link) => link.ref.digest).filter((digest) => pinned.delete(digest))
    const pins = pinned.has(top.ref.digest) ? [] : [top.ref.digest]
    const done = yield* transact({ puts: packed, pins, unpins })
    if (done._tag === 'Left') {
      for (const digest of unpins) pinned.add(digest)
      return done
    }
    pinned.add(top.ref.digest)
  }
  return E.right(undefined)
}

/** A list of many tiny items may be several chunks and yet stand in its parent. */
const slotOfRoot = (root: Sequence | Link): Fetch.Fetch<State.LoadFailure, Slot> => {
  if (root.kind !== LINK) return slotOfEdited(root)
  return root.size > INLINE_LIMIT
    ? Fetch.of(root)
    : Fetch.flatMap(here(root, COMPONENT), (node) => slotOfEdited(node as Sequence))
}

type Perform = <A>(program: () => Program<A>) => Promise<A>

const streaming = async (
  reference: StateReference.StateReference<Store | AsyncStore>,
  perform: Perform,
  path: Path,
  kind: SequenceKind,
  source: Source,
): Promise<E.Either<StreamFailure, number>> => {
  const weaver = new Weaver(kind, homeOf(StateReference.components(reference).residency))
  const pinned = new Set<Digest>()
  const giveUp = async <F>(failure: F): Promise<E.Left<F>> => {
    await perform(() => transact({ unpins: [...pinned] }))
    return { _tag: 'Left', left: failure }
  }
  let carried = ''
  try {
    for await (const given of source) {
      let piece = given
      if (kind === TEXT && typeof piece === 'string') {
        piece = carried + piece
        const { length } = piece as string
        carried =
          length > 0 && isHigh((piece as string).charCodeAt(length - 1)) ? (piece as string).slice(-1) : ''
        if (carried !== '') piece = (piece as string).slice(0, -1)
      }
      const content = runOf(kind, piece)
      if (content._tag === 'Left') return giveUp(content.left)
      const stored = await perform(() => store(weaver.feed(content.right), pinned))
      if (stored._tag === 'Left') return giveUp(stored.left)
    }
  } catch (cause) {
    return giveUp(storeFailed('reading the source', cause))
  }
  if (carried !== '') return giveUp(invalidValue([], 'text with a lone surrogate'))
  const { woven, root } = weaver.finish()
  const stored = await perform(() => store(woven, pinned))
  if (stored._tag === 'Left') return giveUp(stored.left)
  const set = await perform(() =>
    StateReference.updating(reference, (state) =>
      Fetch.flatMap(slotOfRoot(root), (slot) => State.graft(path, slot)(state)),
    ),
  )
  if (set._tag === 'Left') return giveUp(set.left)
  // From here on the family holds what the state reaches.
  StateReference.entrust(reference, [...pinned])
  return E.right(root.size)
}

/**
 * Puts a stream at a path: text, bytes, or a list in pieces. Answers its length. Memory is bounded by some chunks a
 * level of the tree and the largest piece.
 *
 * Errors: those of `State.set`, `InvalidValue` for a piece of another kind, `StoreFailed` for a source that throws,
 * `Released`. On failure the reference is as it was, and nothing stays pinned.
 */
export const into =
  (path: Path, kind: Kind, source: Source) =>
  <S extends Store>(reference: StateReference.StateReference<S>): TaskEither<StreamFailure, number> =>
  () => {
    const { store: here } = StateReference.components(reference)
    return streaming(reference as never, async (program) => run(here, program)(), path, kinds[kind], source)
  }

/** `into` over an asynchronous store. */
export const intoAsync =
  (path: Path, kind: Kind, source: Source) =>
  <S extends AsyncStore>(reference: StateReference.StateReference<S>): TaskEither<StreamFailure, number> =>
  () => {
    const { store: here } = StateReference.components(reference)
    return streaming(reference as never, (program) => runAsync(here, program)(), path, kinds[kind], source)
  }

type OutFailure = State.LoadFailure | InvalidPath | Released | StoreFailed | Corrupt

/** The text or bytes at a path, a chunk at a time; ends after the first failure. */
export const outOf = (path: Path) =>
  async function* <S extends Store>(
    reference: StateReference.StateReference<S>,
  ): AsyncGenerator<E.Either<OutFailure, string | Uint8Array>> {
    const state = StateReference.read(reference)()
    if (state._tag === 'Left') return yield state
    let cursor = Cursor.runs(path)(state.right)
    for (;;) {
      const step = StateReference.ask(cursor.next)(reference)()
      if (step._tag === 'Left') return yield step
      if (step.right._tag === 'None') return
      const [parts, rest] = step.right.value
      for (const part of parts) yield E.right(part)
      cursor = rest
    }
  }
