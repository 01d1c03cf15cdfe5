/** Ours: digests are taken, links are looked up where their refs do not say, and what is there already is not put. */
import { must } from '../../../src/cli/job/agents.js'
import { Hasher, Ref } from '../../../src/index.js'
import * as LmdbStore from '../../../src/store/LmdbStore.js'
import { OURS } from '../../Bench.js'
import type { Block } from '../blocks.js'
import type { Opened, Peer } from '../Peer.js'

export const open = async (
  directory: string,
  options: LmdbStore.Options = {},
): Promise<LmdbStore.LmdbStore> => {
  const opened = await LmdbStore.open(directory, options)()
  if (opened._tag === 'Left') throw new Error(`cannot open: ${opened.left._tag}`)
  return opened.right
}

/** What a program does that holds its blocks in memory: it hashes new ones and knows the refs of others. */
export class Writer {
  readonly refs: Array<Ref.Ref> = []

  puts(blocks: ReadonlyArray<Block>) {
    return blocks.map(({ index, bytes, links }) => {
      const ref = Ref.ref(Hasher.hash(bytes))
      this.refs[index] = ref
      return { ref, bytes, links: links.map((link) => this.refs[link]!) }
    })
  }
}

export const peer: Peer = {
  name: OURS,
  open: async (directory, durable): Promise<Opened> => {
    const store = await open(directory, { durability: durable ? 'sync' : 'none' })
    const writer = new Writer()
    return {
      commit: (blocks) => {
        must(store.transact({ puts: writer.puts(blocks) }))
      },
      read: ({ digest }) => must(store.read([digest]))[0],
      close: async () => {
        await store.close()
      },
    }
  },
}
