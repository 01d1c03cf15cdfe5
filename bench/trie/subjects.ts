/** Who is compared. */

/**
 * `trie`: a persistent structure that shares what an edit leaves alone. `copy`: one that copies everything at an edit, so
 * that its reads are those of a native `Map` or object. `in place`: one that keeps no old version at all.
 */
export type Kind = 'trie' | 'copy' | 'in place'

export interface Subject {
  readonly name: string
  /** Its module in `peers/`. */
  readonly module: string
  readonly kind: Kind
}

export const subjects: readonly Subject[] = [
  { name: 'coppice', module: 'coppice', kind: 'trie' },
  { name: 'immutable', module: 'immutable', kind: 'trie' },
  { name: 'hamt', module: 'hamt', kind: 'trie' },
  { name: 'hamt_plus', module: 'hamtPlus', kind: 'trie' },
  { name: 'effect', module: 'effect', kind: 'trie' },
  { name: 'mori', module: 'mori', kind: 'trie' },
  { name: 'rimbu', module: 'rimbu', kind: 'trie' },
  { name: 'immer', module: 'immer', kind: 'copy' },
  { name: 'mutative', module: 'mutative', kind: 'copy' },
  { name: 'object spread', module: 'spread', kind: 'copy' },
  { name: 'Map copy', module: 'mapCopy', kind: 'copy' },
  { name: 'Map (in place)', module: 'mapInPlace', kind: 'in place' },
]
