/**
 * A `MemoryStore` is a `Store` in this process's memory, with exact counts and a collector.
 *
 * Laws (`laws/store`): those of every store (`storeLaws.ts`), of a store that collects (`collectingLaws.ts`) and of
 * one that shows its journal (`journalLaws.ts`). Chiefly:
 * 1. What was read is what was put — "a block read is the block put".
 * 2. A transaction that fails changes nothing, the refs in it included — "a transaction that fails changes nothing".
 * 3. `ledger` equals `recount` at any moment — "the ledger is the recount".
 * 4. `collect` takes all that no head and no pin reaches, and nothing else — "what is reachable stays".
 * 5. A number remembered before a sweep is never trusted after it — "numbers of another epoch are not trusted".
 *
 * A transaction is read as a sequence: puts, pins, unpins, cuts, heads, each in the order given.
 * - A put of a block that is there, or that came earlier in the transaction, is `known` and does nothing; its links
 *   and parents are not looked at.
 * - Pins come before unpins, so a block may be pinned and unpinned at once; that does nothing.
 * - A head that moves twice must expect, the second time, where the first left it. Its target may be a block put in
 *   the same transaction. A move from a digest to itself checks and does nothing; `next: null` deletes; deleting what
 *   is not there, `null` to `null`, checks that there is no such head.
 * - A cut of a block without parents, or cut before, does nothing. A block that is put again after it was swept has
 *   its parents again.
 *
 * Digests are trusted, and bytes are kept and handed out as they are, without a copy: whoever puts an array, or reads
 * one, leaves it unchanged from then on. At most 2^24 blocks (the size of a `Map`): a put beyond is `StoreFailed`.
 */
import { now } from 'fp-ts/lib/Date.js'
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../data/Digest.js'
import type { Stamp } from '../data/Ref.js'
import type { Auditable } from './Audit.js'
import { Memory } from './internal/memory.js'
import { auditOf } from './internal/memoryAudit.js'
import { Tally } from './internal/tally.js'
import * as Journal from './Journal.js'
import type { Ledger } from './Ledger.js'
import type { Collectable, Collection, Counting, Listing, Store } from './Store.js'

export type { Collection } from './Store.js'

export interface Stats {
  readonly blocks: number
  /** The content of all blocks, each once. */
  readonly bytes: number
  readonly heads: number
  /** How many pins, not how many pinned blocks. */
  readonly pins: number
  /** Entries of the journal; a snapshot makes them fewer. */
  readonly entries: number
  /** What the journal takes, in bytes. */
  readonly journalBytes: number
}

/** Counts are O(1) amortised; `sharedSince` is kept until the block is swept, even if its count falls again. */
export interface MemoryStore extends Store, Counting, Collectable, Listing, Auditable {
  /** The current sweep epoch; a `Ref` that carries this very object needs no look-up. */
  readonly stamp: IO<Stamp>
  /** What happened, from the last snapshot on: a copy. O(journal). */
  readonly journal: IO<Journal.Journal>
  /** The counts. O(references since it was last asked for + pages). */
  readonly ledger: IO<Ledger>
  /** The counts again, from the live blocks, heads and pins alone. O(references). Equals `ledger`. */
  readonly recount: IO<Ledger>
  /** Frees all that no head and no pin reaches. O(blocks and links freed), in constant stack. */
  readonly collect: IO<Collection>
  /** Replaces the journal by its image; happens by itself when more than half of it is history. O(journal). */
  readonly snapshot: IO<void>
  readonly stats: IO<Stats>
}

export interface Options {
  /** Milliseconds; asked once a transaction. Default: the system's. */
  readonly clock?: IO<number>
  /** Says in a stamp whose it is. */
  readonly name?: string
}

const recount = (memory: Memory): Ledger => {
  const tally = new Tally()
  const raise = (number: number): void => {
    tally.add(number, 1)
  }
  for (let number = 0; number < memory.blocks.end; number++)
    if (memory.blocks.digest(number) !== undefined) memory.held(number, raise)
  for (const [number, times] of memory.pins) tally.add(number, times)
  for (const number of memory.heads.values()) raise(number)
  return tally.freeze()
}

const heads = (memory: Memory, prefix: string): ReadonlyArray<readonly [string, Digest]> =>
  [...memory.heads]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, number]) => [name, memory.blocks.digest(number)!] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))

function* listed({ blocks }: Memory): Iterable<E.Either<never, readonly [Digest, Uint8Array]>> {
  for (let number = 0; number < blocks.end; number++) {
    const digest = blocks.digest(number)
    if (digest !== undefined) yield E.right([digest, blocks.bytes(digest)!])
  }
}

const stats = ({ blocks, heads, pins, writer }: Memory): Stats => ({
  blocks: blocks.size,
  bytes: blocks.byteLength,
  heads: heads.size,
  pins: [...pins.values()].reduce((sum, times) => sum + times, 0),
  entries: writer.entries,
  journalBytes: writer.length * Int32Array.BYTES_PER_ELEMENT,
})

/**
 * An empty store. `read` and `transact` never answer `StoreFailed` here, but for a store that is full. `heads` answers
 * in the order of names (by UTF-16 code unit). O(heads) for `heads`; O(1) a digest, put, link and move for the rest.
 *
 * @category constructors
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { Digest, MemoryStore, Ref } from 'coppice'
 *
 * const store = MemoryStore.make()
 * const leaf = Ref.ref(Digest.fromBytes(new Uint8Array(32).fill(1)))
 * const root = Ref.ref(Digest.fromBytes(new Uint8Array(32).fill(2)))
 *
 * store.transact({
 *   puts: [
 *     { ref: leaf, bytes: new Uint8Array([1]), links: [] },
 *     { ref: root, bytes: new Uint8Array([2]), links: [leaf, leaf] },
 *   ],
 *   heads: [{ name: 'main', expect: null, next: root.digest }],
 * })()
 * assert.deepStrictEqual(store.count(leaf.digest)(), E.right(2))
 * assert.deepStrictEqual(store.collect(), { freed: 0, bytes: 0 })
 *
 * store.transact({ heads: [{ name: 'main', expect: root.digest, next: null }] })()
 * assert.deepStrictEqual(store.collect(), { freed: 2, bytes: 2 })
 * assert.deepStrictEqual(store.read([leaf.digest])(), E.right([undefined]))
 * ```
 */
export const make = ({ clock = now, name = 'memory' }: Options = {}): MemoryStore => {
  const memory = new Memory(name, clock)
  const { blocks } = memory
  return {
    read: (digests) => () => E.right(digests.map((digest) => blocks.bytes(digest))),
    transact: (transaction) => () => {
      const done = memory.transact(transaction)
      return '_tag' in done ? E.left(done) : E.right(done)
    },
    trusted: true,
    locate: (refs) => () => E.right(memory.locate(refs)),
    head: (name) => () => {
      const number = memory.heads.get(name)
      return E.right(number === undefined ? null : blocks.digest(number)!)
    },
    heads: (prefix) => () => E.right(heads(memory, prefix)),
    stamp: () => memory.stamp,
    journal: () => Journal.fromWriter(memory.writer),
    ledger: () => memory.fold().tally.freeze(),
    recount: () => recount(memory),
    count: (digest) => () => {
      const number = blocks.find(digest)
      return E.right(number < 0 ? 0 : memory.fold().tally.count(number))
    },
    sharedSince: (digest) => () => {
      const number = blocks.find(digest)
      const since = number < 0 ? Number.NaN : memory.fold().sharedSince(number)
      return E.right(Number.isNaN(since) ? O.none : O.some(since))
    },
    blocks: () => listed(memory),
    slice: (bounds) => () => E.right(memory.slice(bounds)),
    collect: () => memory.sweep(),
    snapshot: () => memory.snapshot(),
    stats: () => stats(memory),
    audit: (look) => () => E.right(look(auditOf(memory))),
  }
}
