/**
 * Trees of files as data: drawn, put into the file system and read from it by the plainest means, and as the value that
 * they are in a state.
 */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Value } from '../../src/data/Value.js'
import { fromPairs } from '../arbitraries.js'

export interface FileTree {
  readonly kind: 'file'
  readonly mode: number
  readonly content: Uint8Array
}
export interface LinkTree {
  readonly kind: 'link'
  readonly target: string
}
export interface DirectoryTree {
  readonly kind: 'directory'
  readonly mode: number
  readonly entries: ReadonlyMap<string, Tree>
}
export type Tree = FileTree | LinkTree | DirectoryTree

export const directoryOf = (entries: Iterable<readonly [string, Tree]>, mode = 0o755): DirectoryTree => ({
  kind: 'directory',
  mode,
  entries: new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1))),
})

export const fileOf = (text: string, mode = 0o644): FileTree => ({
  kind: 'file',
  mode,
  content: new TextEncoder().encode(text),
})

/** Files, links and directories below a directory. */
export const countOf = ({ entries }: DirectoryTree): number =>
  [...entries.values()].reduce((sum, tree) => sum + 1 + (tree.kind === 'directory' ? countOf(tree) : 0), 0)

// -------------------------------------------------------------------------------------
// the file system
// -------------------------------------------------------------------------------------

/** Puts a tree's entries into a directory that is there. */
export const plant = (directory: string, { entries }: DirectoryTree): void => {
  for (const [name, tree] of entries) {
    const path = `${directory}/${name}`
    if (tree.kind === 'link') symlinkSync(tree.target, path)
    else {
      if (tree.kind === 'file') writeFileSync(path, tree.content)
      else {
        mkdirSync(path)
        plant(path, tree)
      }
      chmodSync(path, tree.mode)
    }
  }
}

const found = (path: string): Tree => {
  const stats = lstatSync(path)
  if (stats.isSymbolicLink()) return { kind: 'link', target: readlinkSync(path) }
  const mode = stats.mode & 0o777
  return stats.isFile()
    ? { kind: 'file', mode, content: new Uint8Array(readFileSync(path)) }
    : { ...survey(path), mode }
}

/** What is in a directory. Of the directory itself nothing is told. */
export const survey = (directory: string): DirectoryTree =>
  directoryOf(readdirSync(directory).map((name) => [name, found(`${directory}/${name}`)] as const))

/** Where a law works: directories side by side, of which it may touch the first two. */
export interface Site {
  readonly from: string
  readonly to: string
  readonly outside: string
}

const open = (directory: string): void => {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    chmodSync(`${directory}/${entry.name}`, 0o700)
    open(`${directory}/${entry.name}`)
  }
}

/** Uses a site and removes it. */
export const onSite = async <A>(use: (site: Site) => Promise<A>): Promise<A> => {
  const whole = mkdtempSync(join(realpathSync(tmpdir()), 'coppice-directory-'))
  const [from, to, outside] = ['from', 'to', 'outside'].map((name) => join(whole, name)) as [
    string,
    string,
    string,
  ]
  for (const directory of [from, to, outside]) mkdirSync(directory)
  try {
    return await use({ from, to, outside })
  } finally {
    open(whole)
    rmSync(whole, { recursive: true, force: true })
  }
}

// -------------------------------------------------------------------------------------
// values
// -------------------------------------------------------------------------------------

const contentOf = (bytes: Uint8Array): string | Uint8Array => {
  const text = Buffer.from(bytes).toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : bytes
}

/** A tree as the value that stands for it. */
export const asValue = (tree: Tree): Value => {
  switch (tree.kind) {
    case 'file': {
      const content = contentOf(tree.content)
      return tree.mode === 0o644 ? content : [tree.mode, content]
    }
    case 'link':
      return ['link', tree.target]
    case 'directory': {
      const entries = entriesOf(tree)
      return tree.mode === 0o755 ? entries : [tree.mode, entries]
    }
  }
}

/** A directory's entries, whatever its own permissions. */
export const entriesOf = ({ entries }: DirectoryTree): { readonly [name: string]: Value } =>
  fromPairs([...entries].map(([name, tree]) => [name, asValue(tree)] as const))

// -------------------------------------------------------------------------------------
// arbitraries
// -------------------------------------------------------------------------------------

const isName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name) && Buffer.byteLength(name) <= 200

const names: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'a.ts', 'b.ts', 'sub', '.hidden') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '__proto__',
      'constructor',
      'with space',
      '-rf',
      '--',
      '...',
      'a\\b',
      'line\nbreak',
      '*',
      '[a]',
      '!a',
      '~',
      'link',
      'ž',
      '漢字',
      '🎉',
      '\ufeff',
      'k'.repeat(200),
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).filter(isName) },
)

const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/** Files of every size that is treated in a way of its own, and text that only just is or is not UTF-8. */
const contents: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }).map(utf8) },
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes)) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      new Uint8Array(0),
      utf8('\ufeffbom'),
      utf8('a\0b'),
      new Uint8Array([0xff]),
      new Uint8Array([0xf0, 0x9f, 0x8e]),
      new Uint8Array([0xed, 0xa0, 0x80]),
    ),
  },
  { weight: 2, arbitrary: fc.integer({ min: 200, max: 9000 }).map((n) => utf8('line é\n'.repeat(n / 7))) },
)

/** Over what is read whole, a character and its half at the end. */
const large: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.integer({ min: 0, max: 3 }))
  .map(([shift, isCut, odd]) => {
    const bytes = Buffer.from(`${'x'.repeat(shift)}${'🎉é'.repeat(45_000)}🎉`)
    if (odd === 3) bytes[100_000] = 0xff
    return new Uint8Array(isCut ? bytes.subarray(0, -1) : bytes)
  })

const fileModes = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0o644) },
  { weight: 1, arbitrary: fc.constantFrom(0o755, 0o600, 0o664, 0o444, 0o777, 0o700) },
)
const directoryModes = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0o755) },
  { weight: 1, arbitrary: fc.constantFrom(0o700, 0o775, 0o555, 0o777) },
)

const file = (content: fc.Arbitrary<Uint8Array>): fc.Arbitrary<FileTree> =>
  fc.tuple(fileModes, content).map(([mode, bytes]) => ({ kind: 'file', mode, content: bytes }))

const links: fc.Arbitrary<LinkTree> = fc
  .oneof(
    fc.constantFrom(
      'a',
      '..',
      '.',
      '../..',
      '/',
      '../outside',
      'nowhere',
      'a/../../outside',
      '漢 字',
      '/dev/null',
      't'.repeat(700),
    ),
    fc.string({ minLength: 1, maxLength: 20 }).filter((target) => !target.includes('\0')),
  )
  .map((target) => ({ kind: 'link', target }))

const entriesFrom = (
  name: fc.Arbitrary<string>,
  leaf: fc.Arbitrary<Tree>,
  depth: number,
): fc.Arbitrary<DirectoryTree> => {
  const entry: fc.Arbitrary<Tree> =
    depth === 0
      ? leaf
      : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 2, arbitrary: entriesFrom(name, leaf, depth - 1) })
  return fc
    .tuple(fc.uniqueArray(fc.tuple(name, entry), { selector: ([one]) => one, maxLength: 5 }), directoryModes)
    .map(([entries, mode]) => directoryOf(entries, mode))
}

/** Trees of all kinds of entries under odd names. */
export const trees: fc.Arbitrary<DirectoryTree> = entriesFrom(
  names,
  fc.oneof(
    { weight: 12, arbitrary: file(contents) },
    { weight: 4, arbitrary: links },
    { weight: 1, arbitrary: file(large) },
  ),
  3,
)

/** Trees over few names and contents, so that two of them meet. */
export const likeTrees: fc.Arbitrary<DirectoryTree> = entriesFrom(
  fc.constantFrom('a', 'b', 'ab', '.a', 'a.ts', 'b.ts', 'sub', 'x\ny'),
  fc.oneof(
    { weight: 4, arbitrary: file(fc.constantFrom('', 'one', 'two').map(utf8)) },
    { weight: 1, arbitrary: links },
  ),
  3,
)
