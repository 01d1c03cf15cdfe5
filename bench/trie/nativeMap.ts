/** What every subject that keeps its entries in a native `Map` has in common. */
import type { Edit, Entry } from './Peer.js'
import { diffByWalking, equalsByWalking } from './walk.js'

type Entries = ReadonlyMap<string, number>

const each = (map: Entries, visit: (value: number, key: string) => void): void => {
  for (const [key, value] of map) visit(value, key)
}

const get = (map: Entries, key: string): number | undefined => map.get(key)

export const reads = {
  build: (entries: readonly Entry[]): Map<string, number> => new Map(entries),
  get,
  iterate: (map: Entries): number => {
    let sum = 0
    let last = ''
    for (const [key, value] of map) {
      sum += value
      last = key
    }
    return last === '' ? 0 : sum
  },
  equals: equalsByWalking<Entries>((map) => map.size, each, get),
  diff: diffByWalking<Entries>(each, get),
}

export const editInPlace = (map: Map<string, number>, edits: readonly Edit[]): void => {
  for (const edit of edits) {
    if (edit.kind === 'set') map.set(edit.key, edit.value)
    else map.delete(edit.key)
  }
}
