/** How branches of a manager are dropped: collapse on an event, by mode or by chance, and pruning. */
import * as E from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import type * as StateReference from '../../../branch/StateReference.js'
import type { InvalidWeight } from '../../../data/Failure.js'
import type { AsyncStore, Store } from '../../../store/Store.js'
import * as Ensemble from '../../Ensemble.js'
import * as Measure from '../../Measure.js'
import * as Weight from '../../Weight.js'
import { advance, type Change, type Group, type Held, type Manager, type Working, working } from './world.js'

/** What a collapse or a pruning left. */
export interface Collapsed {
  /** Keys of the branches that are left, in order. */
  readonly kept: ReadonlyArray<string>
  /** The probability that what is left had before, exactly; what was dropped had the rest. */
  readonly probability: Weight.Weight
}

const collapsed = <S extends Store | AsyncStore>(
  self: Working<S>,
  name: string,
  event: (key: string, reference: StateReference.StateReference<S>) => boolean,
): E.Either<Change, Collapsed> => {
  const before = Ensemble.measure(name)(self.world)
  if (before._tag === 'Left') return before
  const next = Ensemble.condition(name, (key, { reference }: Held<S>) => event(key, reference))(self.world)
  if (next._tag === 'Left') return next
  const left = Ensemble.measure(name)(next.right)
  if (left._tag === 'Left') return left
  const kept = Measure.branches(left.right)
  const weights = kept.map(([key]) => O.getOrElse(() => Weight.zero)(Measure.weight(key)(before.right)))
  const probability = Weight.divide(Measure.mass(before.right))(Weight.sum(weights))
  advance(self, next.right, true)
  if (kept.length === 1) for (const listener of self.listeners) listener.won?.(kept[0]![1].reference)
  return E.right({
    kept: kept.map(([key]) => key),
    probability: E.isRight(probability) ? probability.right : Weight.zero,
  })
}

/**
 * Collapse on an event: the branches for which it does not hold are dropped, here and in what is entangled. Their references go to the
 * collector. Errors: `UnknownReference`; `ZeroEvidence` if it holds for none. O(n).
 *
 * @category collapse
 */
export const collapse =
  <S extends Store | AsyncStore>(
    name: string,
    event: (key: string, reference: StateReference.StateReference<S>) => boolean,
  ) =>
  (manager: Manager<S>): IOEither<Change, Collapsed> =>
  () =>
    collapsed(working(manager), name, event)

const collapseTo = <S extends Store | AsyncStore>(
  self: Working<S>,
  name: string,
  choose: (measure: Group<S>) => string,
): E.Either<Change, Collapsed> => {
  const measure = Ensemble.measure(name)(self.world)
  if (measure._tag === 'Left') return measure
  const chosen = choose(measure.right)
  return collapsed(self, name, (key) => key === chosen)
}

/** Collapse to the heaviest branch, of equal ones to the least key. Errors: as `collapse`. @category collapse */
export const collapseToMode =
  (name: string) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<Change, Collapsed> =>
  () =>
    collapseTo(working(manager), name, Measure.mode)

/** Collapse to a branch drawn by its weight; the measure and the seed decide. Errors: as `collapse`. @category collapse */
export const collapseToSample =
  (name: string, seed: string) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<Change, Collapsed> =>
  () =>
    collapseTo(working(manager), name, Measure.sample(seed))

/** Drops the branches whose probability is below a threshold. Errors: as `collapse`; `InvalidWeight`. O(n). @category collapse */
export const prune =
  (name: string, threshold: number | Weight.Weight) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<InvalidWeight | Change, Collapsed> =>
  () => {
    const self = working(manager)
    const least = typeof threshold === 'number' ? Weight.fromNumber(threshold) : E.right(threshold)
    if (least._tag === 'Left') return least
    const measure = Ensemble.measure(name)(self.world)
    const pruned = measure._tag === 'Left' ? measure : Measure.prune(least.right)(measure.right)
    if (pruned._tag === 'Left') return pruned
    return collapsed(self, name, (key) => O.isSome(Measure.weight(key)(pruned.right.measure)))
  }
