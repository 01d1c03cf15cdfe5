/** Superpositions: a monad of finite measures, a convex algebra, and evidence; exact but where a bound is stated. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as N from 'fp-ts/lib/number.js'
import type * as Superposition from '../../src/superposition/Superposition.js'
import * as Weight from '../../src/superposition/Weight.js'
import { fact, holds, type IsEq, isEq, law, type Suite, suite } from '../Law.js'
import { near, positive, proportions, right, shares, weight } from './fractions.js'

/** What the laws ask of an implementation. */
export type Superpositions = Omit<typeof Superposition, 'URI'>

type Numbers = Superposition.Superposition<number>
type Pairs = ReadonlyArray<Superposition.Outcome<number>>

const { one, zero, multiply, subtract } = Weight
const complement = (p: Weight.Weight): Weight.Weight => right(subtract(p)(one))
const over = (x: Weight.Weight, y: Weight.Weight): Weight.Weight => right(Weight.divide(y)(x))

const outcomes = fc.nat({ max: 4 })
const pairs: fc.Arbitrary<Pairs> = fc
  .array(fc.tuple(outcomes, shares), { minLength: 1, maxLength: 6 })
  .filter((all) => all.some(([, w]) => !Weight.isZero(w)))
const functions = fc.func<[number], number>(outcomes)
const events = fc
  .array(fc.boolean(), { minLength: 5, maxLength: 5 })
  .map((set) => (n: number) => set[n] === true)
const likelihoods = fc.array(shares, { minLength: 5, maxLength: 5 }).map(
  (all) =>
    (n: number): Weight.Weight =>
      all[n] ?? zero,
)
const betas = fc.nat({ max: 64 }).map((n) => n / 8)
const texts = { empty: '', concat: (x: string, y: string) => x + y }

/** The 1e-4 quantile of chi-square with three degrees of freedom. */
const UNLIKELY = 21.1
const DRAWS = 4000

export const superpositionLaws = (name: string, subject: Superpositions): Suite => {
  const of = (all: Pairs): Numbers => right(subject.fromWeights(all))
  const measures = pairs.map(of)
  const kernels = fc.array(measures, { minLength: 5, maxLength: 5 }).map(
    (all) =>
      (n: number): Numbers =>
        all[n]!,
  )
  const eq = subject.getEq(N.Ord)
  const same = (x: Numbers, y: Numbers): IsEq => isEq(x, y, eq.equals)
  const weigh = (x: Weight.Weight, y: Weight.Weight): IsEq => isEq(x, y, Weight.Eq.equals)
  const { Functor: F, Applicative: A, Monad: M, Foldable: D } = subject
  const P = (event: (n: number) => boolean, x: Numbers) => subject.probability(event)(x)
  const list = (x: Numbers): Pairs => subject.collect(N.Ord)(x).outcomes
  const chi = (x: Numbers, expected: ReadonlyArray<number>): number => {
    const counts = new Map<number, number>()
    for (let i = 0; i < DRAWS; i++) {
      const drawn = subject.sample(N.Ord)(`seed ${i}`)(x)
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1)
    }
    return expected.reduce((sum, p, i) => sum + ((counts.get(i) ?? 0) - p * DRAWS) ** 2 / (p * DRAWS), 0)
  }
  return suite(name, [
    law(
      'functor: identity and composition, and the mass is kept',
      [measures, functions, functions],
      (fa, f, g) => [
        same(
          F.map(fa, (a) => a),
          fa,
        ),
        same(
          F.map(F.map(fa, f), g),
          F.map(fa, (a) => g(f(a))),
        ),
        weigh(subject.mass(F.map(fa, f)), subject.mass(fa)),
      ],
    ),
    law('applicative: identity, homomorphism, interchange', [measures, functions, outcomes], (fa, f, a) => [
      same(
        A.ap(
          A.of((b: number) => b),
          fa,
        ),
        fa,
      ),
      same(A.ap(A.of(f), A.of(a)), A.of(f(a))),
      same(
        A.ap(
          A.map(fa, (b) => (c: number) => 5 * b + c),
          A.of(a),
        ),
        A.ap(
          A.of((g: (c: number) => number) => g(a)),
          A.map(fa, (b) => (c: number) => 5 * b + c),
        ),
      ),
      weigh(subject.mass(A.of(a)), one),
    ]),
    law('to apply is to bind', [measures, measures], (fa, fb) => {
      const fab = F.map(fa, (a) => (b: number) => 5 * a + b)
      return same(
        A.ap(fab, fb),
        M.chain(fab, (f) => F.map(fb, f)),
      )
    }),
    law(
      'monad: left and right identity, associativity',
      [measures, outcomes, kernels, kernels],
      (fa, a, f, g) => [
        same(M.chain(M.of(a), f), f(a)),
        same(M.chain(fa, M.of), fa),
        same(
          M.chain(M.chain(fa, f), g),
          M.chain(fa, (b) => M.chain(f(b), g)),
        ),
      ],
    ),
    law('to bind multiplies mass', [measures, measures, functions], (fa, fb, f) =>
      weigh(
        subject.mass(M.chain(fa, (a) => F.map(fb, (b) => f(a + b)))),
        multiply(subject.mass(fb))(subject.mass(fa)),
      ),
    ),
    law('folds agree with the list of outcomes', [measures], (fa) => {
      const all = fa.outcomes.map(([a]) => `${a};`).join('')
      return [
        isEq(
          D.reduce(fa, '', (b, a) => `${b}${a};`),
          all,
        ),
        isEq(
          D.foldMap(texts)(fa, (a) => `${a};`),
          all,
        ),
        isEq(
          D.reduceRight(fa, '', (a, b) => `${a};${b}`),
          all,
        ),
      ]
    }),
    law('the support is in order, without zeros or repetition, however it was given', [pairs], (all) => {
      const x = of(all)
      const support = list(x).map(([a]) => a)
      const given = [...new Set(all.filter(([, w]) => !Weight.isZero(w)).map(([a]) => a))].sort()
      return [
        isEq(support, given),
        same(of([...all].reverse()), x),
        isEq(
          list(of([...all].reverse())).map(([a]) => a),
          given,
        ),
        weigh(subject.mass(x), Weight.sum(all.map(([, w]) => w))),
        ...list(x).map(([a, w]) => weigh(w, Weight.sum(all.filter(([b]) => a === b).map(([, v]) => v)))),
      ]
    }),
    fact('without support there is none', () => [
      isEq(E.isLeft(subject.fromWeights([])), true),
      isEq(E.isLeft(subject.fromWeights([[1, zero]])), true),
      isEq(E.isLeft(subject.uniform([])), true),
      isEq(subject.fromNumbers([[1, -1]])._tag, 'Left'),
      isEq(subject.fromNumbers([[1, Number.NaN]])._tag, 'Left'),
      isEq(
        subject.fromNumbers([
          [1, 1],
          [2, Number.POSITIVE_INFINITY],
        ])._tag,
        'Left',
      ),
    ]),
    law('equality is of weights, not of proportions', [measures, measures], (x, y) => [
      isEq(eq.equals(x, y), eq.equals(y, x)),
      isEq(
        eq.equals(x, y),
        isEq(
          list(x).map(([a, w]) => [a, Weight.show(w)]),
          list(y).map(([a, w]) => [a, Weight.show(w)]),
        ).equal,
      ),
      isEq(eq.equals(x, subject.chain((a: number) => of([[a, weight(2n)]]))(x)), false),
    ]),
    law(
      'mixing: a convex algebra',
      [measures, measures, measures, proportions, proportions],
      (x, y, z, p, q) => {
        const mix = (r: Weight.Weight, a: Numbers, b: Numbers) => right(subject.mix(r)(a, b))
        const pq = multiply(q)(p)
        const rest = complement(pq)
        const r = Weight.isZero(rest) ? zero : over(multiply(complement(q))(p), rest)
        return [
          same(mix(one, x, y), x),
          same(mix(zero, x, y), y),
          same(mix(p, x, x), x),
          same(mix(p, x, y), mix(complement(p), y, x)),
          same(mix(p, mix(q, x, y), z), mix(pq, x, mix(r, y, z))),
          weigh(
            P((n) => n === 0, mix(p, subject.of(0), subject.of(1))),
            p,
          ),
          isEq(E.isLeft(subject.mix(weight(7n, 6n))(x, y)), true),
        ]
      },
    ),
    law(
      'branching keeps the mass, and takes no kernel of another',
      [measures, kernels, positive],
      (x, f, w) => {
        const kernel = (n: number) => subject.normalise(f(n))
        const scaled = (n: number) => subject.chain((a: number) => of([[a, w]]))(kernel(n))
        const done = right(subject.branch(kernel)(x))
        return [
          weigh(subject.mass(done), subject.mass(x)),
          same(done, subject.chain(kernel)(x)),
          isEq(E.isRight(subject.branch(scaled)(x)), Weight.Eq.equals(w, one)),
        ]
      },
    ),
    law('normalising: mass 1, the same proportions', [measures], (x) => [
      weigh(subject.mass(subject.normalise(x)), one),
      ...list(subject.normalise(x)).map(([a, w]) =>
        weigh(
          w,
          P((b) => a === b, x),
        ),
      ),
    ]),
    law(
      'conditioning: mass 1, idempotent, in any order, and impossible events are refused',
      [measures, events, events],
      (x, e, f) => {
        const [onE, onBoth] = [subject.condition(e)(x), subject.condition((n: number) => e(n) && f(n))(x)]
        if (E.isLeft(onE))
          return [weigh(P(e, x), zero), isEq(onE.left._tag, 'ZeroEvidence'), isEq(E.isLeft(onBoth), true)]
        const then = subject.condition(f)(onE.right)
        return [
          isEq(Weight.isZero(P(e, x)), false),
          weigh(subject.mass(onE.right), one),
          weigh(P(e, onE.right), one),
          same(right(subject.condition(e)(onE.right)), onE.right),
          isEq(E.isRight(then), E.isRight(onBoth)),
          E.isRight(then) ? same(then.right, right(onBoth)) : isEq(0, 0),
        ]
      },
    ),
    law('a collapse is as far from the prior as the event was unlikely', [measures, events], (x, e) => {
      const after = subject.condition(e)(x)
      return E.isLeft(after)
        ? isEq(0, 0)
        : weigh(subject.totalVariation(N.Ord)(x, after.right), complement(P(e, x)))
    }),
    law('total probability: a collapse that nobody reads changes nothing', [measures, events], (x, e) => {
      const [yes, no] = [subject.condition(e)(x), subject.condition((n: number) => !e(n))(x)]
      const all = subject.normalise(x)
      if (E.isLeft(yes)) return same(right(no), all)
      if (E.isLeft(no)) return same(yes.right, all)
      return same(right(subject.mix(P(e, x))(yes.right, no.right)), all)
    }),
    law(
      'reweighting: identity, factors commute and multiply',
      [measures, likelihoods, likelihoods],
      (x, f, g) => {
        const [then, other, both] = [
          E.chain((y: Numbers) => subject.reweight(g)(y))(subject.reweight(f)(x)),
          E.chain((y: Numbers) => subject.reweight(f)(y))(subject.reweight(g)(x)),
          subject.reweight((n: number) => multiply(g(n))(f(n)))(x),
        ]
        return [
          same(right(subject.reweight((_: number) => one)(x)), x),
          isEq([E.isRight(then), E.isRight(other)], [E.isRight(both), E.isRight(both)]),
          ...(E.isRight(both) ? [same(right(then), both.right), same(right(other), both.right)] : []),
          ...(E.isRight(both)
            ? [
                weigh(
                  subject.mass(both.right),
                  Weight.sum(
                    list(x).map(([a, w]) => Weight.Semiring.mul(w, Weight.Semiring.mul(f(a), g(a)))),
                  ),
                ),
              ]
            : []),
        ]
      },
    ),
    law('reweighting by an event is conditioning', [measures, events], (x, e) => {
      const a = subject.reweight((n: number) => (e(n) ? one : zero))(x)
      const b = subject.condition(e)(x)
      return E.isLeft(a) || E.isLeft(b)
        ? isEq(E.isLeft(a), E.isLeft(b))
        : same(subject.normalise<number>(a.right), b.right)
    }),
    law(
      'expectation is linear, of an event its probability, and the mean is it rounded once',
      [measures, likelihoods, likelihoods, events],
      (x, f, g, e) => {
        const mean = subject.mean((n: number) => n - 2)(x)
        const shifted = subject.expectation((n: number) => weight(BigInt(n)))(x)
        const exact =
          Weight.compare(shifted, weight(2n)) >= 0
            ? Weight.toNumber(right(subtract(weight(2n))(shifted)))
            : -Weight.toNumber(right(subtract(shifted)(weight(2n))))
        return [
          weigh(
            subject.expectation((n: number) => Weight.add(f(n))(g(n)))(x),
            Weight.add(subject.expectation(f)(x))(subject.expectation(g)(x)),
          ),
          weigh(subject.expectation((n: number) => (e(n) ? one : zero))(x), P(e, x)),
          isEq(mean, E.right(exact)),
          isEq(E.isLeft(subject.mean(() => Number.NaN)(x)), true),
        ]
      },
    ),
    law('total variation is half the sum of the differences', [measures, measures], (x, y) => {
      const support = [0, 1, 2, 3, 4]
      const at = (n: number, z: Numbers) => P((m) => m === n, z)
      const apart = Weight.sum(
        support.map((n) => {
          const [p, q] = [at(n, x), at(n, y)]
          return Weight.compare(p, q) < 0 ? right(subtract(p)(q)) : right(subtract(q)(p))
        }),
      )
      return [
        weigh(subject.totalVariation(N.Ord)(x, y), multiply(weight(1n, 2n))(apart)),
        weigh(subject.totalVariation(N.Ord)(y, x), subject.totalVariation(N.Ord)(x, y)),
      ]
    }),
    law('the heaviest come first, of equal ones the least', [pairs, fc.nat({ max: 6 })], (all, k) => {
      const model = [...list(of(all))].sort(([a, v], [b, w]) => Weight.compare(w, v) || a - b)
      const top = subject.topK(N.Ord)(k)
      return [
        isEq(
          top(of(all)).map(([a]) => a),
          model.slice(0, k).map(([a]) => a),
        ),
        isEq(
          top(of([...all].reverse())).map(([a]) => a),
          model.slice(0, k).map(([a]) => a),
        ),
        isEq(subject.mode(N.Ord)(of(all)), model[0]![0]),
      ]
    }),
    law(
      'tempering: within the stated bound of the power, and of one after the other',
      [pairs, betas, betas],
      (all, a, b) => {
        const x = subject.collect(N.Ord)(of(all))
        const [once, twice] = [
          right(subject.temper(a * b)(x)),
          right(subject.temper(b)(right(subject.temper(a)(x)))),
        ]
        const largest = x.outcomes.reduce((m, [, w]) => (Weight.compare(w, m) > 0 ? w : m), zero)
        const ratio = (i: number) => Weight.toNumber(over(x.outcomes[i]![1], largest))
        return [
          holds(
            once.outcomes.every(
              ([n, w], i) =>
                n === x.outcomes[i]![0] && near(w, right(Weight.fromNumber(ratio(i) ** (a * b))), 2 ** -38),
            ),
            'too far from the power',
          ),
          holds(
            once.outcomes.every(([, w], i) => near(w, twice.outcomes[i]![1], 2 ** -36)),
            'one after the other differs',
          ),
          same(
            right(subject.temper(0)(x)),
            subject.map((n: number) => n)(of(x.outcomes.map(([n]) => [n, one]))),
          ),
          ...[-1, Number.NaN, Number.POSITIVE_INFINITY].map((beta) =>
            isEq(E.isLeft(subject.temper(beta)(x)), true),
          ),
        ]
      },
    ),
    law('entropy: within the stated bound, largest when all are alike', [measures], (x) => {
      const p = list(subject.normalise(x)).map(([, w]) => Weight.toNumber(w))
      const bound = (1 + p.length) * (1 + Math.log2(p.length)) * 2 ** -48
      const h = subject.entropy(N.Ord)(x)
      return [
        holds(
          Math.abs(h + p.reduce((sum, q) => sum + q * Math.log2(q), 0)) <= bound,
          `not the entropy: ${h}`,
        ),
        holds(h >= 0 && h <= Math.log2(p.length) + bound, 'out of its range'),
      ]
    }),
    law(
      'a sample is of the support, and order and repetition of outcomes do not move it',
      [pairs, fc.string()],
      (all, seed) => {
        const draw = subject.sample(N.Ord)(seed)
        const halves = all.flatMap(
          ([a, w]) =>
            [
              [a, multiply(weight(1n, 2n))(w)],
              [a, multiply(weight(1n, 2n))(w)],
            ] as Array<[number, Weight.Weight]>,
        )
        return [
          isEq(draw(of([...all].reverse())), draw(of(all))),
          isEq(draw(of(halves)), draw(of(all))),
          isEq(
            list(of(all)).some(([a]) => a === draw(of(all))),
            true,
          ),
        ]
      },
    ),
    fact('frequencies of samples pass a chi-square test', () => {
      const x = of([
        [0, weight(1n)],
        [1, weight(2n)],
        [2, weight(3n)],
        [3, weight(4n)],
      ])
      const y = of([
        [0, weight(1n, 3n)],
        [1, weight(1n, 7n)],
        [2, weight(1n, 2n)],
        [3, weight(1n, 42n)],
      ])
      const [a, b] = [chi(x, [0.1, 0.2, 0.3, 0.4]), chi(y, [1 / 3, 1 / 7, 1 / 2, 1 / 42])]
      return holds(a < UNLIKELY && b < UNLIKELY, `chi-square of ${a} and ${b}`)
    }),
  ])
}
