/**
 * `repair` mends a store on disk, with the blocks that it has lost from wherever else they are: another store, a CAR.
 *
 * Laws (`test/store/Repair.test.ts`, where the damage is done to the tables of LMDB):
 * 1. With a source that holds what the store held, all that has a name is as it was — "repair restores".
 * 2. With none, what can be told from the store itself is mended, and the rest is reported — "repair reports the rest".
 *
 * - A block that is missing or corrupt is fetched, checked against its digest, and put in its old place.
 * - A digest that leads nowhere or astray is taken away or led right; a note of links is written again from the bytes.
 * - A head is led to where its block is; a pin of nothing that has a name, and a corrupt block that nothing refers to, are dropped.
 * - Counts become those of the recount, unless links are unknown that might still count: a count is never lowered on a
 *   guess. Heads are never dropped.
 *
 * Each step is one transaction; a repair that was stopped anywhere can be begun again.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../data/Digest.js'
import { type StoreFailed, storeFailed } from '../data/Failure.js'
import { hash } from '../data/Hasher.js'
import { fsck, type Options, type Report, watching } from './Fsck.js'
import { type Examined, examine } from './internal/examine.js'
import type { Fault } from './internal/fault.js'
import { Mender, type Wanted } from './internal/lmdb/mend.js'
import { count } from './Ledger.js'
import { type Inside, inside, type LmdbStore, type OpenFailure, open } from './LmdbStore.js'

type Answer = E.Either<StoreFailed, ReadonlyArray<Uint8Array | undefined>>

/** Where blocks come from; `read` of any store is one. Answers in the order asked, `undefined` for what it has not. */
export type Source = (digests: ReadonlyArray<Digest>) => () => Answer | Promise<Answer>

export interface Repaired {
  readonly before: Report
  readonly after: Report
  /** Blocks that were fetched and put in their places. */
  readonly refilled: number
}

/** Blocks that are fetched at once. */
const BATCH = 64

/** Times that the store is read: a step may bring to light what another then mends. */
const ROUNDS = 8

/** @category constructors */
export const nothing: Source = (digests) => () => E.right(digests.map(() => undefined))

interface Round {
  readonly examined: Examined
  readonly faults: ReadonlyArray<Fault>
}

const round = (store: LmdbStore, options: Options): E.Either<StoreFailed, Round> => {
  const { watch, report } = watching({ ...options, limit: Number.POSITIVE_INFINITY })
  const examined = store.audit((audit) => examine(audit, watch))()
  return examined._tag === 'Left'
    ? examined
    : E.right({ examined: examined.right, faults: report(examined.right).faults })
}

/** What a source answers; one that throws or rejects has failed. */
const asked = async (source: Source, batch: ReadonlyArray<Wanted>): Promise<Answer> => {
  try {
    return await source(batch.map(({ digest }) => digest))()
  } catch (cause) {
    return E.left(storeFailed('read the source', cause))
  }
}

/** What of the round is to be fetched; blocks whose number nobody knows come last, for a holder may name it. */
const wantedOf = (faults: ReadonlyArray<Fault>): ReadonlyArray<Wanted> =>
  faults
    .flatMap((fault) =>
      (fault._tag === 'Missing' || fault._tag === 'Corrupt') && fault.digest !== null
        ? [{ digest: fault.digest, number: fault.number }]
        : [],
    )
    .sort((a, b) => (a.number ?? Number.POSITIVE_INFINITY) - (b.number ?? Number.POSITIVE_INFINITY))

/** Leads digests right. */
const relist = (mender: Mender, faults: ReadonlyArray<Fault>): void => {
  for (const fault of faults) if (fault._tag === 'Misled') mender.unlist(fault.digest, fault.number)
  for (const fault of faults) if (fault._tag === 'Unlisted') mender.claim(fault.digest, fault.number)
}

/** Whether a number's block is known by digest, so that another source may still have it. */
const mayReturn = (faults: ReadonlyArray<Fault>, number: number): boolean =>
  faults.some((fault) => fault._tag === 'Missing' && fault.number === number && fault.digest !== null)

/** After all that could be fetched is there. */
const tidy = (mender: Mender, { faults, examined }: Round): void => {
  for (const fault of faults) {
    if (fault._tag === 'HeadToNowhere') mender.rehead(fault.name, fault.digest)
    if (fault._tag === 'PinToNowhere' && !mayReturn(faults, fault.number)) mender.unpin(fault.number)
    if (fault._tag === 'Missing' && fault.digest !== null && fault.number !== null)
      if (mender.audit.block(fault.number) === undefined && count(fault.number)(examined.due) < 2)
        mender.unlist(fault.digest, fault.number)
    if (fault._tag === 'Corrupt' && !mender.isBlock(fault.number, fault.digest))
      mender.drop(fault.digest, fault.number)
    if (fault._tag === 'Unlisted' && mender.audit.find(fault.digest) !== fault.number)
      mender.drop(fault.digest, fault.number)
  }
}

/** Whether all links are known that a block could still let go, and nothing that is missing is referred to. */
const isSettled = ({ faults, examined }: Round): boolean =>
  examined.known &&
  faults.every((fault) => {
    if (fault._tag === 'Misnoted') return fault.reason === 'damaged'
    return fault._tag !== 'Missing' || (fault.number !== null && count(fault.number)(examined.due) < 2)
  })

const repairing = async (
  store: LmdbStore,
  source: Source,
  options: Options,
): Promise<E.Either<StoreFailed, Repaired>> => {
  const { disk, sweeper, writing }: Inside = inside(store)
  const before = fsck(options)(store)()
  if (before._tag === 'Left') return before
  const linksOf = watching(options).watch.linksOf
  let refilled = 0
  let last = ''

  const mend = <A>(found: Round, body: (mender: Mender) => A): E.Either<StoreFailed, A> => {
    const done = writing('repair', () => {
      const mender = new Mender(disk, found.examined.due, linksOf)
      const answer = body(mender)
      mender.done()
      return answer
    })
    sweeper.forget()
    sweeper.stuck.clear()
    return done
  }

  const fetch = async (found: Round, first: ReadonlyArray<Wanted>): Promise<E.Either<StoreFailed, void>> => {
    const open = [...first]
    while (open.length > 0) {
      const batch = open.splice(0, BATCH)
      const fetched = await asked(source, batch)
      if (fetched._tag === 'Left') return fetched
      const put = mend(found, (mender) => {
        for (const [i, wanted] of batch.entries()) {
          const bytes = fetched.right[i]
          if (bytes !== undefined && hash(bytes) === wanted.digest && mender.refill(wanted, bytes)) refilled++
        }
        return mender.wanted
      })
      if (put._tag === 'Left') return put
      open.unshift(...put.right)
    }
    return E.right(undefined)
  }

  for (let n = 0; n < ROUNDS; n++) {
    const found = round(store, options)
    if (found._tag === 'Left') return found
    const { faults } = found.right
    const now = JSON.stringify(faults)
    if (faults.length === 0 || now === last) break
    last = now
    const noted = mend(found.right, (mender) => {
      relist(mender, faults)
      for (const fault of faults) if (fault._tag === 'Misnoted') mender.renote(fault.digest, fault.number)
      return mender.wanted
    })
    if (noted._tag === 'Left') return noted
    const wanted = [...wantedOf(faults).filter(({ number }) => number !== null), ...noted.right]
    const reserved = new Set(wanted.map(({ digest }) => digest))
    const homeless = wantedOf(faults).filter(({ number, digest }) => number === null && !reserved.has(digest))
    const fetched = await fetch(found.right, [...wanted, ...homeless])
    if (fetched._tag === 'Left') return fetched
    const tidied = mend(found.right, (mender) => tidy(mender, found.right))
    if (tidied._tag === 'Left') return tidied
    const counted = mend(found.right, (mender) => {
      const { watch, report } = watching({ ...options, limit: Number.POSITIVE_INFINITY })
      const examined = examine(mender.audit, watch)
      const settled: Round = { examined, faults: report(examined).faults }
      if (settled.faults.length > 0 && isSettled(settled))
        mender.recount(examined.due, examined.blocks, examined.bytes)
    })
    if (counted._tag === 'Left') return counted
  }
  const after = fsck(options)(store)()
  return after._tag === 'Left' ? after : E.right({ before: before.right, after: after.right, refilled })
}

/**
 * Mends a store as far as it and the source allow; what is left is in the report. O(bytes) a few times over.
 *
 * Errors: `StoreFailed`, of the store or of the source.
 *
 * @category combinators
 */
export const repair =
  (source: Source, options: Options = {}) =>
  (store: LmdbStore): TaskEither<StoreFailed, Repaired> =>
  () =>
    repairing(store, source, options)

/**
 * Examines the store in a directory. It is first read in a process of its own, so that damage to the pages of its file
 * is a failure, and not the end of this process. O(bytes), twice.
 *
 * Errors: `DamagedStore`, `UnsupportedStore`, `StoreBusy`, `StoreFailed`.
 *
 * @category constructors
 */
export const fsckDirectory =
  (options: Options = {}) =>
  (directory: string): TaskEither<OpenFailure, Report> =>
  async () => {
    const opened = await open(directory, { create: false, suspect: true })()
    if (opened._tag === 'Left') return opened
    const report = fsck(options)(opened.right)()
    const closed = await opened.right.close()
    return closed._tag === 'Left' ? closed : report
  }
