/**
 * Walks over a history. Checkpoints are met by descending generation, so each after all of its children, and no more of
 * them are loaded than the answer needs.
 */
import type { Digest } from '../../data/Digest.js'
import {
  type Corrupt,
  corrupt,
  type InvalidValue,
  invalidValue,
  type Missing,
  type UnknownCheckpoint,
  unknownCheckpoint,
} from '../../data/Failure.js'
import * as Fetch from '../../trie/Fetch.js'
import { type Checkpoint, decode, isCheckpoint } from './checkpointBlock.js'
import { Heap } from './heap.js'

export interface Entry {
  readonly digest: Digest
  readonly checkpoint: Checkpoint
}

export type HistoryFailure = UnknownCheckpoint | Corrupt

const read = (digest: Digest): Fetch.Fetch<HistoryFailure | Missing, Entry> =>
  Fetch.flatMap(Fetch.block(digest), (bytes): Fetch.Fetch<HistoryFailure, Entry> => {
    if (!isCheckpoint(bytes)) return Fetch.fail(unknownCheckpoint(digest, 'a block of another kind'))
    const decoded = decode(bytes)
    return decoded._tag === 'Left'
      ? Fetch.fail(corrupt(digest, `${decoded.left.reason} (byte ${decoded.left.offset})`))
      : Fetch.of({ digest, checkpoint: decoded.right })
  })

export const load = (digest: Digest): Fetch.Fetch<HistoryFailure, Entry> =>
  Fetch.mapLeft((failure: HistoryFailure | Missing) =>
    failure._tag === 'Missing' ? unknownCheckpoint(digest, 'not in the store') : failure,
  )(read(digest))

/** A parent, or none: history may end. */
const loadParent = (digest: Digest): Fetch.Fetch<HistoryFailure, Entry | null> =>
  Fetch.orElseW((failure: HistoryFailure | Missing) =>
    failure._tag === 'Missing' ? Fetch.of(null) : Fetch.fail(failure),
  )(read(digest))

/** The order of a log: the greater generation first, then the later, then by digest. */
const before = (x: Entry, y: Entry): boolean => {
  const a = x.checkpoint
  const b = y.checkpoint
  if (a.generation !== b.generation) return a.generation > b.generation
  if (a.time !== b.time) return a.time > b.time
  return x.digest < y.digest
}

/** Where a walk is: what it has met, and what of that it has not come to. */
class Walk {
  readonly met = new Map<Digest, Entry | null>()
  readonly queue = new Heap<Entry>(before)

  /** Meets some checkpoints, and answers those that are there. */
  begin(tips: ReadonlyArray<Digest>): Fetch.Fetch<HistoryFailure, ReadonlyArray<Entry>> {
    return Fetch.map((entries: ReadonlyArray<Entry>) => {
      for (const entry of entries) this.meet(entry.digest, entry)
      return entries
    })(Fetch.all([...new Set(tips)].map(load)))
  }

  private meet(digest: Digest, entry: Entry | null): void {
    if (this.met.has(digest)) return
    this.met.set(digest, entry)
    if (entry !== null) this.queue.push(entry)
  }

  /** Meets some parents of a checkpoint, and answers those that are there. */
  descend(child: Entry, parents: ReadonlyArray<Digest>): Fetch.Fetch<HistoryFailure, ReadonlyArray<Entry>> {
    const fresh = parents.filter((parent) => !this.met.has(parent))
    return Fetch.flatMap(Fetch.all(fresh.map(loadParent)), (entries) => {
      for (const [i, entry] of entries.entries()) this.meet(fresh[i]!, entry)
      const there = parents.flatMap((parent) => this.met.get(parent) ?? [])
      return there.some(({ checkpoint }) => checkpoint.generation >= child.checkpoint.generation)
        ? Fetch.fail(corrupt(child.digest, 'its generation is not above those of its parents'))
        : Fetch.of(there)
    })
  }
}

export interface Bounds {
  /** Entries at most. */
  readonly count?: number
  /** The walk does not enter what is older, in milliseconds since 1970. */
  readonly since?: number
  /** Follows only the first parent of each. */
  readonly firstParent?: boolean
}

/** Whether something can be compared with numbers. */
export const isNumber = (given: unknown): given is number => typeof given === 'number' && !Number.isNaN(given)

/** Why bounds are none: what is no number bounds nothing, or all. */
export const boundsFault = ({
  count = 0,
  since = 0,
}: Pick<Bounds, 'count' | 'since'>): InvalidValue | null =>
  !isNumber(count) || count < 0
    ? invalidValue(['count'], 'a count is a number, 0 or more')
    : isNumber(since)
      ? null
      : invalidValue(['since'], 'a time is a number')

/** What some checkpoints reach, children before parents. Reads what it lists, and the parents of that. */
export const log = (
  bounds: Bounds,
  tips: ReadonlyArray<Digest>,
): Fetch.Fetch<HistoryFailure | InvalidValue, ReadonlyArray<Entry>> =>
  Fetch.defer((): Fetch.Fetch<HistoryFailure | InvalidValue, ReadonlyArray<Entry>> => {
    const { count = Number.POSITIVE_INFINITY, since = Number.NEGATIVE_INFINITY, firstParent = false } = bounds
    const fault = boundsFault(bounds)
    if (fault !== null) return Fetch.fail(fault)
    const walk = new Walk()
    const found: Array<Entry> = []
    const go = (): Fetch.Fetch<HistoryFailure, ReadonlyArray<Entry>> => {
      for (;;) {
        const entry = found.length < count ? walk.queue.pop() : undefined
        if (entry === undefined) return Fetch.of(found)
        const { parents, time } = entry.checkpoint
        if (time < since) continue
        found.push(entry)
        if (parents.length > 0 && found.length < count) {
          return Fetch.flatMap(walk.descend(entry, firstParent ? parents.slice(0, 1) : parents), go)
        }
      }
    }
    return Fetch.flatMap(walk.begin(tips), go)
  })

const OURS = 1
const THEIRS = 2
const BOTH = 3
/** Below a common ancestor. */
const STALE = 4

/**
 * The lowest common ancestors: those that no other common ancestor descends from, in the order of a log. As git's
 * paint_down_to_common (commit-reach.c), where exact generations spare the second look.
 */
export const mergeBases = (ours: Digest, theirs: Digest): Fetch.Fetch<HistoryFailure, ReadonlyArray<Entry>> =>
  Fetch.defer(() => {
    const walk = new Walk()
    const flags = new Map<Digest, number>()
    const found: Array<Entry> = []
    /** Met, not come to, and not stale: when there are none of them, all is found. */
    let open = 0
    const paint = (digest: Digest, colour: number): void => {
      const old = flags.get(digest)
      const now = (old ?? 0) | colour
      if (old === undefined && now < STALE) open++
      else if (old !== undefined && old < STALE && now >= STALE) open--
      flags.set(digest, now)
    }
    const go = (): Fetch.Fetch<HistoryFailure, ReadonlyArray<Entry>> => {
      const entry = open > 0 ? walk.queue.pop() : undefined
      if (entry === undefined) return Fetch.of(found)
      let colour = flags.get(entry.digest)!
      if (colour < STALE) open--
      if (colour === BOTH) {
        found.push(entry)
        colour |= STALE
      }
      return Fetch.flatMap(walk.descend(entry, entry.checkpoint.parents), (parents) => {
        for (const { digest } of parents) paint(digest, colour)
        return go()
      })
    }
    return Fetch.flatMap(walk.begin([ours, theirs]), () => {
      paint(ours, OURS)
      paint(theirs, THEIRS)
      return go()
    })
  })
