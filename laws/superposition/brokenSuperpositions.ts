/** Broken superpositions, for their laws to reject. */
import * as E from 'fp-ts/lib/Either.js'
import * as N from 'fp-ts/lib/number.js'
import type { Ord } from 'fp-ts/lib/Ord.js'
import { zeroEvidence } from '../../src/data/Failure.js'
import * as Superposition from '../../src/superposition/Superposition.js'
import * as Weight from '../../src/superposition/Weight.js'
import { right, weight } from './fractions.js'
import type { Superpositions } from './superpositionLaws.js'

type S<A> = Superposition.Superposition<A>
type W = Weight.Weight
type Outcomes<A> = ReadonlyArray<Superposition.Outcome<A>>

const wrong = (parts: object): Superpositions => ({ ...Superposition, ...parts }) as unknown as Superpositions

const wrap = <A>(outcomes: Outcomes<A>): S<A> => ({ _tag: 'Superposition', outcomes })
const each = <A>(x: S<A>, f: (w: W, a: A) => W): S<A> =>
  wrap(x.outcomes.map(([a, w]) => [a, f(w, a)] as const))
const float = (w: W): W => right(Weight.fromNumber(Weight.toNumber(w)))
const floats = <A>(x: S<A>): S<A> => each(x, float)
const badChain = (f: (a: unknown) => S<unknown>) => (x: S<unknown>) =>
  wrap(x.outcomes.flatMap(([a]) => f(a).outcomes))
const monad = (chain: (f: (a: unknown) => S<unknown>) => (x: S<unknown>) => S<unknown>): object => ({
  chain,
  Monad: { ...Superposition.Monad, chain: (x: S<unknown>, f: (a: unknown) => S<unknown>) => chain(f)(x) },
})
/** @category zoo */
export const superpositions: Readonly<Record<string, Superpositions>> = {
  'normalises in doubles': wrong({ normalise: <A>(x: S<A>) => floats(Superposition.normalise(x)) }),
  'asks in doubles': wrong({
    probability: (e: (a: unknown) => boolean) => (x: S<unknown>) => float(Superposition.probability(e)(x)),
    totalVariation: (O: Ord<unknown>) => (x: S<unknown>, y: S<unknown>) =>
      float(Superposition.totalVariation(O)(x, y)),
    expectation: (f: (a: unknown) => W) => (x: S<unknown>) => float(Superposition.expectation(f)(x)),
  }),
  'maps and forgets a weight': wrong({
    Functor: {
      ...Superposition.Functor,
      map: (x: S<unknown>, f: (a: unknown) => unknown) => {
        const { outcomes } = Superposition.map(f)(x)
        return wrap(outcomes.map(([a, w], i) => [a, i === 0 ? Weight.one : w] as const))
      },
    },
  }),
  'binds without weights': wrong(monad(badChain)),
  'binds to the normalised': wrong(monad((f) => Superposition.chain((a) => Superposition.normalise(f(a))))),
  'applies the first function only': wrong({
    Applicative: {
      ...Superposition.Applicative,
      ap: (fab: S<(a: unknown) => unknown>, fa: S<unknown>) =>
        Superposition.ap(fa)(wrap(fab.outcomes.slice(0, 1))),
    },
  }),
  'applies to outcomes of weight two': wrong({
    Applicative: { ...Superposition.Applicative, of: (a: unknown) => wrap([[a, weight(2n)]]) },
  }),
  'folds from the wrong end': wrong({
    Foldable: {
      ...Superposition.Foldable,
      reduceRight: (x: S<unknown>, b: unknown, f: (a: unknown, b: unknown) => unknown) =>
        x.outcomes.reduce((acc, [a]) => f(a, acc), b),
    },
  }),
  'keeps zeros': wrong({
    fromWeights: (outcomes: Iterable<Superposition.Outcome<unknown>>) => E.right(wrap([...outcomes])),
  }),
  'keeps the order of insertion': wrong({ collect: () => (x: S<unknown>) => x }),
  'takes the last of equal outcomes': wrong({
    collect: (O: Ord<unknown>) => (x: S<unknown>) =>
      Superposition.collect(O)(
        wrap(x.outcomes.filter(([a], i) => !x.outcomes.slice(i + 1).some(([b]) => O.compare(a, b) === 0))),
      ),
  }),
  'compares proportions': wrong({
    getEq: (O: Ord<unknown>) => ({
      equals: (x: S<unknown>, y: S<unknown>) =>
        Superposition.getEq(O).equals(Superposition.normalise(x), Superposition.normalise(y)),
    }),
  }),
  'mixes with swapped weights': wrong({
    mix: (p: W) => (x: S<unknown>, y: S<unknown>) => Superposition.mix(p)(y, x),
  }),
  'mixes more than all': wrong({
    mix: (p: W) => (x: S<unknown>, y: S<unknown>) => E.orElse(() => E.right(x))(Superposition.mix(p)(x, y)),
  }),
  'branches by any kernel': wrong({
    branch: (f: (a: unknown) => S<unknown>) => (x: S<unknown>) => E.right(Superposition.chain(f)(x)),
  }),
  'conditions without renormalising': wrong({
    condition: (e: (a: unknown) => boolean) => (x: S<unknown>) =>
      E.mapLeft(() => zeroEvidence)(Superposition.fromWeights(x.outcomes.filter(([a]) => e(a)))),
  }),
  'stays as it was on an impossible event': wrong({
    condition: (e: (a: unknown) => boolean) => (x: S<unknown>) =>
      E.orElse(() => E.right(Superposition.normalise(x)))(Superposition.condition(e)(x)),
  }),
  'conditions on the event half-way': wrong({
    condition: (e: (a: unknown) => boolean) => (x: S<unknown>) =>
      E.map((on: S<unknown>) => right(Superposition.mix(weight(1n, 2n))(on, Superposition.normalise(x))))(
        Superposition.condition(e)(x),
      ),
  }),
  'reweights by the square': wrong({
    reweight: (f: (a: unknown) => W) => Superposition.reweight((a: unknown) => Weight.multiply(f(a))(f(a))),
  }),
  'normalises when it reweights': wrong({
    reweight: (f: (a: unknown) => W) => (x: S<unknown>) =>
      E.map((y: S<unknown>) => Superposition.normalise(y))(Superposition.reweight(f)(x)),
  }),
  'forgets likelihoods of zero': wrong({
    reweight: (f: (a: unknown) => W) =>
      Superposition.reweight((a: unknown) => (Weight.isZero(f(a)) ? Weight.one : f(a))),
  }),
  'takes the mean of outcomes, not of weights': wrong({
    mean: (f: (a: number) => number) => (x: S<number>) =>
      E.right(x.outcomes.reduce((sum, [a]) => sum + f(a), 0) / x.outcomes.length),
  }),
  'breaks ties by the order of insertion': wrong({
    topK: () => (k: number) => (x: S<unknown>) =>
      [...x.outcomes].sort(([, v], [, w]) => Weight.compare(w, v)).slice(0, k),
  }),
  'tempers by the logarithm': wrong({
    temper: (beta: number) => Superposition.temper(beta === 0 ? 0 : Math.log2(1 + beta)),
  }),
  'tempers in single precision': wrong({
    temper: (beta: number) => (x: S<unknown>) =>
      E.map((y: S<unknown>) => each(y, (w) => Weight.rescale(20)(w).weight))(Superposition.temper(beta)(x)),
  }),
  'takes nats for bits': wrong({
    entropy: (O: Ord<unknown>) => (x: S<unknown>) => Superposition.entropy(O)(x) * Math.LN2,
  }),
  'measures twice the variation': wrong({
    totalVariation: (O: Ord<unknown>) => (x: S<unknown>, y: S<unknown>) =>
      Weight.add(Superposition.totalVariation(O)(x, y))(Superposition.totalVariation(O)(x, y)),
  }),
  'samples all alike': wrong({
    sample: (O: Ord<unknown>) => (seed: string) => (x: S<unknown>) =>
      Superposition.sample(O)(seed)(
        right(Superposition.uniform(Superposition.collect(O)(x).outcomes.map(([a]) => a))),
      ),
  }),
  'samples by a remainder': wrong({
    sample: (O: Ord<unknown>) => (seed: string) => (x: S<unknown>) => {
      const { outcomes } = Superposition.collect(O)(Superposition.normalise(x))
      const sixteenth = Number([...seed].reduce((h, c) => (Math.imul(h, 31) + c.charCodeAt(0)) | 0, 7) & 15)
      let left = ((sixteenth % 10) + 0.5) / 10
      for (const [a, w] of outcomes) if ((left -= Weight.toNumber(w)) < 0) return a
      return outcomes[0]![0]
    },
  }),
  'samples in the order of insertion': wrong({
    sample: () => (seed: string) => (x: S<unknown>) =>
      x.outcomes[Superposition.sample(N.Ord)(seed)(wrap(x.outcomes.map(([, w], i) => [i, w] as const)))]![0],
  }),
}
