/** A native `Map` that forgets its old versions: the scale, not a competitor. */
import { editInPlace, reads } from '../nativeMap.js'
import type { Peer } from '../Peer.js'

export const peer: Peer<Map<string, number>> = {
  ...reads,
  set: (map, key, value) => map.set(key, value),
  remove: (map, key) => {
    map.delete(key)
    return map
  },
  editAll: (map, edits) => {
    const copy = new Map(map)
    editInPlace(copy, edits)
    return copy
  },
}
