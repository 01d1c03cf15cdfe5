import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { test } from 'vitest'
import { checkAll } from '../../laws/Law.js'
import { collectingLaws, storeLaws } from '../../laws/store/index.js'
import { explain } from '../../src/data/explain.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'

const make = async (): Promise<LmdbStore.LmdbStore> => {
  const opened = await LmdbStore.open(mkdtempSync(join(tmpdir(), 'coppice-')), { durability: 'none' })()
  if (E.isLeft(opened)) throw new Error(explain(opened.left))
  return opened.right
}
const close = async (store: LmdbStore.LmdbStore): Promise<void> => {
  await store.close()
  rmSync(store.path, { recursive: true })
}

checkAll(storeLaws('LmdbStore', make, close), test)
checkAll(collectingLaws('LmdbStore', make, close), test)
