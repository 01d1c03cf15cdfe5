/**
 * An `LmdbStore` is a `Store` in a directory: durable, shared by processes, counted exactly, collected in slices.
 *
 * Each block is an entry of one ascending table, beside the numbers of its links; that table is the journal, so the
 * counts cost a commit nothing and are folded when the collector or a statistic asks. One table more leads from digests
 * to numbers; heads and pins are in a third.
 *
 * A process that opens a store begins a *session*: its pins are its own, and hold while its lease runs. The lease is
 * renewed by itself. A process that died, or slept through its lease, loses its pins, and every transaction that it
 * still tries is refused (`LeaseLost`). Heads stay. So what shall outlive a process needs a head.
 *
 * Laws (`coppice/laws`): those of every store (`storeLaws`) and of one that collects (`collectingLaws`).
 *
 * Bytes come from a disk: `Fetch` checks each block against its digest when it first reads it.
 */
import { realpathSync, statSync } from 'node:fs'
import * as path from 'node:path'
import { now } from 'fp-ts/lib/Date.js'
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { ABORT, type TransactionFlags } from 'lmdb'
import { type Digest, fromBytes } from '../data/Digest.js'
import {
  type DamagedStore,
  damagedStore,
  type StoreBusy,
  type StoreFailed,
  storeBusy,
  storeFailed,
  type UnsupportedStore,
  unsupportedStore,
} from '../data/Failure.js'
import { ready } from '../data/Hasher.js'
import type { Ref, Stamp } from '../data/Ref.js'
import type { Auditable } from './Audit.js'
import { auditOf } from './internal/lmdb/audit.js'
import { Disk, type Done } from './internal/lmdb/disk.js'
import { bodyOf, type Log } from './internal/lmdb/entry.js'
import { checked, dataOf, finish, marked, probe } from './internal/lmdb/guard.js'
import * as keys from './internal/lmdb/keys.js'
import { decode, encode, fresh, VERSION } from './internal/lmdb/meta.js'
import { recount } from './internal/lmdb/recount.js'
import { type Run, stagingOf } from './internal/lmdb/staging.js'
import { current, prepare, Sweeper, type Swept } from './internal/lmdb/sweep.js'
import { acquireTables, type Durability, releaseTables, type Tables } from './internal/lmdb/tables.js'
import { Tally } from './internal/tally.js'
import * as Ledger from './Ledger.js'
import type { Stages, Staging } from './Staging.js'
import type {
  AsyncCollectable,
  AsyncStore,
  Bounds,
  Collectable,
  Counting,
  Listing,
  Receipt,
  Slice,
  Store,
  TransactFailure,
  Transaction,
} from './Store.js'

export type { Durability } from './internal/lmdb/tables.js'

/** What a collection took. */
export interface Collection {
  /** Blocks. */
  readonly freed: number
  /** Their content, in bytes. */
  readonly bytes: number
}

export interface Stats {
  readonly blocks: number
  /** The content of all blocks, each once. */
  readonly bytes: number
  readonly heads: number
  /** How many pins, of all sessions. */
  readonly pins: number
  /** Sessions that have not ended, this one among them. */
  readonly sessions: number
  /** What collections have freed since the store was made. */
  readonly freed: Collection
  /** Blocks that wait to be looked at by the collector, by the sweep epoch in which they came to wait. */
  readonly waiting: ReadonlyArray<{ readonly epoch: number; readonly blocks: number }>
  /** What the counts take in this process's memory, in bytes. */
  readonly ledgerBytes: number
  /** The size of the file, in bytes. */
  readonly fileBytes: number
}

export interface LmdbStore extends Store, Counting, Collectable, Listing, Auditable {
  readonly path: string
  /** Blocks that may not enter, beside the store and as durable. */
  readonly staging: Staging
  /**
   * The same store for programs that must not block: transactions that come together share one flush of the disk, and
   * the event loop goes on meanwhile.
   */
  readonly async: AsyncStore & AsyncCollectable & Stages
  /** The counts. O(entries since it was last asked for + pages). */
  readonly ledger: IOEither<StoreFailed, Ledger.Ledger>
  /** The counts again, from the blocks, heads and pins alone. O(blocks + links). Equals `ledger`. */
  readonly recount: IOEither<StoreFailed, Ledger.Ledger>
  /** Frees all that no head and no pin reaches, slice by slice. */
  readonly collect: IOEither<StoreFailed, Collection>
  /** Writes the counts beside the journal, so that the next process to open the store need not fold it. */
  readonly snapshot: IOEither<StoreFailed, void>
  readonly stats: IOEither<StoreFailed, Stats>
  /** Waits until the disk has all that was acknowledged; at once where `durability` is `sync`. */
  readonly flush: TaskEither<StoreFailed, void>
  /** Ends the session: its pins go, its lease ends. Again does nothing. */
  readonly close: TaskEither<StoreFailed, void>
}

export interface Options {
  /** Default `sync`. Processes that share a store must agree on it. */
  readonly durability?: Durability
  /** Whether to make a store where there is none. Default true. */
  readonly create?: boolean
  /** How long a session's pins outlive its process, ms. Default a minute. */
  readonly lease?: number
  /** Milliseconds since 1970; processes that share a store must agree on it. Default: the system's. */
  readonly clock?: IO<number>
  /** Bytes of blocks that the store may hold; a put beyond is `StoreFailed`. Default: what the disk takes. */
  readonly limit?: number
  /** Whether to read the whole store in another process first, for one that may kill its reader. Default false. */
  readonly suspect?: boolean
}

export type OpenFailure = DamagedStore | UnsupportedStore | StoreBusy | StoreFailed

/** What a slice does if it is not told, when nobody waits for the event loop. */
const WHOLE: Bounds = { blocks: 10_000, milliseconds: 50 }

/** The store behind its face. @internal */
export interface Inside {
  readonly disk: Disk
  readonly sweeper: Sweeper
  readonly writing: <A>(operation: string, body: () => A) => E.Either<StoreFailed, A>
}

const insides = new WeakMap<LmdbStore, Inside>()

/** @internal */
export const inside = (store: LmdbStore): Inside => insides.get(store)!

const attempt = <A>(operation: string, body: () => A): E.Either<StoreFailed, A> =>
  E.tryCatch(body, (cause) => storeFailed(operation, cause))

/** The cause of a commit that failed is told apart from the failure. */
const causeOf = async (error: unknown): Promise<unknown> => {
  const commit = (error as { commitError?: Promise<unknown> } | null)?.commitError
  if (commit === undefined) return error
  return commit.then(
    () => error,
    (cause: unknown) => cause,
  )
}

const isFailure = (done: Done | TransactFailure): done is TransactFailure => '_tag' in done

// -------------------------------------------------------------------------------------------------
// opening
// -------------------------------------------------------------------------------------------------

const begin = (
  directory: string,
  tables: Tables,
  { clock = now, lease = 60_000, durability = 'sync', limit = Number.POSITIVE_INFINITY }: Options,
): E.Either<OpenFailure, Disk> => {
  const { environment, roots } = tables
  let refused: OpenFailure | null = null
  const disk = environment.transactionSync(() => {
    const bytes = roots.getBinaryFast(keys.META)
    const meta = bytes === undefined ? { ...fresh } : decode(bytes, bytes.length)
    if (meta === undefined) {
      refused = damagedStore(directory, 'its record is garbled')
      return ABORT as never
    }
    if (meta.version > VERSION) {
      refused = unsupportedStore(directory, meta.version, VERSION)
      return ABORT as never
    }
    const time = clock()
    const other = [...roots.getRange(keys.leases())].find(
      ({ value }) => keys.leaseEnd(value) >= time && keys.leaseMode(value) !== durability,
    )
    if (other !== undefined) {
      refused = storeBusy(
        directory,
        `another process has opened it with durability ${keys.leaseMode(other.value)}`,
      )
      return ABORT as never
    }
    const session = meta.session++
    roots.putSync(keys.META, encode(meta))
    const made = new Disk(tables, { name: directory, clock, session, lease, durability, limit }, meta.epoch)
    made.writeLease(time + lease)
    return made
  })
  return refused === null ? E.right(disk) : E.left(refused)
}

const opening = async (directory: string, options: Options): Promise<E.Either<OpenFailure, LmdbStore>> => {
  const whole = path.resolve(directory)
  await ready()
  const { create = true, suspect = false, durability = 'sync' } = options
  try {
    const marker = marked(whole, create)
    if (marker._tag === 'Left') return marker
    const file = checked(whole, marker.right)
    if (file._tag === 'Left') return file
    if (file.right === 'short' || (suspect && file.right === 'whole')) {
      const read = probe(whole)
      if (read._tag === 'Left') return read
    }
    const tables = acquireTables(dataOf(realpathSync(whole)), durability)
    const begun = attempt('open', () => begin(whole, tables, options))
    const disk = begun._tag === 'Left' ? begun : begun.right
    if (disk._tag === 'Right') {
      if (marker.right === 'unfinished') finish(whole)
      return E.right(make(whole, disk.right, durability))
    }
    await releaseTables(tables)
    return disk
  } catch (cause) {
    return E.left(storeFailed('open', cause))
  }
}

/**
 * Opens the store in a directory, and makes it if there is none.
 *
 * Errors: `DamagedStore`, `UnsupportedStore`, `StoreBusy` (sessions that disagree on durability), `StoreFailed`.
 *
 * @category constructors
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { mkdtempSync, rmSync } from 'node:fs'
 * import { ComponentStore, State, StateReference } from 'coppice'
 * import { LmdbStore } from 'coppice/lmdb'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const directory = mkdtempSync('/tmp/coppice-')
 * const opened = await LmdbStore.open(directory)()
 * assert.ok(E.isRight(opened))
 * const root = StateReference.root(ComponentStore.make(opened.right))(State.empty)()
 * assert.ok(E.isRight(StateReference.commit({ head: 'main' })(root)()))
 * await opened.right.close()
 *
 * const again = await LmdbStore.open(directory)()
 * assert.ok(E.isRight(again))
 * assert.ok(E.isRight(StateReference.openHead(ComponentStore.make(again.right))('main')()))
 * await again.right.close()
 * rmSync(directory, { recursive: true })
 * ```
 */
export const open =
  (directory: string, options: Options = {}): TaskEither<OpenFailure, LmdbStore> =>
  () =>
    opening(directory, options)

// -------------------------------------------------------------------------------------------------
// the store
// -------------------------------------------------------------------------------------------------

/** As many bytes as Node's own pool: what keeps a block of a slab alive keeps no more than that. */
const SLAB = 8192
let slab: Uint8Array = new Uint8Array(SLAB)
let used = 0
/** What LMDB lends, as plain bytes: a part of a `Buffer` is another `Buffer`, which takes longer to make than to fill. */
let lent: Uint8Array = slab

/** Small copies stand side by side: memory of its own for each would take longer to get than a block takes to read. */
const copied = ({ buffer, byteOffset }: Uint8Array, from: number, to: number): Uint8Array => {
  const n = to - from
  if (lent.buffer !== buffer || lent.byteOffset !== byteOffset) lent = new Uint8Array(buffer, byteOffset)
  if (n > SLAB >> 1) return lent.slice(from, to)
  if (used + n > SLAB) {
    slab = new Uint8Array(SLAB)
    used = 0
  }
  const copy = slab.subarray(used, used + n)
  copy.set(lent.subarray(from, to))
  used += n
  return copy
}

const blockOf = ({ ids, journal }: Tables, digest: Digest): Uint8Array | undefined => {
  const id = ids.getBinaryFast(digest)
  const entry = id === undefined ? undefined : journal.getBinaryFast(keys.readNumber(id, 0))
  // A copy: what LMDB hands out changes with the next read.
  return entry === undefined ? undefined : copied(entry, bodyOf(entry, entry.length), entry.length)
}

const locate = (disk: Disk, refs: ReadonlyArray<Ref>): Stamp => {
  const stamp = disk.stampOf(disk.meta().epoch)
  for (const ref of refs) {
    if (ref.stamp === stamp) continue
    const number = disk.find(ref.digest)
    ref.stamp = number < 0 ? null : stamp
    ref.number = number
  }
  return stamp
}

const headsOf = ({ roots }: Tables, prefix: string): ReadonlyArray<readonly [string, Digest]> => {
  const found: Array<readonly [string, Digest]> = []
  if (prefix.length > keys.LONGEST_NAME) return found
  for (const { key, value } of roots.getRange({ start: keys.head(prefix), end: keys.heads().end })) {
    const name = keys.nameOf(key)
    if (!name.startsWith(prefix)) break
    found.push([name, fromBytes(value)])
  }
  return found
}

/** Blocks that are read at a time when all are listed. */
const PAGE = 256

/** In the order of digests, a page at a time: a read that lasted would keep LMDB from using space again. */
function* listed(
  tables: Tables,
  reading: Run['reading'],
): Iterable<E.Either<StoreFailed, readonly [Digest, Uint8Array]>> {
  let last: Digest | undefined
  for (;;) {
    const page = reading('list blocks', () => {
      const range = last === undefined ? {} : { start: last, exclusiveStart: true }
      const digests = [...tables.ids.getKeys({ ...range, limit: PAGE })]
      return digests.map((digest) => [digest, blockOf(tables, digest)] as const)
    })()
    if (page._tag === 'Left') return yield page
    if (page.right.length === 0) return
    for (const [digest, bytes] of page.right) if (bytes !== undefined) yield E.right([digest, bytes])
    last = page.right[page.right.length - 1]![0]
  }
}

/** The slots of the counts as a ledger of references. */
const ledgerOf = (slots: Tally): Ledger.Ledger => {
  const tally = new Tally()
  for (const [number, slot] of Ledger.counts(slots.freeze())) {
    const references = Math.floor(slot / 2)
    if (references !== 0) tally.add(number, references)
  }
  return tally.freeze()
}

const stats = (disk: Disk): Stats => {
  const { tables } = disk
  const meta = disk.meta()
  const counts = current(disk, meta)
  let pins = 0
  for (const { value } of tables.roots.getRange(keys.pins())) pins += keys.readNumber(value, 0)
  return {
    blocks: meta.blocks,
    bytes: meta.bytes,
    heads: tables.roots.getKeysCount(keys.heads()),
    pins,
    sessions: tables.roots.getKeysCount(keys.leases()),
    freed: { freed: meta.freedBlocks, bytes: meta.freedBytes },
    waiting: counts.queue.byGeneration(),
    ledgerBytes: counts.byteLength(),
    fileBytes: statSync(dataOf(disk.name)).size,
  }
}

const make = (directory: string, disk: Disk, durability: Durability): LmdbStore => {
  const { environment } = disk.tables
  const sweeper = new Sweeper(disk)
  let closing: Promise<E.Either<StoreFailed, void>> | null = null
  let closed = false
  // Visible at once, on the disk later: what `group` promises. Else a transaction ends with its flush.
  const flags = durability === 'group' ? (0x10003 as TransactionFlags) : undefined

  /** Throws where the file may be open no longer, or only for others. */
  const mustBeOpen = (): void => {
    if (closed) throw new Error('the store is closed')
  }

  /** What another process has committed is seen from here on. */
  const reading =
    <A>(operation: string, body: () => A): IOEither<StoreFailed, A> =>
    () =>
      attempt(operation, () => {
        mustBeOpen()
        environment.resetReadTxn()
        return body()
      })

  const writing = <A>(operation: string, body: () => A): E.Either<StoreFailed, A> =>
    attempt(operation, () => {
      mustBeOpen()
      return environment.transactionSync(body, flags)
    })

  const later = async <A>(operation: string, body: () => A): Promise<E.Either<StoreFailed, A>> => {
    try {
      mustBeOpen()
      return E.right(await environment.childTransaction(body))
    } catch (error) {
      return E.left(storeFailed(operation, await causeOf(error)))
    }
  }

  /** One transaction's body, and what to make of it when it is acknowledged. */
  const transaction = (
    wanted: Transaction,
  ): readonly [
    () => unknown,
    (done: E.Either<StoreFailed, unknown>) => E.Either<TransactFailure, Receipt>,
  ] => {
    let outcome: Done | TransactFailure | undefined
    return [
      () => {
        outcome = disk.apply(wanted)
        return isFailure(outcome) ? ABORT : undefined
      },
      (done) => {
        if (outcome !== undefined && isFailure(outcome)) return E.left(outcome)
        if (done._tag === 'Left') return done
        disk.learn(outcome!)
        return E.right(outcome!.receipt)
      },
    ]
  }

  const sliced = (
    done: E.Either<StoreFailed, Swept>,
    held: (inside: number) => number,
  ): E.Either<StoreFailed, Slice> => {
    if (done._tag === 'Left') {
      sweeper.forget()
      return done
    }
    const { slice } = done.right
    return E.right({ ...slice, milliseconds: held(slice.milliseconds) })
  }

  const slice =
    (bounds: Bounds): IOEither<StoreFailed, Slice> =>
    () => {
      const began = performance.now()
      return sliced(
        writing('collect', () => sweeper.slice(bounds)),
        () => performance.now() - began,
      )
    }

  const sliceLater =
    (bounds: Bounds): TaskEither<StoreFailed, Slice> =>
    async () => {
      const began = performance.now()
      // Half of the time goes into what needs no transaction.
      const half = bounds.milliseconds / 2
      const late = (): boolean => performance.now() >= began + half
      const folded = reading('collect', () => {
        const whole = prepare(disk, late)
        if (whole) sweeper.look(bounds.blocks, late)
        return whole
      })()
      if (folded._tag === 'Left') return folded
      const milliseconds = performance.now() - began
      const waiting = disk.counts?.queue.length ?? 0
      if (!folded.right) return E.right({ freed: 0, bytes: 0, waiting, done: false, milliseconds })
      let acknowledged = (): void => {}
      const swept = await later('collect', () => {
        try {
          return sweeper.slice({ ...bounds, milliseconds: half })
        } finally {
          acknowledged = sweeper.setAside()
        }
      })
      if (swept._tag === 'Right') acknowledged()
      return sliced(swept, (inside) => milliseconds + inside)
    }

  const collect: IOEither<StoreFailed, Collection> = () => {
    let freed = 0
    let bytes = 0
    for (;;) {
      const done = slice(WHOLE)()
      if (done._tag === 'Left') return done
      freed += done.right.freed
      bytes += done.right.bytes
      if (done.right.done) return E.right({ freed, bytes })
    }
  }

  const renewal = setInterval(() => {
    void later('renew the lease', () => disk.renew())
  }, disk.lease / 3)
  renewal.unref()

  const end = (): void => {
    const meta = disk.meta()
    const log: Log = []
    sweeper.end(disk.session, log)
    if (log.length > 0) {
      sweeper.write(log, meta)
      disk.tables.roots.putSync(keys.META, encode(meta))
    }
    sweeper.finish()
  }

  const flush: TaskEither<StoreFailed, void> = async () => {
    try {
      await environment.flushed
      return E.right(undefined)
    } catch (error) {
      return E.left(storeFailed('flush', await causeOf(error)))
    }
  }

  const closeOnce = async (): Promise<E.Either<StoreFailed, void>> => {
    clearInterval(renewal)
    const ended = await later('close', end)
    closed = true
    try {
      await releaseTables(disk.tables)
      return ended
    } catch (cause) {
      return E.left(storeFailed('close', cause))
    }
  }

  const close: TaskEither<StoreFailed, void> = () => {
    closing ??= closeOnce()
    return closing
  }

  const read = (digests: ReadonlyArray<Digest>) =>
    attempt('read', () => {
      mustBeOpen()
      return digests.map((digest) => blockOf(disk.tables, digest))
    })

  const staging = stagingOf(disk.tables.staging, { reading, writing })

  const store: LmdbStore = {
    path: directory,
    read: (digests) => () => read(digests),
    transact: (wanted) => () => {
      const [body, answer] = transaction(wanted)
      return answer(writing('transact', body))
    },
    locate: (refs) => reading('locate', () => locate(disk, refs)),
    head: (name) => reading('head', () => disk.head(name)),
    heads: (prefix) => reading('heads', () => headsOf(disk.tables, prefix)),
    slice,
    collect,
    ledger: reading('count', () => ledgerOf(current(disk, disk.meta()).slots)),
    recount: reading('recount', () => recount(disk.tables)),
    count: (digest) =>
      reading('count', () => {
        const number = disk.find(digest)
        return number < 0 ? 0 : current(disk, disk.meta()).count(number)
      }),
    staging,
    blocks: () => listed(disk.tables, reading),
    sharedSince: (digest) =>
      reading('count', () => {
        const number = disk.find(digest)
        const since = number < 0 ? Number.NaN : current(disk, disk.meta()).sharedSince(number)
        return Number.isNaN(since) ? O.none : O.some(since)
      }),
    snapshot: () => {
      const done = writing('snapshot', () => {
        current(disk, disk.meta())
        sweeper.finish()
      })
      if (done._tag === 'Left') sweeper.forget()
      return done
    },
    stats: reading('stats', () => stats(disk)),
    audit: (look) => reading('audit', () => look(auditOf(disk))),
    flush,
    close,
    async: {
      staging,
      read: (digests) => async () => read(digests),
      transact: (wanted) => async () => {
        const [body, answer] = transaction(wanted)
        return answer(await later('transact', body))
      },
      locate: (refs) => async () => reading('locate', () => locate(disk, refs))(),
      head: (name) => async () => reading('head', () => disk.head(name))(),
      heads: (prefix) => async () => reading('heads', () => headsOf(disk.tables, prefix))(),
      slice: sliceLater,
    },
  }
  insides.set(store, { disk, sweeper, writing })
  return store
}
