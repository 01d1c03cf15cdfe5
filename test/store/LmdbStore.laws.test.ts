/** The laws of slices, sessions and transactions in flight, on the durable store and on the one in memory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, test } from 'vitest'
import { checkAll } from '../../laws/Law.js'
import { inFlightLaws, type Places, sessionLaws, slicingLaws, storeLaws } from '../../laws/store/index.js'
import { explain } from '../../src/data/explain.js'
import * as AsyncStore from '../../src/store/AsyncStore.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'

const home = mkdtempSync(join(tmpdir(), 'coppice-'))
afterAll(() => rmSync(home, { recursive: true }))

const open = async (place: string, options: LmdbStore.Options): Promise<LmdbStore.LmdbStore> => {
  const opened = await LmdbStore.open(join(home, place), { durability: 'none', ...options })()
  if (E.isLeft(opened)) throw new Error(explain(opened.left))
  return opened.right
}

/** Counts the writes of a store's tables, and makes the nth fail. */
const sabotage = (store: LmdbStore.LmdbStore, nth: number): (() => void) => {
  const { ids, journal, roots, counts } = LmdbStore.inside(store).disk.tables
  const tables = [ids, journal, roots, counts] as unknown as ReadonlyArray<
    Record<string, (...given: Array<unknown>) => unknown>
  >
  let written = 0
  for (const table of tables)
    for (const write of ['putSync', 'removeSync']) {
      const real = table[write]!
      table[write] = (...given) => {
        if (++written === nth) throw new Error('stopped')
        return real.apply(table, given)
      }
    }
  return () => {
    for (const table of tables) for (const write of ['putSync', 'removeSync']) delete table[write]
  }
}

const lmdb: Places<LmdbStore.LmdbStore> = {
  open,
  close: (store) => store.close(),
  remove: (place) => rmSync(join(home, place), { recursive: true, force: true }),
  sabotage,
}

let made = 0
const make = () => open(`made ${++made}`, {})
const close = async (store: Pick<LmdbStore.LmdbStore, 'close' | 'path'>): Promise<void> => {
  await store.close()
  rmSync(store.path, { recursive: true })
}

/** What the counts are asked of the store itself, and all else of its asynchronous face. */
const later = async () => {
  const store = await make()
  return { ...store, ...store.async }
}

checkAll(slicingLaws('MemoryStore', MemoryStore.make), test)
checkAll(slicingLaws('LmdbStore', make, close), test, 30)
checkAll(slicingLaws('LmdbStore, asynchronous', later, close), test, 20)
checkAll(storeLaws('LmdbStore, asynchronous', later, close), test, 20)
checkAll(
  inFlightLaws('MemoryStore, asynchronous', () => AsyncStore.toAsync(MemoryStore.make())),
  test,
)
checkAll(inFlightLaws('LmdbStore, asynchronous', later, close), test, 20)
checkAll(sessionLaws('LmdbStore', lmdb), test, 20)
