/** The laws of a store that collects a slice at a time. */
import fc from 'fast-check'
import type { Either } from 'fp-ts/lib/Either.js'
import type { StoreFailed } from '../../src/data/Failure.js'
import * as Ledger from '../../src/store/Ledger.js'
import type { Bounds, Slice } from '../../src/store/Store.js'
import { holds, type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'
import * as dag from './dag.js'
import * as Model from './Model.js'
import { counted, countedIn, play, right, take } from './observe.js'
import * as Step from './Step.js'
import { type Collecting, type Effect, type Source, using, value } from './Subject.js'

/** A store whose collections come in slices, in either shape. */
export interface Slicing extends Collecting {
  readonly slice: (bounds: Bounds) => Effect<Either<StoreFailed, Slice>>
}

export const bounds: fc.Arbitrary<Bounds> = fc.record({
  blocks: fc.integer({ min: 1, max: 4 }),
  milliseconds: fc.constantFrom(0, 0.01, 1000),
})

/** Slices until the store says that nothing is left; more than this many are too many. */
const MOST = 200

const sliceAll = async (
  store: Slicing,
  all: ReadonlyArray<Bounds>,
  after: (slice: Slice, bounds: Bounds) => Promise<void> = async () => {},
): Promise<number> => {
  for (let n = 0; n < MOST; n++) {
    const one = all[n % all.length] ?? { blocks: 1, milliseconds: 0 }
    const slice = right(await store.slice(one)())
    await after(slice, one)
    if (slice.done) return n + 1
  }
  return Number.POSITIVE_INFINITY
}

/** A slice, or a transaction between slices. */
const between = fc.array(fc.oneof(bounds, Step.transact), { maxLength: 8 })

export const slicingLaws = <S extends Slicing>(
  name: string,
  make: Source<S>['make'],
  close?: Source<S>['close'],
): Suite => {
  const source: Source<S> = close === undefined ? { make } : { make, close }
  const many = fc.array(bounds, { minLength: 1, maxLength: 5 })
  return suite(`slicing store ${name}`, [
    lawAsync(
      'slices come to what one collection does',
      [dag.arbitrary, Step.history, many],
      (world, steps, all) =>
        using(source, async (store) => {
          const model = await play(store, world, dag.refs(world), steps)
          await sliceAll(store, all)
          const sliced = await counted(store, world)
          await value(store.collect)
          return [
            isEq(sliced, countedIn(Model.collect(model), world)),
            isEq(await counted(store, world), sliced),
          ]
        }),
    ),
    lawAsync(
      'slices come to that with transactions between them',
      [dag.arbitrary, Step.history, between, many],
      (world, steps, mixed, all) =>
        using(source, async (store) => {
          const refs = dag.refs(world)
          let model = await play(store, world, refs, steps)
          const verdicts: Array<IsEq> = []
          for (const one of mixed) {
            if ('blocks' in one) {
              right(await store.slice(one)())
              // Which of what is garbage is gone is the store's to choose.
              const there = right(await store.read(world.map(({ digest }) => digest))())
              const gone = new Set(world.filter((_, n) => there[n] === undefined).map(({ digest }) => digest))
              const kept = Model.reachable(model)
              verdicts.push(holds(![...gone].some((digest) => kept.has(digest)), 'a reachable block is gone'))
              model = { ...model, blocks: new Map([...model.blocks].filter(([digest]) => !gone.has(digest))) }
            } else {
              const { answer, expected, model: next } = await take(store, model, world, refs, one)
              model = next
              verdicts.push(isEq(answer, expected))
            }
            verdicts.push(isEq(await counted(store, world), countedIn(model, world)))
          }
          await sliceAll(store, all)
          return [...verdicts, isEq(await counted(store, world), countedIn(Model.collect(model), world))]
        }),
    ),
    lawAsync(
      'what is used again before its turn is not swept',
      [dag.arbitrary, fc.array(fc.nat(7), { maxLength: 3 })],
      (world, roots) =>
        using(source, async (store) => {
          const refs = dag.refs(world)
          // Without links all of it waits at once.
          const loose = world.map(({ bytes }, n) => ({ ref: refs[n]!, bytes, links: [] }))
          right(await store.transact({ puts: loose })())
          right(await store.slice({ blocks: 1, milliseconds: 1000 })())
          const again = right(
            await store.transact({ puts: loose, pins: world.map(({ digest }) => digest) })(),
          )
          await sliceAll(store, [{ blocks: 1 + roots.length, milliseconds: 1000 }])
          const there = right(await store.read(world.map(({ digest }) => digest))())
          return [
            isEq(again.added.length, 1),
            holds(!there.includes(undefined), 'a block that is pinned is gone'),
          ]
        }),
    ),
    lawAsync('no slice frees more than it may', [dag.arbitrary, Step.history, many], (world, steps, all) =>
      using(source, async (store) => {
        await play(store, world, dag.refs(world), steps)
        const verdicts: Array<IsEq> = []
        let before = await value(store.stats)
        const slices = await sliceAll(store, all, async ({ freed, bytes }, { blocks }) => {
          const now = await value(store.stats)
          verdicts.push(
            holds(freed <= blocks, `${freed} blocks freed where ${blocks} were allowed`),
            isEq({ freed, bytes }, { freed: before.blocks - now.blocks, bytes: before.bytes - now.bytes }),
          )
          before = now
        })
        return [...verdicts, holds(slices <= MOST, 'slices without end')]
      }),
    ),
    lawAsync(
      'the ledger is the recount between slices',
      [dag.arbitrary, Step.history, many],
      (world, steps, all) =>
        using(source, async (store) => {
          await play(store, world, dag.refs(world), steps)
          const verdicts: Array<IsEq> = []
          await sliceAll(store, all, async () => {
            const [ledger, recount] = [await value(store.ledger), await value(store.recount)]
            verdicts.push(isEq([...Ledger.counts(ledger)], [...Ledger.counts(recount)]))
          })
          return verdicts
        }),
    ),
  ])
}
