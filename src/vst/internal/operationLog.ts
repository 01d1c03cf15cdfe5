/**
 * The operation log: a chain of operations under a head of its own.
 *
 * Each operation says how far back the window reaches that it leaves. What an operation of the window took away from a
 * head is held by a head `.kept/GENERATION/INDEX`, whatever the name of that head. The operation that moves the window
 * on drops those of what it leaves behind, in its own transaction, and cuts the chain: one operation before the window
 * stays, for the view with which the window begins.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { ComponentStore } from '../../branch/ComponentStore.js'
import { fetched, type Program, head as readHead, heads as readHeads } from '../../branch/internal/program.js'
import { type Along, packing } from '../../branch/StateReference.js'
import type { Digest } from '../../data/Digest.js'
import type { Corrupt, InvalidPath, InvalidValue, StoreFailed } from '../../data/Failure.js'
import type { AsyncStore, HeadMove, Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import type { Link, Trie } from '../../trie/internal/node.js'
import * as State from '../../trie/State.js'
import { type HistoryFailure, type Entry as Loaded, load } from './history.js'
import { type Entry, entryOf, type Kind, sealed } from './operation.js'
import { between, type Change, changed, isCut } from './view.js'

const LOG = '.operations'
const KEPT = '.kept/'

/** How far back operations can be undone: as far as both allow. */
export interface Window {
  /** Operations, the last one among them; at least 1. Those that only end the window (`expire`) do not count. */
  readonly operations: number
  readonly milliseconds: number
}

/** A window that reaches the last operation at least. */
export const checkedWindow = ({ operations, milliseconds }: Window): Window => ({
  operations: operations >= 1 ? operations : 1,
  milliseconds: milliseconds >= 0 ? milliseconds : 0,
})

export type LogFailure = HistoryFailure | State.LoadFailure | InvalidPath | InvalidValue | StoreFailed

/** Where the log ends. What stands in `entries` before `from` and after `to` is of other moments. */
export interface Tip {
  readonly last: Entry | null
  readonly view: State.State
  /** By generation, without a gap: those of the window, and the one before it if there is one. */
  readonly entries: Array<Entry>
  readonly from: number
  readonly to: number
  /** Operations of the window that only ended one. */
  readonly endings: number
}

const BEGIN: Tip = { last: null, view: State.empty, entries: [], from: 0, to: 0, endings: 0 }

/** What an engine knows of the log. */
export class OperationLog<S extends Store | AsyncStore> {
  readonly components: ComponentStore<S>
  readonly clock: IO<number>
  readonly window: Window
  tip: Tip = BEGIN
  /** What operations of the window hold, by generation, as far as it is known here. */
  readonly kept = new Map<number, ReadonlyArray<readonly [string, Digest]>>()
  constructor(components: ComponentStore<S>, clock: IO<number>, window: Window) {
    this.components = components
    this.clock = clock
    this.window = window
  }
}

/** Whether a head is the log's own. */
export const isLog = (name: string): boolean => name === LOG

/** Where the window begins among the entries. */
const beginOf = ({ last, from, to }: Tip): number =>
  last === null ? to : Math.max(from, to - (last.generation - last.oldest + 1))

/** The operations of the window, the oldest first. */
export const within = (tip: Tip): ReadonlyArray<Entry> => tip.entries.slice(beginOf(tip), tip.to)

/** Whether it did nothing but end a window. */
export const isEnding = ({ kind }: Pick<Entry, 'kind'>): boolean => kind === 'expire'

const endingsIn = (entries: ReadonlyArray<Entry>): number => entries.filter(isEnding).length

/** The operations that leave the window with a next one, the oldest first. O(of them). */
export const leaving = (
  tip: Tip,
  { kind, window }: Pick<Draft, 'kind'> & { readonly window: Window },
  time: number,
): ReadonlyArray<Entry> => {
  const { entries, to, endings } = tip
  const begin = beginOf(tip)
  let counted = to - begin - endings + (isEnding({ kind }) ? 0 : 1)
  let end = begin
  while (end < to && (counted > window.operations || entries[end]!.time < time - window.milliseconds)) {
    if (!isEnding(entries[end]!)) counted--
    end++
  }
  return entries.slice(begin, end)
}

/** When a next operation is done. A clock that was set back does not reorder the log. */
export const timeAfter = <S extends Store | AsyncStore>(log: OperationLog<S>, { last }: Tip): number =>
  Math.max(log.clock(), last?.time ?? Number.MIN_SAFE_INTEGER)

/** The view after an operation, of which nothing is loaded. */
export const viewAfter = (log: OperationLog<Store | AsyncStore>, entry: Entry | undefined): State.State =>
  entry === undefined ? State.empty : State.open(entry.view, log.components.residency)

/** The operation before one of the window; none before the first of all. */
export const before = ({ entries, from, to }: Tip, entry: Entry): Entry | undefined => {
  const at = to - 1 - (entries[to - 1]!.generation - entry.generation)
  return at > from ? entries[at - 1] : undefined
}

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

/** How often the log is looked up that is left behind at each look. */
const LOOKS = 100

/** The end of the log now. O(operations of the window that are not known yet). */
export function* reading<S extends Store | AsyncStore>(
  log: OperationLog<S>,
): Program<E.Either<LogFailure, Tip>> {
  for (let left = LOOKS; ; left--) {
    const named = yield* readHead(LOG)
    if (named._tag === 'Left') return named
    if (named.right === (log.tip.last?.ref.digest ?? null)) return E.right(log.tip)
    if (named.right === null) return E.right(BEGIN)
    const found = yield* walking(log, log.tip, named.right)
    if (found._tag === 'Right') {
      log.tip = found.right
      return found
    }
    // What was read may have left the window meanwhile.
    const now = yield* readHead(LOG)
    if (now._tag === 'Left') return now
    if (now.right === named.right || left === 0) return found
  }
}

function* walking<S extends Store | AsyncStore>(
  log: OperationLog<S>,
  known: Tip,
  named: Digest,
): Program<E.Either<LogFailure, Tip>> {
  const fresh: Array<Entry> = []
  let joined = false
  for (let digest: Digest | undefined = named; digest !== undefined && !joined; ) {
    const loaded: E.Either<HistoryFailure | StoreFailed, Loaded> = yield* fetched(load(digest))
    if (loaded._tag === 'Left') return loaded
    const read: E.Either<Corrupt, Entry> = entryOf(loaded.right)
    if (read._tag === 'Left') return read
    const entry: Entry = read.right
    const parent: Digest | undefined = loaded.right.checkpoint.parents[0]
    fresh.push(entry)
    joined = parent === known.last?.ref.digest && parent !== undefined
    digest = entry.generation < fresh[0]!.oldest ? undefined : parent
  }
  fresh.reverse()
  const last = fresh.at(-1)!
  const older = joined ? known.entries.slice(known.from, known.to) : []
  const entries = [...older, ...fresh].filter(({ generation }) => generation >= last.oldest - 1)
  const held = yield* keeping(log, fresh)
  if (held._tag === 'Left') return held
  const view = State.open(last.view, log.components.residency)
  const tip: Tip = { last, view, entries, from: 0, to: entries.length, endings: 0 }
  return E.right({ ...tip, endings: endingsIn(within(tip)) })
}

/** Looks up what some operations hold. */
function* keeping<S extends Store | AsyncStore>(
  log: OperationLog<S>,
  entries: ReadonlyArray<Entry>,
): Program<E.Either<StoreFailed, void>> {
  const holding = entries.filter(({ keeps }) => keeps)
  const prefixes = holding.length > 8 ? [KEPT] : holding.map(({ generation }) => `${KEPT}${generation}/`)
  const found = new Map<number, Array<readonly [string, Digest]>>()
  for (const prefix of prefixes) {
    const listed = yield* readHeads(prefix)
    if (listed._tag === 'Left') return listed
    for (const head of listed.right) {
      const generation = Number.parseInt(head[0].slice(KEPT.length), 10)
      const others = found.get(generation)
      if (others === undefined) found.set(generation, [head])
      else others.push(head)
    }
  }
  const oldest = entries.at(-1)!.oldest
  for (const generation of log.kept.keys()) if (generation < oldest) log.kept.delete(generation)
  for (const [generation, heads] of found) log.kept.set(generation, heads)
  return E.right(undefined)
}

// -------------------------------------------------------------------------------------
// writing
// -------------------------------------------------------------------------------------

/** What is to be said of an operation. */
export interface Draft {
  readonly kind: Kind
  readonly description: string
  readonly author: string
  readonly change: Change
  readonly reverts?: Digest
  /** Whether what a head names now has what it named before in its history. */
  readonly descends?: boolean
  readonly window?: Window
}

/** An operation, and what its transaction has to do for it beside moving the heads that it is about. */
export interface Composed {
  readonly base: Tip
  readonly entry: Entry
  readonly view: State.State
  readonly along: Along
  readonly kept: ReadonlyArray<readonly [string, Digest]>
  /** Where the window begins after it. */
  readonly from: number
  readonly left: ReadonlyArray<Entry>
}

const isThere = (digest: Digest): Fetch.Fetch<Corrupt, boolean> =>
  Fetch.orElseW(() => Fetch.of(false))(Fetch.map(() => true)(Fetch.block(digest)))

/** Which of what heads named before has to be held from now on. */
function* taken(
  { change: { moves }, kind, descends = false }: Draft,
  view: State.State,
): Program<E.Either<LogFailure, ReadonlyArray<Digest>>> {
  const found: Array<Digest> = []
  for (const { before, after } of moves) {
    if (before === null || before === after) continue
    if (descends && after !== null) {
      const cut = yield* fetched(isCut(view, after))
      if (cut._tag === 'Left') return cut
      if (!cut.right) continue
    }
    // What others moved they need not have kept.
    const there = kind === 'import' ? yield* fetched(isThere(before)) : E.right(true)
    if (there._tag === 'Left') return there
    if (there.right) found.push(before)
  }
  return E.right(found)
}

/** Where history ends for good: what operations that leave the window said, and none of the others took back. */
function* ending<S extends Store | AsyncStore>(
  log: OperationLog<S>,
  tip: Tip,
  left: ReadonlyArray<Entry>,
  change: Change,
): Program<E.Either<LogFailure, ReadonlyArray<Digest>>> {
  if (!left.some(({ cuts }) => cuts)) return E.right([])
  const ends = new Set<Digest>()
  const leaving = new Set(left)
  for (const entry of within(tip)) {
    if (!entry.cuts) continue
    const said = yield* fetched(
      between(viewAfter(log as never, before(tip, entry)), viewAfter(log as never, entry)),
    )
    if (said._tag === 'Left') return said
    for (const cut of said.right.cuts) {
      if (!cut.ends) ends.delete(cut.checkpoint)
      else if (leaving.has(entry)) ends.add(cut.checkpoint)
    }
  }
  for (const cut of change.cuts) if (!cut.ends) ends.delete(cut.checkpoint)
  const found: Array<Digest> = []
  for (const digest of ends) {
    const there = yield* fetched(isThere(digest))
    if (there._tag === 'Left') return there
    if (there.right) found.push(digest)
  }
  return E.right(found)
}

/** Makes an operation that follows a tip. O(change · log heads). */
export function* composing<S extends Store | AsyncStore>(
  log: OperationLog<S>,
  tip: Tip,
  draft: Draft,
): Program<E.Either<LogFailure, Composed>> {
  const { change, kind, description, author, reverts = null, window = log.window } = draft
  const next = yield* fetched(changed(tip.view, change))
  if (next._tag === 'Left') return next
  const ready = yield* packing(State.rootOf(next.right), log.components as never)
  if (ready._tag === 'Left') return ready
  const { packed, root } = ready.right
  const { last, entries, to } = tip
  const generation = last === null ? 0 : last.generation + 1
  const time = timeAfter(log, tip)
  const left = leaving(tip, { kind, window }, time)
  const end = beginOf(tip) + left.length
  const held = yield* taken(draft, tip.view)
  if (held._tag === 'Left') return held
  const ends = yield* ending(log, tip, left, change)
  if (ends._tag === 'Left') return ends
  const oldest = end < to ? entries[end]!.generation : generation
  const keeps = held.right.length > 0
  const made = sealed(
    { generation, time, kind, reverts, description, author, oldest, cuts: change.cuts.length > 0, keeps },
    last === null ? null : last.ref,
    root.ref!,
  )
  if (made._tag === 'Left') return made
  const { entry, put } = made.right
  const kept = held.right.map((digest, i) => [`${KEPT}${generation}/${i}`, digest] as const)
  const heads: Array<HeadMove> = [{ name: LOG, expect: last?.ref.digest ?? null, next: entry.ref.digest }]
  for (const [name, digest] of kept) heads.push({ name, expect: null, next: digest })
  for (const { generation } of left) {
    for (const [name, digest] of log.kept.get(generation) ?? []) {
      heads.push({ name, expect: digest, next: null })
    }
  }
  const cuts = left.length === 0 ? [] : [left.at(-1)!.ref.digest, ...ends.right]
  return E.right({
    base: tip,
    entry,
    view: State.fromRoot(root as Trie | Link),
    along: { puts: [...packed, put], heads, cuts },
    kept,
    from: left.length === 0 ? tip.from : end - 1,
    left,
  })
}

/** Beyond this many entries that have left the window their room is given back. */
const ROOM = 1024

/** What an engine knows once an operation is in the store. */
export const advance = <S extends Store | AsyncStore>(
  log: OperationLog<S>,
  { base, entry, view, kept, from, left }: Composed,
): void => {
  // Somebody else may have read on meanwhile.
  if (log.tip.last !== base.last) return
  for (const { generation } of left) log.kept.delete(generation)
  if (kept.length > 0) log.kept.set(entry.generation, kept)
  const fits = base.entries.length === base.to
  const room = from > ROOM && from > base.to / 2
  const entries = fits && !room ? base.entries : base.entries.slice(from, base.to)
  entries.push(entry)
  const begin = entries === base.entries ? from : 0
  const endings = base.endings - endingsIn(left) + endingsIn([entry])
  log.tip = { last: entry, view, entries, from: begin, to: entries.length, endings }
}
