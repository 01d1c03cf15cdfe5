/** The laws of the instances that a map has in fp-ts. */
import fc from 'fast-check'
import type { Applicative, Applicative1 } from 'fp-ts/lib/Applicative.js'
import * as E from 'fp-ts/lib/Either.js'
import * as Id from 'fp-ts/lib/Identity.js'
import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as S from 'fp-ts/lib/State.js'
import type * as Hamt from '../../src/trie/Hamt.js'
import { isEq, law, type Suite, suite } from '../Law.js'
import { pool } from './maps.js'

/** What the laws ask of an implementation. */
export type Instances = Pick<
  typeof Hamt,
  | 'empty'
  | 'fromEntries'
  | 'equals'
  | 'getEq'
  | 'getUnionSemigroup'
  | 'getUnionMonoid'
  | 'FunctorWithIndex'
  | 'FoldableWithIndex'
  | 'Compactable'
  | 'FilterableWithIndex'
  | 'TraversableWithIndex'
>

type Numbers = Hamt.Hamt<number>

const sameNumber = { equals: (x: number, y: number) => x === y }
const texts = { concat: (x: string, y: string) => x + y, empty: '' }
const list = <A>(map: Hamt.Hamt<A>): ReadonlyArray<readonly [string, A]> => [...map]
const f1 = fc.func<[number], number>(fc.nat(9))
const fk = fc.func<[string, number], number>(fc.nat(9))
const options = f1.map((f) => (n: number) => (f(n) % 3 === 0 ? O.none : O.some(f(n))))
const sides = f1.map(
  (f) =>
    (n: number): E.Either<number, number> =>
      f(n) % 2 === 0 ? E.left(n) : E.right(f(n)),
)

export const hamtInstanceLaws = (name: string, subject: Instances): Suite => {
  const entries = fc.uniqueArray(fc.tuple(fc.constantFrom(...pool), fc.nat(9)), {
    selector: ([key]) => key,
    maxLength: 60,
    size: 'max',
  })
  const maps = entries.map((given) => subject.fromEntries(given))
  const {
    FunctorWithIndex: F,
    FoldableWithIndex: D,
    FilterableWithIndex: P,
    TraversableWithIndex: T,
  } = subject
  const eq = subject.getEq(sameNumber)
  const union = { concat: (x: number, y: number) => 10 * x + y }
  const same = (x: Numbers, y: Numbers) => isEq(x, y, eq.equals)
  return suite(name, [
    law('equality is an equivalence', [entries, maps], (given, other) => {
      const [x, y, z] = [given, [...given].reverse(), given].map((e) => subject.fromEntries(e)) as [
        Numbers,
        Numbers,
        Numbers,
      ]
      return [
        isEq(
          [eq.equals(x, x), eq.equals(x, y), eq.equals(y, x), eq.equals(y, z), eq.equals(x, z)],
          new Array(5).fill(true),
        ),
        isEq(eq.equals(x, other), eq.equals(other, x)),
        isEq(eq.equals(x, other), isEq(list(x), list(other)).equal),
      ]
    }),
    law('functor: identity and composition, with index', [maps, f1, fk, fk], (fa, f, g, h) => [
      same(
        F.map(fa, (a) => a),
        fa,
      ),
      same(
        F.map(F.map(fa, f), f),
        F.map(fa, (a) => f(f(a))),
      ),
      same(
        F.mapWithIndex(F.mapWithIndex(fa, g), h),
        F.mapWithIndex(fa, (k, a) => h(k, g(k, a))),
      ),
      same(
        F.map(fa, f),
        F.mapWithIndex(fa, (_, a) => f(a)),
      ),
    ]),
    law('folds agree with one another and follow the order of the entries', [maps], (fa) => {
      const all = list(fa)
      const show = (a: number) => `${a};`
      return [
        isEq(
          D.reduce(fa, '', (b, a) => b + show(a)),
          all.map(([, a]) => show(a)).join(''),
        ),
        isEq(
          D.foldMap(texts)(fa, show),
          D.reduce(fa, '', (b, a) => b + show(a)),
        ),
        isEq(
          D.reduceRight(fa, '', (a, b) => show(a) + b),
          D.reduce(fa, '', (b, a) => b + show(a)),
        ),
        isEq(
          D.foldMapWithIndex(texts)(fa, (k, a) => k + show(a)),
          D.reduceWithIndex(fa, '', (k, b, a) => b + k + show(a)),
        ),
        isEq(
          D.reduceRightWithIndex(fa, '', (k, a, b) => k + show(a) + b),
          D.reduceWithIndex(fa, '', (k, b, a) => b + k + show(a)),
        ),
      ]
    }),
    law('filterable: identity, composition, partition', [maps, options, options, sides], (fa, f, g, h) => {
      const parted = P.partitionMap(fa, h)
      const both = P.partition(fa, (a) => a > 4)
      return [
        same(P.filterMap(fa, O.some), fa),
        same(
          P.filterMap(P.filterMap(fa, f), g),
          P.filterMap(fa, (a) => O.Monad.chain(f(a), g)),
        ),
        same(
          P.filter(fa, (a) => a > 4),
          P.filterMap(fa, (a) => (a > 4 ? O.some(a) : O.none)),
        ),
        same(subject.Compactable.compact(F.map(fa, f)), P.filterMap(fa, f)),
        same(
          parted.left,
          P.filterMap(fa, (a) => O.getLeft(h(a))),
        ),
        same(
          parted.right,
          P.filterMap(fa, (a) => O.getRight(h(a))),
        ),
        same(
          both.right,
          P.filter(fa, (a) => a > 4),
        ),
        same(
          both.left,
          P.filter(fa, (a) => a <= 4),
        ),
        same(subject.Compactable.separate(F.map(fa, h)).right, parted.right),
        same(
          P.filterWithIndex(fa, (k) => k.length === 4),
          P.filterMapWithIndex(fa, (k, a) => (k.length === 4 ? O.some(a) : O.none)),
        ),
      ]
    }),
    law(
      'traversable: identity, naturality, and the order of the entries',
      [maps, options, sides],
      (fa, f, g) => {
        const traced = T.traverseWithIndex(S.Applicative)(fa, (key, a) => (seen: ReadonlyArray<string>) => [
          a + 1,
          [...seen, key],
        ])([])
        const natural: (side: E.Either<unknown, Numbers>) => O.Option<Numbers> = O.getRight
        return [
          same(
            T.traverse(Id.Applicative as Applicative1<'Identity'>)(fa, (a) => a + 1) as Numbers,
            F.map(fa, (a) => a + 1),
          ),
          isEq(
            O.map(list<number>)(T.traverse(O.Applicative)(fa, f)),
            list(fa).every(([, a]) => O.isSome(f(a))) ? O.some(list(P.filterMap(fa, f))) : O.none,
          ),
          isEq(
            O.map(list<number>)(natural(T.traverse(E.Applicative)(fa, g))),
            O.map(list<number>)(T.traverse(O.Applicative)(fa, (a) => O.getRight(g(a)))),
          ),
          isEq(
            T.traverse(E.Applicative)(fa, g)._tag,
            list(fa).some(([, a]) => E.isLeft(g(a))) ? 'Left' : 'Right',
          ),
          isEq(
            traced[1],
            list(fa).map(([key]) => key),
          ),
          same(
            traced[0],
            F.map(fa, (a) => a + 1),
          ),
          isEq(
            O.map(list<number>)(T.sequence(O.Applicative)(F.map(fa, f))),
            O.map(list<number>)(T.traverse(O.Applicative)(fa, f)),
          ),
        ]
      },
    ),
    law(
      'traversable: an applicative of many answers gets each',
      [
        fc.uniqueArray(fc.tuple(fc.constantFrom(...pool), fc.nat(9)), {
          selector: ([key]) => key,
          maxLength: 4,
        }),
      ],
      (given) => {
        const fa = subject.fromEntries(given)
        const A = RA.Applicative as unknown as Applicative<unknown>
        const all = T.traverse(A)(fa, (a: number) => [a, a + 1] as never) as unknown as ReadonlyArray<Numbers>
        const expected = list(fa).reduce<ReadonlyArray<ReadonlyArray<readonly [string, number]>>>(
          (maps, [key, a]) => maps.flatMap((map) => [a, a + 1].map((b) => [...map, [key, b] as const])),
          [[]],
        )
        return isEq(all.map(list), expected)
      },
    ),
    law('union is a semigroup and a monoid', [maps, maps, maps], (x, y, z) => {
      const join = { concat: (a: number, b: number) => Math.max(a, b) }
      const M = subject.getUnionMonoid(join)
      const S2 = subject.getUnionSemigroup(union)
      const both = S2.concat(x, y)
      const inY = new Map(y)
      return [
        same(M.concat(M.concat(x, y), z), M.concat(x, M.concat(y, z))),
        same(M.concat(M.empty, x), x),
        same(M.concat(x, M.empty), x),
        isEq(
          list(both).filter(([key]) => inY.has(key) && new Map(x).has(key)),
          list(both).flatMap(([key]) => {
            const a = new Map(x).get(key)
            const b = inY.get(key)
            return a === undefined || b === undefined ? [] : [[key, 10 * a + b] as const]
          }),
        ),
      ]
    }),
  ])
}
