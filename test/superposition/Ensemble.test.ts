import { describe, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenEnsembles, ensembleLaws } from '../../laws/superposition/ensembleLaws.js'
import * as Ensemble from '../../src/superposition/Ensemble.js'

checkAll(ensembleLaws('Ensemble', Ensemble), test)

describe('the zoo', () => {
  const found = new Set<string>()
  test.each(Object.entries(brokenEnsembles(Ensemble)))(
    'an ensemble that %s is rejected',
    async (name, subject) => {
      const laws = await rejected(ensembleLaws(name, subject))
      for (const law of laws) found.add(law)
      expect(laws).not.toEqual([])
    },
  )
  test('each law rejects an ensemble', () => {
    const idle = ensembleLaws('', Ensemble).laws.filter(({ name }) => !found.has(name))
    expect(idle.map(({ name }) => name)).toEqual([])
  })
})
