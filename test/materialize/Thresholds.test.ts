import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenThresholds } from '../../laws/materialize/brokenThresholds.js'
import { thresholdLaws } from '../../laws/materialize/thresholdLaws.js'
import { Pressure, Thresholds } from '../../src/index.js'

checkAll(thresholdLaws('Thresholds', Thresholds), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(brokenThresholds))(
    'thresholds of which one %s are rejected',
    async (_, broken) => {
      const names = await rejected(thresholdLaws('broken', broken))
      for (const name of names) found.add(name)
      expect(names).not.toEqual([])
    },
  )
  test('each law rejects some', () => {
    const laws = thresholdLaws('broken', Thresholds).laws.map(({ name }) => name)
    expect(laws.filter((name) => !found.has(name))).toEqual([])
  })
})

test('a trace is text for people', () => {
  const observation = { used: 95, limit: 100, hitRate: 0, cost: 1 }
  const entry = { at: 12, observation, ...Thresholds.decide()('eager', observation) }
  expect(Thresholds.describe(Thresholds.record(entry)([]))).toEqual([
    '12 ms: evict, 95 % of memory in use, at or above 90 %',
  ])
})

test('the process says what it uses', () => {
  const { used, limit } = Pressure.ofProcess()
  expect(used).toBeGreaterThan(0)
  expect(limit).toBeGreaterThan(used)
})
