/** Several measures at once: the same as one joint over all of them. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Value } from '../../src/data/Value.js'
import type * as Ensemble from '../../src/superposition/Ensemble.js'
import * as Joint from '../../src/superposition/Joint.js'
import * as Measure from '../../src/superposition/Measure.js'
import * as Superposition from '../../src/superposition/Superposition.js'
import * as Weight from '../../src/superposition/Weight.js'
import * as Hamt from '../../src/trie/Hamt.js'
import { holds, type IsEq, isEq, law, type Suite, suite } from '../Law.js'
import { positive, right, shares, weight } from './fractions.js'

/** What the laws ask of an implementation. */
export type Ensembles = typeof Ensemble

type World = Ensemble.Ensemble<string>

const groups = ['a', 'b', 'c'] as const
const name = fc.constantFrom(...groups)
const key = fc.constantFrom('0', '1', '2')

/** One update, on the ensemble and on a joint of all groups. */
interface Step {
  readonly name: string
  readonly about: ReadonlyArray<string>
  readonly real: (subject: Ensembles, world: World) => E.Either<unknown, World>
  readonly model: (joint: Joint.Joint) => E.Either<unknown, Joint.Joint>
}

/** The outcomes of a group as the model has them now. */
const outcomesOf = (joint: Joint.Joint, group: string): ReadonlyArray<string> =>
  right(Joint.marginal(group)(joint)).outcomes.map(([outcome]) => outcome)

const reweights = fc.tuple(name, key, shares).map(
  ([group, at, by]): Step => ({
    name: `reweight ${group} ${at}`,
    about: [group],
    real: (subject, world) => subject.reweight(group, at, by)(world),
    model: (joint) =>
      outcomesOf(joint, group).includes(at)
        ? Joint.reweight([group], ([outcome]) => (outcome === at ? by : Weight.one))(joint)
        : E.left('unknown'),
  }),
)

const conditions = fc.tuple(name, fc.subarray(['0', '1', '2'], { minLength: 1 })).map(
  ([group, some]): Step => ({
    name: `condition ${group} on ${some.join()}`,
    about: [group],
    real: (subject, world) => subject.condition(group, (at: string, _: string) => some.includes(at))(world),
    model: Joint.condition([group], ([outcome]) => some.includes(outcome!)),
  }),
)

const couplings = fc
  .tuple(fc.subarray([...groups], { minLength: 1 }), fc.nat(2))
  .map(([some, kind]): Step => {
    const potential = (outcomes: ReadonlyArray<string>): Weight.Weight => {
      const same = outcomes.every((outcome) => outcome[0] === outcomes[0]![0])
      return same === (kind === 0) ? Weight.one : kind === 2 ? weight(1n, 3n) : Weight.zero
    }
    return {
      name: `couple ${some.join()}`,
      about: some,
      real: (subject, world) => subject.couple(some, potential)(world),
      model: Joint.couple(some, potential),
    }
  })

const decoherences = fc
  .tuple(fc.subarray([...groups], { minLength: 1 }), fc.constantFrom(weight(1n, 3n), Weight.one))
  .map(
    ([some, lambda]): Step => ({
      name: `decohere ${some.join()}`,
      about: some,
      real: (subject, world) => subject.decohere(lambda, some)(world),
      model: Joint.decohere(lambda, some),
    }),
  )

const expansions = fc
  .tuple(name, key, fc.array(positive, { minLength: 1, maxLength: 3 }))
  .map(([group, at, parts]): Step => {
    const total = Weight.sum(parts)
    const children = parts.map((w, i) => [`${at}/${i}`, right(Weight.divide(total)(w))] as const)
    return {
      name: `expand ${group} ${at}`,
      about: [group],
      real: (subject, world) =>
        subject.expand(
          group,
          at,
          children.map(([child, share]): Measure.Branch<string> => [child, child, share]),
        )(world),
      model: Joint.expand(group, at, children),
    }
  })

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: reweights },
    { weight: 1, arbitrary: conditions },
    { weight: 3, arbitrary: couplings },
    { weight: 1, arbitrary: decoherences },
    { weight: 1, arbitrary: expansions },
  ),
  { maxLength: 6 },
)

const start = fc.array(fc.array(positive, { minLength: 2, maxLength: 3 }), { minLength: 3, maxLength: 3 })

const begun = (subject: Ensembles, weights: ReadonlyArray<ReadonlyArray<Weight.Weight>>) => {
  let world: World = subject.empty<string>()
  let joint = right(Joint.of([]))
  for (const [i, group] of groups.entries()) {
    const entries = weights[i]!.map((w, n) => [String(n), `value ${n}` as string, w] as const)
    const measure = right(Measure.fromEntries(entries))
    world = right(subject.insert(group, measure)(world))
    joint = right(Joint.insert(group, Measure.toSuperposition(measure))(joint))
  }
  return { world, joint }
}

/** What a script leaves, of which the steps that fail leave nothing. */
const played = (
  subject: Ensembles,
  weights: ReadonlyArray<ReadonlyArray<Weight.Weight>>,
  script: ReadonlyArray<Step>,
): World =>
  script.reduce((world, step) => {
    const next = step.real(subject, world)
    return E.isRight(next) ? next.right : world
  }, begun(subject, weights).world)

const lawOf = (measure: Measure.Measure<string>): ReadonlyArray<string> =>
  Superposition.normalise(Measure.toSuperposition(measure)).outcomes.map(
    ([at, w]) => `${at} ${Weight.show(w)}`,
  )

const agree = (subject: Ensembles, world: World, joint: Joint.Joint): ReadonlyArray<IsEq> => [
  ...groups.map((group) =>
    isEq(
      lawOf(right(subject.measure(group)(world))),
      right(Joint.marginal(group)(joint)).outcomes.map(([at, w]) => `${at} ${Weight.show(w)}`),
    ),
  ),
  isEq(
    [...right(subject.together([...groups])(world)).outcomes].map(
      ([o, w]) => `${o.join(' ')} ${Weight.show(w)}`,
    ),
    [...right(Joint.together([...groups])(joint)).outcomes].map(
      ([o, w]) => `${o.join(' ')} ${Weight.show(w)}`,
    ),
  ),
  ...(
    [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
    ] as const
  ).map(([x, y]) => isEq(subject.isEntangled(x, y)(world), Joint.isEntangled(x, y)(joint))),
  isEq(subject.components(world), Joint.components(joint)),
]

const same = (value: string): Value => value
const text = (encoded: Value): E.Either<'no text', string> =>
  typeof encoded === 'string' ? E.right(encoded) : E.left('no text')

export const ensembleLaws = (named: string, subject: Ensembles): Suite =>
  suite(`ensemble ${named}`, [
    law('an ensemble is one joint of all its groups', [start, steps], (weights, all) => {
      let { world, joint } = begun(subject, weights)
      const verdicts: Array<IsEq> = []
      for (const step of all) {
        const [real, model] = [step.real(subject, world), step.model(joint)]
        verdicts.push(isEq(`${step.name} ${real._tag}`, `${step.name} ${model._tag}`))
        if (E.isRight(real) && E.isRight(model)) [world, joint] = [real.right, model.right]
        verdicts.push(...agree(subject, world, joint))
      }
      return verdicts
    }),
    law('groups that are not entangled are not touched', [start, steps], (weights, all) => {
      let { world } = begun(subject, weights)
      const verdicts: Array<IsEq> = []
      for (const step of all) {
        const near = subject
          .components(world)
          .filter((part) => part.some((group) => step.about.includes(group)))
        const real = step.real(subject, world)
        if (E.isLeft(real)) continue
        for (const group of groups) {
          if (near.flat().includes(group)) continue
          const same = right(subject.measure(group)(world)) === right(subject.measure(group)(real.right))
          verdicts.push(holds(same, `${group} was touched by ${step.name}`))
        }
        world = real.right
      }
      return verdicts
    }),
    law(
      'what is encoded decodes to the same; what its joint denies is refused',
      [start, steps],
      (weights, all) => {
        const world = played(subject, weights, all)
        const encoded = subject.encode(same)(world)
        const again = subject.decode(text)(encoded)
        if (E.isLeft(again)) return holds(false, 'refused its own')
        // A group that is tied to another loses a branch behind the joint's back.
        const [name] = Joint.groups(world.joint)
        const group = name === undefined ? undefined : Hamt.get(world.groups, name)
        const less =
          group === undefined
            ? E.left(null)
            : Measure.condition((at, _: string) => at !== Measure.mode(group))(group)
        const torn = E.isRight(less) ? { ...world, groups: replaced(world, name!, less.right) } : null
        return [
          isEq(subject.encode(same)(again.right), encoded),
          isEq(subject.components(again.right), subject.components(world)),
          holds(
            torn === null || E.isLeft(subject.decode(text)(subject.encode(same)(torn))),
            'took what cannot be',
          ),
        ]
      },
    ),
    law(
      'values stay with their keys, and what is pruned is what it weighed',
      [start, steps],
      (weights, all) => {
        const world = played(subject, weights, all)
        const values = groups.flatMap((group) =>
          Measure.branches(right(subject.measure(group)(world))).map(([at, value]) =>
            at.includes('/') ? value === at : value === `value ${at}`,
          ),
        )
        const before = right(subject.measure('a')(world))
        const pruned = subject.prune('a', weight(1n, 3n))(world)
        if (E.isLeft(pruned)) return holds(values.every(Boolean), 'a value moved')
        const kept = Measure.branches(right(subject.measure('a')(pruned.right.ensemble))).map(([at]) => at)
        const lost = Measure.branches(before).filter(([at]) => !kept.includes(at))
        const share = right(Weight.divide(Measure.mass(before))(Weight.sum(lost.map(([, , w]) => w))))
        return [
          holds(values.every(Boolean), 'a value moved'),
          isEq(Weight.show(pruned.right.dropped), Weight.show(share)),
        ]
      },
    ),
  ])

const alone =
  (ensemble: Ensembles): Ensembles['reweight'] =>
  (group, at, by) =>
  (world) => {
    const measure = ensemble.measure(group)(world)
    if (E.isLeft(measure)) return measure
    const next = Measure.reweight(at, by)(measure.right)
    return E.isLeft(next) ? next : E.right({ ...world, groups: replaced(world, group, next.right) })
  }

const replaced = <A>(world: Ensemble.Ensemble<A>, group: string, measure: Measure.Measure<A>) =>
  Hamt.set(world.groups, group, measure)

/** Broken ensembles, each of which some law rejects. */
export const brokenEnsembles = (ensemble: Ensembles): Readonly<Record<string, Ensembles>> => ({
  'updates one of the entangled only': { ...ensemble, reweight: alone(ensemble) },
  'forgets what it coupled': {
    ...ensemble,
    couple: (names, potential) => (world) =>
      E.map((next: typeof world) => ({ ...next, joint: world.joint }))(
        ensemble.couple(names, potential)(world),
      ),
  },
  'never lets a group go': {
    ...ensemble,
    components: (world) => (ensemble.components(world).length === 1 ? [] : [[...ensemble.names(world)]]),
  },
  'couples what it was not told to': {
    ...ensemble,
    condition: (group, event) => (world) =>
      E.map((next: typeof world) => {
        const c = Hamt.get(next.groups, 'c')!
        return { ...next, groups: Hamt.set(next.groups, 'c', { ...c }) }
      })(ensemble.condition(group, event)(world)),
  },
  'decodes no joint': {
    ...ensemble,
    decode: (value) => (encoded) => {
      const { groups } = encoded as { readonly groups: Value }
      const bare = ensemble.encode(() => null)(ensemble.empty()) as { readonly joint: Value }
      return ensemble.decode(value)({ groups, joint: bare.joint })
    },
  },
  'calls everything pruned worth nothing': {
    ...ensemble,
    prune: (group, threshold) => (world) =>
      E.map((pruned: { readonly ensemble: typeof world; readonly dropped: Weight.Weight }) => ({
        ...pruned,
        dropped: Weight.zero,
      }))(ensemble.prune(group, threshold)(world)),
  },
})
