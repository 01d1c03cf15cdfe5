import * as Hamt from '../../../src/trie/Hamt.js'
import type { Peer } from '../Peer.js'

type Entries = Hamt.Hamt<number>

const same = (a: number, b: number): boolean => a === b

export const peer: Peer<Entries> = {
  build: (entries) => Hamt.fromEntries(entries),
  get: (map, key) => Hamt.get(map, key),
  set: (map, key, value) => Hamt.set(map, key, value),
  remove: (map, key) => Hamt.remove(map, key),
  iterate: (map) => {
    let sum = 0
    let last = ''
    Hamt.forEach(map, (value, key) => {
      sum += value
      last = key
    })
    return last === '' ? 0 : sum
  },
  equals: (a, b) => Hamt.equals(a, b, same),
  diff: (a, b) => Hamt.diff(a, b, same).length,
}
