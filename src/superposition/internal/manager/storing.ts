/** A manager as a state, and back. */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as Collector from '../../../branch/Collector.js'
import type { ComponentStore } from '../../../branch/ComponentStore.js'
import { fetched, runAsync } from '../../../branch/internal/program.js'
import * as StateReference from '../../../branch/StateReference.js'
import {
  type Corrupt,
  type EmptySupport,
  type InvalidValue,
  type InvalidWeight,
  invalidValue,
  type JointTooLarge,
  type Released,
  type StoreFailed,
} from '../../../data/Failure.js'
import type { Value } from '../../../data/Value.js'
import type { AsyncStore, Store } from '../../../store/Store.js'
import * as Fetch from '../../../trie/Fetch.js'
import * as Hamt from '../../../trie/Hamt.js'
import { type EditFailure, fromJson, get, type State, setSubtree, subtree } from '../../../trie/State.js'
import * as Ensemble from '../../Ensemble.js'
import * as Measure from '../../Measure.js'
import { probability } from './retention.js'
import {
  type Branch,
  type Held,
  type Manager,
  type Options,
  shift,
  Working,
  type World,
  working,
} from './world.js'

/** How the states stand in a stored manager: by the number of their branch. */
const STATES = 'states'

/**
 * All of it as one state: what each branch weighs and what ties the superpositions, now and before each operation that could still be
 * undone, and the states of their references. So a search is committed, kept under a head, and gone on with elsewhere.
 *
 * Errors: those of an edit; `Released` if a branch was released behind the manager's back. O(branches · history).
 *
 * @category storing
 */
export const toState =
  <S extends Store | AsyncStore>(
    manager: Manager<S>,
  ): IO<Fetch.Fetch<EditFailure | InvalidValue | Released, State>> =>
  () => {
    const self = working(manager)
    const numbers = new Map<StateReference.StateReference<S>, number>()
    const states: Array<State> = []
    const numbered = (world: World<S>): E.Either<Released, Value> => {
      for (const measure of Hamt.values(world.groups)) {
        for (const [, { reference }] of Measure.branches(measure)) {
          if (numbers.has(reference)) continue
          const state = StateReference.read(reference)()
          if (state._tag === 'Left') return state
          numbers.set(reference, states.push(state.right) - 1)
        }
      }
      return E.right(
        Ensemble.encode(({ reference, touched }: Branch<S>) => [numbers.get(reference)!, touched])(world),
      )
    }
    const now = numbered(self.world)
    if (now._tag === 'Left') return Fetch.fail(now.left)
    const past: Array<Value> = []
    for (const world of self.past.slice(-self.history).reverse()) {
      const before = numbered(world)
      // What was released cannot come back, nor anything before it.
      if (before._tag === 'Left') break
      past.unshift(before.right)
    }
    const begun: Fetch.Fetch<EditFailure | InvalidValue, State> = Fetch.fromEither(
      fromJson({ tick: self.tick, now: now.right, past, [STATES]: {} }),
    )
    return states.reduce(
      (all, state, n) => Fetch.flatMap(all, (so) => setSubtree([STATES, String(n)], state)(so)),
      begun,
    )
  }

/** Why a state is no stored manager. */
export type RestoreFailure =
  | EditFailure
  | StoreFailed
  | Corrupt
  | InvalidValue
  | InvalidWeight
  | EmptySupport
  | JointTooLarge
  | Released

const branchFrom =
  <S extends Store | AsyncStore>(branches: ReadonlyArray<Held<S>>) =>
  (value: Value): E.Either<InvalidValue, Held<S>> => {
    const [n, touched] = (Array.isArray(value) ? value : []) as ReadonlyArray<Value | undefined>
    const branch = typeof n === 'number' ? branches[n] : undefined
    if (branch === undefined || typeof touched !== 'number')
      return E.left(invalidValue([], 'not of a branch'))
    // In all worlds it is one and the same; the last one says when it was touched.
    branch.touched = touched
    return E.right(branch)
  }

/**
 * A manager as it was when `toState` gave the state that a reference holds; its branches are branches of that reference. What can be undone
 * waits with the collector. Nothing is made if it fails.
 *
 * Errors: those of loading; `InvalidValue`, `InvalidWeight`, `EmptySupport`, `JointTooLarge` if the state is no stored manager.
 *
 * @category storing
 */
export const fromState =
  <S extends Store | AsyncStore>(
    components: ComponentStore<S>,
    collector: Collector.Collector<S>,
    options: Options<S> = {},
  ) =>
  (root: StateReference.StateReference<S>): TaskEither<RestoreFailure, Manager<S>> =>
  async () => {
    const made: Array<Held<S>> = []
    const restored = await restoring(new Working(components, collector, options), root, made)
    if (restored._tag === 'Left') for (const { reference } of made) StateReference.release(reference)()
    else Collector.weighBy(probability(restored.right))(collector)()
    return restored
  }

const restoring = async <S extends Store | AsyncStore>(
  self: Working<S>,
  root: StateReference.StateReference<S>,
  made: Array<Held<S>>,
): Promise<E.Either<RestoreFailure, Manager<S>>> => {
  const state = StateReference.read(root)()
  if (state._tag === 'Left') return state
  const { store } = self.components
  const named = (key: string) => runAsync(store, () => fetched(get([key])(state.right)))()
  for (let n = 0; ; n++) {
    const found = await runAsync(store, () => fetched(subtree([STATES, String(n)])(state.right)))()
    if (found._tag === 'Left') return found
    if (O.isNone(found.right)) break
    const branch = StateReference.branch(root)()
    if (branch._tag === 'Left') return branch
    StateReference.write(found.right.value)(branch.right)()
    made.push({ reference: branch.right, touched: 0, name: '', key: '', lost: null })
  }
  const worlds: Array<World<S>> = []
  const [now, past, tick] = [await named('now'), await named('past'), await named('tick')]
  for (const part of [now, past, tick]) if (part._tag === 'Left') return part
  const values = [now, past, tick].map((part) => (E.isRight(part) ? O.toUndefined(part.right) : undefined))
  const [last, earlier, ticks] = values
  if (last === undefined || !Array.isArray(earlier) || typeof ticks !== 'number')
    return E.left(invalidValue([], 'not of a stored manager'))
  for (const encoded of [...(earlier as ReadonlyArray<Value>), last]) {
    const world = Ensemble.decode(branchFrom(made))(encoded)
    if (world._tag === 'Left') return world
    worlds.push(world.right)
  }
  self.tick = ticks
  // From world to world, so that what was lost on the way is lost again, and can be undone.
  for (const world of worlds) {
    shift(self, world)
    self.past.push(world)
  }
  self.past.pop()
  return E.right(self)
}
