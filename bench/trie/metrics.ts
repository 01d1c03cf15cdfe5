/** What is measured: for each metric, how a batch of operations is made ready and run. */
import type { Metric as Measured } from '../host.js'
import { repeated } from '../measure.js'
import type { Fixture, Queries, Stand } from './Fixture.js'
import type { Peer } from './Peer.js'
import { NEW_VALUE } from './population.js'
import type { Kind } from './subjects.js'

export interface Metric extends Omit<Measured<never>, 'prepare'> {
  readonly unit: 'ns' | 'µs'
  /** An edit of something that copies all its entries at each edit. */
  readonly copies: boolean
  /** Kinds of subjects for which it means something. */
  readonly kinds: readonly Kind[]
  /** Entries that one operation goes through; a figure is for one of them. */
  readonly per: (n: number) => number
  readonly prepare: <M>(fixture: Fixture<M>, count: number) => () => unknown
}

const EVERYONE: readonly Kind[] = ['trie', 'copy', 'in place']
const PERSISTENT: readonly Kind[] = ['trie', 'copy']
/** A copy has no history that could wear it. */
const WEARING: readonly Kind[] = ['trie']

const one = (): number => 1
const all = (n: number): number => n

const gets = <M>(peer: Peer<M>, map: M, queries: Queries, count: number) => {
  const { keys } = queries
  return (): number => {
    let sum = 0
    let at = queries.next
    for (let done = 0; done < count; done++) {
      sum = (sum + (peer.get(map, keys[at]!) ?? 1)) | 0
      if (++at === keys.length) at = 0
    }
    queries.next = at
    return sum
  }
}

// Two slots, so that each result outlives the operation and none outlives the batch.
const sets = <M>(peer: Peer<M>, map: M, queries: Queries, count: number) => {
  const { keys } = queries
  return (): readonly M[] => {
    const kept: M[] = [map, map]
    let at = queries.next
    for (let done = 0; done < count; done++) {
      kept[done & 1] = peer.set(map, keys[at]!, NEW_VALUE + done)
      if (++at === keys.length) at = 0
    }
    queries.next = at
    return kept
  }
}

const removes = <M>(peer: Peer<M>, map: M, queries: Queries, count: number) => {
  const { keys } = queries
  return (): readonly M[] => {
    const kept: M[] = [map, map]
    let at = queries.next
    for (let done = 0; done < count; done++) {
      kept[done & 1] = peer.remove(map, keys[at]!)
      if (++at === keys.length) at = 0
    }
    queries.next = at
    return kept
  }
}

/**
 * In place, an edit spoils the map for the next one: each copy, made beforehand, takes edits of a tenth of its size, or
 * ten of them where that is more.
 */
const onCopies = <M>(
  { peer, base, n }: Fixture<M>,
  count: number,
  run: (peer: Peer<M>, map: M, queries: Queries, count: number) => () => unknown,
  queries: Queries,
): (() => unknown) => {
  const share = Math.max(10, Math.floor(n / 10))
  const batches: (() => unknown)[] = []
  for (let left = count; left > 0; left -= share) {
    const copy = peer.editAll!(base.map, [])
    const keys = { keys: queries.keys, next: (batches.length * share) % queries.keys.length }
    batches.push(run(peer, copy, keys, Math.min(share, left)))
  }
  return () => {
    let last: unknown
    for (const batch of batches) last = batch()
    return last
  }
}

const edit = (
  name: string,
  choose: <M>(fixture: Fixture<M>) => Stand<M>,
  which: 'hits' | 'misses',
  run: <M>(peer: Peer<M>, map: M, queries: Queries, count: number) => () => unknown,
  kinds: readonly Kind[],
): Metric => ({
  name,
  unit: 'ns',
  copies: true,
  kinds,
  per: one,
  most: 50_000,
  prepare: (fixture, count) => {
    const chosen = choose(fixture)
    return fixture.inPlace
      ? onCopies(fixture, count, run, chosen[which])
      : run(fixture.peer, chosen.map, chosen[which], count)
  },
})

const read = (name: string, which: 'hits' | 'misses'): Metric => ({
  name,
  unit: 'ns',
  copies: false,
  kinds: EVERYONE,
  per: one,
  prepare: ({ peer, base }, count) => gets(peer, base.map, base[which], count),
})

const base = <M>(fixture: Fixture<M>): Stand<M> => fixture.base
const worn = <M>(fixture: Fixture<M>): Stand<M> => fixture.worn()

/** How many forks stay alive beside each other. */
const FORKS = 16

export const metrics: readonly Metric[] = [
  read('get hit', 'hits'),
  read('get miss', 'misses'),
  {
    name: 'get hit, fresh key',
    unit: 'ns',
    copies: false,
    kinds: EVERYONE,
    per: one,
    most: 10_000,
    prepare: ({ peer, base: { map, hits } }, count) => {
      // Flat strings that nothing has hashed, compared or interned yet.
      const keys = Array.from({ length: count }, (_, index) =>
        Buffer.from(hits.keys[(hits.next + index) % hits.keys.length]!, 'latin1').toString('latin1'),
      )
      hits.next = (hits.next + count) % hits.keys.length
      return gets(peer, map, { keys, next: 0 }, count)
    },
  },
  edit('set existing', base, 'hits', sets, EVERYONE),
  edit('insert', base, 'misses', sets, EVERYONE),
  edit('delete', base, 'hits', removes, EVERYONE),
  edit('set existing, after 10k edits', worn, 'hits', sets, WEARING),
  edit('insert, after 10k edits', worn, 'misses', sets, WEARING),
  edit('delete, after 10k edits', worn, 'hits', removes, WEARING),
  {
    name: 'fork and one edit',
    unit: 'ns',
    copies: true,
    kinds: PERSISTENT,
    per: one,
    most: 50_000,
    prepare: ({ peer, base: { map, hits, misses } }, count) => {
      return () => {
        const forks: unknown[] = new Array(FORKS).fill(null)
        const { length } = hits.keys
        let at = hits.next
        for (let done = 0; done < count; done++) {
          const keys = (done & 1) === 0 ? hits.keys : misses.keys
          forks[done % FORKS] = peer.set(map, keys[at]!, NEW_VALUE + done)
          if (++at === length) at = 0
        }
        hits.next = at
        return forks
      }
    },
  },
  {
    name: 'build, an entry',
    unit: 'ns',
    copies: false,
    kinds: EVERYONE,
    per: all,
    prepare: ({ peer, entries }, count) => repeated(count, () => peer.build(entries)),
  },
  {
    name: 'iterate, an entry',
    unit: 'ns',
    copies: false,
    kinds: EVERYONE,
    per: all,
    prepare: ({ peer, base: { map } }, count) => repeated(count, () => peer.iterate(map)),
  },
  {
    name: 'equality, an entry',
    unit: 'ns',
    copies: false,
    kinds: EVERYONE,
    per: all,
    prepare: ({ peer, base: { map }, twin }, count) => {
      const other = twin()
      return repeated(count, () => peer.equals(map, other))
    },
  },
  {
    name: 'diff of 10, a call',
    unit: 'µs',
    copies: false,
    kinds: EVERYONE,
    per: one,
    prepare: ({ peer, base: { map }, changed }, count) => {
      const other = changed()
      return repeated(count, () => peer.diff(map, other))
    },
  },
]
