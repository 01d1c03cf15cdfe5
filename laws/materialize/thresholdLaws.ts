/** The laws of thresholds: pure, so they are driven through whole histories. */
import fc from 'fast-check'
import * as Thresholds from '../../src/materialize/Thresholds.js'
import { holds, type IsEq, law, type Suite, suite } from '../Law.js'

/** The functions under test. */
export type ThresholdsUnderTest = Pick<typeof Thresholds, 'decide' | 'record'>

const { defaults } = Thresholds
const LIMIT = 1000
const DEAR = 100

const modes: fc.Arbitrary<Thresholds.Mode> = fc.constantFrom('eager', 'onDemand', 'evict')

/** Evenly, where `fc.double` would mostly draw what is next to nothing. */
const evenly = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 1000 }).map((part) => low + ((high - low) * part) / 1000)

const between = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: 1, max: 999 }).map((part) => low + ((high - low) * part) / 1000)

const observation = (pressure: number, gain: number): Thresholds.Observation => ({
  used: pressure * LIMIT,
  limit: LIMIT,
  hitRate: 0,
  cost: gain,
})

const anyObservation: fc.Arbitrary<Thresholds.Observation> = fc
  .oneof(
    {
      weight: 9,
      arbitrary: fc.tuple(evenly(0, 1.2), evenly(0, 2)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom([Number.NaN, 1] as const, [Number.POSITIVE_INFINITY, DEAR] as const),
    },
  )
  .map(([pressure, gain]) => observation(pressure, gain))

const eagerness: Readonly<Record<Thresholds.Mode, number>> = { eager: 2, onDemand: 1, evict: 0 }

/** Pressure as the laws read it: what cannot be read is full. */
const pressureOf = ({ used, limit }: Thresholds.Observation): number => (used / limit >= 0 ? used / limit : 1)

export const thresholdLaws = (name: string, { decide, record }: ThresholdsUnderTest): Suite => {
  const next = decide(defaults)
  const history = (from: Thresholds.Mode, all: ReadonlyArray<Thresholds.Observation>) => {
    let mode = from
    return all.map((each) => (mode = next(mode, each).mode))
  }
  const changes = (from: Thresholds.Mode, all: ReadonlyArray<Thresholds.Observation>): IsEq => {
    const reached = [from, ...history(from, all)]
    const count = reached.filter((mode, i) => i > 0 && mode !== reached[i - 1]).length
    return holds(count <= 1, reached.join(', '))
  }
  return suite(`thresholds ${name}`, [
    law(
      'it evicts under pressure, and until the pressure has gone',
      [modes, anyObservation],
      (mode, seen) => {
        const pressure = pressureOf(seen)
        const expected =
          pressure >= defaults.evictAbove || (mode === 'evict' && pressure > defaults.evictBelow)
        return holds((next(mode, seen).mode === 'evict') === expected, `${mode} at ${pressure}`)
      },
    ),
    law(
      'what swings between two thresholds changes the mode once at most',
      [
        modes,
        fc.array(between(defaults.evictBelow, defaults.evictAbove), { minLength: 2 }),
        fc.array(between(defaults.eagerBelow, defaults.eagerAbove), { minLength: 2 }),
        fc.array(between(defaults.gain / 2, defaults.gain), { minLength: 2 }),
      ],
      (mode, high, low, gains) => {
        // Once over each threshold in turn, and then between the two of the pair.
        const eager = next('onDemand', observation(0, DEAR)).mode
        return [
          changes(
            mode,
            high.map((pressure) => observation(pressure, DEAR)),
          ),
          changes(
            mode,
            low.map((pressure) => observation(pressure, DEAR)),
          ),
          changes(
            mode,
            gains.map((gain) => observation(0, gain)),
          ),
          changes(
            eager,
            low.map((pressure) => observation(pressure, DEAR)),
          ),
          changes(
            eager,
            gains.map((gain) => observation(0, gain)),
          ),
          holds(
            history(
              'evict',
              high.map((p) => observation(p, DEAR)),
            ).every((m) => m === 'evict'),
            'evict ends',
          ),
          holds(
            history(
              'eager',
              low.map((p) => observation(p, DEAR)),
            ).every((m) => m === 'eager'),
            'eager ends',
          ),
          holds(
            history(
              'eager',
              gains.map((g) => observation(0, g)),
            ).every((m) => m === 'eager'),
            'eager ends',
          ),
        ]
      },
    ),
    law(
      'with more pressure it is never more eager',
      [modes, evenly(0, 1.2), evenly(0, 1.2), between(0, 2)],
      (mode, x, y, gain) => {
        const at = (pressure: number) => eagerness[next(mode, observation(pressure, gain)).mode]
        return holds(at(Math.max(x, y)) <= at(Math.min(x, y)), `${mode}: ${at(x)} at ${x}, ${at(y)} at ${y}`)
      },
    ),
    law(
      'it is eager where there is room and something to gain, and only there',
      [modes, anyObservation],
      (mode, seen) => {
        const pressure = pressureOf(seen)
        const gain = (1 - seen.hitRate) * seen.cost
        const eager = next(mode, seen).mode === 'eager'
        return [
          holds(
            !eager || (pressure <= defaults.eagerAbove && gain >= defaults.gain / 2),
            `${pressure}, ${gain}`,
          ),
          holds(
            eager || pressure > defaults.eagerBelow || gain < defaults.gain,
            `not at ${pressure}, ${gain}`,
          ),
        ]
      },
    ),
    law(
      'the trace has the last changes of mode',
      [fc.array(modes, { maxLength: 3 * Thresholds.REMEMBERED, size: 'max' })],
      (all) => {
        const trace = all.reduce<Thresholds.Trace>(
          (so, mode, at) => record({ at, mode, because: '', observation: observation(0, 0) })(so),
          [],
        )
        const turns = all
          .flatMap((mode, at) => (all[at - 1] === mode ? [] : [at]))
          .slice(-Thresholds.REMEMBERED)
        return holds(
          `${trace.map(({ at }) => at)}` === `${turns}`,
          `${trace.map(({ at }) => at)} of ${turns}`,
        )
      },
    ),
  ])
}
