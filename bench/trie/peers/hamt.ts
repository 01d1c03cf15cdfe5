import hamt from 'hamt'
import { folded } from '../folded.js'
import type { Peer } from '../Peer.js'

// It has no batch.
export const peer: Peer<hamt.Trie> = folded(hamt, (entries) => {
  let map = hamt.empty
  for (const [key, value] of entries) map = hamt.set(key, value, map)
  return map
})
