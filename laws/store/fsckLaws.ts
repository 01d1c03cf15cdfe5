/** The laws of an examination, of whatever store it looks at. */

import fc from 'fast-check'
import type { Either } from 'fp-ts/lib/Either.js'
import type { StoreFailed } from '../../src/data/Failure.js'
import type { Audit, Auditable, Fault, Report } from '../../src/store/Fsck.js'
import { holds, isEq, lawAsync, type Suite, suite } from '../Law.js'
import * as dag from './dag.js'
import { damaged, damages, type Target } from './fsckDamages.js'
import { fsckWorlds } from './fsckWorld.js'
import * as Model from './Model.js'
import { play, right, seen } from './observe.js'
import * as Step from './Step.js'
import { type Source, type Subject, using } from './Subject.js'

export type Examined = Subject & Auditable

/** An examination: `Fsck.fsck()`, or another that claims to be as good. */
export type Examiner = (store: Auditable) => () => Either<StoreFailed, Report>

const HEAD = 'the damaged one'

/** All of a world, and a head to one of its blocks. */
const sown = async (store: Subject, world: dag.World, place: number): Promise<void> => {
  const puts = dag.puts(world, dag.refs(world))
  const expect = right(await store.head(HEAD)())
  const next = world[place]!.digest
  right(await store.transact({ puts, heads: [{ name: HEAD, expect, next }] })())
}

const targetOf =
  (world: dag.World, place: number) =>
  (audit: Audit): Target => {
    const digest = world[place]!.digest
    const other = world[(place + 1) % world.length]!.digest
    return {
      digest,
      number: audit.find(digest),
      other: { digest: other, number: audit.find(other) },
      head: HEAD,
    }
  }

const isAmong = (faults: ReadonlyArray<Fault>, wanted: Partial<Record<string, unknown>>): boolean =>
  faults.some((fault) =>
    Object.entries(wanted).every(
      ([field, value]) => (fault as unknown as Record<string, unknown>)[field] === value,
    ),
  )

export const fsckLaws = <S extends Examined>(
  name: string,
  examine: Examiner,
  make: Source<S>['make'],
  close?: Source<S>['close'],
): Suite => {
  const source: Source<S> = close === undefined ? { make } : { make, close }
  return suite(`fsck ${name}`, [
    lawAsync('after any history a store is clean', [fsckWorlds, Step.history], (world, steps) =>
      using(source, async (store) => {
        const model = await play(store, world, dag.refs(world), steps)
        const { found, faults, blocks, bytes, heads, pins, opaque } = right(examine(store)())
        return [
          isEq({ found, faults, opaque }, { found: 0, faults: [], opaque: 0 }),
          isEq(
            { blocks, bytes, heads, pins },
            {
              blocks: model.blocks.size,
              bytes: Model.byteLength(model),
              heads: model.heads.size,
              pins: [...model.pins.values()].reduce((sum, times) => sum + times, 0),
            },
          ),
        ]
      }),
    ),
    lawAsync(
      'links that only the store can say are taken from it',
      [dag.arbitrary, Step.history],
      (world, steps) =>
        using(source, async (store) => {
          await play(store, world, dag.refs(world), steps)
          const { found, opaque, blocks } = right(examine(store)())
          return isEq({ found, opaque }, { found: 0, opaque: blocks })
        }),
    ),
    lawAsync('an examination changes nothing', [fsckWorlds, Step.history], (world, steps) =>
      using(source, async (store) => {
        await play(store, world, dag.refs(world), steps)
        const before = await seen(store, world)
        const once = right(examine(store)())
        return [isEq(await seen(store, world), before), isEq(right(examine(store)()), once)]
      }),
    ),
    lawAsync('who links to what is lost is named', [fsckWorlds, fc.nat(7)], (world, n) =>
      using(source, async (store) => {
        const place = n % world.length
        await sown(store, world, place)
        const lost = damages.find(({ name }) => name === 'a lost block')!
        const { faults } = right(examine(damaged(store, lost, targetOf(world, place)))())
        const named = faults.flatMap((fault) => (fault._tag === 'Dangling' ? [fault.digest] : []))
        const holders = world.flatMap(({ digest, links, parents }) =>
          [...links, ...parents].filter((link) => link === place).map(() => digest),
        )
        return isEq(named.toSorted(), holders.toSorted())
      }),
    ),
    ...damages.map((damage) =>
      lawAsync(`${damage.name} is named`, [fsckWorlds, Step.history, fc.nat(7)], (world, steps, n) =>
        using(source, async (store) => {
          await play(store, world, dag.refs(world), steps)
          const place = n % world.length
          await sown(store, world, place)
          const target = targetOf(world, place)
          const { faults, found } = right(examine(damaged(store, damage, target))())
          const wanted = damage.fault(right(store.audit(target)()))
          return [
            holds(found > 0, 'clean'),
            holds(
              isAmong(faults, wanted),
              `${JSON.stringify(wanted)} is not among ${JSON.stringify(faults)}`,
            ),
          ]
        }),
      ),
    ),
  ])
}
