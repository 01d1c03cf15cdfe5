import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenLedgers, journalLaws } from '../../laws/store/index.js'
import * as Journal from '../../src/store/Journal.js'

checkAll(journalLaws('Journal', Journal), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(brokenLedgers.journals))('a journal that %s is rejected', async (_, journal) => {
    const names = await rejected(journalLaws('broken', journal))
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })
  test('each law rejects some journal', () => {
    const laws = journalLaws('broken', Journal).laws.map(({ name }) => name)
    expect(laws.filter((name) => !found.has(name))).toEqual([])
  })
})

// An entry whose only word fell on the array that `begin` had just replaced was once lost.
test.each(['Pin', 'Commit', 'HeadMove', 'Put', 'Cut'] as const)(
  'no %s is lost where the words grow',
  (_tag) => {
    const entry = (n: number): Journal.Entry => {
      switch (_tag) {
        case 'Pin':
          return { _tag, number: n, times: n + 1 }
        case 'Commit':
          return { _tag, time: n + 0.5 }
        case 'HeadMove':
          return { _tag, name: `h${n % 7}`, old: null, next: n }
        case 'Put':
          return { _tag, number: n, links: [n], parents: [n + 1] }
        case 'Cut':
          return { _tag, number: n, parents: [n + 1] }
      }
    }
    for (let shift = 0; shift < 8; shift++) {
      const before = Array.from({ length: shift }, (): Journal.Entry => ({ _tag: 'Unpin', number: 1 }))
      const entries = [...before, ...Array.from({ length: 400 }, (_, n) => entry(n))]
      expect([...Journal.entries(Journal.fromEntries(entries))]).toEqual(entries)
    }
  },
)

test('append adds one entry', () => {
  const entry: Journal.Entry = { _tag: 'Unpin', number: 3 }
  expect([...Journal.entries(Journal.append(entry)(Journal.empty))]).toEqual([entry])
})
