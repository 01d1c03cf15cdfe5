/**
 * `compact` gives the file space of what was freed back to the system, and packs what is cold if it is asked to: blocks
 * are compressed many at a time, and read and verified as before.
 *
 * It writes the tables into a new file and puts that in the place of the old one; blocks keep their numbers, the store
 * its epoch. Nobody else may have the store open meanwhile, which a lease in the old file sees to. A process that is
 * killed at any point leaves the old file or the new one, each whole; and the lease, which ends by itself.
 */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { now } from 'fp-ts/lib/Date.js'
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type StoreBusy, storeBusy, storeFailed } from '../data/Failure.js'
import { Disk } from './internal/lmdb/disk.js'
import type { Log } from './internal/lmdb/entry.js'
import { checked, dataOf, marked } from './internal/lmdb/guard.js'
import * as keys from './internal/lmdb/keys.js'
import { encode } from './internal/lmdb/meta.js'
import { PACK } from './internal/lmdb/packs.js'
import { type Packing, rewrite } from './internal/lmdb/rewrite.js'
import { Sweeper } from './internal/lmdb/sweep.js'
import { acquireTables, releaseTables, type Tables } from './internal/lmdb/tables.js'
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
  /** Bytes of blocks to a pack, at least. Larger packs save more, and take as much longer to read first. Default: 4 MiB. */
  readonly packSize?: number
}

/** No durability is called so: to open the store meanwhile is `StoreBusy`. */
const MODE = 'of one that compacts it'

/** How long the lease outlives a process that was killed, ms. */
const LEASE = 60_000

const sync = (file: string): void => {
  const handle = fs.openSync(file, 'r')
  try {
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
}

/** Takes the lease, if nobody else has one that runs; ends the sessions whose lease has ended. Answers the session. */
const begin = (directory: string, tables: Tables, clock: IO<number>): E.Either<StoreBusy, number> =>
  tables.environment.transactionSync(() => {
    const { roots } = tables
    const time = clock()
    const leases = [...roots.getRange(keys.leases())]
    if (leases.some(({ value }) => keys.leaseEnd(value) >= time))
      return E.left(storeBusy(directory, 'a session has it open'))
    const disk = new Disk(
      tables,
      { name: directory, clock, session: -1, lease: LEASE, durability: 'sync' },
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

/** Renews the lease and lets `then` happen, with nobody else writing; whether the lease was still held. */
const holding = (tables: Tables, session: number, clock: IO<number>, then: () => void): boolean =>
  tables.environment.transactionSync(() => {
    const { roots } = tables
    if (!roots.doesExist(keys.lease(session)) || roots.getKeysCount(keys.leases()) !== 1) return false
    roots.putSync(keys.lease(session), keys.leaseValue(clock() + LEASE, MODE))
    then()
    return true
  })

const drop = (tables: Tables, session: number): void => {
  tables.environment.transactionSync(() => tables.roots.removeSync(keys.lease(session)))
}

const discard = (file: string): void => {
  fs.rmSync(file, { force: true })
  fs.rmSync(`${file}-lock`, { force: true })
}

const copied = async (
  directory: string,
  tables: Tables,
  session: number,
  { clock = now, pack = 'none', packSize = PACK }: Options,
): Promise<E.Either<OpenFailure, Compacted>> => {
  const old = dataOf(directory)
  const beside = `${old}.compact`
  const rows = `${beside}.rows`
  const renewal = setInterval(() => holding(tables, session, clock, () => {}), LEASE / 3)
  try {
    discard(rows)
    discard(beside)
    const copy = acquireTables(rows, 'none')
    if (copy._tag === 'Left') return copy
    let packed: number
    try {
      packed = await rewrite(tables, copy.right, pack, packSize)
      drop(copy.right, session)
      // Without the pages that the last transactions let go of.
      await copy.right.environment.backup(beside, true)
    } finally {
      await releaseTables(copy.right)
    }
    sync(beside)
    const [before, after] = [fs.statSync(old).size, fs.statSync(beside).size]
    const held = holding(tables, session, clock, () => fs.renameSync(beside, old))
    if (!held) return E.left(storeBusy(directory, 'another session has opened it meanwhile'))
    sync(directory)
    return E.right({ before, after, packed })
  } finally {
    clearInterval(renewal)
    discard(rows)
    discard(beside)
  }
}

const compacting = async (directory: string, options: Options): Promise<E.Either<OpenFailure, Compacted>> => {
  const marker = marked(directory, false)
  if (marker._tag === 'Left') return marker
  const file = checked(directory, marker.right)
  if (file._tag === 'Left') return file
  if (file.right === 'new') return E.right({ before: 0, after: 0, packed: 0 })
  const acquired = acquireTables(dataOf(directory), 'sync')
  if (acquired._tag === 'Left') return acquired
  const tables = acquired.right
  try {
    const session = begin(directory, tables, options.clock ?? now)
    if (session._tag === 'Left') return session
    let done: E.Either<OpenFailure, Compacted> | undefined
    try {
      done = await copied(directory, tables, session.right, options)
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
    try {
      return await compacting(fs.realpathSync(path.resolve(directory)), options)
    } catch (cause) {
      return E.left(storeFailed('compact', cause))
    }
  }
