import hamt from 'hamt'
import type { Peer } from '../Peer.js'
import { diffByWalking, equalsByWalking } from '../walk.js'

type Entries = hamt.Trie

const get = (map: Entries, key: string): number | undefined => hamt.get(key, map)

const each = (map: Entries, visit: (value: number, key: string) => void): void => {
  hamt.forEach(visit, map)
}

export const peer: Peer<Entries> = {
  // It has no batch.
  build: (entries) => {
    let map = hamt.empty
    for (const [key, value] of entries) map = hamt.set(key, value, map)
    return map
  },
  get,
  set: (map, key, value) => hamt.set(key, value, map),
  remove: (map, key) => hamt.remove(key, map),
  iterate: (map) => {
    let last = ''
    const add = (sum: number, value: number, key: string): number => {
      last = key
      return sum + value
    }
    const sum = hamt.fold(add, 0, map)
    return last === '' ? 0 : sum
  },
  equals: equalsByWalking((map) => map.size, each, get),
  diff: diffByWalking(each, get),
}
