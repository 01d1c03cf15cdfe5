/**
 * A `Manager` holds named superpositions of state references: the branches of a search, what each weighs, and what became of them.
 *
 * A superposition is created from a reference and branches it; a branch is expanded into children that share its weight; scores
 * reweight; pruning and collapse drop branches, and with them their references, which a collector takes over. Until its window has ended
 * all of it can be undone: the measures are values, so they come back exactly, and the references are rescued.
 *
 * Every operation is atomic: a failure changes nothing. Branches are named by their lineage: the child `b` of `a` is `a/b`.
 *
 * Laws (`coppice/laws`, `managerLaws`): `undo` restores every measure exactly; after a collapse exactly the winners live, and after the
 * collector's window the store holds exactly what they reach; mass is kept by `expand`; a failure changes nothing.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Collector, ComponentStore, Manager, MemoryStore, State, StateReference, Weight } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as IOE from 'fp-ts/lib/IOEither.js'
 *
 * const components = ComponentStore.make(MemoryStore.make())
 * const manager = Manager.make(components, Collector.make(components))
 * const root = StateReference.root(components)(State.empty)()
 *
 * const search = pipe(
 *   Manager.create('plan', Manager.evenly(['a', 'b', 'c']), root)(manager),
 *   IOE.chainW(() => Manager.observe('plan', 'b', 8)(manager)),
 *   IOE.chainW(() => Manager.collapseToMode('plan')(manager)),
 * )
 * const collapsed = search()
 * assert.ok(E.isRight(collapsed))
 * assert.deepStrictEqual(collapsed.right.kept, ['b'])
 * assert.strictEqual(Weight.show(collapsed.right.probability), '4/5')
 * assert.deepStrictEqual(Manager.undo(manager)(), E.right(true))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as Collector from '../branch/Collector.js'
import type { ComponentStore } from '../branch/ComponentStore.js'
import { fetched, runAsync } from '../branch/internal/program.js'
import * as StateReference from '../branch/StateReference.js'
import type { Digest } from '../data/Digest.js'
import {
  type Corrupt,
  type EmptySupport,
  type InvalidCoupling,
  type InvalidKernel,
  type InvalidValue,
  type InvalidWeight,
  invalidKernel,
  invalidValue,
  invalidWeight,
  type JointTooLarge,
  type Released,
  released,
  type StoreFailed,
  type UnknownReference,
  unknownReference,
  type ZeroEvidence,
} from '../data/Failure.js'
import type { Value } from '../data/Value.js'
import type { AsyncStore, Store } from '../store/Store.js'
import * as Fetch from '../trie/Fetch.js'
import * as Hamt from '../trie/Hamt.js'
import {
  type EditFailure,
  fromJson,
  get,
  type LoadFailure,
  type State,
  setSubtree,
  subtree,
} from '../trie/State.js'
import * as Decay from './Decay.js'
import * as Ensemble from './Ensemble.js'
import type * as Joint from './Joint.js'
import * as Measure from './Measure.js'
import * as Retention from './Retention.js'
import type { Superposition } from './Superposition.js'
import * as Weight from './Weight.js'

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
interface Lost<S extends Store | AsyncStore> {
  readonly measure: Measure.Measure<Held<S>>
  readonly tick: number
}

/** A branch, the place that it has or had, and how it lost that. */
interface Held<S extends Store | AsyncStore> extends Branch<S> {
  name: string
  key: string
  lost: Lost<S> | null
}

type World<S extends Store | AsyncStore> = Ensemble.Ensemble<Held<S>>
type Group<S extends Store | AsyncStore> = Measure.Measure<Held<S>>

declare const brand: unique symbol

export interface Manager<S extends Store | AsyncStore = Store> {
  readonly [brand]: S
}

class Working<S extends Store | AsyncStore> implements Manager<S> {
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

const working = <S extends Store | AsyncStore>(manager: Manager<S>): Working<S> => manager as Working<S>

type Change = UnknownReference | ZeroEvidence | JointTooLarge | InvalidCoupling

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/**
 * A manager of no superpositions yet, that hands what is lost to a collector; of this it releases the least probable first, unless the collector
 * was made to weigh otherwise.
 *
 * @category constructors
 */
export const make = <S extends Store | AsyncStore>(
  components: ComponentStore<S>,
  collector: Collector.Collector<S>,
  options: Options<S> = {},
): Manager<S> => {
  const manager = new Working(components, collector, options)
  Collector.weighBy(probability(manager))(collector)()
  return manager
}

/** Names with equal shares that sum to 1. O(n). @category constructors */
export const evenly = (names: ReadonlyArray<string>): ReadonlyArray<readonly [string, Weight.Weight]> => {
  const share = Weight.fromRatio(1n, BigInt(Math.max(1, names.length)))
  return names.map((name) => [name, E.isRight(share) ? share.right : Weight.one])
}

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
const shift = <S extends Store | AsyncStore>(self: Working<S>, next: World<S>): E.Either<Released, void> => {
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
const advance = <S extends Store | AsyncStore>(self: Working<S>, next: World<S>, drops: boolean): void => {
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

/** Tells a listener what happens from now on, until the effect that it answers is run. @category constructors */
export const listen =
  <S extends Store | AsyncStore>(listener: Listener<S>) =>
  (manager: Manager<S>): IO<IO<void>> =>
  () => {
    const { listeners } = working(manager)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }

const weighed = <S extends Store | AsyncStore>(self: Working<S>): void => {
  for (const listener of self.listeners) listener.weighed?.()
}

// -------------------------------------------------------------------------------------
// growing
// -------------------------------------------------------------------------------------

type Shares = ReadonlyArray<readonly [label: string, share: Weight.Weight]>

type Branches<S extends Store | AsyncStore> = ReadonlyArray<Measure.Branch<Held<S>>>

/** Branches of a reference, one for each share that is not zero; none if that fails. */
const branched = <S extends Store | AsyncStore>(
  self: Working<S>,
  name: string,
  reference: StateReference.StateReference<S>,
  shares: Shares,
): E.Either<Released, Branches<S>> => {
  const some = shares.filter(([, share]) => !Weight.isZero(share))
  const made = StateReference.branchMany(some.length)(reference)()
  if (made._tag === 'Left') return made
  const touched = self.tick + 1
  return E.right(
    some.map(([key, share], i) => [
      key,
      { reference: made.right[i]!, touched, name, key, lost: null },
      share,
    ]),
  )
}

const abandon = <S extends Store | AsyncStore>(branches: Branches<S>): void => {
  for (const [, { reference }] of branches) StateReference.release(reference)()
}

const keysOf = <S extends Store | AsyncStore>(branches: Branches<S>): ReadonlyArray<string> =>
  branches.map(([key]) => key)

/** A measure of branches whose weights sum to 1. */
const whole = <S extends Store | AsyncStore>(branches: Branches<S>): E.Either<InvalidKernel, Group<S>> => {
  const mass = Weight.sum(branches.map(([, , share]) => share))
  const measure = Measure.fromEntries(branches)
  if (measure._tag === 'Left' || !Weight.Eq.equals(mass, Weight.one))
    return E.left(invalidKernel(`its mass is ${Weight.show(mass)}, not 1`))
  if (Measure.size(measure.right) === branches.length) return measure
  const keys = keysOf(branches)
  const twice = keys.find((key, i) => keys.indexOf(key) < i)
  return E.left(invalidKernel(`${JSON.stringify(twice)} is there already`))
}

/**
 * A superposition of branches of a reference, one for each label, that weigh what their shares say; of share zero there is none.
 * Answers their keys.
 *
 * Errors: `InvalidCoupling` if the name is taken; `InvalidKernel` if the shares do not sum to 1; `Released`. O(branches).
 *
 * @category growing
 */
export const create =
  <S extends Store | AsyncStore>(name: string, shares: Shares, reference: StateReference.StateReference<S>) =>
  (manager: Manager<S>): IOEither<Released | InvalidCoupling | InvalidKernel, ReadonlyArray<string>> =>
  () => {
    const self = working(manager)
    const made = branched(self, name, reference, shares)
    if (made._tag === 'Left') return made
    const measure = whole(made.right)
    const next = measure._tag === 'Left' ? measure : Ensemble.insert(name, measure.right)(self.world)
    if (next._tag === 'Left') {
      abandon(made.right)
      return next
    }
    advance(self, next.right, true)
    return E.right(keysOf(made.right))
  }

/**
 * Replaces a branch by branches of it, among which its weight is split by shares that sum to 1; of share zero there is none. Answers
 * their keys, `parent/label`.
 *
 * Errors: `UnknownReference`, `InvalidKernel`, `Released`; `JointTooLarge` of an entangled group. O(children · log n).
 *
 * @category growing
 */
export const expand =
  (name: string, key: string, shares: Shares) =>
  <S extends Store | AsyncStore>(
    manager: Manager<S>,
  ): IOEither<Released | InvalidKernel | Change, ReadonlyArray<string>> =>
  () => {
    const self = working(manager)
    const parent = branchAt(self, name, key)
    if (parent._tag === 'Left') return parent
    const made = branched(
      self,
      name,
      parent.right.reference,
      shares.map(([label, share]) => [`${key}/${label}`, share] as const),
    )
    if (made._tag === 'Left') return made
    const next = Ensemble.expand(name, key, made.right)(self.world)
    if (next._tag === 'Left') {
      abandon(made.right)
      return next
    }
    advance(self, next.right, true)
    return E.right(keysOf(made.right))
  }

/**
 * A child for `grow`: its share of the parent's weight, the state that it holds (read from the parent's family, or wholly in memory), and
 * the likelihood of that.
 */
export type Child = readonly [label: string, share: Weight.Weight, state: State, likelihood: number]

/** Whatever an operation of a manager can fail with. */
export type ManagerFailure = Released | InvalidWeight | InvalidKernel | Change

/**
 * `expand`, with the children's states written and their scores observed, as one operation. A child of likelihood 0 is dropped; answers
 * the keys of the others.
 *
 * Errors: those of `expand` and `observe`.
 *
 * @category growing
 */
export const grow =
  (name: string, key: string, children: ReadonlyArray<Child>) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<ManagerFailure, ReadonlyArray<string>> =>
  () => {
    const self = working(manager)
    const parent = branchAt(self, name, key)
    if (parent._tag === 'Left') return parent
    const scored = E.traverseArray(([, , , score]: Child) => Weight.fromNumber(score))(children)
    if (scored._tag === 'Left') return scored
    const shares = children.map(([label, share]) => [`${key}/${label}`, share] as const)
    const made = branched(self, name, parent.right.reference, shares)
    if (made._tag === 'Left') return made
    const byKey = new Map<string, { readonly state: State; readonly i: number }>(
      children.map(([label, , state], i) => [`${key}/${label}`, { state, i }] as const),
    )
    let next: E.Either<InvalidKernel | Change, World<S>> = Ensemble.expand(name, key, made.right)(self.world)
    for (const [child] of made.right)
      if (next._tag === 'Right')
        next = Ensemble.reweight(name, child, scored.right[byKey.get(child)!.i]!)(next.right)
    if (next._tag === 'Left') {
      abandon(made.right)
      return next
    }
    const isKept = ([child]: Measure.Branch<Held<S>>): boolean =>
      !Weight.isZero(scored.right[byKey.get(child)!.i]!)
    // What scored nothing was never in the world.
    abandon(made.right.filter((branch) => !isKept(branch)))
    const kept = made.right.filter(isKept)
    for (const [child, { reference }] of kept) StateReference.write(byKey.get(child)!.state)(reference)()
    advance(self, next.right, true)
    return E.right(keysOf(kept))
  }

const branchAt = <S extends Store | AsyncStore>(
  self: Working<S>,
  name: string,
  key: string,
): E.Either<UnknownReference, Held<S>> => {
  const group = Ensemble.measure(name)(self.world)
  return group._tag === 'Left'
    ? group
    : E.fromOption(() => unknownReference(`${name}: ${key}`))(Measure.get(key)(group.right))
}

// -------------------------------------------------------------------------------------
// evidence
// -------------------------------------------------------------------------------------

/** Of weights farther apart than twice this many binary places the sum would not fit into memory. */
const FAR = 1n << 27n

const isFar = (w: Weight.Weight): boolean => w.exponent > FAR || w.exponent < -FAR

/** Whether weights of a measure, of which this one was changed, lie too far apart. */
const areApart = <S extends Store | AsyncStore>(measure: Group<S>, changed: Weight.Weight): boolean => {
  if (!isFar(changed)) return false
  let [least, most] = [changed.exponent, changed.exponent]
  Hamt.forEach(measure.sums, ({ exponent }) => {
    if (exponent < least) least = exponent
    if (exponent > most) most = exponent
  })
  return most - least > 2n * FAR
}

const tooFar = E.left(invalidWeight('a likelihood', 'farther from the others than can be added up'))

const weighted = <S extends Store | AsyncStore>(
  self: Working<S>,
  name: string,
  key: string,
  likelihood: E.Either<InvalidWeight, Weight.Weight>,
): E.Either<InvalidWeight | Change, void> => {
  if (likelihood._tag === 'Left') return likelihood
  const { joint } = self.world
  if (isFar(likelihood.right) && Hamt.has(joint.parts, name)) return tooFar
  const next = Ensemble.reweight(name, key, likelihood.right)(self.world)
  if (next._tag === 'Left') return next
  const measure = Hamt.get(next.right.groups, name)!
  const entry = Hamt.get(measure.entries, key)
  if (entry !== undefined) {
    if (areApart(measure, entry.weight)) return tooFar
    entry.value.touched = self.tick + 1
  }
  advance(self, next.right, entry === undefined || next.right.joint !== joint)
  return E.right(undefined)
}

/**
 * A score of a branch: its weight times a likelihood, which is a non-negative number or an exact weight.
 *
 * Errors: `InvalidWeight`, also if the weights would lie 2^28 binary places apart; `UnknownReference`, `ZeroEvidence`; `JointTooLarge`
 * of an entangled group. O(log n).
 *
 * @category evidence
 */
export const observe =
  (name: string, key: string, likelihood: number | Weight.Weight) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<InvalidWeight | Change, void> =>
  () =>
    weighted(
      working(manager),
      name,
      key,
      typeof likelihood === 'number' ? Weight.fromNumber(likelihood) : E.right(likelihood),
    )

/** `observe` of a log-likelihood, natural. Errors: as there. @category evidence */
export const observeLog =
  (name: string, key: string, logLikelihood: number) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<InvalidWeight | Change, void> =>
  () =>
    weighted(working(manager), name, key, Weight.fromLogLikelihood(logLikelihood))

/** Ties superpositions by a potential over the keys of their branches. Errors: as `Ensemble.couple`. @category evidence */
export const couple =
  (names: ReadonlyArray<string>, potential: (keys: Joint.Outcomes) => Weight.Weight) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<Change, void> =>
  () => {
    const self = working(manager)
    return E.map((next: World<S>) => advance(self, next, true))(Ensemble.couple(names, potential)(self.world))
  }

/** Loosens what ties superpositions: see `Joint.decohere`. Errors: as there. @category evidence */
export const decohere =
  (lambda: Weight.Weight, names: ReadonlyArray<string>) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<InvalidWeight | Change, void> =>
  () => {
    const self = working(manager)
    return E.map((next: World<S>) => advance(self, next, true))(Ensemble.decohere(lambda, names)(self.world))
  }

// -------------------------------------------------------------------------------------
// collapse
// -------------------------------------------------------------------------------------

/** What a collapse or a pruning left. */
export interface Collapsed {
  /** Keys of the branches that are left, in order. */
  readonly kept: ReadonlyArray<string>
  /** The probability that what is left had before, exactly; what was dropped had the rest. */
  readonly probability: Weight.Weight
}

const collapsed = <S extends Store | AsyncStore>(
  self: Working<S>,
  name: string,
  event: (key: string, reference: StateReference.StateReference<S>) => boolean,
): E.Either<Change, Collapsed> => {
  const before = Ensemble.measure(name)(self.world)
  if (before._tag === 'Left') return before
  const next = Ensemble.condition(name, (key, { reference }: Held<S>) => event(key, reference))(self.world)
  if (next._tag === 'Left') return next
  const left = Ensemble.measure(name)(next.right)
  if (left._tag === 'Left') return left
  const kept = Measure.branches(left.right)
  const weights = kept.map(([key]) => O.getOrElse(() => Weight.zero)(Measure.weight(key)(before.right)))
  const probability = Weight.divide(Measure.mass(before.right))(Weight.sum(weights))
  advance(self, next.right, true)
  if (kept.length === 1) for (const listener of self.listeners) listener.won?.(kept[0]![1].reference)
  return E.right({
    kept: kept.map(([key]) => key),
    probability: E.isRight(probability) ? probability.right : Weight.zero,
  })
}

/**
 * Collapse on an event: the branches for which it does not hold are dropped, here and in what is entangled. Their references go to the
 * collector. Errors: `UnknownReference`; `ZeroEvidence` if it holds for none. O(n).
 *
 * @category collapse
 */
export const collapse =
  <S extends Store | AsyncStore>(
    name: string,
    event: (key: string, reference: StateReference.StateReference<S>) => boolean,
  ) =>
  (manager: Manager<S>): IOEither<Change, Collapsed> =>
  () =>
    collapsed(working(manager), name, event)

const collapseTo = <S extends Store | AsyncStore>(
  self: Working<S>,
  name: string,
  choose: (measure: Group<S>) => string,
): E.Either<Change, Collapsed> => {
  const measure = Ensemble.measure(name)(self.world)
  if (measure._tag === 'Left') return measure
  const chosen = choose(measure.right)
  return collapsed(self, name, (key) => key === chosen)
}

/** Collapse to the heaviest branch, of equal ones to the least key. Errors: as `collapse`. @category collapse */
export const collapseToMode =
  (name: string) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<Change, Collapsed> =>
  () =>
    collapseTo(working(manager), name, Measure.mode)

/** Collapse to a branch drawn by its weight; the measure and the seed decide. Errors: as `collapse`. @category collapse */
export const collapseToSample =
  (name: string, seed: string) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<Change, Collapsed> =>
  () =>
    collapseTo(working(manager), name, Measure.sample(seed))

/** Drops the branches whose probability is below a threshold. Errors: as `collapse`; `InvalidWeight`. O(n). @category collapse */
export const prune =
  (name: string, threshold: number | Weight.Weight) =>
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<InvalidWeight | Change, Collapsed> =>
  () => {
    const self = working(manager)
    const least = typeof threshold === 'number' ? Weight.fromNumber(threshold) : E.right(threshold)
    if (least._tag === 'Left') return least
    const measure = Ensemble.measure(name)(self.world)
    const pruned = measure._tag === 'Left' ? measure : Measure.prune(least.right)(measure.right)
    if (pruned._tag === 'Left') return pruned
    return collapsed(self, name, (key) => O.isSome(Measure.weight(key)(pruned.right.measure)))
  }

// -------------------------------------------------------------------------------------
// undo
// -------------------------------------------------------------------------------------

const back = <S extends Store | AsyncStore>(
  self: Working<S>,
  from: Array<World<S>>,
  to: Array<World<S>>,
): E.Either<Released, boolean> => {
  const next = from.at(-1)
  if (next === undefined) return E.right(false)
  const here = self.world
  self.tick++
  const done = shift(self, next)
  if (done._tag === 'Left') return done
  from.pop()
  to.push(here)
  return E.right(true)
}

/**
 * Takes the last operation back, whatever it was; the measures are exactly what they were. Answers false if there is none.
 *
 * Errors: `Released` if a reference that it lost is gone because the collector's window has ended; then nothing changed.
 *
 * @category undo
 */
export const undo =
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<Released, boolean> =>
  () => {
    const self = working(manager)
    return back(self, self.past, self.future)
  }

/** Does again what was undone last. Errors: as `undo`. @category undo */
export const redo =
  <S extends Store | AsyncStore>(manager: Manager<S>): IOEither<Released, boolean> =>
  () => {
    const self = working(manager)
    return back(self, self.future, self.past)
  }

// -------------------------------------------------------------------------------------
// what it says
// -------------------------------------------------------------------------------------

/** Everything as one value: the measures, and what ties them. O(1). @category destructors */
export const ensemble =
  <S extends Store | AsyncStore>(manager: Manager<S>): IO<Ensemble.Ensemble<Branch<S>>> =>
  () =>
    working(manager).world

/** The measure of a superposition. Errors: `UnknownReference`. O(1). @category destructors */
export const measure =
  (name: string) =>
  <S extends Store | AsyncStore>(
    manager: Manager<S>,
  ): IOEither<UnknownReference, Measure.Measure<Branch<S>>> =>
  () =>
    Ensemble.measure(name)(working(manager).world)

/** The reference of a branch. Errors: `UnknownReference`. O(log n). @category destructors */
export const reference =
  (name: string, key: string) =>
  <S extends Store | AsyncStore>(
    manager: Manager<S>,
  ): IOEither<UnknownReference, StateReference.StateReference<S>> =>
  () =>
    E.map((branch: Branch<S>) => branch.reference)(branchAt(working(manager), name, key))

/** The branch of a reference, if it was not lost. */
const placed = <S extends Store | AsyncStore>(
  self: Working<S>,
  reference: StateReference.StateReference<S>,
): O.Option<Held<S>> => {
  const branch = self.held.get(reference)
  return branch === undefined || branch.lost !== null ? O.none : O.some(branch)
}

/** The superposition and the key of a reference, if it has one. O(1). @category destructors */
export const placeOf =
  <S extends Store | AsyncStore>(reference: StateReference.StateReference<S>) =>
  (manager: Manager<S>): IO<O.Option<readonly [name: string, key: string]>> =>
  () =>
    O.map(({ name, key }: Held<S>) => [name, key] as const)(placed(working(manager), reference))

const shareOf = <S extends Store | AsyncStore>(
  { masses }: Working<S>,
  measure: Group<S> | undefined,
  key: string,
): Weight.Weight => {
  const entry = measure === undefined ? undefined : Hamt.get(measure.entries, key)
  if (entry === undefined) return Weight.zero
  const mass = masses.get(measure!) ?? Measure.mass(measure!)
  masses.set(measure!, mass)
  const share = Weight.divide(mass)(entry.weight)
  return E.isRight(share) ? share.right : Weight.zero
}

/**
 * The probability of a reference, from 0 to 1: of a branch that of its superposition, of a lost one what it had then, decayed; of any
 * other 1. For queues and caches, which need no exact figure. O(log n), and O(n) once after each change for the mass.
 *
 * @category retention
 */
export const probability =
  <S extends Store | AsyncStore>(manager: Manager<S>) =>
  (reference: StateReference.StateReference<S>): number => {
    const self = working(manager)
    const branch = self.held.get(reference)
    if (branch === undefined) return 1
    const { lost, name, key } = branch
    if (lost === null) return Weight.toNumber(shareOf(self, Hamt.get(self.world.groups, name), key))
    const left = Decay.factor(self.tick - lost.tick)(self.decay)
    return Weight.toNumber(Weight.multiply(left)(shareOf(self, lost.measure, key)))
  }

/** What is known of a component's place among superpositions. */
export interface Holding {
  /** The superpositions of which a branch reaches it, in the order of their names. */
  readonly superpositions: ReadonlyArray<string>
  /** The probability that the outcome of all of them reaches it, exactly; 1 if a reference outside of them does. */
  readonly weight: Weight.Weight
  /** The tick of the last operation on a branch that reaches it. */
  readonly touched: number
}

/** The probability that the outcome of entangled groups reaches it. */
const reaching = <S extends Store | AsyncStore>(
  world: World<S>,
  groups: ReadonlyArray<string>,
  keys: ReadonlyMap<string, ReadonlySet<string>>,
): E.Either<Change, Retention.Group<true>> =>
  E.map((law: Superposition<Joint.Outcomes>) =>
    law.outcomes.map(([outcome, weight]) => {
      const reached = outcome.some((key, i) => keys.get(groups[i]!)?.has(key) === true)
      return { weight, touched: 0, reaches: reached ? [true as const] : [] }
    }),
  )(Ensemble.together(groups)(world))

/**
 * The weight of a component and the superpositions that hold it. Loads what is not in memory.
 *
 * Errors: those of loading; `JointTooLarge` for groups that are entangled beyond what the manager allows. O(nodes of all branches).
 *
 * @category retention
 */
export const holding =
  (digest: Digest) =>
  <S extends Store>(manager: Manager<S>): IOEither<LoadFailure | StoreFailed | Change, Holding> =>
  () => {
    const self = working(manager)
    const holders = StateReference.holders(digest)(self.components)()
    if (holders._tag === 'Left') return holders
    const keys = new Map<string, Set<string>>()
    let touched = 0
    let outside = false
    for (const reference of holders.right) {
      const branch = self.held.get(reference)
      outside ||= branch === undefined
      if (branch === undefined || branch.lost !== null) continue
      keys.set(branch.name, (keys.get(branch.name) ?? new Set()).add(branch.key))
      touched = Math.max(touched, branch.touched)
    }
    const groups: Array<Retention.Group<true>> = []
    for (const names of Ensemble.components(self.world)) {
      if (!names.some((name) => keys.has(name))) continue
      const group = reaching(self.world, names, keys)
      if (group._tag === 'Left') return group
      groups.push(group.right)
    }
    const weight = outside ? Weight.one : (Retention.inclusion(groups).get(true) ?? Weight.zero)
    return E.right({ superpositions: [...keys.keys()].sort(), weight, touched })
  }

// -------------------------------------------------------------------------------------
// storing
// -------------------------------------------------------------------------------------

/** How the states stand in a stored manager: by the number of their branch. */
const STATES = 'states'

/**
 * All of it as one state: what each branch weighs and what ties the superpositions, now and before each operation that could still be
 * undone, and the states of their references. So a search is committed, kept under a head, and gone on with elsewhere.
 *
 * Errors: those of an edit; `Released` if a branch was released behind the manager's back. O(branches · history).
 *
 * @category storing
 */
export const toState =
  <S extends Store | AsyncStore>(
    manager: Manager<S>,
  ): IO<Fetch.Fetch<EditFailure | InvalidValue | Released, State>> =>
  () => {
    const self = working(manager)
    const numbers = new Map<StateReference.StateReference<S>, number>()
    const states: Array<State> = []
    const numbered = (world: World<S>): E.Either<Released, Value> => {
      for (const measure of Hamt.values(world.groups)) {
        for (const [, { reference }] of Measure.branches(measure)) {
          if (numbers.has(reference)) continue
          const state = StateReference.read(reference)()
          if (state._tag === 'Left') return state
          numbers.set(reference, states.push(state.right) - 1)
        }
      }
      return E.right(
        Ensemble.encode(({ reference, touched }: Branch<S>) => [numbers.get(reference)!, touched])(world),
      )
    }
    const now = numbered(self.world)
    if (now._tag === 'Left') return Fetch.fail(now.left)
    const past: Array<Value> = []
    for (const world of self.past.slice(-self.history).reverse()) {
      const before = numbered(world)
      // What was released cannot come back, nor anything before it.
      if (before._tag === 'Left') break
      past.unshift(before.right)
    }
    const begun: Fetch.Fetch<EditFailure | InvalidValue, State> = Fetch.fromEither(
      fromJson({ tick: self.tick, now: now.right, past, [STATES]: {} }),
    )
    return states.reduce(
      (all, state, n) => Fetch.flatMap(all, (so) => setSubtree([STATES, String(n)], state)(so)),
      begun,
    )
  }

/** Why a state is no stored manager. */
export type RestoreFailure =
  | EditFailure
  | StoreFailed
  | Corrupt
  | InvalidValue
  | InvalidWeight
  | EmptySupport
  | JointTooLarge
  | Released

const branchFrom =
  <S extends Store | AsyncStore>(branches: ReadonlyArray<Held<S>>) =>
  (value: Value): E.Either<InvalidValue, Held<S>> => {
    const [n, touched] = (Array.isArray(value) ? value : []) as ReadonlyArray<Value | undefined>
    const branch = typeof n === 'number' ? branches[n] : undefined
    if (branch === undefined || typeof touched !== 'number')
      return E.left(invalidValue([], 'not of a branch'))
    // In all worlds it is one and the same; the last one says when it was touched.
    branch.touched = touched
    return E.right(branch)
  }

/**
 * A manager as it was when `toState` gave the state that a reference holds; its branches are branches of that reference. What can be undone
 * waits with the collector. Nothing is made if it fails.
 *
 * Errors: those of loading; `InvalidValue`, `InvalidWeight`, `EmptySupport`, `JointTooLarge` if the state is no stored manager.
 *
 * @category storing
 */
export const fromState =
  <S extends Store | AsyncStore>(
    components: ComponentStore<S>,
    collector: Collector.Collector<S>,
    options: Options<S> = {},
  ) =>
  (root: StateReference.StateReference<S>): TaskEither<RestoreFailure, Manager<S>> =>
  async () => {
    const made: Array<Held<S>> = []
    const restored = await restoring(new Working(components, collector, options), root, made)
    if (restored._tag === 'Left') for (const { reference } of made) StateReference.release(reference)()
    return restored
  }

const restoring = async <S extends Store | AsyncStore>(
  self: Working<S>,
  root: StateReference.StateReference<S>,
  made: Array<Held<S>>,
): Promise<E.Either<RestoreFailure, Manager<S>>> => {
  const state = StateReference.read(root)()
  if (state._tag === 'Left') return state
  const { store } = self.components
  const named = (key: string) => runAsync(store, () => fetched(get([key])(state.right)))()
  for (let n = 0; ; n++) {
    const found = await runAsync(store, () => fetched(subtree([STATES, String(n)])(state.right)))()
    if (found._tag === 'Left') return found
    if (O.isNone(found.right)) break
    const branch = StateReference.branch(root)()
    if (branch._tag === 'Left') return branch
    StateReference.write(found.right.value)(branch.right)()
    made.push({ reference: branch.right, touched: 0, name: '', key: '', lost: null })
  }
  const worlds: Array<World<S>> = []
  const [now, past, tick] = [await named('now'), await named('past'), await named('tick')]
  for (const part of [now, past, tick]) if (part._tag === 'Left') return part
  const values = [now, past, tick].map((part) => (E.isRight(part) ? O.toUndefined(part.right) : undefined))
  const [last, earlier, ticks] = values
  if (last === undefined || !Array.isArray(earlier) || typeof ticks !== 'number')
    return E.left(invalidValue([], 'not of a stored manager'))
  for (const encoded of [...(earlier as ReadonlyArray<Value>), last]) {
    const world = Ensemble.decode(branchFrom(made))(encoded)
    if (world._tag === 'Left') return world
    worlds.push(world.right)
  }
  self.tick = ticks
  // From world to world, so that what was lost on the way is lost again, and can be undone.
  for (const world of worlds) {
    shift(self, world)
    self.past.push(world)
  }
  self.past.pop()
  return E.right(self)
}
