import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Json, type Shell, shell } from './shell.js'

let at: Shell
beforeAll(() => {
  at = shell()
  at.ok('init')
})
afterAll(() => at.end())

const ended = async (child: ReturnType<Shell['begun']>) => {
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'exit'),
  ])
  return { status, stdout, stderr }
}

describe('several at once', () => {
  test('commits on one head all land, one after another', async () => {
    const names = ['ann', 'bob', 'eve']
    for (const name of names) at.write(`${name}/file`, `${name}\n`.repeat(1000))
    const children = names.map((name) => at.begun('commit', name, '-m', name, '--at', name, '--json'))
    const done = await Promise.all(children.map(ended))
    expect(done.map(({ status, stderr }) => [status, stderr])).toEqual(names.map(() => [0, '']))
    const log: ReadonlyArray<Json> = at.json('log')
    expect(log.map(({ message }) => message).sort()).toEqual(names)
    expect(new Set(log.map(({ checkpoint }) => checkpoint.digest))).toEqual(
      new Set(done.map(({ stdout }) => JSON.parse(stdout).checkpoint.digest)),
    )
    at.ok('materialise', 'main', 'all')
    for (const name of names)
      expect(readFileSync(join(at.place, 'all', name, 'file'), 'utf8')).toBe(`${name}\n`.repeat(1000))
    expect(at.json('operations').filter(({ kind }: Json) => kind === 'commit')).toHaveLength(3)
  })

  test('of two that make one head, one is told', async () => {
    const done = await Promise.all([at.begun('branch', 'idea'), at.begun('branch', 'idea')].map(ended))
    expect(done.map(({ status }) => status).sort()).toEqual([0, 1])
    expect(done.map(({ stderr }) => stderr).join('')).toBe('coppice: there is a head called "idea" already\n')
  })
})

describe('a reader that has seen enough', () => {
  test.each([['show', 'main', 'large'], ['export']])('%s', async (...args) => {
    at.write(
      'large/large',
      Uint8Array.from({ length: 4_000_000 }, (_, i) => (i * i * 31) >> 5),
    )
    at.ok('commit', 'large', '-m', 'large', '--at', 'all')
    const child = at.begun(
      ...args.filter((one) => one !== undefined).map((one) => (one === 'large' ? 'all/large' : one)),
    )
    await once(child.stdout!, 'data')
    child.stdout!.destroy()
    const [stderr, [status]] = await Promise.all([text(child.stderr!), once(child, 'exit')])
    expect([status, stderr]).toEqual([0, ''])
  })

  test('leaves the store to others at once', () => {
    at.ok('gc')
    at.ok('compact')
  })
})
