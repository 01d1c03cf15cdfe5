/** The maps of one subject at one size, and the order in which their keys are asked for. */
import type { Edit, Entry, Peer } from './Peer.js'
import { entriesOf, type Population, population, shuffled, tenEdits, wear } from './population.js'

const SEED = 20_260
const WEAR = 10_000

/** Keys in random order; `next` is where the coming batch goes on, so that batches together touch all of them. */
export interface Queries {
  readonly keys: readonly string[]
  next: number
}

const queries = (keys: readonly string[], seed: number): Queries => ({ keys: shuffled(keys, seed), next: 0 })

/** A map with keys that it has and keys that it has not. */
export interface Stand<M> {
  readonly map: M
  readonly hits: Queries
  readonly misses: Queries
}

export interface Fixture<M> {
  readonly peer: Peer<M>
  readonly inPlace: boolean
  readonly n: number
  readonly entries: readonly Entry[]
  readonly population: Population
  /** As it was built. */
  readonly base: Stand<M>
  /** After 10,000 edits, each made on the result of the one before. */
  readonly worn: () => Stand<M>
  /** Equal to the base, built apart and in another order. */
  readonly twin: () => M
  /** The base with ten keys changed. */
  readonly changed: () => M
}

const once = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => (made ??= { value: make() }).value
}

const editAll = <M>(peer: Peer<M>, map: M, edits: readonly Edit[]): M => {
  if (peer.editAll !== undefined) return peer.editAll(map, edits)
  for (const edit of edits) {
    map = edit.kind === 'set' ? peer.set(map, edit.key, edit.value) : peer.remove(map, edit.key)
  }
  return map
}

const stand = <M>(map: M, keys: Population): Stand<M> => ({
  map,
  hits: queries(keys.present, SEED + 1),
  misses: queries(keys.absent, SEED + 2),
})

export const fixture = <M>(peer: Peer<M>, inPlace: boolean, n: number): Fixture<M> => {
  const keys = population(n, SEED)
  const entries = entriesOf(keys.present)
  const base = stand(peer.build(entries), keys)
  return {
    peer,
    inPlace,
    n,
    entries,
    population: keys,
    base,
    worn: once(() => {
      const { edits, population: left } = wear(keys, WEAR, SEED + 3)
      return stand(editAll(peer, base.map, edits), left)
    }),
    twin: once(() => peer.build(shuffled(entries, SEED + 4))),
    changed: once(() => editAll(peer, base.map, tenEdits(keys))),
  }
}
