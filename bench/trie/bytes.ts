/** Memory that a map takes beside its keys and values. */
import { used } from '../heap.js'
import { consume } from '../measure.js'
import type { Entry, Peer } from './Peer.js'

/** Enough entries that the heap's own movements, some tens of kilobytes, do not show. */
const ENTRIES = 100_000

/** Bytes an entry, with keys and entries made beforehand so that only the structure is counted. */
export const bytesAnEntry = <M>(peer: Peer<M>, entries: readonly Entry[]): number => {
  // Once for code and caches that are made at the first use.
  consume(peer.build(entries.slice(0, 1000)))
  const maps: M[] = new Array(Math.max(1, Math.ceil(ENTRIES / entries.length)))
  maps.fill(peer.build(entries.slice(0, 1)))
  consume(null)
  const before = used()
  for (let made = 0; made < maps.length; made++) maps[made] = peer.build(entries)
  const after = used()
  consume(maps)
  return (after - before) / (maps.length * entries.length)
}
