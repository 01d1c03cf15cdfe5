import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, test } from 'vitest'
import { fromHex } from '../../src/data/Digest.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import { type Json, places, sight } from './shell.js'

const { first, empty, planted, end } = places()
afterAll(end)

/** Loses the block with a digest. */
const damage = async (directory: string, hex: string): Promise<void> => {
  const store = right(await LmdbStore.open(directory)())
  const { disk } = LmdbStore.inside(store)
  const { environment, journal } = disk.tables
  environment.transactionSync(() => journal.removeSync(disk.find(right(fromHex(hex)))))
  right(await store.close())
}

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

describe('a directory', () => {
  test('comes back as it was: bytes, permissions, links, names', () => {
    const at = planted()
    expect(first).toMatchObject({ changed: true, head: 'main', parents: [], files: 15, links: 2 })
    const done = at.json('materialise', 'main', 'back')
    expect(done.removed).toBe(0)
    expect(sight(join(at.place, 'back'))).toEqual(sight(join(at.place, 'work')))
    const again = at.json('commit', 'back', '-m', 'nothing new')
    expect(again).toMatchObject({ changed: false, checkpoint: first.checkpoint })
    const other = at.json('commit', 'back', '-m', 'the same, apart', '--head', 'other')
    expect(other.state).toEqual(first.state)
  })

  test('globs choose, in and out; what is not chosen stays; prune removes', () => {
    const at = planted()
    at.ok(
      'commit',
      'work',
      '-m',
      'text',
      '--head',
      'text',
      '--include',
      '**/*.md',
      '--include',
      'src',
      '--exclude',
      '**/er',
    )
    expect(Object.keys(JSON.parse(at.ok('show', 'text', '--json')).value).sort()).toEqual(['plan.md', 'src'])
    at.write('out/other', 'mine')
    at.ok('materialise', 'main', 'out', '--include', 'odd', '--exclude', '**/7')
    expect(Object.keys(sight(join(at.place, 'out/odd')))).not.toContain('7')
    expect(readFileSync(join(at.place, 'out/other'), 'utf8')).toBe('mine')
    at.ok('materialise', 'main', 'out', '--prune')
    expect(sight(join(at.place, 'out'))).toEqual(sight(join(at.place, 'work')))
  })

  test('the store never takes part, whatever it is called', () => {
    const at = empty()
    at.write('work/a', 'a')
    const store = join('work', '[s]t*re{1}')
    at.ok('init', '--store', store)
    const done = at.json('commit', 'work', '-m', 'a', '--store', store)
    expect(done.files).toBe(1)
    at.ok('materialise', 'main', 'work', '--prune', '--store', store)
    expect(at.ok('log', '--store', store)).toContain(' a\n')
  })

  test('a part of a state keeps the rest', () => {
    const at = planted()
    at.write('docs/one.md', '1')
    at.ok('commit', 'docs', '-m', 'docs', '--at', 'more/docs')
    expect(at.ok('show', 'main', 'more/docs/one.md')).toBe('1')
    expect(at.ok('show', 'main', 'plan.md')).toBe('look\nleap\n')
    at.ok('materialise', 'main', 'part', '--at', 'more/docs')
    expect(Object.keys(sight(join(at.place, 'part')))).toEqual(['one.md'])
  })
})

describe('the store', () => {
  test('export and import', () => {
    const at = planted()
    at.write('work/plan.md', 'leap\n')
    const second = at.json('commit', 'work', '-m', 'second')
    expect(at.json('export', '-o', 'all.car').roots).toEqual([second.checkpoint])
    const there = ['--store', 'there'] as const
    at.ok('init', ...there)
    expect(at.json('import', 'all.car', '--head', 'main', ...there).heads).toEqual([
      { head: 'main', checkpoint: second.checkpoint },
    ])
    at.ok('export', '-o', 'first.car', first.checkpoint.cid)
    expect(at.refused(1, 'import', 'first.car', '--head', 'main', ...there)).toContain('already')
    expect(at.json('log', ...there).map((one: Json) => one.checkpoint)).toEqual([
      second.checkpoint,
      first.checkpoint,
    ])
    const { stdout: car } = at.piped(new Uint8Array(), 'export', '--no-history', 'main')
    const late = ['--store', 'late'] as const
    at.ok('init', ...late)
    const refused = at.piped(car, 'import', '-', ...late)
    expect(refused.status).toBe(1)
    expect(at.json('head', ...late)).toEqual([])
    const { status, stdout } = at.piped(car, 'import', '-', '--shallow', ...late)
    expect([status, stdout.toString().slice(13)]).toEqual([
      0,
      `imported/${second.checkpoint.digest.slice(0, 12)}\n`,
    ])
    at.ok('materialise', second.checkpoint.digest, 'back', ...late)
    expect(sight(join(at.place, 'back'))).toEqual(sight(join(at.place, 'work')))
  })

  test('gc, stats, fsck, compact', () => {
    const at = planted()
    const held = at.json('stats')
    expect(held.heads.map((one: Json) => one.head)).toEqual(['main'])
    expect(held.dedup).toBeGreaterThanOrEqual(0)
    expect(Object.keys(held.readMicroseconds)).toEqual(['p50', 'p95', 'p99', 'most'])
    expect(at.ok('stats')).toContain('reading one, checked')
    at.write(
      'work/large',
      Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) % 251),
    )
    at.ok('commit', 'work', '-m', 'large', '--head', 'large')
    at.ok('head', 'delete', 'large')
    expect(at.json('gc').freed).toBe(0)
    expect(at.json('gc', '--keep', '0').freed).toBeGreaterThan(5)
    expect(at.json('fsck')).toMatchObject({ clean: true, found: 0 })
    expect(at.ok('fsck')).toContain('the store is whole')
    const { before, after } = at.json('compact')
    expect(after).toBeLessThan(before)
    rmSync(join(at.place, 'work/large'))
    expect(at.json('commit', 'work', '-m', 'still the same').changed).toBe(false)
  })

  test('compact --pack', () => {
    const at = planted()
    const shown = at.ok('show', 'main', 'plan.md')
    const { blocks } = at.json('stats')
    const { before, after, packed } = at.json('compact', '--pack')
    expect([after < before, packed]).toEqual([true, blocks])
    expect(at.json('stats').packs.packs).toBe(1)
    expect(at.ok('stats')).toContain('1 pack in it')
    expect(at.ok('show', 'main', 'plan.md')).toBe(shown)
    expect(at.json('fsck')).toMatchObject({ clean: true, found: 0 })
    expect(at.json('commit', 'work', '-m', 'still the same').changed).toBe(false)
    expect(at.json('compact', '--pack', 'history').packed).toBeLessThan(blocks)
    expect(at.run('compact', '--pack', 'some').status).toBe(2)
  })

  test('fsck names what is wrong; repair takes it from a CAR or another store', async () => {
    const at = planted()
    at.ok('export', '-o', 'all.car')
    cpSync(join(at.place, 'store'), join(at.place, 'whole'), { recursive: true })
    for (const from of ['all.car', 'whole']) {
      await damage(join(at.place, 'store'), first.state.digest)
      const { status, stdout } = at.run('fsck', '--json')
      expect(status).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({ clean: false, found: expect.any(Number) })
      expect(stdout).toContain(first.state.digest)
      expect(at.json('fsck', '--repair', from)).toMatchObject({ clean: true, refilled: 1 })
    }
    expect(at.ok('show', 'main', 'plan.md')).toBe('look\nleap\n')
  })

  test('is where it is said to be', () => {
    const at = empty()
    mkdirSync(join(at.place, 'work'))
    expect(at.json('init', '--store', 'here').store).toBe(join(at.place, 'here'))
    at.ok('--store', 'here', 'commit', 'work', '-m', 'empty')
    expect(existsSync(join(at.place, 'store'))).toBe(false)
    expect(at.refused(1, 'log')).toContain('coppice init')
  })
})
