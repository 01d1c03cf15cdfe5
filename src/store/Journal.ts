/**
 * A `Journal` is what happened to a store, in order, and nothing else: every count is a fold of it.
 *
 * Blocks go by number. Each entry says all that it does to the counts: a cut names the parents that it lets go, a
 * sweep the links that the block still held. So an entry means the same wherever a journal is split.
 *
 * Laws (`laws/store/journalLaws.ts`):
 * 1. `concat` is associative with `empty` as its unit — "journals are a monoid".
 * 2. `fromEntries(entries(j))` equals `j` — "a journal is its entries".
 * 3. `Ledger.fold(entries(a <> b))` equals `fold(entries(a)) <> fold(entries(b))` — "the ledger is a homomorphism"
 *    (`laws/store/ledgerLaws.ts`).
 *
 * In memory a journal is one array of 32-bit words (`internal/words.ts`).
 */
import type { Eq as EqOf } from 'fp-ts/lib/Eq.js'
import type { Monoid as MonoidOf } from 'fp-ts/lib/Monoid.js'
import {
  COMMIT,
  CUT,
  extent,
  HEAD,
  HEADER,
  NONE,
  PIN,
  PUT,
  SHARED,
  SWEEP,
  type Tag,
  tagAt,
  timeAt,
  UNPIN,
  Writer,
} from './internal/words.js'

/** A block was stored: `+1` for each link and each parent, as often as it stands there. */
export interface Put {
  readonly _tag: 'Put'
  readonly number: number
  readonly links: ReadonlyArray<number>
  readonly parents: ReadonlyArray<number>
}

/** A head moved: `−1` for `old`, `+1` for `next`; `null` where there is no block. */
export interface HeadMove {
  readonly _tag: 'HeadMove'
  readonly name: string
  readonly old: number | null
  readonly next: number | null
}

/** `+times`. A transaction pins once an entry; a snapshot writes all of a block's pins as one. */
export interface Pin {
  readonly _tag: 'Pin'
  readonly number: number
  readonly times: number
}

/** `−1`. */
export interface Unpin {
  readonly _tag: 'Unpin'
  readonly number: number
}

/** History ended here: `−1` for each parent. */
export interface Cut {
  readonly _tag: 'Cut'
  readonly number: number
  readonly parents: ReadonlyArray<number>
}

/** A block was freed: `−1` for each link that it still held, parents too unless they were cut. */
export interface Sweep {
  readonly _tag: 'Sweep'
  readonly number: number
  readonly links: ReadonlyArray<number>
}

/** When a block's count first reached two, carried over by a snapshot; counts nothing. */
export interface Shared {
  readonly _tag: 'Shared'
  readonly number: number
  readonly time: number
}

/** The end of a transaction and its time, ms; counts nothing. */
export interface Commit {
  readonly _tag: 'Commit'
  readonly time: number
}

export type Entry = Put | HeadMove | Pin | Unpin | Cut | Sweep | Shared | Commit

/** Entries as words; see `internal/words.ts`. Numbers are below 2^31. */
export interface Journal {
  readonly words: Int32Array
  /** How many entries. */
  readonly size: number
  /** The heads' names, by the index that stands for each. */
  readonly names: ReadonlyArray<string>
}

// -------------------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------------------

/** What a writer holds now: a copy. O(length). */
export const fromWriter = (writer: Writer): Journal => ({
  words: writer.words.slice(0, writer.length),
  size: writer.entries,
  names: writer.names.slice(),
})

/** @category constructors */
export const empty: Journal = { words: new Int32Array(0), size: 0, names: [] }

const pack = (
  writer: Writer,
  tag: Tag,
  number: number,
  links: ReadonlyArray<number>,
  parents: ReadonlyArray<number>,
): void => {
  const at = writer.begin(tag, number, links.length, parents.length)
  writer.words.set(links, at)
  writer.words.set(parents, at + links.length)
}

const write = (writer: Writer, entry: Entry): void => {
  switch (entry._tag) {
    case 'Put':
      pack(writer, PUT, entry.number, entry.links, entry.parents)
      break
    case 'HeadMove':
      writer.head(entry.name, entry.old ?? NONE, entry.next ?? NONE)
      break
    case 'Pin':
      writer.one(PIN, entry.number, entry.times)
      break
    case 'Unpin':
      pack(writer, UNPIN, entry.number, [], [])
      break
    case 'Cut':
      pack(writer, CUT, entry.number, [], entry.parents)
      break
    case 'Sweep':
      pack(writer, SWEEP, entry.number, entry.links, [])
      break
    case 'Shared':
      writer.time(SHARED, entry.number, entry.time)
      break
    case 'Commit':
      writer.time(COMMIT, 0, entry.time)
      break
  }
}

/**
 * A journal of these entries. O(words).
 *
 * @category constructors
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Journal } from 'coppice'
 *
 * const entries: ReadonlyArray<Journal.Entry> = [
 *   { _tag: 'Put', number: 0, links: [], parents: [] },
 *   { _tag: 'HeadMove', name: 'main', old: null, next: 0 },
 *   { _tag: 'Commit', time: 1000 },
 * ]
 * assert.deepStrictEqual([...Journal.entries(Journal.fromEntries(entries))], entries)
 * ```
 */
export const fromEntries = (entries: Iterable<Entry>): Journal => {
  const writer = new Writer()
  for (const entry of entries) write(writer, entry)
  return fromWriter(writer)
}

// -------------------------------------------------------------------------------------------------
// destructors
// -------------------------------------------------------------------------------------------------

const block = (word: number): number | null => (word === NONE ? null : word)

const read = (journal: Journal, at: number): Entry => {
  const words = journal.words
  const number = words[at + 1]!
  const own = at + HEADER
  const m = words[at + 2]!
  const links = (): ReadonlyArray<number> => Array.from(words.subarray(own, own + m))
  const parents = (): ReadonlyArray<number> => Array.from(words.subarray(own + m, own + m + words[at + 3]!))
  switch (tagAt(words, at)) {
    case PUT:
      return { _tag: 'Put', number, links: links(), parents: parents() }
    case HEAD:
      return {
        _tag: 'HeadMove',
        name: journal.names[number]!,
        old: block(words[own]!),
        next: block(words[own + 1]!),
      }
    case PIN:
      return { _tag: 'Pin', number, times: words[own]! }
    case UNPIN:
      return { _tag: 'Unpin', number }
    case CUT:
      return { _tag: 'Cut', number, parents: parents() }
    case SWEEP:
      return { _tag: 'Sweep', number, links: links() }
    case SHARED:
      return { _tag: 'Shared', number, time: timeAt(words, own) }
    case COMMIT:
      return { _tag: 'Commit', time: timeAt(words, own) }
  }
}

/**
 * The entries in order, one at a time.
 *
 * @category destructors
 */
export function* entries(journal: Journal): Generator<Entry, void, undefined> {
  for (let at = 0; at < journal.words.length; at += extent(journal.words, at)) yield read(journal, at)
}

// -------------------------------------------------------------------------------------------------
// combinators
// -------------------------------------------------------------------------------------------------

/**
 * One entry more. O(words): a store appends in place, this is for values.
 *
 * @category combinators
 */
export const append =
  (entry: Entry) =>
  (journal: Journal): Journal =>
    Monoid.concat(journal, fromEntries([entry]))

// -------------------------------------------------------------------------------------------------
// instances
// -------------------------------------------------------------------------------------------------

/** @category instances */
export const Monoid: MonoidOf<Journal> = {
  empty,
  concat: (first, second) => {
    const writer = new Writer()
    for (const journal of [first, second]) for (const entry of entries(journal)) write(writer, entry)
    return fromWriter(writer)
  },
}

const sameEntry = (a: Journal, at: number, b: Journal, bt: number): boolean => {
  const size = extent(a.words, at)
  if (a.words[at] !== b.words[bt] || size !== extent(b.words, bt)) return false
  // A name's index depends on the order in which names came; the name does not.
  if (a.words[at] === HEAD && a.names[a.words[at + 1]!] !== b.names[b.words[bt + 1]!]) return false
  for (let i = a.words[at] === HEAD ? 2 : 1; i < size; i++)
    if (a.words[at + i] !== b.words[bt + i]) return false
  return true
}

/** @category instances */
export const Eq: EqOf<Journal> = {
  equals: (a, b) => {
    if (a.size !== b.size || a.words.length !== b.words.length) return false
    for (let at = 0; at < a.words.length; at += extent(a.words, at))
      if (!sameEntry(a, at, b, at)) return false
    return true
  },
}
