/**
 * A `Hamt<A>` is a persistent map from strings to `A`: a canonical hash-array-mapped trie, wholly in memory.
 *
 * Its shape depends on its entries alone (`internal/node.ts`, INV1–INV5), never on the order of edits. So two maps
 * with equal entries are equal node for node, a diff enters only what differs, and every edit shares all but one
 * path with the map that it came from.
 *
 * Laws (`coppice/laws`, `hamtLaws`):
 * 1. model: every operation agrees with a native `Map`;
 * 2. canonical: any order of edits that ends in the same entries ends in the same tree;
 * 3. no aliasing: a batch never changes the map that it started from, nor a later batch its result;
 * 4. inverse: `patch(diff(a, b))(a)` equals `b`;
 * 5. the laws of the instances below.
 *
 * Source: P. Bagwell, Ideal Hash Trees (2001); the leaf buckets and the collapse rule are ours.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Hamt } from 'coppice'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * const one = Hamt.fromEntries([['a', 1], ['b', 2]])
 * const two = pipe(one, Hamt.upsertAt('c', 3), Hamt.deleteAt('a'))
 * assert.deepStrictEqual([one.size, two.size, Hamt.get(one, 'a')], [2, 2, 1])
 * ```
 */

import type { HKT } from 'fp-ts/HKT'
import type { Applicative as ApplicativeHKT } from 'fp-ts/lib/Applicative.js'
import type { Compactable1 } from 'fp-ts/lib/Compactable.js'
import * as E from 'fp-ts/lib/Either.js'
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Filterable1 } from 'fp-ts/lib/Filterable.js'
import type { FilterableWithIndex1 } from 'fp-ts/lib/FilterableWithIndex.js'
import type { Foldable1 } from 'fp-ts/lib/Foldable.js'
import type { FoldableWithIndex1 } from 'fp-ts/lib/FoldableWithIndex.js'
import type { Functor1 } from 'fp-ts/lib/Functor.js'
import type { FunctorWithIndex1 } from 'fp-ts/lib/FunctorWithIndex.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Predicate } from 'fp-ts/lib/Predicate.js'
import type { Refinement } from 'fp-ts/lib/Refinement.js'
import type { Semigroup } from 'fp-ts/lib/Semigroup.js'
import type { Separated } from 'fp-ts/lib/Separated.js'
import type { Traversable1 } from 'fp-ts/lib/Traversable.js'
import type { TraversableWithIndex1 } from 'fp-ts/lib/TraversableWithIndex.js'
import { Map as ImmutableMap, hash as immutableHash, is as immutableIs } from 'immutable'
import { build } from './internal/build.js'
import { type Broken, inspect } from './internal/check.js'
import { insert, remove as removeKey } from './internal/edit.js'
import * as merge from './internal/merge.js'
import { BRANCH, EMPTY, NOBODY, type Owner, type Trie } from './internal/node.js'
import { ROOT } from './internal/place.js'
import { placement, ROOT_SHIFT } from './internal/placement.js'
import * as walk from './internal/walk.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

declare const element: unique symbol

/** A persistent map from strings to `A`. Works as a key in `immutable` collections and with `Immutable.is`. */
export interface Hamt<A> extends Iterable<readonly [string, A]> {
  readonly [element]?: (_: never) => A
  /** Number of entries. O(1). */
  readonly size: number
  /** Equal keys and, by `Immutable.is`, equal values. */
  readonly equals: (that: unknown) => boolean
  readonly hashCode: () => number
}

class Rooted implements Hamt<unknown> {
  declare readonly [element]?: (_: never) => unknown
  readonly root: Trie
  constructor(root: Trie) {
    this.root = root
  }
  get size(): number {
    return this.root.size
  }
  equals(that: unknown): boolean {
    return that instanceof Rooted && merge.equals(this.root, that.root, immutableIs)
  }
  hashCode(): number {
    let sum = this.root.size
    walk.forEach(this.root, (value, key) => {
      sum = (sum + Math.imul(placement(key) ^ immutableHash(value), 0x9e3779b1)) | 0
    })
    return sum
  }
  [Symbol.iterator](): Iterator<readonly [string, unknown]> {
    return new walk.Entries(this.root, (key, value) => [key, value] as const)
  }
}

const wrap = <A>(root: Trie): Hamt<A> => new Rooted(root) as Hamt<A>
const rootOf = <A>(map: Hamt<A>): Trie => (map as unknown as Rooted).root
const same = <A, B>(map: Hamt<A>, root: Trie): Hamt<B> =>
  (root === rootOf(map) ? map : wrap(root)) as unknown as Hamt<B>

export const URI = 'coppice/Hamt'
export type URI = typeof URI

declare module 'fp-ts/HKT' {
  interface URItoKind<A> {
    readonly [URI]: Hamt<A>
  }
}

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

const none = wrap<never>(EMPTY)

/** @category constructors */
export const empty = <A = never>(): Hamt<A> => none

/** @category constructors */
export const singleton = <A>(key: string, value: A): Hamt<A> =>
  wrap(insert(NOBODY, EMPTY, ROOT_SHIFT, placement(key), key, value))

/** Builds from entries; of equal keys the last counts. O(n), many times faster than n edits. */
export const fromEntries = <A>(entries: Iterable<readonly [string, A]>): Hamt<A> => {
  const keys: Array<string> = []
  const values: Array<A> = []
  for (const [key, value] of entries) {
    keys.push(key)
    values.push(value)
  }
  return wrap(build(keys, values))
}

/** The own enumerable properties of a record. @category constructors */
export const fromRecord = <A>(record: Readonly<Record<string, A>>): Hamt<A> =>
  fromEntries(Object.entries(record))

/** @category interop */
export const fromImmutable = <A>(map: ImmutableMap<string, A>): Hamt<A> => fromEntries(map)

// -------------------------------------------------------------------------------------
// direct access: data first, no allocation but the result
// -------------------------------------------------------------------------------------

/** The value at a key, or `undefined`. O(log n). */
export const get = <A>(map: Hamt<A>, key: string): A | undefined => {
  const value = merge.lookup(rootOf(map), placement(key), key, ROOT_SHIFT)
  return value === merge.ABSENT ? undefined : (value as A)
}

/** Whether there is an entry at a key. O(log n). */
export const has = <A>(map: Hamt<A>, key: string): boolean =>
  merge.lookup(rootOf(map), placement(key), key, ROOT_SHIFT) !== merge.ABSENT

/** The map with an entry set; the very same map if it already holds this very value. O(log n). */
export const set = <A>(map: Hamt<A>, key: string, value: A): Hamt<A> =>
  same(map, insert(NOBODY, rootOf(map), ROOT_SHIFT, placement(key), key, value))

/** The map without a key; the very same map if the key is not there. O(log n). */
export const remove = <A>(map: Hamt<A>, key: string): Hamt<A> =>
  same(map, removeKey(NOBODY, rootOf(map), ROOT_SHIFT, placement(key), key))

/** Calls `f` for each entry, in the order of the trie. */
export const forEach = <A>(map: Hamt<A>, f: (value: A, key: string) => void): void =>
  walk.forEach(rootOf(map), f as (value: unknown, key: string) => void)

/** Whether two maps hold equal values at the same keys. O(1) for what they share, else O(n). */
export const equals = <A>(a: Hamt<A>, b: Hamt<A>, eq: (x: A, y: A) => boolean): boolean =>
  merge.equals(rootOf(a), rootOf(b), eq as (x: unknown, y: unknown) => boolean)

// -------------------------------------------------------------------------------------
// destructors
// -------------------------------------------------------------------------------------

/** @category destructors */
export const lookup =
  (key: string) =>
  <A>(map: Hamt<A>): O.Option<A> => {
    const value = merge.lookup(rootOf(map), placement(key), key, ROOT_SHIFT)
    return value === merge.ABSENT ? O.none : O.some(value as A)
  }

/** @category destructors */
export const member =
  (key: string) =>
  <A>(map: Hamt<A>): boolean =>
    has(map, key)

/** @category destructors */
export const size = <A>(map: Hamt<A>): number => rootOf(map).size

/** @category destructors */
export const isEmpty = <A>(map: Hamt<A>): boolean => rootOf(map).size === 0

/** Iterates over the keys, in the order of the trie. @category destructors */
export const keys = <A>(map: Hamt<A>): IterableIterator<string> => new walk.Entries(rootOf(map), (key) => key)

/** Iterates over the values, in the order of the trie. @category destructors */
export const values = <A>(map: Hamt<A>): IterableIterator<A> =>
  new walk.Entries(rootOf(map), (_, value) => value as A)

/** @category interop */
export const toImmutable = <A>(map: Hamt<A>): ImmutableMap<string, A> => ImmutableMap(map)

/** @category destructors */
export const reduceWithIndex =
  <A, B>(b: B, f: (key: string, b: B, a: A) => B) =>
  (map: Hamt<A>): B => {
    let result = b
    forEach(map, (value, key) => {
      result = f(key, result, value)
    })
    return result
  }

/** @category destructors */
export const reduce = <A, B>(b: B, f: (b: B, a: A) => B): ((map: Hamt<A>) => B) =>
  reduceWithIndex(b, (_, acc, a: A) => f(acc, a))

/** @category destructors */
export const foldMapWithIndex =
  <M>(M: Monoid<M>) =>
  <A>(f: (key: string, a: A) => M): ((map: Hamt<A>) => M) =>
    reduceWithIndex(M.empty, (key, m: M, a: A) => M.concat(m, f(key, a)))

/** @category destructors */
export const foldMap =
  <M>(M: Monoid<M>) =>
  <A>(f: (a: A) => M): ((map: Hamt<A>) => M) =>
    foldMapWithIndex(M)((_, a: A) => f(a))

// -------------------------------------------------------------------------------------
// edits
// -------------------------------------------------------------------------------------

/** @category edits */
export const upsertAt =
  <A>(key: string, value: A) =>
  (map: Hamt<A>): Hamt<A> =>
    set(map, key, value)

/** @category edits */
export const deleteAt =
  (key: string) =>
  <A>(map: Hamt<A>): Hamt<A> =>
    remove(map, key)

/** Changes the value at a key, or answers `none` if there is no such key. @category edits */
export const modifyAt =
  <A>(key: string, f: (a: A) => A) =>
  (map: Hamt<A>): O.Option<Hamt<A>> => {
    const h = placement(key)
    const value = merge.lookup(rootOf(map), h, key, ROOT_SHIFT)
    return value === merge.ABSENT
      ? O.none
      : O.some(same(map, insert(NOBODY, rootOf(map), ROOT_SHIFT, h, key, f(value as A))))
  }

/** A map under construction; only for the body of `withMutations`. */
export interface Draft<A> {
  readonly size: number
  readonly get: (key: string) => A | undefined
  readonly has: (key: string) => boolean
  readonly set: (key: string, value: A) => Draft<A>
  readonly remove: (key: string) => Draft<A>
}

class Batch<A> implements Draft<A> {
  root: Trie
  owner: Owner = { loaded: null }
  constructor(root: Trie) {
    this.root = root
  }
  get size(): number {
    return this.root.size
  }
  get(key: string): A | undefined {
    const value = merge.lookup(this.root, placement(key), key, ROOT_SHIFT)
    return value === merge.ABSENT ? undefined : (value as A)
  }
  has(key: string): boolean {
    return merge.lookup(this.root, placement(key), key, ROOT_SHIFT) !== merge.ABSENT
  }
  set(key: string, value: A): this {
    this.root = insert(this.owner, this.root, ROOT_SHIFT, placement(key), key, value)
    return this
  }
  remove(key: string): this {
    this.root = removeKey(this.owner, this.root, ROOT_SHIFT, placement(key), key)
    return this
  }
}

/**
 * Many edits at the cost of one copy of each node that they touch.
 *
 * The source is never changed, and a draft that is kept beyond its body can no longer reach the result.
 *
 * @category edits
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Hamt } from 'coppice'
 *
 * const squares = Hamt.withMutations<number>((draft) => {
 *   for (let i = 0; i < 100; i++) draft.set(`${i}`, i * i)
 * })(Hamt.empty())
 * assert.strictEqual(Hamt.get(squares, '12'), 144)
 * ```
 */
export const withMutations =
  <A>(edits: (draft: Draft<A>) => void) =>
  (map: Hamt<A>): Hamt<A> => {
    const batch = new Batch<A>(rootOf(map))
    edits(batch)
    batch.owner = NOBODY
    return same(map, batch.root)
  }

// -------------------------------------------------------------------------------------
// maps and filters
// -------------------------------------------------------------------------------------

/** @category combinators */
export const mapWithIndex =
  <A, B>(f: (key: string, a: A) => B) =>
  (map: Hamt<A>): Hamt<B> =>
    wrap(walk.map(rootOf(map), (value, key) => f(key, value as A)))

/** @category combinators */
export const map = <A, B>(f: (a: A) => B): ((map: Hamt<A>) => Hamt<B>) => mapWithIndex((_, a: A) => f(a))

/** @category combinators */
export const filterMapWithIndex =
  <A, B>(f: (key: string, a: A) => O.Option<B>) =>
  (map: Hamt<A>): Hamt<B> =>
    same(
      map,
      walk.filterMap(rootOf(map), ROOT_SHIFT, (value, key) => {
        const kept = f(key, value as A)
        return kept._tag === 'Some' ? kept.value : walk.DROP
      }),
    )

/** @category combinators */
export const filterMap = <A, B>(f: (a: A) => O.Option<B>): ((map: Hamt<A>) => Hamt<B>) =>
  filterMapWithIndex((_, a: A) => f(a))

/** @category combinators */
export const filterWithIndex =
  <A>(predicate: (key: string, a: A) => boolean) =>
  (map: Hamt<A>): Hamt<A> =>
    same(
      map,
      walk.filterMap(rootOf(map), ROOT_SHIFT, (value, key) =>
        predicate(key, value as A) ? value : walk.DROP,
      ),
    )

/** @category combinators */
export function filter<A, B extends A>(refinement: Refinement<A, B>): (map: Hamt<A>) => Hamt<B>
export function filter<A>(predicate: Predicate<A>): (map: Hamt<A>) => Hamt<A>
export function filter<A>(predicate: Predicate<A>): (map: Hamt<A>) => Hamt<A> {
  return filterWithIndex((_, a: A) => predicate(a))
}

/** @category combinators */
export const partitionMapWithIndex =
  <A, B, C>(f: (key: string, a: A) => E.Either<B, C>) =>
  (map: Hamt<A>): Separated<Hamt<B>, Hamt<C>> => {
    const sides = mapWithIndex(f)(map)
    return {
      left: filterMap((side: E.Either<B, C>) => (E.isLeft(side) ? O.some(side.left) : O.none))(sides),
      right: filterMap((side: E.Either<B, C>) => (E.isRight(side) ? O.some(side.right) : O.none))(sides),
    }
  }

/** @category combinators */
export const partitionWithIndex =
  <A>(predicate: (key: string, a: A) => boolean) =>
  (map: Hamt<A>): Separated<Hamt<A>, Hamt<A>> => ({
    left: filterWithIndex((key, a: A) => !predicate(key, a))(map),
    right: filterWithIndex(predicate)(map),
  })

// -------------------------------------------------------------------------------------
// two maps
// -------------------------------------------------------------------------------------

/** Every entry of either; `concat` joins the values where both have one. O(n + m), less where they share. */
export const union =
  <A>(both: Semigroup<A>) =>
  (second: Hamt<A>) =>
  (first: Hamt<A>): Hamt<A> =>
    same(
      first,
      merge.union(rootOf(first), rootOf(second), ROOT_SHIFT, (x, y) => both.concat(x as A, y as A)),
    )

/** The entries at keys that both have, joined. O(min(n, m)) where shapes agree. */
export const intersection =
  <A>(both: Semigroup<A>) =>
  (second: Hamt<A>) =>
  (first: Hamt<A>): Hamt<A> =>
    same(
      first,
      merge.intersection(rootOf(first), rootOf(second), ROOT_SHIFT, (x, y) => both.concat(x as A, y as A)),
    )

/** The entries of the first at keys that the second has not. */
export const difference =
  <B>(second: Hamt<B>) =>
  <A>(first: Hamt<A>): Hamt<A> =>
    same(first, merge.difference(rootOf(first), rootOf(second), ROOT_SHIFT))

/** What happened to one key between two maps. */
export type Change<A> =
  | { readonly _tag: 'Added'; readonly key: string; readonly after: A }
  | { readonly _tag: 'Removed'; readonly key: string; readonly before: A }
  | { readonly _tag: 'Changed'; readonly key: string; readonly before: A; readonly after: A }

/** What differs between two maps, in the order of the trie. O(changes · log n). */
export const diff = <A>(
  before: Hamt<A>,
  after: Hamt<A>,
  eq: (x: A, y: A) => boolean = Object.is,
): ReadonlyArray<Change<A>> => {
  const changes: Array<Change<A>> = []
  merge.diff(
    rootOf(before),
    rootOf(after),
    ROOT,
    eq as (x: unknown, y: unknown) => boolean,
    (key, x, y) => {
      if (x === merge.ABSENT) changes.push({ _tag: 'Added', key, after: y as A })
      else if (y === merge.ABSENT) changes.push({ _tag: 'Removed', key, before: x as A })
      else changes.push({ _tag: 'Changed', key, before: x as A, after: y as A })
    },
    [] as Array<merge.Pending>,
  )
  return changes
}

/** Makes the changes again: `patch(diff(a, b))(a)` equals `b`. */
export const patch = <A>(changes: ReadonlyArray<Change<A>>): ((map: Hamt<A>) => Hamt<A>) =>
  withMutations((draft) => {
    for (const change of changes) {
      if (change._tag === 'Removed') draft.remove(change.key)
      else draft.set(change.key, change.after)
    }
  })

// -------------------------------------------------------------------------------------
// checks and instances
// -------------------------------------------------------------------------------------

/** Which invariant a map breaks and on what path, if any. For tests; O(n). */
export const check = <A>(map: Hamt<A>): O.Option<Broken> => inspect(rootOf(map))

/** @category instances */
export const getEq = <A>(E: Eq<A>): Eq<Hamt<A>> => ({ equals: (x, y) => x === y || equals(x, y, E.equals) })

/** Union as a semigroup. @category instances */
export const getUnionSemigroup = <A>(S: Semigroup<A>): Semigroup<Hamt<A>> => ({
  concat: (first, second) => union(S)(second)(first),
})

/** @category instances */
export const getUnionMonoid = <A>(S: Semigroup<A>): Monoid<Hamt<A>> => ({
  ...getUnionSemigroup(S),
  empty: empty(),
})

/** @category instances */
export const FunctorWithIndex: FunctorWithIndex1<URI, string> = {
  URI,
  map: (fa, f) => map(f)(fa),
  mapWithIndex: (fa, f) => mapWithIndex(f)(fa),
}

/** @category instances */
export const FoldableWithIndex: FoldableWithIndex1<URI, string> = {
  URI,
  reduce: (fa, b, f) => reduce(b, f)(fa),
  foldMap: (M) => (fa, f) => foldMap(M)(f)(fa),
  reduceRight: (fa, b, f) => [...values(fa)].reduceRight((acc, a) => f(a, acc), b),
  reduceWithIndex: (fa, b, f) => reduceWithIndex(b, f)(fa),
  foldMapWithIndex: (M) => (fa, f) => foldMapWithIndex(M)(f)(fa),
  reduceRightWithIndex: (fa, b, f) => [...fa].reduceRight((acc, [key, a]) => f(key, a, acc), b),
}

/** @category instances */
export const Compactable: Compactable1<URI> = {
  URI,
  compact: (fa) => filterMap(<A>(a: O.Option<A>) => a)(fa),
  separate: (fa) => partitionMapWithIndex((_, side: E.Either<never, never>) => side)(fa as never) as never,
}

/** @category instances */
export const FilterableWithIndex: FilterableWithIndex1<URI, string> = {
  ...FunctorWithIndex,
  ...Compactable,
  filter: <A>(fa: Hamt<A>, predicate: Predicate<A>) => filter(predicate)(fa),
  filterMap: (fa, f) => filterMap(f)(fa),
  partition: <A>(fa: Hamt<A>, predicate: Predicate<A>) => partitionWithIndex((_, a: A) => predicate(a))(fa),
  partitionMap: (fa, f) => partitionMapWithIndex((_, a: never) => f(a))(fa as never) as never,
  filterWithIndex: <A>(fa: Hamt<A>, predicate: (key: string, a: A) => boolean) =>
    filterWithIndex(predicate)(fa),
  filterMapWithIndex: (fa, f) => filterMapWithIndex(f)(fa),
  partitionWithIndex: <A>(fa: Hamt<A>, predicate: (key: string, a: A) => boolean) =>
    partitionWithIndex(predicate)(fa),
  partitionMapWithIndex: (fa, f) => partitionMapWithIndex(f)(fa),
}

type Results<B> = { readonly before: Results<B>; readonly b: B } | null

const listed = <B>(last: Results<B>): Array<B> => {
  const all: Array<B> = []
  for (let at = last; at !== null; at = at.before) all.push(at.b)
  return all.reverse()
}

/** Some effects one after another. Appending to an array would copy it each time; a linked list shares its prefix. */
const sequenced = <F, A, B>(
  F: ApplicativeHKT<F>,
  as: ReadonlyArray<A>,
  f: (a: A) => HKT<F, B>,
): HKT<F, Array<B>> => {
  let results: HKT<F, Results<B>> = F.of<Results<B>>(null)
  for (const a of as) {
    results = F.ap(
      F.map(
        results,
        (before) =>
          (b: B): Results<B> => ({ before, b }),
      ),
      f(a),
    )
  }
  return F.map(results, listed)
}

/** Along the trie, so that an applicative that nests what it sequences nests it no deeper than the trie is. */
const traverse =
  <F>(F: ApplicativeHKT<F>) =>
  <A, B>(fa: Hamt<A>, f: (key: string, a: A) => HKT<F, B>): HKT<F, Hamt<B>> => {
    const visit = (node: Trie): HKT<F, Trie> => {
      if (node.kind === BRANCH) {
        return F.map(sequenced(F, node.children as ReadonlyArray<Trie>, visit), (children) =>
          walk.withChildren(node, children),
        )
      }
      const entries = [...new walk.Entries(node, (key, a) => [key, a as A] as const)]
      return F.map(
        sequenced(F, entries, ([key, a]) => f(key, a)),
        (values) => walk.withValues(node, values),
      )
    }
    return F.map(visit(rootOf(fa)), (root) => wrap<B>(root))
  }

/** Traverses in the order of the trie. @category instances */
export const TraversableWithIndex: TraversableWithIndex1<URI, string> = {
  ...FunctorWithIndex,
  ...FoldableWithIndex,
  traverse: ((F: ApplicativeHKT<unknown>) =>
    <A, B>(fa: Hamt<A>, f: (a: A) => HKT<unknown, B>) =>
      traverse(F)(fa, (_, a: A) => f(a))) as TraversableWithIndex1<URI, string>['traverse'],
  sequence: ((F: ApplicativeHKT<unknown>) =>
    <A>(fa: Hamt<HKT<unknown, A>>) =>
      traverse(F)(fa, (_, a: HKT<unknown, A>) => a)) as TraversableWithIndex1<URI, string>['sequence'],
  traverseWithIndex: traverse as TraversableWithIndex1<URI, string>['traverseWithIndex'],
}

/** @category instances */
export const Functor: Functor1<URI> = FunctorWithIndex

/** @category instances */
export const Foldable: Foldable1<URI> = FoldableWithIndex

/** @category instances */
export const Filterable: Filterable1<URI> = FilterableWithIndex

/** @category instances */
export const Traversable: Traversable1<URI> = TraversableWithIndex

/** Intersection as a semigroup. @category instances */
export const getIntersectionSemigroup = <A>(S: Semigroup<A>): Semigroup<Hamt<A>> => ({
  concat: (first, second) => intersection(S)(second)(first),
})
