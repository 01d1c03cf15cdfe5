/** How branches of a manager come about. */
import * as E from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as StateReference from '../../../branch/StateReference.js'
import {
  type InvalidCoupling,
  type InvalidKernel,
  type InvalidWeight,
  invalidKernel,
  type Released,
} from '../../../data/Failure.js'
import type { AsyncStore, Store } from '../../../store/Store.js'
import type { State } from '../../../trie/State.js'
import * as Ensemble from '../../Ensemble.js'
import * as Measure from '../../Measure.js'
import * as Weight from '../../Weight.js'
import {
  advance,
  branchAt,
  type Change,
  type Group,
  type Held,
  type Manager,
  type Working,
  type World,
  working,
} from './world.js'

type Shares = ReadonlyArray<readonly [label: string, share: Weight.Weight]>

type Branches<S extends Store | AsyncStore> = ReadonlyArray<Measure.Branch<Held<S>>>

/** Branches of a reference, one for each share that is not zero; none if that fails. */
const branched = <S extends Store | AsyncStore>(
  self: Working<S>,
  name: string,
  reference: StateReference.StateReference<S>,
  shares: Shares,
): E.Either<Released, Branches<S>> => {
  const some = shares.filter(([, share]) => !Weight.isZero(share))
  const made = StateReference.branchMany(some.length)(reference)()
  if (made._tag === 'Left') return made
  const touched = self.tick + 1
  return E.right(
    some.map(([key, share], i) => [
      key,
      { reference: made.right[i]!, touched, name, key, lost: null },
      share,
    ]),
  )
}

const abandon = <S extends Store | AsyncStore>(branches: Branches<S>): void => {
  for (const [, { reference }] of branches) StateReference.release(reference)()
}

const keysOf = <S extends Store | AsyncStore>(branches: Branches<S>): ReadonlyArray<string> =>
  branches.map(([key]) => key)

/** A measure of branches whose weights sum to 1. */
const whole = <S extends Store | AsyncStore>(branches: Branches<S>): E.Either<InvalidKernel, Group<S>> => {
  const mass = Weight.sum(branches.map(([, , share]) => share))
  const measure = Measure.fromEntries(branches)
  if (measure._tag === 'Left' || !Weight.Eq.equals(mass, Weight.one))
    return E.left(invalidKernel(`its mass is ${Weight.show(mass)}, not 1`))
  if (Measure.size(measure.right) === branches.length) return measure
  const keys = keysOf(branches)
  const twice = keys.find((key, i) => keys.indexOf(key) < i)
  return E.left(invalidKernel(`${JSON.stringify(twice)} is there already`))
}

/**
 * A superposition of branches of a reference, one for each label, that weigh what their shares say; of share zero there is none.
 * Answers their keys.
 *
 * Errors: `InvalidCoupling` if the name is taken; `InvalidKernel` if the shares do not sum to 1; `Released`. O(branches).
 *
 * @category growing
 */
export const create =
  <S extends Store | AsyncStore>(name: string, shares: Shares, reference: StateReference.StateReference<S>) =>
  (manager: Manager<S>): IOEither<Released | InvalidCoupling | InvalidKernel, ReadonlyArray<string>> =>
  () => {
    const self = working(manager)
    const made = branched(self, name, reference, shares)
    if (made._tag === 'Left') return made
    const measure = whole(made.right)
    const next = measure._tag === 'Left' ? measure : Ensemble.insert(name, measure.right)(self.world)
    if (next._tag === 'Left') {
      abandon(made.right)
      return next
    }
    advance(self, next.right, true)
    return E.right(keysOf(made.right))
  }

/**
 * Replaces a branch by branches of it, among which its weight is split by shares that sum to 1; of share zero there is none. Answers
 * their keys, `parent/label`.
 *
 * Errors: `UnknownReference`, `InvalidKernel`, `Released`; `JointTooLarge` of an entangled group. O(children · log n).
 *
 * @category growing
 */
export const expand =
  (name: string, key: string, shares: Shares) =>
  <S extends Store | AsyncStore>(
    manager: Manager<S>,
  ): IOEither<Released | InvalidKernel | Change, ReadonlyArray<string>> =>
  () => {
    const self = working(manager)
    const parent = branchAt(self, name, key)
    if (parent._tag === 'Left') return parent
    const made = branched(
      self,
      name,
      parent.right.reference,
      shares.map(([label, share]) => [`${key}/${label}`, share] as const),
    )
    if (made._tag === 'Left') return made
    const next = Ensemble.expand(name, key, made.right)(self.world)
    if (next._tag === 'Left') {
      abandon(made.right)
      return next
    }
    advance(self, next.right, true)
    return E.right(keysOf(made.right))
  }

/**
 * A child for `grow`: its share of the parent's weight, the state that it holds (read from the parent's family, or wholly in memory), and
 * the likelihood of that.
 */
export type Child = readonly [label: string, share: Weight.Weight, state: State, likelihood: number]

/** Whatever an operation of a manager can fail with. */
export type ManagerFailure = Released | InvalidWeight | InvalidKernel | Change

/**
 * `expand`, with the children's states written and their scores observed, as one operation. A child of likelihood 0 is dropped; answers
 * the keys of the others.
 *
 * Errors: those of `expand` and `observe`.
 *
 * @category growing
 */
export const grow =
  (name: string, key: string, children: ReadonlyArray<Child>) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<ManagerFailure, ReadonlyArray<string>> =>
  () => {
    const self = working(manager)
    const parent = branchAt(self, name, key)
    if (parent._tag === 'Left') return parent
    const scored = E.traverseArray(([, , , score]: Child) => Weight.fromNumber(score))(children)
    if (scored._tag === 'Left') return scored
    const shares = children.map(([label, share]) => [`${key}/${label}`, share] as const)
    const made = branched(self, name, parent.right.reference, shares)
    if (made._tag === 'Left') return made
    const byKey = new Map<string, { readonly state: State; readonly i: number }>(
      children.map(([label, , state], i) => [`${key}/${label}`, { state, i }] as const),
    )
    let next: E.Either<InvalidKernel | Change, World<S>> = Ensemble.expand(name, key, made.right)(self.world)
    for (const [child] of made.right)
      if (next._tag === 'Right')
        next = Ensemble.reweight(name, child, scored.right[byKey.get(child)!.i]!)(next.right)
    if (next._tag === 'Left') {
      abandon(made.right)
      return next
    }
    const isKept = ([child]: Measure.Branch<Held<S>>): boolean =>
      !Weight.isZero(scored.right[byKey.get(child)!.i]!)
    // What scored nothing was never in the world.
    abandon(made.right.filter((branch) => !isKept(branch)))
    const kept = made.right.filter(isKept)
    for (const [child, { reference }] of kept) StateReference.write(byKey.get(child)!.state)(reference)()
    advance(self, next.right, true)
    return E.right(keysOf(kept))
  }
