import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { weights as zoo } from '../../laws/superposition/brokenWeights.js'
import { weightLaws } from '../../laws/superposition/weightLaws.js'
import * as Weight from '../../src/superposition/Weight.js'

checkAll(weightLaws('Weight', Weight), test, 500)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(zoo))('weights that %s are rejected', async (name, subject) => {
    const laws = await rejected(weightLaws(name, subject))
    for (const law of laws) found.add(law)
    if (process.env['ZOO']) console.log(name, '=>', laws)
    expect(laws).not.toEqual([])
  })
  test('each law rejects some weights', () => {
    const idle = weightLaws('', Weight).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
