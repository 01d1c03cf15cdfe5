/** Corpora of files: what the installed packages hold, and what becomes of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { type Chance, chance } from '../../src/cli/job/chance.js'
import { edited, line } from '../../src/cli/job/edits.js'
import { byteLength, type Content, type File, read, treeOf } from '../../src/cli/job/workspace.js'
import { State } from '../../src/index.js'
import type { Corpus, Edit, Step } from './Corpus.js'

type Files = Map<string, Content>

const SEPARATOR = '/'

/** A package may be so large that git alone would take minutes. */
const MOST_BYTES = 4e6

const filesIn = (directory: string): Files => {
  const workspace = read(directory)
  if (E.isLeft(workspace)) throw new Error(workspace.left)
  return new Map(workspace.right.files.map(({ path, content }) => [path.join(SEPARATOR), content]))
}

const asFiles = (files: Files): File[] =>
  [...files].map(([path, content]) => ({ path: path.split(SEPARATOR), content }))

const under = (prefix: string, files: Files): Files =>
  new Map([...files].map(([path, content]) => [prefix + SEPARATOR + path, content]))

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

const major = ({ version }: Installed): number => Number.parseInt(version, 10)

/** Real: whatever is installed in more than one version. All start at the older one and are upgraded one by one. */
export const upgrades = (): Corpus => {
  const byName = new Map<string, Installed[]>()
  for (const found of installed(dirname(home('fp-ts')))) {
    const group = byName.get(found.name)
    if (group === undefined) byName.set(found.name, [found])
    else group.push(found)
  }
  let state: Files = new Map()
  const upgraded: Array<readonly [string, Files]> = []
  for (const [name, group] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [older, newer] = [...group].sort((a, b) => major(a) - major(b))
    if (older === undefined || newer === undefined || older.version === newer.version) continue
    const [before, after] = [filesIn(older.directory), filesIn(newer.directory)]
    const bytes = [...before.values(), ...after.values()].reduce((sum, file) => sum + byteLength(file), 0)
    if (bytes > MOST_BYTES) continue
    const prefix = name.replace(SEPARATOR, '+')
    state = new Map([...state, ...under(prefix, before)])
    upgraded.push([prefix, under(prefix, after)])
  }
  if (upgraded.length === 0) throw new Error('no package is installed in two versions')
  const versions = [state]
  for (const [prefix, after] of upgraded) {
    const kept = [...state].filter(([path]) => !path.startsWith(prefix + SEPARATOR))
    state = new Map([...kept, ...after])
    versions.push(state)
  }
  return corpus('upgrades', versions)
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
