/** A `Peer` keeps blocks on a disk: ours, or what one would use instead. */
import type { Block } from './blocks.js'

export interface Opened {
  /** Stores new blocks, in the order of their indices; when it is done they are on the disk. */
  readonly commit: (blocks: ReadonlyArray<Block>) => void | Promise<void>
  readonly read: (block: Block) => Uint8Array | undefined
  readonly close: () => Promise<void>
}

export interface Peer {
  readonly name: string
  /** Whether it goes on working when a commit is done, so that its processor time is known only when it rests. */
  readonly lingers?: boolean
  /** `undefined` if it is not installed. Not durable: to be filled quickly. */
  readonly open: (directory: string, durable: boolean) => Promise<Opened | undefined>
}
