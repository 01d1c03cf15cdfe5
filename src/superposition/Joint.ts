/**
 * A `Joint` is a finite measure over the outcomes of several groups: what entanglement is.
 *
 * A group is a named superposition; its outcomes are names, too (branches by lineage path). Groups that have nothing to do with
 * one another are stored apart, as components whose product the joint is; `couple` and what else takes several groups merges their components,
 * and after every operation a component is split into the finest parts whose product it is, exactly. So the storage tells:
 * groups of different components are independent, all together and not only in pairs (C = A xor B is one component).
 *
 * A component has at most `limit` outcomes (10,000 unless told otherwise); a merge beyond that is refused. All answers are exact
 * probabilities; the weights inside are proportions, so a joint has no mass of its own.
 *
 * Laws (`coppice/laws`, `jointLaws`): everything agrees with one table over all groups; `condition` is as in `Superposition`; no
 * signalling: a collapse that nobody reads leaves the marginals of the others alone; `isEntangled` if and only if the joint of two is not
 * the product of their marginals; `decohere` keeps marginals, never lowers entropy (within its stated error), and
 * `D_μ ∘ D_λ = D_{1−(1−λ)(1−μ)}`; components factorise exactly; what is encoded decodes to the same.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Joint, Superposition, Weight } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const coin = Superposition.uniform(['heads', 'tails'])
 * const same = ([a, b]: ReadonlyArray<string>) => (a === b ? Weight.one : Weight.zero)
 * const seen = pipe(
 *   coin,
 *   E.chainW((c) => Joint.of([['alice', c], ['bob', c], ['carol', c]])),
 *   E.chainW(Joint.couple(['alice', 'bob'], same)),
 *   E.chainW(Joint.condition(['alice'], ([a]) => a === 'tails')),
 *   E.chainW(Joint.marginal('bob')),
 *   E.map(Superposition.probability((b) => b === 'tails')),
 *   E.map(Weight.show),
 * )
 * assert.deepStrictEqual(seen, E.right('1'))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Eq as EqOf } from 'fp-ts/lib/Eq.js'
import * as S from 'fp-ts/lib/string.js'
import {
  type InvalidCoupling,
  type InvalidKernel,
  type InvalidValue,
  type InvalidWeight,
  invalidCoupling,
  invalidKernel,
  invalidValue,
  invalidWeight,
  type JointTooLarge,
  jointTooLarge,
  type Path,
  type UnknownReference,
  unknownReference,
  type ZeroEvidence,
  zeroEvidence,
} from '../data/Failure.js'
import type { Value } from '../data/Value.js'
import * as Hamt from '../trie/Hamt.js'
import * as Chance from './Chance.js'
import * as component from './internal/component.js'
import { drawing } from './internal/draw.js'
import * as rational from './internal/rational.js'
import { collect, type Superposition } from './Superposition.js'
import { decode as decodeWeight, encode as encodeWeight, show, type Weight } from './Weight.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

type Component = component.Component

/** @category model */
export interface Joint {
  readonly _tag: 'Joint'
  /** The most outcomes that a component may have. */
  readonly limit: number
  /** The component of each group. */
  readonly parts: Hamt.Hamt<Component>
}

/** @category model */
export interface Options {
  /** The most outcomes that a component may have; by default 10,000. */
  readonly limit?: number
}

/** Outcomes of several groups, in the order in which the groups were given. @category model */
export type Outcomes = ReadonlyArray<string>

const DEFAULT_LIMIT = 10_000

const wrap = (limit: number, parts: Hamt.Hamt<Component>): Joint => ({ _tag: 'Joint', limit, parts })

const withParts = (joint: Joint, found: ReadonlyArray<Component>): Joint =>
  wrap(
    joint.limit,
    Hamt.withMutations<Component>((draft) => {
      for (const part of found) for (const group of part.groups) draft.set(group, part)
    })(joint.parts),
  )

/** The distinct components, in the order of their first groups. */
const componentsOf = (joint: Joint): ReadonlyArray<Component> =>
  [...new Set(Hamt.values(joint.parts))].sort((x, y) => S.Ord.compare(x.groups[0]!, y.groups[0]!))

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

const single = (group: string, of: Superposition<string>): Component => ({
  groups: [group],
  rows: collect(S.Ord)(of).outcomes.map(([outcome, weight]) => ({ outcome: [outcome], weight })),
})

/**
 * A joint of independent groups.
 *
 * Errors: `InvalidCoupling` if two have one name; `JointTooLarge` if one has more outcomes than a component may have.
 *
 * @category constructors
 */
export const of = (
  groups: Iterable<readonly [string, Superposition<string>]>,
  options: Options = {},
): E.Either<InvalidCoupling | JointTooLarge, Joint> => {
  let joint = wrap(options.limit ?? DEFAULT_LIMIT, Hamt.empty())
  for (const [group, outcomes] of groups) {
    const next = insert(group, outcomes)(joint)
    if (next._tag === 'Left') return next
    joint = next.right
  }
  return E.right(joint)
}

/** One more group, independent of all others. Errors: as `of`. @category constructors */
export const insert =
  (group: string, outcomes: Superposition<string>) =>
  (joint: Joint): E.Either<InvalidCoupling | JointTooLarge, Joint> => {
    if (Hamt.has(joint.parts, group)) return E.left(invalidCoupling(group, 'another group has this name'))
    const part = single(group, outcomes)
    return part.rows.length > joint.limit
      ? E.left(jointTooLarge(part.rows.length, joint.limit))
      : E.right(withParts(joint, [part]))
  }

/** The joint of all groups but one. Errors: `UnknownReference`. @category constructors */
export const forget =
  (group: string) =>
  (joint: Joint): E.Either<UnknownReference, Joint> => {
    const part = Hamt.get(joint.parts, group)
    if (part === undefined) return E.left(unknownReference(group))
    const rest = part.groups.filter((other) => other !== group)
    const left = wrap(joint.limit, Hamt.remove(joint.parts, group))
    return E.right(
      rest.length === 0 ? left : withParts(left, component.factors(component.marginal(part, rest))),
    )
  }

// -------------------------------------------------------------------------------------
// merging
// -------------------------------------------------------------------------------------

type Unknown = UnknownReference | InvalidCoupling

/** The components of some groups, which must be there, be distinct, and be at least so many. */
const partsOf = (
  joint: Joint,
  groups: ReadonlyArray<string>,
  least: number,
): E.Either<Unknown, ReadonlyArray<Component>> => {
  const found = new Set<Component>()
  for (const [i, group] of groups.entries()) {
    const part = Hamt.get(joint.parts, group)
    if (part === undefined) return E.left(unknownReference(group))
    if (groups.indexOf(group) < i) return E.left(invalidCoupling(group, 'with itself'))
    found.add(part)
  }
  return groups.length < least
    ? E.left(invalidCoupling(groups[0] ?? '', 'with no other'))
    : E.right([...found])
}

const sized = (joint: Joint, parts: ReadonlyArray<Component>): E.Either<JointTooLarge, Component> => {
  const rows = parts.reduce((n, part) => n * part.rows.length, 1)
  return rows > joint.limit ? E.left(jointTooLarge(rows, joint.limit)) : E.right(component.product(parts))
}

/** Each row of the merged component times a factor; then it is split as far as it can be. */
const weighted = (
  joint: Joint,
  groups: ReadonlyArray<string>,
  least: number,
  factor: (outcomes: Outcomes) => Weight,
): E.Either<Unknown | JointTooLarge | ZeroEvidence, Joint> => {
  const parts = partsOf(joint, groups, least)
  if (parts._tag === 'Left') return parts
  const all = sized(joint, parts.right)
  if (all._tag === 'Left') return all
  const places = groups.map((group) => all.right.groups.indexOf(group))
  const rows: Array<component.Row> = []
  for (const { outcome, weight } of all.right.rows) {
    const next = rational.times(weight, factor(places.map((i) => outcome[i]!)))
    if (!rational.isZero(next)) rows.push({ outcome, weight: next })
  }
  if (rows.length === 0) return E.left(zeroEvidence)
  return E.right(withParts(joint, component.factors({ groups: all.right.groups, rows })))
}

/**
 * Ties two or more groups by a potential: each combination of their outcomes is weighted by it, in the order of `groups`.
 *
 * Errors: `UnknownReference`; `InvalidCoupling` of a group with itself or no other; `JointTooLarge` before anything is built;
 * `ZeroEvidence` if no combination is left. O(k² · rows) for the component of k groups that it makes.
 *
 * @category coupling
 */
export const couple =
  (groups: ReadonlyArray<string>, potential: (outcomes: Outcomes) => Weight) =>
  (joint: Joint): E.Either<Unknown | JointTooLarge | ZeroEvidence, Joint> =>
    weighted(joint, groups, 2, potential)

/** `couple`, of one group or more: what a score says of them. Errors: as `couple`. @category evidence */
export const reweight =
  (groups: ReadonlyArray<string>, likelihood: (outcomes: Outcomes) => Weight) =>
  (joint: Joint): E.Either<Unknown | JointTooLarge | ZeroEvidence, Joint> =>
    weighted(joint, groups, 1, likelihood)

/** Collapse on an event of one group or more; what is entangled with them follows. Errors: as `couple`. @category evidence */
export const condition =
  (groups: ReadonlyArray<string>, event: (outcomes: Outcomes) => boolean) =>
  (joint: Joint): E.Either<Unknown | JointTooLarge | ZeroEvidence, Joint> =>
    weighted(joint, groups, 1, (outcomes) => (event(outcomes) ? rational.one : rational.zero))

/**
 * Replaces an outcome of a group by its children, among whom its weight is split exactly, whatever the other groups do; those of
 * weight zero are dropped. The kernel is given as weights that sum to 1. A child may take its parent's name.
 *
 * Errors: `UnknownReference` of the group or its outcome; `InvalidKernel` if the weights do not sum to exactly 1, or a child is there
 * already; `JointTooLarge`. O(rows).
 *
 * @category coupling
 */
export const expand =
  (group: string, outcome: string, children: Iterable<readonly [string, Weight]>) =>
  (joint: Joint): E.Either<UnknownReference | InvalidKernel | JointTooLarge, Joint> => {
    const part = Hamt.get(joint.parts, group)
    if (part === undefined) return E.left(unknownReference(group))
    const place = part.groups.indexOf(group)
    const present = new Set(part.rows.map((row) => row.outcome[place]!))
    if (!present.delete(outcome)) return E.left(unknownReference(outcome))
    const all = [...children].filter(([, share]) => !rational.isZero(share))
    const total = rational.sum(all.map(([, share]) => share))
    if (rational.compare(total, rational.one) !== 0) {
      return E.left(invalidKernel(`its mass is ${show(total)}, not 1`))
    }
    for (const [child] of all) {
      if (present.has(child)) return E.left(invalidKernel(`${JSON.stringify(child)} is there already`))
      present.add(child)
    }
    const split = part.rows.filter((row) => row.outcome[place] === outcome).length
    const rows = part.rows.length + split * (all.length - 1)
    if (rows > joint.limit) return E.left(jointTooLarge(rows, joint.limit))
    // A child tells which its parent was, so what could not be split before can't be now.
    return E.right(withParts(joint, [component.expanded(part, place, outcome, all)]))
  }

/**
 * Decoherence: the joint of the named groups' components, mixed with `lambda` parts of what it would be if each of these groups were
 * independent of all the rest. Name all groups of a joint to go all the way at `lambda` 1.
 *
 * Errors: `InvalidWeight` if lambda is more than 1; `UnknownReference`; `InvalidCoupling`; `JointTooLarge`. O(k² · rows).
 *
 * @category coupling
 */
export const decohere =
  (lambda: Weight, groups: ReadonlyArray<string>) =>
  (joint: Joint): E.Either<InvalidWeight | Unknown | JointTooLarge, Joint> => {
    if (rational.compare(lambda, rational.one) > 0) return E.left(invalidWeight(show(lambda), 'more than 1'))
    const parts = partsOf(joint, groups, 1)
    if (parts._tag === 'Left') return parts
    // A group that stands alone is independent already, whatever becomes of the others.
    const bound = parts.right.filter(({ groups }) => groups.length > 1)
    if (bound.length === 0 || rational.isZero(lambda)) return E.right(joint)
    const rest = bound
      .flatMap((part) => part.groups)
      .filter((group) => !groups.includes(group))
      .sort()
    const before = bound.map(component.normalised)
    const alone = groups.flatMap((group) =>
      before.filter((part) => part.groups.includes(group)).map((part) => component.marginal(part, [group])),
    )
    const others = before
      .map((part) =>
        component.marginal(
          part,
          part.groups.filter((group) => rest.includes(group)),
        ),
      )
      .filter((part) => part.groups.length > 0)
    const apart = sized(joint, [...alone, ...others])
    if (apart._tag === 'Left') return apart
    const together = component.product(before)
    const mixed = component.mixed(lambda, apart.right, together)
    return E.right(withParts(joint, component.factors(component.shortened(mixed))))
  }

// -------------------------------------------------------------------------------------
// what it says
// -------------------------------------------------------------------------------------

/** The names of the groups, in order. @category destructors */
export const groups = (joint: Joint): ReadonlyArray<string> => [...Hamt.keys(joint.parts)].sort()

/** The groups of each component: those of different ones are independent. @category destructors */
export const components = (joint: Joint): ReadonlyArray<ReadonlyArray<string>> =>
  componentsOf(joint).map(({ groups }) => groups)

/** The probabilities of one group's outcomes, exactly. Errors: `UnknownReference`. O(rows). @category destructors */
export const marginal =
  (group: string) =>
  (joint: Joint): E.Either<UnknownReference, Superposition<string>> => {
    const part = Hamt.get(joint.parts, group)
    if (part === undefined) return E.left(unknownReference(group))
    const { rows } = component.normalised(component.marginal(part, [group]))
    return E.right({
      _tag: 'Superposition',
      outcomes: rows.map(({ outcome, weight }) => [outcome[0]!, weight] as const),
    })
  }

/** The law of some groups together, normalised; their places in the order of names. */
const lawOf = (
  joint: Joint,
  groups: ReadonlyArray<string>,
  least: number,
): E.Either<Unknown | JointTooLarge, Component> => {
  const parts = partsOf(joint, groups, least)
  if (parts._tag === 'Left') return parts
  return E.map(component.normalised)(
    sized(
      joint,
      parts.right.map((part) =>
        component.marginal(
          part,
          part.groups.filter((group) => groups.includes(group)),
        ),
      ),
    ),
  )
}

/**
 * The probabilities of what several groups do together, exactly, in the order in which they are named.
 *
 * Errors: `UnknownReference`; `InvalidCoupling` if one is named twice or none is; `JointTooLarge`.
 *
 * @category destructors
 */
export const together =
  (groups: ReadonlyArray<string>) =>
  (joint: Joint): E.Either<Unknown | JointTooLarge, Superposition<Outcomes>> => {
    const law = lawOf(joint, groups, 1)
    if (law._tag === 'Left') return law
    const places = groups.map((group) => law.right.groups.indexOf(group))
    return E.right({
      _tag: 'Superposition',
      outcomes: law.right.rows.map(
        ({ outcome, weight }) => [places.map((i) => outcome[i]!), weight] as const,
      ),
    })
  }

/** The law of two groups, or `null` if they are in different components and so independent. */
const pair = (joint: Joint, a: string, b: string): E.Either<Unknown, Component | null> => {
  const parts = partsOf(joint, [a, b], 2)
  if (parts._tag === 'Left') return parts
  const [part, other] = parts.right
  return E.right(other === undefined ? component.marginal(part!, [a, b].sort()) : null)
}

/**
 * Whether the joint of two groups is not the product of their marginals, exactly.
 *
 * Errors: `UnknownReference`; `InvalidCoupling` of a group with itself. O(rows).
 *
 * @category destructors
 */
export const isEntangled =
  (a: string, b: string) =>
  (joint: Joint): E.Either<Unknown, boolean> =>
    E.map((law: Component | null) => law !== null && !component.splitsAt(law, [0]))(pair(joint, a, b))

/**
 * What one group tells of the other, in bits, within `(1 + n) · 2^-48` for n combinations of outcomes; 0 if they are independent.
 *
 * Errors: `UnknownReference`; `InvalidCoupling` of a group with itself. O(rows).
 *
 * @category destructors
 */
export const mutualInformation =
  (a: string, b: string) =>
  (joint: Joint): E.Either<Unknown, number> =>
    E.map((law: Component | null) => (law === null ? 0 : component.information(law)))(pair(joint, a, b))

/** The entropy of the whole in bits: the sum over components, each within `(1 + n) · (1 + log2 n) · 2^-50`. @category destructors */
export const entropy = (joint: Joint): number =>
  componentsOf(joint).reduce((h, part) => h + component.entropy(part), 0)

/** One outcome for each group, drawn exactly; the joint and the seed decide. O(rows). @category destructors */
export const sample =
  (seed: string) =>
  (joint: Joint): ReadonlyMap<string, string> => {
    const chance = Chance.make(seed)
    return new Map(
      componentsOf(joint).flatMap(({ groups, rows }) => {
        const { outcome } = rows[drawing(rows.map(({ weight }) => weight))(chance)]!
        return groups.map((group, i) => [group, outcome[i]!] as const)
      }),
    )
  }

// -------------------------------------------------------------------------------------
// size
// -------------------------------------------------------------------------------------

/**
 * Rounds every weight to `bits` significant digits: each is then within a factor of `1 ± error` of what it was. Likelihoods make the
 * weights of a joint longer with each that is multiplied in, and nothing here rounds them unasked. O(k² · rows).
 *
 * @category size
 */
export const rescale =
  (bits: number) =>
  (joint: Joint): { readonly joint: Joint; readonly error: Weight } => {
    const digits = Math.max(1, Math.trunc(bits) || 1)
    const parts = componentsOf(joint)
    const next = parts.map((part) => component.roundedTo(part, digits))
    const exact = next.every((part, i) =>
      part.rows.every(({ weight }, j) => rational.compare(weight, parts[i]!.rows[j]!.weight) === 0),
    )
    return exact
      ? { joint, error: rational.zero }
      : {
          joint: withParts(joint, next.flatMap(component.factors)),
          error: rational.make(1n, BigInt(-digits), 1n),
        }
  }

// -------------------------------------------------------------------------------------
// encoding
// -------------------------------------------------------------------------------------

/**
 * The joint as a value: its limit, and each component as `[groups, rows]` with rows of `[outcomes, weight]`, the weights as the least
 * integers in their proportion. Equal joints of equal limits have equal encodings. O(all rows), with a gcd for each.
 *
 * @category encoding
 */
export const encode = (joint: Joint): Value => ({
  limit: joint.limit,
  components: componentsOf(joint).map((part) => [
    part.groups,
    component.inIntegers(part).rows.map(({ outcome, weight }) => [outcome, encodeWeight(weight)]),
  ]),
})

const isTexts = (value: Value | undefined): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((text) => typeof text === 'string')

/**
 * Reads what `encode` gives: what is not in order, or could be split, is put so.
 *
 * Errors: `InvalidValue` for another form, `InvalidWeight`, `JointTooLarge`. O(k² · rows) a component.
 *
 * @category encoding
 */
export const decode = (encoded: Value): E.Either<InvalidValue | InvalidWeight | JointTooLarge, Joint> => {
  const refuse = (path: Path): E.Either<InvalidValue, never> => E.left(invalidValue(path, 'not of a joint'))
  const { limit, components } = Object(encoded) as { readonly limit?: Value; readonly components?: Value }
  if (typeof limit !== 'number' || !Array.isArray(components)) return refuse([])
  let joint = wrap(limit, Hamt.empty())
  for (const [i, part] of (components as ReadonlyArray<Value>).entries()) {
    const [groups, listed] = (Array.isArray(part) ? part : []) as ReadonlyArray<Value | undefined>
    if (!isTexts(groups) || !Array.isArray(listed)) return refuse(['components', i])
    const isNew = new Set(groups).size === groups.length && !groups.some((g) => Hamt.has(joint.parts, g))
    if (!isNew || groups.length === 0 || listed.length === 0) return refuse(['components', i])
    if (listed.length > limit) return E.left(jointTooLarge(listed.length, limit))
    const rows: Array<component.Row> = []
    for (const row of listed as ReadonlyArray<Value>) {
      const [outcome, share] = (Array.isArray(row) ? row : []) as ReadonlyArray<Value | undefined>
      if (!isTexts(outcome) || outcome.length !== groups.length || share === undefined) {
        return refuse(['components', i])
      }
      const weight = decodeWeight(share)
      if (weight._tag === 'Left') return weight
      if (rational.isZero(weight.right)) return refuse(['components', i])
      rows.push({ outcome, weight: weight.right })
    }
    const whole = component.marginal({ groups, rows }, [...groups].sort())
    joint = withParts(joint, component.factors(whole))
  }
  return E.right(joint)
}

// -------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------

/** The same groups with the same probabilities of all combinations. @category instances */
export const Eq: EqOf<Joint> = {
  equals: (x, y) => {
    const [xs, ys] = [componentsOf(x), componentsOf(y)]
    return xs.length === ys.length && xs.every((part, i) => component.equals(part, ys[i]!))
  },
}
