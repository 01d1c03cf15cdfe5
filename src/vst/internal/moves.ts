/** Heads that are read, moved and renamed. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Program, head as readHead, heads as readHeads } from '../../branch/internal/program.js'
import type { Digest } from '../../data/Digest.js'
import { headMoved, type StoreFailed, type UnknownReference, unknownReference } from '../../data/Failure.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import { type Engine, importing, moving, type OperationFailure } from './engine.js'
import type { Entry } from './operation.js'
import { type Operation, operationOf } from './operationOf.js'
import { isReserved, reservedName } from './view.js'

export function* listing(
  prefix: string,
): Program<E.Either<StoreFailed, ReadonlyArray<readonly [string, Digest]>>> {
  return E.map((heads: ReadonlyArray<readonly [string, Digest]>) =>
    heads.filter(([name]) => !isReserved(name)),
  )(yield* readHeads(prefix))
}

export function* getting(name: string): Program<E.Either<StoreFailed, O.Option<Digest>>> {
  if (isReserved(name)) return E.right(O.none)
  return E.map((digest: Digest | null) => O.fromNullable(digest))(yield* readHead(name))
}

/** Units of a name in what is said of it at most: what is said has to fit into a block. */
const SHOWN = 1000

export const show = (name: string): string =>
  name.length > SHOWN ? `${JSON.stringify(name.slice(0, SHOWN))}…` : JSON.stringify(name)

/** Whether a head stands somewhere, for a move from there to there. */
function* staying(name: string, place: Digest | null): Program<E.Either<OperationFailure, null>> {
  const reserved = reservedName(name)
  if (reserved !== null) return E.left(reserved)
  const actual = yield* readHead(name)
  if (actual._tag === 'Left') return actual
  return actual.right === place ? E.right(null) : E.left(headMoved(name, place, actual.right))
}

export function* movingOne<S extends Store | AsyncStore>(
  engine: Engine<S>,
  name: string,
  before: Digest | null,
  after: Digest | null,
  description?: string,
): Program<E.Either<OperationFailure, O.Option<Operation>>> {
  if (before === after) return E.map(() => O.none)(yield* staying(name, before))
  const done = `${before === null ? 'create' : after === null ? 'remove' : 'move'} ${show(name)}`
  const change = { moves: [{ name, before, after }], cuts: [] }
  const moved = yield* moving(engine, { kind: 'head', description: description ?? done, change })
  return E.map((entry: Entry) => O.some(operationOf(entry)))(moved)
}

/** What is made or taken away changes something. */
export function* changingOne<F>(
  move: Program<E.Either<F, O.Option<Operation>>>,
): Program<E.Either<F, Operation>> {
  return E.map((done: O.Option<Operation>) => (done as O.Some<Operation>).value)(yield* move)
}

export function* resetting<S extends Store | AsyncStore>(
  engine: Engine<S>,
  name: string,
  next: Digest | null,
): Program<E.Either<OperationFailure | UnknownReference, O.Option<Operation>>> {
  for (let left = engine.tries; ; left--) {
    const here = yield* getting(name)
    if (here._tag === 'Left') return here
    const before = O.toNullable(here.right)
    if (before === null && next === null) return E.left(unknownReference(name))
    const said = next !== null && before !== null ? `reset ${show(name)}` : undefined
    const done = yield* movingOne(engine, name, before, next, said)
    const moved = done._tag === 'Left' && done.left._tag === 'HeadMoved'
    if (!moved || !(left > 1)) return done
  }
}

export function* renaming<S extends Store | AsyncStore>(
  engine: Engine<S>,
  name: string,
  to: string,
): Program<E.Either<OperationFailure | UnknownReference, Operation>> {
  for (let left = engine.tries; ; left--) {
    const here = yield* getting(name)
    if (here._tag === 'Left') return here
    const digest = O.toNullable(here.right)
    if (digest === null) return E.left(unknownReference(name))
    const moves = [
      { name, before: digest, after: null },
      { name: to, before: null, after: digest },
    ]
    const description = `rename ${show(name)} to ${show(to)}`
    const done = yield* moving(engine, { kind: 'head', description, change: { moves, cuts: [] } })
    if (done._tag === 'Right') return E.right(operationOf(done.right))
    if (done.left._tag !== 'HeadMoved' || done.left.name !== name || !(left > 1)) return done
  }
}

export function* adopting<S extends Store | AsyncStore>(
  engine: Engine<S>,
): Program<E.Either<OperationFailure, O.Option<Operation>>> {
  return E.map((entry: Entry | null) => O.map(operationOf)(O.fromNullable(entry)))(yield* importing(engine))
}
