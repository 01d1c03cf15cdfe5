import hamt from 'hamt_plus'
import type { Peer } from '../Peer.js'
import { diffByWalking, equalsByWalking } from '../walk.js'

type Entries = hamt.Trie

const get = (map: Entries, key: string): number | undefined => hamt.get(key, map)

const each = (map: Entries, visit: (value: number, key: string) => void): void => {
  hamt.forEach(visit, map)
}

export const peer: Peer<Entries> = {
  build: (entries) =>
    hamt.mutate((batch) => {
      for (const [key, value] of entries) hamt.set(key, value, batch)
    }, hamt.empty),
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
