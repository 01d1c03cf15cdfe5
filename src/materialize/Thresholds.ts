/**
 * `Thresholds` decide how a materialiser works: it builds ahead (`eager`), builds what is asked for (`onDemand`), or gives
 * memory back (`evict`).
 *
 * `decide` is a pure function from what was observed and the mode of before to the mode from now on. Each threshold is a
 * pair, one to go in and one to come out, so that what swings between the two changes nothing.
 *
 * Laws (`coppice/laws`, `thresholdLaws`):
 * 1. at or above `evictAbove` it always evicts, and goes on until the pressure is at or below `evictBelow`;
 * 2. hysteresis: observations that stay between the two thresholds of a pair change the mode once at most;
 * 3. monotone: with more pressure it is never more eager;
 * 4. it is eager only where there is room and something to gain.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Thresholds } from 'coppice'
 *
 * const full = { used: 95, limit: 100, hitRate: 0.5, cost: 3 }
 * assert.strictEqual(Thresholds.decide()('eager', full).mode, 'evict')
 * assert.strictEqual(Thresholds.decide()('evict', { ...full, used: 85 }).mode, 'evict')
 * assert.strictEqual(Thresholds.decide()('evict', { ...full, used: 75 }).mode, 'onDemand')
 * ```
 */

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

export type Mode = 'eager' | 'onDemand' | 'evict'

export interface Observation {
  /** Bytes in use. */
  readonly used: number
  /** Bytes that there may be. */
  readonly limit: number
  /** The part of requests that found their object, from 0 to 1. */
  readonly hitRate: number
  /** What a build takes on average, in ms. */
  readonly cost: number
}

export interface Settings {
  /** Pressure (`used / limit`) from which on it evicts. */
  readonly evictAbove: number
  /** Pressure down to which it goes on evicting. */
  readonly evictBelow: number
  /** Pressure up to which it becomes eager. */
  readonly eagerBelow: number
  /** Pressure above which it is eager no longer. */
  readonly eagerAbove: number
  /** Ms a request, `(1 − hitRate) · cost`, that building ahead has to be worth to begin with it; half of it to go on. */
  readonly gain: number
}

export interface Decision {
  readonly mode: Mode
  /** For people. */
  readonly because: string
}

/** @category settings */
export const defaults: Settings = {
  evictAbove: 0.9,
  evictBelow: 0.8,
  eagerBelow: 0.5,
  eagerAbove: 0.65,
  gain: 0.5,
}

// -------------------------------------------------------------------------------------
// deciding
// -------------------------------------------------------------------------------------

const percent = (part: number): string => `${(100 * part).toFixed(0)} %`

/** What cannot be read counts as full. */
const pressureOf = ({ used, limit }: Observation): number => {
  const pressure = used / limit
  return pressure >= 0 ? pressure : 1
}

/** O(1). */
export const decide =
  (settings: Settings = defaults) =>
  (previous: Mode, observation: Observation): Decision => {
    const pressure = pressureOf(observation)
    const now = percent(pressure)
    if (pressure >= settings.evictAbove) {
      return {
        mode: 'evict',
        because: `${now} of memory in use, at or above ${percent(settings.evictAbove)}`,
      }
    }
    if (previous === 'evict' && pressure > settings.evictBelow) {
      return {
        mode: 'evict',
        because: `${now} of memory in use, still above ${percent(settings.evictBelow)}`,
      }
    }
    const eager = previous === 'eager'
    const room = eager ? settings.eagerAbove : settings.eagerBelow
    if (pressure > room)
      return { mode: 'onDemand', because: `${now} of memory in use, above ${percent(room)}` }
    const gain = Math.max(0, 1 - observation.hitRate) * observation.cost
    const wanted = eager ? settings.gain / 2 : settings.gain
    return gain >= wanted
      ? {
          mode: 'eager',
          because: `${now} of memory in use, and a request waits ${gain.toFixed(2)} ms on average`,
        }
      : { mode: 'onDemand', because: `a request waits less than ${wanted} ms on average` }
  }

// -------------------------------------------------------------------------------------
// a trace for people
// -------------------------------------------------------------------------------------

export interface Entry extends Decision {
  /** When, in ms. */
  readonly at: number
  readonly observation: Observation
}

/** The last changes of mode, the oldest first. */
export type Trace = ReadonlyArray<Entry>

/** Changes that are remembered. */
export const REMEMBERED = 64

/** The trace with a decision, if that changes the mode. O(`REMEMBERED`). */
export const record =
  (entry: Entry) =>
  (trace: Trace): Trace =>
    trace.at(-1)?.mode === entry.mode ? trace : [...trace, entry].slice(-REMEMBERED)

/** One line for each change. */
export const describe = (trace: Trace): ReadonlyArray<string> =>
  trace.map(({ at, mode, because }) => `${at.toFixed(0)} ms: ${mode}, ${because}`)
