/**
 * A `Queue` says what is built next: the likeliest first, of equally likely ones the smallest, of those the oldest.
 *
 * So that nothing waits for ever, each `patience`-th turn belongs to whoever has waited longest: what finds n others
 * waiting is taken after at most (n + 1) · patience turns, whatever comes after it. All operations are O(log n).
 *
 * Laws (`coppice/laws`, `queueLaws`):
 * 1. model: it does as a plain list does that is searched at each turn;
 * 2. order: between the turns of the oldest, what is taken is likelier than, or as likely as, all that stays;
 * 3. fairness: nothing waits longer than the bound;
 * 4. what was cancelled is not taken; what waits is taken once.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import * as O from 'fp-ts/lib/Option.js'
 * import { Queue } from 'coppice'
 *
 * const queue = Queue.make<string>()
 * Queue.push('a', { probability: 0.2, size: 10 })(queue)()
 * Queue.push('b', { probability: 0.7, size: 10 })(queue)()
 * Queue.reweigh('a', 0.9)(queue)()
 * assert.deepStrictEqual(Queue.take(queue)(), O.some('a'))
 * ```
 */
import type { IO } from 'fp-ts/lib/IO.js'
import * as O from 'fp-ts/lib/Option.js'
import { Heap, type Heaped } from './internal/heap.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

declare const brand: unique symbol

/** What waits under keys of type `K`. */
export interface Queue<K> {
  readonly [brand]: K
}

export interface Rank {
  /** Between 0 and 1. */
  readonly probability: number
  /** In bytes; what is not known is 0. */
  readonly size: number
}

class Waiting<K> implements Heaped {
  readonly key: K
  readonly order: number
  probability: number
  size: number
  position = -1
  older: Waiting<K> | null = null
  newer: Waiting<K> | null = null
  constructor(key: K, order: number, probability: number, size: number) {
    this.key = key
    this.order = order
    this.probability = probability
    this.size = size
  }
}

const before = <K>(x: Waiting<K>, y: Waiting<K>): boolean =>
  x.probability !== y.probability
    ? x.probability > y.probability
    : x.size !== y.size
      ? x.size < y.size
      : x.order < y.order

/** A turn in so many belongs to the oldest. */
export const DEFAULT_PATIENCE = 16

/** What is no probability counts as none, and what is no size as nothing. */
const sane = (probability: number): number => (probability > 0 ? Math.min(probability, 1) : 0)
const saneSize = (size: number): number => (size > 0 ? size : 0)

/** @internal */
export class PriorityQueue<K> implements Queue<K> {
  declare readonly [brand]: K
  private readonly patience: number
  private readonly heap = new Heap<Waiting<K>>(before)
  private readonly waiting = new Map<K, Waiting<K>>()
  private oldest: Waiting<K> | null = null
  private newest: Waiting<K> | null = null
  private order = 0
  private turns = 0
  constructor(patience: number) {
    this.patience = Math.max(2, Math.floor(patience) || 2)
  }
  get size(): number {
    return this.heap.size
  }
  push(key: K, probability: number, size: number): void {
    const there = this.waiting.get(key)
    if (there !== undefined) {
      there.size = saneSize(size)
      this.rank(there, probability)
      return
    }
    const item = new Waiting(key, this.order++, sane(probability), saneSize(size))
    this.waiting.set(key, item)
    this.heap.push(item)
    item.older = this.newest
    if (this.newest === null) this.oldest = item
    else this.newest.newer = item
    this.newest = item
  }
  reweigh(key: K, probability: number): boolean {
    const item = this.waiting.get(key)
    if (item === undefined) return false
    this.rank(item, probability)
    return true
  }
  cancel(key: K): boolean {
    const item = this.waiting.get(key)
    if (item === undefined) return false
    this.drop(item)
    return true
  }
  take(): K | undefined {
    if (this.heap.size === 0) return undefined
    const item = ++this.turns % this.patience === 0 ? this.oldest : this.heap.first()
    if (item === null || item === undefined) return undefined
    this.drop(item)
    return item.key
  }
  private rank(item: Waiting<K>, probability: number): void {
    item.probability = sane(probability)
    this.heap.moved(item)
  }
  private drop(item: Waiting<K>): void {
    this.waiting.delete(item.key)
    this.heap.remove(item)
    if (item.older === null) this.oldest = item.newer
    else item.older.newer = item.newer
    if (item.newer === null) this.newest = item.older
    else item.newer.older = item.older
  }
}

const inside = <K>(queue: Queue<K>): PriorityQueue<K> => queue as PriorityQueue<K>

// -------------------------------------------------------------------------------------
// operations
// -------------------------------------------------------------------------------------

/** An empty queue; keys are compared as those of a `Map`. `patience` is at least 2. @category constructors */
export const make = <K>(options: { readonly patience?: number } = {}): Queue<K> =>
  new PriorityQueue<K>(options.patience ?? DEFAULT_PATIENCE)

/** Lets a key wait; one that waits already gets another rank and keeps its age. O(log n). */
export const push =
  <K>(key: K, { probability, size }: Rank) =>
  (queue: Queue<K>): IO<void> =>
  () =>
    inside(queue).push(key, probability, size)

/** Takes what comes next, or none. O(log n). */
export const take =
  <K>(queue: Queue<K>): IO<O.Option<K>> =>
  () =>
    inside(queue).size === 0 ? O.none : O.some(inside(queue).take() as K)

/** Gives a key another probability; whether it was waiting. O(log n). */
export const reweigh =
  <K>(key: K, probability: number) =>
  (queue: Queue<K>): IO<boolean> =>
  () =>
    inside(queue).reweigh(key, probability)

/** Takes a key out; whether it was waiting. O(log n). */
export const cancel =
  <K>(key: K) =>
  (queue: Queue<K>): IO<boolean> =>
  () =>
    inside(queue).cancel(key)

/** How many wait. O(1). */
export const size =
  <K>(queue: Queue<K>): IO<number> =>
  () =>
    inside(queue).size
