import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenResolvers, resolverLaws, resolvers } from '../../laws/vst/index.js'

const suite = resolverLaws('Resolver', resolvers)
checkAll(suite, test)

describe('broken resolvers', () => {
  const found = new Set<string>()

  test.each(Object.entries(brokenResolvers))('one that %s is rejected', async (_, op) => {
    const names = await rejected(resolverLaws('broken', op), 100)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })

  test('each law rejects one', () => {
    expect(suite.laws.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([])
  })
})
