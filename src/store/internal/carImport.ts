/** The import of a CAR: its blocks, checked one by one, go in batches to an `Intake`. */
import { createDecoder } from '@ipld/car/decoder'
import * as E from 'fp-ts/lib/Either.js'
import type { MultihashHasher } from 'multiformats'
import type { CID } from 'multiformats/cid'
import type { Digest } from '../../data/Digest.js'
import {
  type InvalidBlock,
  invalidBlock,
  type Malformed,
  malformed,
  type StoreFailed,
  storeFailed,
} from '../../data/Failure.js'
import { ready } from '../../data/Hasher.js'
import * as Staging from '../Staging.js'
import type { AsyncStore, Store, TransactFailure, Transaction } from '../Store.js'
import { copy } from './bytes.js'
import { CarSource, SourceFailed } from './carSource.js'
import { cidOf, digestOf, mismatch } from './cid.js'
import { type Counts, Intake } from './intake.js'

/** Bytes of a block at most, unless it is told otherwise: what IPFS nodes send each other. */
export const MAX_BLOCK: number = 2 ** 21

export interface ImportOptions {
  /**
   * What holds the import when it ends: pins, which the caller then owns, and moves of heads. It is given the roots that
   * are there, and the tops: all that the import brought hangs from those. Default: a pin on each root.
   */
  readonly keep?: (
    roots: ReadonlyArray<Digest>,
    tops: ReadonlyArray<Digest>,
  ) => Pick<Transaction, 'pins' | 'heads'>
  /** Instead of those that the CAR names. */
  readonly roots?: ReadonlyArray<Digest>
  /** Whether checkpoints may enter whose parents are nowhere: their history ends there. Default false: they wait. */
  readonly shallow?: boolean
  /** Bytes of a block, and of the CAR's header. Default `MAX_BLOCK`. */
  readonly maxBlock?: number
  /** Blocks of a transaction at most. Default 256; less if they come to more than a MiB. */
  readonly batch?: number
  /** Hash functions beside BLAKE3-256, SHA2-256, SHA2-512 and identity. */
  readonly hashers?: ReadonlyArray<MultihashHasher<number>>
}

/**
 * `Malformed` has the offset in the CAR: truncated, garbled, or a block that is too large. `InvalidBlock` has the CID: not
 * what it says, or by a hash function that nobody here knows. `StoreFailed` is also for a source that throws.
 */
export type ImportFailure = Malformed | InvalidBlock | TransactFailure

/** What an import did. */
export interface Imported extends Counts {
  /** Roots that are in the store, in their order. */
  readonly roots: ReadonlyArray<Digest>
  /** CIDs of roots that are not: neither there nor, if they are foreign, staged. */
  readonly missing: ReadonlyArray<string>
}

const BATCH_BLOCKS = 256
const BATCH_BYTES = 2 ** 20

const pinned = (roots: ReadonlyArray<Digest>): Pick<Transaction, 'pins'> => ({ pins: roots })

export type Target = (Store | AsyncStore) & Staging.Stages
export type Source = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Where the decoder stopped, and why. */
const stopped = (at: number, error: unknown): Malformed | StoreFailed =>
  error instanceof SourceFailed
    ? storeFailed('read the CAR', error.cause)
    : malformed(at, error instanceof Error ? error.message : String(error))

/** Takes all blocks of a CAR; answers its roots. */
const taking = async (
  source: CarSource,
  intake: Intake,
  { hashers = [], batch = BATCH_BLOCKS }: ImportOptions,
): Promise<E.Either<ImportFailure, ReadonlyArray<CID>>> => {
  let own = new Map<Digest, Uint8Array>()
  let foreign: Array<Staging.Staged> = []
  let size = 0
  const flush = async (): Promise<E.Either<ImportFailure, void>> => {
    const [taken, kept] = [own, foreign]
    own = new Map()
    foreign = []
    size = 0
    const staged = await intake.keep(kept)
    return staged._tag === 'Left' ? staged : intake.offer(taken)
  }
  let at = 0
  try {
    const decoder = createDecoder(source)
    const { roots } = await decoder.header()
    const blocks = decoder.blocks()
    for (;;) {
      at = source.pos
      const next = await blocks.next()
      if (next.done === true) break
      const { cid, bytes } = next.value
      const reason = await mismatch(cid, bytes, hashers)
      if (reason !== undefined) return E.left(invalidBlock(cid.toString(), reason))
      const digest = digestOf(cid)
      // Copies: a piece of the source is larger than its blocks, and may be used again by who made it.
      if (digest === undefined) foreign.push({ cid: copy(cid.bytes), bytes: copy(bytes) })
      else own.set(digest, copy(bytes))
      size += bytes.length
      if (own.size + foreign.length < batch && size < BATCH_BYTES) continue
      const flushed = await flush()
      if (flushed._tag === 'Left') return flushed
    }
    const flushed = await flush()
    return flushed._tag === 'Left' ? flushed : E.right(roots)
  } catch (error) {
    return E.left(stopped(at, error))
  }
}

/** The roots that are there, and the CIDs of those that are not. */
const sorted = async (
  intake: Intake,
  staging: Staging.Staging | Staging.AsyncStaging,
  named: ReadonlyArray<CID>,
): Promise<E.Either<StoreFailed, Pick<Imported, 'roots' | 'missing'>>> => {
  const there = await intake.there(named.flatMap((cid) => digestOf(cid) ?? []))
  if (there._tag === 'Left') return there
  const staged = await staging.staged(named.map((cid) => cid.bytes))()
  if (staged._tag === 'Left') return staged
  const roots = new Set(there.right)
  const missing = named.filter((cid, i) => {
    const digest = digestOf(cid)
    return digest === undefined ? staged.right[i] === undefined : !roots.has(digest)
  })
  return E.right({ roots: [...roots], missing: missing.map(String) })
}

const finishing = async (
  intake: Intake,
  staging: Staging.Staging | Staging.AsyncStaging,
  source: CarSource,
  options: ImportOptions,
): Promise<E.Either<ImportFailure, Imported>> => {
  const { roots: wanted, shallow = false, keep = pinned } = options
  const taken = await taking(source, intake, options)
  if (taken._tag === 'Left') return taken
  const named = wanted?.map(cidOf) ?? taken.right
  const before = await sorted(intake, staging, named)
  if (before._tag === 'Left') return before
  const absent = named
    .flatMap((cid) => digestOf(cid) ?? [])
    .filter((each) => !before.right.roots.includes(each))
  const recalled = await intake.recall(absent.filter((each) => !intake.waiting.has(each)))
  if (recalled._tag === 'Left') return recalled
  const ended = shallow ? await intake.endHistories() : recalled
  if (ended._tag === 'Left') return ended
  const found = await sorted(intake, staging, named)
  if (found._tag === 'Left') return found
  const finished = await intake.finish(keep(found.right.roots, intake.tops()))
  if (finished._tag === 'Left') return finished
  return E.right({ ...found.right, ...intake.counts() })
}

/** Imports a CAR, or leaves all as it was. */
export const importing = async (
  target: Target,
  given: Source,
  options: ImportOptions,
): Promise<E.Either<ImportFailure, Imported>> => {
  await ready()
  const staging = target.staging ?? Staging.memory()
  const source = new CarSource(given, options.maxBlock ?? MAX_BLOCK)
  const intake = new Intake(target, staging, true)
  let imported: E.Either<ImportFailure, Imported>
  try {
    imported = await finishing(intake, staging, source, options)
  } catch (cause) {
    // What the caller gave has thrown: `keep`, or a store that is none.
    imported = E.left(storeFailed('import', cause))
  }
  if (imported._tag === 'Left') await intake.abandon()
  await source.close()
  return imported
}
