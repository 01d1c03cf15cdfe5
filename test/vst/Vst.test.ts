import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenVsts, vstLaws, vstOperations } from '../../laws/vst/index.js'

const suite = vstLaws('Vst', vstOperations)
checkAll(suite, test)

describe('broken engines', () => {
  const found = new Set<string>()

  test.each(Object.entries(brokenVsts))('one that %s is rejected', async (_, make) => {
    const names = await rejected(vstLaws('broken', make()), 50)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })

  test('each law rejects one', () => {
    expect(suite.laws.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([])
  })
})
