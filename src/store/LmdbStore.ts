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
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { ABORT, type TransactionFlags } from 'lmdb'
import type { Digest } from '../data/Digest.js'
import {
  type DamagedStore,
  type StoreBusy,
  type StoreFailed,
  storeFailed,
  type UnsupportedStore,
} from '../data/Failure.js'
import type { Auditable } from './Audit.js'
import { auditOf } from './internal/lmdb/audit.js'
import type { Disk, Done } from './internal/lmdb/disk.js'
import type { Log } from './internal/lmdb/entry.js'
import * as keys from './internal/lmdb/keys.js'
import { encode } from './internal/lmdb/meta.js'
import { opening } from './internal/lmdb/open.js'
import { blockOf, headsOf, ledgerOf, listed, locate, stats } from './internal/lmdb/read.js'
import { recount } from './internal/lmdb/recount.js'
import { stagingOf } from './internal/lmdb/staging.js'
import { current, prepare, Sweeper } from './internal/lmdb/sweep.js'
import { type Durability, releaseTables, type Tables } from './internal/lmdb/tables.js'
import type * as Ledger from './Ledger.js'
import type { Stages, Staging } from './Staging.js'
import type {
  AsyncCollectable,
  AsyncStore,
  Bounds,
  Collectable,
  Collection,
  Counting,
  Listing,
  Receipt,
  Slice,
  Store,
  TransactFailure,
  Transaction,
} from './Store.js'

export type { Durability } from './internal/lmdb/tables.js'
export type { Collection } from './Store.js'

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
  /** Of it, what `compact` has packed: how many packs, and the bytes of their pages. */
  readonly packs: { readonly packs: number; readonly bytes: number }
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
  /** Waits until the disk has all that was acknowledged, whatever the `durability`; at once where it is `sync`. */
  readonly flush: TaskEither<StoreFailed, void>
  /** Ends the session: its pins go, its lease ends. Again does nothing. */
  readonly close: TaskEither<StoreFailed, void>
}

export interface Options {
  /** Default `sync`. Processes that share a store must agree on it. */
  readonly durability?: Durability
  /** Whether to make a store where there is none. Default true. */
  readonly create?: boolean
  /** How long a session's pins outlive its process, ms, more than 0. Default a minute. */
  readonly lease?: number
  /** Milliseconds since 1970; processes that share a store must agree on it. Default: the system's. */
  readonly clock?: IO<number>
  /** Bytes of blocks that the store may hold; a put beyond is `StoreFailed`. Default: what the disk takes. */
  readonly limit?: number
  /** Whether to read the whole store in another process first, for one that may kill its reader. Default false. */
  readonly suspect?: boolean
}

export type OpenFailure = DamagedStore | UnsupportedStore | StoreBusy | StoreFailed

/** The share of an asynchronous slice's time that goes into what needs no transaction: reading and hashing what it frees. */
const READING = 0.3

/** What a slice does if it is not told, when nobody waits for the event loop. */
const WHOLE: Bounds = { blocks: 10_000, milliseconds: 50 }

/** Node takes a timer that is set for longer, ms, as set for now. */
const LONGEST_TIMER = 2 ** 31 - 1

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

/** Where LMDB leaves the disk to the system it counts as flushed what it has committed. */
const forced = (environment: Tables['environment']): Promise<void> =>
  new Promise((resolve, reject) => {
    // Its declaration forgets this one.
    const told = environment as unknown as { readonly sync: (done: (error?: unknown) => void) => void }
    told.sync((error) => (error === undefined || error === null ? resolve() : reject(error)))
  })

const isFailure = (done: Done | TransactFailure): done is TransactFailure => '_tag' in done

// -------------------------------------------------------------------------------------------------
// opening
// -------------------------------------------------------------------------------------------------

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
  async () => {
    const disk = await opening(directory, options)
    return disk._tag === 'Left' ? disk : E.right(make(disk.right))
  }

// -------------------------------------------------------------------------------------------------
// the store
// -------------------------------------------------------------------------------------------------

const make = (disk: Disk): LmdbStore => {
  const { durability } = disk
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

  /** The same, but for a session that has slept through its lease. */
  const holding = <A>(operation: string, body: () => A): E.Either<StoreFailed, A> =>
    writing(operation, () => {
      disk.mustBeHeld()
      return body()
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
    done: E.Either<StoreFailed, Slice>,
    held: (inside: number) => number,
  ): E.Either<StoreFailed, Slice> => {
    if (done._tag === 'Left') {
      sweeper.forget()
      return done
    }
    return E.right({ ...done.right, milliseconds: held(done.right.milliseconds) })
  }

  const slice =
    (bounds: Bounds): IOEither<StoreFailed, Slice> =>
    () => {
      const began = performance.now()
      return sliced(
        holding('collect', () => sweeper.slice(bounds)),
        () => performance.now() - began,
      )
    }

  const sliceLater =
    (bounds: Bounds): TaskEither<StoreFailed, Slice> =>
    async () => {
      const began = performance.now()
      const late = (): boolean => performance.now() >= began + READING * bounds.milliseconds
      const folded = reading('collect', () => {
        disk.mustBeHeld()
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
        disk.mustBeHeld()
        try {
          return sweeper.slice({ ...bounds, milliseconds: (1 - READING) * bounds.milliseconds })
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

  const renewal = setInterval(
    () => {
      void later('renew the lease', () => disk.renew())
    },
    Math.min(disk.lease / 3, LONGEST_TIMER),
  )
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
      if (durability === 'none') await forced(environment)
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

  const staging = stagingOf(disk.tables.staging, { reading, writing: holding })

  const store: LmdbStore = {
    path: disk.name,
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
      const done = holding('snapshot', () => {
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
