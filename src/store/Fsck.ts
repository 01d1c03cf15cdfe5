/**
 * `Fsck` reads a whole store again, hashes again, counts again, and names each thing that is wrong.
 *
 * Laws (`laws/store/fsckLaws.ts`):
 * 1. A store that was only ever used is clean — "after any history a store is clean".
 * 2. A store that was damaged is not, and the fault names the block or the head — "a flipped byte is named",
 *    "a lost block is named", and so on for each damage in `laws/store/fsckDamages.ts`.
 * 3. Looking changes nothing — "an examination changes nothing".
 *
 * Counts are compared once all links are known: while a block is missing, or corrupt together with its note, only that
 * is said (`counted` is false), for every count below it would be a guess.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { right } from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import { type Digest, toHex } from '../data/Digest.js'
import type { StoreFailed } from '../data/Failure.js'
import type { Auditable } from './Audit.js'
import { type Examined, examine, type Watch } from './internal/examine.js'
import type { Fault } from './internal/fault.js'
import { type Links, linksOf } from './internal/links.js'

export type { Audit, Auditable, Counted, Misrecorded, Stored } from './Audit.js'
export type {
  Corrupt,
  CountOff,
  Dangling,
  Fault,
  HeadToNowhere,
  Leaked,
  Misled,
  Misnoted,
  Missing,
  PinToNowhere,
  RecordOff,
  Unlisted,
  Unreadable,
} from './internal/fault.js'
export type { Links } from './internal/links.js'

export interface Report {
  readonly blocks: number
  /** Their content, in bytes. */
  readonly bytes: number
  /** Links that count, with repetition. */
  readonly links: number
  /** Blocks whose bytes are no DAG-CBOR: their links are taken as the store noted them. */
  readonly opaque: number
  readonly heads: number
  readonly pins: number
  /** Whether counts were compared. */
  readonly counted: boolean
  /** How many faults there are, and the first of them. */
  readonly found: number
  readonly faults: ReadonlyArray<Fault>
}

export interface Options {
  /** Told every 1,024 blocks how many were read. */
  readonly onProgress?: (blocks: number) => void
  /** Told each fault when it is found. */
  readonly onFault?: (fault: Fault) => void
  /** Faults that the report keeps at most. Default 10,000. */
  readonly limit?: number
  /** The links in a block's bytes, or `undefined` if they say none. Default: those of DAG-CBOR. */
  readonly linksOf?: (bytes: Uint8Array) => Links | undefined
}

/** @internal */
export const watching = (
  options: Options,
): { readonly watch: Watch; readonly report: (e: Examined) => Report } => {
  const { limit = 10_000 } = options
  const faults: Array<Fault> = []
  let found = 0
  return {
    watch: {
      fault: (fault) => {
        if (found++ < limit) faults.push(fault)
        options.onFault?.(fault)
      },
      progress: (blocks) => options.onProgress?.(blocks),
      linksOf: options.linksOf ?? linksOf,
    },
    report: ({ due: _, known: __, ...examined }) => ({ ...examined, found, faults }),
  }
}

// -------------------------------------------------------------------------------------------------
// examining
// -------------------------------------------------------------------------------------------------

/**
 * Examines one moment of a store; blocks the event loop until it is done. O(bytes + links), with eight bytes of memory
 * a block, and a look-up for each link.
 *
 * Errors: `StoreFailed`.
 *
 * @category constructors
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Fsck, Hasher, MemoryStore, Ref } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const store = MemoryStore.make()
 * const bytes = new Uint8Array([0x80])
 * // A digest that is another block's.
 * const ref = Ref.ref(Hasher.hash(new Uint8Array([0x81, 0xf6])))
 * store.transact({ puts: [{ ref, bytes, links: [] }], pins: [ref.digest] })()
 *
 * const report = Fsck.fsck()(store)()
 * assert.ok(E.isRight(report))
 * assert.ok(!Fsck.isClean(report.right))
 * assert.deepStrictEqual(report.right.faults.map(({ _tag }) => _tag), ['Corrupt'])
 * ```
 */
export const fsck =
  (options: Options = {}) =>
  (store: Auditable): IOEither<StoreFailed, Report> =>
  () => {
    const { watch, report } = watching(options)
    const examined: Either<StoreFailed, Examined> = store.audit((audit) => examine(audit, watch))()
    return examined._tag === 'Left' ? examined : right(report(examined.right))
  }

// -------------------------------------------------------------------------------------------------
// destructors
// -------------------------------------------------------------------------------------------------

export const isClean = (report: Report): boolean => report.found === 0

const named = (digest: Digest | null, number?: number | null): string =>
  digest !== null ? `block ${toHex(digest)}` : `block number ${number}`

/**
 * A fault in words, one line.
 *
 * @category destructors
 */
export const describe = (fault: Fault): string => {
  switch (fault._tag) {
    case 'Missing':
      return `${named(fault.digest, fault.number)} is missing`
    case 'Corrupt':
      return `${named(fault.digest)} does not match its digest`
    case 'Dangling':
      return `${named(fault.digest)} links to ${fault.link === null ? 'a block' : named(fault.link)} that is missing`
    case 'Unlisted':
      return `${named(fault.digest)} is not found by its digest`
    case 'Misled':
      return `the digest ${toHex(fault.digest)} leads to another block`
    case 'Misnoted':
      return fault.reason === 'damaged'
        ? `the note of the links of ${named(fault.digest)} is damaged`
        : `the note of the links of ${named(fault.digest)} has other links than its bytes`
    case 'HeadToNowhere':
      return `the head ${JSON.stringify(fault.name)} leads to ${named(fault.digest)}, which is not where it says`
    case 'PinToNowhere':
      return `a pin holds block number ${fault.number}, which is not there`
    case 'CountOff':
      return `${named(fault.digest, fault.number)} is counted ${fault.ledger} times and has ${fault.recount} references`
    case 'Leaked':
      return `${named(fault.digest)} would be freed by no collection`
    case 'Unreadable':
      return `entry ${fault.number} of the journal says nothing`
    case 'RecordOff':
      return `the store records ${fault.stored} as its ${fault.record}, where there are ${fault.found}`
  }
}
