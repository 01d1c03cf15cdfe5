/** A tree of files, taken in and written out again. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as StateReference from '../../src/branch/StateReference.js'
import * as State from '../../src/trie/State.js'
import * as Directory from '../../src/vst/Directory.js'
import * as Vst from '../../src/vst/Vst.js'
import type { Options } from '../Bench.js'
import { inDirectory } from '../store/directory.js'
import type { Figure } from '../store/Figure.js'
import { hasGit, repository } from './git.js'
import { engine, get, nameOf, right, text, timed } from './work.js'

type Report = (figure: Figure) => void

const A_FOLDER = 100

const plant = (directory: string, files: number): void => {
  for (let n = 0; n < files; n++) {
    const folder = join(directory, `folder-${Math.floor(n / A_FOLDER)}`)
    if (n % A_FOLDER === 0) mkdirSync(folder)
    writeFileSync(join(folder, nameOf(n)), text(n))
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
      row('coppice', 'materialise again, nothing changed,', performance.now() - began)
    })
  })
  if (!hasGit()) return
  await repository(0, async (git) => {
    plant(git.directory, files)
    row(
      'git',
      'import and commit',
      timed(() => {
        git.run(['add', '-A'])
        git.run(['commit', '--quiet', '-m', 'tree'])
      }),
    )
    row(
      'git',
      'materialise',
      timed(() => git.run(['worktree', 'add', '--quiet', '--detach', join(git.directory, '.target')])),
    )
  })
}
