/** What is undone and redone, and what the log says of it. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { fetched, type Program } from '../../branch/internal/program.js'
import type { Digest } from '../../data/Digest.js'
import {
  headMoved,
  type InvalidValue,
  invalidValue,
  type UnknownOperation,
  unknownOperation,
} from '../../data/Failure.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import { type Engine, findIn, importing, type OperationFailure, operating, type Saying } from './engine.js'
import { boundsFault, isNumber } from './history.js'
import { fresh } from './merging.js'
import type { Entry } from './operation.js'
import {
  before,
  isEnding,
  leaving,
  reading,
  type Tip,
  timeAfter,
  viewAfter,
  type Window,
  within,
} from './operationLog.js'
import { type Operation, operationOf } from './operationOf.js'
import { between, type Change, contents, headIn, inverse } from './view.js'

/** Where the heads stood. */
export interface View {
  /** The operation that left it; none before the first. */
  readonly operation: O.Option<Digest>
  /** By name. */
  readonly heads: ReadonlyArray<readonly [string, Digest]>
  /** The checkpoints behind which history ends, or is to end with the window. */
  readonly cuts: ReadonlyArray<Digest>
}

export type UndoFailure = OperationFailure | UnknownOperation

/** What takes no part in undo and redo unless it is asked for by name. */
export const isAside = ({ kind }: Entry): boolean => kind === 'import' || kind === 'expire'

/** The last operation that stands: no undo that is not redone takes it back. */
export const lastStanding = (tip: Tip): Entry | undefined => {
  const taken = new Set<Digest>()
  return within(tip).findLast((entry) => {
    if (taken.has(entry.ref.digest)) return false
    if (entry.reverts !== null) taken.add(entry.reverts)
    return entry.reverts === null && !isAside(entry)
  })
}

/** The last undo that stands, if nothing was done since but other undos and redos. */
export const lastUndone = (tip: Tip): Entry | undefined => {
  const taken = new Set<Digest>()
  const found = within(tip).findLast((entry) => {
    if (taken.has(entry.ref.digest) || isAside(entry)) return false
    if (entry.kind === 'redo') taken.add(entry.reverts!)
    return entry.kind !== 'redo'
  })
  return found?.kind === 'undo' ? found : undefined
}

export function* reverting<S extends Store | AsyncStore>(
  engine: Engine<S>,
  pick: (tip: Tip) => E.Either<UnknownOperation, Entry>,
): Program<E.Either<UndoFailure, Operation>> {
  const began = performance.now()
  const done = yield* operating(engine, function* (tip): Program<E.Either<UndoFailure, Saying>> {
    const picked = pick(tip)
    if (picked._tag === 'Left') return picked
    const entry = picked.right
    const log = engine.log as never
    const did = yield* fetched(between(viewAfter(log, before(tip, entry)), viewAfter(log, entry)))
    if (did._tag === 'Left') return did
    const change = yield* fresh(tip, inverse(did.right))
    if (change._tag === 'Left') return change
    for (const move of change.right.moves) {
      const here = yield* fetched(headIn(tip.view, move.name))
      if (here._tag === 'Left') return here
      if (here.right !== move.before) return E.left(headMoved(move.name, move.before, here.right))
    }
    return E.right({
      kind: entry.kind === 'undo' ? 'redo' : 'undo',
      description: entry.description,
      change: change.right,
      reverts: entry.ref.digest,
    })
  })
  if (done._tag === 'Left') return done
  engine.counters.undos++
  engine.counters.undo.add(performance.now() - began)
  return E.right(operationOf(done.right!))
}

export const orNone =
  (find: (tip: Tip) => Entry | undefined, reason: string) =>
  (tip: Tip): E.Either<UnknownOperation, Entry> => {
    const found = find(tip)
    return found === undefined ? E.left(unknownOperation(null, reason)) : E.right(found)
  }

export const undone = orNone(lastStanding, 'nothing to undo in the window of the log')
export const redone = orNone(lastUndone, 'nothing to redo')
export const named =
  (operation: Digest) =>
  (tip: Tip): E.Either<UnknownOperation, Entry> =>
    findIn(tip, operation)

/** The operation whose view a moment has; none before the first of all. */
export const entryAt = (tip: Tip, moment: Moment): E.Either<UnknownOperation, Entry | null> => {
  const entries = tip.entries.slice(tip.from, tip.to)
  const found =
    'operation' in moment
      ? entries.findLast(({ ref }) => ref.digest === moment.operation)
      : entries.findLast(({ time }) => time <= moment.time)
  if (found !== undefined) return E.right(found)
  if ('operation' in moment) return E.left(unknownOperation(moment.operation, 'not in the window of the log'))
  const whole = entries.length === 0 || entries[0]!.generation === 0
  return whole ? E.right(null) : E.left(unknownOperation(null, 'the time is before the window of the log'))
}

export function* rewinding<S extends Store | AsyncStore>(
  engine: Engine<S>,
  moment: Moment,
): Program<E.Either<UndoFailure, Operation>> {
  const fault = momentFault(moment)
  if (fault !== null) return E.left(fault)
  const adopted = yield* importing(engine)
  if (adopted._tag === 'Left') return adopted
  const done = yield* operating(engine, function* (tip): Program<E.Either<UndoFailure, Saying>> {
    const entry = entryAt(tip, moment)
    if (entry._tag === 'Left') return entry
    const view = viewAfter(engine.log as never, entry.right ?? undefined)
    const change = yield* fetched(between(tip.view, view))
    if (change._tag === 'Left') return change
    const description = entry.right === null ? 'the beginning' : entry.right.description
    return E.right({ kind: 'rewind', description, change: change.right })
  })
  return E.map((entry: Entry | null) => operationOf(entry!))(done)
}

/** After an operation, or after the last one that was not later than a time (milliseconds since 1970). */
export type Moment = { readonly operation: Digest } | { readonly time: number }

/** Why a moment is none. */
const momentFault = (moment: Moment): InvalidValue | null =>
  'operation' in moment || isNumber(moment.time) ? null : invalidValue(['time'], 'a time is a number')

/** How much of a log is asked for. */
export interface LogBounds {
  /** Operations at most. */
  readonly count?: number
  /** None that are older, in milliseconds since 1970. */
  readonly since?: number
}

export function* logging<S extends Store | AsyncStore>(
  engine: Engine<S>,
  { count = Number.POSITIVE_INFINITY, since = Number.NEGATIVE_INFINITY }: LogBounds,
): Program<E.Either<OperationFailure, ReadonlyArray<Operation>>> {
  const fault = boundsFault({ count, since })
  if (fault !== null) return E.left(fault)
  const tip = yield* reading(engine.log)
  if (tip._tag === 'Left') return tip
  const found = within(tip.right).toReversed()
  return E.right(
    found
      .slice(0, count)
      .filter(({ time }) => time >= since)
      .map(operationOf),
  )
}

export function* viewing<S extends Store | AsyncStore>(
  engine: Engine<S>,
  moment: Moment,
): Program<E.Either<UndoFailure, View>> {
  const fault = momentFault(moment)
  if (fault !== null) return E.left(fault)
  const tip = yield* reading(engine.log)
  if (tip._tag === 'Left') return tip
  const entry = entryAt(tip.right, moment)
  if (entry._tag === 'Left') return entry
  const found = yield* fetched(contents(viewAfter(engine.log as never, entry.right ?? undefined)))
  return E.map(
    (view: Omit<View, 'operation'>): View => ({
      operation: O.fromNullable(entry.right?.ref.digest),
      ...view,
    }),
  )(found)
}

export function* comparing<S extends Store | AsyncStore>(
  engine: Engine<S>,
  operation: Digest,
): Program<E.Either<UndoFailure, Change>> {
  const tip = yield* reading(engine.log)
  if (tip._tag === 'Left') return tip
  const entry = findIn(tip.right, operation)
  if (entry._tag === 'Left') return entry
  const log = engine.log as never
  return yield* fetched(between(viewAfter(log, before(tip.right, entry.right)), viewAfter(log, entry.right)))
}

/** Why a window is none. */
const windowFault = ({ operations = 0, milliseconds = 0 }: Partial<Window>): InvalidValue | null =>
  !isNumber(operations) || operations < 0
    ? invalidValue(['operations'], 'a count is a number, 0 or more')
    : !isNumber(milliseconds) || milliseconds < 0
      ? invalidValue(['milliseconds'], 'a duration is a number, 0 or more')
      : null

export function* expiring<S extends Store | AsyncStore>(
  engine: Engine<S>,
  given: Partial<Window>,
): Program<E.Either<OperationFailure, O.Option<Operation>>> {
  const fault = windowFault(given)
  if (fault !== null) return E.left(fault)
  const { milliseconds = Number.POSITIVE_INFINITY } = given
  const { operations = given.milliseconds === undefined ? 0 : Number.POSITIVE_INFINITY } = given
  const ending = { kind: 'expire', window: { operations, milliseconds } } as const
  // biome-ignore lint/correctness/useYield: a program that asks the store for nothing
  const done = yield* operating(engine, function* (tip): Program<E.Either<OperationFailure, Saying | null>> {
    const left = leaving(tip, ending, timeAfter(engine.log, tip))
    if (left.every(isEnding)) return E.right(null)
    return E.right({ ...ending, description: 'end the window', change: { moves: [], cuts: [] } })
  })
  return E.map((entry: Entry | null) => O.map(operationOf)(O.fromNullable(entry)))(done)
}
