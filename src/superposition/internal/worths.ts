/**
 * What objects are worth keeping by the branches of a manager: the probability that the outcome reaches what they were built from, as of the
 * last look; of what only lost branches reach what it was then, decayed since.
 */
import * as O from 'fp-ts/lib/Option.js'
import * as StateReference from '../../branch/StateReference.js'
import type { Digest } from '../../data/Digest.js'
import type { Path } from '../../data/Failure.js'
import * as Component from '../../materialize/Component.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import type { State } from '../../trie/State.js'
import * as Decay from '../Decay.js'
import * as Weight from '../Weight.js'
import { inclusion } from './manager/retention.js'
import { type Manager, working } from './manager/world.js'

export interface Worths<S extends Store | AsyncStore> {
  /** The component that a branch reaches at the path, if that is in memory or was seen before. */
  readonly at: (reference: StateReference.StateReference<S>) => O.Option<Digest>
  /** From 0, which it never is, to 1; none of what no branch was seen to reach. O(1). */
  readonly of: (digest: Digest) => O.Option<number>
  /** Takes the weights of now; of what no branch reaches any more only what is `kept` is remembered. O(branches + kept). */
  readonly look: (kept: Iterable<Digest>) => void
}

/** A component that no branch reaches any more: what it weighed, and the tick when that was seen. */
interface Lost {
  readonly weight: Weight.Weight
  readonly tick: number
}

export const worths = <S extends Store | AsyncStore>(manager: Manager<S>, path: Path): Worths<S> => {
  const { decay } = working(manager)
  const digests = new WeakMap<State, Digest>()
  let reached: ReadonlyMap<Digest, Weight.Weight> = new Map()
  let lost: ReadonlyMap<Digest, Lost> = new Map()

  const digestIn = (state: State): O.Option<Digest> => {
    const known = digests.get(state)
    if (known !== undefined) return O.some(known)
    const found = Fetch.now(Component.at(path)(Component.ofState(state)))
    if (found._tag === 'None' || found.value._tag === 'Left' || found.value.right._tag === 'None')
      return O.none
    const { digest } = found.value.right.value
    digests.set(state, digest)
    return O.some(digest)
  }

  const at = (reference: StateReference.StateReference<S>): O.Option<Digest> => {
    const state = StateReference.read(reference)()
    return state._tag === 'Left' ? O.none : digestIn(state.right)
  }

  const weightOf = (digest: Digest): Weight.Weight | undefined => {
    const gone = lost.get(digest)
    return gone === undefined
      ? reached.get(digest)
      : Decay.after(working(manager).tick - gone.tick)(decay)(gone.weight)
  }

  return {
    at,
    of: (digest) => {
      const weight = weightOf(digest)
      return weight === undefined ? O.none : O.some(Math.max(Number.MIN_VALUE, Weight.toNumber(weight)))
    },
    look: (kept) => {
      const { tick } = working(manager)
      const now = inclusion((reference: StateReference.StateReference<S>) => {
        const digest = at(reference)
        return O.isSome(digest) ? [digest.value] : []
      })(manager)()
      const gone = new Map<Digest, Lost>()
      for (const digest of kept) {
        if (now.has(digest)) continue
        const weight = reached.get(digest)
        const known = weight === undefined ? lost.get(digest) : { weight, tick }
        if (known !== undefined) gone.set(digest, known)
      }
      reached = now
      lost = gone
    },
  }
}
