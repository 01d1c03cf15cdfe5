/** What a sequence must do to be compared, in whatever way is the subject's own fastest. */

/** All of a sequence as plain data. */
export type Content = ReadonlyArray<unknown> | string | Uint8Array

export interface Peer<S> {
  readonly build: (content: Content) => S
  /** A number that depends on what stands at `i`. */
  readonly get: (sequence: S, i: number) => number
  /** `run` holds what one edit takes: an item, or a line of text or bytes. */
  readonly append: (sequence: S, run: Content) => S
  readonly set: (sequence: S, i: number, run: Content) => S
  readonly insert: (sequence: S, i: number, run: Content) => S
  /** Without `count` elements from `i` on. */
  readonly remove: (sequence: S, i: number, count: number) => S
  readonly concat: (a: S, b: S) => S
  /** A number that depends on all elements. */
  readonly iterate: (sequence: S) => number
  readonly size: (sequence: S) => number
}

/** A number that depends on an item. */
export const numberOf = (item: unknown): number =>
  typeof item === 'number' ? item : (item as { readonly at: number }).at

/** The sum of the numbers of all items of a list. */
export const total = (list: { readonly forEach: (visit: (item: unknown) => void) => unknown }): number => {
  let sum = 0
  list.forEach((item) => {
    sum += numberOf(item)
  })
  return sum
}
