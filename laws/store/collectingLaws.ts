/** The laws of a store that counts references and collects. */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { dangling } from '../../src/data/Failure.js'
import { ref } from '../../src/data/Ref.js'
import * as Ledger from '../../src/store/Ledger.js'
import { holds, type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'
import * as dag from './dag.js'
import * as Model from './Model.js'
import { obeys } from './obeys.js'
import { counted, countedIn, play, right } from './observe.js'
import * as Step from './Step.js'
import { type Collecting, type Source, using, value } from './Subject.js'
import { changesNothing } from './storeLaws.js'

const sameLedger = (left: Ledger.Ledger, right: Ledger.Ledger): IsEq =>
  isEq([...Ledger.counts(left)], [...Ledger.counts(right)])

/** Everything put, some of it held by heads and pins, the rest collected. */
const sown = async (store: Collecting, world: dag.World, refs: dag.Refs, wish: Step.Wish) => {
  const everything = { ...wish, puts: world.map((_, place) => place) }
  const wanted = Step.honest(world, refs, Model.empty, everything)
  right(await store.transact(wanted)())
  const [, model] = right(Model.transact(Model.empty, wanted))
  await value(store.collect)
  return Model.collect(model)
}

/** Takes away every head and every pin. */
const dropAll = async (store: Collecting, model: Model.Model): Promise<void> => {
  const heads = [...model.heads].map(([name, expect]) => ({ name, expect, next: null }))
  const unpins = [...model.pins].flatMap(([digest, times]) => new Array<typeof digest>(times).fill(digest))
  right(await store.transact({ heads, unpins })())
}

export const collectingLaws = <S extends Collecting>(
  name: string,
  make: Source<S>['make'],
  close?: Source<S>['close'],
): Suite => {
  const source: Source<S> = close === undefined ? { make } : { make, close }
  const played = (
    world: dag.World,
    steps: ReadonlyArray<Step.Step>,
    then: (store: S, model: Model.Model, refs: dag.Refs) => Promise<IsEq | ReadonlyArray<IsEq>>,
  ) =>
    using(source, async (store) => {
      const refs = dag.refs(world)
      return then(store, await play(store, world, refs, steps), refs)
    })
  return suite(`collecting store ${name}`, [
    lawAsync('what is reachable stays', [dag.arbitrary, Step.history], (world, steps) =>
      played(world, steps, async (store, model) => {
        await value(store.collect)
        const kept = [...Model.reachable(model)]
        const read = right(await store.read(kept)())
        return isEq(
          read.map((bytes) => bytes !== undefined),
          kept.map(() => true),
        )
      }),
    ),
    lawAsync('what is not reachable goes', [dag.arbitrary, Step.history], (world, steps) =>
      played(world, steps, async (store, model) => {
        await value(store.collect)
        const kept = Model.reachable(model)
        const gone = world.map(({ digest }) => digest).filter((digest) => !kept.has(digest))
        return isEq<unknown>(
          right(await store.read(gone)()),
          gone.map(() => undefined),
        )
      }),
    ),
    lawAsync('dropping all and collecting leaves nothing', [dag.arbitrary, Step.history], (world, steps) =>
      played(world, steps, async (store, model) => {
        await dropAll(store, model)
        await value(store.collect)
        const { blocks, bytes } = await value(store.stats)
        return [
          isEq({ blocks, bytes }, { blocks: 0, bytes: 0 }),
          sameLedger(await value(store.ledger), Ledger.empty),
        ]
      }),
    ),
    lawAsync('collecting twice is collecting once', [dag.arbitrary, Step.history], (world, steps) =>
      played(world, steps, async (store) => {
        await value(store.collect)
        const [once, ledger] = [await counted(store, world), await value(store.ledger)]
        await value(store.collect)
        return [isEq(await counted(store, world), once), sameLedger(await value(store.ledger), ledger)]
      }),
    ),
    lawAsync('a block put again after it was swept is whole', [dag.arbitrary, Step.wish], (world, wish) =>
      using(source, async (store) => {
        const refs = dag.refs(world)
        const model = await sown(store, world, refs, wish)
        const again = { puts: dag.puts(world, refs), pins: [world.at(-1)!.digest] }
        const [receipt, whole] = right(Model.transact(model, again))
        const verdict = isEq(right(await store.transact(again)()), receipt)
        const back = isEq(await counted(store, world), countedIn(whole, world))
        await value(store.collect)
        return [verdict, back, isEq(await counted(store, world), countedIn(Model.collect(whole), world))]
      }),
    ),
    lawAsync('numbers of another epoch are not trusted', [dag.arbitrary, Step.wish], (world, wish) =>
      using(source, async (store) => {
        const refs = dag.refs(world)
        const model = await sown(store, world, refs, wish)
        // Other blocks, as many, may now have the numbers that were freed.
        const others = world.map((_, n) => dag.block(Uint8Array.from([254, n])))
        const taken = others.map(({ digest, bytes }) => ({ ref: ref(digest), bytes, links: [] }))
        right(await store.transact({ puts: taken })())
        const { digest, bytes } = dag.stranger
        const verdicts: Array<IsEq> = []
        for (const [n, link] of refs.entries()) {
          if (model.blocks.has(world[n]!.digest)) continue
          const answer = await store.transact({ puts: [{ ref: ref(digest), bytes, links: [link] }] })()
          verdicts.push(isEq<unknown>(answer, E.left(dangling(digest, link.digest))))
          const put = { ref: link, bytes: world[n]!.bytes, links: [ref(dag.stranger.digest)] }
          const claimed = await store.transact({ puts: [put] })()
          verdicts.push(isEq<unknown>(claimed, E.left(dangling(link.digest, digest))))
        }
        return verdicts
      }),
    ),
    lawAsync('the ledger is the recount', [dag.arbitrary, Step.history], (world, steps) =>
      using(source, async (store) => {
        const verdicts: Array<IsEq> = []
        await play(store, world, dag.refs(world), steps, async () => {
          verdicts.push(sameLedger(await value(store.ledger), await value(store.recount)))
        })
        return verdicts
      }),
    ),
    lawAsync('a count is the number of references', [dag.arbitrary, Step.history], (world, steps) =>
      played(world, steps, async (store, model) =>
        isEq((await counted(store, world)).counts, countedIn(model, world).counts),
      ),
    ),
    lawAsync('bytes stored are those of the distinct blocks', [dag.arbitrary, Step.history], (world, steps) =>
      played(world, steps, async (store, model) =>
        isEq((await counted(store, world)).stored, countedIn(model, world).stored),
      ),
    ),
    lawAsync('cutting twice is cutting once', [dag.arbitrary, fc.nat(7), fc.boolean()], (world, n, atOnce) =>
      using(source, async (store) => {
        const { digest } = world[n % world.length]!
        const cuts = atOnce ? [[digest, digest]] : [[digest], [digest]]
        const sow = { puts: dag.puts(world, dag.refs(world)), pins: [world.at(-1)!.digest, digest] }
        const [, model] = right(Model.transact(Model.empty, { ...sow, cuts: [digest] }))
        right(await store.transact(sow)())
        for (const cut of cuts) right(await store.transact({ cuts: cut })())
        const before = isEq(await counted(store, world), countedIn(model, world))
        await value(store.collect)
        return [before, isEq(await counted(store, world), countedIn(Model.collect(model), world))]
      }),
    ),
    lawAsync(
      'a transaction that fails changes no count',
      [dag.arbitrary, Step.history, Step.wish],
      (world, steps, wish) => using(source, (store) => changesNothing(store, world, steps, wish, counted)),
    ),
    lawAsync(
      'any commands, collections among them, do as the model does',
      [
        dag.arbitrary,
        fc.commands(
          [Step.transact.map(obeys(counted, countedIn)), Step.collect.map(obeys(counted, countedIn))],
          {
            maxCommands: 10,
          },
        ),
      ],
      (world, commands) =>
        using(source, async (store) => {
          const setup = () => ({ model: { now: Model.empty }, real: { store, world, refs: dag.refs(world) } })
          await fc.asyncModelRun(setup, commands)
          return holds(true, '')
        }),
    ),
  ])
}
