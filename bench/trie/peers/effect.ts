import * as Equal from 'effect/Equal'
import * as HashMap from 'effect/HashMap'
import type { Peer } from '../Peer.js'
import { diffByWalking, total } from '../walk.js'

type Entries = HashMap.HashMap<string, number>

const get = (map: Entries, key: string): number | undefined => {
  const found = HashMap.get(map, key)
  return found._tag === 'Some' ? found.value : undefined
}

const each = (map: Entries, visit: (value: number, key: string) => void): void => {
  HashMap.forEach(map, visit)
}

export const peer: Peer<Entries> = {
  // `fromIterable` copies a path for each entry; the batch does not.
  build: (entries) =>
    HashMap.mutate(HashMap.empty<string, number>(), (batch) => {
      for (const [key, value] of entries) HashMap.set(batch, key, value)
    }),
  get,
  set: (map, key, value) => HashMap.set(map, key, value),
  remove: (map, key) => HashMap.remove(map, key),
  iterate: total,
  // `Equal.equals` remembers the answer for each pair of objects; this is the comparison that it runs the first time.
  equals: (a, b) => a[Equal.symbol](b),
  diff: diffByWalking(each, get),
}
