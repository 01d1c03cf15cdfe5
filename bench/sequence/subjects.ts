/** Who is compared, and on what. */
import type { Peer } from './Peer.js'

/** `items` are whole numbers, `records` small maps. */
export type Kind = 'items' | 'records' | 'text' | 'bytes'

export interface Subject {
  readonly name: string
  /** Its module in `peers/`. */
  readonly module: string
  readonly kinds: ReadonlyArray<Kind>
  /** Whether 10,000 edits one on the other are feasible and mean something: a copy has no history to wear it. */
  readonly wears: boolean
}

const LISTS: ReadonlyArray<Kind> = ['items', 'records']

export const subjects: ReadonlyArray<Subject> = [
  { name: 'coppice', module: 'coppice', kinds: [...LISTS, 'text', 'bytes'], wears: true },
  { name: 'immutable', module: 'immutable', kinds: LISTS, wears: false },
  { name: 'rimbu', module: 'rimbu', kinds: LISTS, wears: true },
  { name: 'effect', module: 'effect', kinds: LISTS, wears: true },
  { name: 'copy', module: 'copies', kinds: [...LISTS, 'text', 'bytes'], wears: false },
]

export const peerOf = async (module: string, kind: Kind): Promise<Peer<unknown>> => {
  const peers: { readonly [kind: string]: Peer<unknown> } = await import(`./peers/${module}.js`)
  return peers[kind === 'records' ? 'items' : kind]!
}
