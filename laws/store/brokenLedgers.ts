/** Ledgers, journals and snapshots that are wrong, each in one way: what their laws must reject. */
import * as Journal from '../../src/store/Journal.js'
import * as Ledger from '../../src/store/Ledger.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Snapshot from '../../src/store/Snapshot.js'
import type { Journals } from './journalLaws.js'
import type { Ledgers } from './ledgerLaws.js'
import type { Journalling } from './Subject.js'

const sound: Ledgers<Ledger.Ledger> = Ledger

const mapped = (ledger: Ledger.Ledger, f: (count: number) => number): Ledger.Ledger =>
  Ledger.fromCounts([...Ledger.counts(ledger)].map(([number, count]) => [number, f(count)]))

const concatenating = (
  concat: (first: Ledger.Ledger, second: Ledger.Ledger) => Ledger.Ledger,
): Ledgers<Ledger.Ledger> => ({ ...sound, Group: { ...Ledger.Group, concat } })

const folding = (fold: Ledgers<Ledger.Ledger>['fold']): Ledgers<Ledger.Ledger> => ({ ...sound, fold })

/** A plain map that `concat` adds to in place. */
const inPlace: Ledgers<Map<number, number>> = (() => {
  const add = (into: Map<number, number>, counts: Iterable<readonly [number, number]>) => {
    for (const [number, count] of counts) into.set(number, (into.get(number) ?? 0) + count)
    return into
  }
  const counts = (ledger: Map<number, number>) =>
    [...ledger].filter(([, count]) => count !== 0).sort(([a], [b]) => a - b)
  return {
    Group: {
      empty: new Map(),
      concat: (first, second) => add(first, [...second]),
      inverse: (ledger) => new Map([...ledger].map(([number, count]) => [number, -count])),
    },
    Eq: { equals: (a, b) => JSON.stringify(counts(a)) === JSON.stringify(counts(b)) },
    fold: (entries) => new Map(Ledger.counts(Ledger.fold(entries))),
    fromCounts: (counts) => add(new Map(), counts),
    counts,
  }
})()

/** Counts the sweep of a block only if it saw the put: right for whole journals, wrong for parts. */
const contextual: Ledgers<Ledger.Ledger>['fold'] = (entries) => {
  const put = new Set<number>()
  return Ledger.fold(
    [...entries].filter((entry) => {
      if (entry._tag === 'Put') put.add(entry.number)
      return entry._tag !== 'Sweep' || put.has(entry.number)
    }),
  )
}

const once = (entry: Journal.Entry): Journal.Entry =>
  entry._tag === 'Put' ? { ...entry, links: [...new Set(entry.links)] } : entry

/** By what is wrong with them. */
export const ledgers: Readonly<Record<string, Ledgers<Ledger.Ledger> | Ledgers<Map<number, number>>>> = {
  'stops at zero': concatenating((a, b) => mapped(Ledger.Monoid.concat(a, b), (count) => Math.max(0, count))),
  'wraps at 32 bits': {
    ...concatenating((a, b) => mapped(Ledger.Monoid.concat(a, b), (count) => count | 0)),
    fromCounts: (counts) => mapped(Ledger.fromCounts(counts), (count) => count | 0),
  },
  'keeps the first': concatenating((a, b) => (a.pages.length > 0 ? a : b)),
  'is shifted by its unit': { ...sound, Group: { ...Ledger.Group, empty: Ledger.fromCounts([[0, 1]]) } },
  'adds in place': inPlace,
  'compares supports': {
    ...sound,
    Eq: {
      equals: (a: Ledger.Ledger, b: Ledger.Ledger) =>
        Ledger.Eq.equals(
          mapped(a, () => 1),
          mapped(b, () => 1),
        ),
    },
  },
  'counts a repeated link once': folding((entries) => Ledger.fold([...entries].map(once))),
  'counts a sweep only after its put': folding(contextual),
}

const packed: Journals<Journal.Journal> = Journal

const joining = (concat: Journals<Journal.Journal>['Monoid']['concat']): Journals<Journal.Journal> => ({
  ...packed,
  Monoid: { ...Journal.Monoid, concat },
})

/** By what is wrong with them. */
export const journals: Readonly<Record<string, Journals<Journal.Journal>>> = {
  'forgets names when it joins': joining((a, b) => ({
    words: Int32Array.from([...a.words, ...b.words]),
    size: a.size + b.size,
    names: a.names.length > 0 ? a.names : b.names,
  })),
  'turns round when it joins': joining((a, b) => Journal.Monoid.concat(b, a)),
  'keeps the first': joining((a, b) => (a.size > 1 ? a : b)),
  'compares sizes': { ...packed, Eq: { equals: (a, b) => a.size === b.size } },
}

const without =
  (tag: Journal.Entry['_tag']) =>
  (journal: Journal.Journal): Journal.Journal =>
    Journal.fromEntries([...Journal.entries(journal)].filter(({ _tag }) => _tag !== tag))

/** By what is wrong with them. */
export const snapshots: Readonly<Record<string, (journal: Journal.Journal) => Journal.Journal>> = {
  'is the journal': (journal) => journal,
  'forgets pins': (journal) => without('Pin')(Snapshot.of(journal)),
  'forgets when blocks were shared': (journal) => without('Shared')(Snapshot.of(journal)),
  'marks itself': (journal) => Journal.append({ _tag: 'Commit', time: 0 })(Snapshot.of(journal)),
}

/** By what is wrong with them. */
export const stores: Readonly<Record<string, () => Journalling>> = {
  'logs no sweep': () => {
    const store = MemoryStore.make()
    return { ...store, journal: () => without('Sweep')(store.journal()) }
  },
  'takes no snapshot': () => ({ ...MemoryStore.make(), snapshot: () => {} }),
  'collects to take a snapshot': () => {
    const store = MemoryStore.make()
    return {
      ...store,
      snapshot: () => {
        store.collect()
        store.snapshot()
      },
    }
  },
}
