/** Broken decay and broken retention, for their laws to reject. */
import * as E from 'fp-ts/lib/Either.js'
import type { Ord } from 'fp-ts/lib/Ord.js'
import * as Decay from '../../src/superposition/Decay.js'
import * as Retention from '../../src/superposition/Retention.js'
import * as Weight from '../../src/superposition/Weight.js'
import type { Decays } from './decayLaws.js'
import { right, weight } from './fractions.js'
import type { Retentions } from './retentionLaws.js'

type W = Weight.Weight
type Groups = ReadonlyArray<Retention.Group<string>>
type Weights = ReadonlyMap<string, W>

const decaying = (factor: (elapsed: number, halfLife: number) => W): object => ({
  factor: (elapsed: number) => (decay: Decay.Decay) => factor(elapsed, Number(decay.halfLife)),
  after: (elapsed: number) => (decay: Decay.Decay) =>
    Weight.multiply(factor(elapsed, Number(decay.halfLife))),
})
const wrongly = (parts: object): Decays => ({ ...Decay, ...parts }) as unknown as Decays
const number = (x: number): W => right(Weight.fromNumber(x))

/** @category zoo */
export const decays: Readonly<Record<string, Decays>> = {
  'is of doubles': wrongly(decaying((t, halfLife) => number(2 ** (-Math.max(0, t) / halfLife)))),
  'is linear': wrongly(decaying((t, halfLife) => number(Math.max(0, 1 - Math.max(0, t) / (2 * halfLife))))),
  'is to the base e': wrongly(decaying((t, halfLife) => number(Math.exp(-Math.max(0, t) / halfLife)))),
  'grows in the future': wrongly(decaying((t, halfLife) => number(2 ** Math.min(1000, -t / halfLife)))),
  'takes any half-life': wrongly({
    make: (n: number) => E.right({ _tag: 'Decay', halfLife: BigInt(Math.max(1, Math.trunc(n) || 1)) }),
  }),
  'rises now and then': wrongly(
    decaying((t, halfLife) => {
      const decay = right(Decay.make(halfLife))
      const w = Decay.factor(t)(decay)
      return t % 2 === 0 ? w : Weight.multiply(weight(3n, 2n))(w)
    }),
  ),
}

const wrong = (parts: object): Retentions => ({ ...Retention, ...parts }) as unknown as Retentions
const including = (inclusion: (groups: Groups, pins: Iterable<string>) => Weights): object => ({
  inclusion: (groups: Groups, pins: Iterable<string> = []) => inclusion(groups, pins),
})

/** @category zoo */
export const retentions: Readonly<Record<string, Retentions>> = {
  'averages over the groups that reach it': wrong(
    including((groups, pins) => {
      const each = groups.map((group) => Retention.inclusion([group]))
      const names = new Set(each.flatMap((weights) => [...weights.keys()]))
      const mean = (h: string): W => {
        const all = each.flatMap((weights) => weights.get(h) ?? [])
        return right(Weight.divide(weight(BigInt(all.length)))(Weight.sum(all)))
      }
      return new Map([
        ...[...names].map((h) => [h, mean(h)] as const),
        ...[...pins].map((h) => [h, Weight.one] as const),
      ])
    }),
  ),
  'adds probabilities': wrong(
    including((groups, pins) => {
      const sums = new Map<string, W>()
      for (const group of groups) {
        for (const [h, w] of Retention.inclusion([group]))
          sums.set(h, Weight.add(w)(sums.get(h) ?? Weight.zero))
      }
      for (const h of pins) sums.set(h, Weight.one)
      return sums
    }),
  ),
  'forgets pins': wrong(including((groups) => Retention.inclusion(groups))),
  'shrinks with the number of groups': wrong(
    including((groups, pins) => {
      const share = weight(1n, BigInt(groups.length + 1))
      return new Map([...Retention.inclusion(groups, pins)].map(([h, w]) => [h, Weight.multiply(share)(w)]))
    }),
  ),
  'is touched by the first': wrong({
    touched: (groups: Groups) => Retention.touched([...groups].reverse().map((group) => group.slice(0, 1))),
  }),
  'decays pins': wrong({
    retention:
      (decay: Decay.Decay, now: number) =>
      (groups: Groups, pins: Iterable<string> = []) => {
        const latest = Retention.touched(groups)
        return new Map(
          [...Retention.inclusion(groups, pins)].map(([h, w]) => [
            h,
            Decay.after(now - (latest.get(h) ?? 0))(decay)(w),
          ]),
        )
      },
  }),
  'lets the strongest go first': wrong({
    weakest: (O: Ord<string>) => (weights: Weights) => [...Retention.weakest(O)(weights)].reverse(),
  }),
}
