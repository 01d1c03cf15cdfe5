import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { superpositions as zoo } from '../../laws/superposition/brokenSuperpositions.js'
import { superpositionLaws } from '../../laws/superposition/superpositionLaws.js'
import * as Superposition from '../../src/superposition/Superposition.js'

checkAll(superpositionLaws('Superposition', Superposition), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(zoo))('a superposition that %s is rejected', async (name, subject) => {
    const laws = await rejected(superpositionLaws(name, subject))
    for (const law of laws) found.add(law)
    if (process.env['ZOO']) console.log(name, '=>', laws)
    expect(laws).not.toEqual([])
  })
  test('each law rejects some superposition', () => {
    const idle = superpositionLaws('', Superposition).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
