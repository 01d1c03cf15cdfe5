import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import { catalogue } from '../../src/cli/catalogue.js'
import { toCid, toHex } from '../../src/data/Digest.js'
import * as Hasher from '../../src/data/Hasher.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import * as State from '../../src/trie/State.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import { plant, type Shell, shell, sight } from './shell.js'

const DIGEST = Hasher.hash(new Uint8Array())

/** Uses a store as a library would. */
const withStore = async (
  directory: string,
  use: (components: ComponentStore.ComponentStore) => void,
): Promise<void> => {
  const store = right(await LmdbStore.open(directory)())
  use(ComponentStore.make(store))
  right(await store.close())
}

/** A store with two checkpoints whose digests begin with the same four digits. */
const alike = async (directory: string): Promise<readonly [string, string]> => {
  await Hasher.ready()
  const state = State.digest(State.empty)
  const note = { state, parents: [], generation: 0, author: '', time: 0, metadata: {} }
  const seen = new Map<string, number>()
  const digestOf = (n: number): string =>
    toHex(Hasher.hash(right(Checkpoint.encode({ ...note, message: String(n) }))))
  let n = 0
  while (!seen.has(digestOf(n).slice(0, 4))) seen.set(digestOf(n).slice(0, 4), n++)
  const found = [seen.get(digestOf(n).slice(0, 4))!, n] as const
  await withStore(directory, (components) => {
    for (const message of found.map(String)) {
      const root = StateReference.root(components)(State.empty)()
      right(Checkpoint.commit({ message, head: message, clock: () => 0 })(root)())
    }
  })
  return [digestOf(found[0]), digestOf(found[1])]
}

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

let at: Shell
let heads = ''
beforeAll(() => {
  at = shell()
  plant(at, 'work')
  at.ok('init')
  at.ok('commit', 'work', '-m', 'first')
  heads = at.ok('head')
})
afterAll(() => {
  expect(at.ok('head')).toBe(heads)
  at.end()
})

describe('misuse is told in one line, code 2', () => {
  test.each([
    ['frobnicate'],
    ['head', 'frobnicate'],
    ['commit', 'work'],
    ['commit', '-m', 'no directory'],
    ['commit', 'work', '-m', 'x', '--head', ''],
    ['branch', '.operations'],
    ['branch', 'line\nbreak'],
    ['branch', 'c\u009b1'],
    ['branch', 'para\u2029graph'],
    ['head', 'create', 'bi\u202edi', 'main'],
    ['branch', 'é'.repeat(1000)],
    ['branch', '0'.repeat(64)],
    ['head', 'create', toCid(DIGEST), 'main'],
    ['commit', 'work', '-m', 'x', '--head', toHex(DIGEST)],
    ['import', 'absent.car', '--head', toHex(DIGEST)],
    ['commit', 'work', '-m', 'x', '--at', '../x'],
    ['commit', 'work', '-m', 'x', '--at', '["",""]'],
    ['commit', 'work', '-m', 'x', '--at', '["."]'],
    ['commit', 'work', '-m', 'x', '--at', '["a/b"]'],
    ['commit', 'work', '-m', 'x', '--at', '["nul\\u0000"]'],
    ['commit', 'store', '-m', 'x'],
    ['commit', 'store/below', '-m', 'x'],
    ['materialise', 'main', 'store/new', '--prune'],
    ['help', 'frobnicate'],
    ['frobnicate', '--help'],
    ['help', 'head', 'frobnicate'],
    ['log', '--since', '2026-02-30'],
    ['prune'],
    ['log', '-n', '0'],
    ['log', '--store', ''],
    ['merge', 'main'],
    ['verify', 'abc', 'plan.md'],
    ['prove', 'main', 'plan.md', '--range', '5..2', '--json'],
    ['prove', 'main', 'plan.md', '--range', 'all', '--json'],
    ['export', '--json'],
    ['show', 'main', '../plan.md'],
  ])('%j %j %j', (...args) => {
    at.refused(2, ...args.filter((one) => one !== undefined))
  })
})

describe('failures are told in one line, code 1', () => {
  test.each([
    [['log', 'absent'], 'absent'],
    [['log', '0'.repeat(64)], 'no checkpoint'],
    [['branch', 'main'], 'already'],
    [['restore', 'absent', 'main'], 'absent'],
    [['head', 'move', 'absent', 'main'], 'absent'],
    [['show', 'main', 'plan.txt'], 'nothing stands'],
    [['commit', 'absent', '-m', 'x'], 'absent'],
    [['commit', 'work/plan.md', '-m', 'x'], 'plan.md'],
    [['materialise', 'main', 'out', '--at', 'plan.md'], 'no directory'],
    [['merge', '--resume', 'work/plan.md'], 'plan.md'],
    [['import', 'work/bytes.bin'], 'malformed'],
    [['export', '-o', 'absent/all.car'], 'absent/all.car'],
    [['graph', '-o', 'work'], 'work'],
    [['fsck', '--repair', 'absent'], 'absent'],
    [['redo'], 'nothing to redo'],
    [['undo', ''], 'no operation'],
    [['undo', 'abc'], 'no operation'],
    [['undo', '--to', '', '--json'], 'UnknownOperation'],
    [['log', '--store', 'work'], 'no store'],
    [['log', '--store', 'work/plan.md'], ''],
    [['gc', '--store', 'absent'], 'coppice init'],
  ] as const)('%j', (args, said) => {
    expect(at.refused(1, ...args)).toContain(said)
  })

  test('a name that several checkpoints have, with all of them', async () => {
    const other = shell()
    try {
      const [one, two] = await alike(join(other.place, 'store'))
      const said = other.refused(1, 'log', one.slice(0, 4))
      expect(said).toContain(one.slice(0, 12))
      expect(said).toContain(two.slice(0, 12))
      const { stderr } = other.run('log', one.slice(0, 4), '--json')
      expect(JSON.parse(stderr)).toMatchObject({
        error: 'AmbiguousName',
        candidates: expect.arrayContaining([one, two]),
      })
      expect(other.json('log', one.slice(0, 16))[0].checkpoint.digest).toBe(one)
    } finally {
      other.end()
    }
  })

  test('names and links that lead out of a directory lead nowhere', async () => {
    const target = join(at.place, 'out')
    mkdirSync(target)
    symlinkSync(join(at.place, 'work'), join(target, 'src'))
    const before = sight(join(at.place, 'work'))
    at.ok('materialise', 'main', 'out')
    expect(sight(target)).toEqual(before)
    const other = join(at.place, 'forged')
    const sound = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`sound-${i}`, 'new']))
    const refused = [
      ['upwards', '..', 'names no file'],
      ['here', '.', 'names no file'],
      ['nameless', '', 'names no file'],
      ['slash', 'a/b', 'names no file'],
      ['root', '/', 'names no file'],
      ['nul', 'a\0b', 'names no file'],
      ['long', 'x'.repeat(256), 'ENAMETOOLONG'],
      ['wide', '∞'.repeat(86), 'ENAMETOOLONG'],
    ] as const
    await withStore(other, (components) => {
      for (const [head, name] of refused) {
        const forged = { ...sound, [name]: { plan: 'forged' }, deeper: { [name]: 'forged' } }
        const root = StateReference.root(components)(right(State.fromJson(forged)))()
        right(Checkpoint.commit({ head })(root)())
      }
    })
    for (const [head, , said] of refused) {
      for (const to of ['out', 'absent/out'])
        expect(at.refused(1, 'materialise', head, to, '--prune', '--store', other)).toContain(said)
    }
    expect(existsSync(join(at.place, 'absent'))).toBe(false)
    expect(sight(target)).toEqual(before)
    expect(sight(join(at.place, 'work'))).toEqual(before)
  })

  test('a store of a newer version, a damaged store', () => {
    const store = join(at.place, 'newer')
    at.ok('init', '--store', store)
    const format = join(store, 'FORMAT')
    const text = readFileSync(format, 'utf8')
    writeFileSync(format, 'coppice store 999\n')
    expect(at.refused(1, 'log', '--store', store)).toContain('version 999')
    expect(at.refused(1, 'fsck', '--store', store)).toContain('version 999')
    expect(at.refused(1, 'init', '--store', store)).toContain('version 999')
    writeFileSync(format, text)
    at.ok('commit', 'work', '-m', 'x', '--store', store)
    truncateSync(join(store, 'data.mdb'), 5000)
    at.refused(1, 'log', '--store', store)
    at.refused(1, 'fsck', '--store', store)
  })

  test('as JSON, if JSON was asked for', () => {
    const { status, stdout, stderr } = at.run('log', 'absent', '--json')
    expect([status, stdout]).toEqual([1, ''])
    expect(JSON.parse(stderr)).toEqual({ error: 'UnknownName', message: expect.stringContaining('absent') })
  })
})

describe('help', () => {
  test('of all, with every command', () => {
    const help = at.ok('--help')
    for (const { name, summary } of catalogue)
      expect(help).toMatch(new RegExp(`\\b${name} .*${summary.slice(0, 12)}`))
    expect(at.ok()).toBe(help)
  })

  test('of a command, with examples', () => {
    const merge = at.ok('merge', '--help')
    expect(merge).toMatch(/Examples:\n {2}\$ coppice /)
    expect(merge).toContain('--store')
    expect(merge).toContain('--json')
    expect(at.ok('help', 'head', 'move')).toContain('$ coppice head move')
    // Without a command it is what is told of a misuse.
    const help = at.ok()
    for (const flags of [['--json'], ['--store', 'x']])
      expect(at.run(...flags)).toEqual({ status: 2, stdout: '', stderr: help })
  })

  test('every command has examples', async () => {
    const { Command } = await import('commander')
    for (const { name, load } of catalogue) {
      const command = new Command(name)
      let help = ''
      ;(await load()).define(command, () => async () => {})
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
      expect(help).toContain('Examples:\n  $ coppice ')
    }
  })
})
