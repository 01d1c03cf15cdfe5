/**
 * `compact` gives the file space of what was freed back to the system, and packs what is cold if it is asked to: blocks
 * are compressed many at a time, and read and verified as before.
 *
 * It writes the tables into a new file, of a name that no other has had, and lets `FORMAT` name that one; blocks keep
 * their numbers, the store its epoch. Nobody else may have the store open meanwhile: a lease in the old file tells others, and
 * a session that has begun all the same, when the lease had ended, keeps the old file. A process that is killed at any point
 * leaves the old file or the new one, each whole; and the lease, which ends by itself.
 */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { now } from 'fp-ts/lib/Date.js'
import * as E from 'fp-ts/lib/Either.js'
import { identity } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type StoreBusy, storeBusy, storeFailed } from '../data/Failure.js'
import { Disk } from './internal/lmdb/disk.js'
import type { Log } from './internal/lmdb/entry.js'
import {
  anotherFile,
  checked,
  discard,
  discardBut,
  type Marker,
  marked,
  move,
} from './internal/lmdb/guard.js'
import * as keys from './internal/lmdb/keys.js'
import { decode, encode } from './internal/lmdb/meta.js'
import { LARGEST, PACK } from './internal/lmdb/packs.js'
import { type Packing, rewrite } from './internal/lmdb/rewrite.js'
import { Sweeper } from './internal/lmdb/sweep.js'
import { acquireTables, failedIn, releaseTables, type Tables } from './internal/lmdb/tables.js'
import type { OpenFailure } from './LmdbStore.js'

export type { Packing } from './internal/lmdb/rewrite.js'

export interface Compacted {
  /** Bytes of the file. */
  readonly before: number
  readonly after: number
  /** Blocks whose bytes are in packs now. */
  readonly packed: number
}

export interface Options {
  /** Milliseconds since 1970, as the store was opened with. Default: the system's. */
  readonly clock?: IO<number>
  /**
   * Which blocks are packed: `history` is what no head reaches but through parents, `all` is what there is. A packed block
   * is read by decompressing its pack, which takes milliseconds once; some packs are kept so. Blocks that come later are
   * not packed. `none`, the default, leaves packed what is.
   */
  readonly pack?: Packing
  /** Bytes of blocks in a pack at most, unless one has more. Larger packs save more, and take longer to read first. Default: 4 MiB. */
  readonly packSize?: number
}

/** No durability is called so: to open the store meanwhile is `StoreBusy`. */
const MODE = 'of one that compacts it'

/** How long the lease outlives a process that was killed, ms. */
const LEASE = 60_000

const sync = (file: string): void => {
  const handle = fs.openSync(file, 'r+')
  try {
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
}

/** Takes the lease, if nobody else has one that runs; ends the sessions whose lease has ended. Answers the session. */
const begin = (
  directory: string,
  file: string,
  tables: Tables,
  clock: IO<number>,
): E.Either<StoreBusy, number> =>
  tables.environment.transactionSync(() => {
    const { roots } = tables
    const time = clock()
    const leases = [...roots.getRange(keys.leases())]
    if (leases.some(({ value }) => keys.leaseEnd(value) >= time))
      return E.left(storeBusy(directory, 'a session has it open'))
    const disk = new Disk(
      tables,
      { name: directory, file, clock, session: -1, lease: LEASE, durability: 'sync' },
      0,
    )
    const meta = disk.meta()
    const sweeper = new Sweeper(disk)
    const log: Log = []
    // Whoever slept through its lease must not go on in a file that is gone.
    for (const { key } of leases) sweeper.end(keys.sessionOf(key), log)
    if (log.length > 0) sweeper.write(log, meta)
    const session = meta.session++
    roots.putSync(keys.META, encode(meta))
    roots.putSync(keys.lease(session), keys.leaseValue(time + LEASE, MODE))
    return E.right(session)
  })

/**
 * Renews the lease and lets `then` happen, with nobody else writing; not if anybody has had the store open since it was taken,
 * which may be when it had ended meanwhile. Whether it was done.
 */
const holding = (tables: Tables, session: number, clock: IO<number>, then: () => void): boolean =>
  tables.environment.transactionSync(() => {
    const { roots } = tables
    const bytes = roots.getBinaryFast(keys.META)
    const next = bytes && decode(bytes, bytes.length)?.session
    if (!roots.doesExist(keys.lease(session)) || next !== session + 1) return false
    roots.putSync(keys.lease(session), keys.leaseValue(clock() + LEASE, MODE))
    then()
    return true
  })

const drop = (tables: Tables, session: number): void => {
  tables.environment.transactionSync(() => tables.roots.removeSync(keys.lease(session)))
}

/** What LMDB maps of a new file must be there: on some file systems nobody says so, and whoever touches it dies. */
const ROOM = 1 << 20

const mustHaveRoom = (directory: string): void => {
  const { bavail, bsize } = fs.statfsSync(directory)
  if (bavail * bsize < ROOM) throw new Error(`ENOSPC: the disk has ${bavail * bsize} bytes left`)
}

/** Whether the marker names a file. */
const isNamed = (directory: string, file: string): boolean => {
  const marker = marked(directory, false)
  return marker._tag === 'Right' && marker.right.file === file
}

/** Lets the marker name a file, whatever becomes of the transaction in which that is done. */
const moved = (
  directory: string,
  tables: Tables,
  session: number,
  clock: IO<number>,
  file: string,
): boolean => {
  try {
    return holding(tables, session, clock, () => move(directory, file))
  } catch (cause) {
    if (!isNamed(directory, file)) throw cause
    return true
  }
}

const copied = async (
  directory: string,
  old: string,
  tables: Tables,
  session: number,
  { clock = now, pack = 'none', packSize = PACK }: Options,
): Promise<E.Either<OpenFailure, Compacted>> => {
  const next = anotherFile(directory)
  const rows = `${next}.rows`
  const renewal = setInterval(() => {
    // If it cannot be renewed, that is found out in the end.
    E.tryCatch(() => holding(tables, session, clock, () => {}), identity)
  }, LEASE / 3)
  let done = false
  try {
    discardBut(directory, old)
    mustHaveRoom(directory)
    const copy = acquireTables(rows, 'none')
    if (copy._tag === 'Left') return copy
    let packed: number
    try {
      packed = await rewrite(tables, copy.right, pack, packSize)
      drop(copy.right, session)
      // Without the pages that the last transactions let go of.
      await copy.right.environment.backup(next, true)
    } finally {
      await releaseTables(copy.right)
    }
    sync(next)
    const [before, after] = [fs.statSync(old).size, fs.statSync(next).size]
    done = moved(directory, tables, session, clock, next)
    if (!done) return E.left(storeBusy(directory, 'another session has opened it meanwhile'))
    return E.right({ before, after, packed })
  } finally {
    clearInterval(renewal)
    discard(rows)
    discard(done ? old : next)
  }
}

/** What of the options nobody can have meant. */
const wrong = ({ packSize = PACK }: Options): string | undefined =>
  packSize > 0 && packSize <= LARGEST ? undefined : `packs of ${packSize} bytes`

const compacting = async (
  directory: string,
  marker: Marker,
  options: Options,
): Promise<E.Either<OpenFailure, Compacted>> => {
  const file = checked(marker)
  if (file._tag === 'Left') return file
  if (file.right === 'new') return E.right({ before: 0, after: 0, packed: 0 })
  if (marker.state === 'unfinished') return E.left(storeBusy(directory, 'it is being made'))
  const acquired = acquireTables(marker.file, 'sync')
  if (acquired._tag === 'Left') return acquired
  const tables = acquired.right
  try {
    const session = begin(directory, marker.file, tables, options.clock ?? now)
    if (session._tag === 'Left') return session
    let done: E.Either<OpenFailure, Compacted> | undefined
    try {
      // Another process may have compacted it before this session began.
      done = isNamed(directory, marker.file)
        ? await copied(directory, marker.file, tables, session.right, options)
        : E.left(storeBusy(directory, 'another process has compacted it meanwhile'))
    } finally {
      // The old file is nobody's now; or it stays, and may be opened again.
      if (done?._tag !== 'Right') drop(tables, session.right)
    }
    return done
  } finally {
    await releaseTables(tables)
  }
}

/**
 * Compacts the store in a directory, which must be closed. O(bytes that are in use), and twice as much space beside it.
 *
 * Errors: `StoreBusy` (a session has it open, or had until a moment ago and died), `DamagedStore`,
 * `UnsupportedStore`, `StoreFailed` (a pack that is to be packed again is damaged, among others; `repair` mends it).
 *
 * @category combinators
 */
export const compact =
  (options: Options = {}) =>
  (directory: string): TaskEither<OpenFailure, Compacted> =>
  async () => {
    const reason = wrong(options)
    if (reason !== undefined) return E.left(storeFailed('compact', new Error(reason)))
    try {
      const whole = fs.realpathSync(path.resolve(directory))
      const marker = marked(whole, false)
      return marker._tag === 'Left' ? marker : await compacting(whole, marker.right, options)
    } catch (cause) {
      return E.left(failedIn(directory, 'compact', cause))
    }
  }
