/**
 * A `Cache` keeps objects inside a budget of bytes, which is a bound: what is kept never exceeds it, and what alone is larger
 * is not kept.
 *
 * Who goes first is decided by GreedyDual-Size-Frequency, with the frequency weighted by probability: each object has the
 * value H = L + hits · probability · cost / size as of its last use, the least goes, and L rises to its H; so recency
 * counts, too. With probability 1 for all it is GDSF as published.
 *
 * Source: L. Cherkasova, Improving WWW Proxies Performance with Greedy-Dual-Size-Frequency Caching Policy, HP Labs
 * HPL-98-69R1 (1998).
 *
 * Laws (`coppice/laws`, `cacheLaws`):
 * 1. model: it keeps what a plain list would that is searched for its least H at each step;
 * 2. the budget is never exceeded.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import * as O from 'fp-ts/lib/Option.js'
 * import { Cache } from 'coppice'
 *
 * const cache = Cache.make<string, string>(100)
 * Cache.set('cheap', 'object', { size: 60, cost: 1 })(cache)()
 * Cache.set('dear', 'object', { size: 60, cost: 9 })(cache)()
 * assert.deepStrictEqual(Cache.get('dear')(cache)(), O.some('object'))
 * assert.deepStrictEqual(Cache.get('cheap')(cache)(), O.none)
 * ```
 */
import type { IO } from 'fp-ts/lib/IO.js'
import * as O from 'fp-ts/lib/Option.js'
import { Heap, type Heaped } from './internal/heap.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

declare const brand: unique symbol

export interface Cache<K, V> {
  readonly [brand]: readonly [K, V]
}

/** What an object is worth. */
export interface Worth {
  /** Bytes. */
  readonly size: number
  /** What it takes to make it again, in ms. */
  readonly cost: number
  /** How likely it is to be of use, from 0 to 1; 1 if it is not said. */
  readonly probability?: number
}

class Kept<K, V> implements Heaped {
  readonly key: K
  readonly value: V
  readonly size: number
  readonly cost: number
  /** Of two with one H the older goes. */
  readonly order: number
  probability: number
  hits = 1
  /** H as of the last use. */
  worth = 0
  /** What it stands under in the heap: never more than `worth`, and made equal to it before it could go. */
  filed = 0
  position = -1
  constructor(key: K, value: V, size: number, cost: number, order: number, probability: number) {
    this.key = key
    this.value = value
    this.size = size
    this.cost = cost
    this.order = order
    this.probability = probability
  }
}

/** Bounds of a cost, in ms: a clock may be too coarse to see any, and no worth may be infinite. */
const LEAST_COST = 0.001
const MOST_COST = 1e12

const sane = (probability: number): number => (probability > 0 ? Math.min(probability, 1) : 0)

/** @internal */
export class GreedyDual<K, V> implements Cache<K, V> {
  declare readonly [brand]: readonly [K, V]
  /** Bytes that are kept. */
  bytes = 0
  evictions = 0
  private budget: number
  /** L. */
  private floor = 0
  private readonly kept = new Map<K, Kept<K, V>>()
  private order = 0
  private readonly heap = new Heap<Kept<K, V>>((x, y) =>
    x.filed !== y.filed ? x.filed < y.filed : x.order < y.order,
  )
  constructor(budget: number) {
    this.budget = budget
  }
  get size(): number {
    return this.kept.size
  }
  has(key: K): boolean {
    return this.kept.has(key)
  }
  peek(key: K): V | undefined {
    return this.kept.get(key)?.value
  }
  bytesOf(key: K): number {
    return this.kept.get(key)?.size ?? 0
  }
  use(key: K): { readonly value: V } | undefined {
    const found = this.kept.get(key)
    if (found === undefined) return undefined
    found.hits++
    // It only grows, so the heap may go on with the older, smaller figure.
    found.worth = this.worthOf(found)
    return found
  }
  /** Whether it is kept. */
  set(key: K, value: V, size: number, cost: number, probability: number): boolean {
    this.delete(key)
    // Whole bytes, so that sums are exact.
    const bytes = Math.max(0, Math.ceil(size))
    if (!(bytes <= this.budget)) return false
    this.shrinkTo(this.budget - bytes)
    const price = cost > LEAST_COST ? Math.min(cost, MOST_COST) : LEAST_COST
    const item = new Kept(key, value, bytes, price, this.order++, sane(probability))
    item.worth = item.filed = this.worthOf(item)
    this.kept.set(key, item)
    this.heap.push(item)
    this.bytes += bytes
    return true
  }
  delete(key: K): boolean {
    const found = this.kept.get(key)
    if (found === undefined) return false
    this.drop(found)
    return true
  }
  reweigh(key: K, probability: number): void {
    const found = this.kept.get(key)
    if (found === undefined) return
    found.probability = sane(probability)
    found.worth = found.filed = this.worthOf(found)
    this.heap.moved(found)
  }
  limit(budget: number): void {
    this.budget = budget
    this.shrinkTo(budget)
  }
  keys(): ReadonlyArray<K> {
    return [...this.kept.keys()]
  }
  clear(): void {
    for (const item of [...this.kept.values()]) this.drop(item)
  }
  private shrinkTo(bytes: number): void {
    for (
      let least = this.heap.first();
      this.bytes > bytes && least !== undefined;
      least = this.heap.first()
    ) {
      if (least.worth > least.filed) {
        least.filed = least.worth
        this.heap.moved(least)
        continue
      }
      this.floor = least.worth
      this.drop(least)
      this.evictions++
    }
  }
  private drop(item: Kept<K, V>): void {
    this.kept.delete(item.key)
    this.heap.remove(item)
    this.bytes -= item.size
  }
  private worthOf({ hits, probability, cost, size }: Kept<K, V>): number {
    return this.floor + (hits * probability * cost) / Math.max(size, 1)
  }
}

const inside = <K, V>(cache: Cache<K, V>): GreedyDual<K, V> => cache as GreedyDual<K, V>

// -------------------------------------------------------------------------------------
// operations
// -------------------------------------------------------------------------------------

/** An empty cache that keeps up to `budget` bytes; keys are compared as those of a `Map`. @category constructors */
export const make = <K, V>(budget: number): Cache<K, V> => new GreedyDual<K, V>(budget > 0 ? budget : 0)

/** The object of a key, if it is kept; that is a use of it. O(1). */
export const get =
  <K>(key: K) =>
  <V>(cache: Cache<K, V>): IO<O.Option<V>> =>
  () => {
    const found = inside(cache).use(key)
    return found === undefined ? O.none : O.some(found.value)
  }

/** Keeps an object, evicting others for it; whether it is kept, which it is unless it is larger than the budget. O(log n) an eviction. */
export const set =
  <K, V>(key: K, value: V, { size, cost, probability = 1 }: Worth) =>
  (cache: Cache<K, V>): IO<boolean> =>
  () =>
    inside(cache).set(key, value, size, cost, probability)

/** Gives a kept object another probability. O(log n). */
export const reweigh =
  <K>(key: K, probability: number) =>
  <V>(cache: Cache<K, V>): IO<void> =>
  () =>
    inside(cache).reweigh(key, probability)

/** Keeps up to another number of bytes from now on. */
export const limit =
  (budget: number) =>
  <K, V>(cache: Cache<K, V>): IO<void> =>
  () =>
    inside(cache).limit(budget > 0 ? budget : 0)

/** The keys of what is kept. */
export const keys =
  <K, V>(cache: Cache<K, V>): IO<ReadonlyArray<K>> =>
  () =>
    inside(cache).keys()

/** Bytes that are kept. O(1). */
export const bytes =
  <K, V>(cache: Cache<K, V>): IO<number> =>
  () =>
    inside(cache).bytes
