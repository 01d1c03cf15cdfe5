import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { measures as zoo } from '../../laws/superposition/brokenMeasures.js'
import { measureLaws } from '../../laws/superposition/measureLaws.js'
import * as Measure from '../../src/superposition/Measure.js'

checkAll(measureLaws('Measure', Measure), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(zoo))('a measure that %s is rejected', async (name, subject) => {
    const laws = await rejected(measureLaws(name, subject))
    for (const law of laws) found.add(law)
    if (process.env['ZOO']) console.log(name, '=>', laws)
    expect(laws).not.toEqual([])
  })
  test('each law rejects a measure', () => {
    const idle = measureLaws('', Measure).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
