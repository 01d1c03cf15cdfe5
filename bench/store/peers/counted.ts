/** LMDB with a table of counts that the block's own transaction brings up to date: what our journal saves. */
import type { Peer } from '../Peer.js'
import { keyOf, raw } from './lmdb.js'

export const peer: Peer = raw('lmdb, counts inside', (root) => {
  const counts = root.openDB<Uint8Array, Uint8Array>({
    name: 'counts',
    encoding: 'binary',
    keyEncoding: 'binary',
  })
  const value = Buffer.alloc(8)
  return (number, { links }) => {
    for (const link of links) {
      const key = keyOf(link)
      const count = counts.getBinaryFast(key) as Buffer | undefined
      value.writeUInt32LE(count === undefined ? 1 : count.readUInt32LE(0) + 1, 0)
      counts.putSync(key, value.subarray(0, 4))
    }
    value.writeUInt32LE(0, 0)
    counts.putSync(keyOf(number), value.subarray(0, 4))
  }
})
