/** What a manager holds, and how it goes from one ensemble to the next: what goes is handed over, what comes back is taken back. */
import * as E from 'fp-ts/lib/Either.js'
import * as Collector from '../../../branch/Collector.js'
import type { ComponentStore } from '../../../branch/ComponentStore.js'
import * as StateReference from '../../../branch/StateReference.js'
import {
  type InvalidCoupling,
  type JointTooLarge,
  type Released,
  released,
  type UnknownReference,
  unknownReference,
  type ZeroEvidence,
} from '../../../data/Failure.js'
import type { AsyncStore, Store } from '../../../store/Store.js'
import * as Hamt from '../../../trie/Hamt.js'
import type * as Decay from '../../Decay.js'
import * as Ensemble from '../../Ensemble.js'
import type * as Joint from '../../Joint.js'
import * as Measure from '../../Measure.js'
import type * as Weight from '../../Weight.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/** What a key of a superposition stands for. */
export interface Branch<S extends Store | AsyncStore> {
  readonly reference: StateReference.StateReference<S>
  /** The tick of the last operation that named it. */
  touched: number
}

/** What happens to branches, told to whoever builds objects for them: a port. */
export interface Listener<S extends Store | AsyncStore> {
  /** Weights have changed: ask `probability` again. */
  readonly weighed?: () => void
  /** A superposition has collapsed to this one. */
  readonly won?: (reference: StateReference.StateReference<S>) => void
  /** These were dropped: work for them is for nothing. */
  readonly lost?: (references: ReadonlyArray<StateReference.StateReference<S>>) => void
}

export interface Options<S extends Store | AsyncStore> extends Joint.Options {
  /** Operations that can be undone. Default 1,000. */
  readonly history?: number
  /** How fast what was lost is forgotten. Default: half in 1,000 operations. */
  readonly decay?: Decay.Decay
  readonly listener?: Listener<S>
}

/** What a branch was worth before the operation that lost it, and when. One for all that it lost. */
export interface Lost<S extends Store | AsyncStore> {
  readonly measure: Measure.Measure<Held<S>>
  readonly tick: number
}

/** A branch, the place that it has or had, and how it lost that. */
export interface Held<S extends Store | AsyncStore> extends Branch<S> {
  name: string
  key: string
  lost: Lost<S> | null
}

export type World<S extends Store | AsyncStore> = Ensemble.Ensemble<Held<S>>
export type Group<S extends Store | AsyncStore> = Measure.Measure<Held<S>>

declare const brand: unique symbol

export interface Manager<S extends Store | AsyncStore = Store> {
  readonly [brand]: S
}

export class Working<S extends Store | AsyncStore> implements Manager<S> {
  declare readonly [brand]: S
  readonly components: ComponentStore<S>
  readonly collector: Collector.Collector<S>
  readonly history: number
  readonly decay: Decay.Decay
  readonly listeners: Set<Listener<S>>
  world: World<S>
  past: Array<World<S>> = []
  future: Array<World<S>> = []
  tick = 0
  /** The branches of references, also of those that were lost. */
  readonly held = new WeakMap<StateReference.StateReference<S>, Held<S>>()
  /** Of measures that were asked for a probability. */
  readonly masses = new WeakMap<Group<S>, Weight.Weight>()
  constructor(components: ComponentStore<S>, collector: Collector.Collector<S>, options: Options<S>) {
    this.components = components
    this.collector = collector
    this.history = options.history ?? 1000
    this.decay = options.decay ?? DECAY
    this.listeners = new Set(options.listener === undefined ? [] : [options.listener])
    this.world = Ensemble.empty(options.limit === undefined ? {} : { limit: options.limit })
  }
}

const DECAY: Decay.Decay = { _tag: 'Decay', halfLife: 1000n }

export const working = <S extends Store | AsyncStore>(manager: Manager<S>): Working<S> =>
  manager as Working<S>

export type Change = UnknownReference | ZeroEvidence | JointTooLarge | InvalidCoupling

// -------------------------------------------------------------------------------------
// from world to world
// -------------------------------------------------------------------------------------

/** The groups that differ, each as it was and as it is. */
const differences = <S extends Store | AsyncStore>(before: World<S>, after: World<S>) =>
  [...new Set([...Hamt.keys(before.groups), ...Hamt.keys(after.groups)])]
    .map((name) => [name, Hamt.get(before.groups, name), Hamt.get(after.groups, name)] as const)
    .filter(([, old, now]) => old !== now)

/** Branches of the first that the second does not hold, by key. */
const missing = <S extends Store | AsyncStore>(
  of: Group<S> | undefined,
  from: Group<S> | undefined,
): ReadonlyArray<readonly [key: string, branch: Held<S>]> => {
  const found: Array<readonly [string, Held<S>]> = []
  if (of !== undefined)
    Hamt.forEach(of.entries, ({ value }, key) => {
      const other = from === undefined ? undefined : Hamt.get(from.entries, key)
      if (other?.value.reference !== value.reference) found.push([key, value])
    })
  return found
}

/** Takes on another world: what it lacks is handed to the collector, what it has again is taken back. */
export const shift = <S extends Store | AsyncStore>(
  self: Working<S>,
  next: World<S>,
): E.Either<Released, void> => {
  const changed = differences(self.world, next)
  const gained = changed.flatMap(([name, old, now]) =>
    missing(now, old).map(([key, branch]) => ({ name, key, branch })),
  )
  const back = gained.flatMap(({ branch }) => (branch.lost === null ? [] : [branch.reference]))
  const rescued = back.length === 0 ? back : Collector.rescue(back)(self.collector)()
  if (rescued.length < back.length) {
    // Their window has ended: what was rescued goes on waiting.
    Collector.orphan(rescued)(self.collector)()
    const gone = back.find((reference) => !rescued.includes(reference))!
    return E.left(released(StateReference.generation(gone)))
  }
  for (const { name, key, branch } of gained) {
    branch.name = name
    branch.key = key
    branch.lost = null
    self.held.set(branch.reference, branch)
  }
  const losers: Array<StateReference.StateReference<S>> = []
  for (const [, old, now] of changed) {
    if (old === undefined) continue
    // What they were worth is worked out when someone asks.
    const lost: Lost<S> = { measure: old, tick: self.tick }
    for (const [, branch] of missing(old, now)) {
      branch.lost = lost
      losers.push(branch.reference)
    }
  }
  self.world = next
  if (losers.length > 0) {
    Collector.orphan(losers)(self.collector)()
    for (const listener of self.listeners) listener.lost?.(losers)
  }
  weighed(self)
  return E.right(undefined)
}

/** An operation that can be undone. `drops` says whether branches may have gone or come. */
export const advance = <S extends Store | AsyncStore>(
  self: Working<S>,
  next: World<S>,
  drops: boolean,
): void => {
  self.tick++
  self.past.push(self.world)
  if (self.past.length >= 2 * self.history) self.past = self.past.slice(-self.history)
  if (self.future.length > 0) self.future = []
  // Nothing comes back here that was lost before, so nothing can fail.
  if (drops) shift(self, next)
  else {
    self.world = next
    weighed(self)
  }
}

export const weighed = <S extends Store | AsyncStore>(self: Working<S>): void => {
  for (const listener of self.listeners) listener.weighed?.()
}

// -------------------------------------------------------------------------------------
// a branch
// -------------------------------------------------------------------------------------

export const branchAt = <S extends Store | AsyncStore>(
  self: Working<S>,
  name: string,
  key: string,
): E.Either<UnknownReference, Held<S>> => {
  const group = Ensemble.measure(name)(self.world)
  return group._tag === 'Left'
    ? group
    : E.fromOption(() => unknownReference(`${name}: ${key}`))(Measure.get(key)(group.right))
}
