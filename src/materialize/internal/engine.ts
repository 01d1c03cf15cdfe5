/**
 * The machine behind a `Materializer`: what is kept, what waits, and what is being built.
 *
 * INV1  a key has at most one flight, and of a flight at most one build runs; one that nobody waits for any more has no
 *       effect when it ends, and a new flight for its key begins only then;
 * INV2  at most `concurrency` builds are under way, and those are not in the queue;
 * INV3  every listener is called once.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../../data/Digest.js'
import {
  type Cancelled,
  cancelled,
  factoryFailed,
  type UnknownType,
  unknownType,
} from '../../data/Failure.js'
import type { Residency } from '../../trie/Residency.js'
import { GreedyDual } from '../Cache.js'
import * as Component from '../Component.js'
import type { AnyFactory } from '../Factory.js'
import type { Pressure } from '../Pressure.js'
import { PriorityQueue } from '../Queue.js'
import type { Registry } from '../Registry.js'
import * as Thresholds from '../Thresholds.js'
import { type Base, type BuildFailure, type Built, building, type Rates } from './building.js'
import { drive, type Loader } from './steps.js'

export type EngineFailure = BuildFailure | Cancelled | UnknownType

export type Listener = (result: E.Either<EngineFailure, unknown>) => void

export interface Settings {
  readonly budget: number
  readonly concurrency: number
  readonly patience: number
  /** Null where the weighers say it. */
  readonly probability: ((digest: Digest) => number) | null
  readonly pressure: Pressure
  readonly clock: IO<number>
  readonly thresholds: Thresholds.Settings
  readonly keepWhenEvicting: number
}

/** How likely a component is to matter, if that is known. */
export type Weigher = (digest: Digest) => O.Option<number>

/** A factory and what is known of it. */
export interface Table {
  readonly factory: AnyFactory
  readonly rates: Rates
  /** Stands before the digests in keys. */
  readonly prefix: string
}

class Flight {
  readonly key: string
  readonly table: Table
  readonly component: Component.Component
  readonly base: Base | null
  listeners: Array<Listener> = []
  stage: 'waiting' | 'running' | 'abandoned' = 'waiting'
  /** Nobody waits for it, and it is built all the same. */
  ahead = false
  probability: number
  /** The most that a request has said itself. */
  wanted = 0
  abort: AbortController | null = null
  /** Begins when this one, which was abandoned, has ended. */
  successor: Flight | null = null
  constructor(
    key: string,
    table: Table,
    component: Component.Component,
    base: Base | null,
    probability: number,
  ) {
    this.key = key
    this.table = table
    this.component = component
    this.base = base
    this.probability = probability
  }
}

export interface Counters {
  hits: number
  misses: number
  builds: number
  deltas: number
  failures: number
  cancellations: number
}

/** How often memory is looked at, in ms. */
const GLANCE = 50
/** How long builds may keep the event loop from turning, in ms. */
const SLICE = 8
/** Share of the newest window in the hit rate. */
const FRESH = 0.5

/** A key is the prefix of a table, of one unit, and a digest. */
const digestIn = (key: string): Digest => key.slice(1) as Digest

export class Engine {
  readonly load: Loader
  readonly residency: Residency
  readonly counters: Counters = { hits: 0, misses: 0, builds: 0, deltas: 0, failures: 0, cancellations: 0 }
  readonly cache: GreedyDual<string, unknown>
  mode: Thresholds.Mode = 'onDemand'
  trace: Thresholds.Trace = []
  running = 0
  private readonly settings: Settings
  private readonly tables = new Map<string, Table>()
  private readonly flights = new Map<string, Flight>()
  private readonly queue: PriorityQueue<string>
  private readonly weighers = new Set<{ readonly weigh: Weigher }>()
  private woken = false
  private lastDigest: Digest | null = null
  private lastTable: Table | null = null
  private lastKey = ''
  private glanced = Number.NEGATIVE_INFINITY
  private hitRate = 0
  private seen = { hits: 0, misses: 0 }
  private cost = 0

  constructor(load: Loader, residency: Residency, registry: Registry, settings: Settings) {
    this.load = load
    this.residency = residency
    this.settings = settings
    this.cache = new GreedyDual(settings.budget)
    this.queue = new PriorityQueue(settings.patience)
    for (const [type, factory] of registry) {
      const prefix = String.fromCharCode(this.tables.size)
      this.tables.set(type, { factory, prefix, rates: { create: 0, delta: 0, refused: 0 } })
    }
  }

  get queued(): number {
    return this.queue.size
  }

  table(type: string): E.Either<UnknownType, Table> {
    const table = this.tables.get(type)
    return table === undefined ? E.left(unknownType(type)) : E.right(table)
  }

  /** The key of an object; asked for a few times in a row, made once. */
  keyOf(table: Table, digest: Digest): string {
    if (digest !== this.lastDigest || table !== this.lastTable) {
      this.lastDigest = digest
      this.lastTable = table
      this.lastKey = table.prefix + digest
    }
    return this.lastKey
  }

  /** The object, if it is kept; that is a hit. */
  hit(table: Table, digest: Digest): { readonly value: unknown } | undefined {
    const found = this.cache.use(this.keyOf(table, digest))
    if (found !== undefined) this.counters.hits++
    return found
  }

  /** The object of a component as something to begin a delta with. */
  baseOf(table: Table, component: Component.Component): Base | null {
    const key = this.keyOf(table, component.digest)
    return this.cache.has(key)
      ? { object: this.cache.peek(key), size: this.cache.bytesOf(key), component }
      : null
  }

  /** Asks for an object; answers how to give the request up. `listener` may be called before this returns. */
  request(
    table: Table,
    component: Component.Component,
    base: Base | null,
    probability: number | undefined,
    listener: Listener,
  ): () => void {
    const found = this.hit(table, component.digest)
    if (found !== undefined) {
      listener(E.right(found.value))
      return () => undefined
    }
    this.counters.misses++
    const flight = this.flightFor(table, component, base)
    flight.listeners.push(listener)
    this.promote(flight, probability)
    this.wake()
    return () => this.giveUp(flight, listener)
  }

  /** Builds ahead of any request, if there is room for that; whether it will. */
  ahead(table: Table, component: Component.Component, probability: number | undefined): boolean {
    const key = this.keyOf(table, component.digest)
    this.glance()
    if (this.mode !== 'eager' || this.cache.has(key)) return false
    const flight = this.flightFor(table, component, null)
    flight.ahead = true
    this.promote(flight, probability)
    this.wake()
    return true
  }

  /** Builds before it returns, out of turn. To be called with a loader that does not wait. */
  now(
    table: Table,
    component: Component.Component,
    base: Base | null,
    probability: number | undefined,
  ): E.Either<EngineFailure, unknown> {
    const { digest } = component
    const found = this.hit(table, digest)
    if (found !== undefined) return E.right(found.value)
    this.counters.misses++
    const refused = (why: string): E.Either<EngineFailure, never> =>
      E.left(factoryFailed(table.factory.type, digest, 'create', why))
    if (table.factory.create._tag === 'Effect') return refused('it takes time: it has to be awaited')
    const there = this.flights.get(this.keyOf(table, digest))
    if (there !== undefined && there.stage !== 'waiting') return refused('it is being built')
    const flight = there ?? this.enlist(table, component, base)
    let result: E.Either<EngineFailure, unknown> = refused('it did not end')
    flight.listeners.push((answer) => {
      result = answer
    })
    this.promote(flight, probability)
    if (there !== undefined) this.queue.cancel(flight.key)
    this.start(flight)
    return result
  }

  weighBy(weigh: Weigher): IO<void> {
    const weigher = { weigh }
    this.weighers.add(weigher)
    return () => {
      this.weighers.delete(weigher)
    }
  }

  digests(): ReadonlySet<Digest> {
    return new Set([...this.cache.keys(), ...this.flights.keys()].map(digestIn))
  }

  /** Asks for all probabilities again: what waits changes places, and what is out of reach is given up. */
  reweigh(): number {
    let lost = 0
    for (const key of this.cache.keys()) this.cache.reweigh(key, this.probabilityOf(key))
    for (const flight of [...this.flights.values()]) {
      const probability = this.probabilityOf(flight.key)
      if (probability === 0) {
        if (this.lose(flight)) lost++
      } else {
        flight.probability = Math.max(probability, flight.wanted)
        this.queue.reweigh(flight.key, flight.probability)
      }
    }
    return lost
  }

  /** Whether anybody had to be told. */
  private lose(flight: Flight): boolean {
    let told = false
    for (const each of [flight, flight.successor]) {
      if (each === null) continue
      const { listeners } = each
      told ||= listeners.length > 0 || each.ahead
      each.listeners = []
      each.ahead = false
      this.counters.cancellations += listeners.length
      this.abandonIfAlone(each)
      for (const listener of listeners) listener(E.left(cancelled(each.table.factory.type, 'out of reach')))
    }
    return told
  }

  /** Takes a look at memory, unless it has done so just now. */
  glance(): void {
    const at = this.settings.clock()
    if (at - this.glanced < GLANCE) return
    this.glanced = at
    const { hits, misses } = this.counters
    const [found, lost] = [hits - this.seen.hits, misses - this.seen.misses]
    if (found + lost > 0) this.hitRate += FRESH * (found / (found + lost) - this.hitRate)
    this.seen = { hits, misses }
    const observation = { ...this.memory(), hitRate: this.hitRate, cost: this.cost }
    const decision = Thresholds.decide(this.settings.thresholds)(this.mode, observation)
    this.trace = Thresholds.record({ at, observation, ...decision })(this.trace)
    const { budget, keepWhenEvicting } = this.settings
    this.mode = decision.mode
    this.cache.limit(decision.mode === 'evict' ? budget * keepWhenEvicting : budget)
  }

  private memory(): { readonly used: number; readonly limit: number } {
    try {
      return this.settings.pressure()
    } catch {
      return { used: 1, limit: 1 }
    }
  }

  /** The most that a weigher says. */
  private weighed(digest: Digest): number {
    let most: number | null = null
    for (const { weigh } of this.weighers) {
      const said = weigh(digest)
      if (said._tag === 'Some') most = Math.max(most ?? 0, said.value)
    }
    return most ?? 1
  }

  private probabilityOf(key: string): number {
    let answer: unknown
    try {
      const { probability } = this.settings
      const digest = digestIn(key)
      answer = probability === null ? this.weighed(digest) : probability(digest)
    } catch {
      // What cannot be said is no reason to give anything up.
      return Number.MIN_VALUE
    }
    if (answer === 0) return 0
    return typeof answer === 'number' && answer > 0 ? Math.min(answer, 1) : Number.MIN_VALUE
  }

  private flightFor(table: Table, component: Component.Component, base: Base | null): Flight {
    const there = this.flights.get(this.keyOf(table, component.digest))
    if (there !== undefined) {
      if (there.stage !== 'abandoned') return there
      if (there.successor !== null) return there.successor
      there.successor = this.newFlight(table, component, base)
      return there.successor
    }
    const flight = this.enlist(table, component, base)
    this.queue.push(flight.key, flight.probability, Component.sizeHint(component))
    return flight
  }

  private enlist(table: Table, component: Component.Component, base: Base | null): Flight {
    const flight = this.newFlight(table, component, base)
    this.flights.set(flight.key, flight)
    return flight
  }

  private newFlight(table: Table, component: Component.Component, base: Base | null): Flight {
    const key = this.keyOf(table, component.digest)
    return new Flight(key, table, component, base, this.probabilityOf(key))
  }

  private promote(flight: Flight, probability: number | undefined): void {
    if (probability === undefined || !(probability > flight.wanted)) return
    flight.wanted = Math.min(probability, 1)
    if (flight.wanted <= flight.probability) return
    flight.probability = flight.wanted
    this.queue.reweigh(flight.key, flight.probability)
  }

  private giveUp(flight: Flight, listener: Listener): void {
    const at = flight.listeners.indexOf(listener)
    if (at < 0) return
    flight.listeners.splice(at, 1)
    this.counters.cancellations++
    this.abandonIfAlone(flight)
    listener(E.left(cancelled(flight.table.factory.type, 'asked for')))
  }

  private abandonIfAlone(flight: Flight): void {
    if (flight.listeners.length > 0 || flight.ahead) return
    const first = this.flights.get(flight.key)
    if (first === flight) {
      if (flight.stage === 'running') {
        flight.stage = 'abandoned'
        flight.abort?.abort()
      } else if (flight.stage === 'waiting') {
        this.queue.cancel(flight.key)
        this.flights.delete(flight.key)
      }
    } else if (first?.successor === flight) first.successor = null
  }

  private wake(): void {
    if (this.woken || this.queue.size === 0 || this.running >= this.settings.concurrency) return
    this.woken = true
    // Whatever is asked for before the event loop goes on takes part in the choice.
    queueMicrotask(() => {
      this.woken = false
      this.dispatch()
    })
  }

  private dispatch(): void {
    const { clock, concurrency } = this.settings
    const began = clock()
    while (this.running < concurrency) {
      const key = this.queue.take()
      if (key === undefined) return
      this.start(this.flights.get(key)!)
      if (clock() - began > SLICE && this.queue.size > 0 && !this.woken) {
        this.woken = true
        setImmediate(() => {
          this.woken = false
          this.dispatch()
        })
        return
      }
    }
  }

  private start(flight: Flight): void {
    flight.stage = 'running'
    this.running++
    const { factory, rates } = flight.table
    const signal = (): AbortSignal => {
      flight.abort ??= new AbortController()
      return flight.abort.signal
    }
    const { component, base } = flight
    const { clock } = this.settings
    const job = { factory, rates, component, base, clock, signal, digest: component.digest }
    drive(this.load, building(job), (result) => this.end(flight, result))
  }

  private end(flight: Flight, result: E.Either<BuildFailure, Built>): void {
    this.running--
    if (flight.stage === 'abandoned') {
      this.succeed(flight)
    } else {
      this.flights.delete(flight.key)
      const { listeners } = flight
      flight.listeners = []
      if (result._tag === 'Right') this.keep(flight, result.right)
      else this.counters.failures++
      const answer: E.Either<EngineFailure, unknown> =
        result._tag === 'Right' ? E.right(result.right.object) : result
      for (const listener of listeners) listener(answer)
    }
    this.glance()
    this.wake()
  }

  private succeed({ key, successor }: Flight): void {
    if (successor === null) {
      this.flights.delete(key)
      return
    }
    this.flights.set(key, successor)
    this.queue.push(key, successor.probability, Component.sizeHint(successor.component))
  }

  private keep({ key, probability }: Flight, { object, size, cost, byDelta }: Built): void {
    if (byDelta) this.counters.deltas++
    else this.counters.builds++
    this.cost += FRESH * (cost - this.cost)
    this.cache.set(key, object, size, cost, probability)
  }
}
