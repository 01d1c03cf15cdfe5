/** What the references of a manager, and the components that they reach, are worth keeping. */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as StateReference from '../../../branch/StateReference.js'
import type { Digest } from '../../../data/Digest.js'
import type { StoreFailed } from '../../../data/Failure.js'
import type { AsyncStore, Store } from '../../../store/Store.js'
import * as Hamt from '../../../trie/Hamt.js'
import type { LoadFailure } from '../../../trie/State.js'
import * as Decay from '../../Decay.js'
import * as Ensemble from '../../Ensemble.js'
import type * as Joint from '../../Joint.js'
import * as Measure from '../../Measure.js'
import * as Retention from '../../Retention.js'
import type { Superposition } from '../../Superposition.js'
import * as Weight from '../../Weight.js'
import {
  type Change,
  type Group,
  type Held,
  type Manager,
  type Working,
  type World,
  working,
} from './world.js'

const shareOf = <S extends Store | AsyncStore>(
  { masses }: Working<S>,
  measure: Group<S> | undefined,
  key: string,
): Weight.Weight => {
  const entry = measure === undefined ? undefined : Hamt.get(measure.entries, key)
  if (entry === undefined) return Weight.zero
  const mass = masses.get(measure!) ?? Measure.mass(measure!)
  masses.set(measure!, mass)
  const share = Weight.divide(mass)(entry.weight)
  return E.isRight(share) ? share.right : Weight.zero
}

/**
 * The probability of a reference, from 0 to 1: of a branch that of its superposition, of a lost one what it had then, decayed; of any
 * other 1. For queues and caches, which need no exact figure. O(log n), and O(n) once after each change for the mass.
 *
 * @category retention
 */
export const probability =
  <S extends Store | AsyncStore>(manager: Manager<S>) =>
  (reference: StateReference.StateReference<S>): number => {
    const self = working(manager)
    const branch = self.held.get(reference)
    if (branch === undefined) return 1
    const { lost, name, key } = branch
    if (lost === null) return Weight.toNumber(shareOf(self, Hamt.get(self.world.groups, name), key))
    const left = Decay.factor(self.tick - lost.tick)(self.decay)
    return Weight.toNumber(Weight.multiply(left)(shareOf(self, lost.measure, key)))
  }

/** What is known of a component's place among superpositions. */
export interface Holding {
  /** The superpositions of which a branch reaches it, in the order of their names. */
  readonly superpositions: ReadonlyArray<string>
  /** The probability that the outcome of all of them reaches it, exactly; 1 if a reference outside of them does. */
  readonly weight: Weight.Weight
  /** The tick of the last operation on a branch that reaches it. */
  readonly touched: number
}

/** What groups that are entangled with one another, or one that stands alone, reach by each of their outcomes. */
const reaching = <S extends Store | AsyncStore, H>(
  world: World<S>,
  names: ReadonlyArray<string>,
  reaches: (branch: Held<S>) => Iterable<H>,
): E.Either<Change, Retention.Group<H>> => {
  const groups = names.map((name) => Hamt.get(world.groups, name)!)
  const [group, ...others] = groups
  if (others.length === 0)
    return E.right(
      [...Hamt.values(group!.entries)].map(({ value, weight }) => ({
        weight,
        touched: value.touched,
        reaches: reaches(value),
      })),
    )
  return E.map((law: Superposition<Joint.Outcomes>) =>
    law.outcomes.map(([outcome, weight]) => {
      const branches = outcome.map((key, i) => Hamt.get(groups[i]!.entries, key)!.value)
      const touched = Math.max(...branches.map((branch) => branch.touched))
      return { weight, touched, reaches: branches.flatMap((branch) => [...reaches(branch)]) }
    }),
  )(Ensemble.together(names)(world))
}

/**
 * The probability that the outcome of all superpositions reaches each component, exactly, by what is said to be reached by each branch; see
 * `Retention.inclusion`. O(branches, and outcomes of what is entangled).
 *
 * @category retention
 */
export const inclusion =
  <S extends Store | AsyncStore, H>(reaches: (reference: StateReference.StateReference<S>) => Iterable<H>) =>
  (manager: Manager<S>): IO<ReadonlyMap<H, Weight.Weight>> =>
  () => {
    const { world } = working(manager)
    const groups = Ensemble.components(world).map((names) =>
      reaching(world, names, ({ reference }) => reaches(reference)),
    )
    // What is entangled is within the limit already, so none is left out.
    return Retention.inclusion(groups.flatMap((group) => (E.isRight(group) ? [group.right] : [])))
  }

/**
 * The weight of a component and the superpositions that hold it. Loads what is not in memory.
 *
 * Errors: those of loading; `JointTooLarge` for groups that are entangled beyond what the manager allows. O(nodes of all branches).
 *
 * @category retention
 */
export const holding =
  (digest: Digest) =>
  <S extends Store>(manager: Manager<S>): IOEither<LoadFailure | StoreFailed | Change, Holding> =>
  () => {
    const self = working(manager)
    const holders = StateReference.holders(digest)(self.components)()
    if (holders._tag === 'Left') return holders
    const reached = new Set<Held<S>>()
    let touched = 0
    let outside = false
    for (const reference of holders.right) {
      const branch = self.held.get(reference)
      outside ||= branch === undefined
      if (branch === undefined || branch.lost !== null) continue
      reached.add(branch)
      touched = Math.max(touched, branch.touched)
    }
    const superpositions = [...new Set([...reached].map(({ name }) => name))].sort()
    const groups: Array<Retention.Group<true>> = []
    for (const names of Ensemble.components(self.world)) {
      if (!names.some((name) => superpositions.includes(name))) continue
      const group = reaching(self.world, names, (branch) => (reached.has(branch) ? [true as const] : []))
      if (group._tag === 'Left') return group
      groups.push(group.right)
    }
    const weight = outside ? Weight.one : (Retention.inclusion(groups).get(true) ?? Weight.zero)
    return E.right({ superpositions, weight, touched })
  }
