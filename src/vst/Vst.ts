/**
 * A `Vst`, a virtual state tree, is the engine: states, checkpoints and heads, and a log of all that was done to the heads.
 *
 * Each operation (a commit, a move of heads, a merge, a pruning, a collapse, an undo) is an entry of the log. It says what
 * was done, when and by whom, and names the view that it leaves: all heads, and what each of them names. The entry and the
 * moves of heads are one transaction. Views are immutable, so any operation of the log's window can be undone, an undo
 * too, and one can ask for the heads as of a time.
 *
 * Inside the window nothing that a head named is lost. What leaves it is let go of, and pruned history ends for good.
 * The log lives in the store, under heads whose names begin with a dot: those are the engine's, and no list shows them.
 * Any number of engines and processes may work on one store.
 *
 * Laws (`coppice/laws`, `vstLaws`):
 * 1. `restore` after `commit` gives the state back; equal content, equal checkpoint;
 * 2. the engine agrees with a model of plain objects, whatever is done to it in whatever order;
 * 3. each view is the one before it with the changes of its operation, and the last is where the heads stand;
 * 4. `undo` restores the view exactly, `redo` after it changes nothing, and so of an undo;
 * 5. a failure changes nothing;
 * 6. after a collection the store holds what heads and the window reach, and nothing else;
 * 7. two engines on one store lose no operation, and their heads are linearisable.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { ComponentStore, MemoryStore, State, Vst } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as IOE from 'fp-ts/lib/IOEither.js'
 *
 * const vst = Vst.make(ComponentStore.make(MemoryStore.make()), { author: 'me' })()
 * const program = pipe(
 *   Vst.withHead('main', State.set(['step'], 1), { message: 'first' })(vst),
 *   IOE.chainFirstW(() => Vst.withHead('main', State.set(['step'], 2), { message: 'second' })(vst)),
 *   IOE.chainFirstW(() => Vst.undo(vst)),
 *   IOE.chainW(({ checkpoint }) =>
 *     pipe(
 *       Vst.list('')(vst),
 *       IOE.map((heads) => assert.deepStrictEqual(heads, [['main', checkpoint]])),
 *     ),
 *   ),
 *   IOE.chainW(() => Vst.log()(vst)),
 *   IOE.map((operations) => operations.map(({ kind, description }) => `${kind} ${description}`)),
 * )
 * assert.deepStrictEqual(program(), E.right(['undo second', 'commit second', 'commit first']))
 * ```
 */
import { now } from 'fp-ts/lib/Date.js'
import type * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { ComponentStore } from '../branch/ComponentStore.js'
import type { Percentiles } from '../branch/internal/durations.js'
import { type Program, run, runAsync } from '../branch/internal/program.js'
import * as StateReference from '../branch/StateReference.js'
import type { Digest } from '../data/Digest.js'
import type { Released, StoreFailed, UnknownReference } from '../data/Failure.js'
import type { AsyncStore, Store } from '../store/Store.js'
import type * as Manager from '../superposition/Manager.js'
import type * as Fetch from '../trie/Fetch.js'
import type * as State from '../trie/State.js'
import * as Checkpoint from './Checkpoint.js'
import type * as Heads from './Heads.js'
import { atOnce, type ChangeFailure, type ChangeOptions, changing, restoring } from './internal/changing.js'
import { type CollapseFailure, type CollapseOptions, collapsing } from './internal/collapsing.js'
import {
  type CommitFailure,
  type CommitOptions,
  committing,
  Engine,
  type OperationFailure,
} from './internal/engine.js'
import {
  type MergeFailure,
  type MergeOptions,
  type MergeOutcome,
  merging,
  pruning,
} from './internal/merging.js'
import { adopting, changingOne, getting, listing, movingOne, renaming, resetting } from './internal/moves.js'
import { checkedWindow, type Window } from './internal/operationLog.js'
import type { Operation } from './internal/operationOf.js'
import {
  comparing,
  expiring,
  type LogBounds,
  logging,
  type Moment,
  named,
  redone,
  reverting,
  rewinding,
  type UndoFailure,
  undone,
  type View,
  viewing,
} from './internal/undoing.js'
import type { Change } from './internal/view.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

export type { ChangeFailure, ChangeOptions } from './internal/changing.js'
export type { CollapseFailure, CollapseOptions } from './internal/collapsing.js'
export type { CommitFailure, CommitOptions, OperationFailure } from './internal/engine.js'
export type { MergeFailure, MergeOptions, MergeOutcome } from './internal/merging.js'
export type { Kind } from './internal/operation.js'
export type { LogFailure, Window } from './internal/operationLog.js'
export type { Operation } from './internal/operationOf.js'
export type { LogBounds, Moment, View } from './internal/undoing.js'
export type { Change, Cut, Move } from './internal/view.js'

/** An engine over a store of type `S`. */
export interface Vst<S extends Store | AsyncStore = Store> {
  readonly components: ComponentStore<S>
  /** Its heads, for watching them. What they move themselves is no operation until the log is told (`adopt`). */
  readonly heads: Heads.Heads<S>
}

export interface Options {
  /** Who does it, where nobody is named; by default nobody. */
  readonly author?: string
  /** Milliseconds since 1970; by default the system's. */
  readonly clock?: IO<number>
  /** How far back operations can be undone; by default the last 1,000, however old. */
  readonly window?: Partial<Window>
  /** How often an operation is made at most, if others come before it; by default 100. */
  readonly tries?: number
  /**
   * Checkpoints that are kept in memory and pinned at most, those that were committed and restored last, so that `restore`
   * of them asks no store; by default none. Until `forget` they hold their families' pins.
   */
  readonly held?: number
}

const inside = <S extends Store | AsyncStore>(vst: Vst<S>): Engine<S> => vst as Engine<S>

const WINDOW: Window = { operations: 1000, milliseconds: Number.POSITIVE_INFINITY }
const TRIES = 100

/** @category constructors */
export const make =
  <S extends Store | AsyncStore>(components: ComponentStore<S>, options: Options = {}): IO<Vst<S>> =>
  () => {
    const { author = '', clock = now, window = {}, tries = TRIES, held = 0 } = options
    return new Engine(components, author, clock, checkedWindow({ ...WINDOW, ...window }), tries, held)
  }

/** A program on an engine, as an effect of the one shape of store. */
const sync =
  <A, F>(program: (engine: Engine<Store>) => Program<E.Either<F, A>>) =>
  <S extends Store>(vst: Vst<S>): IOEither<F, A> =>
    run(vst.components.store, () => program(inside(vst) as unknown as Engine<Store>))

/** The same of the other. */
const async =
  <A, F>(program: (engine: Engine<AsyncStore>) => Program<E.Either<F, A>>) =>
  <S extends AsyncStore>(vst: Vst<S>): TaskEither<F, A> =>
    runAsync(vst.components.store, () => program(inside(vst) as unknown as Engine<AsyncStore>))

type Sync<F, A> = <S extends Store>(vst: Vst<S>) => IOEither<F, A>
type Async<F, A> = <S extends AsyncStore>(vst: Vst<S>) => TaskEither<F, A>
type Any = Store | AsyncStore

// -------------------------------------------------------------------------------------
// commit
// -------------------------------------------------------------------------------------

/**
 * Commits the state of a reference and moves a head there: an operation. O(what is new). The head has to stand where the
 * reference grew from, or nowhere if it grew from nothing, or as `expect` says.
 *
 * Errors: `HeadMoved` if it stands elsewhere, `InvalidValue` for words, metadata or a name that do not fit, and those of
 * `Checkpoint.commit`.
 */
export const commit =
  (options: CommitOptions) =>
  <S extends Store>(reference: StateReference.StateReference<S>) =>
  (vst: Vst<S>): IOEither<CommitFailure, Checkpoint.Committed> =>
    run(vst.components.store, () => committing(inside(vst), reference, options))

/** `commit` over an asynchronous store. */
export const commitAsync =
  (options: CommitOptions) =>
  <S extends AsyncStore>(reference: StateReference.StateReference<S>) =>
  (vst: Vst<S>): TaskEither<CommitFailure, Checkpoint.Committed> =>
    runAsync(vst.components.store, () => committing(inside(vst), reference, options))

/**
 * Reads what a head names, changes it and commits the change there, again if the head has moved meanwhile, as
 * `Heads.withHead` does; each commit is an operation.
 *
 * Errors: as there.
 */
export const withHead = <F>(
  name: string,
  change: (state: State.State) => Fetch.Fetch<F, State.State>,
  options: ChangeOptions = {},
): Sync<F | ChangeFailure, Checkpoint.Committed> => sync((engine) => changing(engine, name, change, options))

/** `withHead` over an asynchronous store. */
export const withHeadAsync = <F>(
  name: string,
  change: (state: State.State) => Fetch.Fetch<F, State.State>,
  options: ChangeOptions = {},
): Async<F | ChangeFailure, Checkpoint.Committed> =>
  async((engine) => changing(engine, name, change, options))

// -------------------------------------------------------------------------------------
// restore
// -------------------------------------------------------------------------------------

/**
 * A reference to the state of a checkpoint, pinned until it is released. One that the engine holds is branched, without
 * a call of the store; of any other one nothing is loaded yet, and one block is read. O(1).
 *
 * Errors: as `Checkpoint.restore`.
 */
export const restore =
  (checkpoint: Digest) =>
  <S extends Store>(vst: Vst<S>): IOEither<Checkpoint.RestoreFailure, StateReference.StateReference<S>> =>
  () =>
    atOnce(inside(vst), checkpoint) ?? run(vst.components.store, () => restoring(inside(vst), checkpoint))()

/** `restore` over an asynchronous store. */
export const restoreAsync =
  (checkpoint: Digest) =>
  <S extends AsyncStore>(
    vst: Vst<S>,
  ): TaskEither<Checkpoint.RestoreFailure, StateReference.StateReference<S>> =>
  async () =>
    atOnce(inside(vst), checkpoint) ??
    runAsync(vst.components.store, () => restoring(inside(vst), checkpoint))()

/** `restore` of what a head names; none if there is no such head. Errors: as `Checkpoint.restoreHead`. */
export const restoreHead =
  (name: string) =>
  <S extends Store>(
    vst: Vst<S>,
  ): IOEither<Checkpoint.RestoreFailure, O.Option<StateReference.StateReference<S>>> =>
    run(vst.components.store, () => Checkpoint.restoringHead(vst.components, name))

/** `restoreHead` over an asynchronous store. */
export const restoreHeadAsync =
  (name: string) =>
  <S extends AsyncStore>(
    vst: Vst<S>,
  ): TaskEither<Checkpoint.RestoreFailure, O.Option<StateReference.StateReference<S>>> =>
    runAsync(vst.components.store, () => Checkpoint.restoringHead(vst.components, name))

/** Lets go of all checkpoints that the engine holds for `restore`. */
export const forget =
  <S extends Any>(vst: Vst<S>): IO<void> =>
  () =>
    inside(vst).held?.clear()

/** Of branches, one in so many is timed: to look at the clock costs more than to branch. */
const SAMPLED = 64

/** `StateReference.branch`, counted. Errors: `Released`. */
export const branch =
  <S extends Any>(reference: StateReference.StateReference<S>) =>
  (vst: Vst<S>): IOEither<Released, StateReference.StateReference<S>> =>
  () => {
    const { counters } = inside(vst)
    if (counters.branches++ % SAMPLED !== 0) return StateReference.branch(reference)()
    const began = performance.now()
    const done = StateReference.branch(reference)()
    counters.branch.add(performance.now() - began)
    return done
  }

// -------------------------------------------------------------------------------------
// heads
// -------------------------------------------------------------------------------------

/** The heads whose names begin with a prefix, in the order of names. Errors: `StoreFailed`. @category heads */
export const list = (prefix: string): Sync<StoreFailed, ReadonlyArray<readonly [string, Digest]>> =>
  sync(() => listing(prefix))

/** `list` over an asynchronous store. @category heads */
export const listAsync = (prefix: string): Async<StoreFailed, ReadonlyArray<readonly [string, Digest]>> =>
  async(() => listing(prefix))

/** What a head names; none if there is no such head. Errors: `StoreFailed`. @category heads */
export const get = (name: string): Sync<StoreFailed, O.Option<Digest>> => sync(() => getting(name))

/** `get` over an asynchronous store. @category heads */
export const getAsync = (name: string): Async<StoreFailed, O.Option<Digest>> => async(() => getting(name))

/**
 * Moves a head from where it stands; `null` stands for "no such head". An operation, but for a move to where it stands
 * already, which is none.
 *
 * Errors: `HeadMoved` if it stands elsewhere, `Missing` for a digest that is not in the store, `InvalidValue` for a
 * reserved name, `StoreFailed`.
 *
 * @category heads
 */
export const move = (
  name: string,
  expect: Digest | null,
  next: Digest | null,
): Sync<OperationFailure, O.Option<Operation>> => sync((engine) => movingOne(engine, name, expect, next))

/** `move` over an asynchronous store. @category heads */
export const moveAsync = (
  name: string,
  expect: Digest | null,
  next: Digest | null,
): Async<OperationFailure, O.Option<Operation>> => async((engine) => movingOne(engine, name, expect, next))

/** A new head. Errors: as `move`. @category heads */
export const create = (name: string, checkpoint: Digest): Sync<OperationFailure, Operation> =>
  sync((engine) => changingOne(movingOne(engine, name, null, checkpoint)))

/** `create` over an asynchronous store. @category heads */
export const createAsync = (name: string, checkpoint: Digest): Async<OperationFailure, Operation> =>
  async((engine) => changingOne(movingOne(engine, name, null, checkpoint)))

/**
 * Puts a head to a checkpoint, wherever it stands, if it stands. An operation, but where it stands there already.
 *
 * Errors: as `move`.
 *
 * @category heads
 */
export const reset = (
  name: string,
  checkpoint: Digest,
): Sync<OperationFailure | UnknownReference, O.Option<Operation>> =>
  sync((engine) => resetting(engine, name, checkpoint))

/** `reset` over an asynchronous store. @category heads */
export const resetAsync = (
  name: string,
  checkpoint: Digest,
): Async<OperationFailure | UnknownReference, O.Option<Operation>> =>
  async((engine) => resetting(engine, name, checkpoint))

/** Removes a head, wherever it stands. An operation. Errors: `UnknownReference`, and as `move`. @category heads */
export const remove = (name: string): Sync<OperationFailure | UnknownReference, Operation> =>
  sync((engine) => changingOne(resetting(engine, name, null)))

/** `remove` over an asynchronous store. @category heads */
export const removeAsync = (name: string): Async<OperationFailure | UnknownReference, Operation> =>
  async((engine) => changingOne(resetting(engine, name, null)))

/** Gives a head another name. An operation. Errors: `UnknownReference`; `HeadMoved` if there is one of that name. @category heads */
export const rename = (name: string, to: string): Sync<OperationFailure | UnknownReference, Operation> =>
  sync((engine) => renaming(engine, name, to))

/** `rename` over an asynchronous store. @category heads */
export const renameAsync = (
  name: string,
  to: string,
): Async<OperationFailure | UnknownReference, Operation> => async((engine) => renaming(engine, name, to))

/**
 * Tells the log of heads that were moved without it: an operation, if there are any. It happens by itself before an
 * operation on such a head. O(heads). Errors: `HeadMoved` if they go on moving, those of the store.
 *
 * @category heads
 */
export const adopt: Sync<OperationFailure, O.Option<Operation>> = sync(adopting)

/** `adopt` over an asynchronous store. @category heads */
export const adoptAsync: Async<OperationFailure, O.Option<Operation>> = async(adopting)

// -------------------------------------------------------------------------------------
// merge and prune
// -------------------------------------------------------------------------------------

/**
 * Merges a checkpoint into a head, by the first of their lowest common ancestors. An operation, if it changes something;
 * with conflicts left nothing is changed, and they are the answer: decide them by `resolutions`, or merge by hand.
 *
 * Errors: those of `Merge.checkpoints` and `commit`; `InvalidPath` for a resolution of what is no conflict, or of one that
 * another one resolves; `HeadMoved` if the head does not stand where `expect` says.
 */
export const merge = (
  name: string,
  theirs: Digest,
  options: MergeOptions = {},
): Sync<MergeFailure, MergeOutcome> => sync((engine) => merging(engine, name, theirs, options))

/** `merge` over an asynchronous store. */
export const mergeAsync = (
  name: string,
  theirs: Digest,
  options: MergeOptions = {},
): Async<MergeFailure, MergeOutcome> => async((engine) => merging(engine, name, theirs, options))

/**
 * Says that history ends where a bounded log of some checkpoints ends (`Checkpoint.prune`). An operation, which can be
 * undone like any other: the past is let go of when it leaves the window (`expire`). Answers behind which
 * checkpoints.
 *
 * Errors: those of `Checkpoint.log`.
 */
export const prune = (
  tips: ReadonlyArray<Digest>,
  bounds: Checkpoint.Bounds,
): Sync<OperationFailure, ReadonlyArray<Digest>> => sync((engine) => pruning(engine, tips, bounds))

/** `prune` over an asynchronous store. */
export const pruneAsync = (
  tips: ReadonlyArray<Digest>,
  bounds: Checkpoint.Bounds,
): Async<OperationFailure, ReadonlyArray<Digest>> => async((engine) => pruning(engine, tips, bounds))

// -------------------------------------------------------------------------------------
// collapse
// -------------------------------------------------------------------------------------

/**
 * Collapses a superposition of a manager, `collapse` being one of the manager's, and keeps the manager as it was and as
 * it is under a head. So the collapse is an operation: an undo puts the head back to the manager before it, with all
 * its branches, from which `Manager.fromState` goes on, in this process or another. (The manager in memory has an
 * undo of its own.)
 *
 * Errors: those of `collapse`, `Manager.toState` and `commit`; then the manager is as it was.
 */
export const collapse =
  <S extends Store, F>(
    collapse: (manager: Manager.Manager<S>) => IOEither<F, Manager.Collapsed>,
    options: CollapseOptions,
  ) =>
  (manager: Manager.Manager<S>) =>
  (vst: Vst<S>): IOEither<F | CollapseFailure, Manager.Collapsed> =>
    run(vst.components.store, () => collapsing(inside(vst), collapse, options, manager))

/** `collapse` over an asynchronous store. */
export const collapseAsync =
  <S extends AsyncStore, F>(
    collapse: (manager: Manager.Manager<S>) => IOEither<F, Manager.Collapsed>,
    options: CollapseOptions,
  ) =>
  (manager: Manager.Manager<S>) =>
  (vst: Vst<S>): TaskEither<F | CollapseFailure, Manager.Collapsed> =>
    runAsync(vst.components.store, () => collapsing(inside(vst), collapse, options, manager))

// -------------------------------------------------------------------------------------
// undo
// -------------------------------------------------------------------------------------

/**
 * Takes back the last operation that was not taken back yet; again, and it takes back the one before. The heads are then
 * where they were before it. An operation itself.
 *
 * Errors: `UnknownOperation` if the window has none, `HeadMoved` if a head was moved without the log.
 *
 * @category undo
 */
export const undo: Sync<UndoFailure, Operation> = sync((engine) => reverting(engine, undone))

/** `undo` over an asynchronous store. @category undo */
export const undoAsync: Async<UndoFailure, Operation> = async((engine) => reverting(engine, undone))

/** Takes back the last undo, if only undos and redos came after it. Errors: as `undo`. @category undo */
export const redo: Sync<UndoFailure, Operation> = sync((engine) => reverting(engine, redone))

/** `redo` over an asynchronous store. @category undo */
export const redoAsync: Async<UndoFailure, Operation> = async((engine) => reverting(engine, redone))

/**
 * Takes back any operation of the window, an undo too, whatever was done since to other heads.
 *
 * Errors: `UnknownOperation` outside of the window, `HeadMoved` if one of its heads does not stand where it put it.
 *
 * @category undo
 */
export const undoOf = (operation: Digest): Sync<UndoFailure, Operation> =>
  sync((engine) => reverting(engine, named(operation)))

/** `undoOf` over an asynchronous store. @category undo */
export const undoOfAsync = (operation: Digest): Async<UndoFailure, Operation> =>
  async((engine) => reverting(engine, named(operation)))

/**
 * Puts all heads to where they stood after an operation, or at a time. An operation itself.
 *
 * Errors: as `asOf`; `HeadMoved` if heads go on moving meanwhile.
 *
 * @category undo
 */
export const rewind = (moment: Moment): Sync<UndoFailure, Operation> =>
  sync((engine) => rewinding(engine, moment))

/** `rewind` over an asynchronous store. @category undo */
export const rewindAsync = (moment: Moment): Async<UndoFailure, Operation> =>
  async((engine) => rewinding(engine, moment))

// -------------------------------------------------------------------------------------
// the log
// -------------------------------------------------------------------------------------

/**
 * The operations of the window, the last one first. Errors: `InvalidValue` for a bound that is none, those of the store;
 * `Corrupt`.
 *
 * @category log
 */
export const log = (bounds: LogBounds = {}): Sync<OperationFailure, ReadonlyArray<Operation>> =>
  sync((engine) => logging(engine, bounds))

/** `log` over an asynchronous store. @category log */
export const logAsync = (bounds: LogBounds = {}): Async<OperationFailure, ReadonlyArray<Operation>> =>
  async((engine) => logging(engine, bounds))

/**
 * The heads as of a moment. O(heads).
 *
 * Errors: `UnknownOperation` outside of the window, `InvalidValue` for a time that is none.
 *
 * @category log
 */
export const asOf = (moment: Moment): Sync<UndoFailure, View> => sync((engine) => viewing(engine, moment))

/** `asOf` over an asynchronous store. @category log */
export const asOfAsync = (moment: Moment): Async<UndoFailure, View> =>
  async((engine) => viewing(engine, moment))

/** What an operation did to heads. O(what differs). Errors: as `asOf`. @category log */
export const changes = (operation: Digest): Sync<UndoFailure, Change> =>
  sync((engine) => comparing(engine, operation))

/** `changes` over an asynchronous store. @category log */
export const changesAsync = (operation: Digest): Async<UndoFailure, Change> =>
  async((engine) => comparing(engine, operation))

/**
 * Ends the window now: of what came before the last `operations`, or is older than `milliseconds`, nothing can be undone
 * any more, and nothing is held for it; of all that was done if neither is given. An operation itself, which does
 * not count as one of the last; none if there was nothing to end.
 *
 * Errors: `InvalidValue` for a bound that is none, those of the store.
 *
 * @category log
 */
export const expire = (window: Partial<Window> = {}): Sync<OperationFailure, O.Option<Operation>> =>
  sync((engine) => expiring(engine, window))

/** `expire` over an asynchronous store. @category log */
export const expireAsync = (window: Partial<Window> = {}): Async<OperationFailure, O.Option<Operation>> =>
  async((engine) => expiring(engine, window))

// -------------------------------------------------------------------------------------
// metrics
// -------------------------------------------------------------------------------------

/** What an engine has done since it was made, and how long it took: milliseconds, of the last 4,096 each. */
export interface Metrics {
  readonly operations: number
  readonly commits: number
  readonly branches: number
  readonly restores: number
  /** Of the restores, those without a call of the store. */
  readonly held: number
  readonly merges: number
  /** Undos and redos. */
  readonly undos: number
  /** Operations that were made again since another one came first. */
  readonly retries: number
  readonly latency: {
    readonly commit: Percentiles
    /** Of one branch in 64. */
    readonly branch: Percentiles
    readonly restore: Percentiles
    readonly merge: Percentiles
    readonly undo: Percentiles
    readonly materialise: Percentiles
  }
}

/** Its figures now. A collector's pauses are in `Collector.stats`. O(1), at most 4,096 durations each. */
export const metrics =
  <S extends Any>(vst: Vst<S>): IO<Metrics> =>
  () => {
    const { commit, branch, restore, merge, undo, materialise, ...counts } = inside(vst).counters
    return {
      ...counts,
      latency: {
        commit: commit.percentiles(),
        branch: branch.percentiles(),
        restore: restore.percentiles(),
        merge: merge.percentiles(),
        undo: undo.percentiles(),
        materialise: materialise.percentiles(),
      },
    }
  }

/** Times a materialisation of whatever kind: of an object, or of a directory. */
export const materialising =
  <F, A>(task: TaskEither<F, A>) =>
  <S extends Any>(vst: Vst<S>): TaskEither<F, A> =>
  async () => {
    const began = performance.now()
    const done = await task()
    inside(vst).counters.materialise.add(performance.now() - began)
    return done
  }
