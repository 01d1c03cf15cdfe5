/** What git needs for the same states: a commit each, packed. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Changes, Corpus } from './Corpus.js'

/** Bytes of all files in a directory. */
export const sizeOf = (directory: string): number =>
  readdirSync(directory, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(directory, entry.name)
    return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size)
  }, 0)

/** A commit in the language of `git fast-import`, on top of the one before. */
const commit = (changes: Changes, k: number): ReadonlyArray<Buffer> => [
  Buffer.from(
    `commit refs/heads/main\ncommitter bench <bench@localhost> ${1_700_000_000 + k} +0000\ndata 0\n`,
  ),
  ...[...changes].flatMap(([path, content]) => {
    if (content === null) return [Buffer.from(`D ${path}\n`)]
    const bytes = Buffer.from(content)
    return [Buffer.from(`M 100644 inline ${path}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n')]
  }),
]

/** Bytes of the objects of a repository with all states, after `git gc`; `null` if there is no git. */
export const gitBytes = ({ files, steps }: Corpus): number | null => {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-dedup-'))
  // Nothing of whoever runs this: neither their settings nor a repository that this one might lie in.
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_DIR: join(directory, 'repository'),
  }
  const git = (args: readonly string[], input?: Buffer): void => {
    execFileSync('git', args, {
      cwd: directory,
      env,
      input: input ?? '',
      stdio: ['pipe', 'ignore', 'ignore'],
    })
  }
  try {
    try {
      git(['init', '-q', '--bare'])
    } catch {
      return null
    }
    const stream = [files, ...steps.map(({ changes }) => changes)].flatMap(commit)
    git(['fast-import', '--quiet'], Buffer.concat(stream))
    git(['gc', '-q'])
    return sizeOf(join(env.GIT_DIR, 'objects'))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
