import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenDirectories, directories, directoryLaws } from '../../laws/vst/index.js'

const suite = directoryLaws('Directory', directories)
checkAll(suite, test, 40)

describe('broken directories', () => {
  test.each(Object.entries(brokenDirectories))('one that %s is rejected', async (_, { subject, breaks }) => {
    const { name, laws } = directoryLaws('broken', subject)
    const one = { name, laws: laws.filter((law) => law.name === breaks) }
    expect(await rejected(one, 200)).toEqual([breaks])
  })

  test('each law rejects one', () => {
    const broken = new Set(Object.values(brokenDirectories).map(({ breaks }) => breaks))
    expect(suite.laws.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([])
  })
})
