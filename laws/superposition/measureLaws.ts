/** Measures that are updated one by one: the same as a plain list of pairs, whatever came before. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as N from 'fp-ts/lib/number.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Value from '../../src/data/Value.js'
import type * as Measure from '../../src/superposition/Measure.js'
import * as Weight from '../../src/superposition/Weight.js'
import { fact, holds, type IsEq, isEq, law, type Suite, suite } from '../Law.js'
import { near, positive, right, shares, weight } from './fractions.js'

/** What the laws ask of an implementation. */
export type Measures = typeof Measure

type M = Measure.Measure<number>
type Pairs = ReadonlyArray<Measure.Branch<number>>

/** One update, on the measure and on the model, which answers `null` where the update must fail. */
interface Step {
  readonly name: string
  readonly real: (subject: Measures, m: M) => E.Either<unknown, M>
  readonly model: (pairs: Pairs) => Pairs | null
}

const names = ['a', 'a/0', 'a/1', 'b', 'b/0', 'c', '__proto__'] as const
const keys = fc.constantFrom(...names)
const { multiply } = Weight
const over = (x: Weight.Weight, y: Weight.Weight): Weight.Weight => right(Weight.divide(y)(x))
const massOf = (pairs: Pairs): Weight.Weight => Weight.sum(pairs.map(([, , w]) => w))
const kept = (pairs: Pairs): Pairs | null => (pairs.length === 0 ? null : pairs)

const reweights = fc.tuple(keys, shares).map(
  ([key, by]): Step => ({
    name: `reweight ${key}`,
    real: (subject, m) => subject.reweight(key, by)(m),
    model: (pairs) =>
      pairs.some(([k]) => k === key)
        ? kept(
            pairs
              .map(([k, a, w]) => [k, a, k === key ? multiply(by)(w) : w] as const)
              .filter(([, , w]) => !Weight.isZero(w)),
          )
        : null,
  }),
)

const expansions = fc
  .tuple(keys, fc.array(positive, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([key, parts, whole]): Step => {
    const total = whole ? Weight.sum(parts) : weight(41n, 7n)
    const children = parts.map((w, i) => [`${key}/${i}`, i, over(w, total)] as const)
    return {
      name: `expand ${key}`,
      real: (subject, m) => subject.expand(key, children)(m),
      model: (pairs) => {
        const parent = pairs.find(([k]) => k === key)
        const clash = pairs.some(([k]) => children.some(([child]) => child === k))
        if (parent === undefined || clash || !Weight.Eq.equals(massOf(children), Weight.one)) return null
        return [
          ...pairs.filter(([k]) => k !== key),
          ...children.map(([k, a, w]) => [k, a, multiply(parent[2])(w)] as const),
        ]
      },
    }
  })

const conditions = fc.subarray([...names], { minLength: 3 }).map(
  (some): Step => ({
    name: `condition on ${some.join()}`,
    real: (subject, m) => subject.condition((key: string, _: number) => some.some((k) => k === key))(m),
    model: (pairs) => kept(pairs.filter(([key]) => some.some((k) => k === key))),
  }),
)

const prunings = fc.constantFrom(weight(1n, 20n), weight(1n, 5n), weight(1n, 2n)).map(
  (threshold): Step => ({
    name: `prune below ${Weight.show(threshold)}`,
    real: (subject, m) =>
      E.map((pruned: Measure.Pruned<number>) => pruned.measure)(subject.prune(threshold)(m)),
    model: (pairs) => kept(pairs.filter(([, , w]) => Weight.compare(over(w, massOf(pairs)), threshold) >= 0)),
  }),
)

const assignments = fc.tuple(keys, fc.nat(9)).map(
  ([key, value]): Step => ({
    name: `assign ${key}`,
    real: (subject, m) => subject.assign(key, value)(m),
    model: (pairs) =>
      pairs.some(([k]) => k === key)
        ? pairs.map(([k, a, w]) => [k, k === key ? value : a, w] as const)
        : null,
  }),
)

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: reweights },
    { weight: 3, arbitrary: expansions },
    { weight: 1, arbitrary: conditions },
    { weight: 1, arbitrary: prunings },
    { weight: 1, arbitrary: assignments },
  ),
  { maxLength: 12 },
)

const starts: fc.Arbitrary<Pairs> = fc
  .uniqueArray(fc.tuple(keys, fc.nat(9), positive), { selector: ([key]) => key, minLength: 1 })
  .map((pairs) => pairs.sort(([a], [b]) => (a < b ? -1 : 1)))

const sorted = (pairs: Pairs): Pairs => [...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
const shown = (pairs: Pairs): ReadonlyArray<unknown> => pairs.map(([k, a, w]) => [k, a, Weight.show(w)])

export const measureLaws = (name: string, subject: Measures): Suite => {
  const of = (pairs: Pairs, bits = 4096): M => right(subject.fromEntries(pairs, { bits }))
  const weigh = (x: Weight.Weight, y: Weight.Weight): IsEq => isEq(x, y, Weight.Eq.equals)
  const play = (start: Pairs, script: ReadonlyArray<Step>): { readonly m: M; readonly pairs: Pairs } => {
    let [m, pairs] = [of(start), start]
    for (const step of script) {
      const [next, model] = [step.real(subject, m), step.model(pairs)]
      if (E.isLeft(next) !== (model === null)) throw new Error(`${step.name}: ${next._tag}`)
      if (E.isRight(next)) [m, pairs] = [next.right, sorted(model!)]
    }
    return { m, pairs }
  }
  return suite(name, [
    law('every update does what it does to a list of pairs', [starts, steps], (start, script) => {
      const { m, pairs } = play(start, script)
      return [
        isEq(shown(subject.branches(m)), shown(pairs)),
        isEq(subject.size(m), pairs.length),
        ...names.map((key) => {
          const found = pairs.find(([k]) => k === key)
          const p = subject.probability(key)(m)
          return isEq<unknown>(
            [
              subject.get(key)(m),
              O.map(Weight.show)(subject.weight(key)(m)),
              E.isRight(p) ? Weight.show(p.right) : p.left,
            ],
            found === undefined
              ? [O.none, O.none, { _tag: 'UnknownReference', name: key }]
              : [O.some(found[1]), O.some(Weight.show(found[2])), Weight.show(over(found[2], massOf(pairs)))],
          )
        }),
      ]
    }),
    law('the mass is the sum of the weights, after any updates', [starts, steps], (start, script) => {
      const { m, pairs } = play(start, script)
      return weigh(subject.mass(m), massOf(pairs))
    }),
    law('an older measure is as it was', [starts, steps], (start, script) => {
      const before = of(start)
      let m = before
      for (const step of script) m = E.getOrElse(() => m)(step.real(subject, m))
      return [isEq(shown(subject.branches(before)), shown(start)), weigh(subject.mass(before), massOf(start))]
    }),
    law('the order of insertion plays no part', [starts, fc.string()], (start, seed) => {
      const [x, y] = [of(start), of([...start].reverse())]
      return [
        isEq(subject.getEq(N.Eq).equals(x, y), true),
        isEq(shown(subject.branches(x)), shown(subject.branches(y))),
        isEq(subject.mode(x), subject.mode(y)),
        isEq(subject.sample(seed)(x), subject.sample(seed)(y)),
        isEq(
          subject.toSuperposition(y).outcomes.map(([key]) => key),
          start.map(([key]) => key),
        ),
      ]
    }),
    law('equality is of values and weights', [starts, starts], (x, y) => [
      isEq(subject.getEq(N.Eq).equals(of(x), of(y)), isEq(shown(x), shown(y)).equal),
      isEq(subject.getEq(N.Eq).equals(of(x), of(x)), true),
    ]),
    law('the heaviest come first, of equal ones the least key', [starts, fc.nat(8)], (start, k) => {
      const model = [...start].sort(([a, , v], [b, , w]) => Weight.compare(w, v) || (a < b ? -1 : 1))
      return [
        isEq(shown(subject.topK(k)(of(start))), shown(model.slice(0, k))),
        isEq(subject.mode(of(start)), model[0]![0]),
      ]
    }),
    law(
      'expansion keeps the mass, rounded or not',
      [starts, fc.array(positive, { minLength: 1, maxLength: 5 }), fc.nat(40)],
      (start, parts, times) => {
        const [key] = start[0]!
        let m = of(start, 64)
        const verdicts: Array<IsEq> = []
        for (let i = 0; i < times; i++) {
          const children = parts.map(
            (w, j) => [`${key}${'/'.repeat(i + 2)}${j}`, j, over(w, Weight.sum(parts))] as const,
          )
          const at = i === 0 ? key : `${key}${'/'.repeat(i + 1)}0`
          const next = right(subject.expand(at, children)(m))
          const now = Weight.sum(
            children.map(([child]) => O.getOrElse(() => Weight.zero)(subject.weight(child)(next))),
          )
          verdicts.push(
            holds(
              near(now, O.getOrElse(() => Weight.zero)(subject.weight(at)(m)), 2 ** -63),
              'the children weigh something else',
            ),
            weigh(subject.mass(next), massOf(subject.branches(next))),
          )
          m = next
        }
        return verdicts
      },
    ),
    law('what pruning drops is what is gone', [starts, positive], (start, threshold) => {
      const pruned = subject.prune(threshold)(of(start))
      const left = massOf(start.filter(([, , w]) => Weight.compare(over(w, massOf(start)), threshold) >= 0))
      if (E.isLeft(pruned)) return [isEq(Weight.isZero(left), true)]
      return [
        weigh(subject.mass(pruned.right.measure), left),
        weigh(pruned.right.dropped, over(right(Weight.subtract(left)(massOf(start))), massOf(start))),
      ]
    }),
    law(
      'weights are as near to exact ones as is said, and no longer than is said, after many updates',
      [
        fc.array(fc.double({ min: 1e-3, max: 2, noNaN: true }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 60 }),
      ],
      (scores, times) => {
        const start: Pairs = [
          ['a', 0, Weight.one],
          ['b', 1, Weight.one],
        ]
        let [m, exact] = [of(start, 64), Weight.one]
        for (let i = 0; i < times; i++) {
          const score = right(Weight.fromNumber(scores[i % scores.length]!))
          m = right(subject.reweight('a', score)(m))
          exact = multiply(score)(exact)
        }
        const held = O.getOrElse(() => Weight.zero)(subject.weight('a')(m))
        const [low, high] = Weight.compare(held, exact) < 0 ? [held, exact] : [exact, held]
        const apart = right(Weight.subtract(low)(high))
        return [
          holds(Weight.compare(apart, multiply(exact)(subject.error(m))) <= 0, 'farther than is said'),
          holds(Weight.toNumber(subject.error(m)) <= times * 2 ** -63, 'the error is said to be large'),
          holds(held.numerator < 1n << 128n, 'longer than is said'),
          weigh(subject.mass(m), Weight.add(held)(Weight.one)),
        ]
      },
    ),
    law('what is encoded decodes to the same, and goes on alike', [starts, steps], (start, script) => {
      const m = right(subject.reweight(start[0]![0], weight(1n, 3n))(of(start, 64)))
      let rounded = m
      for (let i = 0; i < 9; i++)
        rounded = right(subject.reweight(start[0]![0], weight((1n << 61n) - 1n))(rounded))
      return [m, rounded, play(start, script).m].flatMap((x) => {
        const encoded = subject.encode((n: number) => n)(x)
        const y = right(subject.decode((v) => E.right(Number(v)))(encoded))
        return [
          isEq(y, x, subject.getEq(N.Eq).equals),
          isEq([y.bits, subject.size(y)], [x.bits, subject.size(x)]),
          weigh(subject.mass(y), subject.mass(x)),
          weigh(subject.error(y), subject.error(x)),
          isEq(Value.isValue(encoded), true),
          isEq(subject.encode((n: number) => n)(y), encoded, Value.equals),
        ]
      })
    }),
    fact('only what encode gives is decoded', () => {
      const w = Weight.encode(Weight.one)
      const good = { bits: 64, branches: [['a', 1, w, 0]] }
      return [
        good,
        null,
        [],
        {},
        { ...good, bits: 1 },
        { ...good, branches: [] },
        { ...good, branches: [['a', 1, w, -1]] },
        {
          ...good,
          branches: [
            ['a', 1, w, 0],
            ['a', 1, w, 0],
          ],
        },
        { ...good, branches: [['a', 1, Weight.encode(Weight.zero), 0]] },
        { ...good, branches: [['a', 1, null, 0]] },
        { ...good, branches: [['a', 1]] },
        { ...good, branches: 'a' },
      ].map((value, i) =>
        isEq(E.isRight(subject.decode((v: Value.Value) => E.right(v))(value as Value.Value)), i === 0),
      )
    }),
    fact('without branches there is no measure', () => [
      isEq(subject.fromEntries([]), E.left({ _tag: 'EmptySupport' })),
      isEq(E.isLeft(subject.fromEntries([['a', 1, Weight.zero]])), true),
      isEq(subject.reweight('a', Weight.zero)(of([['a', 1, Weight.one]])), E.left({ _tag: 'ZeroEvidence' })),
      isEq(subject.condition(() => false)(of([['a', 1, Weight.one]])), E.left({ _tag: 'ZeroEvidence' })),
    ]),
  ])
}
