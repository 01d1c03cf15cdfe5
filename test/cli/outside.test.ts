/** Names, paths and messages that others chose. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import { fromHex, toHex } from '../../src/data/Digest.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import * as State from '../../src/trie/State.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import * as Vst from '../../src/vst/Vst.js'
import { MAIN, places, type Shell } from './shell.js'

const { first, planted, end } = places()
const hex: string = first.checkpoint.digest
afterAll(end)

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/

const HOSTILE = '\u001b[2J\u009b31m\u202e\u2028'

describe('what a library made', () => {
  let at: Shell
  beforeAll(async () => {
    at = planted()
    const store = right(await LmdbStore.open(join(at.place, 'store'))())
    const components = ComponentStore.make(store)
    const vst = Vst.make(components)()
    for (const [head, content] of [
      [hex, 'another'],
      [HOSTILE, 'one'],
    ] as const) {
      const state = right(State.fromJson({ [HOSTILE]: content, 'a/b': content, a: { b: content } }))
      const root = StateReference.root(components)(state)()
      right(Vst.commit({ head, message: HOSTILE, author: HOSTILE })(root)(vst)())
    }
    right(await store.close())
  })

  test('a whole digest is itself, whatever a head is called', () => {
    expect(at.json('log', hex)[0].checkpoint).toEqual(first.checkpoint)
    expect(at.json('log', first.checkpoint.cid)[0].checkpoint).toEqual(first.checkpoint)
    at.ok('head', 'delete', hex)
    at.ok('undo')
  })

  test('no text obeys', () => {
    const told = [
      ['head'],
      ['log', '--all'],
      ['diff', 'main', HOSTILE],
      ['diff', 'main', HOSTILE, '--patch'],
      ['show', HOSTILE],
      ['operations'],
      ['graph'],
      ['stats'],
      ['head', '--json'],
      ['log', '--all', '--json'],
      ['diff', 'main', HOSTILE, '--json'],
      ['merge', HOSTILE, hex],
      ['restore', HOSTILE, 'main'],
      ['restore', HOSTILE, 'main'],
      ['commit', 'work', '-m', 'x', '--head', HOSTILE],
      ['head', 'move', HOSTILE, 'main'],
      ['undo'],
      ['redo'],
      ['head', 'delete', HOSTILE],
      ['log', HOSTILE],
      ['export', '-o', `${HOSTILE}.car`],
      ['prove', 'main', HOSTILE, '--json'],
    ]
    for (const args of told) {
      const { stdout, stderr } = at.run(...args)
      expect([args, `${stdout}${stderr}`]).not.toEqual([args, ''])
      expect([args, OBEYED.exec(stdout + stderr)]).toEqual([args, null])
      if (args.includes('--json')) JSON.parse(stdout)
    }
  })
})

test('each place is one of its own in a diff, and its path is whole', async () => {
  const at = planted()
  const store = right(await LmdbStore.open(join(at.place, 'store'))())
  const root = StateReference.root(ComponentStore.make(store))(
    right(State.fromJson({ 'a/b': 1, a: { b: 1 }, [HOSTILE]: 1 })),
  )()
  right(Checkpoint.commit({ head: 'odd' })(root)())
  right(await store.close())
  const { stdout } = at.run('diff', hex, 'odd', '--json')
  const paths = JSON.parse(stdout).changes.map((one: { path: unknown }) => one.path)
  expect(paths).toEqual(expect.arrayContaining([['a'], ['a/b'], [HOSTILE]]))
})

test('an operation by its beginning, if that is one', async () => {
  const at = planted()
  const store = right(await LmdbStore.open(join(at.place, 'store'))())
  const vst = Vst.make(ComponentStore.make(store))()
  const begun = new Map<string, number>()
  let prefix = ''
  const digest = right(fromHex(hex))
  for (let n = 0; prefix === ''; n++) {
    const made = right(Vst.create(`head-${n}`, digest)(vst)())
    const four = toHex(made.digest).slice(0, 4)
    if (begun.has(four)) prefix = four
    begun.set(four, n)
  }
  right(await store.close())
  expect(at.refused(1, 'undo', prefix)).toMatch(/may be \d+ operations/)
})

test.skipIf(!existsSync('/dev/full'))('what cannot be written is told in one line', () => {
  const at = planted()
  for (const args of ['log', 'log --json', 'export', '--help']) {
    const shown = spawnSync('sh', ['-c', `"$0" "$1" ${args} > /dev/full`, process.execPath, MAIN], {
      cwd: at.place,
      env: { ...process.env, COPPICE_STORE: join(at.place, 'store') },
      encoding: 'utf8',
    })
    expect(shown.status).toBe(1)
    expect(shown.stderr).toMatch(/^[^\n]*cannot write [^\n]*ENOSPC[^\n]*\n$/)
  }
})
