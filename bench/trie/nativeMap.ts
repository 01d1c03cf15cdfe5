/** What every subject that keeps its entries in a native `Map` has in common. */
import type { Edit, Entry } from './Peer.js'
import { diffByWalking, equalsByWalking, total } from './walk.js'

type Entries = ReadonlyMap<string, number>

const each = (map: Entries, visit: (value: number, key: string) => void): void => {
  for (const [key, value] of map) visit(value, key)
}

const get = (map: Entries, key: string): number | undefined => map.get(key)

export const reads = {
  build: (entries: readonly Entry[]): Map<string, number> => new Map(entries),
  get,
  iterate: total,
  equals: equalsByWalking<Entries>((map) => map.size, each, get),
  diff: diffByWalking<Entries>(each, get),
}

export const editInPlace = (map: Map<string, number>, edits: readonly Edit[]): void => {
  for (const edit of edits) {
    if (edit.kind === 'set') map.set(edit.key, edit.value)
    else map.delete(edit.key)
  }
}
