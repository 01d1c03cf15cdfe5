import { Hasher, HashMap } from '@rimbu/hashed'
import type { Peer } from '../Peer.js'
import { diffByWalking, equalsByWalking } from '../walk.js'

type Entries = HashMap<string, number>

// The context for strings spares the type tests of the default one.
const context = HashMap.createContext<string>({ hasher: Hasher.stringHasher(), eq: Object.is })

const get = (map: Entries, key: string): number | undefined => map.get(key)

const each = (map: Entries, visit: (value: number, key: string) => void): void => {
  map.forEach(([key, value]) => {
    visit(value, key)
  })
}

export const peer: Peer<Entries> = {
  build: (entries) => {
    const batch = context.builder<string, number>()
    for (const [key, value] of entries) batch.set(key, value)
    return batch.build()
  },
  get,
  // Its own types do not admit that a map which is not empty is a map.
  set: (map, key, value) => map.set(key, value) as unknown as Entries,
  remove: (map, key) => map.removeKey(key),
  iterate: (map) => {
    let sum = 0
    let last = ''
    map.forEach(([key, value]) => {
      sum += value
      last = key
    })
    return last === '' ? 0 : sum
  },
  equals: equalsByWalking((map) => map.size, each, get),
  diff: diffByWalking(each, get),
}
