/** What is materialised: components of a size in a store, and the rows of JSON that a user would keep instead. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustBe } from '../../src/cli/job/agents.js'
import { type Chance, chance } from '../../src/cli/job/chance.js'
import { line } from '../../src/cli/job/edits.js'
import {
  ComponentStore,
  type Digest,
  MemoryStore,
  Residency,
  State,
  StateReference,
  type Store,
} from '../../src/index.js'
import { LmdbStore } from '../../src/lmdb.js'
import { OURS } from '../Bench.js'

/** A store to measure on. Another kind is one more entry. */
export interface Backend {
  readonly name: string
  readonly open: () => Promise<{ readonly store: Store.Store; readonly close: () => Promise<void> }>
  /** The ways to read from it: a subject for each. */
  readonly sources: (store: Store.Store) => ReadonlyArray<readonly [subject: string, store: Store.Store]>
}

export const MEMORY = 'memory'
/** Subjects that hash each block when it is read. */
export const VERIFIED = 'verified'
export const DISK_VERIFIED = 'LMDB, verified'

const inDirectory = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-'))
  // What is measured is reading: no commit has to wait for the disk.
  const store = mustBe(await LmdbStore.open(directory, { durability: 'group' })())
  const close = async (): Promise<void> => {
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  }
  return { store, close }
}

export const backends: readonly Backend[] = [
  {
    name: MEMORY,
    open: async () => ({ store: MemoryStore.make(), close: async () => undefined }),
    sources: (store) => [
      [OURS, store],
      [VERIFIED, { ...store, trusted: false }],
    ],
  },
  { name: 'LMDB', open: inDirectory, sources: (store) => [[DISK_VERIFIED, store]] },
]

const text = (dice: Chance, length: number): string => {
  let lines = ''
  while (lines.length < length) lines += line(dice)
  // Flat, as it comes from a file, and not a rope of its lines.
  return Buffer.from(lines.slice(0, length)).toString()
}

const FIELDS = 6

/** A record of texts of about so many bytes in all; a KiB is one block. */
export const record = (index: number, bytes: number): { readonly [key: string]: string | number } => {
  const dice = chance('materialize', bytes, index)
  const fields = bytes <= 2048 ? FIELDS : Math.ceil(bytes / 1024)
  return {
    step: index,
    ...Object.fromEntries(
      Array.from({ length: fields }, (_, i) => [`field ${i}`, text(dice, Math.floor(bytes / fields))]),
    ),
  }
}

export interface Stored {
  readonly store: Store.Store
  readonly digests: readonly Digest.Digest[]
  /** What a table of agents would hold. */
  readonly rows: readonly string[]
}

/** `count` different components. */
export const stored = (store: Store.Store, count: number, bytes: number): Stored => {
  const components = ComponentStore.make(store, { residency: Residency.make(0) })
  const values = Array.from({ length: count }, (_, index) => record(index, bytes))
  const digests = values.map((value) => {
    const reference = StateReference.root(components)(mustBe(State.fromJson(value)))()
    return mustBe(StateReference.commit()(reference)()).digest
  })
  return { store, digests, rows: values.map((value) => JSON.stringify(value)) }
}

/** A component store of which nothing is in memory, and nothing stays. */
export const cold = (store: Store.Store): ComponentStore.ComponentStore =>
  ComponentStore.make(store, { residency: Residency.make(0) })
