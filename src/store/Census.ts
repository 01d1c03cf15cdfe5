/** A `Census` is what a store holds, in figures for people: how much is shared, and how often. */
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { StoreFailed } from '../data/Failure.js'
import type { Audit, Auditable } from './Audit.js'
import { Tally } from './internal/tally.js'

/** Blocks with a like number of references. */
export interface Class {
  /** Between these, both included: 0, 1, 2, 3–4, 5–8, and so on by doubling. */
  readonly least: number
  readonly most: number
  readonly blocks: number
  /** Each once. */
  readonly bytes: number
}

export interface Census {
  readonly blocks: number
  /** The content of all blocks, each once. */
  readonly unique: number
  /** The content of all blocks, each as often as it is referred to: what it would be if nothing were shared. */
  readonly logical: number
  /** Blocks to which two references lead, or more. */
  readonly shared: number
  /** By references, ascending; classes without a block are left out. */
  readonly byReferences: ReadonlyArray<Class>
}

const classOf = (references: number): number =>
  references < 2 ? references : Math.ceil(Math.log2(references)) + 1
const most = (index: number): number => (index < 2 ? index : 2 ** (index - 1))

const take = (audit: Audit): Census => {
  const references = new Tally()
  for (const { number, references: times } of audit.counts())
    if (times > 0 && number < audit.end) references.add(number, times)
  const classes: Array<{ blocks: number; bytes: number }> = []
  let logical = 0
  let shared = 0
  for (const number of audit.numbers()) {
    const size = audit.block(number)?.bytes.length ?? 0
    const times = references.count(number)
    logical += times * size
    if (times >= 2) shared++
    const own = (classes[classOf(times)] ??= { blocks: 0, bytes: 0 })
    own.blocks++
    own.bytes += size
  }
  const byReferences = [...classes.entries()].flatMap(([i, own]) =>
    own === undefined ? [] : [{ least: i === 0 ? 0 : most(i - 1) + 1, most: most(i), ...own }],
  )
  return {
    blocks: byReferences.reduce((sum, { blocks }) => sum + blocks, 0),
    unique: byReferences.reduce((sum, { bytes }) => sum + bytes, 0),
    logical,
    shared,
    byReferences,
  }
}

/**
 * Counts a store's blocks by their references; believes the ledger. O(blocks + bytes).
 *
 * Errors: `StoreFailed`.
 *
 * @category constructors
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Census, Hasher, MemoryStore, Ref } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const store = MemoryStore.make()
 * const bytes = new Uint8Array([0x80])
 * const digest = Hasher.hash(bytes)
 * store.transact({ puts: [{ ref: Ref.ref(digest), bytes, links: [] }], pins: [digest, digest, digest] })()
 *
 * const census = Census.census(store)()
 * assert.ok(E.isRight(census))
 * const { unique, logical, byReferences } = census.right
 * assert.deepStrictEqual([unique, logical], [1, 3])
 * assert.deepStrictEqual(byReferences, [{ least: 3, most: 4, blocks: 1, bytes: 1 }])
 * ```
 */
export const census = (store: Auditable): IOEither<StoreFailed, Census> => store.audit(take)
