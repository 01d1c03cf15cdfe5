/**
 * `Heads` are names for checkpoints, moved by compare-and-set: who moves one says where it stood.
 *
 * Laws (`coppice/laws`, `headLaws`):
 * 1. reads and moves are linearisable, whoever else moves the same head;
 * 2. `withHead` loses no change: what it answers as committed is in the history of the head, each change once;
 * 3. a watcher sees states of the head in the order in which it had them; it may skip some, never the last, never sees
 *    the same twice in a row, and is never asked to see one while it still sees another.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { ComponentStore, Heads, MemoryStore, State } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const heads = Heads.make(ComponentStore.make(MemoryStore.make()))()
 * const done = Heads.withHead('main', State.set(['step'], 1), { message: 'first' })(heads)()
 * assert.ok(E.isRight(done))
 * assert.deepStrictEqual(Heads.list('')(heads)(), E.right([['main', done.right.checkpoint]]))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { ComponentStore } from '../branch/ComponentStore.js'
import { settling } from '../branch/ComponentStore.js'
import { fetched, type Program, run, runAsync } from '../branch/internal/program.js'
import * as StateReference from '../branch/StateReference.js'
import type { Digest } from '../data/Digest.js'
import {
  type Conflicted,
  type Corrupt,
  type InvalidValue,
  invalidValue,
  type StoreFailed,
  storeFailed,
} from '../data/Failure.js'
import type { AsyncStore, Receipt, Store, TransactFailure } from '../store/Store.js'
import type * as Fetch from '../trie/Fetch.js'
import * as State from '../trie/State.js'
import * as Checkpoint from './Checkpoint.js'
import { thrown } from './internal/thrown.js'
import { Watchers } from './internal/watchers.js'
import * as Merge from './Merge.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** The heads of a store, and who watches them here. */
export interface Heads<S extends Store | AsyncStore = Store> {
  readonly components: ComponentStore<S>
}

class Watched<S extends Store | AsyncStore> implements Heads<S> {
  readonly components: ComponentStore<S>
  readonly watchers: Watchers = new Watchers()
  constructor(components: ComponentStore<S>) {
    this.components = components
  }
}

const watchersOf = <S extends Store | AsyncStore>(heads: Heads<S>): Watchers => (heads as Watched<S>).watchers

/** @category constructors */
export const make =
  <S extends Store | AsyncStore>(components: ComponentStore<S>): IO<Heads<S>> =>
  () =>
    new Watched(components)

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

/** What a head names now; none if there is no such head. Errors: `StoreFailed`. */
export const get =
  (name: string) =>
  <S extends Store>(heads: Heads<S>): IOEither<StoreFailed, O.Option<Digest>> =>
  () =>
    E.map(O.fromNullable)(heads.components.store.head(name)()) as E.Either<StoreFailed, O.Option<Digest>>

/** `get` over an asynchronous store. */
export const getAsync =
  (name: string) =>
  <S extends AsyncStore>(heads: Heads<S>): TaskEither<StoreFailed, O.Option<Digest>> =>
  async () =>
    E.map(O.fromNullable)(await heads.components.store.head(name)()) as E.Either<
      StoreFailed,
      O.Option<Digest>
    >

/** The heads whose names begin with a prefix, in the order of names. Errors: `StoreFailed`. */
export const list =
  (prefix: string) =>
  <S extends Store>(heads: Heads<S>): IOEither<StoreFailed, ReadonlyArray<readonly [string, Digest]>> =>
    heads.components.store.heads(prefix)

/** `list` over an asynchronous store. */
export const listAsync =
  (prefix: string) =>
  <S extends AsyncStore>(
    heads: Heads<S>,
  ): TaskEither<StoreFailed, ReadonlyArray<readonly [string, Digest]>> =>
    heads.components.store.heads(prefix)

// -------------------------------------------------------------------------------------
// moving
// -------------------------------------------------------------------------------------

function* moving<S extends Store | AsyncStore>(
  heads: Heads<S>,
  name: string,
  expect: Digest | null,
  next: Digest | null,
): Program<E.Either<TransactFailure, void>> {
  const done = yield* settling(heads.components, { heads: [{ name, expect, next }] })
  // Whoever is told that it has moved tells the watchers of what others do.
  if (done._tag === 'Right' || done.left._tag === 'HeadMoved') watchersOf(heads).tell(name)
  return E.map((_: Receipt) => undefined)(done)
}

/**
 * Moves a head from where it stands; `null` stands for "no such head".
 *
 * Errors: `HeadMoved` if it stands elsewhere, `Missing` for a digest that is not in the store, `StoreFailed`.
 */
export const move =
  (name: string, expect: Digest | null, next: Digest | null) =>
  <S extends Store>(heads: Heads<S>): IOEither<TransactFailure, void> =>
    run(heads.components.store, () => moving(heads, name, expect, next))

/** `move` over an asynchronous store. */
export const moveAsync =
  (name: string, expect: Digest | null, next: Digest | null) =>
  <S extends AsyncStore>(heads: Heads<S>): TaskEither<TransactFailure, void> =>
    runAsync(heads.components.store, () => moving(heads, name, expect, next))

/** A new head. Errors: `HeadMoved` if there is one of that name, `Missing`, `StoreFailed`. */
export const create = (
  name: string,
  digest: Digest,
): (<S extends Store>(heads: Heads<S>) => IOEither<TransactFailure, void>) => move(name, null, digest)

/** `create` over an asynchronous store. */
export const createAsync = (
  name: string,
  digest: Digest,
): (<S extends AsyncStore>(heads: Heads<S>) => TaskEither<TransactFailure, void>) =>
  moveAsync(name, null, digest)

/** Deletes a head from where it stands. Errors: `HeadMoved`, `StoreFailed`. */
export const remove = (
  name: string,
  expect: Digest,
): (<S extends Store>(heads: Heads<S>) => IOEither<TransactFailure, void>) => move(name, expect, null)

/** `remove` over an asynchronous store. */
export const removeAsync = (
  name: string,
  expect: Digest,
): (<S extends AsyncStore>(heads: Heads<S>) => TaskEither<TransactFailure, void>) =>
  moveAsync(name, expect, null)

// -------------------------------------------------------------------------------------
// changing what a head names
// -------------------------------------------------------------------------------------

/**
 * What to do if the head has moved while a change was made: `testAndSet` makes the change anew on what is there now,
 * `merge` merges it with what is there now, `set` puts what was made there, whatever is there now.
 */
export type Strategy = 'set' | 'testAndSet' | 'merge'

export interface ChangeOptions
  extends Pick<Checkpoint.CommitOptions, 'message' | 'author' | 'metadata' | 'clock'> {
  /** By default `testAndSet`. */
  readonly strategy?: Strategy
  /** How often it is tried at most; by default 10. */
  readonly tries?: number
  /** Rules of a merge. */
  readonly rules?: ReadonlyArray<Merge.Rule>
}

export type ChangeFailure = Checkpoint.CommitFailure | Checkpoint.RestoreFailure | Corrupt

type Change<F> = (state: State.State) => Fetch.Fetch<F, State.State>

/** What a change made, and of what. */
interface Made {
  readonly from: State.State
  readonly state: State.State
}

/** What the change makes, which is the caller's and may throw, or answer anything. */
function* changed<F>(
  change: Change<F>,
  now: State.State,
): Program<E.Either<F | InvalidValue | StoreFailed | Corrupt, State.State>> {
  try {
    return yield* fetched(change(now))
  } catch (cause) {
    return E.left(invalidValue(['change'], thrown('the change', cause)))
  }
}

/** What is to be committed on what is there now. */
function* remade<F>(
  made: Made | null,
  now: State.State,
  change: Change<F>,
  { strategy = 'testAndSet', rules = [] }: ChangeOptions,
): Program<E.Either<F | Merge.MergeFailure | Conflicted | StoreFailed | Corrupt, State.State>> {
  if (made === null || strategy === 'testAndSet') return yield* changed(change, now)
  if (strategy === 'set') return E.right(made.state)
  const merged = yield* fetched(Merge.merge(rules)(made.from, made.state, now))
  return merged._tag === 'Left' ? merged : Merge.toState(merged.right)
}

/** @internal What is said of a change when it is committed. */
export type Words = Omit<ChangeOptions, 'strategy' | 'tries' | 'rules'> & { readonly head: string }

/** @internal A change of what a head names, committed as `commit` does, again for as long as the head has moved and tries are left. */
export function* changing<F, C extends { readonly _tag: string }, S extends Store | AsyncStore>(
  components: ComponentStore<S>,
  name: string,
  change: Change<F>,
  options: ChangeOptions,
  commit: (
    reference: StateReference.StateReference<S>,
    words: Words,
  ) => Program<E.Either<C, Checkpoint.Committed>>,
): Program<E.Either<F | C | ChangeFailure | Merge.MergeFailure | Conflicted, Checkpoint.Committed>> {
  const { tries = 10, strategy: _, rules: __, ...words } = options
  // What was made on one try may be needed on the next, so all of them are held to the end.
  const held: Array<StateReference.StateReference<S>> = []
  let made: Made | null = null
  try {
    for (let left = tries; ; left--) {
      const found = yield* Checkpoint.restoringHead(components, name)
      if (found._tag === 'Left') return found
      const reference = O.isSome(found.right)
        ? found.right.value
        : StateReference.root(components)(State.empty)()
      held.push(reference)
      const now = StateReference.read(reference)()
      if (now._tag === 'Left') return now
      const next: E.Either<F | Merge.MergeFailure | Conflicted | StoreFailed | Corrupt, State.State> =
        yield* remade(made, now.right, change, options)
      if (next._tag === 'Left') return next
      made ??= { from: now.right, state: next.right }
      StateReference.write(next.right)(reference)()
      const done = yield* commit(reference, { ...words, head: name })
      if (done._tag === 'Right' || !(left > 1) || !isMoved(done.left, name)) return done
    }
  } finally {
    for (const reference of held) StateReference.release(reference)()
  }
}

const isMoved = (failure: { readonly _tag: string; readonly name?: string }, name: string): boolean =>
  failure._tag === 'HeadMoved' && failure.name === name

/** The change of `withHead`: whoever is told that the head has moved tells the watchers of what others do. */
const withinHeads = <F, S extends Store | AsyncStore>(
  heads: Heads<S>,
  name: string,
  change: Change<F>,
  options: ChangeOptions,
) =>
  changing(heads.components, name, change, options, function* (reference, words) {
    const done = yield* Checkpoint.committing(reference, words)
    if (done._tag === 'Right' || isMoved(done.left, name)) watchersOf(heads).tell(name)
    return done
  })

/**
 * Reads what a head names, changes it, and commits the change there, again if the head has moved meanwhile; a head
 * that is not there begins with the empty state. Each try is a few calls of the store; the change may be made as
 * often as it is tried.
 *
 * Errors: those of the change, `InvalidValue` at `change` if it throws, `StoreFailed` if it throws once it has waited for
 * blocks, `HeadMoved` if the head moved at each try, `Conflicted` if a merge has conflicts, and those of
 * `Checkpoint.commit`.
 */
export const withHead =
  <F>(name: string, change: Change<F>, options: ChangeOptions = {}) =>
  <S extends Store>(
    heads: Heads<S>,
  ): IOEither<F | ChangeFailure | Merge.MergeFailure | Conflicted, Checkpoint.Committed> =>
    run(heads.components.store, () => withinHeads(heads, name, change, options))

/** `withHead` over an asynchronous store. */
export const withHeadAsync =
  <F>(name: string, change: Change<F>, options: ChangeOptions = {}) =>
  <S extends AsyncStore>(
    heads: Heads<S>,
  ): TaskEither<F | ChangeFailure | Merge.MergeFailure | Conflicted, Checkpoint.Committed> =>
    runAsync(heads.components.store, () => withinHeads(heads, name, change, options))

// -------------------------------------------------------------------------------------
// watching
// -------------------------------------------------------------------------------------

/** What a watcher sees: what the head names, none if it is not there, or that the store could not say. */
export type Sight = E.Either<StoreFailed, O.Option<Digest>>

/**
 * Shows a head to `see`, first as it is now and then each time that it is seen to have moved. It is looked at after
 * each move by these heads, and at each `poll`. The answer ends it. What `see` throws is not heard.
 */
export const watch =
  (name: string, see: (sight: Sight) => Task<void>) =>
  <S extends Store | AsyncStore>(heads: Heads<S>): IO<IO<void>> =>
  () => {
    let last: Digest | null | undefined
    let ended = false
    const look = async (): Promise<void> => {
      try {
        const { store } = heads.components
        const found = await seen(() => store.head(name)())
        if (ended || (found._tag === 'Right' && found.right === last)) return
        if (found._tag === 'Right') last = found.right
        await see(E.map(O.fromNullable)(found) as Sight)()
      } catch {
        // A watcher that fails harms nobody, and will be shown what comes next.
      }
    }
    const end = watchersOf(heads).add(name, look)
    return () => {
      ended = true
      end()
    }
  }

type Found = E.Either<StoreFailed, Digest | null>

/** A store that throws or rejects has failed. */
const seen = async (read: () => Found | Promise<Found>): Promise<Found> => {
  try {
    return await read()
  } catch (cause) {
    return E.left(storeFailed('reading a head', cause))
  }
}

/** Has all watchers look: for what others do to the store. */
export const poll =
  <S extends Store | AsyncStore>(heads: Heads<S>): IO<void> =>
  () =>
    watchersOf(heads).tellAll()

/** Waits until no watcher looks or sees any more. */
export const idle =
  <S extends Store | AsyncStore>(heads: Heads<S>): Task<void> =>
  () =>
    watchersOf(heads).idle()
