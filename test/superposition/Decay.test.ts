import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { decays as zoo } from '../../laws/superposition/brokenRetentions.js'
import { decayLaws } from '../../laws/superposition/decayLaws.js'
import * as Decay from '../../src/superposition/Decay.js'

checkAll(decayLaws('Decay', Decay), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(zoo))('a decay that %s is rejected', async (name, subject) => {
    const laws = await rejected(decayLaws(name, subject))
    for (const law of laws) found.add(law)
    if (process.env['ZOO']) console.log(name, '=>', laws)
    expect(laws).not.toEqual([])
  })
  test('each law rejects a decay', () => {
    const idle = decayLaws('', Decay).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
