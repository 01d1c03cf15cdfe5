import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { retentions as zoo } from '../../laws/superposition/brokenRetentions.js'
import { retentionLaws } from '../../laws/superposition/retentionLaws.js'
import * as Retention from '../../src/superposition/Retention.js'

checkAll(retentionLaws('Retention', Retention), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(zoo))('a retention that %s is rejected', async (name, subject) => {
    const laws = await rejected(retentionLaws(name, subject))
    for (const law of laws) found.add(law)
    if (process.env['ZOO']) console.log(name, '=>', laws)
    expect(laws).not.toEqual([])
  })
  test('each law rejects a retention', () => {
    const idle = retentionLaws('', Retention).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
