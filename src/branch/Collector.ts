/**
 * A `Collector` gives back, in the background, what nobody needs any more: first references that lost, the least
 * likely first, and then the blocks that only they held.
 *
 * A reference that lost is handed over (`orphan`). It keeps what it holds for a window of time, in which it can be
 * taken back (`rescue`), so that losing can be undone. Then it is released, its family lets go of the checkpoints that
 * no living reference stands on, and the store frees the rest in slices, between which other work goes on.
 *
 * Laws (`coppice/laws`, `collectorLaws`):
 * 1. within its window an orphan is never released, and is rescued whole;
 * 2. of two orphans whose window has ended the one with the smaller weight goes no later;
 * 3. any number of rounds with any bounds comes to what one whole collection does;
 * 4. what a living reference reaches is never taken.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Collector, ComponentStore, MemoryStore, State, StateReference } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const store = MemoryStore.make()
 * const components = ComponentStore.make(store)
 * const root = StateReference.root(components)(State.empty)()
 * const loser = StateReference.branch(root)()
 * assert.ok(E.isRight(loser))
 * StateReference.commit()(loser.right)()
 *
 * const collector = Collector.make(components, { window: 0 })
 * Collector.orphan([loser.right])(collector)()
 * assert.ok(E.isRight(await Collector.collect(collector)()))
 * assert.strictEqual(store.stats().blocks, 0)
 * ```
 */
import { now } from 'fp-ts/lib/Date.js'
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type StoreFailed, storeFailed } from '../data/Failure.js'
import type { Auditable } from '../store/Audit.js'
import { type Census, census } from '../store/Census.js'
import type {
  AsyncCollectable,
  AsyncStore,
  Bounds,
  Collectable,
  Slice,
  Store,
  TransactFailure,
} from '../store/Store.js'
import type { ComponentStore } from './ComponentStore.js'
import * as Components from './ComponentStore.js'
import { Durations, type Percentiles } from './internal/durations.js'
import { runAsync } from './internal/program.js'
import * as StateReference from './StateReference.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** How likely it is that a reference will be wanted again, from 0 to 1: a port. */
export type Retention<S extends Store | AsyncStore> = (reference: StateReference.StateReference<S>) => number

export interface Options<S extends Store | AsyncStore> {
  /** What a slice does at most. Default 256 blocks, 0.5 ms. */
  readonly bounds?: Bounds
  /** For how long, in ms, an orphan can be rescued. Default 10,000. */
  readonly window?: number
  /** Orphans that are kept at most; beyond, the least likely go before their window ends. Default: no bound. */
  readonly limit?: number
  /** Orphans that one round releases at most. Default 100. */
  readonly releases?: number
  /** Default: what `weighBy` says; else all are alike, and go in the order in which they came. */
  readonly retention?: Retention<S>
  /** What frees the blocks, if not the components' own store: `store.async` of an `LmdbStore`, so that nothing waits. */
  readonly collectable?: Collectable | AsyncCollectable
  /** How long the background loop rests when there was nothing to do, ms. Default 100. */
  readonly rest?: number
  /** Milliseconds. Default: the system's. */
  readonly clock?: IO<number>
}

export interface Stats {
  /** Orphans by how many rounds they have been here, the youngest first. */
  readonly orphans: ReadonlyArray<{ readonly rounds: number; readonly references: number }>
  readonly released: number
  /** Blocks and their bytes that slices have freed. */
  readonly freed: { readonly blocks: number; readonly bytes: number }
  /** Blocks that may be garbage and were not looked at yet. */
  readonly waiting: number
  readonly rounds: number
  readonly slices: number
  /** For how long slices held this process up, ms: of the last 4,096. */
  readonly pauses: Percentiles
  /** Time held up in slices by time since the collector was made, from 0 to 1. */
  readonly overhead: number
}

/** What a round did. */
export interface Round {
  readonly released: number
  readonly freed: number
  readonly bytes: number
  /** Whether another round now would do nothing. */
  readonly done: boolean
}

export type CollectFailure = TransactFailure | StoreFailed

interface Orphan<S extends Store | AsyncStore> {
  readonly reference: StateReference.StateReference<S>
  readonly since: number
  readonly round: number
}

declare const brand: unique symbol

export interface Collector<S extends Store | AsyncStore = Store> {
  readonly [brand]: S
}

class Working<S extends Store | AsyncStore> implements Collector<S> {
  declare readonly [brand]: S
  readonly components: ComponentStore<S>
  readonly options: Required<Omit<Options<S>, 'retention'>>
  retention: Retention<S> | null
  readonly orphans = new Map<StateReference.StateReference<S>, Orphan<S>>()
  readonly pauses = new Durations()
  readonly began = performance.now()
  released = 0
  freed = 0
  bytes = 0
  waiting = 0
  rounds = 0
  slices = 0
  /** The round that is going on, so that two never do. */
  going: Promise<unknown> = Promise.resolve()
  constructor(
    components: ComponentStore<S>,
    options: Required<Omit<Options<S>, 'retention'>>,
    retention: Retention<S> | null,
  ) {
    this.components = components
    this.options = options
    this.retention = retention
  }
}

const working = <S extends Store | AsyncStore>(collector: Collector<S>): Working<S> => collector as Working<S>

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** @category constructors */
export const make = <S extends (Store & Collectable) | (AsyncStore & AsyncCollectable)>(
  components: ComponentStore<S>,
  { retention, ...options }: Options<S> = {},
): Collector<S> =>
  new Working(
    components,
    {
      bounds: { blocks: 256, milliseconds: 0.5 },
      window: 10_000,
      limit: Number.POSITIVE_INFINITY,
      releases: 100,
      collectable: components.store,
      rest: 100,
      clock: now,
      ...options,
    },
    retention ?? null,
  )

/** Says by what orphans are weighed, unless that was said when the collector was made. @category constructors */
export const weighBy =
  <S extends Store | AsyncStore>(retention: Retention<S>) =>
  (collector: Collector<S>): IO<void> =>
  () => {
    working(collector).retention ??= retention
  }

// -------------------------------------------------------------------------------------
// orphans
// -------------------------------------------------------------------------------------

/** Hands references over; again does nothing. Their children, if any, stay with their parents when they are released. O(references). */
export const orphan =
  <S extends Store | AsyncStore>(references: ReadonlyArray<StateReference.StateReference<S>>) =>
  (collector: Collector<S>): IO<void> =>
  () => {
    const { orphans, options, rounds } = working(collector)
    const since = options.clock()
    for (const reference of references)
      if (!orphans.has(reference)) orphans.set(reference, { reference, since, round: rounds })
  }

/** Takes references back that were not released yet; answers them. O(references). */
export const rescue =
  <S extends Store | AsyncStore>(references: ReadonlyArray<StateReference.StateReference<S>>) =>
  (collector: Collector<S>): IO<ReadonlyArray<StateReference.StateReference<S>>> =>
  () => {
    const { orphans } = working(collector)
    return references.filter((reference) => orphans.delete(reference))
  }

/** Those whose time has come, and those that are too many: the least likely first, and of equals the eldest. */
const doomed = <S extends Store | AsyncStore>({
  orphans,
  options,
  retention,
}: Working<S>): ReadonlyArray<Orphan<S>> => {
  const ends = options.clock() - options.window
  const over = orphans.size - options.limit
  const all = [...orphans.values()]
  const ripe = all.filter(({ since }) => since <= ends)
  const weigh = (some: ReadonlyArray<Orphan<S>>) =>
    some
      .map((one) => ({ one, weight: retention === null ? 1 : retention(one.reference) }))
      .sort((a, b) => a.weight - b.weight || a.one.since - b.one.since)
      .map(({ one }) => one)
  const going = over > ripe.length ? weigh(all).slice(0, over) : weigh(ripe)
  return going.slice(0, options.releases)
}

const release = <S extends Store | AsyncStore>(collector: Working<S>): number => {
  const going = doomed(collector)
  for (const one of going) {
    collector.orphans.delete(one.reference)
    StateReference.release(one.reference)()
  }
  // Of a thousand that lost most are of one family.
  StateReference.trimAll(going.map(({ reference }) => reference))()
  collector.released += going.length
  return going.length
}

// -------------------------------------------------------------------------------------
// rounds
// -------------------------------------------------------------------------------------

const sliced = async <S extends Store | AsyncStore>(
  collector: Working<S>,
): Promise<E.Either<StoreFailed, Slice>> => {
  const { bounds, collectable } = collector.options
  // A slice of no blocks would leave rounds without an end.
  const done = await collectable.slice({ ...bounds, blocks: Math.max(1, bounds.blocks) })()
  if (done._tag === 'Left') return done
  const { freed, bytes, waiting, milliseconds } = done.right
  collector.slices++
  collector.freed += freed
  collector.bytes += bytes
  collector.waiting = waiting
  collector.pauses.add(milliseconds)
  return done
}

/** A round; what the caller has given may throw. */
const guarded = async <S extends Store | AsyncStore>(
  collector: Working<S>,
): Promise<E.Either<CollectFailure, Round>> => {
  try {
    return await rounding(collector)
  } catch (cause) {
    return E.left(storeFailed('collect', cause))
  }
}

const rounding = async <S extends Store | AsyncStore>(
  collector: Working<S>,
): Promise<E.Either<CollectFailure, Round>> => {
  collector.rounds++
  const released = release(collector)
  const told = await runAsync(collector.components.store, () => Components.unpinning(collector.components))()
  if (told._tag === 'Left') return told
  const slice = await sliced(collector)
  if (slice._tag === 'Left') return slice
  const { freed, bytes, done } = slice.right
  return E.right({ released, freed, bytes, done: done && released === 0 })
}

/**
 * One round: releases what has waited long enough, tells the store, and frees a slice. Rounds of one collector follow
 * one another. Errors: those of a transaction, `StoreFailed` (also where what was given to `make` throws).
 */
export const round =
  <S extends Store | AsyncStore>(collector: Collector<S>): TaskEither<CollectFailure, Round> =>
  () => {
    const self = working(collector)
    const going = self.going.then(() => guarded(self))
    self.going = going
    return going
  }

const breath: Task<void> = () => new Promise((resolve) => setImmediate(resolve))

/** Rounds until there is nothing left to do, other work between them. Answers what they did together. */
export const collect =
  <S extends Store | AsyncStore>(collector: Collector<S>): TaskEither<CollectFailure, Round> =>
  async () => {
    const sum = { released: 0, freed: 0, bytes: 0, done: true }
    for (;;) {
      const one = await round(collector)()
      if (one._tag === 'Left') return one
      sum.released += one.right.released
      sum.freed += one.right.freed
      sum.bytes += one.right.bytes
      if (one.right.done) return E.right(sum)
      await breath()
    }
  }

/** A loop in the background. */
export interface Running {
  /** Ends after the round that is going on. Again does nothing. */
  readonly stop: Task<void>
}

/**
 * Rounds for ever, with a rest when there was nothing to do. A round that fails is told to `onFailure` and tried again
 * after a rest. The loop keeps no process alive.
 */
export const start =
  (onFailure: (failure: CollectFailure) => void = () => {}) =>
  <S extends Store | AsyncStore>(collector: Collector<S>): IO<Running> =>
  () => {
    let stopped = false
    let wake: (() => void) | null = null
    const rest = (): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, working(collector).options.rest)
        timer.unref()
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    const loop = async (): Promise<void> => {
      while (!stopped) {
        const one = await round(collector)()
        if (one._tag === 'Left') onFailure(one.left)
        // It rests by a timer that keeps no process alive: who waits for the end would wait for ever.
        if (stopped) return
        if (one._tag === 'Left' || one.right.done) await rest()
        else await breath()
      }
    }
    const ended = loop()
    return {
      stop: () => {
        stopped = true
        wake?.()
        return ended
      },
    }
  }

// -------------------------------------------------------------------------------------
// destructors
// -------------------------------------------------------------------------------------

/** What it has done and what it holds. O(orphans + 4,096 log 4,096). */
export const stats =
  <S extends Store | AsyncStore>(collector: Collector<S>): IO<Stats> =>
  () => {
    const self = working(collector)
    const { orphans, released, freed, bytes, waiting, rounds, slices, pauses, began } = self
    const byRounds = new Map<number, number>()
    for (const { round: from } of orphans.values())
      byRounds.set(rounds - from, (byRounds.get(rounds - from) ?? 0) + 1)
    return {
      orphans: [...byRounds]
        .sort(([a], [b]) => a - b)
        .map(([age, references]) => ({ rounds: age, references })),
      released,
      freed: { blocks: freed, bytes },
      waiting,
      rounds,
      slices,
      pauses: pauses.percentiles(),
      overhead: pauses.sum / Math.max(1, performance.now() - began),
    }
  }

/** `Stats`, and what the store holds: blocks, their bytes once and as often as they are referred to. */
export interface Survey extends Stats {
  readonly store: Census
}

/**
 * `stats` with a census of the store that the components live on. Errors: `StoreFailed`. O(blocks + bytes).
 *
 * @category destructors
 */
export const survey =
  <S extends Store & Auditable>(collector: Collector<S>): IOEither<StoreFailed, Survey> =>
  () =>
    E.map((store: Census) => ({ ...stats(collector)(), store }))(
      census(working(collector).components.store)(),
    )
