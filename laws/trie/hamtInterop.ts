/** Where maps meet those of `immutable`: there and back, and as keys and members of its collections. */
import { Map as ImmutableMap, Set as ImmutableSet, is } from 'immutable'
import type * as Hamt from '../../src/trie/Hamt.js'
import { isEq, law, type Suite, suite } from '../Law.js'
import { edited, edits, entries, type Hamts, sorted } from './maps.js'

/** What the laws ask of an implementation. */
export type Interop = Hamts & Pick<typeof Hamt, 'toImmutable' | 'fromImmutable'>

export const hamtInteropLaws = (name: string, subject: Interop): Suite =>
  suite(name, [
    law('to immutable and back is the same', [entries], (given) => {
      const map = subject.fromEntries(given)
      const theirs = subject.toImmutable(map)
      return [
        isEq(sorted(theirs), sorted(given)),
        isEq([...subject.fromImmutable(theirs)], [...map]),
        isEq(theirs.size, map.size),
      ]
    }),
    law(
      'equality is that of immutable maps, and equal maps have one hash',
      [entries, edits],
      (given, script) => {
        const x = subject.fromEntries(given)
        const y = edited(subject, x, script)
        const same = is(subject.toImmutable(x), subject.toImmutable(y))
        return [
          isEq(is(x, y), same),
          isEq(x.equals(y), same),
          isEq(same && x.hashCode() !== y.hashCode(), false),
          isEq(Number.isInteger(x.hashCode()), true),
          isEq([x.equals(null), x.equals(given), x.equals({ size: x.size })], [false, false, false]),
        ]
      },
    ),
    law('maps are keys and members by what they hold', [entries, edits], (given, script) => {
      const x = subject.fromEntries(given)
      const copy = subject.fromEntries([...given].reverse())
      const y = edited(subject, x, script)
      return [
        isEq(ImmutableMap<unknown, number>([[x, 1]]).get(copy), 1),
        isEq(ImmutableSet<unknown>([x, copy]).size, 1),
        isEq(ImmutableSet<unknown>([x, y]).size, x.equals(y) ? 1 : 2),
        isEq(is(subject.fromEntries([['m', x]]), subject.fromEntries([['m', copy]])), true),
      ]
    }),
  ])
