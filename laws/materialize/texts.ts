/** Arbitraries of texts and directories of them, and of pairs of which the second is an edit of the first. */
import fc from 'fast-check'
import type { Value } from '../../src/data/Value.js'

/** Few, so that they meet. */
const WORDS: ReadonlyArray<string> = [
  'state',
  'branch',
  'merge',
  'digest',
  'block',
  'trie',
  'constructor',
  'žluť',
]

const line = fc
  .array(fc.constantFrom(...WORDS), { minLength: 0, maxLength: 8 })
  .map((words) => `${words.join(' ')}\n`)

/** From nothing to some hundred lines: inline, one block, and many. */
const text: fc.Arbitrary<string> = fc
  .tuple(fc.array(line, { maxLength: 40, size: 'max' }), fc.constantFrom(1, 1, 1, 8), fc.boolean())
  .map(([lines, times, ended]) => lines.join('').repeat(times) + (ended ? '' : 'end'))

/** Where, how much, and by what, all as parts of the whole. */
const change = fc.tuple(
  fc.nat({ max: 1000 }).map((part) => part / 1000),
  fc.nat({ max: 60 }),
  fc.array(line, { maxLength: 2 }),
)

const edited = (
  before: string,
  changes: ReadonlyArray<readonly [number, number, ReadonlyArray<string>]>,
): string =>
  changes.reduce((so, [at, count, lines]) => {
    const from = Math.floor(at * so.length)
    return (so.slice(0, from) + lines.join('') + so.slice(from + count)).toWellFormed()
  }, before)

const texts: fc.Arbitrary<readonly [string, string]> = fc
  .tuple(text, fc.array(change, { maxLength: 3 }))
  .map(([before, changes]) => [before, edited(before, changes)])

const names = fc.constantFrom('a', 'b', 'c.ts', 'd.md', '__proto__', '')

type Files = ReadonlyArray<readonly [string, string, readonly [string, string]]>

/** Files under two levels of names. */
const files: fc.Arbitrary<Files> = fc.array(fc.tuple(names, names, texts), { minLength: 1, maxLength: 6 })

const directoryOf = (
  all: Files,
  take: (pair: readonly [string, string], i: number) => string | null,
): Value => {
  const folders = new Map<string, Map<string, Value>>()
  for (const [i, [folder, name, pair]] of all.entries()) {
    const content = take(pair, i)
    if (content === null) continue
    const there = folders.get(folder) ?? new Map<string, Value>()
    folders.set(folder, there.set(name, content))
  }
  return Object.fromEntries([...folders].map(([folder, inner]) => [folder, Object.fromEntries(inner)]))
}

/** Some files edited, some gone, some new. */
const directories: fc.Arbitrary<readonly [Value, Value]> = fc
  .tuple(
    files,
    fc.array(fc.constantFrom('edit', 'edit', 'stay', 'go', 'come'), { minLength: 6, maxLength: 6 }),
  )
  .map(([all, fates]) => [
    directoryOf(all, ([before], i) => (fates[i] === 'come' ? null : before)),
    directoryOf(all, ([before, after], i) =>
      fates[i] === 'go' ? null : fates[i] === 'edit' || fates[i] === 'come' ? after : before,
    ),
  ])

const directory: fc.Arbitrary<Value> = directories.map(([before]) => before)

export const editedTexts = { WORDS, text, texts, directory, directories } as const
