/** Broken thresholds, each of which some law rejects. */
import * as Thresholds from '../../src/materialize/Thresholds.js'
import type { ThresholdsUnderTest } from './thresholdLaws.js'

const { decide, record } = Thresholds
const base: ThresholdsUnderTest = { decide, record }

const because = 'broken'

export const brokenThresholds: Readonly<Record<string, ThresholdsUnderTest>> = {
  'has no hysteresis': { ...base, decide: (settings) => (_, seen) => decide(settings)('onDemand', seen) },
  'never stops to evict': {
    ...base,
    decide: (settings) => (mode, seen) =>
      mode === 'evict' ? { mode, because } : decide(settings)(mode, seen),
  },
  'never evicts': {
    ...base,
    decide: (settings) => (mode, seen) => {
      const decision = decide(settings)(mode, seen)
      return decision.mode === 'evict' ? { mode: 'onDemand', because } : decision
    },
  },
  'is eager when memory is short': {
    ...base,
    decide: (settings) => (mode, seen) => decide(settings)(mode, { ...seen, used: seen.limit - seen.used }),
  },
  'is eager for nothing': {
    ...base,
    decide: (settings) => (mode, seen) => decide(settings)(mode, { ...seen, cost: 100 }),
  },
  'is never eager': {
    ...base,
    decide: (settings) => (mode, seen) => decide(settings)(mode, { ...seen, cost: 0 }),
  },
  'remembers all': { ...base, record: (entry) => (trace) => [...trace, entry] },
}
