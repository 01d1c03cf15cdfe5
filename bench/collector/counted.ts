/** Counts in a table of LMDB that each commit brings up to date: the design that the journal was chosen over. */
import * as path from 'node:path'
import { open } from 'lmdb'
import { Digest, Hasher, type Store } from '../../src/index.js'
import { keyOf } from '../store/peers/lmdb.js'

const NUMBER = 6
const COUNT = 4

/** Blocks that one transaction frees: as many as ours when it stops everything. */
const BATCH = 10_000

export interface Counted {
  /** Stores blocks and holds the last; answers its number. */
  readonly commit: (puts: ReadonlyArray<Store.Put>) => number
  /** Lets go of blocks, and frees what falls to zero; answers how many. */
  readonly free: (numbers: ReadonlyArray<number>) => number
  readonly close: () => Promise<void>
}

export const countedIn = (directory: string): Counted => {
  const root = open<Uint8Array, Uint8Array>({
    path: path.join(directory, 'data.mdb'),
    noSubdir: true,
    encoding: 'binary',
    keyEncoding: 'binary',
    pageSize: 8192,
    eventTurnBatching: false,
    overlappingSync: false,
    maxDbs: 8,
  })
  const table = (name: string) =>
    root.openDB<Buffer, Uint8Array>({ name, encoding: 'binary', keyEncoding: 'binary' })
  const ids = table('ids')
  const journal = table('journal')
  const counts = table('counts')
  const value = Buffer.alloc(COUNT)
  const numbers = new Map<Digest.Digest, number>()
  let next = 0

  const add = (number: number, delta: number): number => {
    const key = keyOf(number)
    const count = (counts.getBinaryFast(key)?.readUInt32LE(0) ?? 0) + delta
    value.writeUInt32LE(count, 0)
    counts.putSync(key, value)
    return count
  }

  const put = ({ ref, bytes, links }: Store.Put): void => {
    const number = next++
    const entry = Buffer.alloc(1 + NUMBER * links.length + bytes.length)
    entry[0] = links.length
    links.forEach((link, i) => {
      const to = numbers.get(link.digest)!
      entry.writeUIntBE(to, 1 + NUMBER * i, NUMBER)
      add(to, 1)
    })
    entry.set(bytes, 1 + NUMBER * links.length)
    journal.putSync(keyOf(number), entry, { append: true })
    ids.putSync(Digest.toBytes(ref.digest), keyOf(number))
    add(number, 0)
    numbers.set(ref.digest, number)
  }

  /** Frees one block; answers the blocks that nothing refers to any more. */
  const remove = (number: number): ReadonlyArray<number> => {
    const key = keyOf(number)
    const entry = Buffer.from(journal.getBinary(key)!)
    const links = Array.from({ length: entry[0]! }, (_, i) => entry.readUIntBE(1 + NUMBER * i, NUMBER))
    ids.removeSync(Digest.toBytes(Hasher.hash(entry.subarray(1 + NUMBER * links.length))))
    journal.removeSync(key)
    counts.removeSync(key)
    return links.filter((link) => add(link, -1) === 0)
  }

  return {
    commit: (puts) =>
      root.transactionSync(() => {
        for (const one of puts) put(one)
        add(next - 1, 1)
        return next - 1
      }),
    free: (held) => {
      const waiting = root.transactionSync(() => held.filter((number) => add(number, -1) === 0))
      let freed = 0
      while (waiting.length > 0)
        root.transactionSync(() => {
          for (let k = 0; k < BATCH && waiting.length > 0; k++, freed++)
            waiting.push(...remove(waiting.pop()!))
        })
      return freed
    },
    close: () => root.close(),
  }
}
