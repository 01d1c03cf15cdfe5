/** Scripts: what is done to a state, in terms of what it then holds, so that most of it happens where something is. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Path } from '../../src/data/Failure.js'
import type { Value } from '../../src/data/Value.js'
import { fromPairs, keys, mapsOf, values } from '../arbitraries.js'
import { colliding, sharing } from './collidingKeys.js'
import * as Plain from './plain.js'

const names: ReadonlyArray<string> = [
  ...['a', 'b', 'm', '', '__proto__', 'constructor', '0', 'é', 'k'.repeat(200)],
  ...colliding(40),
  ...sharing(4, 10),
]

/** A key to make: often one of few, so that it is met again. */
export const name: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...names) },
  { weight: 1, arbitrary: keys },
)

const many = <A>(of: fc.Arbitrary<A>): fc.Arbitrary<{ readonly [key: string]: A }> =>
  fc
    .tuple(
      fc.constantFrom(0, 9),
      fc.integer({ min: 25, max: 70 }),
      fc.array(of, { minLength: 1, maxLength: 4 }),
    )
    .map(([from, n, some]) =>
      fromPairs(
        Array.from({ length: n }, (_, i) => [names[from + i] ?? `key ${i}`, some[i % some.length]!] as const),
      ),
    )

/** Values on both sides of what makes a block of its own, in every kind. */
export const parts: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: values },
  { weight: 1, arbitrary: fc.integer({ min: 240, max: 265 }).map((n) => 'x'.repeat(n)) },
  { weight: 1, arbitrary: fc.integer({ min: 240, max: 600 }).map((n) => new Uint8Array(n).fill(n)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 60, max: 300 }).map((n) => Array.from({ length: n }, (_, i) => i)),
  },
  { weight: 1, arbitrary: many(fc.oneof(fc.nat(3), values)) },
  { weight: 1, arbitrary: mapsOf(fc.integer({ min: 200, max: 300 }).map((n) => 'é'.repeat(n))) },
  { weight: 1, arbitrary: fc.array(many(fc.nat(3)), { maxLength: 3 }) },
)

/** Roots, small and of more than one leaf. */
export const roots: fc.Arbitrary<Plain.Map> = fc.oneof(mapsOf(parts), many(parts))

/** Places are chosen by numbers, at each level one of what is there, or something that is not. */
export interface Place {
  readonly picks: ReadonlyArray<number>
  readonly fresh: string
}

export const place: fc.Arbitrary<Place> = fc.record({
  picks: fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 }),
  fresh: name,
})

export const pathOf = (root: Plain.Map, { picks, fresh }: Place): Path => {
  const path: Array<string | number> = []
  let at: Plain.Plain = root
  for (const pick of picks) {
    let segment: string | number
    if (Plain.isList(at)) segment = pick % 17 === 0 ? fresh : pick % (at.length + 2)
    else if (Plain.isMap(at)) {
      const there = Object.keys(at)
      segment = pick % 17 === 0 ? pick % 3 : (there[pick % (there.length + 1)] ?? fresh)
    } else if (at !== Plain.NONE && path.length > 0 && pick % 5 > 0) break
    else segment = pick % 11 === 0 ? pick % 3 : fresh
    path.push(segment)
    at = Plain.step(at, segment)
  }
  return path
}

const changes = {
  wrap: (value: Value): Value => [value],
  shrink: (): Value => 0,
  swell: (value: Value): Value => [value, 'swollen '.repeat(40)],
  keep: (value: Value): Value => value,
} as const

export type Step =
  | { readonly _tag: 'Set'; readonly at: Place; readonly value: Value }
  | { readonly _tag: 'Modify'; readonly at: Place; readonly by: keyof typeof changes }
  | { readonly _tag: 'Remove'; readonly at: Place }
  | { readonly _tag: 'Fill'; readonly at: Place; readonly count: number }
  | { readonly _tag: 'Drain'; readonly at: Place; readonly keep: number }

export const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ _tag: fc.constant('Set' as const), at: place, value: parts }) },
    { weight: 2, arbitrary: fc.record({ _tag: fc.constant('Remove' as const), at: place }) },
    {
      weight: 1,
      arbitrary: fc.record({
        _tag: fc.constant('Modify' as const),
        at: place,
        by: fc.constantFrom(...(Object.keys(changes) as ReadonlyArray<keyof typeof changes>)),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        _tag: fc.constant('Fill' as const),
        at: place,
        count: fc.constantFrom(3, 33, 45),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        _tag: fc.constant('Drain' as const),
        at: place,
        keep: fc.constantFrom(0, 1, 20, 32),
      }),
    },
  ),
  { maxLength: 6 },
)

/** One edit, as a state and its model both can make it. */
export type Edit =
  | { readonly _tag: 'Set'; readonly path: Path; readonly value: Value }
  | { readonly _tag: 'Modify'; readonly path: Path; readonly f: (value: Value) => Value }
  | { readonly _tag: 'Remove'; readonly path: Path }

/** The edits of a step on what there is. */
export const editsOf = (root: Plain.Map, step: Step): ReadonlyArray<Edit> => {
  const path = pathOf(root, step.at)
  switch (step._tag) {
    case 'Set':
      return [{ _tag: 'Set', path, value: step.value }]
    case 'Modify':
      return [{ _tag: 'Modify', path, f: changes[step.by] }]
    case 'Remove':
      return [{ _tag: 'Remove', path }]
    case 'Fill':
      return Array.from({ length: step.count }, (_, i) => ({
        _tag: 'Set' as const,
        path: [...path, names[(i * 7) % names.length]!],
        value: i,
      }))
    case 'Drain': {
      const there = Plain.get(root, path)
      const all = Plain.isMap(there)
        ? Object.keys(there)
        : Plain.isList(there)
          ? there.map((_, i) => i).reverse()
          : []
      return all.slice(0, Math.max(0, all.length - step.keep)).map((key) => ({
        _tag: 'Remove' as const,
        path: [...path, key],
      }))
    }
  }
}

/** What an edit makes of the model, or the path at which it fails. */
export const modelled = (root: Plain.Map, edit: Edit): E.Either<Path, Plain.Map> => {
  switch (edit._tag) {
    case 'Set':
      return Plain.edit(root, edit.path, false, () => E.right(edit.value))
    case 'Modify':
      return Plain.edit(root, edit.path, false, (value) =>
        value === Plain.NONE ? E.left(edit.path) : E.right(edit.f(value)),
      )
    case 'Remove':
      return Plain.edit(root, edit.path, true, () => E.right(Plain.NONE))
  }
}
