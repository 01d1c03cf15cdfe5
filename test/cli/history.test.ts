import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Json, places, type Shell } from './shell.js'

const { first, planted, end } = places()
const hex: string = first.checkpoint.digest
afterAll(end)

describe('history', () => {
  test('log, names by beginnings, diff, restore', () => {
    const at = planted()
    at.write('work/plan.md', 'look\nthink\nleap\n')
    rmSync(join(at.place, 'work/empty'))
    const second = at.json('commit', 'work', '-m', 'second\nin two lines', '--author', 'me')
    expect(second.parents).toEqual([first.checkpoint])
    const log = at.json('log')
    expect(log.map((one: Json) => [one.message, one.author, one.heads])).toEqual([
      ['second\nin two lines', 'me', ['main']],
      ['first', '', []],
    ])
    expect(at.ok('log', '-n', '1')).toMatch(
      /^[0-9a-f]{12} \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ me \(main\) second\n$/,
    )
    for (const name of [
      hex,
      hex.slice(0, 8).toUpperCase(),
      first.checkpoint.cid,
      first.checkpoint.cid.slice(0, 20),
    ])
      expect(at.json('log', name)[0].checkpoint).toEqual(first.checkpoint)

    const same = at.run('diff', hex, hex.slice(0, 10))
    expect(same).toEqual({ status: 0, stdout: '', stderr: '' })
    const differs = at.run('diff', hex, 'main')
    expect(differs).toEqual({ status: 1, stdout: 'D empty\nM plan.md\n', stderr: '' })
    const patch = at.run('diff', hex, 'main', '--patch')
    expect(patch.stdout).toContain('think')
    const json = JSON.parse(at.run('diff', hex, 'main', '--patch', '--json').stdout)
    expect(json).toMatchObject({ equal: false, counts: { remove: 1, change: 1 } })
    expect(json.patch).toHaveLength(2)

    expect(json.changes).toEqual([
      { path: ['empty'], change: 'D' },
      { path: ['plan.md'], change: 'M' },
    ])

    const restored = at.json('restore', 'main', hex.slice(0, 12))
    expect(restored.state).toEqual(first.state)
    expect(at.json('log')).toHaveLength(3)
  })

  test('branch and heads', () => {
    const at = planted()
    at.ok('branch', 'idea')
    at.ok('head', 'create', 'agents/ann', hex.slice(0, 9))
    at.write('work/plan.md', 'leap\n')
    const next = at.json('commit', 'work', '-m', 'leap', '--head', 'idea')
    at.ok('head', 'move', 'agents/ann', 'idea')
    expect(at.json('head', 'list')).toEqual([
      { head: 'agents/ann', checkpoint: next.checkpoint },
      { head: 'idea', checkpoint: next.checkpoint },
      { head: 'main', checkpoint: first.checkpoint },
    ])
    at.ok('head', 'delete', 'agents/ann', '--expect', 'idea')
    expect(
      at
        .ok('head')
        .split('\n')
        .map((line) => line.slice(14)),
    ).toEqual(['idea', 'main', ''])
    expect(at.json('log', '--all').map((one: Json) => one.message)).toEqual(['leap', 'first'])
  })

  test('operations, undo, redo', () => {
    const at = planted()
    at.ok('branch', 'idea')
    at.write('work/plan.md', 'leap\n')
    const second = at.json('commit', 'work', '-m', 'second')
    const undone = at.json('undo')
    expect(undone).toMatchObject({
      kind: 'undo',
      moves: [{ head: 'main', before: second.checkpoint, after: first.checkpoint }],
    })
    // What only an undone operation holds can still be named.
    expect(at.ok('show', second.checkpoint.digest.slice(0, 10), 'plan.md')).toBe('leap\n')
    expect(at.json('redo').moves).toEqual([
      { head: 'main', before: first.checkpoint, after: second.checkpoint },
    ])
    const operations = at.json('operations')
    expect(operations.map((one: Json) => one.kind)).toEqual(['redo', 'undo', 'commit', 'head', 'commit'])
    expect(at.ok('operations', '-n', '2').trim().split('\n')).toHaveLength(2)
    at.ok('undo', operations[3].operation.slice(0, 10))
    expect(at.json('head').map((one: Json) => one.head)).toEqual(['main'])
    at.ok('undo', '--to', operations[4].operation.slice(0, 4))
    expect(at.json('head')).toEqual([{ head: 'main', checkpoint: first.checkpoint }])
  })
})

describe('times', () => {
  test('log since, heads as of, and the end of history', () => {
    const at = planted()
    at.write('work/plan.md', 'leap\n')
    const second = at.json('commit', 'work', '-m', 'second')
    const [{ time }] = at.json('log')
    const [, begun] = at.json('operations')
    const since = new Date(time).toISOString()
    const before = new Date(begun.time).toISOString().replace('Z', '')
    expect(at.json('log', '--since', since).map((one: Json) => one.message)).toEqual(['second'])
    expect(at.json('log', '--since', '2001-01-31')).toHaveLength(2)
    expect(at.json('head', 'list', '--as-of', before)).toEqual([
      { head: 'main', checkpoint: first.checkpoint },
    ])
    expect(at.ok('head', 'list', 'no', '--as-of', before)).toBe('')
    expect(at.json('head', 'list', '--as-of', '2001-01-31')).toEqual([])

    expect(at.json('prune', 'main', '-n', '1').ends).toEqual([second.checkpoint])
    expect(at.json('log')).toHaveLength(2)
    at.ok('undo')
    expect(at.ok('prune', '--since', since)).toMatch(/^history ends behind [0-9a-f]{12}\n$/)
    at.ok('gc', '--keep', '0')
    expect(at.json('log').map((one: Json) => one.message)).toEqual(['second'])
  })
})

describe('merge', () => {
  let at: Shell
  beforeAll(() => {
    at = planted()
    at.ok('branch', 'idea')
    at.write('work/plan.md', 'look twice\nleap\n')
    at.ok('commit', 'work', '-m', 'ours')
    at.write('work/plan.md', 'look\nleap\nland\n')
    at.write('work/new', 'new\n')
    at.ok('commit', 'work', '-m', 'theirs', '--head', 'idea')
  })

  test('by lines, once', () => {
    expect(at.json('merge', 'main', 'idea', '-m', 'both')).toMatchObject({
      merged: true,
      outcome: 'Committed',
    })
    expect(at.ok('show', 'main', 'plan.md')).toBe('look twice\nleap\nland\n')
    expect(at.ok('show', 'main', 'new')).toBe('new\n')
    expect(at.json('merge', 'main', 'idea').outcome).toBe('UpToDate')
    expect(at.json('merge', 'idea', 'main').outcome).toBe('FastForward')
  })

  test('with conflicts: listed, kept in a file, decided, resumed', () => {
    at.write('work/plan.md', 'A\n')
    at.ok('commit', 'work', '-m', 'A')
    at.write('work/plan.md', 'B\n')
    at.ok('commit', 'work', '-m', 'B', '--head', 'idea')
    const before = at.ok('head')
    const listed = at.run('merge', 'main', 'idea')
    expect(listed.status).toBe(1)
    expect(listed.stdout).toContain('C plan.md\n')
    const json = JSON.parse(at.run('merge', 'main', 'idea', '--conflicts', 'conflicts.json', '--json').stdout)
    expect(json.merged).toBe(false)
    expect(json.conflicts).toEqual([
      { path: ['plan.md'], base: ['look twice\nleap\nland\n'], ours: ['A\n'], theirs: ['B\n'] },
    ])
    at.refused(1, 'merge', 'main', 'idea', '--conflicts', 'conflicts.json')
    expect(at.run('merge', '--resume', 'conflicts.json').status).toBe(1)
    expect(at.ok('head')).toBe(before)
    const file = join(at.place, 'conflicts.json')
    const pending = JSON.parse(readFileSync(file, 'utf8'))
    for (const broken of ['!!', 'QUI=x', 'QUI==', 'Q-_A']) {
      pending.conflicts[0].take = { value: [{ '/': { bytes: broken } }] }
      writeFileSync(file, JSON.stringify(pending))
      expect(at.refused(1, 'merge', '--resume', 'conflicts.json')).toMatch(
        /conflicts\.json.*plan\.md.*\[0\]: .*base64/,
      )
    }
    pending.conflicts[0].take = { value: 'A and B\n' }
    writeFileSync(file, JSON.stringify(pending))
    expect(at.json('merge', '--resume', 'conflicts.json', '--author', 'Bob').merged).toBe(true)
    expect(at.json('log', '-n', '1')[0].author).toBe('Bob')
    expect(at.ok('show', 'main', 'plan.md')).toBe('A and B\n')
    at.ok('undo')
    expect(at.ok('head')).toBe(before)
    at.ok('merge', 'main', 'idea', '--take', 'theirs')
    expect(at.ok('show', 'main', 'plan.md')).toBe('B\n')
    expect(at.refused(1, 'merge', '--resume', 'conflicts.json')).toContain('has moved')
  })
})

describe('show, prove, verify', () => {
  const at = planted()
  test('show prints files as they are, directories as names', () => {
    expect(at.ok('show', 'main', 'run')).toBe('#!/bin/sh\n')
    expect(at.ok('show', 'main', 'private/key')).toBe('secret')
    expect(at.ok('show', 'main', 'odd/line\nbreak')).toBe('called line\nbreak\n')
    expect(at.ok('show', 'main', '["odd","7"]')).toBe('called 7\n')
    expect(at.ok('show', 'main', './link')).toBe('-> plan.md\n')
    expect(at.ok('show', 'main', 'odd/').split('\n')).toContain('line\\u000abreak')
    expect(Buffer.from(at.piped(new Uint8Array(), 'show', 'main', 'bytes.bin').stdout)).toEqual(
      readFileSync(join(at.place, 'work/bytes.bin')),
    )
    expect(at.json('show', 'main', 'not-utf8').value).toEqual({ '/': { bytes: 'Yf8' } })
  })

  test('a proof needs no store, and proves one thing', () => {
    const { stdout: proof } = at.piped(new Uint8Array(), 'prove', 'main', 'private/key')
    const nowhere = ['--store', join(at.place, 'absent')] as const
    const verified = at.piped(proof, 'verify', hex, 'private/key', ...nowhere)
    expect([verified.status, verified.stdout.toString()]).toEqual([0, 'secret'])
    const json = at.piped(proof, 'verify', first.checkpoint.cid, 'private/key', '--json')
    expect(JSON.parse(json.stdout.toString())).toEqual({
      valid: true,
      path: ['private', 1, 'key'],
      present: true,
      value: [0o600, 'secret'],
    })
    const absence = at.json('prove', 'main', 'private/lock')
    const absent = at.piped(Buffer.from(absence.proof, 'base64'), 'verify', hex, 'private/lock')
    expect([absent.status, absent.stdout.toString()]).toEqual([0, 'nothing stands at private/lock\n'])
    const forged = Uint8Array.from(proof)
    forged[forged.length - 1]! ^= 1
    for (const [bytes, digest, path] of [
      [forged, hex, 'private/key'],
      [proof, hex, 'src/deep/er/index.ts'],
      [proof, `${hex.slice(0, -1)}${hex.endsWith('0') ? '1' : '0'}`, 'private/key'],
    ] as const) {
      const { status, stderr, stdout } = at.piped(bytes, 'verify', digest, path)
      expect([status, stdout.length]).toEqual([1, 0])
      expect(stderr).toMatch(/^coppice: the proof is not valid: .*\n$/)
    }
  })

  describe('of a part', () => {
    const content = Array.from({ length: 8000 }, (_, i) => `${i} is line ${i * i}\n`).join('')
    const proofOf = (...args: ReadonlyArray<string>): Uint8Array =>
      at.piped(new Uint8Array(), 'prove', 'long', ...args).stdout
    const bytes = Uint8Array.from({ length: 50_000 }, (_, i) => (i * i) >> 3)
    let digest = ''
    beforeAll(() => {
      at.write('long/text', content)
      at.write('long/run', content, 0o755)
      at.write('long/bytes', Uint8Array.of(...bytes, 255))
      digest = at.json('commit', 'long', '-m', 'long', '--head', 'long').checkpoint.digest
    })

    test('has what it is about, and little else', () => {
      const range = ['--range', '70000..70100'] as const
      for (const [path, part] of [
        ['text', content.slice(70_000, 70_100)],
        ['run', content.slice(70_000, 70_100)],
      ] as const) {
        const proof = proofOf(path, ...range)
        expect(proof.length).toBeLessThan(proofOf(path).length / 5)
        const { status, stdout, stderr } = at.piped(proof, 'verify', digest, path, ...range)
        expect([status, stdout.toString(), stderr]).toEqual([0, part, ''])
      }
      const some = ['bytes', '--range', '49990..50001'] as const
      expect(Buffer.from(at.piped(proofOf(...some), 'verify', digest, ...some).stdout)).toEqual(
        Buffer.of(...bytes.slice(49_990), 255),
      )
    })

    test('as JSON', () => {
      const part = ['run', '--range', '0..4'] as const
      const question = { path: ['run', 1], range: { from: 0, to: 4 } }
      const proved = at.json('prove', 'long', ...part)
      expect(proved).toMatchObject({ checkpoint: { digest }, ...question })
      const { stdout } = at.piped(Buffer.from(proved.proof, 'base64'), 'verify', digest, ...part, '--json')
      const answer = { valid: true, ...question, present: true, value: content.slice(0, 4) }
      expect(JSON.parse(stdout.toString())).toEqual(answer)
    })

    test('that is not there', () => {
      for (const [path, range] of [
        ['text', `0..${content.length + 1}`],
        ['none', '0..1'],
      ] as const) {
        const part = [path, '--range', range] as const
        const { status, stdout } = at.piped(proofOf(...part), 'verify', digest, ...part)
        const said = `nothing stands at ${path}, from 0 to ${range.slice(3)}\n`
        expect([status, stdout.toString()]).toEqual([0, said])
      }
    })

    test('is refused if it is forged, or about another part', () => {
      const range = ['--range', '70000..70100'] as const
      const proof = proofOf('text', ...range)
      const forgeries = [40, proof.length >> 1, proof.length - 1].map((position) =>
        proof.map((byte, i) => (i === position ? byte ^ 1 : byte)),
      )
      const said = (bytes: Uint8Array, ...args: ReadonlyArray<string>): void => {
        const { status, stdout, stderr } = at.piped(bytes, 'verify', digest, ...args)
        expect([status, stdout.length]).toEqual([1, 0])
        expect(stderr).toMatch(/^coppice: the proof is not valid: [^\n]+\n$/)
      }
      for (const bytes of [...forgeries, proof.slice(0, -1), proofOf('text')]) said(bytes, 'text', ...range)
      said(proof, 'text', '--range', '0..100')
      said(proof, 'text')
      said(proof, 'bytes', '--range', '0..100')
    })
  })
})
