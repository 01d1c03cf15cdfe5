/** A manager under a head, before and after it collapses. */
import * as E from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import { fetched, type Program } from '../../branch/internal/program.js'
import * as StateReference from '../../branch/StateReference.js'
import type { InvalidValue } from '../../data/Failure.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as Manager from '../../superposition/Manager.js'
import * as State from '../../trie/State.js'
import * as Checkpoint from '../Checkpoint.js'
import { type CommitFailure, type CommitOptions, committing, type Engine } from './engine.js'
import { show } from './moves.js'

export interface CollapseOptions extends Pick<CommitOptions, 'message' | 'author' | 'metadata'> {
  /** The head that holds the manager (`Manager.toState`). */
  readonly head: string
}

export type CollapseFailure = CommitFailure | Checkpoint.RestoreFailure | State.EditFailure | InvalidValue

export function* saving<S extends Store | AsyncStore>(
  engine: Engine<S>,
  manager: Manager.Manager<S>,
  kind: 'commit' | 'collapse',
  options: CommitOptions,
): Program<E.Either<CollapseFailure, Checkpoint.Committed | null>> {
  const state = yield* fetched(Manager.toState(manager)())
  if (state._tag === 'Left') return state
  const found = yield* Checkpoint.restoringHead(engine.components, options.head)
  if (found._tag === 'Left') return found
  const reference = O.isSome(found.right)
    ? found.right.value
    : StateReference.root(engine.components)(State.empty)()
  try {
    const here = StateReference.read(reference)()
    if (here._tag === 'Left') return here
    if (kind === 'commit' && State.equals(here.right, state.right)) return E.right(null)
    StateReference.write(state.right)(reference)()
    return yield* committing(engine, reference, options, kind)
  } finally {
    StateReference.release(reference)()
  }
}

export function* collapsing<F, S extends Store | AsyncStore>(
  engine: Engine<S>,
  collapse: (manager: Manager.Manager<S>) => IOEither<F, Manager.Collapsed>,
  options: CollapseOptions,
  manager: Manager.Manager<S>,
): Program<E.Either<F | CollapseFailure, Manager.Collapsed>> {
  const before = yield* saving(engine, manager, 'commit', { ...options, message: 'before a collapse' })
  if (before._tag === 'Left') return before
  const done = collapse(manager)()
  if (done._tag === 'Left') return done
  const { message = `collapse to ${done.right.kept.map(show).join(', ')}` } = options
  const after = yield* saving(engine, manager, 'collapse', { ...options, message })
  if (after._tag === 'Right') return done
  Manager.undo(manager)()
  return after
}
