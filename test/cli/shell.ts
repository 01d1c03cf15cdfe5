/** `coppice` as people run it: each call is a new process. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

export const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

// biome-ignore lint/suspicious/noExplicitAny: what a test says of it is what it checks
export type Json = any

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Shell {
  readonly place: string
  readonly run: (...args: ReadonlyArray<string>) => Ran
  /** What it prints where it has to succeed, and say nothing of failures. */
  readonly ok: (...args: ReadonlyArray<string>) => string
  /** The same with `--json`. */
  readonly json: (...args: ReadonlyArray<string>) => Json
  /** The one line in which it is refused. */
  readonly refused: (status: 1 | 2, ...args: ReadonlyArray<string>) => string
  /** Bytes in, bytes out. */
  readonly piped: (
    input: Uint8Array,
    ...args: ReadonlyArray<string>
  ) => { status: number | null; stdout: Uint8Array; stderr: string }
  readonly begun: (...args: ReadonlyArray<string>) => ChildProcess
  readonly write: (path: string, content: string | Uint8Array, mode?: number) => void
  readonly end: () => void
}

/** In a directory of its own; a copy of another one's, if there is one. */
export const shell = (like?: Shell): Shell => {
  const place = mkdtempSync(join(tmpdir(), 'coppice-cli-'))
  if (like !== undefined) cpSync(like.place, place, { recursive: true, verbatimSymlinks: true })
  const env = { ...process.env, COPPICE_STORE: join(place, 'store') }
  const options = { cwd: place, env } as const
  const run: Shell['run'] = (...args) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      ...options,
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }
  const ok: Shell['ok'] = (...args) => {
    const { status, stdout, stderr } = run(...args)
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    return stdout
  }
  return {
    place,
    run,
    ok,
    json: (...args) => JSON.parse(ok(...args, '--json')),
    refused: (wanted, ...args) => {
      const { status, stdout, stderr } = run(...args)
      expect({ status, stdout }).toEqual({ status: wanted, stdout: '' })
      expect(stderr).toMatch(args.includes('--json') ? /^\{[^\n]+\}\n$/ : /^coppice: [^\n]+\n$/)
      return stderr
    },
    piped: (input, ...args) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { ...options, input })
      return { status, stdout, stderr: stderr.toString() }
    },
    begun: (...args) =>
      spawn(process.execPath, [MAIN, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }),
    write: (path, content, mode = 0o644) => {
      const file = join(place, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      chmodSync(file, mode)
    },
    end: () => rmSync(place, { recursive: true, force: true }),
  }
}

/** A small directory with all that is odd about files. */
export const plant = ({ place, write }: Shell, name: string): string => {
  const root = join(place, name)
  write(`${name}/plan.md`, 'look\nleap\n')
  write(`${name}/src/deep/er/index.ts`, 'export const n = 1\n'.repeat(300))
  write(`${name}/empty`, '')
  write(`${name}/run`, '#!/bin/sh\n', 0o755)
  write(`${name}/private/key`, 'secret', 0o600)
  write(
    `${name}/bytes.bin`,
    Uint8Array.from({ length: 2000 }, (_, i) => (i * 7) % 256),
  )
  write(`${name}/not-utf8`, Uint8Array.of(0x61, 0xff))
  for (const odd of [
    'two words',
    'Größe ∞',
    'line\nbreak',
    `quote'"`,
    '[glob]*{a,b}',
    '__proto__',
    '-dash',
    '7',
  ])
    write(`${name}/odd/${odd}`, `called ${odd}\n`)
  chmodSync(join(root, 'private'), 0o700)
  mkdirSync(join(root, 'nothing'))
  symlinkSync('plan.md', join(root, 'link'))
  symlinkSync('../../nowhere', join(root, 'dangling'))
  return root
}

/** All that there is to see of a directory: kinds, permissions, contents, targets, by path. */
export const sight = (root: string, below = ''): Record<string, string> => {
  const seen: Record<string, string> = Object.create(null)
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = join(below, name)
    const stat = lstatSync(join(root, path))
    const mode = (stat.mode & 0o777).toString(8)
    if (stat.isSymbolicLink()) seen[path] = `link ${readlinkSync(join(root, path))}`
    else if (stat.isDirectory()) Object.assign(seen, { [path]: `directory ${mode}` }, sight(root, path))
    else seen[path] = `file ${mode} ${readFileSync(join(root, path)).toString('hex')}`
  }
  return seen
}

export interface Places {
  /** The answer of the first commit in each place that is planted. */
  readonly first: Json
  readonly empty: () => Shell
  /** With a store that has one commit of an odd directory, `work`. */
  readonly planted: () => Shell
  readonly end: () => void
}

/** Places for tests to change, each its own. */
export const places = (): Places => {
  const pattern = shell()
  const made = [pattern]
  plant(pattern, 'work')
  pattern.ok('init')
  const first = pattern.json('commit', 'work', '-m', 'first')
  const kept = (one: Shell): Shell => {
    made.push(one)
    return one
  }
  return {
    first,
    empty: () => kept(shell()),
    planted: () => kept(shell(pattern)),
    end: () => {
      for (const one of made) one.end()
    },
  }
}
