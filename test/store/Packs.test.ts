/** What packs: a store is the same to all that read it, and smaller. Damage to packs is among `lmdbDamages.ts`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { checkAll, type IsEq, isEq, lawAsync, rejected, type Suite, suite } from '../../laws/Law.js'
import * as dag from '../../laws/store/dag.js'
import { fsckWorlds } from '../../laws/store/fsckWorld.js'
import * as Model from '../../laws/store/Model.js'
import { counted, countedIn, right, take } from '../../laws/store/observe.js'
import * as Step from '../../laws/store/Step.js'
import * as Compact from '../../src/store/Compact.js'
import { fsck } from '../../src/store/Fsck.js'
import { PACKED, placeOf } from '../../src/store/internal/lmdb/entry.js'
import * as keys from '../../src/store/internal/lmdb/keys.js'
import type { Tables } from '../../src/store/internal/lmdb/tables.js'
import { inside, type LmdbStore, open } from '../../src/store/LmdbStore.js'
import { type Defect, defects, spoil } from './brokenPackings.js'

const home = mkdtempSync(join(tmpdir(), 'coppice-'))
afterAll(() => rmSync(home, { recursive: true }))
let stores = 0

const opened = async (directory: string): Promise<LmdbStore> =>
  right(await open(directory, { durability: 'none' })())

/** A store that is closed, packed and opened again. */
class Subject {
  readonly directory = join(home, `${++stores}`)
  private readonly defect: Defect | undefined
  private store: LmdbStore | null = null

  constructor(defect?: Defect) {
    this.defect = defect
  }

  async open(): Promise<LmdbStore> {
    this.store ??= await opened(this.directory)
    return this.store
  }

  async pack(pack: Compact.Packing, packSize = 32): Promise<Compact.Compacted> {
    await this.close()
    const done = right(await Compact.compact({ pack, packSize })(this.directory)())
    if (this.defect !== undefined) {
      const store = await this.open()
      spoil(this.defect, store, pack)
      await this.close()
    }
    return done
  }

  async close(): Promise<void> {
    await this.store?.close()
    this.store = null
  }
}

const using = async <A>(defect: Defect | undefined, use: (subject: Subject) => Promise<A>): Promise<A> => {
  const subject = new Subject(defect)
  try {
    return await use(subject)
  } finally {
    await subject.close()
    rmSync(subject.directory, { recursive: true })
  }
}

/** Goes on from a model whose session has ended. */
const goOn = async (
  store: LmdbStore,
  from: Model.Model,
  world: dag.World,
  steps: ReadonlyArray<Step.Step>,
) => {
  const refs = dag.refs(world)
  let model: Model.Model = { ...from, pins: new Map() }
  for (const step of steps) model = (await take(store, model, world, refs, step)).model
  return model
}

const packedIn = (store: LmdbStore): ReadonlySet<number> => {
  const { journal } = inside(store).disk.tables
  return new Set([...journal.getKeys(keys.everyNumber())].filter((n) => journal.get(n)![0] === PACKED))
}

const reached = (model: Model.Model): ReadonlySet<string> => {
  const found = new Set<string>()
  const walk = (digest: string): void => {
    const block = model.blocks.get(digest as never)
    if (found.has(digest) || block === undefined) return
    found.add(digest)
    block.links.forEach(walk)
  }
  for (const digest of model.heads.values()) walk(digest)
  return found
}

const rows = (store: LmdbStore) => {
  const { journal, packs } = inside(store).disk.tables
  return [journal, packs].map((table) =>
    [...table.getRange(keys.everyNumber())].map(({ key, value }) => [
      key,
      Buffer.from(value).toString('hex'),
    ]),
  )
}

const ascending = (numbers: Iterable<number>): ReadonlyArray<number> => [...numbers].sort((a, b) => a - b)

const packings = fc.constantFrom<Compact.Packing>('all', 'history')

const laws = (name: string, defect?: Defect): Suite =>
  suite(`packing ${name}`, [
    lawAsync(
      'what is packed reads and counts as before, and goes on',
      [fsckWorlds, Step.history, packings, Step.history],
      (world, steps, packing, more) =>
        using(defect, async (subject) => {
          const before = await goOn(await subject.open(), Model.empty, world, steps)
          await subject.pack(packing)
          const sides: Array<IsEq> = []
          const store = await subject.open()
          const resting = { ...before, pins: new Map() }
          sides.push(isEq(await counted(store, world), countedIn(resting, world)))
          const after = await goOn(store, before, world, more)
          sides.push(isEq(await counted(store, world), countedIn(after, world)))
          return sides
        }),
    ),
    lawAsync(
      'a packed store is whole',
      [fsckWorlds, Step.history, packings, Step.history],
      (world, steps, packing, more) =>
        using(defect, async (subject) => {
          const model = await goOn(await subject.open(), Model.empty, world, steps)
          await subject.pack(packing)
          const fresh = right(fsck()(await subject.open())()).faults
          await goOn(await subject.open(), model, world, more)
          return [isEq(fresh, []), isEq(right(fsck()(await subject.open())()).faults, [])]
        }),
    ),
    lawAsync(
      'all is packed, or all but what heads reach without parents',
      [fsckWorlds, Step.history, packings],
      (world, steps, packing) =>
        using(defect, async (subject) => {
          const model = await goOn(await subject.open(), Model.empty, world, steps)
          const { packed } = await subject.pack(packing)
          const store = await subject.open()
          const found = packedIn(store)
          const hot = packing === 'all' ? new Set() : reached(model)
          const cold = [...model.blocks.keys()].filter((digest) => !hot.has(digest))
          const numbers = cold.map((digest) => inside(store).disk.find(digest))
          return [isEq(ascending(found), ascending(numbers)), isEq(packed, cold.length)]
        }),
    ),
    lawAsync(
      'packing twice is packing once, and compacting leaves it so',
      [fsckWorlds, Step.history, packings],
      (world, steps, packing) =>
        using(defect, async (subject) => {
          await goOn(await subject.open(), Model.empty, world, steps)
          const first = await subject.pack(packing)
          const once = rows(await subject.open())
          const second = await subject.pack(packing)
          const twice = rows(await subject.open())
          const third = await subject.pack('none')
          return [
            isEq(twice, once),
            isEq(rows(await subject.open()), once),
            isEq([second.packed, third.packed], [first.packed, first.packed]),
          ]
        }),
    ),
    lawAsync(
      'packs in which nothing is alive go, and only those',
      [fsckWorlds, Step.history, Step.history],
      (world, steps, more) =>
        using(defect, async (subject) => {
          const model = await goOn(await subject.open(), Model.empty, world, steps)
          await subject.pack('all')
          await goOn(await subject.open(), model, world, [...more, { _tag: 'Collect' }])
          await subject.pack('none')
          const { journal, packs } = inside(await subject.open()).disk.tables
          const entries = [...journal.getRange(keys.everyNumber())].filter(({ value }) => value[0] === PACKED)
          const used = new Set(entries.map(({ value }) => placeOf(value, value.length).pack))
          return isEq([...packs.getKeys(keys.everyNumber())], ascending(used))
        }),
    ),
  ])

checkAll(laws('as it is'), test, 30)

describe('the zoo of packings', () => {
  const found = new Set<string>()
  test.each(defects)('one that %s is rejected', async (defect) => {
    const names = await rejected(laws(defect, defect), 10)
    for (const law of names) found.add(law)
    expect(names).not.toEqual([])
  })
  test('each law rejects some packing', () =>
    expect(laws('').laws.filter(({ name }) => !found.has(name))).toEqual([]))
})

test('many versions of a text take a fraction packed, in several packs, and read as they are', () =>
  using(undefined, async (subject) => {
    const text = Array.from({ length: 500 }, (_, line) => `line ${line} says ${Math.imul(line, 0x9e3779b1)}`)
    const world = Array.from({ length: 60 }, (_, version) => {
      const lines = text.with(version * 7, `version ${version}`)
      return dag.block(new TextEncoder().encode(lines.join('\n')))
    })
    const refs = dag.refs(world)
    const heads = world.map(({ digest }, i) => ({ name: `${i}`, expect: null, next: digest }))
    right((await subject.open()).transact({ puts: dag.puts(world, refs), heads })())
    const { before, after, packed } = await subject.pack('all', 100_000)
    expect(packed).toBe(60)
    expect(after * 5).toBeLessThan(before)
    const store = await subject.open()
    expect(right(store.stats()).packs.packs).toBeGreaterThan(5)
    const bytes = right(store.read(world.map(({ digest }) => digest))())
    expect(bytes.map((one) => Buffer.from(one!))).toEqual(world.map((block) => Buffer.from(block.bytes)))
    expect([...store.blocks()].map((one) => right(one)[1].length)).toHaveLength(60)
  }))

test.each<readonly [string, (tables: Tables) => void, ReadonlyArray<Compact.Packing>]>([
  ['pack 1', ({ packs }) => void packs.putSync(1, new Uint8Array([1, 2, 3])), ['all', 'history']],
  [
    'entry 1 of the journal',
    ({ journal }) => void journal.putSync(1, Uint8Array.from(journal.get(1)!).fill(0, 1, 2)),
    ['all', 'history', 'none'],
  ],
])('%s is damaged: the store is not packed, and stays as it is', (name, damage, packings) =>
  using(undefined, async (subject) => {
    const world = [dag.block(new Uint8Array(100)), dag.block(new Uint8Array(200))]
    const heads = world.map(({ digest }, i) => ({ name: `${i}`, expect: null, next: digest }))
    right((await subject.open()).transact({ puts: dag.puts(world, dag.refs(world)), heads })())
    await subject.pack('all')
    damage(inside(await subject.open()).disk.tables)
    const before = rows(await subject.open())
    await subject.close()
    for (const pack of packings)
      expect(await Compact.compact({ pack })(subject.directory)()).toMatchObject({
        _tag: 'Left',
        left: { _tag: 'StoreFailed', cause: { message: `${name} is damaged` } },
      })
    expect(rows(await subject.open())).toEqual(before)
  }),
)
