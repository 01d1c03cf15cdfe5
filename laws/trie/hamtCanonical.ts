/** The shape of a map depends on its entries alone, a batch changes nothing but its result, and edits share. */
import fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { holds, isEq, law, type Suite, suite } from '../Law.js'
import {
  type AnyMap,
  apply,
  batched,
  crowd,
  edited,
  edits,
  entries,
  type Hamts,
  javanEdits,
  pool,
  seen,
  someValues,
} from './maps.js'

/** Edits that end in the entries: the keys of `noise` come and go on the way. */
const detour = (
  subject: Hamts,
  given: ReadonlyArray<readonly [string, unknown]>,
  noise: ReadonlyArray<string>,
) => {
  let map: AnyMap = subject.empty<unknown>()
  for (const key of noise) map = subject.set(map, key, 'noise')
  for (const [key, value] of given) map = subject.set(map, key, value)
  const stays = new Set(given.map(([key]) => key))
  for (const key of noise) if (!stays.has(key)) map = subject.remove(map, key)
  return map
}

const shuffled = <A>(items: ReadonlyArray<A>) =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length })

export const hamtCanonicalLaws = (name: string, subject: Hamts): Suite =>
  suite(name, [
    law(
      'any way to the same entries ends in the same tree',
      [
        entries.chain((given) =>
          fc.record({
            given: fc.constant(given),
            order: shuffled(given),
            noise: fc.shuffledSubarray([...pool]),
            script: edits,
          }),
        ),
      ],
      ({ given, order, noise, script }) => {
        const built = subject.fromEntries(given)
        // A random history, then everything that does not belong is removed and what does is set.
        const history = edited(subject, subject.empty<unknown>(), script)
        const stays = new Set(given.map(([key]) => key))
        const goal = [
          ...[...apply(new Map(), script).keys()]
            .filter((key) => !stays.has(key))
            .map((key) => ({ _tag: 'Remove', key }) as const),
          ...order.map(([key, value]) => ({ _tag: 'Set', key, value }) as const),
        ]
        const ways: ReadonlyArray<AnyMap> = [
          subject.fromEntries(order),
          detour(subject, order, noise),
          edited(subject, history, goal),
          batched(subject, history, goal),
          subject.filterWithIndex((key) => stays.has(key))(
            edited(subject, subject.fromEntries(noise.map((key) => [key, 'noise'] as const)), goal),
          ),
        ]
        return ways.flatMap((way) => [
          isEq(seen(subject, way), seen(subject, built)),
          holds(subject.equals(way, built, Object.is), 'not equal to what was built at once'),
        ])
      },
    ),
    law('equality is that of the entries', [entries, edits], (given, script) => {
      const map = subject.fromEntries(given)
      const other = edited(subject, map, script)
      const model = new Map(given)
      const after = apply(model, script)
      const same =
        model.size === after.size &&
        [...model].every(([key, value]) => after.has(key) && Object.is(after.get(key), value))
      return [
        isEq(subject.equals(map, other, Object.is), same),
        isEq(subject.equals(other, map, Object.is), same),
      ]
    }),
    law('a batch ends where its edits one by one do', [entries, edits], (given, script) => {
      const map = subject.fromEntries(given)
      return isEq(seen(subject, batched(subject, map, script)), seen(subject, edited(subject, map, script)))
    }),
    law('a draft answers as the map that it will be', [entries, edits], (given, script) => {
      const model = new Map(given)
      let wrong = 'nothing'
      subject.withMutations<unknown>((draft) => {
        for (const e of script) {
          if (draft.has(e.key) !== model.has(e.key)) wrong = `has ${e.key}`
          if (!Object.is(draft.get(e.key), model.get(e.key))) wrong = `get ${e.key}`
          if (e._tag === 'Set') {
            draft.set(e.key, e.value)
            model.set(e.key, e.value)
          } else {
            draft.remove(e.key)
            model.delete(e.key)
          }
          if (draft.size !== model.size) wrong = 'size'
        }
      })(subject.fromEntries(given))
      return isEq(wrong, 'nothing')
    }),
    law(
      'a batch never changes the map that it started from',
      [fc.oneof(edits, fc.constant(crowd)), fc.oneof(edits, javanEdits)],
      (before, script) => {
        // Both kinds of source: of single edits, and of another batch, whose nodes had an owner.
        const sources = [
          edited(subject, subject.empty<unknown>(), before),
          batched(subject, subject.empty<unknown>(), before),
        ]
        return sources.map((source) => {
          const was = seen(subject, source)
          batched(subject, source, script)
          return isEq(seen(subject, source), was)
        })
      },
    ),
    law('edits never change an earlier map', [edits, edits], (before, script) => {
      const source = edited(subject, subject.empty<unknown>(), before)
      const was = seen(subject, source)
      edited(subject, source, script)
      return isEq(seen(subject, source), was)
    }),
    law('a kept draft cannot reach its result', [entries, edits, edits], (given, script, late) => {
      type Draft = Parameters<Parameters<typeof subject.withMutations<unknown>>[0]>[0]
      const kept: Array<Draft> = []
      const result = subject.withMutations<unknown>((draft) => {
        kept.push(draft)
        for (const e of script) {
          if (e._tag === 'Set') draft.set(e.key, e.value)
          else draft.remove(e.key)
        }
      })(subject.fromEntries(given))
      const was = seen(subject, result)
      try {
        for (const e of late) {
          if (e._tag === 'Set') kept[0]!.set(e.key, e.value)
          else kept[0]!.remove(e.key)
        }
      } catch {
        // To refuse is as good.
      }
      return isEq(seen(subject, result), was)
    }),
    law(
      'what changes nothing answers the very same map',
      [entries, fc.constantFrom(...pool)],
      (given, absent) => {
        const map = subject.fromEntries(given)
        const there = given.map(([key]) => key)
        return [
          ...given.map(([key, value]) => holds(subject.set(map, key, value) === map, `set ${key}`)),
          holds(there.includes(absent) || subject.remove(map, absent) === map, 'remove'),
          holds(batched(subject, map, []) === map, 'an empty batch'),
          holds(subject.filterWithIndex<unknown>(() => true)(map) === map, 'a filter that keeps all'),
          holds(subject.filterMapWithIndex((_, a: unknown) => O.some(a))(map) === map, 'some of each'),
          holds(subject.difference(subject.empty<unknown>())(map) === map, 'a difference to nothing'),
        ]
      },
    ),
    law(
      'there and back is the same again',
      [entries, fc.constantFrom(...pool), someValues],
      (given, key, value) => {
        const map = subject.remove(subject.fromEntries(given), key)
        return isEq(seen(subject, subject.remove(subject.set(map, key, value), key)), seen(subject, map))
      },
    ),
  ])
