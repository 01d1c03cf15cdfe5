/** The laws of a store with several transactions under way at once, in whatever order they come. */
import fc from 'fast-check'
import { ref } from '../../src/data/Ref.js'
import type { Transaction } from '../../src/store/Store.js'
import { type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'
import * as dag from './dag.js'
import { right } from './observe.js'
import { type Source, type Subject, using } from './Subject.js'

/** Distinct blocks without links. */
const blocks = (many: number) => Array.from({ length: many }, (_, n) => dag.block(Uint8Array.from([253, n])))

const put = ({ digest, bytes }: dag.Block) => ({ ref: ref(digest), bytes, links: [] })

/** An absent link, so that the transaction is refused after its puts. */
const spoilt = (one: dag.Block) => [
  put(one),
  { ...put(dag.stranger), links: [ref(dag.block(Uint8Array.from([252])).digest)] },
]

/** Transactions that begin at once and whose answers come in any order. */
const transacting = (scheduler: fc.Scheduler, store: Subject) =>
  scheduler.scheduleFunction(async (wanted: Transaction) => store.transact(wanted)())

export const inFlightLaws = <S extends Subject>(
  name: string,
  make: Source<S>['make'],
  close?: Source<S>['close'],
): Suite => {
  const source: Source<S> = close === undefined ? { make } : { make, close }
  const many = fc.integer({ min: 2, max: 6 })
  return suite(`transactions in flight of ${name}`, [
    lawAsync(
      'of those that expect the same of a head one succeeds',
      [fc.scheduler(), many],
      (scheduler, many) =>
        using(source, async (store) => {
          const all = blocks(many)
          const transact = transacting(scheduler, store)
          const answers = Promise.all(
            all.map((block) =>
              transact({ puts: [put(block)], heads: [{ name: 'main', expect: null, next: block.digest }] }),
            ),
          )
          await scheduler.waitFor(answers)
          const won = (await answers).map(({ _tag }) => _tag === 'Right')
          const there = right(await store.read(all.map(({ digest }) => digest))()).map(
            (bytes) => bytes !== undefined,
          )
          const head = right(await store.head('main')())
          return [
            isEq(there, won),
            isEq(won.filter(Boolean).length, 1),
            isEq(head, all[won.indexOf(true)]?.digest ?? null),
          ]
        }),
    ),
    lawAsync('increments that try again are all there', [fc.scheduler(), many], (scheduler, many) =>
      using(source, async (store) => {
        const all = blocks(many + 1)
        const place = new Map(all.map(({ digest }, n) => [digest, n] as const))
        const transact = transacting(scheduler, store)
        const one = async (): Promise<void> => {
          for (let tries = 0; tries < 20; tries++) {
            const expect = right(await store.head('main')())
            const next = all[expect === null ? 0 : place.get(expect)! + 1] ?? all[0]!
            const heads = [{ name: 'main', expect, next: next.digest }]
            if ((await transact({ puts: [put(next)], heads }))._tag === 'Right') return
          }
        }
        await scheduler.waitFor(Promise.all(Array.from({ length: many }, one)))
        return isEq(right(await store.head('main')()), all[many - 1]!.digest)
      }),
    ),
    lawAsync(
      'each is whole or nothing, whatever becomes of its neighbours',
      [fc.scheduler(), fc.array(fc.boolean(), { minLength: 2, maxLength: 6 })],
      (scheduler, honest) =>
        using(source, async (store) => {
          const all = blocks(honest.length)
          const transact = transacting(scheduler, store)
          const answers = Promise.all(
            all.map((block, n) => {
              const puts = honest[n] ? [put(block)] : spoilt(block)
              return transact({ puts, heads: [{ name: `${n}`, expect: null, next: block.digest }] })
            }),
          )
          await scheduler.waitFor(answers)
          const verdicts: Array<IsEq> = [
            isEq(
              (await answers).map(({ _tag }) => _tag === 'Right'),
              honest as Array<boolean>,
            ),
          ]
          const bytes = right(await store.read(all.map(({ digest }) => digest))())
          verdicts.push(
            isEq(
              bytes.map((read) => read !== undefined),
              honest as Array<boolean>,
            ),
          )
          for (const [n, { digest }] of all.entries())
            verdicts.push(isEq(right(await store.head(`${n}`)()), honest[n] ? digest : null))
          return verdicts
        }),
    ),
  ])
}
