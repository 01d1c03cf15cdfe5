/**
 * What to merge: edits that meet, plain maps with a merge by search, and sequences with two splices apart.
 */
import fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import * as V from '../../src/data/Value.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import { values } from '../arbitraries.js'
import { get } from '../branch/Subject.js'

export type Plain = V.Value

const now = <F, A>(fetch: Fetch.Fetch<F, A>): A => get(() => O.toNullable(Fetch.now(fetch))!)

/** Long enough to be a block of its own. */
const longTexts = fc.constantFrom('lorem ipsum\n'.repeat(60), 'dolor sit\namet '.repeat(90))

const keys = fc.constantFrom('a', 'b', 'c', '__proto__')

type Step = (state: State.State) => State.State

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(fc.array(keys, { minLength: 1, maxLength: 2 }), fc.oneof(values, longTexts, fc.constantFrom(1, 2)))
    .map(
      ([path, value]): Step =>
        (state) => {
          // A path through what is no map is no edit.
          const next = O.toNullable(Fetch.now(State.set(path, value)(state)))
          return next !== null && next._tag === 'Right' ? next.right : state
        },
    ),
  keys.map(
    (key): Step =>
      (state) =>
        now(State.remove([key])(state)),
  ),
  fc.tuple(keys, fc.nat(20), fc.nat(3)).map(
    ([key, at, count]): Step =>
      (state) => {
        const next = O.toNullable(Fetch.now(State.splice([key], at, count, 'new')(state)))
        return next !== null && next._tag === 'Right' ? next.right : state
      },
  ),
)

/** Up to four edits, of few keys, so that those of two sides meet. */
export const edited: fc.Arbitrary<Step> = fc
  .array(steps, { maxLength: 4 })
  .map((all) => (state) => all.reduce((at, step) => step(at), state))

type Entries = { readonly [key: string]: Plain }

/** Maps in maps with few keys, and with leaves that have no inside. */
export const maps: fc.Arbitrary<Entries> = fc.letrec<{ map: Entries }>((tie) => ({
  map: fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof({ maxDepth: 3 }, fc.constantFrom<Plain>(0, 1, null), tie('map') as fc.Arbitrary<Plain>),
    { maxKeys: 3, noNullPrototype: true },
  ),
})).map

const isMap = (value: Plain | undefined): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const same = (x: Plain | undefined, y: Plain | undefined): boolean =>
  x === undefined || y === undefined ? x === y : V.equals(x, y)

/** A three-way merge of plain maps: its value, and the paths of its conflicts as JSON. */
export const merged = (
  o: Entries,
  a: Entries,
  b: Entries,
): { readonly value: Plain; readonly paths: ReadonlyArray<string> } => {
  const paths: Array<string> = []
  const at = (
    path: ReadonlyArray<string>,
    x: Plain | undefined,
    y: Plain | undefined,
    z: Plain | undefined,
  ): Plain | undefined => {
    if (same(y, z) || same(x, z)) return y
    if (same(x, y)) return z
    if (isMap(y) && isMap(z) && (isMap(x) || x === undefined)) {
      const value: Record<string, Plain> = {}
      for (const key of new Set([...Object.keys(x ?? {}), ...Object.keys(y), ...Object.keys(z)])) {
        const inner = at([...path, key], x?.[key], y[key], z[key])
        if (inner !== undefined) value[key] = inner
      }
      return value
    }
    paths.push(JSON.stringify(path))
    return x
  }
  return { value: at([], o, a, b)!, paths }
}

interface Three {
  readonly base: Plain
  readonly ours: Plain
  readonly theirs: Plain
  readonly both: Plain
}

/** A list, a text, or bytes, as content whose elements are all different. */
const kinds: ReadonlyArray<(units: ReadonlyArray<number>) => Plain> = [
  (units) => units,
  (units) => units.map((unit) => ({ unit, text: `item ${unit}` })),
  (units) => String.fromCodePoint(...units.map((unit) => 0x4e00 + unit)),
  // Two units each, of which many have one in common.
  (units) => String.fromCodePoint(...units.map((unit) => 0x10000 + unit)),
]

/** Splices on two sides of an element that neither touches, in short sequences and in long ones. */
export const sequences: fc.Arbitrary<Three> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    size: fc.oneof(fc.integer({ min: 3, max: 30 }), fc.integer({ min: 500, max: 3000 })),
    cut: fc.nat(),
    firstInserted: fc.integer({ min: 0, max: 5 }),
    secondInserted: fc.integer({ min: 0, max: 5 }),
    first: fc.tuple(fc.nat(), fc.nat(4)),
    second: fc.tuple(fc.nat(), fc.nat(4)),
  })
  .map(({ kind, size, cut, firstInserted, secondInserted, first, second }) => {
    const units = Array.from({ length: size }, (_, i) => i)
    // Elements from `middle` up to `middle + 2` stay: an insertion may be as well before as after one of them.
    const middle = cut % (size - 1)
    const within = ([at, count]: readonly [number, number], from: number, to: number) => {
      const start = from + (at % (to - from + 1))
      return [start, Math.min(count, to - start)] as const
    }
    const [p, m] = within(first, 0, middle)
    const [q, n] = within(second, middle + 2, Math.max(middle + 2, size))
    const inserted = (length: number, base: number) => Array.from({ length }, (_, i) => base + i)
    const left = inserted(firstInserted, 5000)
    const right = inserted(secondInserted, 6000)
    const splice = (at: number, count: number, content: ReadonlyArray<number>, of: ReadonlyArray<number>) => [
      ...of.slice(0, at),
      ...content,
      ...of.slice(at + count),
    ]
    return {
      base: kind(units),
      ours: kind(splice(p, m, left, units)),
      theirs: kind(splice(q, n, right, units)),
      both: kind(splice(p, m, left, splice(q, n, right, units))),
    }
  })
