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

/** `git add` and `git commit` of files that were written; ms. */
export const porcelain = (git: Git, files: ReadonlyArray<number>, content: number): number => {
  for (const file of files) git.write(file, content)
  return timed(() => {
    git.run(['add', '--', ...files.map(nameOf)])
    git.run(['commit', '--quiet', '-m', 'change'])
  })
}

/** The same without a working tree being looked at: objects, an index, a tree, a commit, a ref; ms. */
export const plumbing = (git: Git, files: ReadonlyArray<number>, content: number): number => {
  for (const file of files) git.write(file, content)
  return timed(() => {
    const names = files.map(nameOf)
    const blobs = git.run(['hash-object', '-w', '--stdin-paths'], names.join('\n')).split('\n')
    const index = names.map((name, i) => `100644 ${blobs[i]}\t${name}`).join('\n')
    git.run(['update-index', '--add', '--index-info'], `${index}\n`)
    const tree = git.run(['write-tree'])
    const commit = git.run(['commit-tree', tree, '-p', 'HEAD', '-m', 'change'])
    git.run(['update-ref', 'refs/heads/main', commit])
  })
}

/** Commits as `git fast-import` reads them. */
export const stream = (
  commits: Iterable<{ readonly branch: string; readonly files: ReadonlyArray<readonly [string, string]> }>,
): string => {
  const parts: Array<string> = []
  for (const { branch, files } of commits) {
    parts.push(`commit refs/heads/${branch}\ncommitter bench <bench@localhost> 1700000000 +0000\ndata 0\n`)
    for (const [name, content] of files) {
      parts.push(`M 100644 inline ${name}\ndata ${Buffer.byteLength(content)}\n${content}\n`)
    }
  }
  return `${parts.join('')}\ndone\n`
}

export const fastImport = (git: Git, input: string): number =>
  timed(() => git.run(['fast-import', '--quiet', '--done', '--force'], input))
