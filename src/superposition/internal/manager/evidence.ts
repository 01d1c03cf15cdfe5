/** How branches of a manager are weighed: scores, and what ties superpositions. */
import * as E from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import { type InvalidWeight, invalidWeight } from '../../../data/Failure.js'
import type { AsyncStore, Store } from '../../../store/Store.js'
import * as Hamt from '../../../trie/Hamt.js'
import * as Ensemble from '../../Ensemble.js'
import type * as Joint from '../../Joint.js'
import * as Weight from '../../Weight.js'
import { advance, type Change, type Group, type Manager, type Working, type World, working } from './world.js'

/** Of weights farther apart than twice this many binary places the sum would not fit into memory. */
const FAR = 1n << 27n

const isFar = (w: Weight.Weight): boolean => w.exponent > FAR || w.exponent < -FAR

/** Whether weights of a measure, of which this one was changed, lie too far apart. */
const areApart = <S extends Store | AsyncStore>(measure: Group<S>, changed: Weight.Weight): boolean => {
  if (!isFar(changed)) return false
  let [least, most] = [changed.exponent, changed.exponent]
  Hamt.forEach(measure.sums, ({ exponent }) => {
    if (exponent < least) least = exponent
    if (exponent > most) most = exponent
  })
  return most - least > 2n * FAR
}

const tooFar = E.left(invalidWeight('a likelihood', 'farther from the others than can be added up'))

const weighted = <S extends Store | AsyncStore>(
  self: Working<S>,
  name: string,
  key: string,
  likelihood: E.Either<InvalidWeight, Weight.Weight>,
): E.Either<InvalidWeight | Change, void> => {
  if (likelihood._tag === 'Left') return likelihood
  const { joint } = self.world
  if (isFar(likelihood.right) && Hamt.has(joint.parts, name)) return tooFar
  const next = Ensemble.reweight(name, key, likelihood.right)(self.world)
  if (next._tag === 'Left') return next
  const measure = Hamt.get(next.right.groups, name)!
  const entry = Hamt.get(measure.entries, key)
  if (entry !== undefined) {
    if (areApart(measure, entry.weight)) return tooFar
    entry.value.touched = self.tick + 1
  }
  advance(self, next.right, entry === undefined || next.right.joint !== joint)
  return E.right(undefined)
}

/**
 * A score of a branch: its weight times a likelihood, which is a non-negative number or an exact weight.
 *
 * Errors: `InvalidWeight`, also if the weights would lie 2^28 binary places apart; `UnknownReference`, `ZeroEvidence`; `JointTooLarge`
 * of an entangled group. O(log n).
 *
 * @category evidence
 */
export const observe =
  (name: string, key: string, likelihood: number | Weight.Weight) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<InvalidWeight | Change, void> =>
  () =>
    weighted(
      working(manager),
      name,
      key,
      typeof likelihood === 'number' ? Weight.fromNumber(likelihood) : E.right(likelihood),
    )

/** `observe` of a log-likelihood, natural. Errors: as there. @category evidence */
export const observeLog =
  (name: string, key: string, logLikelihood: number) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<InvalidWeight | Change, void> =>
  () =>
    weighted(working(manager), name, key, Weight.fromLogLikelihood(logLikelihood))

/** Ties superpositions by a potential over the keys of their branches. Errors: as `Ensemble.couple`. @category evidence */
export const couple =
  (names: ReadonlyArray<string>, potential: (keys: Joint.Outcomes) => Weight.Weight) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<Change, void> =>
  () => {
    const self = working(manager)
    return E.map((next: World<S>) => advance(self, next, true))(Ensemble.couple(names, potential)(self.world))
  }

/** Loosens what ties superpositions: see `Joint.decohere`. Errors: as there. @category evidence */
export const decohere =
  (lambda: Weight.Weight, names: ReadonlyArray<string>) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<InvalidWeight | Change, void> =>
  () => {
    const self = working(manager)
    return E.map((next: World<S>) => advance(self, next, true))(Ensemble.decohere(lambda, names)(self.world))
  }
