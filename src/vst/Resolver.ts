/**
 * A `Resolver` says what becomes of a place that both sides of a merge have changed, or leaves it a conflict.
 *
 * Laws (`coppice/laws`, `mergeLaws`): each resolver here but `ours` and `theirs` answers the same when the sides are
 * exchanged.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Resolver } from 'coppice'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const sides = { path: ['hits'], base: O.some(5), ours: O.some(7), theirs: O.some(6) }
 * assert.deepStrictEqual(Resolver.counter(sides), O.some(O.some(8)))
 * ```
 */
import * as O from 'fp-ts/lib/Option.js'
import { diff3Merge } from 'node-diff3'
import * as Codec from '../data/Codec.js'
import type { Path } from '../data/Failure.js'
import type { Value } from '../data/Value.js'
import { lineWork } from './internal/lineWork.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** What stands at a place; none where nothing does. */
export type Side = O.Option<Value>

/** A place that both sides have changed, each in its own way. */
export interface Conflict {
  readonly path: Path
  readonly base: Side
  readonly ours: Side
  readonly theirs: Side
}

/** What shall stand there; none leaves it a conflict. What it throws fails the merge, with the place. */
export type Resolver = (conflict: Conflict) => O.Option<Side>

export type Kind = 'null' | 'boolean' | 'number' | 'text' | 'bytes' | 'list' | 'map'

/** One segment, whatever it is. */
export const ANY: unique symbol = Symbol('any segment')
/** Any number of segments, none among them. */
export const REST: unique symbol = Symbol('any segments')

/** A path in which some segments are left open. */
export type Pattern = ReadonlyArray<string | number | typeof ANY | typeof REST>

/** Which resolver is asked: where the pattern fits, by default everywhere, and whatever stands there is of the kind. */
export interface Rule {
  readonly at?: Pattern
  readonly kind?: Kind
  readonly resolve: Resolver
}

/** @category destructors */
export const kindOf = (value: Value): Kind => {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'boolean':
      return 'boolean'
    case 'number':
      return 'number'
    case 'string':
      return 'text'
    default:
      return value instanceof Uint8Array ? 'bytes' : Array.isArray(value) ? 'list' : 'map'
  }
}

/** Whether a path is one that a pattern says. O(pattern · path). */
export const matches = (pattern: Pattern, path: Path): boolean => {
  // The lengths of the path's beginnings that the pattern so far can be.
  let ends: ReadonlyArray<number> = [0]
  for (const segment of pattern) {
    const next = new Set<number>()
    for (const end of ends) {
      if (segment === REST) for (let i = end; i <= path.length; i++) next.add(i)
      else if (end < path.length && (segment === ANY || segment === path[end])) next.add(end + 1)
    }
    ends = [...next]
  }
  return ends.includes(path.length)
}

// -------------------------------------------------------------------------------------
// resolvers
// -------------------------------------------------------------------------------------

/** @category resolvers */
export const ours: Resolver = (conflict) => O.some(conflict.ours)
/** @category resolvers */
export const theirs: Resolver = (conflict) => O.some(conflict.theirs)

const numberIn = (side: Side): number | null =>
  side._tag === 'None' ? 0 : typeof side.value === 'number' ? side.value : null

/**
 * Adds up what each side has added; nothing counts as 0. (Two equal numbers are no conflict, so equal steps count
 * once: give each agent a counter of its own where that matters.)
 *
 * @category resolvers
 */
export const counter: Resolver = ({ base, ours, theirs }) => {
  const [from, x, y] = [numberIn(base), numberIn(ours), numberIn(theirs)]
  if (from === null || x === null || y === null) return O.none
  const sum = from + (x - from + (y - from))
  return Number.isFinite(sum) ? O.some(O.some(sum)) : O.none
}

/** Canonical bytes in hexadecimal digits, to sort and compare by; nothing for what is no value. */
const encoded = (value: Value): string => {
  const bytes = Codec.encode(value)
  if (bytes._tag === 'Left') return ''
  return Array.from(bytes.right, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const itemsOf = (side: Side): ReadonlyMap<string, Value> | null => {
  if (side._tag === 'None') return new Map()
  if (!Array.isArray(side.value)) return null
  return new Map(side.value.map((item: Value) => [encoded(item), item]))
}

/**
 * Lists as sets: what either side has added is in, what either has removed is out. What was there keeps its order, what
 * is new follows in the order of its canonical bytes.
 *
 * @category resolvers
 */
export const union: Resolver = (conflict) => {
  const [base, a, b] = [itemsOf(conflict.base), itemsOf(conflict.ours), itemsOf(conflict.theirs)]
  if (base === null || a === null || b === null) return O.none
  const kept = [...base].filter(([key]) => a.has(key) && b.has(key))
  const added = [...new Map([...a, ...b])].filter(([key]) => !base.has(key))
  added.sort(([x], [y]) => (x < y ? -1 : 1))
  return O.some(O.some([...kept, ...added].map(([, item]) => item)))
}

/** The side that wrote later, given when each did; of two at once the one with the greater canonical bytes. */
export const lastWriter =
  (written: { readonly ours: number; readonly theirs: number }): Resolver =>
  ({ ours, theirs }) => {
    if (written.ours !== written.theirs) return O.some(written.ours > written.theirs ? ours : theirs)
    return O.some(rank(ours) >= rank(theirs) ? ours : theirs)
  }

/** Nothing is less than anything. */
const rank = (side: Side): string => (side._tag === 'None' ? '' : encoded(side.value))

/** Lines that differ at most: finding out what two long texts have in common takes the square of them. */
const MAX_LINES = 5000

/** Comparisons at most, about half a second: lines that come again and again take the cube of their number. */
const MAX_WORK = 2 ** 30

const linesOf = (side: Side): ReadonlyArray<string> | null =>
  side._tag === 'None' ? [] : typeof side.value === 'string' ? side.value.split(/(?<=\n)/) : null

/**
 * Texts by lines (diff3): both sides' changes, where they are of different lines. Where they are not, it stays a conflict;
 * so it does where more than 5,000 lines lie between the first and the last change, or so many of these are the same
 * that it would take long: pairs of equal lines, times lines, of base and ours and of base and theirs, are 2^30 at most.
 *
 * Source: S. Khanna, K. Kunal, B. Pierce, A Formal Investigation of Diff3 (FSTTCS 2007).
 *
 * @category resolvers
 */
export const lines: Resolver = (conflict) => {
  const [o, a, b] = [linesOf(conflict.base), linesOf(conflict.ours), linesOf(conflict.theirs)]
  if (o === null || a === null || b === null) return O.none
  const least = Math.min(o.length, a.length, b.length)
  let from = 0
  while (from < least && o[from] === a[from] && o[from] === b[from]) from++
  let back = 0
  while (back < least - from && o.at(-1 - back) === a.at(-1 - back) && o.at(-1 - back) === b.at(-1 - back))
    back++
  const middle = (all: ReadonlyArray<string>): Array<string> => all.slice(from, all.length - back)
  if (Math.max(o.length, a.length, b.length) - from - back > MAX_LINES) return O.none
  const [own, base, other] = [middle(a), middle(o), middle(b)]
  if (lineWork(base, own) + lineWork(base, other) > MAX_WORK) return O.none
  const merged: Array<string> = []
  for (const region of diff3Merge(own, base, other, { excludeFalseConflicts: true })) {
    if (region.ok === undefined) return O.none
    merged.push(...region.ok)
  }
  return O.some(O.some([...o.slice(0, from), ...merged, ...o.slice(o.length - back)].join('')))
}
