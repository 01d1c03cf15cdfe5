/** What `hamt` and `hamt_plus`, which is made of it, have in common. */
import type { Peer } from './Peer.js'
import { diffByWalking, equalsByWalking } from './walk.js'

interface Folded<T> {
  readonly get: (key: string, map: T) => number | undefined
  readonly set: (key: string, value: number, map: T) => T
  readonly remove: (key: string, map: T) => T
  readonly fold: (f: (sum: number, value: number, key: string) => number, zero: number, map: T) => number
  readonly forEach: (visit: (value: number, key: string) => void, map: T) => void
}

export const folded = <T extends { readonly size: number }>(
  hamt: Folded<T>,
  build: Peer<T>['build'],
): Peer<T> => {
  const get = (map: T, key: string): number | undefined => hamt.get(key, map)
  const each = (map: T, visit: (value: number, key: string) => void): void => {
    hamt.forEach(visit, map)
  }
  return {
    build,
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
}
