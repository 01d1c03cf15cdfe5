/**
 * Each broken implementation is rejected, and each law rejects one: what makes the laws of layer 0 worth running.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as broken from '../../laws/data/broken.js'
import { codecLaws } from '../../laws/data/codec.js'
import { digestLaws } from '../../laws/data/digest.js'
import { hasherLaws } from '../../laws/data/hasher.js'
import { valueLaws } from '../../laws/data/value.js'
import { rejected, type Suite } from '../../laws/Law.js'
import { Hasher } from '../../src/index.js'

// That a law fails is all that is asked here, and not the smallest way to make it fail.
fc.configureGlobal({ endOnFailure: true })

const zoo = <A>(kind: string, animals: Readonly<Record<string, A>>, suiteOf: (animal: A) => Suite): void => {
  describe(kind, () => {
    const seen = new Map<string, string>()
    const names = suiteOf(Object.values(animals)[0]!).laws.map((law) => law.name)
    test.each(Object.entries(animals))('one that %s is rejected', async (name, animal) => {
      const laws = await rejected(suiteOf(animal), 100)
      expect(laws).not.toEqual([])
      for (const law of laws) seen.set(law, name)
    })
    test('each law rejects one', () => {
      expect(names.filter((name) => !seen.has(name))).toEqual([])
    })
  })
}

zoo('codec', broken.codecs, codecLaws)
zoo('door', broken.values, valueLaws)
zoo('hasher', broken.hashers(Hasher.noble), (hasher) => hasherLaws(Hasher.noble, hasher))
zoo('digest', broken.digests, digestLaws)
