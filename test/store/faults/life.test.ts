import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { dag } from '../../../laws/store/index.js'
import { ref } from '../../../src/data/Ref.js'
import * as LmdbStore from '../../../src/store/LmdbStore.js'
import { miscounted, opened, right, within } from './inspect.js'

const IDLE = fileURLToPath(new URL('idle.mjs', import.meta.url))

test.each([
  ['ends', 2],
  ['closes', 2],
  ['closes in the middle', 202],
])('a process that opened a store and %s ends by itself, and cleanly', (ending, least) =>
  within(async (directory) => {
    const { stdout, stderr, status, signal } = spawnSync(process.execPath, [IDLE, directory, ending], {
      encoding: 'utf8',
      timeout: 30_000,
    })
    expect({ stdout, stderr, status, signal }).toEqual({
      stdout: 'written\n',
      stderr: '',
      status: 0,
      signal: null,
    })
    await opened(directory, (store) => {
      expect(right(store.stats()).blocks).toBeGreaterThanOrEqual(least)
      expect(miscounted(store)).toEqual([])
    })
  }),
)

const wanted = { puts: [{ ref: ref(dag.stranger.digest), bytes: dag.stranger.bytes, links: [] }] }
const bounds: Parameters<LmdbStore.LmdbStore['slice']>[0] = { blocks: 1, milliseconds: 1 }

const uses: Readonly<Record<string, (store: LmdbStore.LmdbStore) => unknown>> = {
  read: (store) => store.read([dag.stranger.digest])(),
  transact: (store) => store.transact(wanted)(),
  locate: (store) => store.locate([])(),
  head: (store) => store.head('main')(),
  heads: (store) => store.heads('')(),
  slice: (store) => store.slice(bounds)(),
  collect: (store) => store.collect(),
  ledger: (store) => store.ledger(),
  recount: (store) => store.recount(),
  count: (store) => store.count(dag.stranger.digest)(),
  sharedSince: (store) => store.sharedSince(dag.stranger.digest)(),
  snapshot: (store) => store.snapshot(),
  stats: (store) => store.stats(),
  'read later': (store) => store.async.read([dag.stranger.digest])(),
  'transact later': (store) => store.async.transact(wanted)(),
  'locate later': (store) => store.async.locate([])(),
  'head later': (store) => store.async.head('main')(),
  'heads later': (store) => store.async.heads('')(),
  'slice later': (store) => store.async.slice(bounds)(),
}

test.each([false, true])(
  'a store that is closed fails with a name, whether others have it open: %s',
  (shared) =>
    within(async (directory) => {
      const store = right(await LmdbStore.open(directory)())
      const other = shared ? right(await LmdbStore.open(directory)()) : null
      expect(await Promise.all([store.close(), store.close()])).toMatchObject([
        { _tag: 'Right' },
        { _tag: 'Right' },
      ])
      expect(await store.close()).toMatchObject({ _tag: 'Right' })
      const answers: Array<unknown> = []
      for (const [name, use] of Object.entries(uses)) answers.push([name, await use(store)])
      expect(answers).toMatchObject(
        Object.keys(uses).map((name) => [name, { _tag: 'Left', left: { _tag: 'StoreFailed' } }]),
      )
      if (other !== null) {
        expect(other.transact(wanted)()).toMatchObject({ _tag: 'Right' })
        right(await other.close())
      }
      await opened(directory, (again) => {
        expect(right(again.stats())).toMatchObject({ sessions: 1, blocks: shared ? 1 : 0 })
      })
    }),
)

test('stores that disagree on durability do not meet', () =>
  within(async (directory) => {
    await opened(directory, async () => {
      const refused = await LmdbStore.open(directory, { durability: 'group' })()
      expect(refused).toMatchObject({ _tag: 'Left', left: { _tag: 'StoreBusy' } })
    })
    await opened(directory, () => {}, { durability: 'group' })
  }))
