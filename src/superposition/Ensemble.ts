/**
 * An `Ensemble<A>` is several named measures at once, some of them entangled: everything that a search believes, as one value.
 *
 * Groups that have nothing to do with one another are measures of their own, and an update of one costs what it costs there.
 * Groups that were coupled are in a joint besides; an update of one is an update of all that it is entangled with, and each measure is
 * then the marginal of its group. A group that nothing entangles any more leaves the joint. Persistent: undo is keeping the old one.
 *
 * Laws (`coppice/laws`, `ensembleLaws`): everything agrees with one joint over all groups; groups that are not entangled are not touched.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Ensemble, Measure, Weight } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const coin = Measure.fromEntries([['heads', 1, Weight.one], ['tails', 0, Weight.one]])
 * const result = pipe(
 *   coin,
 *   E.chainW((c) => pipe(Ensemble.empty<number>(), Ensemble.insert('a', c), E.chainW(Ensemble.insert('b', c)))),
 *   E.chainW(Ensemble.couple(['a', 'b'], ([x, y]) => (x === y ? Weight.one : Weight.zero))),
 *   E.chainW(Ensemble.condition('a', (key) => key === 'tails')),
 *   E.chainW(Ensemble.measure('b')),
 *   E.map(Measure.mode),
 * )
 * assert.deepStrictEqual(result, E.right('tails'))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import * as S from 'fp-ts/lib/string.js'
import {
  type EmptySupport,
  type InvalidCoupling,
  type InvalidKernel,
  type InvalidValue,
  type InvalidWeight,
  invalidCoupling,
  invalidValue,
  type JointTooLarge,
  type UnknownReference,
  unknownReference,
  type ZeroEvidence,
  zeroEvidence,
} from '../data/Failure.js'
import type { Value } from '../data/Value.js'
import * as Hamt from '../trie/Hamt.js'
import * as Joint from './Joint.js'
import * as Measure from './Measure.js'
import * as Superposition from './Superposition.js'
import { one, type Weight, zero } from './Weight.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** INV1: `joint` holds the groups that are entangled with another, and their measures are its marginals. @category model */
export interface Ensemble<A> {
  readonly _tag: 'Ensemble'
  readonly groups: Hamt.Hamt<Measure.Measure<A>>
  readonly joint: Joint.Joint
}

type Updated<A> = E.Either<UnknownReference | ZeroEvidence | JointTooLarge | InvalidCoupling, Ensemble<A>>

const wrap = <A>(groups: Ensemble<A>['groups'], joint: Joint.Joint): Ensemble<A> => ({
  _tag: 'Ensemble',
  groups,
  joint,
})

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** No groups. Of entangled ones a component has at most `limit` outcomes. @category constructors */
export const empty = <A>(options: Joint.Options = {}): Ensemble<A> => {
  // Of no groups there is none that could be refused.
  const joint = Joint.of([], options)
  return wrap(Hamt.empty(), joint._tag === 'Right' ? joint.right : (undefined as never))
}

/** One more group, independent of all others. Errors: `InvalidCoupling` if its name is taken. O(1). @category constructors */
export const insert =
  <A>(name: string, measure: Measure.Measure<A>) =>
  (ensemble: Ensemble<A>): E.Either<InvalidCoupling, Ensemble<A>> =>
    Hamt.has(ensemble.groups, name)
      ? E.left(invalidCoupling(name, 'another group has this name'))
      : E.right(wrap(Hamt.set(ensemble.groups, name, measure), ensemble.joint))

/** Without a group; what was entangled with it keeps its marginals. Errors: `UnknownReference`. @category constructors */
export const forget =
  (name: string) =>
  <A>(ensemble: Ensemble<A>): E.Either<UnknownReference, Ensemble<A>> => {
    if (!Hamt.has(ensemble.groups, name)) return E.left(unknownReference(name))
    const groups = Hamt.remove(ensemble.groups, name)
    if (!Hamt.has(ensemble.joint.parts, name)) return E.right(wrap(groups, ensemble.joint))
    return E.map((joint: Joint.Joint) => released(wrap(groups, joint)))(Joint.forget(name)(ensemble.joint))
  }

// -------------------------------------------------------------------------------------
// what it says
// -------------------------------------------------------------------------------------

/** The names of the groups, in order. @category destructors */
export const names = <A>(ensemble: Ensemble<A>): ReadonlyArray<string> =>
  [...Hamt.keys(ensemble.groups)].sort()

/** The measure of a group. Errors: `UnknownReference`. O(1). @category destructors */
export const measure =
  (name: string) =>
  <A>(ensemble: Ensemble<A>): E.Either<UnknownReference, Measure.Measure<A>> => {
    const found = Hamt.get(ensemble.groups, name)
    return found === undefined ? E.left(unknownReference(name)) : E.right(found)
  }

/** The groups that are entangled with one another, each of the others alone; in the order of their first names. @category destructors */
export const components = <A>(ensemble: Ensemble<A>): ReadonlyArray<ReadonlyArray<string>> => {
  const alone = names(ensemble).filter((name) => !Hamt.has(ensemble.joint.parts, name))
  const all = [...Joint.components(ensemble.joint), ...alone.map((name) => [name])]
  return all.sort(([a], [b]) => (a! < b! ? -1 : 1))
}

/** Whether two groups are not independent, exactly. Errors: `UnknownReference`, `InvalidCoupling` of a group with itself. @category destructors */
export const isEntangled =
  (a: string, b: string) =>
  <A>(ensemble: Ensemble<A>): E.Either<UnknownReference | InvalidCoupling, boolean> => {
    for (const name of [a, b]) if (!Hamt.has(ensemble.groups, name)) return E.left(unknownReference(name))
    if (a === b) return E.left(invalidCoupling(a, 'with itself'))
    const { parts } = ensemble.joint
    return Hamt.has(parts, a) && Hamt.has(parts, b) ? Joint.isEntangled(a, b)(ensemble.joint) : E.right(false)
  }

// -------------------------------------------------------------------------------------
// the joint and its marginals
// -------------------------------------------------------------------------------------

/** The joint with these groups in it. */
const joined = <A>(
  ensemble: Ensemble<A>,
  names: ReadonlyArray<string>,
): E.Either<UnknownReference | InvalidCoupling | JointTooLarge, Joint.Joint> => {
  let { joint } = ensemble
  for (const name of new Set(names)) {
    const group = Hamt.get(ensemble.groups, name)
    if (group === undefined) return E.left(unknownReference(name))
    if (Hamt.has(joint.parts, name)) continue
    const next = Joint.insert(name, Measure.toSuperposition(group))(joint)
    if (next._tag === 'Left') return next
    joint = next.right
  }
  return E.right(joint)
}

/** Groups that stand alone in the joint leave it. */
const released = <A>(ensemble: Ensemble<A>): Ensemble<A> => {
  let { joint } = ensemble
  for (const [name, ...others] of Joint.components(joint)) {
    if (others.length > 0) continue
    const rest = Joint.forget(name!)(joint)
    if (rest._tag === 'Right') joint = rest.right
  }
  return wrap(ensemble.groups, joint)
}

/** The measures of some groups as the joint now has them, and what stands alone let go of. */
const settled = <A>(
  ensemble: Ensemble<A>,
  joint: Joint.Joint,
  changed: Iterable<string>,
): E.Either<UnknownReference | ZeroEvidence, Ensemble<A>> => {
  let { groups } = ensemble
  for (const name of changed) {
    const law = Joint.marginal(name)(joint)
    if (law._tag === 'Left') return law
    const old = Hamt.get(groups, name)!
    const values = new Map(Measure.branches(old).map(([key, value]) => [key, value] as const))
    const weighed = law.right.outcomes.map(([key, weight]) => [key, values.get(key)!, weight] as const)
    const next = Measure.fromEntries(weighed, { bits: old.bits })
    if (next._tag === 'Left') return E.left(zeroEvidence)
    groups = Hamt.set(groups, name, next.right)
  }
  return E.right(released(wrap(groups, joint)))
}

/** The groups of the components in which these are. */
const near = (joint: Joint.Joint, names: ReadonlyArray<string>): ReadonlySet<string> =>
  new Set(
    Joint.components(joint)
      .filter((part) => part.some((group) => names.includes(group)))
      .flat(),
  )

const through = <A>(
  ensemble: Ensemble<A>,
  names: ReadonlyArray<string>,
  update: (
    joint: Joint.Joint,
  ) => E.Either<UnknownReference | InvalidCoupling | JointTooLarge | ZeroEvidence, Joint.Joint>,
): Updated<A> => {
  const before = joined(ensemble, names)
  if (before._tag === 'Left') return before
  const after = update(before.right)
  return after._tag === 'Left' ? after : settled(ensemble, after.right, near(before.right, names))
}

const isAlone = <A>(ensemble: Ensemble<A>, name: string): boolean => !Hamt.has(ensemble.joint.parts, name)

const replaced = <A>(
  ensemble: Ensemble<A>,
  name: string,
  old: Measure.Measure<A>,
  next: Measure.Measure<A>,
): E.Either<never, Ensemble<A>> =>
  E.right(old === next ? ensemble : wrap(Hamt.set(ensemble.groups, name, next), ensemble.joint))

// -------------------------------------------------------------------------------------
// updates
// -------------------------------------------------------------------------------------

/**
 * One branch times a likelihood. Errors: `UnknownReference`; `ZeroEvidence` if nothing would be left. O(log n), or O(rows) of the joint.
 *
 * @category updates
 */
export const reweight =
  (name: string, key: string, likelihood: Weight) =>
  <A>(ensemble: Ensemble<A>): Updated<A> => {
    const group = Hamt.get(ensemble.groups, name)
    if (group === undefined) return E.left(unknownReference(name))
    if (isAlone(ensemble, name)) {
      const next = Measure.reweight(key, likelihood)(group)
      return next._tag === 'Left' ? next : replaced(ensemble, name, group, next.right)
    }
    return Measure.weight(key)(group)._tag === 'None'
      ? E.left(unknownReference(key))
      : through(
          ensemble,
          [name],
          Joint.reweight([name], ([at]) => (at === key ? likelihood : one)),
        )
  }

/** Collapse of a group on an event; what is entangled with it follows. Errors: `UnknownReference`, `ZeroEvidence`. @category updates */
export const condition =
  <A>(name: string, event: (key: string, value: A) => boolean) =>
  (ensemble: Ensemble<A>): Updated<A> => {
    const group = Hamt.get(ensemble.groups, name)
    if (group === undefined) return E.left(unknownReference(name))
    const next = Measure.condition(event)(group)
    if (next._tag === 'Left') return next
    if (isAlone(ensemble, name)) return replaced(ensemble, name, group, next.right)
    const { entries } = next.right
    return through(
      ensemble,
      [name],
      Joint.condition([name], ([at]) => Hamt.has(entries, at!)),
    )
  }

/** What is left after pruning, and the probability of what was dropped. @category updates */
export interface Pruned<A> {
  readonly ensemble: Ensemble<A>
  readonly dropped: Weight
}

/** Drops the branches of a group whose probability is below a threshold. Errors: `UnknownReference`, `ZeroEvidence`. @category updates */
export const prune =
  (name: string, threshold: Weight) =>
  <A>(
    ensemble: Ensemble<A>,
  ): E.Either<UnknownReference | ZeroEvidence | JointTooLarge | InvalidCoupling, Pruned<A>> => {
    const group = Hamt.get(ensemble.groups, name)
    if (group === undefined) return E.left(unknownReference(name))
    const pruned = Measure.prune(threshold)(group)
    if (pruned._tag === 'Left') return pruned
    const { measure: kept, dropped } = pruned.right
    if (kept === group) return E.right({ ensemble, dropped: zero })
    return E.map((next: Ensemble<A>) => ({ ensemble: next, dropped }))(
      condition<A>(name, (key) => Measure.weight(key)(kept)._tag === 'Some')(ensemble),
    )
  }

/**
 * Replaces a branch by its children, among whom its weight is split exactly; the shares sum to 1.
 *
 * Errors: `UnknownReference`; `InvalidKernel`; `JointTooLarge`. O(children · log n), or O(rows) of the joint.
 *
 * @category updates
 */
export const expand =
  <A>(name: string, key: string, children: ReadonlyArray<Measure.Branch<A>>) =>
  (
    ensemble: Ensemble<A>,
  ): E.Either<
    UnknownReference | InvalidKernel | ZeroEvidence | JointTooLarge | InvalidCoupling,
    Ensemble<A>
  > => {
    const group = Hamt.get(ensemble.groups, name)
    if (group === undefined) return E.left(unknownReference(name))
    const grown = Measure.expand(key, children)(group)
    if (grown._tag === 'Left') return grown
    const next = wrap(Hamt.set(ensemble.groups, name, grown.right), ensemble.joint)
    if (isAlone(ensemble, name)) return E.right(next)
    const joint = Joint.expand(
      name,
      key,
      children.map(([child, , share]) => [child, share] as const),
    )(ensemble.joint)
    return joint._tag === 'Left' ? joint : settled(next, joint.right, [name])
  }

/**
 * Ties groups by a potential over their keys. Errors: `UnknownReference`; `InvalidCoupling` of a group with itself; `JointTooLarge`;
 * `ZeroEvidence`.
 *
 * @category updates
 */
export const couple =
  (names: ReadonlyArray<string>, potential: (keys: Joint.Outcomes) => Weight) =>
  <A>(ensemble: Ensemble<A>): Updated<A> =>
    through(ensemble, names, Joint.couple(names, potential))

/** Evidence on several groups at once. Errors: as `couple`. @category updates */
export const reweightTogether =
  (names: ReadonlyArray<string>, likelihood: (keys: Joint.Outcomes) => Weight) =>
  <A>(ensemble: Ensemble<A>): Updated<A> =>
    through(ensemble, names, Joint.reweight(names, likelihood))

/** Decoherence of groups: see `Joint.decohere`. Errors: as there. @category updates */
export const decohere =
  (lambda: Weight, names: ReadonlyArray<string>) =>
  <A>(
    ensemble: Ensemble<A>,
  ): E.Either<
    InvalidWeight | UnknownReference | ZeroEvidence | JointTooLarge | InvalidCoupling,
    Ensemble<A>
  > => {
    const before = joined(ensemble, names)
    if (before._tag === 'Left') return before
    const after = Joint.decohere(lambda, names)(before.right)
    return after._tag === 'Left' ? after : E.right(released(wrap(ensemble.groups, after.right)))
  }

/** What several groups do together. Errors: `UnknownReference`, `InvalidCoupling`, `JointTooLarge`. @category destructors */
export const together =
  (names: ReadonlyArray<string>) =>
  <A>(ensemble: Ensemble<A>): ReturnType<ReturnType<typeof Joint.together>> => {
    const joint = joined(ensemble, names)
    return joint._tag === 'Left' ? joint : Joint.together(names)(joint.right)
  }

// -------------------------------------------------------------------------------------
// encoding
// -------------------------------------------------------------------------------------

/** The ensemble as a value: the measure of each group, and what ties them. O(branches and rows). @category encoding */
export const encode =
  <A>(value: (a: A) => Value) =>
  (ensemble: Ensemble<A>): Value => ({
    groups: Object.fromEntries(
      names(ensemble).map((name) => [name, Measure.encode(value)(Hamt.get(ensemble.groups, name)!)]),
    ),
    joint: Joint.encode(ensemble.joint),
  })

const sameLaw = Superposition.getEq(S.Ord)

/**
 * Reads what `encode` gives, the values by a decoder of their own.
 *
 * Errors: `InvalidValue` for another form, also where the joint and the groups do not agree; those of `Measure.decode` and `Joint.decode`.
 *
 * @category encoding
 */
export const decode =
  <F, A>(value: (encoded: Value) => E.Either<F, A>) =>
  (
    encoded: Value,
  ): E.Either<F | InvalidValue | InvalidWeight | EmptySupport | JointTooLarge, Ensemble<A>> => {
    const { groups, joint } = Object(encoded) as { readonly groups?: Value; readonly joint?: Value }
    if (typeof groups !== 'object' || groups === null || joint === undefined)
      return E.left(invalidValue([], 'not of an ensemble'))
    const tied = Joint.decode(joint)
    if (tied._tag === 'Left') return tied
    let measures = Hamt.empty<Measure.Measure<A>>()
    for (const [name, one] of Object.entries(groups)) {
      const measure = Measure.decode(value)(one)
      if (measure._tag === 'Left') return measure
      measures = Hamt.set(measures, name, measure.right)
    }
    for (const name of Joint.groups(tied.right)) {
      const group = Hamt.get(measures, name)
      const law = Joint.marginal(name)(tied.right)
      if (group === undefined || law._tag === 'Left')
        return E.left(invalidValue(['joint'], `holds ${JSON.stringify(name)}, which is no group`))
      if (!sameLaw.equals(law.right, Superposition.normalise(Measure.toSuperposition(group))))
        return E.left(invalidValue(['groups', name], 'not what the joint says'))
    }
    return E.right(wrap(measures, tied.right))
  }
