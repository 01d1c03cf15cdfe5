/** Differences: what they say is what has changed, they can be made again, and they look at nothing else. */
import fc from 'fast-check'
import { holds, isEq, law, type Suite, suite } from '../Law.js'
import { colliding } from './collidingKeys.js'
import { apply, type Edit, edited, edits, entries, type Hamts, seen } from './maps.js'

/** Entries of a leaf: how many a look at one change may compare at each end of it. */
const LEAF = 32

/** A big map: keys at random, and some that collide. */
const big: ReadonlyArray<readonly [string, number]> = [
  ...Array.from({ length: 3000 }, (_, i) => [`key ${i}`, i] as const),
  ...colliding(200).map((key, i) => [key, i] as const),
]

export const hamtDiffLaws = (name: string, subject: Hamts): Suite =>
  suite(name, [
    law('the differences are those of the entries', [entries, edits], (given, script) => {
      const before = new Map(given)
      const after = apply(before, script)
      const expected = [...new Set([...before.keys(), ...after.keys()])]
        .flatMap((key): ReadonlyArray<unknown> => {
          if (!after.has(key)) return [{ _tag: 'Removed', key, before: before.get(key) }]
          if (!before.has(key)) return [{ _tag: 'Added', key, after: after.get(key) }]
          if (Object.is(before.get(key), after.get(key))) return []
          return [{ _tag: 'Changed', key, before: before.get(key), after: after.get(key) }]
        })
        .sort(byKey)
      const map = subject.fromEntries(given)
      const found = subject.diff(map, edited(subject, map, script))
      const far = subject.diff(subject.fromEntries(given), subject.fromEntries(after))
      return [isEq<unknown>([...found].sort(byKey), expected), isEq<unknown>([...far].sort(byKey), expected)]
    }),
    law('patch(diff(a, b))(a) is b', [entries, edits, entries], (given, script, other) => {
      const a = subject.fromEntries(given)
      return [edited(subject, a, script), subject.fromEntries(other), subject.empty<unknown>()].flatMap(
        (b) => [
          isEq(seen(subject, subject.patch(subject.diff(a, b))(a)), seen(subject, b)),
          isEq(seen(subject, subject.patch(subject.diff(b, a))(b)), seen(subject, a)),
        ],
      )
    }),
    law('differences are found by the equality that is given', [entries, edits], (given, script) => {
      const map = subject.fromEntries(given)
      return isEq(
        subject.diff(map, edited(subject, map, script), () => true).filter(({ _tag }) => _tag === 'Changed'),
        [],
      )
    }),
    law(
      'k differences in a map of thousands look at O(k) entries',
      [fc.array(fc.tuple(fc.nat({ max: 2 * big.length - 1 }), fc.boolean()), { maxLength: 5 })],
      (places) => {
        let looks = 0
        const eq = (x: unknown, y: unknown): boolean => {
          looks++
          return Object.is(x, y)
        }
        const map = subject.fromEntries<unknown>(big)
        const script = places.map(([i, sets]): Edit => {
          const key = big[i]?.[0] ?? `new ${i}`
          return sets ? { _tag: 'Set', key, value: Number.NaN } : { _tag: 'Remove', key }
        })
        const found = subject.diff(map, edited(subject, map, script), eq)
        return [
          holds(found.length <= places.length, `${found.length} differences of ${places.length} edits`),
          holds(looks <= places.length * LEAF, `${looks} looks for ${places.length} edits`),
        ]
      },
    ),
  ])

const byKey = (x: unknown, y: unknown): number =>
  (x as { key: string }).key < (y as { key: string }).key ? -1 : 1
