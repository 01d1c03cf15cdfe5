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
import { checked, dataOf, finish, marked, probe } from './guard.js'
import * as keys from './keys.js'
import { decode, encode, fresh, VERSION } from './meta.js'
import { acquireTables, releaseTables, type Tables } from './tables.js'

const LEASE = 60_000

/** What of the options nobody can have meant. */
const wrong = ({ lease = LEASE, limit = 0 }: Options): string | undefined => {
  if (!(lease > 0)) return `a lease of ${lease} ms`
  return limit >= 0 ? undefined : `a limit of ${limit} bytes`
}

/** Begins a session. Throws what LMDB throws. */
const begin = (
  directory: string,
  tables: Tables,
  { clock = now, lease = LEASE, durability = 'sync', limit = Number.POSITIVE_INFINITY }: Options,
): E.Either<OpenFailure, Disk> => {
  const { environment, roots } = tables
  let refused: OpenFailure | null = null
  const disk = environment.transactionSync(() => {
    const bytes = roots.getBinaryFast(keys.META)
    const meta = bytes === undefined ? { ...fresh } : decode(bytes, bytes.length)
    if (meta === undefined) {
      refused = damagedStore(directory, 'its record is garbled')
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
    const made = new Disk(tables, { name: directory, clock, session, lease, durability, limit }, meta.epoch)
    made.writeLease(time + lease)
    return made
  })
  return refused === null ? E.right(disk) : E.left(refused)
}

/** Opens a directory. Never rejects. */
export const opening = async (directory: string, options: Options): Promise<E.Either<OpenFailure, Disk>> => {
  const { create = true, suspect = false, durability = 'sync' } = options
  const reason = wrong(options)
  if (reason !== undefined) return E.left(storeFailed('open', new Error(reason)))
  await ready()
  try {
    const whole = path.resolve(directory)
    const marker = marked(whole, create)
    if (marker._tag === 'Left') return marker
    const file = checked(whole, marker.right)
    if (file._tag === 'Left') return file
    if (file.right === 'short' || (suspect && file.right === 'whole')) {
      const read = probe(whole)
      if (read._tag === 'Left') return read
    }
    const tables = acquireTables(dataOf(realpathSync(whole)), durability)
    if (tables._tag === 'Left') return tables
    const disk = E.flatten(
      E.tryCatch(
        () => begin(whole, tables.right, options),
        (cause): OpenFailure => storeFailed('open', cause),
      ),
    )
    if (disk._tag === 'Left') await releaseTables(tables.right)
    else if (marker.right === 'unfinished') finish(whole)
    return disk
  } catch (cause) {
    return E.left(storeFailed('open', cause))
  }
}
