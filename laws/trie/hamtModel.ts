/** A map agrees with a native `Map`, whatever is done to it. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { holds, isEq, law, type Suite, suite } from '../Law.js'
import { type AnyMap, apply, type Edit, edited, edits, entries, type Hamts, pool, sorted } from './maps.js'

const agrees = (subject: Hamts, map: AnyMap, model: ReadonlyMap<string, unknown>) => [
  isEq(sorted(map), sorted(model)),
  isEq(map.size, model.size),
  isEq(subject.check(map), O.none),
]

const first = { concat: (x: unknown) => x }
const pair = { concat: (x: unknown, y: unknown): unknown => [x, y] }

const both = (
  xs: ReadonlyMap<string, unknown>,
  ys: ReadonlyMap<string, unknown>,
  keep: (x: boolean, y: boolean) => boolean,
): Map<string, unknown> => {
  const result = new Map<string, unknown>()
  for (const key of new Set([...xs.keys(), ...ys.keys()])) {
    const x = xs.has(key)
    const y = ys.has(key)
    if (keep(x, y)) result.set(key, x && y ? [xs.get(key), ys.get(key)] : x ? xs.get(key) : ys.get(key))
  }
  return result
}

const text = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value))

export const hamtModelLaws = (name: string, subject: Hamts): Suite =>
  suite(name, [
    law('edits agree with those of a native Map', [edits], (script) => {
      let map: AnyMap = subject.empty<unknown>()
      const model = new Map<string, unknown>()
      for (const [i, edit] of script.entries()) {
        const had = model.has(edit.key)
        if (subject.has(map, edit.key) !== had) return holds(false, `has, edit ${i}`)
        if (!Object.is(subject.get(map, edit.key), model.get(edit.key))) return holds(false, `get, edit ${i}`)
        const found = subject.lookup(edit.key)(map)
        if (found._tag !== (had ? 'Some' : 'None')) return holds(false, `lookup, edit ${i}`)
        map = edited(subject, map, [edit])
        if (edit._tag === 'Set') model.set(edit.key, edit.value)
        else model.delete(edit.key)
        if (map.size !== model.size) return holds(false, `size, edit ${i}`)
      }
      return [
        ...agrees(subject, map, model),
        ...pool.map((key) => isEq(subject.has(map, key), model.has(key))),
      ]
    }),
    law('building in bulk agrees, and of equal keys the last counts', [edits], (script) => {
      const given = script.flatMap((edit) => (edit._tag === 'Set' ? [[edit.key, edit.value] as const] : []))
      return agrees(subject, subject.fromEntries(given), new Map(given))
    }),
    law('all ways to see the entries agree', [entries], (given) => {
      const map = subject.fromEntries(given)
      const each: Array<readonly [string, unknown]> = []
      subject.forEach(map, (value, key) => each.push([key, value]))
      const all = [...map]
      return [
        isEq(all, each),
        isEq(
          [...subject.keys(map)],
          all.map(([key]) => key),
        ),
        isEq(
          [...subject.values(map)],
          all.map(([, value]) => value),
        ),
        isEq(
          subject.reduceWithIndex<unknown, unknown>([], (key, seen, value) => [
            ...(seen as []),
            [key, value],
          ])(map),
          all,
        ),
      ]
    }),
    law('a change of one value agrees', [entries, fc.constantFrom(...pool)], (given, key) => {
      const model = new Map(given)
      const changed = subject.modifyAt<unknown>(key, text)(subject.fromEntries(given))
      if (O.isNone(changed)) return holds(!model.has(key), 'none')
      return [
        holds(model.has(key), 'some'),
        ...agrees(subject, changed.value, model.set(key, text(model.get(key)))),
      ]
    }),
    law('maps and filters agree', [entries, fc.func(fc.integer({ min: 0, max: 2 }))], (given, f) => {
      const map = subject.fromEntries(given)
      const model = [...new Map(given)]
      const kept = model.flatMap(([key, value]): ReadonlyArray<readonly [string, unknown]> => {
        const n = f(key, text(value))
        return n === 0 ? [] : [[key, n === 1 ? value : -0]]
      })
      const keep = (key: string, value: unknown) => f(key, text(value)) > 0
      const parted = subject.partitionMapWithIndex((key, value: unknown) =>
        keep(key, value) ? E.right(value) : E.left(value),
      )(map)
      return [
        ...agrees(
          subject,
          subject.mapWithIndex((key, value) => [key, value] as unknown)(map),
          new Map(model.map(([key, value]) => [key, [key, value]])),
        ),
        ...agrees(
          subject,
          subject.filterWithIndex(keep)(map),
          new Map(model.filter(([key, value]) => keep(key, value))),
        ),
        ...agrees(
          subject,
          subject.filterMapWithIndex((key, value: unknown) => {
            const n = f(key, text(value))
            return n === 0 ? O.none : O.some<unknown>(n === 1 ? value : -0)
          })(map),
          new Map(kept),
        ),
        ...agrees(subject, parted.right, new Map(model.filter(([key, value]) => keep(key, value)))),
        ...agrees(subject, parted.left, new Map(model.filter(([key, value]) => !keep(key, value)))),
      ]
    }),
    law('union, intersection and difference agree', [entries, entries], (xs, ys) => {
      const x = subject.fromEntries(xs)
      const y = subject.fromEntries(ys)
      const mx = new Map(xs)
      const my = new Map(ys)
      return [
        ...agrees(
          subject,
          subject.union(pair)(y)(x),
          both(mx, my, (a, b) => a || b),
        ),
        ...agrees(
          subject,
          subject.intersection(pair)(y)(x),
          both(mx, my, (a, b) => a && b),
        ),
        ...agrees(
          subject,
          subject.difference(y)(x),
          both(mx, my, (a, b) => a && !b),
        ),
        isEq(sorted(x), sorted(mx)),
        isEq(sorted(y), sorted(my)),
      ]
    }),
    law('union with what it came from agrees', [entries, edits], (xs, script) => {
      const x = subject.fromEntries(xs)
      const model = new Map(xs)
      const few: ReadonlyArray<Edit> = script.slice(0, 3)
      const y = edited(subject, x, few)
      const my = apply(model, few)
      return [
        ...agrees(subject, subject.union(first)(y)(x), new Map([...my, ...model])),
        ...agrees(
          subject,
          subject.difference(y)(x),
          both(model, my, (a, b) => a && !b),
        ),
        ...agrees(
          subject,
          subject.intersection(pair)(y)(x),
          both(model, my, (a, b) => a && b),
        ),
      ]
    }),
  ])
