import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, expect, test } from 'vitest'
import { checkAll, rejected } from '../../laws/Law.js'
import { brokenStagings, stagingLaws } from '../../laws/store/stagingLaws.js'
import { explain } from '../../src/data/explain.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import * as Staging from '../../src/store/Staging.js'

const directory = mkdtempSync(join(tmpdir(), 'coppice-'))
afterAll(() => rmSync(directory, { recursive: true }))

const open = async (): Promise<LmdbStore.LmdbStore> => {
  const opened = await LmdbStore.open(directory, { durability: 'none' })()
  if (E.isLeft(opened)) throw new Error(explain(opened.left))
  return opened.right
}

let store: LmdbStore.LmdbStore | null = null
const emptied = async (): Promise<Staging.Staging> => {
  store ??= await open()
  const all = store.staging.list(null, 1000)()
  if (E.isRight(all)) store.staging.unstage(all.right.map(({ cid }) => cid))()
  return store.staging
}
afterAll(() => store?.close())

checkAll(stagingLaws('Staging.memory', Staging.memory), test)
checkAll(stagingLaws('LmdbStore.staging', emptied), test)

test.each([...brokenStagings])('one that %s is rejected', async (name, make) => {
  expect(await rejected(stagingLaws(name, make))).not.toEqual([])
})

test('what is staged on disk is there for the next process', async () => {
  const other = mkdtempSync(join(tmpdir(), 'coppice-'))
  const block = { cid: new Uint8Array([1, 0x55, 0, 1, 7]), bytes: new Uint8Array([7]) }
  for (const step of ['stage', 'look']) {
    const opened = await LmdbStore.open(other)()
    if (E.isLeft(opened)) throw new Error(explain(opened.left))
    const { staging, close } = opened.right
    if (step === 'stage') expect(staging.stage([block])()).toEqual(E.right([true]))
    const found = staging.list(null, 10)()
    expect(
      E.map((all: ReadonlyArray<Staging.Staged>) => all.map(({ cid, bytes }) => [[...cid], [...bytes]]))(
        found,
      ),
    ).toEqual(E.right([[[1, 0x55, 0, 1, 7], [7]]]))
    await close()
  }
  rmSync(other, { recursive: true })
})
