import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { checkAll, isEq, lawAsync, suite } from '../../laws/Law.js'
import * as dag from '../../laws/store/dag.js'
import { fsckLaws } from '../../laws/store/fsckLaws.js'
import { fsckWorld, fsckWorlds } from '../../laws/store/fsckWorld.js'
import { play, right, seen } from '../../laws/store/observe.js'
import * as Step from '../../laws/store/Step.js'
import type { Digest } from '../../src/data/Digest.js'
import { storeFailed } from '../../src/data/Failure.js'
import { compact } from '../../src/store/Compact.js'
import { type Fault, fsck } from '../../src/store/Fsck.js'
import * as Ledger from '../../src/store/Ledger.js'
import { inside, type LmdbStore, open } from '../../src/store/LmdbStore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import { fsckDirectory, nothing, repair, type Source } from '../../src/store/Repair.js'
import { type Damage, damages, flip, packDamages, type Target } from './lmdbDamages.js'

const make = async (): Promise<LmdbStore> =>
  right(await open(mkdtempSync(join(tmpdir(), 'coppice-')), { durability: 'none' })())

const close = async (store: LmdbStore): Promise<void> => {
  await store.close()
  rmSync(store.path, { recursive: true })
}

const using = async <A>(use: (store: LmdbStore) => Promise<A>): Promise<A> => {
  const store = await make()
  try {
    return await use(store)
  } finally {
    await close(store)
  }
}

checkAll(fsckLaws('of an LmdbStore', fsck(), make, close), test, 12)

/** All of a world, and heads to its last block and to the damaged one. */
const sow = async (store: LmdbStore, world: dag.World, place: number): Promise<void> => {
  right(
    store.transact({
      puts: dag.puts(world, dag.refs(world)),
      pins: [world[place]!.digest],
      heads: [
        { name: 'top', expect: null, next: world.at(-1)!.digest },
        { name: 'target', expect: null, next: world[place]!.digest },
      ],
    })(),
  )
}

const sourceOf = (world: dag.World): Source => {
  const memory = MemoryStore.make()
  right(memory.transact({ puts: dag.puts(world, dag.refs(world)) })())
  return memory.read
}

/** All that a store says of itself, numbers among it. */
const told = async (store: LmdbStore, world: dag.World) => {
  const { blocks, bytes, heads, pins } = right(store.stats())
  return {
    ...(await seen(store, world)),
    numbers: right(store.audit((audit) => world.map(({ digest }) => audit.find(digest)))()),
    counts: world.map(({ digest }) => right(store.count(digest)())),
    stats: { blocks, bytes, heads, pins },
  }
}

const targetIn = (store: LmdbStore, world: dag.World, place: number): Target => {
  const { disk } = inside(store)
  const { digest } = world[place]!
  const other = world[place === 0 ? 1 : place - 1]!.digest
  return {
    store,
    tables: disk.tables,
    digest,
    number: disk.find(digest),
    other,
    otherNumber: disk.find(other),
  }
}

const injected = (damage: Damage, target: Target): void => {
  damage.inject(target)
  const { disk, sweeper } = inside(target.store)
  disk.tables.environment.resetReadTxn()
  sweeper.forget()
}

/** Lets all go, and collects. */
const emptied = (store: LmdbStore): number => {
  const heads = right(store.heads('')()).map(([name, expect]) => ({ name, expect, next: null }))
  right(store.transact({ heads })())
  const pinned = right(store.audit((audit) => [...audit.pins()])())
  const digests = right(
    store.audit((audit) => new Map([...audit.ids()].map(([digest, number]) => [number, digest])))(),
  )
  const unpins = pinned.flatMap(({ number, times }) => new Array<Digest>(times).fill(digests.get(number)!))
  right(store.transact({ unpins })())
  right(store.collect())
  return right(store.stats()).blocks
}

/** Each block links to all before it, the last is a checkpoint. */
const dense = fsckWorld(
  dag.world(
    [0, 1, 2, 3, 4].map((n) => ({
      links: Array.from({ length: n }, (_, i) => i),
      parents: n === 4 ? [2, 3] : [],
      padding: n,
    })),
  ),
)

describe.each(damages)('$name', (damage) => {
  test('is named, and repaired', () =>
    using(async (store) => {
      await sow(store, dense, 2)
      const before = await told(store, dense)
      const target = targetIn(store, dense, 2)
      injected(damage, target)
      const found = right(fsck()(store)())
      expect(found.faults.map(({ _tag }) => _tag)).toContain(damage.tag)
      const repaired = right(await repair(sourceOf(dense))(store)())
      expect(repaired.before).toEqual(found)
      expect(repaired.after.faults).toEqual([])
      const after = await told(store, dense)
      if (damage.tag !== 'Dangling') expect(after).toEqual(before)
      else expect({ ...after, numbers: [] }).toEqual({ ...before, numbers: [] })
      expect([...Ledger.counts(right(store.ledger()))]).toEqual([...Ledger.counts(right(store.recount()))])
      expect(emptied(store)).toBe(0)
    }))
})

/** The same world in a store that was packed: pins end with their session. */
const usingPacked = async <A>(world: dag.World, use: (store: LmdbStore) => Promise<A>): Promise<A> => {
  const first = await make()
  await sow(first, world, 2)
  await first.close()
  right(await compact({ pack: 'all', packSize: 64 })(first.path)())
  const store = right(await open(first.path, { durability: 'none' })())
  try {
    return await use(store)
  } finally {
    await close(store)
  }
}

describe.each([...damages, ...packDamages])('$name, in a packed store,', (damage) => {
  test('is named, and repaired', () =>
    usingPacked(dense, async (store) => {
      const before = await told(store, dense)
      injected(damage, targetIn(store, dense, 2))
      const found = right(fsck()(store)())
      expect(found.found).toBeGreaterThan(0)
      const { after } = right(await repair(sourceOf(dense))(store)())
      expect(after.faults).toEqual([])
      const now = await told(store, dense)
      if (damage.tag !== 'Dangling') expect(now).toEqual(before)
      else expect({ ...now, numbers: [] }).toEqual({ ...before, numbers: [] })
      expect(emptied(store)).toBe(0)
    }))
})

test('each bit of the entry of a packed block that is flipped is found, and repaired', () =>
  usingPacked(dense, async (store) => {
    const { journal } = inside(store).disk.tables
    const target = targetIn(store, dense, 2)
    const before = await told(store, dense)
    const entry = Uint8Array.from(journal.get(target.number)!)
    for (let at = 0; at < 8 * entry.length; at++) {
      journal.putSync(target.number, entry)
      flip(target, at >> 3, at & 7)
      target.tables.environment.resetReadTxn()
      expect([at, right(fsck()(store)()).found]).not.toEqual([at, 0])
      const { after } = right(await repair(sourceOf(dense))(store)())
      expect([at, after.faults]).toEqual([at, []])
      expect(await told(store, dense)).toEqual(before)
    }
  }))

test('each bit of an entry that is flipped is found, and repaired', () =>
  using(async (store) => {
    const world = dense.slice(0, 4)
    await sow(store, world, 2)
    const before = await told(store, world)
    const target = targetIn(store, world, 2)
    const entry = Uint8Array.from(target.tables.journal.get(target.number)!)
    for (let at = 0; at < entry.length; at++) {
      flip(target, at, at % 8)
      target.tables.environment.resetReadTxn()
      expect([at, right(fsck()(store)()).found]).not.toEqual([at, 0])
      const { after } = right(await repair(sourceOf(world))(store)())
      expect([at, after.faults]).toEqual([at, []])
      expect(Uint8Array.from(target.tables.journal.get(target.number)!)).toEqual(entry)
    }
    expect(await told(store, world)).toEqual(before)
  }))

checkAll(
  suite('repair', [
    lawAsync(
      'repair restores',
      [fsckWorlds, Step.history, fc.constantFrom(...damages), fc.nat(7)],
      (world, steps, damage, n) =>
        using(async (store) => {
          const place = n % world.length
          await play(store, world, dag.refs(world), steps)
          await sow(store, world, place)
          // What nothing names any more cannot be asked for: here each block has a head.
          const heads = world.map(({ digest }, i) => ({ name: `all/${i}`, expect: null, next: digest }))
          right(store.transact({ heads })())
          const before = await told(store, world)
          injected(damage, targetIn(store, world, place))
          const { after } = right(await repair(sourceOf(world))(store)())
          const now = await told(store, world)
          return [
            isEq(after.faults, []),
            isEq({ ...now, numbers: null }, { ...before, numbers: null }),
            isEq(emptied(store), 0),
          ]
        }),
    ),
    lawAsync(
      'repair reports the rest',
      [fsckWorlds, fc.constantFrom(...damages), fc.nat(7)],
      (world, damage, n) =>
        using(async (store) => {
          const place = n % world.length
          await sow(store, world, place)
          injected(damage, targetIn(store, world, place))
          const { after } = right(await repair(nothing)(store)())
          const again = right(await repair(sourceOf(world))(store)())
          return [isEq(again.before.faults, after.faults), isEq(again.after.faults, [])]
        }),
    ),
  ]),
  test,
  40,
)

describe('without a source', () => {
  const left = async (name: string): Promise<ReadonlyArray<Fault['_tag']>> =>
    using(async (store) => {
      await sow(store, dense, 2)
      injected(damages.find((damage) => damage.name === name)!, targetIn(store, dense, 2))
      const { after } = right(await repair(nothing)(store)())
      return after.faults.map(({ _tag }) => _tag)
    })

  test.each([
    'a flipped tag',
    'a flipped check',
    'a flipped number of links',
    'a lost digest',
    'a digest that leads to another block',
    'lost events',
    'a count in the image',
    'a head to nowhere',
    'a pin of nothing',
  ])('%s is repaired all the same', async (name) => expect(await left(name)).toEqual([]))

  test('bytes that are wrong stay, and are named', async () =>
    expect(await left('a flipped byte')).toEqual(['Corrupt']))

  test('what was lost stays lost, and all that speaks of it is named', async () => {
    const rest = ['Missing', 'RecordOff', 'RecordOff']
    const tags = ['HeadToNowhere', 'PinToNowhere', 'Dangling', 'Dangling', 'Dangling', ...rest]
    expect(await left('a lost entry')).toEqual(tags)
  })
})

test('a block that nothing refers to and that is corrupt goes', () =>
  using(async (store) => {
    right(store.transact({ puts: dag.puts(dense, dag.refs(dense)) })())
    const target = targetIn(store, dense, 4)
    flip(target, -1)
    const { after } = right(await repair(nothing)(store)())
    expect(after.faults).toEqual([])
    expect(after.blocks).toBe(4)
    right(store.collect())
    expect(right(store.stats()).blocks).toBe(0)
  }))

test('a source that lies is not believed, and one that fails is told of', () =>
  using(async (store) => {
    await sow(store, dense, 2)
    flip(targetIn(store, dense, 2), -1)
    const liar: Source = (digests) => () => E.right(digests.map(() => new Uint8Array([0x80])))
    const { after, refilled } = right(await repair(liar)(store)())
    expect([refilled, after.faults.map(({ _tag }) => _tag)]).toEqual([0, ['Corrupt']])
    const failure = storeFailed('read', new Error('no network'))
    expect(await repair(() => async () => E.left(failure))(store)()).toEqual(E.left(failure))
    const thrown: Source = () => {
      throw failure.cause
    }
    const rejected: Source = () => () => Promise.reject(failure.cause)
    for (const source of [thrown, rejected])
      expect(await repair(source)(store)()).toMatchObject(
        E.left({ _tag: 'StoreFailed', cause: failure.cause }),
      )
  }))

test('an asynchronous store is a source', () =>
  using((from) =>
    using(async (store) => {
      await sow(store, dense, 2)
      await sow(from, dense, 2)
      injected(damages.find(({ name }) => name === 'a lost entry')!, targetIn(store, dense, 2))
      expect(right(await repair(from.async.read)(store)()).after.faults).toEqual([])
    }),
  ))

test('a clean store is left as it is', () =>
  using(async (store) => {
    await sow(store, dense, 2)
    const before = right(store.locate([])())
    const { before: report, after, refilled } = right(await repair(nothing)(store)())
    expect([report, refilled]).toEqual([after, 0])
    expect(right(store.locate([])())).toEqual(before)
  }))

test('an examination tells how far it is, and keeps as many faults as it is asked to', () =>
  using(async (store) => {
    await sow(store, dense, 2)
    for (let place = 0; place < 4; place++) flip(targetIn(store, dense, place), -1)
    const told: Array<Fault> = []
    const { found, faults } = right(fsck({ limit: 1, onFault: (fault) => told.push(fault) })(store)())
    expect([found, faults.length, told.length]).toEqual([4, 1, 4])
    expect(faults[0]).toEqual(told[0])
  }))

describe('a directory', () => {
  const closed = async (): Promise<string> => {
    const directory = mkdtempSync(join(tmpdir(), 'coppice-'))
    const store = right(await open(directory)())
    await sow(store, dense, 2)
    await store.close()
    return directory
  }

  test('is examined', async () => {
    const directory = await closed()
    expect(right(await fsckDirectory()(directory)())).toMatchObject({ found: 0, blocks: 5 })
    rmSync(directory, { recursive: true })
  })

  test('whose pages are garbled kills nobody', async () => {
    const directory = await closed()
    const file = join(directory, 'data.mdb')
    const size = readFileSync(file).length
    const handle = openSync(file, 'r+')
    const noise = Uint8Array.from({ length: size - 2 * 4096 }, (_, i) => (i * 7919) >> 3)
    writeSync(handle, noise, 0, noise.length, 2 * 4096)
    closeSync(handle)
    expect(await fsckDirectory()(directory)()).toMatchObject(E.left({ _tag: 'DamagedStore' }))
    rmSync(directory, { recursive: true })
  })

  test('that is none is a failure', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'coppice-'))
    writeFileSync(join(directory, 'README'), 'no store')
    expect(await fsckDirectory()(directory)()).toMatchObject(E.left({ _tag: 'DamagedStore' }))
    rmSync(directory, { recursive: true })
  })
})
