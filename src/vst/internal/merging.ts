/** A checkpoint merged into a head, and history that is to end. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { fetched, type Program } from '../../branch/internal/program.js'
import * as StateReference from '../../branch/StateReference.js'
import type { Digest } from '../../data/Digest.js'
import { headMoved } from '../../data/Failure.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as Checkpoint from '../Checkpoint.js'
import * as Merge from '../Merge.js'
import {
  type CommitFailure,
  type CommitOptions,
  committing,
  type Engine,
  moving,
  type OperationFailure,
  operating,
  type Saying,
} from './engine.js'
import { show } from './moves.js'
import type { Tip } from './operationLog.js'
import { type Change, isCut } from './view.js'

export interface MergeOptions extends Pick<CommitOptions, 'message' | 'author' | 'metadata'> {
  readonly rules?: ReadonlyArray<Merge.Rule>
  /** What shall stand where there are conflicts. */
  readonly resolutions?: ReadonlyArray<Merge.Resolution>
  /**
   * Where the head has to stand: where it stood when the conflicts were decided. By default it is merged with what it
   * names by then, again if it moves meanwhile.
   */
  readonly expect?: Digest | null
}

/** What came of a merge: nothing to do, a head that only had to be moved, a commit, or conflicts and nothing done. */
export type MergeOutcome =
  | { readonly _tag: 'UpToDate'; readonly checkpoint: Digest }
  | { readonly _tag: 'FastForward'; readonly checkpoint: Digest }
  | { readonly _tag: 'Committed'; readonly committed: Checkpoint.Committed }
  | { readonly _tag: 'Conflicting'; readonly merged: Merge.MergedCheckpoints }

export type MergeFailure = CommitFailure | Checkpoint.RestoreFailure | Merge.MergeFailure

export function* merging<S extends Store | AsyncStore>(
  engine: Engine<S>,
  name: string,
  theirs: Digest,
  options: MergeOptions,
): Program<E.Either<MergeFailure, MergeOutcome>> {
  const began = performance.now()
  const { rules = [], resolutions = [], message = `merge into ${show(name)}`, expect, ...words } = options
  const held: Array<StateReference.StateReference<S>> = []
  try {
    // Theirs may be no head's; what is merged of it has to stay until it is committed.
    const other = yield* Checkpoint.restoring(engine.components, theirs, [])
    if (other._tag === 'Left') return other
    held.push(other.right)
    for (let left = engine.tries; ; left--) {
      const found = yield* Checkpoint.restoringHead(engine.components, name)
      if (found._tag === 'Left') return found
      if (O.isSome(found.right)) held.push(found.right.value)
      const ours = O.isSome(found.right) ? StateReference.markOf(found.right.value)!.ref.digest : null
      if (expect !== undefined && ours !== expect) return E.left(headMoved(name, expect, ours))
      const done = yield* mergingAt(engine, name, ours, theirs, found.right, {
        ...words,
        rules,
        resolutions,
        message,
      })
      const moved = done._tag === 'Left' && done.left._tag === 'HeadMoved' && done.left.name === name
      if (moved && left > 1) continue
      if (done._tag === 'Right') {
        engine.counters.merges++
        engine.counters.merge.add(performance.now() - began)
      }
      return done
    }
  } finally {
    for (const reference of held) StateReference.release(reference)()
  }
}

export function* mergingAt<S extends Store | AsyncStore>(
  engine: Engine<S>,
  head: string,
  ours: Digest | null,
  theirs: Digest,
  reference: O.Option<StateReference.StateReference<S>>,
  { rules = [], resolutions = [], ...words }: Omit<MergeOptions, 'expect'>,
): Program<E.Either<MergeFailure, MergeOutcome>> {
  const upToDate: MergeOutcome = { _tag: 'UpToDate', checkpoint: theirs }
  if (ours === theirs) return E.right(upToDate)
  const forward = function* (): Program<E.Either<MergeFailure, MergeOutcome>> {
    const moves = [{ name: head, before: ours, after: theirs }]
    const description = words.message ?? ''
    const moved = yield* moving(engine, {
      kind: 'merge',
      description,
      descends: ours !== null,
      change: { moves, cuts: [] },
    })
    return E.map((): MergeOutcome => ({ _tag: 'FastForward', checkpoint: theirs }))(moved)
  }
  if (ours === null || O.isNone(reference)) return yield* forward()
  const found = yield* fetched(Merge.checkpoints(engine.components.residency, rules)(ours, theirs))
  if (found._tag === 'Left') return found
  const base = O.toNullable(found.right.base)
  if (base === theirs) return E.right({ ...upToDate, checkpoint: ours })
  if (base === ours) return yield* forward()
  const resumed = yield* fetched(Merge.resume(resolutions)(found.right))
  if (resumed._tag === 'Left') return resumed
  const merged = { ...resumed.right, base: found.right.base }
  if (merged.conflicts.length > 0) return E.right({ _tag: 'Conflicting', merged })
  const written = StateReference.write(merged.state)(reference.value)()
  if (written._tag === 'Left') return written
  const parents = [ours, theirs]
  const done = yield* committing(engine, reference.value, { ...words, head, parents, expect: ours }, 'merge')
  return E.map((committed: Checkpoint.Committed): MergeOutcome => ({ _tag: 'Committed', committed }))(done)
}

export function* pruning<S extends Store | AsyncStore>(
  engine: Engine<S>,
  tips: ReadonlyArray<Digest>,
  bounds: Checkpoint.Bounds,
): Program<E.Either<OperationFailure, ReadonlyArray<Digest>>> {
  let found: ReadonlyArray<Digest> = []
  const done = yield* operating(engine, function* (tip): Program<E.Either<OperationFailure, Saying | null>> {
    const ends = yield* Checkpoint.endsOf(tips, bounds)
    if (ends._tag === 'Left') return ends
    const change = yield* fresh(tip, {
      moves: [],
      cuts: ends.right.map((checkpoint) => ({ checkpoint, ends: true })),
    })
    if (change._tag === 'Left') return change
    found = change.right.cuts.map(({ checkpoint }) => checkpoint)
    if (found.length === 0) return E.right(null)
    return E.right({ kind: 'prune', description: 'prune history', change: change.right })
  })
  return E.map(() => found)(done)
}

/** What of a change to where history ends is not so yet. */
export function* fresh(tip: Tip, { moves, cuts }: Change): Program<E.Either<OperationFailure, Change>> {
  const left = []
  for (const cut of cuts) {
    const already = yield* fetched(isCut(tip.view, cut.checkpoint))
    if (already._tag === 'Left') return already
    if (already.right !== cut.ends) left.push(cut)
  }
  return E.right({ moves, cuts: left })
}
