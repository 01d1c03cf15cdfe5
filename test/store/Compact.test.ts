import { randomUUID } from 'node:crypto'
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { manualClock } from '../../laws/store/manualClock.js'
import { right } from '../../laws/store/observe.js'
import type { Digest } from '../../src/data/Digest.js'
import { hash } from '../../src/data/Hasher.js'
import { ref } from '../../src/data/Ref.js'
import { compact } from '../../src/store/Compact.js'
import * as keys from '../../src/store/internal/lmdb/keys.js'
import { inside, type LmdbStore, type Options, open } from '../../src/store/LmdbStore.js'
import { fsckDirectory } from '../../src/store/Repair.js'

let directory = ''

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'coppice-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const opened = async (options: Options = {}): Promise<LmdbStore> => right(await open(directory, options)())

/** A block of 3,000 bytes. */
const bytesOf = (n: number): Uint8Array => {
  const bytes = new Uint8Array(3003)
  bytes.set([0x59, 3000 >> 8, 3000 & 255, n, n >> 8])
  return bytes
}

/** Many blocks, of which one in ten stays. */
const sow = (store: LmdbStore): ReadonlyArray<Digest> => {
  const puts = Array.from({ length: 500 }, (_, n) => bytesOf(n)).map((bytes) => ({
    ref: ref(hash(bytes)),
    bytes,
    links: [],
  }))
  const kept = puts.filter((_, n) => n % 10 === 0).map(({ ref }) => ref.digest)
  right(
    store.transact({
      puts,
      heads: kept.map((next, n) => ({ name: `${n}`, expect: right(store.head(`${n}`)()), next })),
    })(),
  )
  right(store.collect())
  return kept
}

const told = (store: LmdbStore, kept: ReadonlyArray<Digest>) => ({
  heads: right(store.heads('')()),
  bytes: right(store.read(kept)()),
  numbers: kept.map((digest) => inside(store).disk.find(digest)),
  epoch: right(store.locate([])()).epoch,
  stats: { ...right(store.stats()), fileBytes: 0, ledgerBytes: 0, sessions: 0 },
})

test('the file is smaller, and the store the same', async () => {
  const store = await opened()
  const kept = sow(store)
  const before = told(store, kept)
  await store.close()
  const { before: was, after: is } = right(await compact()(directory)())
  expect(is * 3).toBeLessThan(was)
  // The file has a name of its own, and nothing is left of the old one.
  expect(readdirSync(directory).filter((name) => name.startsWith('data.mdb'))).toEqual([])
  expect(readdirSync(directory).filter((name) => name.endsWith('.mdb'))).toHaveLength(1)
  expect(right(await fsckDirectory()(directory)())).toMatchObject({ found: 0, blocks: 50 })
  const again = await opened()
  expect(told(again, kept)).toEqual(before)
  // It goes on.
  sow(again)
  await again.close()
  expect(right(await fsckDirectory()(directory)())).toMatchObject({ found: 0, blocks: 50 })
})

test('a store that is open is busy, and stays as it is', async () => {
  const store = await opened()
  const kept = sow(store)
  const file = readFileSync(join(directory, 'data.mdb'))
  expect(await compact()(directory)()).toMatchObject(E.left({ _tag: 'StoreBusy' }))
  expect(readFileSync(join(directory, 'data.mdb')).equals(file)).toBe(true)
  right(store.transact({ pins: kept })())
  await store.close()
})

test('so is one that is open with another durability', async () => {
  const store = await opened({ durability: 'none' })
  expect(await compact()(directory)()).toMatchObject(E.left({ _tag: 'StoreBusy' }))
  await store.close()
})

test('nobody opens a store while it is compacted', async () => {
  const store = await opened()
  sow(store)
  await store.close()
  const compacting = compact()(directory)()
  const meanwhile = await open(directory)()
  const done = await compacting
  expect(done).toMatchObject(E.right({}))
  expect(meanwhile).toMatchObject(E.left({ _tag: 'StoreBusy' }))
  await (await opened()).close()
})

test('a session that slept through its lease has lost it', async () => {
  const clock = manualClock(1000)
  const store = await opened({ clock: clock.now, lease: 1000 })
  const kept = sow(store)
  right(store.transact({ pins: kept })())
  clock.advance(2000)()
  expect(right(await compact({ clock: clock.now })(directory)()).after).toBeGreaterThan(0)
  // Others have gone on meanwhile, in another file.
  const other = await opened({ clock: clock.now })
  const next = kept[0]!
  right(other.transact({ heads: [{ name: 'later', expect: null, next }] })())
  expect(store.transact({ pins: kept })()).toMatchObject(E.left({ _tag: 'LeaseLost' }))
  const lost = E.left({ _tag: 'StoreFailed', cause: { _tag: 'LeaseLost' } })
  expect(store.collect()).toMatchObject(lost)
  expect(store.snapshot()).toMatchObject(lost)
  expect(await store.async.slice({ blocks: 1, milliseconds: 1 })()).toMatchObject(lost)
  expect(store.staging.stage([])()).toMatchObject(lost)
  expect(store.staging.unstage([])()).toMatchObject(lost)
  await store.close()
  expect(right(other.head('later')())).toBe(next)
  await other.close()
  expect(right(await fsckDirectory()(directory)())).toMatchObject({ found: 0, blocks: 50, pins: 0 })
})

test('one that slept through its lease while it compacted gives way to whoever came', async () => {
  const store = await opened()
  const kept = sow(store)
  await store.close()
  const clock = manualClock(Date.now())
  const compacting = compact({ clock: clock.now })(directory)()
  await new Promise((resolve) => setImmediate(resolve))
  clock.advance(120_000)()
  const other = await opened({ clock: clock.now })
  right(other.transact({ heads: [{ name: 'later', expect: null, next: kept[0]! }] })())
  await other.close()
  expect(await compacting).toMatchObject(E.left({ _tag: 'StoreBusy' }))
  const again = await opened()
  expect(right(again.head('later')())).toBe(kept[0])
  await again.close()
  expect(readdirSync(directory).sort()).toEqual(['FORMAT', 'data.mdb', 'data.mdb-lock'])
})

test('a store whose record is gone is damaged, and not a new one', async () => {
  const store = await opened()
  sow(store)
  inside(store).disk.tables.roots.removeSync(keys.META)
  await store.close()
  expect(await open(directory)()).toMatchObject(E.left({ _tag: 'DamagedStore' }))
})

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('packs of %d bytes are refused', async (packSize) =>
  expect(await compact({ pack: 'all', packSize })(directory)()).toMatchObject(
    E.left({ _tag: 'StoreFailed', operation: 'compact' }),
  ),
)

test('a session that slept while its file was replaced must be closed before the store is opened again', async () => {
  const clock = manualClock(1000)
  const given = { clock: clock.now, lease: 1000 }
  const asleep = await opened(given)
  const kept = sow(asleep)
  clock.advance(2000)()
  // As another process does it: this thread's own would share the file that it has open.
  copyFileSync(join(directory, 'data.mdb'), join(directory, 'copy'))
  renameSync(join(directory, 'copy'), join(directory, 'data.mdb'))
  expect(await open(directory, given)()).toMatchObject(E.left({ _tag: 'StoreBusy' }))
  await asleep.close()
  const again = await opened(given)
  expect(right(again.read(kept)()).filter((bytes) => bytes === undefined)).toEqual([])
  await again.close()
})

test('what a process left that was killed is no hindrance', async () => {
  const store = await opened()
  sow(store)
  await store.close()
  const beside = join(directory, `data.${randomUUID()}.mdb`)
  for (const name of [beside, `${beside}.rows`]) {
    writeFileSync(name, 'half a file')
    writeFileSync(`${name}-lock`, '')
  }
  await (await opened()).close()
  right(await compact()(directory)())
  expect(readdirSync(directory).filter((name) => name.endsWith('.rows') || beside.endsWith(name))).toEqual([])
  expect(right(await fsckDirectory()(directory)())).toMatchObject({ found: 0, blocks: 50 })
})

test('a directory that holds no store is a failure', async () => {
  writeFileSync(join(directory, 'README'), 'no store')
  expect(await compact()(directory)()).toMatchObject(E.left({ _tag: 'DamagedStore' }))
  expect(await compact()(join(directory, 'nowhere'))()).toMatchObject(E.left({ _tag: 'StoreFailed' }))
})
