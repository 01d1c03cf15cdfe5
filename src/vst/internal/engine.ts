/** How an engine does something: the log is read, an operation is made, and both go to the store at once or again. */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import { LRUCache } from 'lru-cache'
import { type ComponentStore, settling } from '../../branch/ComponentStore.js'
import { Durations } from '../../branch/internal/durations.js'
import {
  fetched,
  locate,
  type Program,
  head as readHead,
  heads as readHeads,
} from '../../branch/internal/program.js'
import * as StateReference from '../../branch/StateReference.js'
import type { Digest } from '../../data/Digest.js'
import { headMoved, type UnknownOperation, unknownOperation } from '../../data/Failure.js'
import type { AsyncStore, HeadMove, Store, TransactFailure } from '../../store/Store.js'
import * as State from '../../trie/State.js'
import * as Checkpoint from '../Checkpoint.js'
import * as Heads from '../Heads.js'
import type { Entry } from './operation.js'
import {
  advance,
  type Composed,
  composing,
  type Draft,
  isLog,
  type LogFailure,
  OperationLog,
  reading,
  type Tip,
  type Window,
  within,
} from './operationLog.js'
import { contents, headIn, isReserved, type Move, reservedName } from './view.js'

/** What an engine has counted. */
export class Counters {
  operations = 0
  commits = 0
  branches = 0
  restores = 0
  /** Of `restores`, those of what was held. */
  held = 0
  merges = 0
  undos = 0
  /** Operations that were made again since somebody else came before. */
  retries = 0
  readonly commit: Durations = new Durations()
  readonly branch: Durations = new Durations()
  readonly restore: Durations = new Durations()
  readonly merge: Durations = new Durations()
  readonly undo: Durations = new Durations()
  readonly materialise: Durations = new Durations()
}

export class Engine<S extends Store | AsyncStore> {
  readonly components: ComponentStore<S>
  readonly heads: Heads.Heads<S>
  readonly log: OperationLog<S>
  readonly author: string
  readonly tries: number
  readonly counters: Counters = new Counters()
  /** What can be restored without asking the store, by checkpoint. */
  readonly held: LRUCache<Digest, StateReference.StateReference<S>> | null
  constructor(
    components: ComponentStore<S>,
    author: string,
    clock: IO<number>,
    window: Window,
    tries: number,
    held: number,
  ) {
    this.components = components
    this.heads = Heads.make(components)()
    this.log = new OperationLog(components, clock, window)
    this.author = author
    this.tries = tries
    this.held =
      held > 0
        ? new LRUCache<Digest, StateReference.StateReference<S>>({
            max: held,
            dispose: (reference) => StateReference.release(reference)(),
          })
        : null
  }
}

export type OperationFailure = LogFailure | TransactFailure

/** What else an operation may be about. */
export type Saying = Omit<Draft, 'author'> & { readonly author?: string }

/** A change is retried when somebody else's operation came before it, or the store has swept what it named. */
function* isStale(
  failure: { readonly _tag: string; readonly name?: string },
  stamp: unknown,
): Program<boolean> {
  if (failure._tag === 'HeadMoved') return isLog(failure.name!)
  if (failure._tag !== 'Missing' && failure._tag !== 'Dangling') return false
  const now = yield* locate([])
  return now._tag === 'Right' && now.right !== stamp
}

const headMoves = ({ kind, change }: Saying): ReadonlyArray<HeadMove> =>
  change.moves.map(({ name, before, after }) => ({
    name,
    // What is taken into the log has moved already.
    expect: kind === 'import' ? after : before,
    next: after,
  }))

/** An operation that `propose` makes of the end of the log, or none. */
export function* operating<S extends Store | AsyncStore, F>(
  engine: Engine<S>,
  propose: (tip: Tip) => Program<E.Either<F, Saying | null>>,
): Program<E.Either<F | OperationFailure, Entry | null>> {
  for (let left = engine.tries; ; left--) {
    const stamp = yield* locate([])
    if (stamp._tag === 'Left') return stamp
    const tip = yield* reading(engine.log)
    if (tip._tag === 'Left') return tip
    const said = yield* propose(tip.right)
    if (said._tag === 'Left') return said
    if (said.right === null) return E.right(null)
    const made = yield* composing(engine.log, tip.right, { author: engine.author, ...said.right })
    if (made._tag === 'Left') return made
    const { puts, heads, cuts } = made.right.along
    const done = yield* settling(engine.components, {
      puts,
      heads: [...headMoves(said.right), ...heads],
      cuts,
    })
    Heads.poll(engine.heads)()
    if (done._tag === 'Right') {
      finished(engine, made.right)
      return E.right(made.right.entry)
    }
    if (!(left > 1) || !(yield* isStale(done.left, stamp.right))) return done
    engine.counters.retries++
  }
}

const finished = <S extends Store | AsyncStore>(engine: Engine<S>, made: Composed): void => {
  engine.counters.operations++
  advance(engine.log, made)
}

/** Takes into the log where heads stand that others have moved; answers the operation, if there was anything to take. */
export function* importing<S extends Store | AsyncStore>(
  engine: Engine<S>,
): Program<E.Either<OperationFailure, Entry | null>> {
  for (let left = engine.tries; ; left--) {
    const done = yield* operating(engine, function* (tip): Program<
      E.Either<OperationFailure, Saying | null>
    > {
      const seen = yield* fetched(contents(tip.view))
      if (seen._tag === 'Left') return seen
      const listed = yield* readHeads('')
      if (listed._tag === 'Left') return listed
      const known = new Map(seen.right.heads)
      const now = new Map(listed.right.filter(([name]) => !isReserved(name)))
      const moves: Array<Move> = []
      for (const name of new Set([...known.keys(), ...now.keys()])) {
        const [before, after] = [known.get(name) ?? null, now.get(name) ?? null]
        if (before !== after) moves.push({ name, before, after })
      }
      return E.right(
        moves.length === 0
          ? null
          : { kind: 'import', description: 'heads moved elsewhere', change: { moves, cuts: [] } },
      )
    })
    const moved = done._tag === 'Left' && done.left._tag === 'HeadMoved'
    if (!moved || !(left > 1)) return done
  }
}

/**
 * Whether the log knows that heads stand where a change expects them; if only the store does, the log is told, and the
 * answer is that it has to be looked at again. Errors: `HeadMoved` where the store doesn't either.
 */
export function* agreeing<S extends Store | AsyncStore>(
  engine: Engine<S>,
  tip: Tip,
  moves: ReadonlyArray<Move>,
): Program<E.Either<OperationFailure, boolean>> {
  for (const { name, before } of moves) {
    const known = yield* fetched(headIn(tip.view, name))
    if (known._tag === 'Left') return known
    if (known.right === before) continue
    const actual = yield* readHead(name)
    if (actual._tag === 'Left') return actual
    if (actual.right !== before) return E.left(headMoved(name, before, actual.right))
    const told = yield* importing(engine)
    return told._tag === 'Left' ? told : E.right(false)
  }
  return E.right(true)
}

/** An operation that moves heads from where they are said to stand. */
export function* moving<S extends Store | AsyncStore>(
  engine: Engine<S>,
  saying: Saying,
): Program<E.Either<OperationFailure, Entry>> {
  for (const { name } of saying.change.moves) {
    const reserved = reservedName(name)
    if (reserved !== null) return E.left(reserved)
  }
  for (let left = engine.tries; ; left--) {
    let again = false
    const done = yield* operating(engine, function* (tip): Program<
      E.Either<OperationFailure, Saying | null>
    > {
      const agreed = yield* agreeing(engine, tip, saying.change.moves)
      if (agreed._tag === 'Left') return agreed
      again = !agreed.right && left > 1
      return E.right(again ? null : saying)
    })
    if (done._tag === 'Left') return done
    if (!again) return E.right(done.right!)
  }
}

export interface CommitOptions extends Omit<Checkpoint.CommitOptions, 'head' | 'author' | 'clock'> {
  /** The head to move to the checkpoint. */
  readonly head: string
  readonly author?: string
}

export type CommitFailure = Checkpoint.CommitFailure | OperationFailure

/** A commit and its operation. */
export function* committing<S extends Store | AsyncStore>(
  engine: Engine<S>,
  reference: StateReference.StateReference<S>,
  options: CommitOptions,
  kind: 'commit' | 'merge' | 'collapse' = 'commit',
): Program<E.Either<CommitFailure, Checkpoint.Committed>> {
  const began = performance.now()
  const { head, author = engine.author, message = '' } = options
  const reserved = reservedName(head)
  if (reserved !== null) return E.left(reserved)
  const first = options.parents?.[0] ?? StateReference.markOf(reference)?.ref.digest ?? null
  const before = options.expect === undefined ? first : options.expect
  const words = { ...options, author, clock: engine.log.clock, expect: before }
  for (let left = engine.tries; ; left--) {
    const stamp = yield* locate([])
    if (stamp._tag === 'Left') return stamp
    const read = yield* reading(engine.log)
    if (read._tag === 'Left') return read
    const tip = read.right
    const agreed = yield* agreeing(engine, tip, [{ name: head, before, after: null }])
    if (agreed._tag === 'Left') return agreed
    if (!agreed.right && left > 1) continue
    let made: Composed | null = null
    const done: E.Either<CommitFailure, Checkpoint.Committed> = yield* Checkpoint.committing(
      reference,
      words,
      function* (after) {
        const composed: E.Either<LogFailure, Composed> = yield* composing(engine.log, tip, {
          kind,
          description: message,
          author,
          change: { moves: [{ name: head, before, after }], cuts: [] },
          descends: before === first,
        })
        if (composed._tag === 'Left') return composed
        made = composed.right
        return E.right(composed.right.along)
      },
    )
    Heads.poll(engine.heads)()
    if (done._tag === 'Right') {
      finished(engine, made!)
      holding(engine, done.right, reference)
      engine.counters.commits++
      engine.counters.commit.add(performance.now() - began)
      return done
    }
    if (!(left > 1) || !(yield* isStale(done.left, stamp.right))) return done
    engine.counters.retries++
  }
}

/** Holds what a reference has, for restoring it at once. */
export const holding = <S extends Store | AsyncStore>(
  engine: Engine<S>,
  { checkpoint, state }: Pick<Checkpoint.Committed, 'checkpoint' | 'state'>,
  reference: StateReference.StateReference<S>,
): void => {
  if (engine.held === null || engine.held.has(checkpoint)) return
  const branch = StateReference.branch(reference)()
  // It may have gone on while the store was at work.
  if (branch._tag === 'Right' && State.digest(stateOf(branch.right)) !== state) {
    StateReference.release(branch.right)()
    return
  }
  if (branch._tag === 'Right') engine.held.set(checkpoint, branch.right)
}

const stateOf = <S extends Store | AsyncStore>(reference: StateReference.StateReference<S>): State.State => {
  const state = StateReference.read(reference)()
  return state._tag === 'Right' ? state.right : State.empty
}

/** The operation of a digest, if it is in the window. */
export const findIn = (tip: Tip, digest: Digest): E.Either<UnknownOperation, Entry> => {
  const found = within(tip).find(({ ref }) => ref.digest === digest)
  return found === undefined
    ? E.left(unknownOperation(digest, 'not in the window of the log'))
    : E.right(found)
}
