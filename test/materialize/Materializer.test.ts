import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenMaterializers } from '../../laws/materialize/brokenMaterializers.js'
import { materializerLaws } from '../../laws/materialize/materializerLaws.js'
import { Materializer } from '../../src/index.js'

checkAll(materializerLaws('Materializer', Materializer), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(brokenMaterializers))('one that %s is rejected', async (_, subject) => {
    const names = await rejected(materializerLaws('broken', subject), 100)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })
  test('each law rejects some', () => {
    const laws = materializerLaws('broken', Materializer).laws.map(({ name }) => name)
    expect(laws.filter((name) => !found.has(name))).toEqual([])
  })
})
