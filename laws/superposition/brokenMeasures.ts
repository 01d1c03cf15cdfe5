/** Broken measures, for their laws to reject. */
import * as E from 'fp-ts/lib/Either.js'
import type { Value } from '../../src/data/Value.js'
import * as Measure from '../../src/superposition/Measure.js'
import * as Weight from '../../src/superposition/Weight.js'
import * as Hamt from '../../src/trie/Hamt.js'
import { right } from './fractions.js'
import type { Measures } from './measureLaws.js'

type M = Measure.Measure<unknown>
type W = Weight.Weight

const wrong = (parts: object): Measures => ({ ...Measure, ...parts }) as unknown as Measures
const inserted = (m: M): ReadonlyArray<Measure.Branch<unknown>> => {
  const order = orders.get(m) ?? []
  return order.flatMap((key) => Measure.branches(m).filter(([k]) => k === key))
}
const orders = new WeakMap<M, ReadonlyArray<string>>()

/** @category zoo */
export const measures: Readonly<Record<string, Measures>> = {
  'reweights in place': wrong({
    reweight: (key: string, by: W) => (m: M) => {
      const next = Measure.reweight(key, by)(m)
      if (E.isRight(next)) Object.assign(m, next.right)
      return next
    },
  }),
  'keeps the mass that it had': wrong({
    reweight: (key: string, by: W) => (m: M) =>
      E.map((next: M) => ({ ...next, sums: m.sums }))(Measure.reweight(key, by)(m)),
  }),
  'keeps its mass in doubles': wrong({
    mass: (m: M) => right(Weight.fromNumber(Weight.toNumber(Measure.mass(m)))),
  }),
  'keeps what has no weight': wrong({
    reweight: (key: string, by: W) => (m: M) =>
      Weight.isZero(by) ? E.right(m) : Measure.reweight(key, by)(m),
  }),
  'adds likelihoods': wrong({
    reweight: (key: string, by: W) => (m: M) =>
      E.chain(Measure.reweight(key, right(Weight.fromNumber(1 + Weight.toNumber(by)))))(E.right(m)),
  }),
  'never rounds': wrong({
    fromEntries: (branches: Iterable<Measure.Branch<unknown>>) =>
      Measure.fromEntries(branches, { bits: 1 << 20 }),
  }),
  'claims to err by nothing': wrong({ error: () => Weight.zero }),
  'claims to err by anything': wrong({ error: () => Weight.one }),
  'rounds the children': wrong({
    expand: (key: string, children: Iterable<Measure.Branch<unknown>>) => (m: M) =>
      E.map((next: M) => ({
        ...next,
        entries: Hamt.map(<A extends { readonly weight: W }>(entry: A) => ({
          ...entry,
          weight: Weight.rescale(8)(entry.weight).weight,
        }))(next.entries),
      }))(Measure.expand(key, children)(m)),
  }),
  'takes any kernel': wrong({
    expand: (key: string, children: Iterable<Measure.Branch<unknown>>) => (m: M) => {
      const all = [...children]
      const total = Weight.sum(all.map(([, , w]) => w))
      const fair = all.map(([k, a, w]) => [k, a, E.getOrElse(() => w)(Weight.divide(total)(w))] as const)
      return Measure.expand(key, fair)(m)
    },
  }),
  'prunes to nothing without a word': wrong({
    prune: (threshold: W) => (m: M) =>
      E.orElse(() => E.right({ measure: m, dropped: Weight.zero }))(Measure.prune(threshold)(m)),
  }),
  'does not say what it dropped': wrong({
    prune: (threshold: W) => (m: M) =>
      E.map((pruned: Measure.Pruned<unknown>) => ({ ...pruned, dropped: Weight.zero }))(
        Measure.prune(threshold)(m),
      ),
  }),
  'conditions on nothing': wrong({ condition: () => (m: M) => E.right(m) }),
  'keeps the order of insertion': wrong({
    fromEntries: (branches: Iterable<Measure.Branch<unknown>>, options: Measure.Options) => {
      const all = [...branches]
      const made = Measure.fromEntries(all, options)
      if (E.isRight(made))
        orders.set(
          made.right,
          all.map(([key]) => key),
        )
      return made
    },
    toSuperposition: (m: M) => ({
      _tag: 'Superposition',
      outcomes: inserted(m).map(([key, , weight]) => [key, weight]),
    }),
  }),
  'gives the last of the heaviest': wrong({
    mode: (m: M) =>
      [...Measure.branches(m)]
        .reverse()
        .reduce((best, next) => (Weight.compare(next[2], best[2]) > 0 ? next : best))[0],
    topK: (k: number) => (m: M) =>
      [...Measure.branches(m)]
        .reverse()
        .sort(([, , v], [, , w]) => Weight.compare(w, v))
        .slice(0, k),
  }),
  'forgets in writing how often it rounded': wrong({
    encode: (f: (a: unknown) => Value) => (m: M) =>
      Measure.encode(f)({ ...m, entries: Hamt.map(<A>(entry: A) => ({ ...entry, rounded: 0 }))(m.entries) }),
  }),
  'decodes anything': wrong({
    decode: (f: (v: Value) => E.Either<unknown, unknown>) => (value: Value) =>
      E.orElse(() => Measure.fromEntries<unknown>([['a', 0, Weight.one]]))(Measure.decode(f)(value)),
  }),
  'compares keys only': wrong({
    getEq: () => ({
      equals: (x: M, y: M) =>
        Measure.size(x) === Measure.size(y) &&
        Measure.branches(x).every(([k], i) => k === Measure.branches(y)[i]![0]),
    }),
  }),
}
