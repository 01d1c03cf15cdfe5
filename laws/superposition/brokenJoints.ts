/** Broken joints, for their laws to reject. */
import * as E from 'fp-ts/lib/Either.js'
import type { Value } from '../../src/data/Value.js'
import * as Joint from '../../src/superposition/Joint.js'
import * as Superposition from '../../src/superposition/Superposition.js'
import * as Weight from '../../src/superposition/Weight.js'
import { right, weight } from './fractions.js'
import type { Joints } from './jointLaws.js'

type J = Joint.Joint
type W = Weight.Weight
type Potential = (outcomes: ReadonlyArray<string>) => W
type Groups = ReadonlyArray<string>

const wrong = (parts: object): Joints => ({ ...Joint, ...parts }) as unknown as Joints

const alone = (joint: J, group: string): J =>
  right(Joint.insert(group, right(Joint.marginal(group)(joint)))(right(Joint.forget(group)(joint))))

/** Takes for independent what is so in pairs. */
const splitInPairs = (joint: J): J =>
  Joint.components(joint)
    .filter((part) => part.every((g) => part.every((h) => g === h || !right(Joint.isEntangled(g, h)(joint)))))
    .flat()
    .reduce(alone, joint)

const weighing = (change: (joint: J, groups: Groups) => J): object => {
  const each =
    (f: (groups: Groups, potential: never) => (joint: J) => E.Either<unknown, J>) =>
    (groups: Groups, potential: never) =>
    (joint: J) =>
      E.map((next: J) => change(next, groups))(f(groups, potential)(joint))
  return { couple: each(Joint.couple), reweight: each(Joint.reweight), condition: each(Joint.condition) }
}

/** @category zoo */
export const joints: Readonly<Record<string, Joints>> = {
  'tests independence in pairs': wrong(weighing(splitInPairs)),
  'never ties anything': wrong(weighing((joint, groups) => groups.reduce(alone, joint))),
  'never splits': wrong({
    components: (joint: J) => [Joint.groups(joint)],
  }),
  'takes one component for entanglement': wrong({
    isEntangled: (a: string, b: string) => (joint: J) =>
      E.map(() => Joint.components(joint).some((part) => part.includes(a) && part.includes(b)))(
        Joint.isEntangled(a, b)(joint),
      ),
  }),
  'measures information in nats': wrong({
    mutualInformation: (a: string, b: string) => (joint: J) =>
      E.map((n: number) => n * Math.LN2)(Joint.mutualInformation(a, b)(joint)),
  }),
  'keeps the losers by half': wrong({
    condition: (groups: Groups, event: (outcomes: Groups) => boolean) =>
      Joint.reweight(groups, (o) => (event(o) ? Weight.one : weight(1n, 2n))),
  }),
  signals: wrong({
    condition: (groups: Groups, event: (outcomes: Groups) => boolean) => (joint: J) =>
      E.chain((next: J) => {
        const other = Joint.groups(next).find((g) => !groups.includes(g))
        return other === undefined
          ? E.right(next)
          : Joint.reweight([other], ([o]) => (o === '0' ? weight(1n, 2n) : Weight.one))(next)
      })(Joint.condition(groups, event)(joint)),
  }),
  'takes probabilities in doubles': wrong({
    marginal: (group: string) => (joint: J) =>
      E.map((x: Superposition.Superposition<string>) => ({
        ...x,
        outcomes: x.outcomes.map(([a, w]) => [a, right(Weight.fromNumber(Weight.toNumber(w)))] as const),
      }))(Joint.marginal(group)(joint)),
  }),
  'decoheres by the square': wrong({
    decohere: (lambda: W, groups: Groups) => Joint.decohere(Weight.multiply(lambda)(lambda), groups),
  }),
  'decoheres the other way': wrong({
    decohere: (lambda: W, groups: Groups) => (joint: J) =>
      E.chainW((l: W) => Joint.decohere(l, groups)(joint))(Weight.subtract(lambda)(Weight.one)),
  }),
  'decoheres to the uniform': wrong({
    decohere: (lambda: W, groups: Groups) => (joint: J) =>
      E.map((next: J) =>
        groups.reduce((all, group) => {
          const { outcomes } = right(Joint.marginal(group)(all))
          const uniform = right(Superposition.uniform(outcomes.map(([a]) => a)))
          return Weight.isZero(lambda)
            ? all
            : right(Joint.insert(group, uniform)(right(Joint.forget(group)(all))))
        }, next),
      )(Joint.decohere(lambda, groups)(joint)),
  }),
  'sums the entropies of the groups': wrong({
    entropy: (joint: J) => Joint.entropy(right(Joint.decohere(Weight.one, Joint.groups(joint))(joint))),
  }),
  'samples each group by itself': wrong({
    sample: (seed: string) => (joint: J) =>
      Joint.sample(seed)(right(Joint.decohere(Weight.one, Joint.groups(joint))(joint))),
  }),
  'keeps the order of insertion': wrong({
    of: (
      groups: Iterable<readonly [string, Superposition.Superposition<string>]>,
      options: Joint.Options,
    ) => {
      const all = [...groups]
      return E.map((joint: J) => ({ ...joint, given: all.map(([g]) => g) }))(Joint.of(all, options))
    },
    groups: (joint: J & { readonly given?: Groups }) => joint.given ?? Joint.groups(joint),
  }),
  'is equal by its marginals': wrong({
    Eq: {
      equals: (x: J, y: J) =>
        Joint.Eq.equals(
          ...([x, y].map((j) => right(Joint.decohere(Weight.one, Joint.groups(j))(j))) as [J, J]),
        ),
    },
  }),
  'writes marginals': wrong({
    encode: (joint: J) => Joint.encode(right(Joint.decohere(Weight.one, Joint.groups(joint))(joint))),
  }),
  'decodes anything': wrong({
    decode: (value: Value) => E.orElse(() => Joint.of([]))(Joint.decode(value)),
  }),
  'is always equal': wrong({ Eq: { equals: () => true } }),
  'expands into the first child': wrong({
    expand: (group: string, outcome: string, children: Iterable<readonly [string, W]>) =>
      Joint.expand(
        group,
        outcome,
        [...children].slice(0, 1).map(([child]) => [child, Weight.one] as const),
      ),
  }),
  'forgets more than it is told': wrong({
    forget: (group: string) => (joint: J) =>
      E.map((rest: J) => Joint.groups(rest).reduce(alone, rest))(Joint.forget(group)(joint)),
  }),
  'rescales to half of the digits': wrong({
    rescale: (bits: number) => (joint: J) => {
      const { joint: short, error } = Joint.rescale(bits >> 1)(joint)
      return { joint: short, error: Weight.isZero(error) ? error : weight(1n, 1n << BigInt(bits)) }
    },
  }),
  'knows no limit': wrong({
    of: (groups: Iterable<readonly [string, Superposition.Superposition<string>]>) =>
      Joint.of(groups, { limit: 1e6 }),
  }),
  'couples a group with itself': wrong({
    couple: (groups: Groups, potential: Potential) => Joint.reweight([...new Set(groups)], potential),
  }),
}
