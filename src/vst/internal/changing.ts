/** Heads whose states are changed, and checkpoints that are restored. */
import type * as E from 'fp-ts/lib/Either.js'
import type { Program } from '../../branch/internal/program.js'
import * as StateReference from '../../branch/StateReference.js'
import type { Digest } from '../../data/Digest.js'
import type { Conflicted, Corrupt } from '../../data/Failure.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import type * as Fetch from '../../trie/Fetch.js'
import * as State from '../../trie/State.js'
import * as Checkpoint from '../Checkpoint.js'
import * as Heads from '../Heads.js'
import type * as Merge from '../Merge.js'
import { type CommitFailure, committing, type Engine, holding } from './engine.js'

export type ChangeOptions = Omit<Heads.ChangeOptions, 'clock'>
export type ChangeFailure =
  | CommitFailure
  | Checkpoint.RestoreFailure
  | Corrupt
  | Merge.MergeFailure
  | Conflicted

export const changing = <F, S extends Store | AsyncStore>(
  engine: Engine<S>,
  name: string,
  change: (state: State.State) => Fetch.Fetch<F, State.State>,
  options: ChangeOptions,
): Program<E.Either<F | ChangeFailure, Checkpoint.Committed>> =>
  Heads.changing(engine.components, name, change, options, (reference, words) =>
    committing(engine, reference, words),
  )

export function* restoring<S extends Store | AsyncStore>(
  engine: Engine<S>,
  checkpoint: Digest,
): Program<E.Either<Checkpoint.RestoreFailure, StateReference.StateReference<S>>> {
  const began = performance.now()
  const done = yield* Checkpoint.restoring(engine.components, checkpoint, [])
  if (done._tag === 'Left') return done
  const state = StateReference.read(done.right)()
  if (state._tag === 'Right') holding(engine, { checkpoint, state: State.digest(state.right) }, done.right)
  engine.counters.restores++
  engine.counters.restore.add(performance.now() - began)
  return done
}

/** A branch of what the engine holds for a checkpoint. */
export const atOnce = <S extends Store | AsyncStore>(
  engine: Engine<S>,
  checkpoint: Digest,
): E.Right<StateReference.StateReference<S>> | null => {
  const held = engine.held?.get(checkpoint)
  if (held === undefined) return null
  const began = performance.now()
  const branch = StateReference.branch(held)()
  if (branch._tag === 'Left') return null
  engine.counters.restores++
  engine.counters.held++
  engine.counters.restore.add(performance.now() - began)
  return branch as E.Right<StateReference.StateReference<S>>
}
