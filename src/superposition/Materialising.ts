/**
 * `Materialising` builds objects for the branches of a manager as their weights ask for it.
 *
 * A branch stays as it is, nothing of it built, until it weighs enough; then it is asked for, by its probability. A collapse asks for the
 * winner at once and gives up what was asked for losers. Weights may change a hundred thousand times a second: they are looked at once a turn
 * of the event loop, however often they did.
 *
 * What waits and what is evicted goes by the same weights: an object weighs the probability that the outcome reaches what it was built from; one
 * that only lost branches reach weighs what it did then, decayed as the manager says. Objects of parts that nobody follows count as certain. A
 * materialiser that was given a `probability` when it was made goes by that alone.
 *
 * Laws (`coppice/laws`, `followerLaws`): what is evicted first weighs least, now and after each change. (`test/superposition/Materialising.test.ts`):
 * nothing is built for a branch below the threshold; nothing more is built for what lost; the winner is built.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Collector, ComponentStore, Manager, Materialising, Materializer, MemoryStore, PlainObject, Registry, State, StateReference } from 'coppice'
 *
 * const components = ComponentStore.make(MemoryStore.make())
 * const manager = Manager.make(components, Collector.make(components))
 * const objects = Materializer.make(components, Registry.of(PlainObject.factory))
 * const following = Materialising.follow(PlainObject.factory.type, objects, { threshold: 0.5 })(manager)()
 *
 * const root = StateReference.root(components)(State.empty)()
 * Manager.create('plan', Manager.evenly(['a', 'b', 'c']), root)(manager)()
 * Manager.observe('plan', 'b', 8)(manager)()
 * await following.settled()
 * assert.strictEqual(following.asked(), 1)
 * following.stop()
 * ```
 */
import type { IO } from 'fp-ts/lib/IO.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { StateReference } from '../branch/StateReference.js'
import type { Path } from '../data/Failure.js'
import type { Type } from '../materialize/Factory.js'
import * as Materializer from '../materialize/Materializer.js'
import type { AsyncStore, Store } from '../store/Store.js'
import * as Hamt from '../trie/Hamt.js'
import { worths } from './internal/worths.js'
import * as Manager from './Manager.js'
import * as Measure from './Measure.js'

export interface Options {
  /** The part of each state that the object is built from; the whole of it. */
  readonly path?: Path
  /** The probability from which on a branch is asked for. Default 0.1. */
  readonly threshold?: number
  /** Told of what could not be built, but for what was given up. */
  readonly onFailure?: (failure: Materializer.MaterializeFailure) => void
}

export interface Following {
  /** How many branches have been asked for so far. */
  readonly asked: IO<number>
  /** Ends when the weights of now have been looked at and what was asked for is there. */
  readonly settled: Task<void>
  /** Gives up what was asked for and is not there, and looks no more. */
  readonly stop: IO<void>
}

/**
 * Follows a manager from now on. Each look is O(branches, and outcomes of what is entangled), and hashes the part at the path of states that it
 * has not seen yet.
 */
export const follow =
  <A, S extends Store | AsyncStore>(
    type: Type<A>,
    materializer: Materializer.Materializer<S>,
    { path = [], threshold = 0.1, onFailure = () => {} }: Options = {},
  ) =>
  (manager: Manager.Manager<S>): IO<Following> =>
  () => {
    const requests = new Map<StateReference<S>, AbortController>()
    const under = new Set<Promise<void>>()
    const probability = Manager.probability(manager)
    const weights = worths(manager, path)
    const unweigh = Materializer.weighBy(weights.of)(materializer)()
    let asked = 0
    let due: Promise<void> | null = null
    let stopped = false

    const ask = (reference: StateReference<S>, request: Materializer.Request = {}): void => {
      if (requests.has(reference)) return
      const control = new AbortController()
      requests.set(reference, control)
      asked++
      const isSeen = O.isSome(weights.at(reference))
      const building = Materializer.materialize(type, reference, {
        ...request,
        path,
        signal: control.signal,
      })(materializer)().then((built) => {
        under.delete(building)
        if (built._tag === 'Left' && built.left._tag !== 'Cancelled') onFailure(built.left)
        // It had to be loaded before anything could be said of it.
        if (!isSeen && built._tag === 'Right') soon()
      })
      under.add(building)
    }

    const look = (): void => {
      due = null
      weights.look(Materializer.digests(materializer)())
      for (const measure of Hamt.values(Manager.ensemble(manager)().groups)) {
        for (const [, { reference }] of Measure.branches(measure)) {
          if (!requests.has(reference) && probability(reference) >= threshold) ask(reference)
        }
      }
      Materializer.reweigh(materializer)()
    }

    const soon = (): void => {
      if (stopped) return
      due ??= new Promise((resolve) => {
        setImmediate(() => {
          if (due !== null) look()
          resolve()
        })
      })
    }

    const unlisten = Manager.listen<S>({
      weighed: soon,
      won: (reference) => ask(reference, { probability: 1 }),
      lost: (references) => {
        for (const reference of references) {
          requests.get(reference)?.abort()
          requests.delete(reference)
        }
      },
    })(manager)()
    soon()

    return {
      asked: () => asked,
      settled: async () => {
        while (due !== null || under.size > 0) await Promise.all([due, ...under])
      },
      stop: () => {
        unlisten()
        unweigh()
        stopped = true
        due = null
        for (const control of requests.values()) control.abort()
        requests.clear()
      },
    }
  }
