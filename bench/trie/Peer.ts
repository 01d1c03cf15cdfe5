/** What a map of strings to numbers must do to be compared, in whatever way is the subject's own fastest. */
export type Entry = readonly [key: string, value: number]

export type Edit =
  | { readonly kind: 'set'; readonly key: string; readonly value: number }
  | { readonly kind: 'delete'; readonly key: string }

export interface Peer<M> {
  /** All entries at once. */
  readonly build: (entries: readonly Entry[]) => M
  /** Nothing (`undefined` or `null`) if the key is absent. */
  readonly get: (map: M, key: string) => number | undefined | null
  readonly set: (map: M, key: string, value: number) => M
  readonly remove: (map: M, key: string) => M
  /** The sum of all values; every key is handed out too. */
  readonly iterate: (map: M) => number
  readonly equals: (a: M, b: M) => boolean
  /** How many changes lead from `a` to `b`; the changes are really listed. */
  readonly diff: (a: M, b: M) => number
  /** Many edits on one copy, where a copy for each of them would be absurd. Without it they are made one by one. */
  readonly editAll?: (map: M, edits: readonly Edit[]) => M
}
