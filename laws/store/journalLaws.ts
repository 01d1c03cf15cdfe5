/** The laws of journals as values, of their snapshots, and of a store that shows its journal. */

import fc from 'fast-check'
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import * as Journal from '../../src/store/Journal.js'
import * as Ledger from '../../src/store/Ledger.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Snapshot from '../../src/store/Snapshot.js'
import { holds, type IsEq, isEq, law, lawAsync, type Suite, suite } from '../Law.js'
import * as dag from './dag.js'
import { entry } from './entries.js'
import { manualClock } from './manualClock.js'
import { counted, countedIn, play } from './observe.js'
import * as Step from './Step.js'
import { type Journalling, type Source, using, value } from './Subject.js'

/** A journal's operations: the library's, or others that claim to be as good. */
export interface Journals<J> {
  readonly Monoid: Monoid<J>
  readonly Eq: Eq<J>
  readonly fromEntries: (entries: Iterable<Journal.Entry>) => J
  readonly entries: (journal: J) => Iterable<Journal.Entry>
}

const anything = fc.array(entry, { maxLength: 12 })

export const journalLaws = <J>(
  name: string,
  { Monoid: { concat, empty }, Eq: { equals }, fromEntries, entries }: Journals<J>,
): Suite => {
  const journal = anything.map(fromEntries)
  return suite(`journal ${name}`, [
    law('journals are a monoid', [journal, journal, journal], (a, b, c) => [
      isEq(concat(concat(a, b), c), concat(a, concat(b, c)), equals),
      isEq(concat(a, empty), a, equals),
      isEq(concat(empty, a), a, equals),
    ]),
    law('a journal is its entries', [anything, anything], (a, b) => [
      isEq([...entries(fromEntries(a))], a),
      isEq([...entries(concat(fromEntries(a), fromEntries(b)))], [...a, ...b]),
    ]),
    law('equal journals have equal entries', [anything, anything], (a, b) => [
      isEq(equals(fromEntries(a), fromEntries(b)), isEq(a, b).equal),
      isEq(equals(fromEntries(a), fromEntries([...a])), true),
    ]),
  ])
}

const ledger = (journal: Journal.Journal): Ledger.Ledger => Ledger.fold(Journal.entries(journal))

const sameLedger = (left: Ledger.Ledger, right: Ledger.Ledger): IsEq =>
  isEq([...Ledger.counts(left)], [...Ledger.counts(right)])

const sameJournal = (left: Journal.Journal, right: Journal.Journal): IsEq =>
  isEq([...Journal.entries(left)], [...Journal.entries(right)])

/** All ways to part a journal between transactions. */
const parted = (journal: Journal.Journal): ReadonlyArray<readonly [Journal.Journal, Journal.Journal]> => {
  const all = [...Journal.entries(journal)]
  return all.flatMap((entry, at) =>
    entry._tag === 'Commit'
      ? [[Journal.fromEntries(all.slice(0, at + 1)), Journal.fromEntries(all.slice(at + 1))] as const]
      : [],
  )
}

/** Journals as a store writes them. */
const written = async (world: dag.World, steps: ReadonlyArray<Step.Step>): Promise<Journal.Journal> => {
  const clock = manualClock()
  const store = MemoryStore.make({ clock: clock.now })
  await play(store, world, dag.refs(world), steps, async () => clock.advance(1)())
  return store.journal()
}

/** When the count of each block that lives first stood at two or more at the end of a transaction; told plainly. */
const sharing = (journal: Journal.Journal): ReadonlyArray<readonly [number: number, time: number]> => {
  const since = new Map<number, number>()
  let counts = Ledger.empty
  for (const entry of Journal.entries(journal)) {
    counts = Ledger.Monoid.concat(counts, Ledger.fold([entry]))
    if (entry._tag === 'Shared') since.set(entry.number, entry.time)
    if (entry._tag === 'Sweep') since.delete(entry.number)
    if (entry._tag !== 'Commit') continue
    for (const [number, count] of Ledger.counts(counts))
      if (count >= 2 && !since.has(number)) since.set(number, entry.time)
  }
  return [...since].sort(([a], [b]) => a - b)
}

/** `of` makes the snapshot of a journal that begins at the beginning. */
export const snapshotLaws = (name: string, of: (journal: Journal.Journal) => Journal.Journal): Suite =>
  suite(`snapshot ${name}`, [
    lawAsync('a snapshot keeps every count', [dag.arbitrary, Step.history], async (world, steps) => {
      const journal = await written(world, steps)
      return sameLedger(ledger(of(journal)), ledger(journal))
    }),
    lawAsync(
      'a snapshot keeps since when blocks are shared',
      [dag.arbitrary, Step.history],
      async (world, steps) => {
        const journal = await written(world, steps)
        return isEq(sharing(of(journal)), sharing(journal))
      },
    ),
    lawAsync('a snapshot is its own snapshot', [dag.arbitrary, Step.history], async (world, steps) => {
      const snapshot = of(await written(world, steps))
      return sameJournal(of(snapshot), snapshot)
    }),
    lawAsync('a snapshot may replace a prefix', [dag.arbitrary, Step.history], async (world, steps) => {
      const journal = await written(world, steps)
      return parted(journal).map(([before, after]) =>
        sameJournal(of(Journal.Monoid.concat(of(before), after)), of(journal)),
      )
    }),
    lawAsync('a snapshot tells no history', [dag.arbitrary, Step.history], async (world, steps) => {
      const told = [...Journal.entries(of(await written(world, steps)))]
      const past = told.filter(({ _tag }) => _tag === 'Unpin' || _tag === 'Cut' || _tag === 'Sweep')
      const commits = told.filter(({ _tag }) => _tag === 'Commit')
      return [isEq(past, []), holds(commits.length <= 1, 'more than the last commit')]
    }),
  ])

export const journallingLaws = <S extends Journalling>(
  name: string,
  make: Source<S>['make'],
  close?: Source<S>['close'],
): Suite => {
  const source: Source<S> = close === undefined ? { make } : { make, close }
  const played = (
    world: dag.World,
    steps: ReadonlyArray<Step.Step>,
    then: (store: S) => Promise<IsEq | ReadonlyArray<IsEq>>,
  ) =>
    using(source, async (store) => {
      await play(store, world, dag.refs(world), steps)
      return then(store)
    })
  return suite(`journalling store ${name}`, [
    lawAsync('the ledger is the fold of the journal', [dag.arbitrary, Step.history], (world, steps) =>
      using(source, async (store) => {
        const verdicts: Array<IsEq> = []
        await play(store, world, dag.refs(world), steps, async () => {
          verdicts.push(sameLedger(ledger(await store.journal()), await value(store.ledger)))
        })
        return verdicts
      }),
    ),
    lawAsync('the store writes the snapshot of its journal', [dag.arbitrary, Step.history], (world, steps) =>
      played(world, steps, async (store) => {
        const before = await store.journal()
        await store.snapshot()
        return sameJournal(await store.journal(), Snapshot.of(before))
      }),
    ),
    lawAsync('snapshots between transactions change nothing', [dag.arbitrary, Step.history], (world, steps) =>
      using(source, async (store) => {
        const verdicts: Array<IsEq> = []
        await play(store, world, dag.refs(world), steps, async (model) => {
          await store.snapshot()
          verdicts.push(isEq(await counted(store, world), countedIn(model, world)))
          verdicts.push(sameLedger(await value(store.ledger), await value(store.recount)))
        })
        return verdicts
      }),
    ),
  ])
}
