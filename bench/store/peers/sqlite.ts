/** Only where it is installed, since it needs a compiler for that: `npm i --no-save better-sqlite3`. */
import { createRequire } from 'node:module'
import * as path from 'node:path'
import { Digest } from '../../../src/index.js'
import type { Opened, Peer } from '../Peer.js'

interface Statement {
  readonly run: (...values: readonly unknown[]) => unknown
  readonly get: (...values: readonly unknown[]) => { readonly bytes: Uint8Array } | undefined
}

interface Database {
  readonly pragma: (text: string) => unknown
  readonly exec: (text: string) => unknown
  readonly prepare: (text: string) => Statement
  readonly transaction: <A>(work: (argument: A) => void) => (argument: A) => void
  readonly close: () => void
}

type Sqlite = new (file: string) => Database

const installed = (): Sqlite | undefined => {
  const name = 'better-sqlite3'
  try {
    return createRequire(import.meta.url)(name) as Sqlite
  } catch {
    return undefined
  }
}

export const peer: Peer = {
  name: 'better-sqlite3',
  open: async (directory, durable): Promise<Opened | undefined> => {
    const Sqlite = installed()
    if (Sqlite === undefined) return undefined
    const db = new Sqlite(path.join(directory, 'data.sqlite'))
    db.pragma('journal_mode = WAL')
    db.pragma(`synchronous = ${durable ? 'FULL' : 'OFF'}`)
    db.exec('create table if not exists blocks (digest blob primary key, bytes blob) without rowid')
    const put = db.prepare('insert into blocks values (?, ?)')
    const get = db.prepare('select bytes from blocks where digest = ?')
    const commit = db.transaction((rows: ReadonlyArray<readonly [Uint8Array, Uint8Array]>) => {
      for (const [digest, bytes] of rows) put.run(digest, bytes)
    })
    return {
      commit: (blocks) => commit(blocks.map(({ digest, bytes }) => [Digest.toBytes(digest), bytes])),
      read: ({ digest }) => get.get(Digest.toBytes(digest))?.bytes,
      close: async () => db.close(),
    }
  },
}
