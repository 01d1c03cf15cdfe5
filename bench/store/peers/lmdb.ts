/** LMDB alone, with the same two tables: digest to number, number to bytes. */
import * as path from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { Digest } from '../../../src/index.js'
import type { Block } from '../blocks.js'
import type { Opened, Peer } from '../Peer.js'

const NUMBER = 6

export const keyOf = (number: number): Buffer => {
  const key = Buffer.allocUnsafe(NUMBER)
  key.writeUIntBE(number, 0, NUMBER)
  return key
}

const environment = (directory: string, durable: boolean): RootDatabase<Uint8Array, Uint8Array> =>
  open({
    path: path.join(directory, 'data.mdb'),
    noSubdir: true,
    encoding: 'binary',
    keyEncoding: 'binary',
    eventTurnBatching: false,
    overlappingSync: false,
    noSync: !durable,
    maxDbs: 8,
  })

/** What is done beside, in the same transaction. */
type Beside = (root: RootDatabase<Uint8Array, Uint8Array>) => (number: number, block: Block) => void

export const raw = (name: string, beside: Beside): Peer => ({
  name,
  open: async (directory, durable): Promise<Opened> => {
    const root = environment(directory, durable)
    const table = (named: string) =>
      root.openDB<Uint8Array, Uint8Array>({ name: named, encoding: 'binary', keyEncoding: 'binary' })
    const ids = table('ids')
    const journal = table('journal')
    const also = beside(root)
    return {
      commit: (blocks) => {
        // Keys are made by whoever calls: bytes of a digest are at hand where digests are bytes.
        root.transactionSync(() => {
          for (const block of blocks) {
            const number = keyOf(block.index)
            journal.putSync(number, block.bytes, { append: true })
            ids.putSync(Digest.toBytes(block.digest), number)
            also(block.index, block)
          }
        })
      },
      read: ({ digest }) => {
        const id = ids.getBinary(Digest.toBytes(digest))
        return id === undefined ? undefined : journal.getBinary(id)
      },
      close: () => root.close(),
    }
  },
})

export const peer: Peer = raw('lmdb', () => () => undefined)
