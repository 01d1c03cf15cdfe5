/** What named checkpoints' states have of their own, and what in common, in bytes of blocks. */
import type { Digest } from '../data/Digest.js'
import { corrupt, missing } from '../data/Failure.js'
import { linksOf } from '../store/internal/links.js'
import * as Checkpoint from '../vst/Checkpoint.js'
import type { Session } from './session.js'
import { orStop, stop } from './stop.js'

export interface Share {
  readonly name: string
  /** `own` and `shared` together. */
  readonly bytes: number
  /** What no other of the states has. */
  readonly own: number
  readonly shared: number
}

export interface Sharing {
  /** In the order that was given. */
  readonly shares: ReadonlyArray<Share>
  /** Of all distinct blocks. */
  readonly bytes: number
}

interface Block {
  readonly bytes: number
  readonly links: ReadonlyArray<Digest>
  /** States that reach it. */
  holders: number
}

const read = ({ store }: Session, digest: Digest): Block => {
  const bytes = orStop(store.read([digest])())[0] ?? stop(missing(digest))
  const { links } = linksOf(bytes) ?? stop(corrupt(digest, 'not DAG-CBOR whose links are all of ours'))
  return { bytes: bytes.length, links, holders: 0 }
}

/** Reads each block once. O(blocks + states · blocks of a state). */
export const sharingOf = (
  session: Session,
  named: ReadonlyArray<readonly [name: string, checkpoint: Digest]>,
): Sharing => {
  const blocks = new Map<Digest, Block>()
  const blockOf = (digest: Digest): Block => {
    const known = blocks.get(digest) ?? read(session, digest)
    blocks.set(digest, known)
    return known
  }
  const reached = named.map(([, digest]) => {
    const found = new Set([session.ask(Checkpoint.load(digest)).state])
    // A set is iterated together with what is added meanwhile.
    for (const one of found) {
      const block = blockOf(one)
      block.holders++
      for (const link of block.links) found.add(link)
    }
    return found
  })
  const shares = named.map(([name], i): Share => {
    let [own, shared] = [0, 0]
    for (const digest of reached[i]!) {
      const { bytes, holders } = blockOf(digest)
      if (holders === 1) own += bytes
      else shared += bytes
    }
    return { name, bytes: own + shared, own, shared }
  })
  return { shares, bytes: [...blocks.values()].reduce((sum, { bytes }) => sum + bytes, 0) }
}
