/** What components are worth: as counting all worlds says, and never less than what links them. */
import fc from 'fast-check'
import * as S from 'fp-ts/lib/string.js'
import * as Decay from '../../src/superposition/Decay.js'
import type * as Retention from '../../src/superposition/Retention.js'
import * as Weight from '../../src/superposition/Weight.js'
import { holds, isEq, law, type Suite, suite } from '../Law.js'
import { positive, right } from './fractions.js'

/** What the laws ask of an implementation. */
export type Retentions = Pick<typeof Retention, 'inclusion' | 'touched' | 'retention' | 'weakest'>

type Groups = ReadonlyArray<Retention.Group<string>>

/** Which components each links: a fixed acyclic graph. */
const links: Readonly<Record<string, ReadonlyArray<string>>> = {
  a: ['c', 'd'],
  b: ['d'],
  c: ['e'],
  d: ['e', 'f'],
  e: ['g'],
  f: [],
  g: [],
}
const names = Object.keys(links)

const closure = (from: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(from.flatMap((h): ReadonlyArray<string> => [h, ...closure(links[h]!)])),
]

const holders = fc.record({
  weight: positive,
  touched: fc.nat(1000),
  reaches: fc.subarray(names, { maxLength: 2 }).map(closure),
})
const groupsOf: fc.Arbitrary<Groups> = fc.array(fc.array(holders, { minLength: 1, maxLength: 3 }), {
  maxLength: 4,
})
const decay = right(Decay.make(37))

/** Every choice of one outcome for each group, with its probability. */
const worlds = (
  groups: Groups,
): ReadonlyArray<{ readonly p: Weight.Weight; readonly there: ReadonlySet<string> }> => {
  const [first, ...others] = groups
  if (first === undefined) return [{ p: Weight.one, there: new Set() }]
  const mass = Weight.sum(first.map(({ weight }) => weight))
  return worlds(others).flatMap(({ p, there }) =>
    first.map(({ weight, reaches }) => ({
      p: Weight.multiply(right(Weight.divide(mass)(weight)))(p),
      there: new Set([...there, ...reaches]),
    })),
  )
}

export const retentionLaws = (name: string, subject: Retentions): Suite => {
  const at = (weights: ReadonlyMap<string, Weight.Weight>, h: string) => weights.get(h) ?? Weight.zero
  return suite(name, [
    law(
      'the probability of being reached, over all worlds',
      [groupsOf, fc.subarray(names)],
      (groups, pins) => {
        const weights = subject.inclusion(groups, pins)
        const all = worlds(groups)
        return names.map((h) =>
          isEq(
            at(weights, h),
            pins.includes(h)
              ? Weight.one
              : Weight.sum(all.filter(({ there }) => there.has(h)).map(({ p }) => p)),
            Weight.Eq.equals,
          ),
        )
      },
    ),
    law(
      'one more group never lowers it',
      [groupsOf, fc.array(holders, { minLength: 1, maxLength: 3 })],
      (groups, more) => {
        const [before, after] = [subject.inclusion(groups), subject.inclusion([...groups, more])]
        return names.map((h) => holds(Weight.compare(at(after, h), at(before, h)) >= 0, `${h} fell`))
      },
    ),
    law('touched when the last that reaches it was', [groupsOf], (groups) => {
      const latest = subject.touched(groups)
      return names.map((h) => {
        const ticks = groups
          .flat()
          .filter(({ reaches }) => [...reaches].includes(h))
          .map(({ touched }) => touched)
        return isEq(latest.get(h), ticks.length === 0 ? undefined : Math.max(...ticks))
      })
    }),
    law(
      'what is linked never weighs less than what links it, decayed or not',
      [groupsOf, fc.subarray(names, { maxLength: 1 }), fc.nat(2000)],
      (groups, pins, now) => {
        const held = closure(pins)
        const all = [subject.inclusion(groups, held), subject.retention(decay, now)(groups, held)]
        return all.flatMap((weights) =>
          names.flatMap((h) =>
            links[h]!.map((child) =>
              holds(
                Weight.compare(at(weights, child), at(weights, h)) >= 0,
                `${child} weighs less than ${h}`,
              ),
            ),
          ),
        )
      },
    ),
    law(
      'retention is the probability times the decay, and pins do not decay',
      [groupsOf, fc.subarray(names, { maxLength: 1 }), fc.nat(2000)],
      (groups, pins, now) => {
        const [p, latest, kept] = [
          subject.inclusion(groups, pins),
          subject.touched(groups),
          subject.retention(decay, now)(groups, pins),
        ]
        return names.map((h) =>
          isEq(
            at(kept, h),
            pins.includes(h) ? Weight.one : Decay.after(now - (latest.get(h) ?? now))(decay)(at(p, h)),
            Weight.Eq.equals,
          ),
        )
      },
    ),
    law('the weakest go first, of equal ones the least', [groupsOf], (groups) => {
      const weights = subject.inclusion(groups)
      const order = subject.weakest(S.Ord)(weights)
      return isEq(
        order,
        [...weights.keys()].sort(
          (g, h) => Weight.compare(at(weights, g), at(weights, h)) || S.Ord.compare(g, h),
        ),
      )
    }),
  ])
}
