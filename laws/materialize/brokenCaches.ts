/** Broken caches, each of which some law rejects. */
import * as sound from '../../src/materialize/Cache.js'
import type { Caches } from './cacheLaws.js'

const { make, get, set, reweigh, limit, keys, bytes } = sound
const base: Caches = { make, get, set, reweigh, limit, keys, bytes }

export const brokenCaches: Readonly<Record<string, Caches>> = {
  'has no bound': { ...base, make: () => base.make(Number.MAX_SAFE_INTEGER) },
  'keeps nothing': { ...base, set: () => () => () => false },
  'does not see probability': {
    ...base,
    set: (key, value, worth) => base.set(key, value, { ...worth, probability: 1 }),
  },
  'does not see cost': { ...base, set: (key, value, worth) => base.set(key, value, { ...worth, cost: 1 }) },
  'does not see size': {
    ...base,
    set: (key, value, worth) => base.set(key, value, { ...worth, cost: worth.cost * worth.size }),
  },
  'does not follow weights': { ...base, reweigh: () => () => () => undefined },
  'cannot be limited': { ...base, limit: () => () => () => undefined },
  'lets go of all at once': {
    ...base,
    set: (key, value, worth) => (cache) => () => {
      const before = base.keys(cache)().length
      const kept = base.set(key, value, worth)(cache)()
      if (base.keys(cache)().length < before) base.limit(0)(cache)()
      return kept
    },
  },
}
