/** A subject that answers wrongly must not be timed. */
import type { Fixture, Stand } from './Fixture.js'
import { NEW_VALUE } from './population.js'

const SAMPLES = 1000

/** The first thing that is wrong, or `null`. */
export const fault = <M>({ peer, inPlace, n, base, worn, twin, changed }: Fixture<M>): string | null => {
  const stands: readonly Stand<M>[] = [base, worn()]
  for (const { map, hits, misses } of stands) {
    for (const key of hits.keys.slice(0, SAMPLES)) {
      if (peer.get(map, key) == null) return `${key} is lost`
    }
    for (const key of misses.keys.slice(0, SAMPLES)) {
      if (peer.get(map, key) != null) return `${key} was never there`
    }
  }
  if (peer.iterate(base.map) !== (n * (n - 1)) / 2) return 'iteration gives other values'
  if (!peer.equals(base.map, twin())) return 'equal maps are told apart'
  if (peer.equals(base.map, changed())) return 'different maps are called equal'
  if (peer.diff(base.map, changed()) !== 10) return 'the diff of ten keys has another length'
  const key = base.hits.keys[0]!
  const kept = peer.get(base.map, key)
  const other = inPlace ? peer.editAll!(base.map, []) : base.map
  if (peer.get(peer.set(other, key, NEW_VALUE), key) !== NEW_VALUE) return 'a set is lost'
  if (peer.get(peer.remove(other, key), key) != null) return 'a deletion is lost'
  return peer.get(base.map, key) === kept ? null : 'an edit changes the map that it came from'
}
