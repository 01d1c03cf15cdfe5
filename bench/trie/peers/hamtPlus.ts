import hamt from 'hamt_plus'
import { folded } from '../folded.js'
import type { Peer } from '../Peer.js'

export const peer: Peer<hamt.Trie> = folded(hamt, (entries) =>
  hamt.mutate((batch) => {
    for (const [key, value] of entries) hamt.set(key, value, batch)
  }, hamt.empty),
)
