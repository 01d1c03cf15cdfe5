/** The same work by git, in a repository of its own: porcelain, plumbing and fast-import. */
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inDirectory } from '../store/directory.js'
import { nameOf, text, timed } from './work.js'

export interface Git {
  readonly directory: string
  readonly run: (args: ReadonlyArray<string>, input?: string) => string
  readonly write: (file: number, content: number) => void
}

export const hasGit = (): boolean => spawnSync('git', ['--version']).status === 0

/** A repository with so many files, committed. Nothing of whoever runs this counts: neither settings nor repositories. */
export const repository = (files: number, work: (git: Git) => Promise<void>): Promise<void> =>
  inDirectory(async (directory) => {
    const who = { NAME: 'bench', EMAIL: 'bench@localhost' }
    const env = {
      PATH: process.env['PATH'],
      HOME: directory,
      GIT_CONFIG_NOSYSTEM: '1',
      ...Object.fromEntries(
        ['AUTHOR', 'COMMITTER'].flatMap((role) =>
          Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value]),
        ),
      ),
    }
    const run: Git['run'] = (args, input = '') =>
      execFileSync('git', args, {
        cwd: directory,
        env,
        input,
        stdio: ['pipe', 'pipe', 'ignore'],
        maxBuffer: 2 ** 30,
      })
        .toString()
        .trim()
    run(['init', '--quiet', '--initial-branch=main'])
    run(['config', 'gc.auto', '0'])
    for (let n = 0; n < files; n++) writeFileSync(join(directory, nameOf(n)), text(n))
    run(['add', '-A'])
    run(['commit', '--quiet', '--allow-empty', '-m', 'begin'])
    await work({
      directory,
      run,
      write: (file, content) => writeFileSync(join(directory, nameOf(file)), text(content + file)),
    })
  })

/** `git add` and `git commit` of files that stand there; ms. */
export const added = (git: Git, names: ReadonlyArray<string>): number =>
  timed(() => {
    git.run(['add', '--', ...names])
    git.run(['commit', '--quiet', '-m', 'change'])
  })

/** The same without a working tree being looked at: objects, an index, a tree, a commit, a ref; ms. */
export const indexed = (git: Git, names: ReadonlyArray<string>): number =>
  timed(() => {
    const blobs = git.run(['hash-object', '-w', '--stdin-paths'], names.join('\n')).split('\n')
    const index = names.map((name, i) => `100644 ${blobs[i]}\t${name}`).join('\n')
    git.run(['update-index', '--add', '--index-info'], `${index}\n`)
    committed(git, git.run(['write-tree']), ['HEAD'])
  })

/** A commit of a tree, at which the head of the repository is put. */
export const committed = (git: Git, tree: string, parents: ReadonlyArray<string>): void => {
  const commit = git.run([
    'commit-tree',
    tree,
    ...parents.flatMap((parent) => ['-p', parent]),
    '-m',
    'change',
  ])
  git.run(['update-ref', 'HEAD', commit])
}

const written = (git: Git, files: ReadonlyArray<number>, content: number): ReadonlyArray<string> => {
  for (const file of files) git.write(file, content)
  return files.map(nameOf)
}

/** A commit of other content of some files, which are written first; ms without that. */
export const porcelain = (git: Git, files: ReadonlyArray<number>, content: number): number =>
  added(git, written(git, files, content))

/** The same by `indexed`. */
export const plumbing = (git: Git, files: ReadonlyArray<number>, content: number): number =>
  indexed(git, written(git, files, content))

export const ways = [
  ['git', porcelain],
  ['git plumbing', plumbing],
] as const

/** Brings the working tree to each of some commits; ms. */
export const checkouts = [
  ['git', (git: Git, commit: string) => timed(() => git.run(['checkout', '--quiet', '--force', commit]))],
  [
    'git plumbing',
    (git: Git, commit: string) => timed(() => git.run(['read-tree', '--reset', '-u', commit])),
  ],
] as const

export interface Commit {
  readonly branch: string
  /** Another branch that it begins at; by default it goes on where its own stands. */
  readonly from?: string
  readonly files: ReadonlyArray<readonly [name: string, content: string]>
}

/** Commits as `git fast-import` reads them. */
export const stream = (commits: Iterable<Commit>): string => {
  const parts: Array<string> = []
  for (const { branch, from, files } of commits) {
    parts.push(`commit refs/heads/${branch}\ncommitter bench <bench@localhost> 1700000000 +0000\ndata 0\n`)
    if (from !== undefined) parts.push(`from refs/heads/${from}\n`)
    for (const [name, content] of files) {
      parts.push(`M 100644 inline ${name}\ndata ${Buffer.byteLength(content)}\n${content}\n`)
    }
  }
  return `${parts.join('')}\ndone\n`
}

export const fastImport = (git: Git, input: string): number =>
  timed(() => git.run(['fast-import', '--quiet', '--done', '--force'], input))
