import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { broken, collectingLaws, storeLaws } from '../../laws/store/index.js'

const suites = (defect?: broken.Defect) => [
  storeLaws('small', () => broken.store(defect)),
  collectingLaws('small', () => broken.store(defect)),
]

for (const suite of suites()) checkAll(suite, test)

describe('the zoo', () => {
  const found = new Map<string, Set<string>>()

  test.each(broken.defects)('a store that %s is rejected', async (defect) => {
    const names: Array<string> = []
    for (const suite of suites(defect)) names.push(...(await rejected(suite)))
    for (const name of names) found.set(name, (found.get(name) ?? new Set()).add(defect))
    if (process.env['ZOO']) console.log(defect, '=>', names)
    expect(names).not.toEqual([])
  })

  test('each law rejects some store', () => {
    const idle = suites()
      .flatMap(({ laws }) => laws.map(({ name }) => name))
      .filter((name) => !found.has(name))
    expect(idle).toEqual([])
  })
})
