/**
 * A `Manager` holds named superpositions of state references: the branches of a search, what each weighs, and what became of them.
 *
 * A superposition is created from a reference and branches it; a branch is expanded into children that share its weight; scores
 * reweight; pruning and collapse drop branches, and with them their references, which a collector takes over. Until its window has ended
 * all of it can be undone: the measures are values, so they come back exactly, and the references are rescued.
 *
 * Every operation is atomic: a failure changes nothing. Branches are named by their lineage: the child `b` of `a` is `a/b`.
 *
 * Laws (`coppice/laws`, `managerLaws`): `undo` restores every measure exactly; after a collapse exactly the winners live, and after the
 * collector's window the store holds exactly what they reach; mass is kept by `expand`; a failure changes nothing.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Collector, ComponentStore, Manager, MemoryStore, State, StateReference, Weight } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as IOE from 'fp-ts/lib/IOEither.js'
 *
 * const components = ComponentStore.make(MemoryStore.make())
 * const manager = Manager.make(components, Collector.make(components))
 * const root = StateReference.root(components)(State.empty)()
 *
 * const search = pipe(
 *   Manager.create('plan', Manager.evenly(['a', 'b', 'c']), root)(manager),
 *   IOE.chainW(() => Manager.observe('plan', 'b', 8)(manager)),
 *   IOE.chainW(() => Manager.collapseToMode('plan')(manager)),
 * )
 * const collapsed = search()
 * assert.ok(E.isRight(collapsed))
 * assert.deepStrictEqual(collapsed.right.kept, ['b'])
 * assert.strictEqual(Weight.show(collapsed.right.probability), '4/5')
 * assert.deepStrictEqual(Manager.undo(manager)(), E.right(true))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Collector from '../branch/Collector.js'
import type { ComponentStore } from '../branch/ComponentStore.js'
import type * as StateReference from '../branch/StateReference.js'
import type { Released, UnknownReference } from '../data/Failure.js'
import type { AsyncStore, Store } from '../store/Store.js'
import * as Ensemble from './Ensemble.js'
import { probability } from './internal/manager/retention.js'
import {
  type Branch,
  branchAt,
  type Held,
  type Listener,
  type Manager,
  type Options,
  shift,
  Working,
  type World,
  working,
} from './internal/manager/world.js'
import type * as Measure from './Measure.js'
import * as Weight from './Weight.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

export type { Branch, Listener, Manager, Options } from './internal/manager/world.js'

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/**
 * A manager of no superpositions yet, that hands what is lost to a collector; of this it releases the least probable first, unless the collector
 * was made to weigh otherwise.
 *
 * @category constructors
 */
export const make = <S extends Store | AsyncStore>(
  components: ComponentStore<S>,
  collector: Collector.Collector<S>,
  options: Options<S> = {},
): Manager<S> => {
  const manager = new Working(components, collector, options)
  Collector.weighBy(probability(manager))(collector)()
  return manager
}

/** Names with equal shares that sum to 1. O(n). @category constructors */
export const evenly = (names: ReadonlyArray<string>): ReadonlyArray<readonly [string, Weight.Weight]> => {
  const share = Weight.fromRatio(1n, BigInt(Math.max(1, names.length)))
  return names.map((name) => [name, E.isRight(share) ? share.right : Weight.one])
}

/** Tells a listener what happens from now on, until the effect that it answers is run. @category constructors */
export const listen =
  <S extends Store | AsyncStore>(listener: Listener<S>) =>
  (manager: Manager<S>): IO<IO<void>> =>
  () => {
    const { listeners } = working(manager)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }

// -------------------------------------------------------------------------------------
// growing, evidence, collapse, retention, storing
// -------------------------------------------------------------------------------------

export {
  type Collapsed,
  collapse,
  collapseToMode,
  collapseToSample,
  prune,
} from './internal/manager/collapsing.js'
export { couple, decohere, observe, observeLog } from './internal/manager/evidence.js'
export { type Child, create, expand, grow, type ManagerFailure } from './internal/manager/growing.js'
export { type Holding, holding, inclusion, probability } from './internal/manager/retention.js'
export { fromState, type RestoreFailure, toState } from './internal/manager/storing.js'

// -------------------------------------------------------------------------------------
// undo
// -------------------------------------------------------------------------------------

const back = <S extends Store | AsyncStore>(
  self: Working<S>,
  from: Array<World<S>>,
  to: Array<World<S>>,
): E.Either<Released, boolean> => {
  const next = from.at(-1)
  if (next === undefined) return E.right(false)
  const here = self.world
  self.tick++
  const done = shift(self, next)
  if (done._tag === 'Left') return done
  from.pop()
  to.push(here)
  return E.right(true)
}

/**
 * Takes the last operation back, whatever it was; the measures are exactly what they were. Answers false if there is none.
 *
 * Errors: `Released` if a reference that it lost is gone because the collector's window has ended; then nothing changed.
 *
 * @category undo
 */
export const undo =
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<Released, boolean> =>
  () => {
    const self = working(manager)
    return back(self, self.past, self.future)
  }

/** Does again what was undone last. Errors: as `undo`. @category undo */
export const redo =
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<Released, boolean> =>
  () => {
    const self = working(manager)
    return back(self, self.future, self.past)
  }

// -------------------------------------------------------------------------------------
// what it says
// -------------------------------------------------------------------------------------

/** Everything as one value: the measures, and what ties them. O(1). @category destructors */
export const ensemble =
  <S extends Store | AsyncStore>(manager: Manager<S>): IO<Ensemble.Ensemble<Branch<S>>> =>
  () =>
    working(manager).world

/** The measure of a superposition. Errors: `UnknownReference`. O(1). @category destructors */
export const measure =
  (name: string) =>
  <S extends Store | AsyncStore>(
    manager: Manager<S>,
  ): IOEither<UnknownReference, Measure.Measure<Branch<S>>> =>
  () =>
    Ensemble.measure(name)(working(manager).world)

/** The reference of a branch. Errors: `UnknownReference`. O(log n). @category destructors */
export const reference =
  (name: string, key: string) =>
  <S extends Store | AsyncStore>(
    manager: Manager<S>,
  ): IOEither<UnknownReference, StateReference.StateReference<S>> =>
  () =>
    E.map((branch: Branch<S>) => branch.reference)(branchAt(working(manager), name, key))

/** The branch of a reference, if it was not lost. */
const placed = <S extends Store | AsyncStore>(
  self: Working<S>,
  reference: StateReference.StateReference<S>,
): O.Option<Held<S>> => {
  const branch = self.held.get(reference)
  return branch === undefined || branch.lost !== null ? O.none : O.some(branch)
}

/** The superposition and the key of a reference, if it has one. O(1). @category destructors */
export const placeOf =
  <S extends Store | AsyncStore>(reference: StateReference.StateReference<S>) =>
  (manager: Manager<S>): IO<O.Option<readonly [name: string, key: string]>> =>
  () =>
    O.map(({ name, key }: Held<S>) => [name, key] as const)(placed(working(manager), reference))
