/**
 * A `Store` holds blocks by digest, pins, and heads: names for digests.
 *
 * It is a port: everything above it needs `read`, `transact` and `head`, in one of two shapes, synchronous
 * (`Store`: memory, LMDB) or asynchronous (`AsyncStore`: a network). One transaction is all or nothing.
 *
 * Laws (`coppice/laws`, store): a block read is the block put; a put whose links are absent is refused (`Dangling`);
 * a transaction that fails changes nothing; equal blocks are stored once; a head moves only from where it was
 * expected (`HeadMoved`); what a head or a pin reaches is never taken.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../data/Digest.js'
import type { Dangling, HeadMoved, LeaseLost, Missing, NotPinned, StoreFailed } from '../data/Failure.js'
import type { Ref, Stamp } from '../data/Ref.js'

/** One block to store. Its `ref` and its links' refs learn their numbers from the store. */
export interface Put {
  readonly ref: Ref
  readonly bytes: Uint8Array
  /** Every link in the block, repeated as often as it stands there. Earlier puts of the transaction count as present. */
  readonly links: ReadonlyArray<Ref>
  /** Links to earlier history, which a cut may end; not repeated in `links`. */
  readonly parents?: ReadonlyArray<Ref>
}

/** Moves `name` from `expect` to `next`; `null` stands for "no such head". */
export interface HeadMove {
  readonly name: string
  readonly expect: Digest | null
  readonly next: Digest | null
}

export interface Transaction {
  /** Children before their parents. */
  readonly puts?: ReadonlyArray<Put>
  /** Each adds one pin; a block may be pinned many times. */
  readonly pins?: ReadonlyArray<Digest>
  readonly unpins?: ReadonlyArray<Digest>
  /** Blocks whose `parents` no longer hold their history; cutting twice is cutting once. */
  readonly cuts?: ReadonlyArray<Digest>
  readonly heads?: ReadonlyArray<HeadMove>
}

/** What a transaction did: the digests that were new, and those that were there already. */
export interface Receipt {
  readonly added: ReadonlyArray<Digest>
  readonly known: ReadonlyArray<Digest>
}

export type TransactFailure = Dangling | HeadMoved | LeaseLost | Missing | NotPinned | StoreFailed

/** The synchronous shape. `read` answers in the order asked, `undefined` for what is not there. */
export interface Store {
  /** Whether what it reads never left this process, so that nobody has to hash it again. */
  readonly trusted?: boolean
  readonly read: (
    digests: ReadonlyArray<Digest>,
  ) => IOEither<StoreFailed, ReadonlyArray<Uint8Array | undefined>>
  readonly transact: (transaction: Transaction) => IOEither<TransactFailure, Receipt>
  /**
   * Brings refs up to date: those whose blocks are there carry the stamp that it answers, and their numbers; the rest
   * carry another one. With no refs it only answers the stamp of now.
   */
  readonly locate: (refs: ReadonlyArray<Ref>) => IOEither<StoreFailed, Stamp>
  readonly head: (name: string) => IOEither<StoreFailed, Digest | null>
  readonly heads: (prefix: string) => IOEither<StoreFailed, ReadonlyArray<readonly [string, Digest]>>
}

/** The asynchronous shape, method for method. */
export interface AsyncStore {
  readonly trusted?: boolean
  readonly read: (
    digests: ReadonlyArray<Digest>,
  ) => TaskEither<StoreFailed, ReadonlyArray<Uint8Array | undefined>>
  readonly transact: (transaction: Transaction) => TaskEither<TransactFailure, Receipt>
  readonly locate: (refs: ReadonlyArray<Ref>) => TaskEither<StoreFailed, Stamp>
  readonly head: (name: string) => TaskEither<StoreFailed, Digest | null>
  readonly heads: (prefix: string) => TaskEither<StoreFailed, ReadonlyArray<readonly [string, Digest]>>
}

/** A store that can list its blocks. */
export interface Listing {
  /** All of them, in no particular order, each once; ends after a failure. What is put or swept meanwhile may be in it. */
  readonly blocks: () => Iterable<Either<StoreFailed, readonly [Digest, Uint8Array]>>
}

/** A store that can say how often a block is referred to. */
export interface Counting {
  /** Links, heads and pins; zero for a block that is not there. */
  readonly count: (digest: Digest) => IOEither<StoreFailed, number>
  /** When, in ms, a transaction first left two references to the block. */
  readonly sharedSince: (digest: Digest) => IOEither<StoreFailed, O.Option<number>>
}

/** How much a slice of a collection does at most. However short the time, it frees a block if it may free any. */
export interface Bounds {
  readonly blocks: number
  readonly milliseconds: number
}

/** What a collection took. */
export interface Collection {
  /** Blocks. */
  readonly freed: number
  /** Their content, in bytes. */
  readonly bytes: number
}

/** What a slice did. */
export interface Slice extends Collection {
  /** Blocks that may be garbage and were not looked at again. */
  readonly waiting: number
  /** Whether there is nothing left to do now. */
  readonly done: boolean
  /** For how long it held this process up. */
  readonly milliseconds: number
}

/** A store whose garbage is freed a slice at a time; any number of slices come to what one whole collection does. */
export interface Collectable {
  readonly slice: (bounds: Bounds) => IOEither<StoreFailed, Slice>
}

/** The same, asynchronous. */
export interface AsyncCollectable {
  readonly slice: (bounds: Bounds) => TaskEither<StoreFailed, Slice>
}
