import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { expect, test } from 'vitest'
import { get } from '../../laws/branch/Subject.js'
import { ComponentStore, type Digest, State, StateReference, Vst } from '../../src/index.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'

const writer = fileURLToPath(new URL('./vstWriter.mjs', import.meta.url))
const COUNT = 40

test('two processes on one store lose no operation, and their log is in step with the heads', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-vst-'))
  try {
    const run = promisify(execFile)
    const names = ['one', 'two']
    await Promise.all(names.map((name) => run(process.execPath, [writer, directory, name, String(COUNT)])))
    const opened = await LmdbStore.open(directory, {})()
    if (E.isLeft(opened)) throw new Error(opened.left._tag)
    const store = opened.right
    const vst = Vst.make(ComponentStore.make(store))()
    const at = (name: string): unknown => {
      const reference = O.toNullable(get(Vst.restoreHead(name)(vst)))!
      return get(StateReference.ask(State.get(['n']))(reference))
    }
    for (const name of names) expect(at(name)).toEqual(O.some(COUNT))
    expect(at('main')).toEqual(O.some(2 * COUNT))
    const log = get(Vst.log()(vst)).toReversed()
    expect(log.length).toBe(64)
    const heads = new Map<string, Digest.Digest | null>()
    for (const { digest } of log) {
      for (const { name, before, after } of get(Vst.changes(digest)(vst)).moves) {
        if (heads.has(name)) expect(before).toBe(heads.get(name))
        heads.set(name, after)
      }
    }
    const now = new Map(get(Vst.list('')(vst)))
    for (const [name, digest] of heads) expect(now.get(name)).toBe(digest)
    await store.close()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}, 120_000)
