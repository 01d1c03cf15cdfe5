import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenLedgers, type Ledgers, ledgerLaws } from '../../laws/store/index.js'
import * as Ledger from '../../src/store/Ledger.js'

checkAll(ledgerLaws('Ledger', Ledger), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(brokenLedgers.ledgers))('a ledger that %s is rejected', async (_, ledger) => {
    const names = await rejected(ledgerLaws('broken', ledger as Ledgers<unknown>))
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })
  test('each law rejects some ledger', () => {
    const laws = ledgerLaws('broken', Ledger).laws.map(({ name }) => name)
    expect(laws.filter((name) => !found.has(name))).toEqual([])
  })
})

const max = 2 ** 31 - 1

describe('counts past 32 bits', () => {
  test('spill on the way up and come back on the way down', () => {
    const edge = Ledger.fromCounts([[5, max]])
    expect(edge.beyond.size).toBe(0)
    const above = Ledger.Monoid.concat(edge, Ledger.fromCounts([[5, 1]]))
    expect([above.beyond.size, Ledger.count(5)(above)]).toEqual([1, max + 1])
    const back = Ledger.Monoid.concat(above, Ledger.fromCounts([[5, -1]]))
    expect(back.beyond.size).toBe(0)
    expect(Ledger.Eq.equals(back, edge)).toBe(true)
  })

  test('spill below too, and a whole ledger cancels', () => {
    const below = Ledger.fromCounts([
      [5, -max],
      [5, -1],
      [6, 1],
    ])
    expect(Ledger.count(5)(below)).toBe(-(2 ** 31))
    const nothing = Ledger.Monoid.concat(below, Ledger.Group.inverse(below))
    expect(nothing.pages.every((page) => page === undefined)).toBe(true)
    expect([...nothing.beyond]).toEqual([])
  })

  test('from the spill straight to zero, and through it', () => {
    const big = Ledger.fromCounts([[1023, 2 ** 40]])
    const gone = Ledger.Monoid.concat(big, Ledger.fromCounts([[1023, -(2 ** 40)]]))
    expect(Ledger.Eq.equals(gone, Ledger.empty)).toBe(true)
    const through = Ledger.Monoid.concat(big, Ledger.fromCounts([[1023, -(2 ** 41)]]))
    expect([...Ledger.counts(through)]).toEqual([[1023, -(2 ** 40)]])
  })

  test('are compared', () => {
    const [a, b] = [Ledger.fromCounts([[5, 2 ** 40]]), Ledger.fromCounts([[5, 2 ** 41]])]
    expect(Ledger.Eq.equals(a, b)).toBe(false)
    expect([...Ledger.counts(Ledger.difference(a, b))]).toEqual([[5, 2 ** 40]])
  })
})

test('a page of zeros is no page', () => {
  const ledger = Ledger.fromCounts([
    [0, 1],
    [5000, 1],
    [5000, -1],
  ])
  expect(ledger.pages.filter((page) => page !== undefined).length).toBe(1)
  expect(Ledger.byteLength(ledger)).toBe(4096)
})

test('dense numbers take about four bytes a count', () => {
  const n = 100_000
  const ledger = Ledger.fromCounts(Array.from({ length: n }, (_, number) => [number, 1] as const))
  expect(Ledger.byteLength(ledger) / n).toBeLessThan(4.1)
})

test('a number that never was counts zero', () => {
  expect(Ledger.count(12345)(Ledger.empty)).toBe(0)
})

test('numbers may pass 32 bits', () => {
  const number = 2 ** 33 + 7
  const ledger = Ledger.fromCounts([
    [7, 1],
    [number, 3],
  ])
  expect([Ledger.count(number)(ledger), Ledger.count(7)(ledger)]).toEqual([3, 1])
})
