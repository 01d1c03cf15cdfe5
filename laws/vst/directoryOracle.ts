/** What globs take of a tree, and what a directory becomes, by the definition and with no care for cost. */
import fc from 'fast-check'
import type { Globs } from '../../src/vst/Directory.js'
import { type DirectoryTree, directoryOf, type Tree } from './directoryTrees.js'

const inName = (glob: string, name: string): boolean => {
  if (glob === '') return name === ''
  if (glob[0] === '*') {
    return inName(glob.slice(1), name) || (name !== '' && inName(glob, name.slice(1)))
  }
  return name !== '' && (glob[0] === '?' || glob[0] === name[0]) && inName(glob.slice(1), name.slice(1))
}

const inPath = (globs: ReadonlyArray<string>, names: ReadonlyArray<string>): boolean => {
  const [glob, ...rest] = globs
  if (glob === undefined) return names.length === 0
  if (glob === '**') {
    return inPath(rest, names) || (names.length > 0 && inPath(globs, names.slice(1)))
  }
  return names.length > 0 && inName(glob, names[0]!) && inPath(rest, names.slice(1))
}

const matches = (glob: string, path: ReadonlyArray<string>): boolean => inPath(glob.split('/'), path)

/** Whether a path takes part. */
export type Takes = (path: ReadonlyArray<string>) => boolean

export const takesOf =
  ({ include, exclude = [] }: Globs): Takes =>
  (path) => {
    const prefixes = path.map((_, i) => path.slice(0, i + 1))
    return (
      (include === undefined || prefixes.some((prefix) => include.some((glob) => matches(glob, prefix)))) &&
      !prefixes.some((prefix) => exclude.some((glob) => matches(glob, prefix)))
    )
  }

/** What takes part of a tree; directories on the way to it stay. */
export const taken = (tree: DirectoryTree, takes: Takes, path: ReadonlyArray<string> = []): DirectoryTree => {
  const entries: Array<readonly [string, Tree]> = []
  for (const [name, one] of tree.entries) {
    const here = [...path, name]
    if (one.kind !== 'directory') {
      if (takes(here)) entries.push([name, one])
    } else {
      const inner = taken(one, takes, here)
      if (takes(here) || inner.entries.size > 0) entries.push([name, inner])
    }
  }
  return directoryOf(entries, tree.mode)
}

/** What stays of an entry that is to go; `null` for nothing. */
const left = (tree: Tree, takes: Takes, path: ReadonlyArray<string>): Tree | null => {
  if (tree.kind !== 'directory') return takes(path) ? null : tree
  const entries: Array<readonly [string, Tree]> = []
  for (const [name, one] of tree.entries) {
    const stays = left(one, takes, [...path, name])
    if (stays !== null) entries.push([name, stays])
  }
  return entries.length === 0 && takes(path) ? null : directoryOf(entries, tree.mode)
}

/** What a directory becomes, or `null` where a directory would have to give way that is to stay. */
export const become = (
  before: DirectoryTree,
  state: DirectoryTree,
  takes: Takes,
  prune: boolean,
  path: ReadonlyArray<string> = [],
): DirectoryTree | null => {
  const entries: Array<readonly [string, Tree]> = []
  for (const name of new Set([...before.entries.keys(), ...state.entries.keys()])) {
    const here = [...path, name]
    const [old, next] = [before.entries.get(name), state.entries.get(name)]
    if (next === undefined) {
      const stays = prune ? left(old!, takes, here) : old!
      if (stays !== null) entries.push([name, stays])
    } else if (next.kind !== 'directory') {
      if (old?.kind === 'directory' && (!prune || left(old, takes, here) !== null)) return null
      entries.push([name, next])
    } else if (old === undefined || old.kind !== 'directory') {
      if (old !== undefined && !takes(here)) return null
      entries.push([name, next])
    } else {
      const inner = become(old, next, takes, prune, here)
      if (inner === null) return null
      entries.push([name, { ...inner, mode: takes(here) ? next.mode : old.mode }])
    }
  }
  return directoryOf(entries, before.mode)
}

const segments = fc.constantFrom('a', 'b', 'sub', '*', '**', '*.ts', '.*', 'a*', '?', '*b', 'x*', '??')

const glob = fc.array(segments, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))

export const globs: fc.Arbitrary<Globs> = fc.record(
  { include: fc.array(glob, { maxLength: 3 }), exclude: fc.array(glob, { maxLength: 2 }) },
  { requiredKeys: [] },
)
