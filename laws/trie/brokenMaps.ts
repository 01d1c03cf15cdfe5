/** Broken maps, for the laws of maps to reject; each has one fault, of a kind that real ones have had. */
import * as O from 'fp-ts/lib/Option.js'
import { Map as ImmutableMap, is } from 'immutable'
import * as Hamt from '../../src/trie/Hamt.js'
import type { Instances } from './hamtInstances.js'
import type { Interop } from './hamtInterop.js'
import type { Hamts } from './maps.js'

export type Everything = Hamts & Interop & Instances

/** Maps that keep entries in the order of a list, with the operations that follow from it. */
const onLists = (
  insert: (entries: ReadonlyArray<Entry>, key: string, value: unknown) => ReadonlyArray<Entry>,
): Hamts => {
  const make = (entries: ReadonlyArray<Entry>): unknown => ({
    entries,
    size: entries.length,
    equals: () => false,
    hashCode: () => 0,
    [Symbol.iterator]: () => entries[Symbol.iterator](),
  })
  const inside = (map: unknown) => (map as { entries: ReadonlyArray<Entry> }).entries
  const set = (map: unknown, key: string, value: unknown) => {
    const before = inside(map)
    const after = insert(before, key, value)
    return after === before ? map : make(after)
  }
  const remove = (map: unknown, key: string) =>
    inside(map).some(([k]) => k === key) ? make(inside(map).filter(([k]) => k !== key)) : map
  const fromEntries = (entries: Iterable<Entry>) => [...entries].reduce((m, [k, v]) => set(m, k, v), make([]))
  const through = (map: unknown, f: (map: Hamt.Hamt<unknown>) => unknown): unknown =>
    fromEntries(f(Hamt.fromEntries(inside(map))) as Iterable<Entry>)
  return {
    ...Hamt,
    empty: () => make([]),
    singleton: (key: string, value: unknown) => make([[key, value]]),
    fromEntries,
    get: (map: unknown, key: string) => inside(map).find(([k]) => k === key)?.[1],
    has: (map: unknown, key: string) => inside(map).some(([k]) => k === key),
    lookup: (key: string) => (map: unknown) => Hamt.lookup(key)(Hamt.fromEntries(inside(map))),
    set,
    remove,
    modifyAt: (key: string, f: (a: unknown) => unknown) => (map: unknown) =>
      O.map((m: Hamt.Hamt<unknown>) => fromEntries(m))(Hamt.modifyAt(key, f)(Hamt.fromEntries(inside(map)))),
    forEach: (map: unknown, f: (v: unknown, k: string) => void) => {
      for (const [k, v] of inside(map)) f(v, k)
    },
    equals: (a: unknown, b: unknown, eq: (x: unknown, y: unknown) => boolean) =>
      Hamt.equals(Hamt.fromEntries(inside(a)), Hamt.fromEntries(inside(b)), eq),
    keys: (map: unknown) =>
      inside(map)
        .map(([k]) => k)
        [Symbol.iterator](),
    values: (map: unknown) =>
      inside(map)
        .map(([, v]) => v)
        [Symbol.iterator](),
    reduceWithIndex: (b: unknown, f: (k: string, b: unknown, a: unknown) => unknown) => (map: unknown) =>
      inside(map).reduce((acc, [k, v]) => f(k, acc, v), b),
    withMutations: (edits: (draft: unknown) => void) => (map: unknown) => {
      let at = map
      const draft = {
        get size() {
          return inside(at).length
        },
        get: (key: string) => inside(at).find(([k]) => k === key)?.[1],
        has: (key: string) => inside(at).some(([k]) => k === key),
        set: (key: string, value: unknown) => {
          at = set(at, key, value)
          return draft
        },
        remove: (key: string) => {
          at = remove(at, key)
          return draft
        },
      }
      edits(draft)
      return at
    },
    mapWithIndex: (f: never) => (map: unknown) => through(map, Hamt.mapWithIndex(f)),
    filterWithIndex: (f: never) => (map: unknown) => through(map, Hamt.filterWithIndex(f)),
    filterMapWithIndex: (f: never) => (map: unknown) => through(map, Hamt.filterMapWithIndex(f)),
    difference: (b: unknown) => (a: unknown) => through(a, Hamt.difference(Hamt.fromEntries(inside(b)))),
    check: () => O.none,
  } as unknown as Hamts
}

type Entry = readonly [string, unknown]

const put = (entries: ReadonlyArray<Entry>, key: string, value: unknown): ReadonlyArray<Entry> => {
  const i = entries.findIndex(([k]) => k === key)
  if (i < 0) return [...entries, [key, value]]
  return Object.is(entries[i]![1], value) ? entries : entries.with(i, [key, value])
}

type Theirs = ImmutableMap<string, unknown>

/** `immutable` 5.2.1 as it is: with colliding keys, a deletion and then a set in one batch change the source. */
const immutable = {
  ...Hamt,
  empty: () => ImmutableMap(),
  singleton: (key: string, value: unknown) => ImmutableMap([[key, value]]),
  fromEntries: (entries: Iterable<Entry>) => ImmutableMap(entries),
  get: (map: Theirs, key: string) => map.get(key),
  has: (map: Theirs, key: string) => map.has(key),
  lookup: (key: string) => (map: Theirs) => (map.has(key) ? O.some(map.get(key)) : O.none),
  set: (map: Theirs, key: string, value: unknown) => map.set(key, value),
  remove: (map: Theirs, key: string) => map.delete(key),
  modifyAt: (key: string, f: (a: unknown) => unknown) => (map: Theirs) =>
    map.has(key) ? O.some(map.update(key, f)) : O.none,
  forEach: (map: Theirs, f: (v: unknown, k: string) => void) => {
    map.forEach((v, k) => {
      f(v, k)
    })
  },
  equals: (a: Theirs, b: Theirs) => is(a, b),
  keys: (map: Theirs) => map.keys(),
  values: (map: Theirs) => map.values(),
  reduceWithIndex: (b: unknown, f: (k: string, b: unknown, a: unknown) => unknown) => (map: Theirs) =>
    map.reduce((acc, v, k) => f(k, acc, v), b),
  withMutations: (edits: (draft: unknown) => void) => (map: Theirs) =>
    map.withMutations((inner) => {
      const draft = {
        get size() {
          return inner.size
        },
        get: (key: string) => inner.get(key),
        has: (key: string) => inner.has(key),
        set: (key: string, value: unknown) => inner.set(key, value),
        remove: (key: string) => inner.delete(key),
      }
      edits(draft)
    }),
  check: () => O.none,
} as unknown as Everything

const wrong = (parts: object): Everything => ({ ...Hamt, ...parts }) as unknown as Everything

type Inner = { root: { kind: number; entries: Array<unknown>; children: Array<Inner['root']>; size: number } }

/** @category zoo */
export const maps: Readonly<Record<string, Everything>> = {
  'is immutable 5.2.1': immutable,
  'keeps the order of insertion': wrong(onLists(put)),
  'is edited in place by a batch': wrong({
    withMutations: (edits: (draft: unknown) => void) => (map: Hamt.Hamt<unknown>) => {
      const result = Hamt.withMutations<unknown>(edits)(map)
      const from = map as unknown as Inner
      const to = result as unknown as Inner
      if (result !== map && from.root.kind === to.root.kind && from.root.kind === 1)
        from.root.children = to.root.children
      return result
    },
  }),
  'lets a kept draft edit its result': wrong({
    withMutations: (edits: (draft: unknown) => void) => (map: Hamt.Hamt<unknown>) => {
      let owned: unknown = null
      let late: { owner: unknown; root: unknown } | null = null
      const result = Hamt.withMutations<unknown>((draft) => {
        edits(draft)
        late = draft as unknown as { owner: unknown; root: unknown }
        owned = late.owner
      })(map)
      late!.owner = owned
      return result
    },
  }),
  'edits the map that it is given': wrong({
    set: (map: Hamt.Hamt<unknown>, key: string, value: unknown) => {
      const result = Hamt.set(map, key, value)
      // All empty maps are one, which others use.
      if (map.size > 0) (map as unknown as Inner).root = (result as unknown as Inner).root
      return result
    },
  }),
  'does not collapse when it deletes': wrong({
    remove: (map: Hamt.Hamt<unknown>, key: string) => {
      const result = Hamt.remove(map, key)
      const { root } = map as unknown as Inner
      if (result === map || root.kind !== 1 || (result as unknown as Inner).root.kind === 1) return result
      // The branch stays, with the same entries below it.
      const copy = Hamt.set<unknown>(map, key, {}) as unknown as Inner
      const strip = (node: Inner['root']): void => {
        node.size--
        const child = node.children?.find((c) => holds(c, key))
        if (child === undefined) {
          const i = node.entries.indexOf(key)
          if (i > 0) node.entries.splice(i - 1, 3)
        } else strip(child)
      }
      strip(copy.root)
      return copy as unknown as Hamt.Hamt<unknown>
    },
  }),
  'loses a key that collides': wrong({
    set: (map: Hamt.Hamt<unknown>, key: string, value: unknown) =>
      map.size > 32 && !Hamt.has(map, key) && key.length === 4 ? map : Hamt.set(map, key, value),
  }),
  'takes __proto__ for no key': wrong({
    set: (map: Hamt.Hamt<unknown>, key: string, value: unknown) =>
      key === '__proto__' ? map : Hamt.set(map, key, value),
  }),
  'counts an overwriting as an insertion': wrong({
    withMutations: (edits: (draft: unknown) => void) =>
      Hamt.withMutations<unknown>((draft) => {
        let extra = 0
        edits({
          get size() {
            return draft.size + extra
          },
          get: draft.get.bind(draft),
          has: draft.has.bind(draft),
          remove: draft.remove.bind(draft),
          set: (key: string, value: unknown) => {
            if (draft.has(key)) extra++
            return draft.set(key, value)
          },
        })
      }),
  }),
  'keeps 0 where -0 is set': wrong({
    set: (map: Hamt.Hamt<unknown>, key: string, value: unknown) =>
      Hamt.has(map, key) && Hamt.get(map, key) === value ? map : Hamt.set(map, key, value),
  }),
  'copies though nothing changes': wrong({
    set: (map: Hamt.Hamt<unknown>, key: string, value: unknown) =>
      Hamt.set(Hamt.remove(map, key), key, value),
  }),
  'keeps the first of equal keys': wrong({
    fromEntries: (entries: Iterable<Entry>) => Hamt.fromEntries([...entries].reverse()),
  }),
  'iterates over values in another order': wrong({
    values: (map: Hamt.Hamt<unknown>) => [...Hamt.values(map)].reverse()[Symbol.iterator](),
  }),
  'finds nothing to modify': wrong({ modifyAt: () => () => O.none }),
  'misses removals in a diff': wrong({
    diff: (...args: Parameters<typeof Hamt.diff>) =>
      Hamt.diff(...args).filter(({ _tag }) => _tag !== 'Removed'),
  }),
  'compares all entries for a diff': wrong({
    diff: (
      a: Hamt.Hamt<unknown>,
      b: Hamt.Hamt<unknown>,
      eq: (x: unknown, y: unknown) => boolean = Object.is,
    ) => [
      ...[...a].flatMap(([key, before]) => {
        if (!Hamt.has(b, key)) return [{ _tag: 'Removed', key, before }]
        const after = Hamt.get(b, key)
        return eq(before, after) ? [] : [{ _tag: 'Changed', key, before, after }]
      }),
      ...[...b].flatMap(([key, after]) => (Hamt.has(a, key) ? [] : [{ _tag: 'Added', key, after }])),
    ],
  }),
  'does not ask the given equality': wrong({
    diff: (a: Hamt.Hamt<unknown>, b: Hamt.Hamt<unknown>) => Hamt.diff(a, b),
  }),
  'prefers the wrong side of a union': wrong({
    union: (both: { concat: (x: unknown, y: unknown) => unknown }) =>
      Hamt.union({ concat: (x: unknown, y: unknown) => both.concat(y, x) }),
    getUnionSemigroup: (both: { concat: (x: unknown, y: unknown) => unknown }) =>
      Hamt.getUnionSemigroup({ concat: (x: unknown, y: unknown) => both.concat(y, x) }),
  }),
  'has a unit for union that is none': wrong({
    getUnionMonoid: () => ({ concat: (x: unknown) => x, empty: Hamt.empty() }),
  }),
  'finds all equal': wrong({ equals: () => true, getEq: () => ({ equals: () => true }) }),
  'maps twice': wrong({
    FunctorWithIndex: {
      ...Hamt.FunctorWithIndex,
      map: (fa: Hamt.Hamt<never>, f: (a: never) => never) => Hamt.map(f)(Hamt.map(f)(fa)),
    },
  }),
  'folds from the wrong end': wrong({
    FoldableWithIndex: {
      ...Hamt.FoldableWithIndex,
      reduceRight: (fa: Hamt.Hamt<unknown>, b: unknown, f: (a: unknown, b: unknown) => unknown) =>
        Hamt.reduce(b, (acc: unknown, a: unknown) => f(a, acc))(fa),
    },
  }),
  'filters the other way': wrong({
    FilterableWithIndex: {
      ...Hamt.FilterableWithIndex,
      partition: (fa: Hamt.Hamt<unknown>, p: (a: unknown) => boolean) =>
        Hamt.partitionWithIndex((_, a) => !p(a))(fa),
    },
  }),
  'traverses from the end': wrong({
    TraversableWithIndex: {
      ...Hamt.TraversableWithIndex,
      traverseWithIndex: (F: never) => (fa: Hamt.Hamt<unknown>, f: never) =>
        Hamt.TraversableWithIndex.traverseWithIndex(reversed(F))(fa, f),
    },
  }),
  'answers one array for all answers of an applicative': wrong({
    TraversableWithIndex: {
      ...Hamt.TraversableWithIndex,
      traverse:
        (F: { map: (fa: unknown, f: (a: unknown) => unknown) => unknown }) =>
        (fa: Hamt.Hamt<unknown>, f: never) => {
          let first: unknown
          return F.map(
            (
              Hamt.TraversableWithIndex.traverse as never as (
                F: unknown,
              ) => (fa: unknown, f: unknown) => unknown
            )(F)(fa, f),
            (m) => (first ??= m),
          )
        },
    },
  }),
  'has hashes by identity': wrong({
    fromEntries: (entries: Iterable<Entry>) =>
      Object.defineProperty(Hamt.fromEntries(entries), 'hashCode', {
        value: () => Math.floor(Math.random() * 2 ** 30),
      }),
  }),
  'loses what collides on the way to immutable': wrong({
    toImmutable: (map: Hamt.Hamt<unknown>) => Hamt.toImmutable(map).delete('Aa').delete('BB'),
  }),
}

const holds = (node: Inner['root'], key: string): boolean =>
  node.children === undefined ? node.entries.includes(key) : node.children.some((c) => holds(c, key))

/** An applicative whose effects run backwards. */
const reversed = (F: {
  readonly map: (fa: unknown, f: (a: unknown) => unknown) => unknown
  readonly ap: (fab: unknown, fa: unknown) => unknown
}): never =>
  ({
    ...F,
    ap: (fab: unknown, fa: unknown) =>
      F.ap(
        F.map(fa, (a) => (f: unknown) => (f as (a: unknown) => unknown)(a)),
        fab,
      ),
  }) as never
