/** The ecosystem's own tests of a blockstore. In a file of their own: they change the `expect` of the test runner. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { interfaceBlockstoreTests } from 'interface-blockstore-tests'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { explain } from '../../src/data/explain.js'
import * as Blockstore from '../../src/store/Blockstore.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Staging from '../../src/store/Staging.js'

// The suite is written for mocha.
Object.assign(globalThis, { describe, it, beforeEach, afterEach })

const memory = (): MemoryStore.MemoryStore & Staging.Stages => ({
  ...MemoryStore.make(),
  staging: Staging.memory(),
})

describe('over a MemoryStore', () => {
  interfaceBlockstoreTests({
    setup: () => Blockstore.open(memory()),
    teardown: async (blocks) => (blocks as Blockstore.Blockstore).close(),
  })
})

const lmdb = async (): Promise<LmdbStore.LmdbStore> => {
  const opened = await LmdbStore.open(mkdtempSync(join(tmpdir(), 'coppice-')), { durability: 'none' })()
  if (E.isLeft(opened)) throw new Error(explain(opened.left))
  return opened.right
}
const away = async (store: LmdbStore.LmdbStore): Promise<void> => {
  await store.close()
  rmSync(store.path, { recursive: true })
}

describe('over an LmdbStore', () => {
  const stores = new WeakMap<object, LmdbStore.LmdbStore>()
  interfaceBlockstoreTests({
    setup: async () => {
      const store = await lmdb()
      const blocks = Blockstore.open(store)
      stores.set(blocks, store)
      return blocks
    },
    teardown: async (blocks) => {
      await (blocks as Blockstore.Blockstore).close()
      await away(stores.get(blocks)!)
    },
  })
})
