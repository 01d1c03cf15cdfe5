import * as Immutable from 'immutable'
import type { Peer } from '../Peer.js'
import { diffByWalking } from '../walk.js'

type Entries = Immutable.Map<string, number>

const get = (map: Entries, key: string): number | undefined => map.get(key)

const each = (map: Entries, visit: (value: number, key: string) => void): void => {
  map.forEach((value, key) => {
    visit(value, key)
  })
}

export const peer: Peer<Entries> = {
  // The constructor batches by itself.
  build: (entries) => Immutable.Map(entries as Iterable<[string, number]>),
  get,
  set: (map, key, value) => map.set(key, value),
  remove: (map, key) => map.delete(key),
  iterate: (map) => {
    let sum = 0
    let last = ''
    map.forEach((value, key) => {
      sum += value
      last = key
    })
    return last === '' ? 0 : sum
  },
  equals: (a, b) => a.equals(b),
  diff: diffByWalking(each, get),
}
