import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { joints as zoo } from '../../laws/superposition/brokenJoints.js'
import { jointLaws } from '../../laws/superposition/jointLaws.js'
import * as Joint from '../../src/superposition/Joint.js'

checkAll(jointLaws('Joint', Joint), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(zoo))('a joint that %s is rejected', async (name, subject) => {
    const laws = await rejected(jointLaws(name, subject))
    for (const law of laws) found.add(law)
    if (process.env['ZOO']) console.log(name, '=>', laws)
    expect(laws).not.toEqual([])
  })
  test('each law rejects some joint', () => {
    const idle = jointLaws('', Joint).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
