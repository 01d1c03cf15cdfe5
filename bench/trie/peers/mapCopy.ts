/** A native `Map`, copied whole at each edit. */
import { editInPlace, reads } from '../nativeMap.js'
import type { Peer } from '../Peer.js'

export const peer: Peer<Map<string, number>> = {
  ...reads,
  set: (map, key, value) => new Map(map).set(key, value),
  remove: (map, key) => {
    const copy = new Map(map)
    copy.delete(key)
    return copy
  },
  editAll: (map, edits) => {
    const copy = new Map(map)
    editInPlace(copy, edits)
    return copy
  },
}
