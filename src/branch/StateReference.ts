/// <reference lib="esnext.disposable" preserve="true" />
/**
 * A `StateReference` is a cell that holds a state: the only thing here that has identity and a life-cycle.
 *
 * Branching, lineage and release are `IO` and touch no store. Opening, committing and whatever may have to load are
 * effects of the store that the family lives on: `IOEither`, or `TaskEither` under the names that end in `Async`.
 *
 * Laws (`coppice/laws`, `referenceLaws`):
 * 1. isolation: what is done to one branch is seen by no other;
 * 2. lineage: parent and children agree, generations grow by one, a released reference leaves its children to its
 *    parent;
 * 3. counts: `live` and `isShared` agree with a model after any interleaving;
 * 4. what a live reference reaches stays in the store; release of all, and a collection, leave it empty.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { ComponentStore, Fetch, MemoryStore, State, StateReference } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as IOE from 'fp-ts/lib/IOEither.js'
 *
 * const components = ComponentStore.make(MemoryStore.make())
 * const root = StateReference.root(components)(State.empty)()
 * const program = pipe(
 *   StateReference.branch(root),
 *   IOE.chainFirstW(StateReference.update(State.set(['step'], 1))),
 *   IOE.chainW(StateReference.commit({ head: 'main' })),
 * )
 * assert.ok(E.isRight(program()))
 * assert.strictEqual(StateReference.children(root)().length, 1)
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../data/Digest.js'
import { type Corrupt, type Released, released, type StoreFailed } from '../data/Failure.js'
import type { Ref, Stamp } from '../data/Ref.js'
import type { AsyncStore, HeadMove, Put, Store, TransactFailure } from '../store/Store.js'
import type * as Fetch from '../trie/Fetch.js'
import { type Component, LINK, type Link, type Trie } from '../trie/internal/node.js'
import { doubtful, type Packed, pack } from '../trie/internal/pack.js'
import { homeOf } from '../trie/Residency.js'
import * as State from '../trie/State.js'
import * as ComponentStore from './ComponentStore.js'
import {
  Base,
  below,
  Cell,
  type Family,
  leave,
  type Mark,
  Member,
  membersOf,
  rebase,
} from './internal/family.js'
import { fetched, locate, type Program, head as readHead, run, runAsync } from './internal/program.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

declare const brand: unique symbol

/** A cell over a store of type `S`. `using` releases it. */
export interface StateReference<S extends Store | AsyncStore = Store> extends Disposable {
  readonly [brand]: S
}

class Reference extends Member implements Disposable {
  declare readonly [brand]: never
  readonly components: ComponentStore.ComponentStore<Store | AsyncStore>
  constructor(
    components: ComponentStore.ComponentStore<Store | AsyncStore>,
    family: Member['family'],
    parent: Member | null,
    generation: number,
    cell: Cell,
    base: Base,
  ) {
    super(family, parent, generation, cell, base)
    this.components = components
  }
  [Symbol.dispose](): void {
    leave(this)
  }
}

const inside = <S extends Store | AsyncStore>(reference: StateReference<S>): Reference =>
  reference as unknown as Reference
const outside = <S extends Store | AsyncStore>(reference: Member): StateReference<S> =>
  reference as unknown as StateReference<S>
const componentsOf = <S extends Store | AsyncStore>(
  reference: StateReference<S>,
): ComponentStore.ComponentStore<S> =>
  inside(reference).components as unknown as ComponentStore.ComponentStore<S>

/** @internal */
export const components = componentsOf

/** @internal Pins that are there already and go with the family. */
export const entrust = <S extends Store | AsyncStore>(
  reference: StateReference<S>,
  digests: ReadonlyArray<Digest>,
): void => {
  for (const digest of digests) inside(reference).family.pins.hold(digest)
}

const gone = (reference: Reference): E.Left<Released> => ({
  _tag: 'Left',
  left: released(reference.generation),
})

// -------------------------------------------------------------------------------------
// a life
// -------------------------------------------------------------------------------------

const beginWith = <S extends Store | AsyncStore>(
  components: ComponentStore.ComponentStore<S>,
  state: State.State,
  digest: Digest | null,
): StateReference<S> => {
  const family = ComponentStore.internals(components).newFamily()
  if (digest !== null) family.pins.hold(digest)
  return outside(new Reference(components as never, family, null, 0, new Cell(state), new Base(digest)))
}

/** A reference to a state that came from no checkpoint: the root of a new family. O(1). */
export const root =
  <S extends Store | AsyncStore>(components: ComponentStore.ComponentStore<S>) =>
  (state: State.State): IO<StateReference<S>> =>
  () =>
    beginWith(components, state, null)

/**
 * A child that holds the same state: one small object, counted and registered. O(1).
 *
 * Errors: `Released`.
 */
export const branch =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IOEither<Released, StateReference<S>> =>
  () => {
    const parent = inside(reference)
    const { cell, base } = parent
    if (cell === null) return gone(parent)
    cell.holders++
    return E.right(
      outside(new Reference(parent.components, parent.family, parent, parent.generation + 1, cell, base)),
    )
  }

/** `n` children. O(n). Errors: `Released`. */
export const branchMany =
  (n: number) =>
  <S extends Store | AsyncStore>(
    reference: StateReference<S>,
  ): IOEither<Released, ReadonlyArray<StateReference<S>>> =>
  () => {
    const children: Array<StateReference<S>> = []
    const one = branch(reference)
    if (inside(reference).cell === null) return gone(inside(reference))
    for (let i = 0; i < n; i++) {
      const child = one()
      if (child._tag === 'Left') return child
      children.push(child.right)
    }
    return E.right(children)
  }

/** Lets go of a reference; again does nothing. Its children become its parent's. O(children). */
export const release =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IO<void> =>
  () =>
    leave(inside(reference))

/** Uses a branch of a reference and releases it, whatever comes of it. Errors: `Released`, and those of `use`. */
export const bracket =
  <S extends Store | AsyncStore, F, A>(use: (child: StateReference<S>) => IOEither<F, A>) =>
  (reference: StateReference<S>): IOEither<F | Released, A> =>
  () => {
    const child = branch(reference)()
    if (child._tag === 'Left') return child
    try {
      return use(child.right)()
    } finally {
      leave(inside(child.right))
    }
  }

/** `bracket` for a use that takes time. */
export const bracketAsync =
  <S extends Store | AsyncStore, F, A>(use: (child: StateReference<S>) => TaskEither<F, A>) =>
  (reference: StateReference<S>): TaskEither<F | Released, A> =>
  async () => {
    const child = branch(reference)()
    if (child._tag === 'Left') return child
    try {
      return await use(child.right)()
    } finally {
      leave(inside(child.right))
    }
  }

// -------------------------------------------------------------------------------------
// its state
// -------------------------------------------------------------------------------------

/** The state that it holds. O(1). Errors: `Released`. */
export const read =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IOEither<Released, State.State> =>
  () => {
    const { cell } = inside(reference)
    return cell === null ? gone(inside(reference)) : E.right(cell.state)
  }

const put = (reference: Reference, state: State.State): void => {
  const cell = reference.cell!
  if (cell.state === state) return
  if (cell.holders === 1) cell.state = state
  else {
    cell.holders--
    reference.cell = new Cell(state)
  }
}

/**
 * Holds another state from now on: one that was read from its family at any time, or one that is wholly in memory. (Of
 * another family commit it first, and open it.) No other reference sees it. O(1). Errors: `Released`.
 */
export const write =
  (state: State.State) =>
  <S extends Store | AsyncStore>(reference: StateReference<S>): IOEither<Released, void> =>
  () =>
    inside(reference).cell === null ? gone(inside(reference)) : E.right(put(inside(reference), state))

function* asking<F, A>(
  reference: Reference,
  f: (state: State.State) => Fetch.Fetch<F, A>,
): Program<E.Either<F | Released | StoreFailed | Corrupt, A>> {
  return reference.cell === null ? gone(reference) : yield* fetched(f(reference.cell.state))
}

/** @internal */
export function* updating<F, S extends Store | AsyncStore>(
  of: StateReference<S>,
  f: (state: State.State) => Fetch.Fetch<F, State.State>,
): Program<E.Either<F | Released | StoreFailed | Corrupt, void>> {
  const reference = inside(of)
  const next = yield* asking(reference, f)
  if (next._tag === 'Left') return next
  // It may have been released while blocks were on their way.
  return reference.cell === null ? gone(reference) : E.right(put(reference, next.right))
}

/** Asks its state, loading what that takes. Errors: those of `f`, `Released`, `StoreFailed`, `Corrupt`. */
export const ask =
  <F, A>(f: (state: State.State) => Fetch.Fetch<F, A>) =>
  <S extends Store>(reference: StateReference<S>): IOEither<F | Released | StoreFailed | Corrupt, A> =>
    run(componentsOf(reference).store, () => asking(inside(reference), f))

/** `ask` over an asynchronous store. */
export const askAsync =
  <F, A>(f: (state: State.State) => Fetch.Fetch<F, A>) =>
  <S extends AsyncStore>(reference: StateReference<S>): TaskEither<F | Released | StoreFailed | Corrupt, A> =>
    runAsync(componentsOf(reference).store, () => asking(inside(reference), f))

/** Changes its state, loading what that takes; on failure it keeps the one it has. Errors as `ask`. */
export const update =
  <F>(f: (state: State.State) => Fetch.Fetch<F, State.State>) =>
  <S extends Store>(reference: StateReference<S>): IOEither<F | Released | StoreFailed | Corrupt, void> =>
    run(componentsOf(reference).store, () => updating(reference, f))

/** `update` over an asynchronous store. Of two at once, the one that ends last counts. */
export const updateAsync =
  <F>(f: (state: State.State) => Fetch.Fetch<F, State.State>) =>
  <S extends AsyncStore>(
    reference: StateReference<S>,
  ): TaskEither<F | Released | StoreFailed | Corrupt, void> =>
    runAsync(componentsOf(reference).store, () => updating(reference, f))

// -------------------------------------------------------------------------------------
// lineage and counts
// -------------------------------------------------------------------------------------

/** The nearest living ancestor. @category lineage */
export const parent =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IO<O.Option<StateReference<S>>> =>
  () =>
    O.fromNullable(inside(reference).parent && outside<S>(inside(reference).parent as Member))

/** The living references that were branched from it, the eldest first; after those that it inherited. */
export const children =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IO<ReadonlyArray<StateReference<S>>> =>
  () =>
    below(inside(reference).first).map((member) => outside<S>(member))

/** How many branchings lie between it and the root of its family. @category lineage */
export const generation = <S extends Store | AsyncStore>(reference: StateReference<S>): number =>
  inside(reference).generation

/** The number of references of its family that are not released. O(1). @category lineage */
export const live =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IO<number> =>
  () =>
    inside(reference).family.live

/** @category lineage */
export const isReleased =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IO<boolean> =>
  () =>
    inside(reference).cell === null

/** Whether another reference holds the very same state, so that a change will part them. O(1). */
export const isShared =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IO<boolean> =>
  () =>
    (inside(reference).cell?.holders ?? 0) > 1

/** Whether the root of its state is in memory. O(1). */
export const isMaterialised =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IO<boolean> =>
  () => {
    const { cell } = inside(reference)
    if (cell === null) return false
    const node = State.rootOf(cell.state)
    return node.kind !== LINK || componentsOf(reference).residency.has(node.ref.digest)
  }

/** The digest of the checkpoint that it grew from, if it grew from one. @category lineage */
export const checkpoint =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IO<O.Option<Digest>> =>
  () =>
    O.fromNullable(inside(reference).base.digest)

/**
 * The references of a component store whose states reach a component. Loads what is not in memory; visits each
 * distinct node once, however many references share it.
 */
export const holders =
  (digest: Digest) =>
  <S extends Store>(
    components: ComponentStore.ComponentStore<S>,
  ): IOEither<State.LoadFailure | StoreFailed, ReadonlyArray<StateReference<S>>> =>
    run(components.store, () => holding(components, digest))

/** `holders` over an asynchronous store. */
export const holdersAsync =
  (digest: Digest) =>
  <S extends AsyncStore>(
    components: ComponentStore.ComponentStore<S>,
  ): TaskEither<State.LoadFailure | StoreFailed, ReadonlyArray<StateReference<S>>> =>
    runAsync(components.store, () => holding(components, digest))

function* holding<S extends Store | AsyncStore>(
  components: ComponentStore.ComponentStore<S>,
  digest: Digest,
): Program<E.Either<State.LoadFailure | StoreFailed, ReadonlyArray<StateReference<S>>>> {
  const references = ComponentStore.members(components).filter((member) => member.cell !== null)
  const answers = yield* fetched(
    State.reaching(
      references.map((member) => member.cell!.state),
      digest,
    ),
  )
  if (answers._tag === 'Left') return answers
  return E.right(references.filter((_, i) => answers.right[i]).map((member) => outside<S>(member)))
}

// -------------------------------------------------------------------------------------
// the store
// -------------------------------------------------------------------------------------

/** @internal The mark that a reference grew from; `undefined` once released. */
export const markOf = <S extends Store | AsyncStore>(
  reference: StateReference<S>,
): Mark | null | undefined => (inside(reference).cell === null ? undefined : inside(reference).base.mark)

/**
 * @internal A reference to a stored state, of which nothing is loaded, below a mark that is pinned in this
 * transaction.
 */
export function* openingMarked<S extends Store | AsyncStore>(
  components: ComponentStore.ComponentStore<S>,
  digest: Digest,
  mark: Mark,
  heads: ReadonlyArray<HeadMove>,
): Program<E.Either<TransactFailure, StateReference<S>>> {
  const pinned = yield* ComponentStore.settling(components, { pins: [mark.ref.digest], heads })
  if (pinned._tag === 'Left') return pinned
  const reference = beginWith(components, State.open(digest, components.residency), mark.ref.digest)
  inside(reference).base = new Base(digest, 0, mark)
  return E.right(reference)
}

function* opening<S extends Store | AsyncStore>(
  components: ComponentStore.ComponentStore<S>,
  digest: Digest,
  heads: ReadonlyArray<HeadMove>,
): Program<E.Either<TransactFailure, StateReference<S>>> {
  const pinned = yield* ComponentStore.settling(components, { pins: [digest], heads })
  if (pinned._tag === 'Left') return pinned
  return E.right(beginWith(components, State.open(digest, components.residency), digest))
}

/**
 * A reference to a stored state, of which nothing is loaded yet. Pins it until the family is gone. O(1).
 *
 * Errors: `Missing` if the store does not hold it, `StoreFailed`.
 */
export const open =
  <S extends Store>(components: ComponentStore.ComponentStore<S>) =>
  (digest: Digest): IOEither<TransactFailure, StateReference<S>> =>
    run(components.store, () => opening(components, digest, []))

/** `open` over an asynchronous store. */
export const openAsync =
  <S extends AsyncStore>(components: ComponentStore.ComponentStore<S>) =>
  (digest: Digest): TaskEither<TransactFailure, StateReference<S>> =>
    runAsync(components.store, () => opening(components, digest, []))

function* openingHead<S extends Store | AsyncStore>(
  components: ComponentStore.ComponentStore<S>,
  name: string,
): Program<E.Either<TransactFailure, O.Option<StateReference<S>>>> {
  let failure: TransactFailure | null = null
  let from: Digest | null = null
  for (let tries = 0; tries < HEAD_TRIES || failure === null; tries++) {
    const digest = yield* readHead(name)
    if (digest._tag === 'Left') return digest
    if (digest.right === null) return E.right(O.none)
    // A head that stands where its block was missing names what the store has lost.
    if (failure?._tag === 'Missing' && from === digest.right) return E.left(failure)
    from = digest.right
    // The pin and the check are one transaction: between look and pin the head may move and its state be collected.
    const opened = yield* opening(components, from, [{ name, expect: from, next: from }])
    if (opened._tag === 'Right') return E.right(O.some(opened.right))
    failure = opened.left
    if (failure._tag !== 'HeadMoved' && failure._tag !== 'Missing') return opened
  }
  return E.left(failure)
}

/** How often a head that moves at each look is looked up again. */
const HEAD_TRIES = 100

/**
 * A reference to what a head names now; none if there is no such head.
 *
 * Errors: `Missing` if the store has lost what it names, `HeadMoved` if it moves at each look, `StoreFailed`.
 */
export const openHead =
  <S extends Store>(components: ComponentStore.ComponentStore<S>) =>
  (name: string): IOEither<TransactFailure, O.Option<StateReference<S>>> =>
    run(components.store, () => openingHead(components, name))

/** `openHead` over an asynchronous store. */
export const openHeadAsync =
  <S extends AsyncStore>(components: ComponentStore.ComponentStore<S>) =>
  (name: string): TaskEither<TransactFailure, O.Option<StateReference<S>>> =>
    runAsync(components.store, () => openingHead(components, name))

export interface CommitOptions {
  /** A head to move to what is committed, in the same transaction. */
  readonly head?: string
  /** Where the head has to stand for that; by default it is looked up. `null`: there is no such head. */
  readonly expect?: Digest | null
}

/** What a commit did. */
export interface Committed {
  readonly digest: Digest
  /** Blocks that the store did not have. */
  readonly added: number
  /** Their content, in bytes. */
  readonly bytes: number
}

export type CommitFailure = TransactFailure | Released

/** @internal What of a state has to be put, as the store stands now; equal subtrees that are in memory become one. */
export function* packing(
  node: Component,
  { residency }: ComponentStore.ComponentStore<Store | AsyncStore>,
): Program<
  E.Either<
    StoreFailed,
    { readonly packed: ReadonlyArray<Packed>; readonly root: Component; readonly stamp: Stamp }
  >
> {
  const absent = new Set<Component>()
  let stamp = yield* locate([])
  for (;;) {
    if (stamp._tag === 'Left') return stamp
    const asked = doubtful(node, stamp.right, absent)
    if (asked.length === 0)
      return E.right({ ...pack(node, stamp.right, homeOf(residency)), stamp: stamp.right })
    stamp = yield* locate(asked.map((one) => one.ref!))
    if (stamp._tag === 'Left') return stamp
    for (const one of asked) if (one.ref!.stamp !== stamp.right) absent.add(one)
  }
}

let commits = 0

/** What stands on top of a committed state: a block that is pinned, and that heads move to, in its stead. */
export interface Crown {
  readonly put: Put
  readonly mark: Mark
  readonly along?: Along
}

/** What else belongs into the transaction of a commit. */
export interface Along {
  readonly puts: ReadonlyArray<Put>
  readonly heads: ReadonlyArray<HeadMove>
  readonly cuts: ReadonlyArray<Digest>
}

/** @internal A commit of the state, and of a crown if there is to be one, in one transaction. */
export function* committing<S extends Store | AsyncStore, F = never>(
  of: StateReference<S>,
  { head, expect }: CommitOptions,
  crowned: ((state: Ref) => Program<E.Either<F, Crown>>) | null = null,
): Program<E.Either<F | CommitFailure, Committed>> {
  const reference = inside(of)
  const { cell, components } = reference
  if (cell === null) return gone(reference)
  const { state } = cell
  const pinned = reference.family.pins
  const order = ++commits
  for (;;) {
    const ready = yield* packing(State.rootOf(state), components)
    if (ready._tag === 'Left') return ready
    const { packed, root: kept, stamp } = ready.right
    const { digest } = kept.ref!
    const made = crowned === null ? null : yield* crowned(kept.ref!)
    if (made?._tag === 'Left') return made
    const crown = made === null ? null : made.right
    const puts: ReadonlyArray<Put> = crown === null ? packed : [...packed, crown.put]
    const along = crown?.along
    const named = crown === null ? digest : crown.mark.ref.digest
    const heads: Array<HeadMove> = []
    if (head !== undefined) {
      const from = expect === undefined ? yield* readHead(head) : E.right(expect)
      if (from._tag === 'Left') return from
      heads.push({ name: head, expect: from.right, next: named })
    }
    const held = pinned.has(named)
    const pins = held ? [] : [named]
    const done = yield* ComponentStore.settling(
      components,
      along === undefined
        ? { puts, pins, heads }
        : { puts: [...puts, ...along.puts], pins, heads: [...heads, ...along.heads], cuts: along.cuts },
    )
    if (done._tag === 'Left') {
      if (done.left._tag !== 'Dangling' && done.left._tag !== 'Missing') return done
      // On a store that others use, what was there may have been swept since it was asked.
      const now = yield* locate([])
      if (now._tag === 'Left') return now
      if (now.right === stamp) return done
      continue
    }
    if (!held) pinned.hold(named)
    if (reference.cell === null) {
      // Released meanwhile, perhaps the last of its family.
      if (reference.family.live === 0) pinned.keepOnly(new Set())
    } else {
      rebase(reference, new Base(digest, order, crown === null ? reference.base.mark : crown.mark))
      // Where an equal state is in memory already, all who share this one hold that one.
      if (kept !== State.rootOf(state) && reference.cell.state === state) {
        reference.cell.state = State.fromRoot(kept as Trie | Link)
      }
    }
    const fresh = new Set(done.right.added)
    let added = 0
    let bytes = 0
    for (const block of puts) {
      if (!fresh.delete(block.ref.digest)) continue
      added++
      bytes += block.bytes.length
    }
    return E.right({ digest, added, bytes })
  }
}

/**
 * Stores its state and pins it, in one transaction with the head's move if one is named. O(what is new), whatever the
 * size of the state; what the store holds already is not sent again.
 *
 * What it commits stays pinned until the family is gone, or until `trim`.
 *
 * Errors: `HeadMoved`, `Dangling` or `Missing` if a part that was never loaded is not in this store, `Released`,
 * `StoreFailed`.
 */
export const commit =
  (options: CommitOptions = {}) =>
  <S extends Store>(reference: StateReference<S>): IOEither<CommitFailure, Committed> =>
    run(componentsOf(reference).store, () => committing(reference, options))

/** `commit` over an asynchronous store. */
export const commitAsync =
  (options: CommitOptions = {}) =>
  <S extends AsyncStore>(reference: StateReference<S>): TaskEither<CommitFailure, Committed> =>
    runAsync(componentsOf(reference).store, () => committing(reference, options))

/**
 * Lets go of the checkpoints that no living reference of the family stands on; answers how many. States that were read
 * before may then have parts that are gone (`Missing`).
 */
export const trim =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IO<number> =>
  () =>
    trimmed(inside(reference).family)

const trimmed = (family: Family): number => {
  const before = family.pins.size
  const bases = membersOf(family).flatMap(({ base: { digest, mark } }) => [
    ...(digest === null ? [] : [digest]),
    ...(mark === null ? [] : [mark.ref.digest]),
  ])
  family.pins.keepOnly(new Set(bases))
  return before - family.pins.size
}

/** @internal `trim` of the families of some references, of each once. O(members of the families). */
export const trimAll =
  <S extends Store | AsyncStore>(references: ReadonlyArray<StateReference<S>>): IO<void> =>
  () => {
    for (const family of new Set(references.map((reference) => inside(reference).family))) trimmed(family)
  }

/** Forgets what is in memory of a committed state: from now on it is loaded as it is touched. Errors: `Released`. */
export const unload =
  <S extends Store | AsyncStore>(reference: StateReference<S>): IOEither<Released, boolean> =>
  () => {
    const member = inside(reference)
    if (member.cell === null) return gone(member)
    const { digest } = member.base
    if (digest === null || State.digest(member.cell.state) !== digest) return E.right(false)
    put(member, State.open(digest, componentsOf(reference).residency))
    return E.right(true)
  }
