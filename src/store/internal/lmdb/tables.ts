/** The tables of a store on disk: one LMDB environment. See `keys.ts` for what stands in each. */
import { type Database, open, type RootDatabase } from 'lmdb'
import type { Digest } from '../../../data/Digest.js'
import { digestKeys, numberKeys } from './keys.js'

export interface Tables {
  readonly environment: RootDatabase<Uint8Array, Uint8Array>
  readonly ids: Database<Uint8Array, Digest>
  readonly journal: Database<Uint8Array, number>
  readonly roots: Database<Uint8Array, Uint8Array>
  readonly counts: Database<Uint8Array, Uint8Array>
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

/** Throws what LMDB throws. */
export const openTables = (file: string, durability: Durability, mapSize?: number): Tables => {
  const environment = open<Uint8Array, Uint8Array>({
    path: file,
    noSubdir: true,
    encoding: 'binary',
    keyEncoding: 'binary',
    maxDbs: 8,
    // Else a disk that is full is a rejection that nobody can catch.
    eventTurnBatching: false,
    overlappingSync: durability === 'group',
    noSync: durability === 'none',
    ...(mapSize === undefined ? {} : { mapSize }),
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
    staging: keyed('staging', digestKeys) as never,
  }
}
