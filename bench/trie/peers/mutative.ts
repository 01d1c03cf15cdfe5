/** mutative over a native `Map`, which it copies at each edit; it does not freeze unless told to. */
import { create } from 'mutative'
import { editInPlace, reads } from '../nativeMap.js'
import type { Peer } from '../Peer.js'

export const peer: Peer<Map<string, number>> = {
  ...reads,
  set: (map, key, value) =>
    create(map, (draft) => {
      draft.set(key, value)
    }),
  remove: (map, key) =>
    create(map, (draft) => {
      draft.delete(key)
    }),
  editAll: (map, edits) =>
    create(map, (draft) => {
      editInPlace(draft, edits)
    }),
}
