import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenManagers, managerLaws } from '../../laws/superposition/managerLaws.js'
import * as Manager from '../../src/superposition/Manager.js'

checkAll(managerLaws('Manager', Manager), test, 60)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(brokenManagers(Manager)))(
    'a manager that %s is rejected',
    async (name, subject) => {
      const laws = await rejected(managerLaws(name, subject), 60)
      for (const law of laws) found.add(law)
      expect(laws).not.toEqual([])
    },
  )
  test('each law rejects a manager', () => {
    const idle = managerLaws('', Manager).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
