import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineWork } from '../../src/vst/internal/lineWork.js'

const some = fc.array(fc.constantFrom('', 'a', 'b', '__proto__'), { maxLength: 9 })

test('each pair of equal lines, times the lines of the shorter list', () => {
  fc.assert(
    fc.property(some, some, (x, y) => {
      let pairs = 0
      for (const a of x) for (const b of y) if (a === b) pairs++
      expect(lineWork(x, y)).toBe(pairs * Math.min(x.length, y.length))
    }),
  )
})

test('a text whose lines come again and again takes the cube of their number', () => {
  const o = Array.from({ length: 4900 }, (_, i) => `x${i % 3}`)
  expect(lineWork(o, [...o.slice(7), 'q'])).toBeGreaterThan(2 ** 35)
  expect(lineWork(['z', ...o.slice(0, 4000)], o)).toBeGreaterThan(2 ** 34)
  const apart = o.map((line, i) => `${line}${i}`)
  expect(lineWork(apart, apart)).toBe(4900 ** 2)
})
