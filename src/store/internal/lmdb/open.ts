/**
 * The way to an open store: the directory is looked at first, then the file; then, inside a transaction, the record and
 * the sessions of others, beside which this one begins.
 */
import { realpathSync } from 'node:fs'
import * as path from 'node:path'
import { now } from 'fp-ts/lib/Date.js'
import * as E from 'fp-ts/lib/Either.js'
import { ABORT } from 'lmdb'
import { damagedStore, storeBusy, storeFailed, unsupportedStore } from '../../../data/Failure.js'
import { ready } from '../../../data/Hasher.js'
import type { OpenFailure, Options } from '../../LmdbStore.js'
import { Disk } from './disk.js'
import { checked, finish, type Marker, marked, probe } from './guard.js'
import * as keys from './keys.js'
import { decode, encode, fresh, VERSION } from './meta.js'
import { acquireTables, failedIn, releaseTables, type Tables } from './tables.js'

const LEASE = 60_000

/** What of the options nobody can have meant. */
const wrong = ({ lease = LEASE, limit = 0 }: Options): string | undefined => {
  if (!(lease > 0)) return `a lease of ${lease} ms`
  return limit >= 0 ? undefined : `a limit of ${limit} bytes`
}

/** Begins a session. Throws what LMDB throws. */
const begin = (
  directory: string,
  { state, file }: Marker,
  tables: Tables,
  { clock = now, lease = LEASE, durability = 'sync', limit = Number.POSITIVE_INFINITY }: Options,
): E.Either<OpenFailure, Disk> => {
  const { environment, roots } = tables
  let refused: OpenFailure | null = null
  const disk = environment.transactionSync(() => {
    const bytes = roots.getBinaryFast(keys.META)
    const isNew = bytes === undefined && state === 'unfinished'
    const meta = isNew ? { ...fresh } : bytes && decode(bytes, bytes.length)
    if (meta === undefined) {
      refused = damagedStore(directory, bytes === undefined ? 'its record is gone' : 'its record is garbled')
      return ABORT as never
    }
    if (meta.version > VERSION) {
      refused = unsupportedStore(directory, meta.version, VERSION)
      return ABORT as never
    }
    const time = clock()
    const other = [...roots.getRange(keys.leases())].find(
      ({ value }) => keys.leaseEnd(value) >= time && keys.leaseMode(value) !== durability,
    )
    if (other !== undefined) {
      refused = storeBusy(
        directory,
        `another process has opened it with durability ${keys.leaseMode(other.value)}`,
      )
      return ABORT as never
    }
    const session = meta.session++
    roots.putSync(keys.META, encode(meta))
    const made = new Disk(
      tables,
      { name: directory, file, clock, session, lease, durability, limit },
      meta.epoch,
    )
    made.writeLease(time + lease)
    return made
  })
  return refused === null ? E.right(disk) : E.left(refused)
}

/** Opens the file that the marker names. Throws what LMDB and the file system throw. */
const openFile = async (
  directory: string,
  marker: Marker,
  options: Options,
): Promise<E.Either<OpenFailure, Disk>> => {
  const { suspect = false, durability = 'sync' } = options
  const file = checked(marker)
  if (file._tag === 'Left') return file
  if (file.right === 'short' || (suspect && file.right === 'whole')) {
    const read = probe(marker)
    if (read._tag === 'Left') return read
  }
  const real = path.join(realpathSync(directory), path.basename(marker.file))
  const tables = acquireTables(real, durability)
  if (tables._tag === 'Left') return tables
  let disk: E.Either<OpenFailure, Disk> | undefined
  try {
    disk = begin(directory, marker, tables.right, options)
    return disk
  } finally {
    if (disk?._tag !== 'Right') await releaseTables(tables.right)
  }
}

/**
 * Opens a directory. Never rejects.
 *
 * The store may be compacted into another file at any moment before its session has begun, and at none after: so the marker
 * is read again then, and if it names another file by now, what was found in this one means nothing.
 */
export const opening = async (directory: string, options: Options): Promise<E.Either<OpenFailure, Disk>> => {
  const reason = wrong(options)
  if (reason !== undefined) return E.left(storeFailed('open', new Error(reason)))
  await ready()
  const whole = path.resolve(directory)
  try {
    for (;;) {
      const marker = marked(whole, options.create ?? true)
      if (marker._tag === 'Left') return marker
      const disk = await openFile(whole, marker.right, options)
      const now = marked(whole, false)
      if (now._tag === 'Right' && now.right.file !== marker.right.file) {
        if (disk._tag === 'Right') await releaseTables(disk.right.tables)
        continue
      }
      if (disk._tag === 'Right' && marker.right.state === 'unfinished') finish(whole)
      return disk
    }
  } catch (cause) {
    return E.left(failedIn(whole, 'open', cause))
  }
}
