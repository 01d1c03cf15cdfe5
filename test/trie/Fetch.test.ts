import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { fetches as zoo } from '../../laws/trie/brokenFetches.js'
import { deepFetchLaws } from '../../laws/trie/deepFetchLaws.js'
import { fetchLaws } from '../../laws/trie/fetchLaws.js'
import * as Fetch from '../../src/trie/Fetch.js'

checkAll(fetchLaws('Fetch', Fetch), test)
checkAll(deepFetchLaws('Fetch', Fetch), test, 1)

describe('the zoo', () => {
  const found = new Map<string, Set<string>>()
  test.each(Object.entries(zoo))('a Fetch that %s is rejected', async (name, subject) => {
    const laws = [
      ...(await rejected(fetchLaws(name, subject), 60)),
      ...(await rejected(deepFetchLaws(name, subject, 20_000), 1)),
    ]
    for (const law of laws) found.set(law, (found.get(law) ?? new Set()).add(name))
    if (process.env['ZOO']) console.log(name, '=>', laws)
    expect(laws).not.toEqual([])
  })
  test('each law rejects some Fetch', () => {
    const idle = fetchLaws('', Fetch).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
