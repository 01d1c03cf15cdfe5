import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { checkAll } from '../../laws/Law.js'
import * as dag from '../../laws/store/dag.js'
import { collectingLaws, storeLaws } from '../../laws/store/index.js'
import { right } from '../../laws/store/observe.js'
import { toBytes } from '../../src/data/Digest.js'
import { explain } from '../../src/data/explain.js'
import { hash } from '../../src/data/Hasher.js'
import { fsck } from '../../src/store/Fsck.js'
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

test('a block is listed and examined however low its digest is', async () => {
  const store = await make()
  // LMDB's wrapper begins a range without a start after the keys that it takes for its own.
  const isLow = (bytes: Uint8Array) => toBytes(hash(bytes)).subarray(0, 2).join() === '0,0'
  const bytes = new Uint8Array(4)
  for (let n = 0; !isLow(bytes); n++) new DataView(bytes.buffer).setUint32(0, n)
  const world = [dag.block(bytes)]
  const { digest } = world[0]!
  right(store.transact({ puts: dag.puts(world, dag.refs(world)), pins: [digest] })())
  expect([...store.blocks()].map(right)).toEqual([[digest, bytes]])
  expect(right(fsck()(store)())).toMatchObject({ blocks: 1, found: 0 })
  right(store.audit(({ ids }) => expect([...ids()].map(([low]) => low)).toEqual([digest]))())
  await close(store)
})
