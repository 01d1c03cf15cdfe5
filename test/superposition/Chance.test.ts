import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { chances as zoo } from '../../laws/superposition/brokenChances.js'
import { chanceLaws } from '../../laws/superposition/chanceLaws.js'
import * as Chance from '../../src/superposition/Chance.js'

checkAll(chanceLaws('Chance', Chance), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(zoo))('a source that %s is rejected', async (name, subject) => {
    const laws = await rejected(chanceLaws(name, subject))
    for (const law of laws) found.add(law)
    if (process.env['ZOO']) console.log(name, '=>', laws)
    expect(laws).not.toEqual([])
  })
  test('each law rejects a source', () => {
    const idle = chanceLaws('', Chance).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
