/**
 * A `SearchIndex` finds words in the text files of a directory: a map whose texts are files and whose maps are directories.
 * What it finds are passages of a few lines, the best first (BM25+, by MiniSearch).
 *
 * An index can be brought forward by a patch in the time that the changed passages take, and the index of before stays what
 * it was. MiniSearch edits in place, so versions of one index share one engine: the version that was asked last holds it,
 * and each other knows what differs from a version on the way there. Asking another version changes the engine by that
 * (H. Baker, Shallow Binding Makes Functional Arrays Fast, 1991). Going to and fro between versions costs what differs
 * between them each time.
 *
 * Laws: `factoryLaws`.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { SearchIndex } from 'coppice'
 *
 * const index = SearchIndex.fromFiles({ src: { 'a.ts': 'export const answer = 42\n' }, 'b.md': 'A question\n' })
 * const [hit] = SearchIndex.search('answer')(index)
 * assert.deepStrictEqual([hit?.path, hit?.line], [['src', 'a.ts'], 0])
 * ```
 */
import { Map as ImmutableMap } from 'immutable'
import MiniSearch from 'minisearch'
import type { Value } from '../../data/Value.js'
import * as Fetch from '../../trie/Fetch.js'
import type { Patch } from '../../trie/Patch.js'
import * as Component from '../Component.js'
import * as Factory from '../Factory.js'
import { type Passage, recut } from './passages.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

declare const brand: unique symbol

export interface SearchIndex {
  readonly [brand]: 'SearchIndex'
}

export interface Hit {
  readonly path: ReadonlyArray<string>
  /** Where the passage begins, from 0. */
  readonly line: number
  readonly text: string
  readonly score: number
  /** Words of the query that it has. */
  readonly terms: ReadonlyArray<string>
}

export interface SearchOptions {
  /** Hits at most; 20. */
  readonly limit?: number
  /** Words that begin with one of the query count, too. */
  readonly prefix?: boolean
  /** Words within this share of their length in edits count, too. */
  readonly fuzzy?: number
}

/** The passages of a file, under its path as text. */
type Files = ImmutableMap<string, ReadonlyArray<Passage>>

/** What all versions of one index share. */
class Core {
  readonly engine = new MiniSearch<Passage>({ fields: ['text'], autoVacuum: false })
  readonly passages = new Map<number, Passage>()
  private last = 0
  readonly nextId = (): number => this.last++
  change(out: ReadonlyArray<Passage>, into: ReadonlyArray<Passage>): void {
    for (const passage of out) {
      this.engine.remove(passage)
      this.passages.delete(passage.id)
    }
    for (const passage of into) {
      this.engine.add(passage)
      this.passages.set(passage.id, passage)
    }
  }
}

/** What has to happen to the engine of another version to make it that of this one. */
interface Way {
  readonly from: Version
  readonly out: ReadonlyArray<Passage>
  readonly in: ReadonlyArray<Passage>
}

class Version implements SearchIndex {
  declare readonly [brand]: 'SearchIndex'
  readonly core: Core
  readonly files: Files
  /** UTF-16 code units of all files. */
  readonly length: number
  /** `null` for the version that holds the engine. */
  private way: Way | null
  constructor(core: Core, files: Files, length: number, way: Way | null) {
    this.core = core
    this.files = files
    this.length = length
    this.way = way
  }
  /** The engine, as this version sees it. */
  engine(): MiniSearch<Passage> {
    const versions: Array<Version> = []
    for (let at: Version = this; at.way !== null; at = at.way.from) versions.push(at)
    for (const version of versions.reverse()) {
      const { from, out, in: into } = version.way!
      this.core.change(out, into)
      version.way = null
      from.way = { from: version, out: into, in: out }
    }
    return this.core.engine
  }
}

const inside = (index: SearchIndex): Version => index as Version

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** Calls `visit` for each text below a value that is reached by maps alone. */
const texts = (
  value: Value,
  path: ReadonlyArray<string>,
  visit: (path: ReadonlyArray<string>, text: string) => void,
): void => {
  if (typeof value === 'string') visit(path, value)
  else if (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  ) {
    for (const [key, inner] of Object.entries(value)) texts(inner as Value, [...path, key], visit)
  }
}

const nameOf = (path: ReadonlyArray<string>): string => JSON.stringify(path)

/** O(text). @category constructors */
export const fromFiles = (directory: Value): SearchIndex => {
  const core = new Core()
  let length = 0
  const files: Array<readonly [string, ReadonlyArray<Passage>]> = []
  texts(directory, [], (path, text) => {
    const { passages } = recut([], path, text, core.nextId)
    core.change([], passages)
    files.push([nameOf(path), passages])
    length += text.length
  })
  return new Version(core, ImmutableMap(files), length, null)
}

// -------------------------------------------------------------------------------------
// asking
// -------------------------------------------------------------------------------------

const DEFAULT_LIMIT = 20
/** Digits of a score: sums that were made in another order differ behind them. */
const DIGITS = 6

const lineOf = (passages: ReadonlyArray<Passage>, passage: Passage): number => {
  let line = 0
  for (const each of passages) {
    if (each === passage) break
    line += each.lines
  }
  return line
}

const byScore = (x: Hit, y: Hit): number => {
  if (x.score !== y.score) return y.score - x.score
  const [a, b] = [nameOf(x.path), nameOf(y.path)]
  return a === b ? x.line - y.line : a < b ? -1 : 1
}

/** Passages with words of the query, the best first; equally good ones by path and line. */
export const search =
  (query: string, { limit = DEFAULT_LIMIT, prefix, fuzzy }: SearchOptions = {}) =>
  (index: SearchIndex): ReadonlyArray<Hit> => {
    const version = inside(index)
    const found = version.engine().search(query, {
      ...(prefix === undefined ? {} : { prefix }),
      ...(fuzzy === undefined ? {} : { fuzzy }),
    })
    return found
      .map(({ id, score, queryTerms }): Hit => {
        const passage = version.core.passages.get(id as number)!
        const { path, text } = passage
        return {
          path,
          line: lineOf(version.files.get(nameOf(path)) ?? [], passage),
          text,
          score: Number(score.toPrecision(DIGITS)),
          terms: [...queryTerms].sort(),
        }
      })
      .sort(byScore)
      .slice(0, limit)
  }

/** Files in the index. O(1). */
export const fileCount = (index: SearchIndex): number => inside(index).files.size

// -------------------------------------------------------------------------------------
// bringing forward
// -------------------------------------------------------------------------------------

/** The files that a patch changes, with their texts after it; `null` for one that is gone. */
const rewritten = (
  { files }: Version,
  patch: Patch,
): ReadonlyMap<string, { readonly path: ReadonlyArray<string>; readonly text: string | null }> => {
  const after = new Map<string, { readonly path: ReadonlyArray<string>; readonly text: string | null }>()
  const set = (path: ReadonlyArray<string>, text: string | null) => after.set(nameOf(path), { path, text })
  const textAt = (path: ReadonlyArray<string>): string | null => {
    const name = nameOf(path)
    const changed = after.get(name)
    if (changed !== undefined) return changed.text
    return (
      files
        .get(name)
        ?.map(({ text }) => text)
        .join('') ?? null
    )
  }
  for (const operation of patch) {
    if (operation.path.some((key) => typeof key !== 'string')) continue
    const path = operation.path as ReadonlyArray<string>
    if (operation.op === 'splice') {
      const text = textAt(path)
      const { position, removed, inserted } = operation
      if (text === null || typeof inserted !== 'string') continue
      set(path, text.slice(0, position) + inserted + text.slice(position + removed.length))
      continue
    }
    if (operation.op !== 'add') texts(operation.before, path, (at) => set(at, null))
    if (operation.op !== 'remove') texts(operation.after, path, set)
  }
  return after
}

const applyDelta = (index: SearchIndex, patch: Patch): Fetch.Fetch<never, SearchIndex> => {
  const version = inside(index)
  const out: Array<Passage> = []
  const into: Array<Passage> = []
  let { length } = version
  const files = version.files.withMutations((next) => {
    for (const [name, { path, text }] of rewritten(version, patch)) {
      const before = next.get(name) ?? []
      const change = recut(before, path, text ?? '', version.core.nextId)
      for (const passage of change.out) length -= passage.text.length
      for (const passage of change.in) length += passage.text.length
      out.push(...change.out)
      into.push(...change.in)
      if (text === null) next.delete(name)
      else next.set(name, change.passages)
    }
  })
  return Fetch.of(new Version(version.core, files, length, { from: version, out, in: into }))
}

/**
 * Bytes of an engine for each unit of text: 5 to 7 were measured with source code. Versions that share an engine are
 * counted as if each had its own, since any of them may be the last that keeps it.
 */
const BYTES_A_UNIT = 8

/** @category factories */
export const factory: Factory.Factory<SearchIndex, Value> = Factory.pure({
  type: Factory.type<SearchIndex>('search index'),
  read: Component.value,
  create: fromFiles,
  estimateSize: (index) => 10_000 + BYTES_A_UNIT * inside(index).length,
  applyDelta,
})
