/** Joints: one table over all groups, stored in parts; entanglement, collapse and decoherence are those of the table. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as Value from '../../src/data/Value.js'
import type * as Joint from '../../src/superposition/Joint.js'
import * as Superposition from '../../src/superposition/Superposition.js'
import * as Weight from '../../src/superposition/Weight.js'
import { fact, holds, type IsEq, isEq, law, type Suite, suite } from '../Law.js'
import { positive, proportions, right, shares, weight } from './fractions.js'
import * as model from './jointModel.js'

/** What the laws ask of an implementation. */
export type Joints = typeof Joint

type J = Joint.Joint
type Groups = ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, Weight.Weight]>]>

const { one, zero } = Weight
const OUTCOMES = ['0', '1', '2', '3'] as const
const names = ['a', 'b', 'c', 'd'] as const

const groupsOf: fc.Arbitrary<Groups> = fc
  .array(fc.array(positive, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 4 })
  .map((all) => all.map((ws, i) => [names[i]!, ws.map((w, j) => [OUTCOMES[j]!, w] as const)] as const))

/** A potential as a table; most are tame, some exclude, and some are parity. */
const potentials: fc.Arbitrary<(outcomes: ReadonlyArray<string>) => Weight.Weight> = fc.oneof(
  fc
    .array(shares, { minLength: 4, maxLength: 4 })
    .map((table) => (o: ReadonlyArray<string>) => table[Number(o.join('')) % 4]!),
  fc
    .array(positive, { minLength: 4, maxLength: 4 })
    .map((table) => (o: ReadonlyArray<string>) => table[Number(o.join('')) % 4]!),
  fc.constant((o: ReadonlyArray<string>) => (o.reduce((n, a) => n + Number(a), 0) % 2 === 0 ? one : zero)),
)

interface Step {
  readonly kind: 'couple' | 'reweight' | 'condition' | 'decohere' | 'expand'
  readonly groups: ReadonlyArray<string>
  readonly potential: (outcomes: ReadonlyArray<string>) => Weight.Weight
  readonly lambda: Weight.Weight
}

const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.record({
    kind: fc.constantFrom('couple', 'couple', 'couple', 'reweight', 'condition', 'decohere', 'expand'),
    groups: fc.shuffledSubarray([...names], { minLength: 1, maxLength: 3 }),
    potential: potentials,
    lambda: proportions,
  }),
  { maxLength: 5 },
)

const event = (step: Step) => (o: ReadonlyArray<string>) => !Weight.isZero(step.potential(o))

/** Two children of the outcome 0, one of which may be there already; now and then their shares do not sum to 1. */
const children = ({ lambda, groups }: Step): ReadonlyArray<readonly [string, Weight.Weight]> => [
  [groups.length === 1 ? '0' : '2', lambda],
  ['3', groups.length === 3 ? one : right(Weight.subtract(lambda)(one))],
]

const coin = right(Superposition.uniform(['0', '1']))
const bits: Groups = ['a', 'b', 'c'].map(
  (g) =>
    [
      g,
      [
        ['0', one],
        ['1', one],
      ],
    ] as const,
)

export const jointLaws = (name: string, subject: Joints): Suite => {
  const of = (groups: Groups): J =>
    right(subject.of(groups.map(([g, outcomes]) => [g, right(Superposition.fromWeights(outcomes))] as const)))
  const act = (joint: J, step: Step): E.Either<{ readonly _tag: string }, J> => {
    switch (step.kind) {
      case 'couple':
        return subject.couple(step.groups, step.potential)(joint)
      case 'reweight':
        return subject.reweight(step.groups, step.potential)(joint)
      case 'condition':
        return subject.condition(step.groups, event(step))(joint)
      case 'decohere':
        return subject.decohere(step.lambda, step.groups)(joint)
      case 'expand':
        return subject.expand(step.groups[0]!, '0', children(step))(joint)
    }
  }
  const expected = (table: model.Table, step: Step): model.Table | null => {
    const named = step.kind === 'expand' ? step.groups.slice(0, 1) : step.groups
    if (named.some((g) => !table.groups.includes(g))) return null
    switch (step.kind) {
      case 'couple':
        return step.groups.length < 2 ? null : model.weighted(table, step.groups, step.potential)
      case 'reweight':
        return model.weighted(table, step.groups, step.potential)
      case 'condition':
        return model.weighted(table, step.groups, (o) => (event(step)(o) ? one : zero))
      case 'decohere':
        return model.decohered(table, step.lambda, step.groups)
      case 'expand':
        return model.expanded(table, step.groups[0]!, '0', children(step))
    }
  }
  const play = (
    groups: Groups,
    script: ReadonlyArray<Step>,
  ): { readonly joint: J; readonly table: model.Table } => {
    let [joint, table] = [of(groups), model.independent(groups)]
    for (const step of script) {
      const [next, then] = [act(joint, step), expected(table, step)]
      if (E.isLeft(next) !== (then === null)) throw new Error(`${step.kind} ${step.groups}: ${next._tag}`)
      if (E.isRight(next)) [joint, table] = [next.right, then!]
    }
    return { joint, table }
  }
  const law1 = (joint: J, groups: ReadonlyArray<string>): ReadonlyArray<string> =>
    right(subject.together(groups)(joint))
      .outcomes.map(([o, w]) => `${o.join(' ')}: ${Weight.show(w)}`)
      .sort()
  const modelLaw = (table: model.Table, groups: ReadonlyArray<string>): ReadonlyArray<string> =>
    [...model.lawOf(table, groups)].map(([o, w]) => `${o}: ${Weight.show(w)}`).sort()
  const marginals = (joint: J): ReadonlyArray<unknown> =>
    subject
      .groups(joint)
      .map((g) => right(subject.marginal(g)(joint)).outcomes.map(([o, w]) => [o, Weight.show(w)]))
  const agrees = (joint: J, table: model.Table): IsEq =>
    isEq(law1(joint, table.groups), modelLaw(table, table.groups))
  const pairsOf = (groups: ReadonlyArray<string>) =>
    groups.flatMap((g, i) => groups.slice(i + 1).map((h) => [g, h] as const))
  const information = (table: model.Table, g: string, h: string): number => {
    const [x, y, both] = [[g], [h], [g, h]].map((some) => model.lawOf(table, some)) as [
      ReadonlyMap<string, Weight.Weight>,
      ReadonlyMap<string, Weight.Weight>,
      ReadonlyMap<string, Weight.Weight>,
    ]
    return [...both].reduce((sum, [key, w]) => {
      const [v, u] = key.split(' ') as [string, string]
      const p = Weight.toNumber(w)
      return sum + p * Math.log2(p / (Weight.toNumber(x.get(v)!) * Weight.toNumber(y.get(u)!)))
    }, 0)
  }
  return suite(name, [
    law('every operation does what it does to one table', [groupsOf, steps], (groups, script) => {
      const { joint, table } = play(groups, script)
      return [
        agrees(joint, table),
        isEq(subject.groups(joint), table.groups),
        ...table.groups.map((g) =>
          isEq(
            right(subject.marginal(g)(joint)).outcomes.map(([o, w]) => `${o}: ${Weight.show(w)}`),
            modelLaw(table, [g]),
          ),
        ),
      ]
    }),
    law(
      'what is stored apart is independent of all else, and nothing that is stays together',
      [groupsOf, steps],
      (groups, script) => {
        const { joint, table } = play(groups, script)
        const parts = subject.components(joint)
        return parts.flatMap((part) => {
          const rest = table.groups.filter((g) => !part.includes(g))
          const proper = Array.from({ length: 2 ** part.length - 2 }, (_, i) =>
            part.filter((__, j) => ((i + 1) >> j) & 1),
          )
          return [
            holds(rest.length === 0 || model.splits(table, part, rest), `${part} is not independent`),
            ...proper.map((some) =>
              holds(
                !model.splits(
                  table,
                  some,
                  part.filter((g) => !some.includes(g)),
                ),
                `${some} could stand apart`,
              ),
            ),
          ]
        })
      },
    ),
    law(
      'two are entangled if and only if their joint is not the product',
      [groupsOf, steps],
      (groups, script) => {
        const { joint, table } = play(groups, script)
        return pairsOf(table.groups).flatMap(([g, h]) => {
          const apart = model.splits(table, [g], [h])
          const told = right(subject.mutualInformation(g, h)(joint))
          return [
            isEq(subject.isEntangled(g, h)(joint), E.right(!apart)),
            isEq(subject.isEntangled(h, g)(joint), E.right(!apart)),
            holds(Math.abs(told - information(table, g, h)) < 2 ** -40, `mutual information ${told}`),
            holds(!apart || told === 0, 'it tells of what is independent'),
          ]
        })
      },
    ),
    fact('the xor of two fair bits: independent in pairs, and not apart', () => {
      const joint = right(
        subject.couple(['a', 'b', 'c'], ([a, b, c]) => (Number(a) ^ Number(b) ^ Number(c) ? zero : one))(
          of(bits),
        ),
      )
      const seen = right(subject.condition(['a'], ([a]) => a === '1')(joint))
      return [
        ...pairsOf(['a', 'b', 'c']).map(([g, h]) => isEq(subject.isEntangled(g, h)(joint), E.right(false))),
        isEq(subject.components(joint), [['a', 'b', 'c']]),
        isEq(subject.Eq.equals(joint, of(bits)), false),
        isEq(subject.components(seen), [['a'], ['b', 'c']]),
        isEq(law1(seen, ['b', 'c']), ['0 1: 1/2', '1 0: 1/2']),
        isEq(right(subject.mutualInformation('b', 'c')(seen)), 1),
      ]
    }),
    law(
      'no signalling: a collapse that nobody reads leaves the marginals of the others alone',
      [groupsOf, steps],
      (groups, script) => {
        const { joint } = play(groups, script)
        const [g, ...others] = subject.groups(joint) as [string, ...ReadonlyArray<string>]
        return others.map((h) => {
          const told = right(subject.marginal(g)(joint)).outcomes.flatMap(([outcome, p]) =>
            right(
              subject.marginal(h)(right(subject.condition([g], ([o]) => o === outcome)(joint))),
            ).outcomes.map(([o, w]) => [o, Weight.multiply(p)(w)] as const),
          )
          const sum = OUTCOMES.map((o) =>
            Weight.show(Weight.sum(told.filter(([x]) => x === o).map(([, w]) => w))),
          )
          const alone = right(subject.marginal(h)(joint)).outcomes
          return isEq(
            sum,
            OUTCOMES.map((o) => Weight.show(alone.find(([x]) => x === o)?.[1] ?? zero)),
          )
        })
      },
    ),
    law(
      'decoherence: marginals stay, entropy never falls, one after the other is once',
      [groupsOf, steps, proportions, proportions, fc.shuffledSubarray([...names], { minLength: 1 })],
      (groups, script, lambda, mu, some) => {
        const { joint } = play(groups, script)
        const named = some.filter((g) => subject.groups(joint).includes(g))
        if (named.length === 0) return isEq(0, 0)
        const off = (l: Weight.Weight) => right(Weight.subtract(l)(one))
        const both = off(Weight.multiply(off(mu))(off(lambda)))
        const once = right(subject.decohere(lambda, named)(joint))
        const whole = right(subject.decohere(one, subject.groups(joint))(joint))
        return [
          isEq(marginals(once), marginals(joint)),
          holds(subject.entropy(once) >= subject.entropy(joint) - 2 ** -36, 'entropy fell'),
          isEq(
            right(subject.decohere(mu, named)(once)),
            right(subject.decohere(both, named)(joint)),
            subject.Eq.equals,
          ),
          isEq(right(subject.decohere(zero, named)(joint)), joint, subject.Eq.equals),
          isEq(subject.components(whole).length, subject.groups(joint).length),
          isEq(E.isLeft(subject.decohere(weight(3n, 2n), named)(joint)), true),
        ]
      },
    ),
    law('entropy is that of the table', [groupsOf, steps], (groups, script) => {
      const { joint, table } = play(groups, script)
      const h = table.rows.map(([, w]) => Weight.toNumber(w)).reduce((sum, p) => sum - p * Math.log2(p), 0)
      return holds(Math.abs(h - subject.entropy(joint)) < 2 ** -40, `${subject.entropy(joint)} for ${h}`)
    }),
    law('the order of groups plays no part', [groupsOf, steps, fc.string()], (groups, script, seed) => {
      let [x, y] = [of(groups), of([...groups].reverse())]
      for (const step of script) {
        x = E.getOrElse(() => x)(act(x, step))
        y = E.getOrElse(() => y)(act(y, step))
      }
      return [
        isEq(x, y, subject.Eq.equals),
        isEq(subject.groups(x), subject.groups(y)),
        isEq([...subject.sample(seed)(x)].sort(), [...subject.sample(seed)(y)].sort()),
      ]
    }),
    law(
      'a sample is possible, and has an outcome for each group',
      [groupsOf, steps, fc.string()],
      (groups, script, seed) => {
        const { joint, table } = play(groups, script)
        const drawn = subject.sample(seed)(joint)
        return isEq(
          model.lawOf(table, table.groups).has(table.groups.map((g) => drawn.get(g)).join(' ')),
          true,
        )
      },
    ),
    law('equality is of all probabilities', [groupsOf, steps, steps], (groups, some, others) => {
      const [x, y] = [play(groups, some), play(groups, others)]
      const g = x.table.groups
      return [
        isEq(subject.Eq.equals(x.joint, y.joint), isEq(modelLaw(x.table, g), modelLaw(y.table, g)).equal),
        isEq(subject.Eq.equals(x.joint, of(groups.slice(1))), false),
      ]
    }),
    law(
      'to forget a group is to take the marginal of the others, and a new one is independent',
      [groupsOf, steps],
      (groups, script) => {
        const { joint, table } = play(groups, script)
        const [g, ...others] = table.groups as [string, ...ReadonlyArray<string>]
        const less = right(subject.forget(g)(joint))
        const more = right(subject.insert(g, coin)(less))
        return [
          isEq(law1(less, others), modelLaw(table, others)),
          isEq(law1(more, others), modelLaw(table, others)),
          isEq(
            others.some((h) => E.toUnion(subject.isEntangled(g, h)(more)) !== false),
            false,
          ),
          isEq(E.isLeft(subject.insert(g, coin)(joint)), true),
        ]
      },
    ),
    law(
      'rescaling moves no weight by more than is said',
      [groupsOf, steps, fc.integer({ min: 8, max: 64 })],
      (groups, script, bits) => {
        const { joint, table } = play(groups, script)
        const { joint: short, error } = subject.rescale(bits)(joint)
        const factor = (1 + 2 ** -bits) ** (2 * table.groups.length) * (1 + 2 ** -50)
        const after = new Map(
          right(subject.together(table.groups)(short)).outcomes.map(([o, w]) => [o.join(' '), w] as const),
        )
        return [
          isEq(
            Weight.isZero(error) ? subject.Eq.equals(short, joint) : Weight.toNumber(error) === 2 ** -bits,
            true,
          ),
          ...[...model.lawOf(table, table.groups)].map(([o, w]) => {
            const ratio = Weight.toNumber(right(Weight.divide(w)(after.get(o)!)))
            return holds(ratio <= factor && ratio >= 1 / factor, `moved by ${ratio}`)
          }),
        ]
      },
    ),
    law(
      'what is encoded decodes to the same, and equal joints have one encoding',
      [groupsOf, steps],
      (groups, script) => {
        const { joint, table } = play(groups, script)
        const encoded = subject.encode(joint)
        const again = right(subject.decode(encoded))
        return [
          agrees(again, table),
          isEq(again, joint, subject.Eq.equals),
          isEq(subject.components(again), subject.components(joint)),
          isEq(Value.isValue(encoded), true),
          isEq(subject.encode(again), encoded, Value.equals),
          isEq(
            subject.encode(right(subject.reweight(['a'], () => weight(2n, 3n))(joint))),
            encoded,
            Value.equals,
          ),
        ]
      },
    ),
    fact('only what encode gives is decoded', () => {
      const w = Weight.encode(one)
      const row = [['0'], w]
      const good = { limit: 9, components: [[['a'], [row]]] }
      const bad: ReadonlyArray<unknown> = [
        null,
        [],
        { limit: 9 },
        { ...good, limit: '9' },
        { ...good, components: [[['a'], []]] },
        { ...good, components: [[[], [row]]] },
        {
          ...good,
          components: [
            [['a'], [row]],
            [['a'], [row]],
          ],
        },
        { ...good, components: [[['a', 'b'], [row]]] },
        { ...good, components: [[['a'], [[['0'], null]]]] },
        { ...good, components: [[['a'], [[['0'], Weight.encode(zero)]]]] },
        { ...good, limit: 0 },
      ]
      return [good, ...bad].map((value, i) => isEq(E.isRight(subject.decode(value as Value.Value)), i === 0))
    }),
    fact('what cannot be is refused, and nothing changes', () => {
      const joint = of(bits)
      const tag = <F extends { readonly _tag: string }, A>(e: E.Either<F, A>): string =>
        E.isLeft(e) ? e.left._tag : 'Right'
      const same = () => one
      const small = right(
        subject.of(
          bits.map(([g]) => [g, coin] as const),
          { limit: 4 },
        ),
      )
      return [
        isEq(tag(subject.couple(['a', 'z'], same)(joint)), 'UnknownReference'),
        isEq(tag(subject.marginal('z')(joint)), 'UnknownReference'),
        isEq(tag(subject.forget('z')(joint)), 'UnknownReference'),
        isEq(tag(subject.couple(['a', 'a'], same)(joint)), 'InvalidCoupling'),
        isEq(tag(subject.couple(['a'], same)(joint)), 'InvalidCoupling'),
        isEq(tag(subject.couple([], same)(joint)), 'InvalidCoupling'),
        isEq(tag(subject.isEntangled('a', 'a')(joint)), 'InvalidCoupling'),
        isEq(
          tag(
            subject.of([
              ['a', coin],
              ['a', coin],
            ]),
          ),
          'InvalidCoupling',
        ),
        isEq(tag(subject.couple(['a', 'b'], () => zero)(joint)), 'ZeroEvidence'),
        isEq(tag(subject.condition(['a'], () => false)(joint)), 'ZeroEvidence'),
        isEq(tag(subject.couple(['a', 'b'], same)(small)), 'Right'),
        isEq(
          subject.couple(['a', 'b', 'c'], same)(small),
          E.left({ _tag: 'JointTooLarge', size: 8, limit: 4 }),
        ),
        isEq(tag(subject.of([['a', coin]], { limit: 1 })), 'JointTooLarge'),
        isEq(joint, of(bits), subject.Eq.equals),
      ]
    }),
  ])
}
