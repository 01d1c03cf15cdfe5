/** Corpora of files: what the installed packages hold, and what becomes of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { type Chance, chance } from '../../src/cli/job/chance.js'
import { edited, line } from '../../src/cli/job/edits.js'
import { type Content, type File, read, treeOf } from '../../src/cli/job/workspace.js'
import { State } from '../../src/index.js'
import type { Corpus, Edit, Step } from './Corpus.js'

type Files = Map<string, Content>

const SEPARATOR = '/'

const filesIn = (directory: string): Files => {
  const workspace = read(directory)
  if (E.isLeft(workspace)) throw new Error(workspace.left)
  return new Map(workspace.right.files.map(({ path, content }) => [path.join(SEPARATOR), content]))
}

const asFiles = (files: Files): File[] =>
  [...files].map(([path, content]) => ({ path: path.split(SEPARATOR), content }))

const put = (path: string, content: Content | null): Edit =>
  content === null ? State.remove(path.split(SEPARATOR)) : State.set(path.split(SEPARATOR), content)

/** The step from some files to others. Directories left empty are no part of a workspace and must not come about. */
const stepOf = (before: Files, after: Files): Step => {
  const changes = new Map<string, Content | null>()
  for (const path of before.keys()) if (!after.has(path)) changes.set(path, null)
  for (const [path, content] of after) {
    const old = before.get(path)
    if (old === undefined || Buffer.compare(Buffer.from(old), Buffer.from(content)) !== 0)
      changes.set(path, content)
  }
  return { changes, edits: [...changes].map(([path, content]) => put(path, content)) }
}

const withLine = (content: Content, dice: Chance): Content => {
  if (typeof content !== 'string') return edited(content, dice)
  const lines = content.split('\n')
  lines.splice(dice.below(lines.length), 0, line(dice))
  return lines.join('\n')
}

const corpus = (seed: string, versions: ReadonlyArray<Files>): Corpus => {
  const first = versions[0]!
  const last = versions.at(-1)!
  const paths = [...last.keys()].sort()
  return {
    start: treeOf(asFiles(first)),
    files: first,
    steps: versions.slice(1).map((after, i) => stepOf(versions[i]!, after)),
    end: treeOf(asFiles(last)),
    another: (k) => {
      const dice = chance(seed, 'another', k)
      const path = paths[dice.below(paths.length)]!
      return put(path, withLine(last.get(path)!, dice))
    },
  }
}

/** The directory of an installed package. */
const home = (name: string): string => {
  let directory = dirname(fileURLToPath(import.meta.resolve(name)))
  for (;;) {
    const manifest = join(directory, 'package.json')
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === name) return directory
    const above = dirname(directory)
    if (above === directory) throw new Error(`${name} is not installed`)
    directory = above
  }
}

interface Installed {
  readonly name: string
  readonly version: string
  readonly directory: string
}

const installed = (modules: string): ReadonlyArray<Installed> =>
  readdirSync(modules, { withFileTypes: true }).flatMap((entry): ReadonlyArray<Installed> => {
    if (!entry.isDirectory() || entry.name.startsWith('.')) return []
    const directory = join(modules, entry.name)
    if (entry.name.startsWith('@')) return installed(directory)
    const manifest = join(directory, 'package.json')
    const nested = join(directory, 'node_modules')
    const { name, version } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {}
    return [
      ...(typeof name === 'string' && typeof version === 'string' ? [{ name, version, directory }] : []),
      ...(existsSync(nested) ? installed(nested) : []),
    ]
  })

const byVersion = (a: Installed, b: Installed): number =>
  a.version.localeCompare(b.version, 'en', { numeric: true })

/** Real: the versions of one package, all of which are installed, one after another. */
export const versions = (): Corpus => {
  const found = installed(dirname(home('fp-ts'))).filter(({ name }) => name === 'immutable')
  if (found.length < 2) throw new Error('immutable is not installed in several versions')
  return corpus(
    'versions',
    found.toSorted(byVersion).map(({ directory }) => filesIn(directory)),
  )
}

/** Of the files of a package, the share that a release touches. */
const TOUCHED = 0.1

/** Made: a package, and releases that change the lines of a tenth of its files, and its version in the manifest. */
export const releases = (count: number): Corpus => {
  let files = filesIn(home('fp-ts'))
  const versions = [files]
  for (let release = 1; release <= count; release++) {
    const dice = chance('releases', release)
    const next = new Map(files)
    for (const [path, content] of files) {
      if (!dice.happens(TOUCHED)) continue
      const content2 = edited(content, dice)
      next.set(path, dice.happens(0.3) ? edited(content2, dice) : content2)
    }
    next.set(
      'package.json',
      (files.get('package.json') as string).replace(
        /"version": "[^"]*"/,
        `"version": "2.16.${11 + release}"`,
      ),
    )
    next.set(
      `notes/${release}.md`,
      `# 2.16.${11 + release}\n${Array.from({ length: 12 }, () => line(dice)).join('\n')}\n`,
    )
    files = next
    versions.push(files)
  }
  return corpus('releases', versions)
}

/** Made: a directory, and one file of it after the other edited in one to four places. */
export const edits = (count: number): Corpus => {
  let files = filesIn(home('@rimbu/hashed'))
  const versions = [files]
  const paths = [...files.keys()]
  for (let k = 0; k < count; k++) {
    const dice = chance('edits', k)
    const path = paths[dice.below(paths.length)]!
    files = new Map(files).set(path, edited(files.get(path)!, dice))
    versions.push(files)
  }
  return corpus('edits', versions)
}
