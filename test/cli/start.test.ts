import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const START = fileURLToPath(new URL('../../dist/src/cli/start.js', import.meta.url))

let place: string
let workspace: string

const put = (path: string, content: string | Uint8Array): void => {
  const file = join(workspace, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

const start = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [START, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** What two runs must have in common: all but times and memory. */
const content = (file: string) => {
  const { options, figures } = JSON.parse(readFileSync(file, 'utf8'))
  const { workspace, whole, unique, alike, stored, verified, fingerprint } = figures
  // How the file of the store grows depends on how the collector and the commits meet.
  const { bytes, blocks } = stored
  return { options, workspace, whole, unique, alike, bytes, blocks, verified, fingerprint }
}

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'coppice-start-'))
  workspace = join(place, 'workspace')
  for (let i = 0; i < 12; i++) put(`src/part${i}/index.ts`, `export const n = ${i}\n`.repeat(40 + i))
  put('README.md', '# Größe → ∞\n')
  put('empty', '')
  put('__proto__', 'an ordinary name\n')
  put('deep/er/constructor', 'another\n')
  put(
    'binary.bin',
    Uint8Array.from({ length: 600 }, (_, i) => i % 256),
  )
  put('not-utf8.txt', Uint8Array.of(0x61, 0xff, 0x62))
  // Left out: fetched again, or not a file.
  put('node_modules/other/index.js', 'never read')
  symlinkSync(place, join(workspace, 'outside'))
})

afterAll(() => {
  rmSync(place, { recursive: true, force: true })
})

describe('a run', () => {
  test('compares every agent, prints the table and writes the figures', () => {
    const file = join(place, 'figures.json')
    const { status, stdout, stderr } = start('--workspace', workspace, '--agents', '20', '--json', file)
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout).toContain(
      'verified: 20 agents, opened again by another process, compared with plain copies, 0 mismatches',
    )
    for (const figure of ['branch', 'memory saved', 'dedup', 'commit an agent', 'materialise an agent'])
      expect(stdout).toContain(figure)
    const { options, figures, targets } = JSON.parse(readFileSync(file, 'utf8'))
    expect(options).toEqual({ workspace, agents: 20, edits: 0.1, seed: 1 })
    expect(figures.workspace.files).toBe(18)
    expect(figures.verified).toEqual({ agents: 20, mismatches: 0 })
    expect(figures.unique).toBeLessThan(figures.whole)
    expect(figures.stored.bytes).toBeGreaterThanOrEqual(figures.unique)
    expect(figures.memory.copied).toBe(20)
    const { builds, hits, mismatches } = figures.objects
    // Each text file of the workspace, and its index, at least; what no agent edited is found again.
    expect(builds).toBeGreaterThanOrEqual(17)
    expect(hits).toBeGreaterThan(builds)
    expect(mismatches).toBe(0)
    expect(stdout).toContain(
      `materialised: text files and indices of some agents, compared with what is built anew: ${builds} built`,
    )
    for (const name of ['branch', 'memory saved', 'dedup'])
      expect(targets.map((target: { figure: string }) => target.figure)).toContain(name)
  })

  test('is the same for the same seed, and another for another', () => {
    const files = ['7', '7', '-8'].map((seed, i) => {
      const file = join(place, `seed-${i}.json`)
      const args = [
        '--workspace',
        workspace,
        '--agents',
        '8',
        '--edits',
        '0.5',
        '--seed',
        seed,
        '--json',
        file,
      ]
      expect(start(...args).status).toBe(0)
      return content(file)
    })
    expect(files[1]).toEqual(files[0])
    expect(files[2]?.fingerprint).not.toBe(files[0]?.fingerprint)
  })

  test.each(['0', '1'])('verifies with a share of %s edited', (edits) => {
    const { status, stdout } = start('--workspace', workspace, '--agents', '5', '--edits', edits)
    expect(status).toBe(0)
    expect(stdout).toContain(
      'verified: 5 agents, opened again by another process, compared with plain copies, 0 mismatches',
    )
  })

  test('keeps the store that was named, and goes on in it', () => {
    const store = join(place, 'store')
    const args = ['--workspace', workspace, '--agents', '3', '--store', store]
    for (const _ of [1, 2]) {
      const { status, stdout } = start(...args)
      expect(status).toBe(0)
      expect(stdout).toContain('compared with plain copies, 0 mismatches')
    }
    expect(existsSync(join(store, 'FORMAT'))).toBe(true)
  })

  test('is told in one line that a directory is no store', () => {
    const { status, stderr } = start('--workspace', workspace, '--agents', '3', '--store', workspace)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^coppice: [^\n]*no store of coppice\n$/)
    expect(existsSync(join(workspace, 'FORMAT'))).toBe(false)
  })

  test('takes an installed package where no workspace is named', () => {
    const { status, stdout } = start('--agents', '2')
    expect(status).toBe(0)
    expect(stdout).toContain('verified: 2 agents')
  })
})

describe('one line and exit code 2', () => {
  const refused = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = start(...args)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^coppice: [^\n]+\n$/)
    return stderr
  }

  test.each([
    ['--agents', '-5'],
    ['--agents', '0'],
    ['--agents', '2.5'],
    ['--agents', 'many'],
    ['--agents', ''],
    ['--edits', '1.01'],
    ['--edits', '-0.1'],
    ['--edits', 'NaN'],
    ['--seed', '1.5'],
    ['--seed', '9007199254740993'],
  ])('%s %j', (flag, value) => {
    expect(refused(flag, value)).toContain(flag)
  })

  test('an unknown flag, a flag without its value, an argument too many', () => {
    expect(refused('--fast')).toContain('--fast')
    expect(refused('--agents')).toContain('--agents')
    refused('--agents', '3', 'extra')
  })

  test('a workspace that is not there, is a file, or is empty', () => {
    const absent = join(place, 'absent')
    expect(refused('--workspace', absent)).toContain(absent)
    expect(refused('--workspace', join(workspace, 'README.md'))).toContain('README.md')
    const empty = join(place, 'nothing', 'in', 'it')
    mkdirSync(empty, { recursive: true })
    expect(refused('--workspace', join(place, 'nothing'))).toContain('holds no files')
  })

  test('a file that cannot be written, before anything else is done', () => {
    const nowhere = join(place, 'absent', 'figures.json')
    expect(refused('--workspace', workspace, '--json', nowhere)).toContain(nowhere)
    expect(refused('--workspace', workspace, '--json', place)).toContain(place)
    const trace = join(place, 'trace.json')
    refused('--workspace', join(place, 'absent'), '--json', trace)
    expect(existsSync(trace)).toBe(false)
  })
})
