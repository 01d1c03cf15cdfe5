import { ClassicLevel } from 'classic-level'
import { Digest } from '../../../src/index.js'
import type { Opened, Peer } from '../Peer.js'

export const peer: Peer = {
  name: 'classic-level',
  lingers: true,
  open: async (directory, durable): Promise<Opened> => {
    const encodings = { keyEncoding: 'view', valueEncoding: 'view' } as const
    const db = new ClassicLevel<Uint8Array, Uint8Array>(directory, encodings)
    await db.open()
    return {
      commit: (blocks) =>
        db.batch(
          blocks.map(({ digest, bytes }) => ({ type: 'put', key: Digest.toBytes(digest), value: bytes })),
          { sync: durable },
        ),
      read: ({ digest }) => db.getSync(Digest.toBytes(digest)),
      close: () => db.close(),
    }
  },
}
