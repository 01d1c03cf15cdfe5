import { describe, expect, test } from 'vitest'
import { checkAll, rejected, type Suite } from '../../laws/Law.js'
import {
  brokenInFlight,
  brokenSessions,
  inFlightLaws,
  manualClock,
  sessionLaws,
  slicingLaws,
} from '../../laws/store/index.js'

const { now } = manualClock()
let places = 0

const sessions = (defect?: brokenSessions.Defect): ReadonlyArray<Suite> => {
  const source = brokenSessions.places(defect)
  const make = () => source.open(`small ${++places}`, { clock: now, lease: 1 })
  return [slicingLaws('small', make), sessionLaws('small', source)]
}

const inFlight = (defect?: brokenInFlight.Defect): ReadonlyArray<Suite> => [
  inFlightLaws('small', () => brokenInFlight.store(defect)),
]

const zoo = <D extends string>(
  name: string,
  suites: (defect?: D) => ReadonlyArray<Suite>,
  defects: ReadonlyArray<D>,
): void => {
  for (const suite of suites()) checkAll(suite, test)
  describe(`the zoo of ${name}`, () => {
    const found = new Set<string>()
    test.each(defects)('a store that %s is rejected', async (defect) => {
      const names = (await Promise.all(suites(defect).map((suite) => rejected(suite, 100)))).flat()
      for (const law of names) found.add(law)
      expect(names).not.toEqual([])
    })
    test('each law rejects some store', () => {
      const laws = suites().flatMap((suite) => suite.laws.map((law) => law.name))
      expect(laws.filter((law) => !found.has(law))).toEqual([])
    })
  })
}

zoo('sessions', sessions, brokenSessions.defects)
zoo('transactions in flight', inFlight, brokenInFlight.defects)
