/**
 * Retention: how much is lost with a component, from the superpositions that reach it.
 *
 * The weight of a component is the probability that the outcome reaches it: for independent groups `1 − ∏(1 − p_g(h))`, where `p_g(h)` is the
 * probability of the group's outcomes that do; of what is pinned it is 1. Decay multiplies it by how long ago somebody who reaches it was
 * touched. An outcome that reaches a component reaches all that this one links, so no component weighs more than its links do, decayed or
 * not, and letting go of all below a threshold never strands a parent that is kept. (An average over the groups would.)
 *
 * Groups that are entangled are one group here: give the outcomes of the whole component.
 *
 * Laws (`coppice/laws`, `retentionLaws`): agrees with counting all worlds; one more group or outcome's weight never lowers it; links never weigh less
 * than what links them; pins weigh 1.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Retention, Weight } from 'coppice'
 *
 * const branch = (...reaches: string[]) => ({ weight: Weight.one, touched: 0, reaches })
 * const weights = Retention.inclusion([[branch('a', 'b'), branch('b')], [branch('a'), branch('c')]])
 * assert.deepStrictEqual(
 *   ['a', 'b', 'c'].map((h) => Weight.show(weights.get(h) ?? Weight.zero)),
 *   ['3/4', '1', '1/2'],
 * )
 * ```
 */
import type { Ord } from 'fp-ts/lib/Ord.js'
import { type Decay, factor } from './Decay.js'
import { compare, isZero, minus, one, over, plus, sum, times, zero } from './internal/rational.js'
import type { Weight } from './Weight.js'

/** An outcome of a group: what it weighs, the tick when it was last touched, and every component that it reaches. @category model */
export interface Holder<H> {
  readonly weight: Weight
  readonly touched: number
  readonly reaches: Iterable<H>
}

/** The outcomes of one group; groups are independent of one another. A group of mass zero reaches nothing. @category model */
export type Group<H> = ReadonlyArray<Holder<H>>

const reached = <H>(group: Group<H>): ReadonlyMap<H, Weight> => {
  const weights = new Map<H, Weight>()
  for (const { weight, reaches } of group) {
    for (const h of new Set(reaches)) weights.set(h, plus(weights.get(h) ?? zero, weight))
  }
  return weights
}

/**
 * The probability that each component is reached, exactly: of what any outcome names, and of the pins. O(all that is reached).
 *
 * @category destructors
 */
export const inclusion = <H>(groups: Iterable<Group<H>>, pins: Iterable<H> = []): ReadonlyMap<H, Weight> => {
  const absent = new Map<H, Weight>()
  for (const group of groups) {
    const mass = sum(group.map(({ weight }) => weight))
    if (isZero(mass)) continue
    for (const [h, weight] of reached(group)) {
      absent.set(h, times(absent.get(h) ?? one, over(minus(mass, weight), mass)))
    }
  }
  for (const h of pins) absent.set(h, zero)
  return new Map([...absent].map(([h, without]) => [h, minus(one, without)]))
}

/** When each component was last touched: the latest of those that reach it. O(all that is reached). @category destructors */
export const touched = <H>(groups: Iterable<Group<H>>): ReadonlyMap<H, number> => {
  const latest = new Map<H, number>()
  for (const group of groups) {
    for (const holder of group) {
      for (const h of holder.reaches) {
        const before = latest.get(h)
        if (before === undefined || before < holder.touched) latest.set(h, holder.touched)
      }
    }
  }
  return latest
}

/**
 * What each component is worth keeping at a tick: its probability, decayed since it was last touched. Pins do not decay.
 * O(all that is reached).
 *
 * @category destructors
 */
export const retention =
  (decay: Decay, now: number) =>
  <H>(groups: ReadonlyArray<Group<H>>, pins: Iterable<H> = []): ReadonlyMap<H, Weight> => {
    const held = new Set(pins)
    const latest = touched(groups)
    const factors = new Map<number, Weight>()
    const factorOf = (tick: number): Weight => {
      const known = factors.get(tick) ?? factor(now - tick)(decay)
      factors.set(tick, known)
      return known
    }
    return new Map(
      [...inclusion(groups, held)].map(([h, p]) => [h, held.has(h) ? p : times(p, factorOf(latest.get(h)!))]),
    )
  }

/** The components from the least worth keeping to the most, equal ones by the `Ord`: the order in which to let go. O(n log n). */
export const weakest =
  <H>(O: Ord<H>) =>
  (weights: ReadonlyMap<H, Weight>): ReadonlyArray<H> =>
    [...weights].sort(([g, v], [h, w]) => compare(v, w) || O.compare(g, h)).map(([h]) => h)
