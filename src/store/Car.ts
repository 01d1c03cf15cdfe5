/**
 * CAR files: blocks of a store as one stream of bytes that any IPFS tool reads, and back.
 *
 * An export has the blocks that some roots reach, children before parents, each once, each checked against its digest.
 * An import takes blocks in any order; each is checked against its CID. Those whose links are there enter the store and
 * are held until the import ends; others wait in the staging (`Staging`), as do blocks of other codecs and hashes. A CAR
 * does not say where it ends: one that was cut off between two blocks is found out by what is `missing`.
 *
 * Laws (`coppice/laws`, `carLaws`):
 * 1. an import of an export gives the same blocks, in whatever order they come;
 * 2. an export has what its roots reach, each once, children first, and nothing that the stop set reaches;
 * 3. no block is exported or imported whose bytes are not what its digest says;
 * 4. a collection during an import takes nothing of it;
 * 5. an import that fails leaves nothing behind: no pin, no staged block;
 * 6. the parts of a CAR, imported one after another, come to the whole.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { ComponentStore, MemoryStore, State, StateReference } from 'coppice'
 * import * as Car from 'coppice/car'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const here = MemoryStore.make()
 * const reference = StateReference.root(ComponentStore.make(here))(State.empty)()
 * StateReference.update(State.set(['step'], 1))(reference)()
 * const committed = StateReference.commit()(reference)()
 * assert.ok(E.isRight(committed))
 *
 * const car: Array<Uint8Array> = []
 * const root = committed.right.digest
 * assert.ok(E.isRight(await Car.write([root], (bytes) => car.push(bytes))(here)()))
 *
 * const there = MemoryStore.make()
 * const imported = await Car.read(car)(there)()
 * assert.ok(E.isRight(imported))
 * assert.deepStrictEqual(imported.right.roots, [root])
 * assert.deepStrictEqual(there.read([root])(), here.read([root])())
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../data/Digest.js'
import { storeFailed } from '../data/Failure.js'
import { ready } from '../data/Hasher.js'
import { concat } from './internal/bytes.js'
import { frame, header } from './internal/carFrame.js'
import {
  type Imported,
  type ImportFailure,
  type ImportOptions,
  importing,
  type Source,
  type Target,
} from './internal/carImport.js'
import { type Bounds, childrenFirst, type WalkFailure } from './internal/walk.js'
import type { AsyncStore, Store } from './Store.js'

export {
  type Imported,
  type ImportFailure,
  type ImportOptions,
  MAX_BLOCK,
  type Source,
  type Target,
} from './internal/carImport.js'
export { cidOf, digestOf } from './internal/cid.js'

// -------------------------------------------------------------------------------------
// export
// -------------------------------------------------------------------------------------

/** What is left out of an export: `stop` for what the receiver has, with all below it; `history: false` for parents. */
export type ExportOptions = Bounds

/** `Missing` and `Corrupt` name the block. */
export type ExportFailure = WalkFailure

/** What an export wrote. */
export interface Exported {
  readonly blocks: number
  /** Of the CAR. */
  readonly bytes: number
}

/** Bytes that a piece of a CAR has at least, but for the last one. */
const PIECE = 2 ** 16

async function* pieces(
  store: Store | AsyncStore,
  roots: ReadonlyArray<Digest>,
  bounds: Bounds,
  count: () => void,
): AsyncGenerator<E.Either<ExportFailure, Uint8Array>, void, undefined> {
  await ready()
  let parts = [header(roots)]
  let size = parts[0]!.length
  for await (const met of childrenFirst(store, roots, bounds)) {
    if (met._tag === 'Left') return yield met
    count()
    const framed = frame(...met.right)
    parts.push(framed)
    size += framed.length
    if (size < PIECE) continue
    yield E.right(concat(parts))
    parts = []
    size = 0
  }
  if (size > 0) yield E.right(concat(parts))
}

/**
 * The CAR of what `roots` reach, a piece of some 64 KiB at a time; ends after the first failure. In memory stay the
 * digests that were met, and at most some 16 MiB of blocks. The roots must be held while it runs, by a head or a pin.
 *
 * @category export
 */
export const chunks =
  (roots: ReadonlyArray<Digest>, options: ExportOptions = {}) =>
  (store: Store | AsyncStore): AsyncGenerator<E.Either<ExportFailure, Uint8Array>, void, undefined> =>
    pieces(store, roots, options, () => {})

/**
 * Writes the CAR of what `roots` reach to a sink, which is waited for; it should throw or reject if it cannot go on.
 *
 * Errors: `Missing` and `Corrupt` with the block's digest, `StoreFailed` of the store or the sink.
 *
 * @category export
 */
export const write =
  (roots: ReadonlyArray<Digest>, sink: (bytes: Uint8Array) => unknown, options: ExportOptions = {}) =>
  (store: Store | AsyncStore): TaskEither<ExportFailure, Exported> =>
  async () => {
    let blocks = 0
    let bytes = 0
    const count = (): void => {
      blocks++
    }
    for await (const piece of pieces(store, roots, options, count)) {
      if (piece._tag === 'Left') return piece
      try {
        await sink(piece.right)
      } catch (cause) {
        return E.left(storeFailed('write the CAR', cause))
      }
      bytes += piece.right.length
    }
    return E.right({ blocks, bytes })
  }

// -------------------------------------------------------------------------------------
// import
// -------------------------------------------------------------------------------------

/**
 * Imports a CAR, of version 1 or 2, from pieces of any size. A store with a `staging` brings its own; in one without,
 * what waits or is foreign is gone when the import ends. In memory stay a batch, and the digests of what waits.
 *
 * Errors: `Malformed`, `InvalidBlock`, what `keep` asks for and cannot have (`HeadMoved`, `Missing`), those of the store.
 *
 * @category import
 */
export const read =
  (source: Source, options: ImportOptions = {}) =>
  (target: Target): TaskEither<ImportFailure, Imported> =>
  () =>
    importing(target, source, options)
