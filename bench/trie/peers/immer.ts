/** immer over a native `Map`, which it copies at each edit; without auto-freeze, its fastest setting. */
import { enableMapSet, produce, setAutoFreeze } from 'immer'
import { editInPlace, reads } from '../nativeMap.js'
import type { Peer } from '../Peer.js'

enableMapSet()
setAutoFreeze(false)

export const peer: Peer<Map<string, number>> = {
  ...reads,
  set: (map, key, value) =>
    produce(map, (draft) => {
      draft.set(key, value)
    }),
  remove: (map, key) =>
    produce(map, (draft) => {
      draft.delete(key)
    }),
  editAll: (map, edits) =>
    produce(map, (draft) => {
      editInPlace(draft, edits)
    }),
}
