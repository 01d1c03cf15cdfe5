/** A file for each block, as git keeps loose objects: written and flushed under another name, and then renamed. */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { Digest } from '../../../src/index.js'
import type { Opened, Peer } from '../Peer.js'

export const peer: Peer = {
  name: 'files',
  open: async (directory, durable): Promise<Opened> => {
    const fileOf = (digest: Digest.Digest): string => path.join(directory, Digest.toHex(digest))
    const flush = (file: string): void => {
      const handle = fs.openSync(file, 'r')
      fs.fsyncSync(handle)
      fs.closeSync(handle)
    }
    return {
      commit: (blocks) => {
        for (const { digest, bytes } of blocks) {
          const file = fileOf(digest)
          const beside = `${file}.new`
          fs.writeFileSync(beside, bytes)
          if (durable) flush(beside)
          fs.renameSync(beside, file)
        }
        if (durable) flush(directory)
      },
      read: ({ digest }) => {
        try {
          return fs.readFileSync(fileOf(digest))
        } catch {
          return undefined
        }
      },
      close: async () => {},
    }
  },
}
