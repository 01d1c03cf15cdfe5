import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { thunks as zoo } from '../../laws/trie/brokenThunks.js'
import { thunkLaws } from '../../laws/trie/thunkLaws.js'
import * as Thunk from '../../src/trie/Thunk.js'

checkAll(thunkLaws('Thunk', Thunk), test, 30)

describe('the zoo', () => {
  const found = new Map<string, Set<string>>()
  test.each(Object.entries(zoo))('a thunk that %s is rejected', async (name, subject) => {
    const laws = await rejected(thunkLaws(name, subject), 30)
    for (const law of laws) found.set(law, (found.get(law) ?? new Set()).add(name))
    if (process.env['ZOO']) console.log(name, '=>', laws)
    expect(laws).not.toEqual([])
  })
  test('each law rejects some thunk', () => {
    const idle = thunkLaws('', Thunk).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
