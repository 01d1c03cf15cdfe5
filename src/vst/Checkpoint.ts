/**
 * A `Checkpoint` is a commit: a state, where it came from, and who says so when. It is a block like others, named by its
 * digest: the same state, parents and words are the same checkpoint.
 *
 * Parents are links, so whoever holds a checkpoint holds its history, until a `cut` ends it. What was cut off stays
 * readable until the store collects it; from then on logs and common ancestors stop there.
 *
 * Laws (`coppice/laws`, `checkpointLaws`):
 * 1. `restore` after `commit` gives the state back, and reads one block;
 * 2. equal content, equal digest; `decode` is a left inverse of `encode`, and refuses all that `encode` does not write;
 * 3. a commit is one transaction: state, checkpoint, pin and head, or nothing;
 * 4. `log` lists what is reached once, children before parents, in one order;
 * 5. `mergeBases` agrees with a search of everything;
 * 6. `cut` and a collection end history, and take nothing else.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Checkpoint, ComponentStore, Fetch, MemoryStore, State, StateReference } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as IOE from 'fp-ts/lib/IOEither.js'
 *
 * const store = MemoryStore.make()
 * const agent = StateReference.root(ComponentStore.make(store))(State.empty)()
 * const messages = pipe(
 *   Checkpoint.commit({ head: 'main', message: 'begin' })(agent),
 *   IOE.chainW(() => StateReference.update(State.set(['step'], 1))(agent)),
 *   IOE.chainW(() => Checkpoint.commit({ head: 'main', message: 'first step' })(agent)),
 *   IOE.chainW(({ checkpoint }) => Fetch.run(store)(Checkpoint.log()([checkpoint]))),
 *   IOE.map((entries) => entries.map((entry) => entry.checkpoint.message)),
 * )
 * assert.deepStrictEqual(messages(), E.right(['first step', 'begin']))
 * ```
 */
import { now } from 'fp-ts/lib/Date.js'
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type * as t from 'io-ts'
import type * as ComponentStore from '../branch/ComponentStore.js'
import { settling } from '../branch/ComponentStore.js'
import type { Mark } from '../branch/internal/family.js'
import { fetched, type Program, head as readHead, run, runAsync } from '../branch/internal/program.js'
import * as StateReference from '../branch/StateReference.js'
import type { Digest } from '../data/Digest.js'
import {
  type InvalidValue,
  type Malformed,
  type Mismatch,
  type Released,
  released,
  type StoreFailed,
} from '../data/Failure.js'
import { hash } from '../data/Hasher.js'
import { type Ref, ref } from '../data/Ref.js'
import { decodeWith } from '../data/Typed.js'
import type { AsyncStore, HeadMove, Store, TransactFailure } from '../store/Store.js'
import * as Fetch from '../trie/Fetch.js'
import * as Patch from '../trie/Patch.js'
import type { Residency } from '../trie/Residency.js'
import * as State from '../trie/State.js'
import * as block from './internal/checkpointBlock.js'
import * as history from './internal/history.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

export type { Checkpoint, Note } from './internal/checkpointBlock.js'
export { MAX_PARENTS, MAX_SIZE } from './internal/checkpointBlock.js'
export type { Bounds, Entry, HistoryFailure } from './internal/history.js'

/**
 * The block of a checkpoint. O(size).
 *
 * Errors: `InvalidValue` with the field that does not fit, or if it is over `MAX_SIZE` bytes.
 *
 * @category encoding
 */
export const encode: (checkpoint: block.Checkpoint) => E.Either<InvalidValue, Uint8Array> = block.encode

/** Errors: `Malformed` for whatever `encode` would not have written. O(length). @category encoding */
export const decode: (bytes: Uint8Array) => E.Either<Malformed, block.Checkpoint> = block.decode

/** Its metadata, typed. Errors: `Mismatch`. */
export const metadata =
  <A>(codec: t.Decoder<unknown, A>) =>
  (checkpoint: block.Checkpoint): E.Either<Mismatch, A> =>
    decodeWith(codec, ['metadata'])(checkpoint.metadata)

/** The checkpoint with a digest. Errors: `UnknownCheckpoint`, `Corrupt`. */
export const load = (digest: Digest): Fetch.Fetch<history.HistoryFailure, block.Checkpoint> =>
  Fetch.map(({ checkpoint }: history.Entry) => checkpoint)(history.load(digest))

// -------------------------------------------------------------------------------------
// commit
// -------------------------------------------------------------------------------------

export interface CommitOptions {
  readonly message?: string
  readonly author?: string
  /** A small value, as an io-ts codec encodes it; by default an empty map. */
  readonly metadata?: unknown
  /** By default the checkpoint that the reference grew from, if it grew from one. */
  readonly parents?: ReadonlyArray<Digest>
  /** A head to move to the checkpoint, in the same transaction. */
  readonly head?: string
  /** Where the head has to stand for that; by default at the first parent, or nowhere if there is none. */
  readonly expect?: Digest | null
  /** Milliseconds since 1970; by default the system's. */
  readonly clock?: IO<number>
}

/** What a commit did. */
export interface Committed {
  readonly checkpoint: Digest
  readonly state: Digest
  /** Blocks that the store did not have. */
  readonly added: number
  /** Their content, in bytes. */
  readonly bytes: number
}

export type CommitFailure = StateReference.CommitFailure | history.HistoryFailure | InvalidValue

function* marked(
  mark: Mark | null,
  parents: ReadonlyArray<Digest> | undefined,
): Program<E.Either<history.HistoryFailure | StoreFailed, ReadonlyArray<Mark>>> {
  if (parents === undefined) return E.right(mark === null ? [] : [mark])
  const known = (digest: Digest): Fetch.Fetch<history.HistoryFailure, Mark> =>
    mark?.ref.digest === digest
      ? Fetch.of(mark)
      : Fetch.map(({ generation }: block.Checkpoint) => ({ ref: ref(digest), generation }))(load(digest))
  return yield* fetched(Fetch.all(parents.map(known)))
}

/** @internal A commit; what `beside` makes of its checkpoint is part of the same transaction. */
export function* committing<S extends Store | AsyncStore, F = never>(
  reference: StateReference.StateReference<S>,
  options: CommitOptions,
  beside: ((checkpoint: Digest) => Program<E.Either<F, StateReference.Along>>) | null = null,
): Program<E.Either<F | CommitFailure, Committed>> {
  const { message = '', author = '', metadata = {}, head, clock = now } = options
  const mark = StateReference.markOf(reference)
  if (mark === undefined) return E.left(released(StateReference.generation(reference)))
  const above = yield* marked(mark, options.parents)
  if (above._tag === 'Left') return above
  const marks = above.right
  const parents = marks.map(({ ref }) => ref.digest)
  const generation = marks.reduce((least, parent) => Math.max(least, parent.generation + 1), 0)
  const note = { message, author, time: clock(), metadata: metadata as never }
  const checked = block.encodeFor({ parents, generation, ...note })
  if (checked._tag === 'Left') return checked
  const encoded = checked.right
  let checkpoint: Digest | null = null
  function* crowned(state: Ref): Program<E.Either<F, StateReference.Crown>> {
    const bytes = encoded(state.digest)
    const own = ref(hash(bytes))
    checkpoint = own.digest
    const put = { ref: own, bytes, links: [state], parents: marks.map(({ ref }) => ref) }
    const crown = { put, mark: { ref: own, generation } }
    if (beside === null) return E.right(crown)
    const along = yield* beside(own.digest)
    return along._tag === 'Left' ? along : E.right({ ...crown, along: along.right })
  }
  const done = yield* StateReference.committing(
    reference,
    head === undefined ? {} : { head, expect: expected(options, parents) },
    crowned,
  )
  if (done._tag === 'Left') return done
  const { digest, added, bytes } = done.right
  return E.right({ checkpoint: checkpoint!, state: digest, added, bytes })
}

const expected = ({ expect }: CommitOptions, parents: ReadonlyArray<Digest>): Digest | null =>
  expect === undefined ? (parents[0] ?? null) : expect

/**
 * Stores the state of a reference and a checkpoint of it, and moves a head there if one is named: one transaction, all
 * of it or nothing. O(what is new). From then on the reference, and what is branched from it, grows from the checkpoint,
 * which stays pinned until the family is gone, or until `StateReference.trim`.
 *
 * Errors: `HeadMoved` if the head does not stand where the reference grew from, `UnknownCheckpoint` for a parent that is
 * none, `InvalidValue` for words or metadata that do not fit, and those of `StateReference.commit`.
 */
export const commit =
  (options: CommitOptions = {}) =>
  <S extends Store>(reference: StateReference.StateReference<S>): IOEither<CommitFailure, Committed> =>
    run(StateReference.components(reference).store, () => committing(reference, options))

/** `commit` over an asynchronous store. */
export const commitAsync =
  (options: CommitOptions = {}) =>
  <S extends AsyncStore>(reference: StateReference.StateReference<S>): TaskEither<CommitFailure, Committed> =>
    runAsync(StateReference.components(reference).store, () => committing(reference, options))

/** The checkpoint that a reference grew from, if it grew from one. O(1). Errors: `Released`. */
export const of =
  <S extends Store | AsyncStore>(
    reference: StateReference.StateReference<S>,
  ): IOEither<Released, O.Option<Digest>> =>
  () => {
    const mark = StateReference.markOf(reference)
    return mark === undefined
      ? E.left(released(StateReference.generation(reference)))
      : E.right(mark === null ? O.none : O.some(mark.ref.digest))
  }

// -------------------------------------------------------------------------------------
// restore
// -------------------------------------------------------------------------------------

export type RestoreFailure = TransactFailure | history.HistoryFailure

/** @internal */
export function* restoring<S extends Store | AsyncStore>(
  components: ComponentStore.ComponentStore<S>,
  digest: Digest,
  heads: ReadonlyArray<HeadMove>,
): Program<E.Either<RestoreFailure, StateReference.StateReference<S>>> {
  const loaded = yield* fetched(load(digest))
  if (loaded._tag === 'Left') return loaded
  const { state, generation } = loaded.right
  return yield* StateReference.openingMarked(components, state, { ref: ref(digest), generation }, heads)
}

/**
 * A reference to the state of a checkpoint, of which nothing is loaded yet. Reads one block and pins it, until the
 * family is gone. O(1).
 *
 * Errors: `UnknownCheckpoint`, `Corrupt`, `Missing` if it is collected meanwhile, `StoreFailed`.
 */
export const restore =
  <S extends Store>(components: ComponentStore.ComponentStore<S>) =>
  (digest: Digest): IOEither<RestoreFailure, StateReference.StateReference<S>> =>
    run(components.store, () => restoring(components, digest, []))

/** `restore` over an asynchronous store. */
export const restoreAsync =
  <S extends AsyncStore>(components: ComponentStore.ComponentStore<S>) =>
  (digest: Digest): TaskEither<RestoreFailure, StateReference.StateReference<S>> =>
    runAsync(components.store, () => restoring(components, digest, []))

/** How often a head that moves at each look is looked up again. */
const HEAD_TRIES = 100

/** @internal What a head names, restored while it stands there; none if there is no such head. */
export function* restoringHead<S extends Store | AsyncStore>(
  components: ComponentStore.ComponentStore<S>,
  name: string,
): Program<E.Either<RestoreFailure, O.Option<StateReference.StateReference<S>>>> {
  let from: Digest | null = null
  for (let tries = 1; ; tries++) {
    const named = yield* readHead(name)
    if (named._tag === 'Left') return named
    if (named.right === null) return E.right(O.none)
    const again: boolean = named.right === from
    from = named.right
    // Between look and pin the head may move and its checkpoint be collected, so both are one transaction.
    const done = yield* restoring(components, from, [{ name, expect: from, next: from }])
    if (done._tag === 'Right') return E.right(O.some(done.right))
    const { _tag } = done.left
    const moved = _tag === 'HeadMoved' || (!again && (_tag === 'Missing' || _tag === 'UnknownCheckpoint'))
    if (!moved || tries === HEAD_TRIES) return done
  }
}

/** `restore` of what a head names; none if there is no such head. Errors as `restore`, and `HeadMoved`. */
export const restoreHead =
  <S extends Store>(components: ComponentStore.ComponentStore<S>) =>
  (name: string): IOEither<RestoreFailure, O.Option<StateReference.StateReference<S>>> =>
    run(components.store, () => restoringHead(components, name))

/** `restoreHead` over an asynchronous store. */
export const restoreHeadAsync =
  <S extends AsyncStore>(components: ComponentStore.ComponentStore<S>) =>
  (name: string): TaskEither<RestoreFailure, O.Option<StateReference.StateReference<S>>> =>
    runAsync(components.store, () => restoringHead(components, name))

// -------------------------------------------------------------------------------------
// history
// -------------------------------------------------------------------------------------

/**
 * What some checkpoints reach, each once and after all of its children: by descending generation, then by descending
 * time, then by digest. Loads what it lists and the parents of that, in as many rounds.
 *
 * Errors: `UnknownCheckpoint` for a tip that is none, `Corrupt` for a history that no commits make, `InvalidValue` for a
 * bound that is none.
 *
 * @category history
 */
export const log =
  (bounds: history.Bounds = {}) =>
  (
    tips: ReadonlyArray<Digest>,
  ): Fetch.Fetch<history.HistoryFailure | InvalidValue, ReadonlyArray<history.Entry>> =>
    history.log(bounds, tips.slice())

/**
 * The lowest common ancestors of two checkpoints, those that no other common ancestor descends from: none for histories
 * apart, several where they cross. In the order of a log, so the first is a choice that everybody makes alike.
 *
 * Errors: `UnknownCheckpoint`, `Corrupt`.
 *
 * @category history
 */
export const mergeBases = (
  ours: Digest,
  theirs: Digest,
): Fetch.Fetch<history.HistoryFailure, ReadonlyArray<history.Entry>> => history.mergeBases(ours, theirs)

/** Whether one checkpoint is the other or in its history. Errors: `UnknownCheckpoint`, `Corrupt`. @category history */
export const isAncestor = (
  ancestor: Digest,
  descendant: Digest,
): Fetch.Fetch<history.HistoryFailure, boolean> =>
  Fetch.map((found: ReadonlyArray<history.Entry>) => found.some(({ digest }) => digest === ancestor))(
    mergeBases(ancestor, descendant),
  )

/** What differs between two checkpoints: the operations of the patch, by kind, and the patch. */
export interface Difference {
  readonly counts: Readonly<Record<Patch.Operation['op'], number>>
  readonly patch: Patch.Patch
}

/**
 * What differs between the states of two checkpoints; what both share is not loaded.
 *
 * Errors: `UnknownCheckpoint`, `Missing`, `Corrupt`.
 *
 * @category history
 */
export const diff =
  (residency: Residency) =>
  (before: Digest, after: Digest): Fetch.Fetch<history.HistoryFailure | State.LoadFailure, Difference> =>
    Fetch.flatMap(Fetch.all([load(before), load(after)]), ([from, to]) =>
      Fetch.map((patch: Patch.Patch): Difference => ({ counts: counted(patch), patch }))(
        Patch.diff(State.open(from!.state, residency), State.open(to!.state, residency)),
      ),
    )

const counted = (patch: Patch.Patch): Difference['counts'] => {
  const counts = { add: 0, remove: 0, change: 0, splice: 0 }
  for (const { op } of patch) counts[op]++
  return counts
}

// -------------------------------------------------------------------------------------
// the end of history
// -------------------------------------------------------------------------------------

/**
 * Lets go of the history behind some checkpoints: they stay, and what only they held of their past is collected.
 *
 * Errors: `Missing` for what is not in the store, `StoreFailed`.
 *
 * @category history
 */
export const cut =
  <S extends Store>(components: ComponentStore.ComponentStore<S>) =>
  (digests: ReadonlyArray<Digest>): IOEither<TransactFailure, void> =>
    run(components.store, () => cutting(components, digests))

/** `cut` over an asynchronous store. @category history */
export const cutAsync =
  <S extends AsyncStore>(components: ComponentStore.ComponentStore<S>) =>
  (digests: ReadonlyArray<Digest>): TaskEither<TransactFailure, void> =>
    runAsync(components.store, () => cutting(components, digests))

function* cutting<S extends Store | AsyncStore>(
  components: ComponentStore.ComponentStore<S>,
  digests: ReadonlyArray<Digest>,
): Program<E.Either<TransactFailure, void>> {
  return E.map(() => undefined)(yield* settling(components, { cuts: digests.slice() }))
}

/**
 * Cuts where a bounded log ends: behind each checkpoint that it lists and of which it lists no parent. (One of which it
 * lists some keeps them all, since a cut knows no single parent.) Answers what was cut.
 *
 * Errors: those of `log` and `cut`.
 *
 * @category history
 */
export const prune =
  <S extends Store>(components: ComponentStore.ComponentStore<S>) =>
  (
    tips: ReadonlyArray<Digest>,
    bounds: history.Bounds,
  ): IOEither<RestoreFailure | InvalidValue, ReadonlyArray<Digest>> =>
    run(components.store, () => pruning(components, tips, bounds))

/** `prune` over an asynchronous store. @category history */
export const pruneAsync =
  <S extends AsyncStore>(components: ComponentStore.ComponentStore<S>) =>
  (
    tips: ReadonlyArray<Digest>,
    bounds: history.Bounds,
  ): TaskEither<RestoreFailure | InvalidValue, ReadonlyArray<Digest>> =>
    runAsync(components.store, () => pruning(components, tips, bounds))

/** @internal The checkpoints behind which a bounded log ends. */
export function* endsOf(
  tips: ReadonlyArray<Digest>,
  bounds: history.Bounds,
): Program<E.Either<history.HistoryFailure | InvalidValue | StoreFailed, ReadonlyArray<Digest>>> {
  const listed = yield* fetched(log(bounds)(tips))
  if (listed._tag === 'Left') return listed
  const kept = new Set(listed.right.map(({ digest }) => digest))
  return E.right(
    listed.right
      .filter(
        ({ checkpoint: { parents } }) => parents.length > 0 && !parents.some((parent) => kept.has(parent)),
      )
      .map(({ digest }) => digest),
  )
}

function* pruning<S extends Store | AsyncStore>(
  components: ComponentStore.ComponentStore<S>,
  tips: ReadonlyArray<Digest>,
  bounds: history.Bounds,
): Program<E.Either<RestoreFailure | InvalidValue, ReadonlyArray<Digest>>> {
  const found = yield* endsOf(tips, bounds)
  if (found._tag === 'Left') return found
  const ends = found.right
  return E.map(() => ends)(yield* cutting(components, ends))
}
