/**
 * A snapshot is the shortest journal with the same image: what is still alive, and nothing of how it came to be.
 *
 * It may stand in place of any prefix of a journal that begins at the beginning and ends with a transaction.
 *
 * Laws (`laws/store/journalLaws.ts`):
 * 1. `Ledger.fold` of a snapshot is that of the journal — "a snapshot keeps every count".
 * 2. `of(of(j))` equals `of(j)` — "a snapshot is its own snapshot".
 * 3. It keeps since when each live block is shared — "a snapshot keeps since when blocks are shared".
 * 4. `of(a <> b)` equals `of(of(a) <> b)` — "a snapshot may replace a prefix".
 */
import { Sharing } from './internal/sharing.js'
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
  tagAt,
  UNPIN,
  Writer,
} from './internal/words.js'
import { fromWriter, type Journal } from './Journal.js'

/** What a journal comes to, beside the counts. */
export interface Alive {
  /** Where the put of a live block begins, in words; anything else for other blocks. */
  readonly place: (number: number) => number
  readonly cuts: ReadonlySet<number>
  /** Pins by block; none is zero. */
  readonly pins: ReadonlyMap<number, number>
  readonly heads: ReadonlyMap<string, number>
  readonly sharing: Sharing
}

/** Writes what is alive in `words`. O(words of the journal). */
export const write = (words: Int32Array, alive: Alive): Writer => {
  const writer = new Writer()
  const { sharing } = alive
  for (let at = 0; at < words.length; at += extent(words, at)) {
    const number = words[at + 1]!
    if (tagAt(words, at) !== PUT || alive.place(number) !== at) continue
    const links = words[at + 2]!
    const parents = alive.cuts.has(number) ? 0 : words[at + 3]!
    writer.copy(words, at + HEADER, links + parents, writer.begin(PUT, number, links, parents))
    const since = sharing.sharedSince(number)
    if (!Number.isNaN(since)) writer.time(SHARED, number, since)
  }
  for (const [number, times] of [...alive.pins].sort(([a], [b]) => a - b)) writer.one(PIN, number, times)
  for (const [name, number] of [...alive.heads].sort(([a], [b]) => (a < b ? -1 : 1)))
    writer.head(name, NONE, number)
  if (!Number.isNaN(sharing.time)) writer.time(COMMIT, 0, sharing.time)
  return writer
}

const replay = ({ words, names }: Journal): Alive => {
  const places = new Map<number, number>()
  const cuts = new Set<number>()
  const pins = new Map<number, number>()
  const heads = new Map<string, number>()
  const pin = (number: number, times: number): void => {
    const sum = (pins.get(number) ?? 0) + times
    if (sum === 0) pins.delete(number)
    else pins.set(number, sum)
  }
  for (let at = 0; at < words.length; at += extent(words, at)) {
    const subject = words[at + 1]!
    switch (tagAt(words, at)) {
      case PUT:
        places.set(subject, at)
        break
      case HEAD: {
        const next = words[at + HEADER + 1]!
        if (next === NONE) heads.delete(names[subject]!)
        else heads.set(names[subject]!, next)
        break
      }
      case PIN:
        pin(subject, words[at + HEADER]!)
        break
      case UNPIN:
        pin(subject, -1)
        break
      case CUT:
        cuts.add(subject)
        break
      case SWEEP:
        places.delete(subject)
        cuts.delete(subject)
        break
      case SHARED:
      case COMMIT:
        break
    }
  }
  const sharing = new Sharing()
  sharing.absorb(words, 0, words.length)
  return { place: (number) => places.get(number) ?? -1, cuts, pins, heads, sharing }
}

/**
 * The snapshot of a journal. O(words).
 *
 * @category constructors
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Journal, Snapshot } from 'coppice'
 *
 * const journal = Journal.fromEntries([
 *   { _tag: 'Put', number: 0, links: [], parents: [] },
 *   { _tag: 'Pin', number: 0, times: 1 },
 *   { _tag: 'Commit', time: 1000 },
 *   { _tag: 'Unpin', number: 0 },
 *   { _tag: 'Commit', time: 2000 },
 * ])
 * assert.deepStrictEqual([...Journal.entries(Snapshot.of(journal))], [
 *   { _tag: 'Put', number: 0, links: [], parents: [] },
 *   { _tag: 'Commit', time: 2000 },
 * ])
 * ```
 */
export const of = (journal: Journal): Journal => fromWriter(write(journal.words, replay(journal)))
