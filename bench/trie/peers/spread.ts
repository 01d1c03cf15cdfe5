/** A plain object, spread into a new one at each edit. */
import type { Peer } from '../Peer.js'
import { diffByWalking, equalsByWalking } from '../walk.js'

type Entries = Readonly<Record<string, number>>

const get = (map: Entries, key: string): number | undefined => map[key]

const each = (map: Entries, visit: (value: number, key: string) => void): void => {
  for (const key of Object.keys(map)) visit(map[key]!, key)
}

export const peer: Peer<Entries> = {
  build: (entries) => Object.fromEntries(entries),
  get,
  set: (map, key, value) => ({ ...map, [key]: value }),
  remove: (map, key) => {
    const copy: Record<string, number> = { ...map }
    delete copy[key]
    return copy
  },
  iterate: (map) => {
    let sum = 0
    let last = ''
    for (const key in map) {
      sum += map[key]!
      last = key
    }
    return last === '' ? 0 : sum
  },
  equals: equalsByWalking((map) => Object.keys(map).length, each, get),
  diff: diffByWalking(each, get),
  editAll: (map, edits) => {
    const copy: Record<string, number> = { ...map }
    for (const edit of edits) {
      if (edit.kind === 'set') copy[edit.key] = edit.value
      else delete copy[edit.key]
    }
    return copy
  },
}
