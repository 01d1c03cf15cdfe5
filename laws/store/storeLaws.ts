/** The laws of every store, seen through the port alone. */

import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { dangling, headMoved } from '../../src/data/Failure.js'
import { ref } from '../../src/data/Ref.js'
import { holds, type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'
import * as dag from './dag.js'
import { faults } from './faults.js'
import * as Model from './Model.js'
import { obeys } from './obeys.js'
import { play, right, seen, seenIn } from './observe.js'
import * as Step from './Step.js'
import { type Source, type Subject, using } from './Subject.js'

/** What refs remember; a refused transaction must leave it alone. */
const remembered = (refs: dag.Refs) => refs.map(({ stamp, number }) => ({ stamp, number }))

/** Some block that is there and that nothing pins, now or in the transaction. */
const unpinnedIn = (model: Model.Model, wanted: Parameters<typeof faults>[0]) => {
  const after = Model.transact(model, wanted)
  if (E.isLeft(after)) return undefined
  const [, { blocks, pins }] = after.right
  return [...blocks.keys()].find((digest) => (pins.get(digest) ?? 0) === 0)
}

/** Spoils a transaction in every way at every place; `observe` must see no difference. */
export const changesNothing = async <S extends Subject, A>(
  store: S,
  world: dag.World,
  steps: ReadonlyArray<Step.Step>,
  wish: Step.Wish,
  observe: (store: S, world: dag.World) => Promise<A>,
): Promise<ReadonlyArray<IsEq>> => {
  const refs = dag.refs(world)
  const model = await play(store, world, refs, steps)
  const wanted = Step.honest(world, refs, model, wish)
  const before = await observe(store, world)
  const knew = remembered(refs)
  const verdicts: Array<IsEq> = []
  for (const { transaction, failure } of faults(wanted, unpinnedIn(model, wanted))) {
    verdicts.push(isEq<unknown>(await store.transact(transaction)(), E.left(failure)))
    verdicts.push(isEq(await observe(store, world), before))
    // By identity, for a stamp is one.
    const same = remembered(refs).every(
      ({ stamp, number }, n) => stamp === knew[n]!.stamp && number === knew[n]!.number,
    )
    verdicts.push(holds(same, 'a ref learnt from a transaction that failed'))
  }
  const expected = Model.transact(model, wanted)
  const receipt = await store.transact(wanted)()
  return [
    ...verdicts,
    isEq<unknown>(receipt, E.map(([answer]: readonly [unknown, Model.Model]) => answer)(expected)),
  ]
}

export const storeLaws = <S extends Subject>(
  name: string,
  make: Source<S>['make'],
  close?: Source<S>['close'],
): Suite => {
  const source: Source<S> = close === undefined ? { make } : { make, close }
  const steps = fc.array(Step.transact, { maxLength: 4 })
  return suite(`store ${name}`, [
    lawAsync('a block read is the block put', [dag.arbitrary], (world) =>
      using(source, async (store) => {
        right(await store.transact({ puts: dag.puts(world, dag.refs(world)) })())
        const asked = [...world, dag.stranger, ...world].map(({ digest }) => digest)
        const bytes = right(await store.read(asked)()).map((read) => read && [...read])
        const put = world.map((block) => [...block.bytes])
        return [isEq(bytes, [...put, undefined, ...put]), isEq(right(await store.read([])()), [])]
      }),
    ),
    lawAsync('equal blocks are stored once', [dag.arbitrary], (world) =>
      using(source, async (store) => {
        const all = world.map(({ digest }) => digest)
        const refs = dag.refs(world)
        const twice = [...dag.puts(world, refs), ...dag.puts(world, dag.refs(world))]
        return [
          isEq(right(await store.transact({ puts: twice })()), { added: all, known: all }),
          isEq(right(await store.transact({ puts: dag.puts(world, refs) })()), { added: [], known: all }),
        ]
      }),
    ),
    lawAsync('children come before their parents', [dag.arbitrary], (world) =>
      using(source, async (store) => {
        const puts = dag.puts(world, dag.refs(world)).toReversed()
        const wrong = puts.find(({ links, parents = [] }) => links.length + parents.length > 0)
        if (wrong === undefined) return isEq(E.isRight(await store.transact({ puts })()), true)
        const link = [...wrong.links, ...(wrong.parents ?? [])][0]!.digest
        return [
          isEq<unknown>(await store.transact({ puts })(), E.left(dangling(wrong.ref.digest, link))),
          isEq(await seen(store, world), seenIn(Model.empty, world)),
        ]
      }),
    ),
    lawAsync(
      'a transaction that fails changes nothing',
      [dag.arbitrary, steps, Step.wish],
      (world, steps, wish) => using(source, (store) => changesNothing(store, world, steps, wish, seen)),
    ),
    lawAsync(
      'a head moves only from where it was expected',
      [dag.arbitrary, fc.array(fc.tuple(fc.option(fc.nat(7)), fc.option(fc.nat(7))), { maxLength: 6 })],
      (world, moves) =>
        using(source, async (store) => {
          const digest = (n: number | null) => (n === null ? null : world[n % world.length]!.digest)
          right(await store.transact({ puts: dag.puts(world, dag.refs(world)) })())
          const verdicts: Array<IsEq> = []
          let actual: ReturnType<typeof digest> = null
          for (const [from, to] of moves) {
            const [expect, next] = [digest(from), digest(to)]
            const answer = await store.transact({ heads: [{ name: 'main', expect, next }] })()
            const moved = expect === actual
            verdicts.push(
              isEq<unknown>(
                answer,
                moved ? E.right({ added: [], known: [] }) : E.left(headMoved('main', expect, actual)),
              ),
            )
            if (moved) actual = next
            verdicts.push(isEq(right(await store.head('main')()), actual))
          }
          return verdicts
        }),
    ),
    lawAsync(
      'a head may follow itself in one transaction',
      [dag.arbitrary, fc.array(fc.option(fc.nat(7)), { maxLength: 5 })],
      (world, stops) =>
        using(source, async (store) => {
          const at = stops.map((n) => (n === null ? null : world[n % world.length]!.digest))
          const heads = at.map((next, i) => ({ name: 'main', expect: at[i - 1] ?? null, next }))
          right(await store.transact({ puts: dag.puts(world, dag.refs(world)), heads })())
          return isEq(right(await store.head('main')()), at.at(-1) ?? null)
        }),
    ),
    lawAsync(
      'heads are found by prefix',
      [fc.array(fc.string({ maxLength: 4 })), fc.string({ maxLength: 2 })],
      (some, prefix) =>
        using(source, async (store) => {
          // One begins with what another only holds.
          const names = [...new Set([...some, 'a/b', 'b/a'])]
          const { digest, bytes } = dag.stranger
          const heads = names.map((name) => ({ name, expect: null, next: digest }))
          right(await store.transact({ puts: [{ ref: ref(digest), bytes, links: [] }], heads })())
          const verdicts: Array<IsEq> = []
          for (const start of [prefix, 'a']) {
            const found = right(await store.heads(start)()).map(([name, at]) => `${name} ${at}`)
            const wanted = names.filter((name) => name.startsWith(start)).map((name) => `${name} ${digest}`)
            verdicts.push(isEq(found.toSorted(), wanted.toSorted()))
          }
          return verdicts
        }),
    ),
    lawAsync(
      'any commands do as the model does',
      [dag.arbitrary, fc.commands([Step.transact.map(obeys(seen, seenIn))], { maxCommands: 8 })],
      (world, commands) =>
        using(source, async (store) => {
          const setup = () => ({ model: { now: Model.empty }, real: { store, world, refs: dag.refs(world) } })
          await fc.asyncModelRun(setup, commands)
          return holds(true, '')
        }),
    ),
  ])
}
