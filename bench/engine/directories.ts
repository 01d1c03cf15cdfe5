/** A tree of files, taken in and written out again. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as StateReference from '../../src/branch/StateReference.js'
import * as State from '../../src/trie/State.js'
import * as Directory from '../../src/vst/Directory.js'
import * as Vst from '../../src/vst/Vst.js'
import type { Options } from '../Bench.js'
import { inDirectory } from '../store/directory.js'
import { added, hasGit, indexed, repository } from './git.js'
import { engine, get, nameOf, type Report, right, text, timed } from './work.js'

const A_FOLDER = 100

const AGAIN = 'materialise again, nothing changed,'

const pathOf = (n: number): string => `folder-${Math.floor(n / A_FOLDER)}/${nameOf(n)}`

const plant = (directory: string, files: number): void => {
  for (let n = 0; n < files; n++) {
    const file = join(directory, pathOf(n))
    if (n % A_FOLDER === 0) mkdirSync(dirname(file))
    writeFileSync(file, text(n))
  }
}

export const directories = async ({ quick }: Options, report: Report): Promise<void> => {
  const files = quick ? 1000 : 10_000
  const row = (subject: string, metric: string, value: number): void =>
    report({ subject, n: files, metric: `${metric} n files`, unit: 'ms', value })
  await inDirectory(async (directory) => {
    const source = join(directory, 'source')
    mkdirSync(source)
    plant(source, files)
    await engine('disk', async (vst) => {
      const reference = StateReference.root(vst.components)(State.empty)()
      let began = performance.now()
      right(await Directory.importFrom(source, [])(reference)())
      get(Vst.commit({ head: 'main' })(reference)(vst))
      row('coppice', 'import and commit', performance.now() - began)
      began = performance.now()
      right(await Directory.materialise([], join(directory, 'target'))(reference)())
      row('coppice', 'materialise', performance.now() - began)
      began = performance.now()
      right(await Directory.materialise([], join(directory, 'target'))(reference)())
      row('coppice', AGAIN, performance.now() - began)
    })
  })
  if (!hasGit()) return
  const names = Array.from({ length: files }, (_, n) => pathOf(n))
  for (const [subject, commit, materialise] of [
    ['git', added, (target: string) => ['worktree', 'add', '--quiet', '--detach', target]],
    ['git plumbing', indexed, (target: string) => ['checkout-index', '--all', `--prefix=${target}/`]],
  ] as const) {
    await repository(0, async (git) => {
      const target = join(git.directory, '.target')
      plant(git.directory, files)
      row(subject, 'import and commit', commit(git, subject === 'git' ? ['.'] : names))
      row(
        subject,
        'materialise',
        timed(() => git.run(materialise(target))),
      )
      if (subject !== 'git') return
      row(
        subject,
        AGAIN,
        timed(() => git.run(['-C', target, 'checkout', '--quiet', '--force', 'HEAD'])),
      )
    })
  }
}
