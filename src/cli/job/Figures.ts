/** What the job found, as data: the table and the JSON file show the same. */
import type { Latency } from './latency.js'
import type { Objects } from './objects.js'

export interface Settings {
  readonly workspace: string
  readonly agents: number
  readonly edits: number
  readonly seed: number
  /** The directory of the store, absolute; a temporary one if none. */
  readonly store?: string
}

export interface Figures {
  readonly workspace: { readonly files: number; readonly bytes: number }
  /** Nanoseconds. */
  readonly branch: Latency
  readonly commit: Latency
  readonly component: Latency & { readonly bytes: number }
  /** The same from a store on disk. */
  readonly componentOnDisk: Latency
  readonly agent: Latency
  /** Text files and indices of a few agents, by one materialiser. */
  readonly objects: Objects
  /** Bytes; see `copies.volume`. */
  readonly whole: number
  readonly unique: number
  readonly alike: number
  readonly stored: { readonly bytes: number; readonly blocks: number; readonly disk: number }
  /** What the collector did while agents were stored: blocks, and ms for which it held the job up. */
  readonly collector: {
    readonly freed: number
    readonly overhead: number
    readonly pause: { readonly p50: number; readonly p95: number; readonly p99: number }
  }
  readonly memory: {
    /** Bytes that our agents take: edited and not yet stored, and stored in memory as well. */
    readonly edited: number
    readonly committed: number
    /** Bytes that as many plain copies take. */
    readonly copies: number
    /** How many plain copies were really made; fewer than there are agents where the machine is too small. */
    readonly copied: number
  }
  readonly verified: { readonly agents: number; readonly mismatches: number }
  /** One digest for all agents: equal for equal workspaces, options and seeds. */
  readonly fingerprint: string
}

/** The share of the plain copies' memory that is saved. */
export const saved = ({ memory }: Figures): number => 1 - memory.edited / memory.copies

/** The share of all content that did not have to be stored. */
export const dedup = ({ stored, whole }: Figures): number => 1 - stored.bytes / whole
