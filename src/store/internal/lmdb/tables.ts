/** The tables of a store on disk: one LMDB environment. See `keys.ts` for what stands in each. */
import * as fs from 'node:fs'
import * as path from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { type Database, open, type RootDatabase } from 'lmdb'
import type { Digest } from '../../../data/Digest.js'
import { type StoreBusy, type StoreFailed, storeBusy, storeFailed } from '../../../data/Failure.js'
import { digestKeys, numberKeys } from './keys.js'

export interface Tables {
  readonly environment: RootDatabase<Uint8Array, Uint8Array>
  readonly ids: Database<Uint8Array, Digest>
  readonly journal: Database<Uint8Array, number>
  readonly roots: Database<Uint8Array, Uint8Array>
  readonly counts: Database<Uint8Array, Uint8Array>
  readonly packs: Database<Uint8Array, number>
  readonly staging: Database<Uint8Array, Digest>
}

/**
 * What an acknowledged transaction is promised.
 *
 * - `sync`: it is on the disk. A power cut loses nothing that was acknowledged.
 * - `group`: it is visible to every process and outlives this one; the disk follows in the background, in order. A
 *   power cut may lose the last transactions, whole, and damages none.
 * - `none`: as `group`, but the disk follows when the system likes, in any order. A power cut may lose the store.
 */
export type Durability = 'sync' | 'group' | 'none'

/**
 * What this thread has open, by file: two environments of one file would wait for ever for each other's transactions,
 * one of which needs the thread that the other blocks.
 */
const shared = new Map<
  string,
  { readonly tables: Tables; readonly durability: Durability; readonly identity: string; users: number }
>()

/** Tells a file from one that has taken its place. */
const identityOf = (file: string): string | undefined => {
  const found = fs.statSync(file, { throwIfNoEntry: false })
  return found === undefined ? undefined : `${found.dev} ${found.ino}`
}

/**
 * The tables of a file; one set a thread, however often they are asked for. So with one durability, and not while the
 * thread still has another file open that was there before: what it wrote to that would be lost. Throws what LMDB throws.
 */
export const acquireTables = (file: string, durability: Durability): E.Either<StoreBusy, Tables> => {
  const known = shared.get(file)
  if (known !== undefined) {
    if (known.identity !== identityOf(file))
      return E.left(storeBusy(path.dirname(file), 'this thread has it open as it was before it was replaced'))
    if (known.durability !== durability)
      return E.left(
        storeBusy(path.dirname(file), `this thread has it open with durability ${known.durability}`),
      )
    known.users++
    return E.right(known.tables)
  }
  const tables = openTables(file, durability)
  shared.set(file, { tables, durability, identity: identityOf(file)!, users: 1 })
  return E.right(tables)
}

/**
 * The last who closes a file destroys the locks in the file beside it (`mdb_env_close_active` in LMDB's mdb.c), and who opens
 * it in that very moment has found them already: then LMDB refuses all that this process asks of the file.
 */
const isCrossed = (cause: unknown): boolean =>
  cause instanceof Error && cause.message.startsWith('Invalid argument')

/** What was thrown on the way to an open store. */
export const failedIn = (directory: string, operation: string, cause: unknown): StoreBusy | StoreFailed =>
  isCrossed(cause)
    ? storeBusy(directory, 'somebody was just closing it, and locked this process out: start another')
    : storeFailed(operation, cause)

/** To be called as often as `acquireTables`; the last call closes the file. */
export const releaseTables = async (tables: Tables): Promise<void> => {
  const found = [...shared].find(([, one]) => one.tables === tables)
  if (found === undefined || --found[1].users > 0) return
  shared.delete(found[0])
  await tables.environment.close()
}

const openTables = (file: string, durability: Durability): Tables => {
  const environment = open<Uint8Array, Uint8Array>({
    path: file,
    noSubdir: true,
    encoding: 'binary',
    keyEncoding: 'binary',
    maxDbs: 8,
    // A block that is longer than half a page takes whole pages: of 4,096 bytes, real states fill 1.6 times their own;
    // of 8,192, 1.26 times, and commits take as long. Of 16,384, 1.2 times, and small commits write twice as much.
    pageSize: 8192,
    // Else a disk that is full is a rejection that nobody can catch.
    eventTurnBatching: false,
    overlappingSync: durability === 'group',
    noSync: durability === 'none',
  })
  const keyed = <K>(name: string, keyEncoder: unknown): Database<Uint8Array, K & Uint8Array> =>
    environment.openDB<Uint8Array, K & Uint8Array>({ name, encoding: 'binary', keyEncoder } as never)
  const plain = (name: string): Database<Uint8Array, Uint8Array> =>
    environment.openDB<Uint8Array, Uint8Array>({ name, encoding: 'binary', keyEncoding: 'binary' })
  return {
    environment,
    ids: keyed('ids', digestKeys) as never,
    journal: keyed('journal', numberKeys) as never,
    roots: plain('roots'),
    counts: plain('counts'),
    packs: keyed('packs', numberKeys) as never,
    staging: keyed('staging', digestKeys) as never,
  }
}
