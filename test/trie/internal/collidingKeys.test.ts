import { expect, test } from 'vitest'
import { colliding, keyAt, sharing } from '../../../laws/trie/collidingKeys.js'
import { placement } from '../../../src/trie/internal/placement.js'

test('a key is made for any placement', () => {
  for (let i = 0; i < 2000; i++) {
    const h = Math.imul(i, 0x9e3779b1) >>> 4
    const key = keyAt(h, i)
    expect(placement(key)).toBe(h)
    expect(key.isWellFormed()).toBe(true)
  }
})

test('colliding keys are many, distinct, and collide', () => {
  const keys = colliding(5000)
  expect(new Set(keys).size).toBe(5000)
  expect(new Set(keys.map(placement)).size).toBe(1)
})

test.each([1, 3, 6])('keys share %i levels', (levels) => {
  const keys = sharing(levels, 12)
  expect(new Set(keys.map((key) => placement(key) >>> (28 - 4 * levels))).size).toBe(1)
  expect(new Set(keys.map(placement)).size).toBeGreaterThan(6)
})
