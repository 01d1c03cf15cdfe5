/**
 * What the laws of maps draw: few keys, so that edits meet, among them keys that are crafted to meet in the trie.
 */
import fc from 'fast-check'
import type * as Hamt from '../../src/trie/Hamt.js'
import { colliding, sharing } from './collidingKeys.js'

/**
 * What the laws ask of an implementation: the operations of `Hamt`. Its maps are iterable and know their size, so maps of
 * `immutable` will do.
 */
export type Hamts = Pick<
  typeof Hamt,
  | 'empty'
  | 'singleton'
  | 'fromEntries'
  | 'get'
  | 'has'
  | 'lookup'
  | 'set'
  | 'remove'
  | 'modifyAt'
  | 'forEach'
  | 'equals'
  | 'keys'
  | 'values'
  | 'reduceWithIndex'
  | 'withMutations'
  | 'mapWithIndex'
  | 'filterMapWithIndex'
  | 'filterWithIndex'
  | 'partitionMapWithIndex'
  | 'union'
  | 'intersection'
  | 'difference'
  | 'diff'
  | 'patch'
  | 'check'
>

export type Entries = ReadonlyArray<readonly [string, unknown]>

export type Edit =
  | { readonly _tag: 'Set'; readonly key: string; readonly value: unknown }
  | { readonly _tag: 'Remove'; readonly key: string }

/**
 * Forty that collide wholly, forty that part at the sixth level, and the names and pairs that have broken maps before:
 * Aa and BB collide for Java's string hash, which `immutable` uses.
 */
export const pool: ReadonlyArray<string> = [
  ...[
    '',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'size',
    '0',
    '1',
    'Aa',
    'BB',
    'AaAa',
    'AaBB',
    'BBAa',
    'BBBB',
  ],
  ...['\u{10000}', '\uffff', '\ud800', 'k'.repeat(1024)],
  ...colliding(40),
  ...sharing(5, 40),
]

const someKeys: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...pool) },
  { weight: 1, arbitrary: fc.constantFrom('Aa', 'BB') },
  { weight: 1, arbitrary: fc.string({ maxLength: 3 }) },
)

/** Few, so that equal ones meet, and those that `===` gets wrong. */
export const someValues: fc.Arbitrary<unknown> = fc.constantFrom(
  0,
  1,
  2,
  3,
  'x',
  undefined,
  null,
  -0,
  Number.NaN,
)

/** Long enough that leaves are filled and branches emptied. */
export const edits: fc.Arbitrary<ReadonlyArray<Edit>> = fc.oneof(
  fc.array(edit(), { maxLength: 12 }),
  fc.array(edit(), { maxLength: 250, size: 'max' }),
)

function edit(): fc.Arbitrary<Edit> {
  return fc.oneof(
    {
      weight: 2,
      arbitrary: fc.tuple(someKeys, someValues).map(([key, value]): Edit => ({ _tag: 'Set', key, value })),
    },
    { weight: 1, arbitrary: someKeys.map((key): Edit => ({ _tag: 'Remove', key })) },
  )
}

/** Keys of one hash by Java's, in a map that has others too. */
const javan = ['Aa', 'BB'] as const
export const crowd: ReadonlyArray<Edit> = [
  ...javan,
  ...Array.from({ length: 20 }, (_, i) => `crowd ${i}`),
].map((key) => ({ _tag: 'Set', key, value: 0 }))

/** Few edits that meet in such keys: what has broken batches. */
export const javanEdits: fc.Arbitrary<ReadonlyArray<Edit>> = fc.array(
  fc
    .tuple(fc.constantFrom(...javan), someValues, fc.boolean())
    .map(([key, value, sets]): Edit => (sets ? { _tag: 'Set', key, value } : { _tag: 'Remove', key })),
  { minLength: 1, maxLength: 4 },
)

/** Entries of distinct keys. */
export const entries: fc.Arbitrary<Entries> = fc.oneof(
  fc.uniqueArray(fc.tuple(someKeys, someValues), { selector: ([key]) => key, maxLength: 8 }),
  fc.uniqueArray(fc.tuple(someKeys, someValues), { selector: ([key]) => key, maxLength: 90, size: 'max' }),
)

export const apply = (
  model: ReadonlyMap<string, unknown>,
  edits: ReadonlyArray<Edit>,
): Map<string, unknown> => {
  const map = new Map(model)
  for (const edit of edits) {
    if (edit._tag === 'Set') map.set(edit.key, edit.value)
    else map.delete(edit.key)
  }
  return map
}

export type AnyMap = Hamt.Hamt<unknown>

/** Edits one by one. */
export const edited = (subject: Hamts, map: AnyMap, edits: ReadonlyArray<Edit>): AnyMap =>
  edits.reduce((m, e) => (e._tag === 'Set' ? subject.set(m, e.key, e.value) : subject.remove(m, e.key)), map)

/** The same edits as one batch. */
export const batched = (subject: Hamts, map: AnyMap, edits: ReadonlyArray<Edit>): AnyMap =>
  subject.withMutations<unknown>((draft) => {
    for (const e of edits) {
      if (e._tag === 'Set') draft.set(e.key, e.value)
      else draft.remove(e.key)
    }
  })(map)

/** Sorted by key, so that maps compare by what they hold. */
export const sorted = (map: Iterable<readonly [string, unknown]>): Entries =>
  [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

/** All that can be seen of a map, in its own order. */
export const seen = (subject: Hamts, map: AnyMap): unknown => ({
  size: map.size,
  entries: [...map],
  check: subject.check(map),
})
