/**
 * An `Audit` is a store laid open: what stands in each of its tables, right or wrong, for `Fsck` to judge.
 *
 * Blocks are spoken of by number, as the store's own tables do. Nothing here is checked: numbers may lead nowhere.
 */
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { Digest } from '../data/Digest.js'
import type { StoreFailed } from '../data/Failure.js'

/** A block as the store keeps it. */
export interface Stored {
  readonly bytes: Uint8Array
  /** The numbers that the store noted beside it: of links, and of parents. */
  readonly links: ReadonlyArray<number>
  readonly parents: ReadonlyArray<number>
  /** Whether that note is as it was written; if not, the numbers mean nothing and the bytes may begin elsewhere. */
  readonly sound: boolean
  /** Whether its parents no longer count. */
  readonly cut: boolean
}

/** What the store thinks of a number. */
export interface Counted {
  readonly number: number
  readonly references: number
  /** Whether it thinks that a block is there, and would free it once its references are zero. */
  readonly there: boolean
}

/** Something wrong in the store's own records, by name. */
export interface Misrecorded {
  readonly record: string
  readonly stored: number
  readonly found: number
}

export interface Audit {
  /** Numbers are below this. */
  readonly end: number
  /** The numbers of all blocks, each once. */
  readonly numbers: () => Iterable<number>
  readonly block: (number: number) => Stored | undefined
  /** A block whose note is damaged, found by the digest that its own bytes must have. */
  readonly recover: (number: number, digest: Digest) => Stored | undefined
  /** What leads from digests to numbers. */
  readonly ids: () => Iterable<readonly [digest: Digest, number: number]>
  /** The number that a digest leads to; −1 for none. */
  readonly find: (digest: Digest) => number
  readonly heads: () => Iterable<{ readonly name: string; readonly digest: Digest; readonly number: number }>
  readonly pins: () => Iterable<{ readonly number: number; readonly times: number }>
  /** The ledger. */
  readonly counts: () => Iterable<Counted>
  /** Entries of the journal, by number, that say nothing. */
  readonly unreadable: () => Iterable<number>
  /** What the store says of itself, against what is there. */
  readonly records: (blocks: number, bytes: number) => ReadonlyArray<Misrecorded>
}

/** A store that can be laid open. `look` sees one moment of it, and must not keep what it was given. */
export interface Auditable {
  readonly audit: <A>(look: (audit: Audit) => A) => IOEither<StoreFailed, A>
}
