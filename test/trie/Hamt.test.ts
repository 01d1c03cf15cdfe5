import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { type Everything, maps as zoo } from '../../laws/trie/brokenMaps.js'
import { colliding } from '../../laws/trie/collidingKeys.js'
import { hamtLaws } from '../../laws/trie/hamtLaws.js'
import * as Hamt from '../../src/trie/Hamt.js'
import type { Trie } from '../../src/trie/internal/node.js'

checkAll(hamtLaws('Hamt', Hamt), test)

describe('the zoo', () => {
  const found = new Map<string, Set<string>>()

  test.each(Object.entries(zoo))('a map that %s is rejected', async (name, subject: Everything) => {
    const laws = await rejected(hamtLaws(name, subject), 50)
    for (const law of laws) found.set(law, (found.get(law) ?? new Set()).add(name))
    if (process.env['ZOO']) console.log(name, '=>', laws)
    expect(laws).not.toEqual([])
  })

  test('each law rejects some map', () => {
    const idle = hamtLaws('', Hamt).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })

  test('immutable is rejected for what a batch does to its source', () => {
    expect(found.get('a batch never changes the map that it started from')).toContain('is immutable 5.2.1')
  })
})

const rootOf = (map: unknown): Trie => (map as { root: Trie }).root
const depth = (node: Trie): number =>
  node.kind === 1 ? 1 + Math.max(...node.children.map((child) => depth(child as Trie))) : 1

describe('colliding keys', () => {
  test.each([33, 700, 4000])('%i of them stay balanced, in any order of edits', (n) => {
    const keys = colliding(n)
    const map = Hamt.fromEntries(keys.map((key, i) => [key, i] as const))
    // Seven levels of the placement hash; then BLAKE3 spreads by sixteen a level, with room for bad luck.
    expect(depth(rootOf(map))).toBeLessThanOrEqual(7 + 2 + Math.ceil(Math.log(n / 32) / Math.log(16)))
    let edited = Hamt.empty<number>()
    for (const [i, key] of [...keys.entries()].reverse()) edited = Hamt.set(edited, key, i)
    for (const key of colliding(n + 40).slice(n)) edited = Hamt.remove(Hamt.set(edited, key, 0), key)
    expect([...edited]).toEqual([...map])
    expect(Hamt.check(edited)._tag).toBe('None')
    for (const key of keys.slice(20)) edited = Hamt.remove(edited, key)
    expect([depth(rootOf(edited)), Hamt.check(edited)._tag]).toEqual([1, 'None'])
  })

  test('keys that BLAKE3 cannot tell apart are still keys', () => {
    // Lone surrogates are one replacement character to UTF-8, so only their placement and order differ.
    const keys = Array.from({ length: 2048 }, (_, i) => String.fromCharCode(0xd800 + i))
    const map = Hamt.fromEntries(keys.map((key, i) => [key, i] as const))
    expect([map.size, Hamt.check(map)._tag]).toEqual([2048, 'None'])
    expect(keys.every((key, i) => Hamt.get(map, key) === i)).toBe(true)
  })
})

describe('sharing', () => {
  const big = Hamt.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key ${i}`, i] as const))

  const nodes = (node: Trie, into = new Set<Trie>()): Set<Trie> => {
    into.add(node)
    if (node.kind === 1) for (const child of node.children) nodes(child as Trie, into)
    return into
  }

  test('an edit makes one path of nodes', () => {
    const before = nodes(rootOf(big))
    for (const edited of [Hamt.set(big, 'key 77', -1), Hamt.set(big, 'new', 1), Hamt.remove(big, 'key 77')]) {
      const made = [...nodes(rootOf(edited))].filter((node) => !before.has(node))
      expect(made.length).toBeLessThanOrEqual(depth(rootOf(big)) + 16)
      expect(Hamt.diff(big, edited)).toHaveLength(1)
    }
  })

  test('a diff of k changes enters O(k · depth) nodes', () => {
    const changed = ['key 3', 'key 777', 'key 19999'].reduce((map, key) => Hamt.set(map, key, -1), big)
    let visits = 0
    for (const node of nodes(rootOf(changed), nodes(rootOf(big)))) {
      const field = node.kind === 1 ? 'children' : 'entries'
      const value = (node as unknown as { [field: string]: unknown })[field]
      Object.defineProperty(node, field, {
        configurable: true,
        get: () => {
          visits++
          return value
        },
      })
    }
    expect(Hamt.diff(big, changed)).toHaveLength(3)
    expect(visits).toBeLessThanOrEqual(3 * 2 * 2 * depth(rootOf(big)))
  })
})

test('0 and -0 are two values, NaN is one', () => {
  const zero = Hamt.singleton('a', 0)
  expect(Object.is(Hamt.get(Hamt.set(zero, 'a', -0), 'a'), -0)).toBe(true)
  expect(Hamt.diff(zero, Hamt.singleton('a', -0))).toHaveLength(1)
  const nan = Hamt.singleton('a', Number.NaN)
  expect(Hamt.set(nan, 'a', Number.NaN)).toBe(nan)
})
