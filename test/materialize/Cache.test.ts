import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenCaches } from '../../laws/materialize/brokenCaches.js'
import { cacheLaws } from '../../laws/materialize/cacheLaws.js'
import { Cache } from '../../src/index.js'

checkAll(cacheLaws('Cache', Cache), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(brokenCaches))('a cache that %s is rejected', async (_, caches) => {
    const names = await rejected(cacheLaws('broken', caches))
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })
  test('each law rejects some cache', () => {
    const laws = cacheLaws('broken', Cache).laws.map(({ name }) => name)
    expect(laws.filter((name) => !found.has(name))).toEqual([])
  })
})

test.each([
  ['a size', { size: Number.NaN, cost: 1 }, false],
  ['an endless size', { size: Number.POSITIVE_INFINITY, cost: 1 }, false],
  ['a size below nothing', { size: -5, cost: 1 }, true],
  ['a part of a byte', { size: 0.1, cost: 1 }, true],
  ['no cost', { size: 1, cost: Number.NaN }, true],
  ['an endless cost', { size: 1, cost: Number.POSITIVE_INFINITY, probability: 0 }, true],
])('%s that is none does no harm', (_, worth, kept) => {
  const cache = Cache.make<number, string>(10)
  expect(Cache.set(0, 'odd', worth)(cache)()).toBe(kept)
  for (let key = 1; key < 20; key++) expect(Cache.set(key, 'even', { size: 3, cost: 1 })(cache)()).toBe(true)
  expect(Cache.bytes(cache)()).toBeLessThanOrEqual(10)
  Cache.limit(0)(cache)()
  expect(Cache.bytes(cache)()).toBe(0)
})
