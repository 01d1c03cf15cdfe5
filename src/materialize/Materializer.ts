/**
 * A `Materializer` builds the objects that programs work with from components, each once for all who ask, and keeps them
 * inside a budget.
 *
 * An object is known by its type and its component's digest, so equal content under a thousand branches is built once. What
 * is asked for while it is built joins in; what waits is built in the order of its probability, and what is read for
 * several builds is read together. Whether an object was built now, long ago, or again, nobody can tell but by time.
 *
 * Laws (`coppice/laws`, `materializerLaws`):
 * 1. lazy = eager, evicted = kept, delta = rebuild: the object is that of its component, however it came to be;
 * 2. for one key at most one build runs at a time, and none while its object is kept;
 * 3. the objects that are kept never exceed the budget; one that alone does is handed out and not kept;
 * 4. a cancelled request has no effect on others, and a build that nobody waits for has none at all;
 * 5. a failure harms no other request, is not kept, and the next request tries again;
 * 6. of what waits the likeliest is built first;
 * 7. of objects that are alike but for their weights the least likely is evicted first.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { ComponentStore, Materializer, MemoryStore, Registry, State, StateReference, TextFile } from 'coppice'
 *
 * const agents = ComponentStore.make(MemoryStore.make())
 * const state = pipe(
 *   State.fromJson({ files: { 'a.txt': 'one\ntwo\n' } }),
 *   E.getOrElse(() => State.empty),
 * )
 * const agent = StateReference.root(agents)(state)()
 * const materializer = Materializer.make(agents, Registry.of(TextFile.factory))
 * const file = Materializer.now(TextFile.factory.type, agent, { path: ['files', 'a.txt'] })(materializer)
 * assert.deepStrictEqual(pipe(file(), E.map(TextFile.line(1))), E.right('two'))
 *
 * const twice = await Materializer.materialize(TextFile.factory.type, agent, { path: ['files', 'a.txt'] })(materializer)()
 * assert.ok(E.isRight(twice))
 * assert.strictEqual(Materializer.stats(materializer)().builds, 1)
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { ComponentStore } from '../branch/ComponentStore.js'
import { Member } from '../branch/internal/family.js'
import * as StateReference from '../branch/StateReference.js'
import type { Digest } from '../data/Digest.js'
import {
  type Cancelled,
  type Corrupt,
  cancelled,
  type FactoryFailed,
  type InvalidPath,
  invalidPath,
  type Path,
  type Released,
  type StoreFailed,
  type UnknownType,
} from '../data/Failure.js'
import { Linkable } from '../data/Linkable.js'
import type { AsyncStore, Store } from '../store/Store.js'
import * as Fetch from '../trie/Fetch.js'
import type { Link } from '../trie/Link.js'
import * as State from '../trie/State.js'
import * as Component from './Component.js'
import type { ReadFailure, Type } from './Factory.js'
import { Engine, type Settings, type Table } from './internal/engine.js'
import { asyncLoaderOf, drive, type Loader, loaded, loaderOf, type Steps, Thrown } from './internal/steps.js'
import * as Pressure from './Pressure.js'
import { DEFAULT_PATIENCE } from './Queue.js'
import type { Registry } from './Registry.js'
import * as Thresholds from './Thresholds.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

declare const brand: unique symbol

/** Over a store of type `S`. */
export interface Materializer<S extends Store | AsyncStore = Store> {
  readonly [brand]: S
}

/**
 * What objects are made of: a state or a part of one, by reference, value or digest. What only a digest names has to be
 * kept in the store by whoever names it.
 */
export type Source =
  | Digest
  | State.State
  | Link
  | Component.Component
  | StateReference.StateReference<Store | AsyncStore>

export type MaterializeFailure =
  | ReadFailure
  | UnknownType
  | FactoryFailed
  | Cancelled
  | InvalidPath
  | Released
  | StoreFailed
  | Corrupt

/** Everything has a default. */
export interface Options {
  /** Bytes of objects that are kept at most; 64 MiB. */
  readonly budget?: number
  /** Builds under way at a time; 8. */
  readonly concurrency?: number
  /** Each so many-th turn belongs to the request that has waited longest; 16. */
  readonly patience?: number
  /** How likely the component with a digest is to matter, from 0 to 1; what `weighBy` says, else 1. Asked again by `reweigh`. */
  readonly probability?: (digest: Digest) => number
  /** Memory in use, and its limit; that of the process. */
  readonly pressure?: Pressure.Pressure
  /** Ms. */
  readonly clock?: IO<number>
  readonly thresholds?: Thresholds.Settings
  /** The part of the budget that is left while memory is short; 0.5. */
  readonly keepWhenEvicting?: number
}

export interface Request {
  /** The part of the source; the whole of it. */
  readonly path?: Path
  /** Gives the request up. */
  readonly signal?: AbortSignal
  /** How likely it is to matter, if that is more than what the port says. */
  readonly probability?: number
}

export const DEFAULT_BUDGET: number = 64 * 2 ** 20
export const DEFAULT_CONCURRENCY = 8

const inside = <S extends Store | AsyncStore>(materializer: Materializer<S>): Engine =>
  materializer as unknown as Engine

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** A clock that throws, or says what is no time, stands still. */
const steady = (clock: IO<number>): IO<number> => {
  let last = 0
  return () => {
    try {
      const at = clock()
      if (Number.isFinite(at)) last = at
    } catch {
      return last
    }
    return last
  }
}

const settingsOf = (options: Options): Settings => {
  const { budget = DEFAULT_BUDGET, concurrency = DEFAULT_CONCURRENCY, keepWhenEvicting = 0.5 } = options
  return {
    budget: budget > 0 ? budget : 0,
    concurrency: Math.max(1, Math.floor(concurrency) || 1),
    patience: options.patience ?? DEFAULT_PATIENCE,
    probability: options.probability ?? null,
    pressure: options.pressure ?? Pressure.ofProcess,
    clock: options.clock === undefined ? () => performance.now() : steady(options.clock),
    thresholds: options.thresholds ?? Thresholds.defaults,
    keepWhenEvicting: Math.min(1, Math.max(0, keepWhenEvicting)),
  }
}

const made = <S extends Store | AsyncStore>(
  load: Loader,
  { residency }: ComponentStore<S>,
  registry: Registry,
  options: Options,
): Materializer<S> => new Engine(load, residency, registry, settingsOf(options)) as unknown as Materializer<S>

/** Over a synchronous store. @category constructors */
export const make = <S extends Store>(
  components: ComponentStore<S>,
  registry: Registry,
  options: Options = {},
): Materializer<S> => made(loaderOf(components.store), components, registry, options)

/** Over an asynchronous store. @category constructors */
export const makeAsync = <S extends AsyncStore>(
  components: ComponentStore<S>,
  registry: Registry,
  options: Options = {},
): Materializer<S> => made(asyncLoaderOf(components.store), components, registry, options)

/**
 * Says by what the order of the queue and of eviction is weighed, until the effect that it answers is run, unless that was said when the
 * materialiser was made. Of several that know a component the most counts; one that none knows counts as certain. It is asked, as
 * `Options.probability` is, once for each new request and by `reweigh`, and should look its answer up.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import * as O from 'fp-ts/lib/Option.js'
 * import { Component, ComponentStore, Materializer, MemoryStore, PlainObject, Registry } from 'coppice'
 *
 * const { factory } = PlainObject
 * const [likely, unlikely] = [Component.ofValue('this branch'), Component.ofValue('that branch')]
 * const components = ComponentStore.make(MemoryStore.make())
 * const objects = Materializer.make(components, Registry.of(factory), { budget: 100, clock: () => 0 })
 * Materializer.weighBy((digest) => O.some(digest === likely.digest ? 0.9 : 0.1))(objects)()
 * for (const component of [likely, unlikely, Component.ofValue('a third')])
 *   Materializer.now(factory.type, component)(objects)()
 * assert.deepStrictEqual(Materializer.peek(factory.type, likely)(objects)(), O.some('this branch'))
 * assert.deepStrictEqual(Materializer.peek(factory.type, unlikely)(objects)(), O.none)
 * ```
 *
 * @category constructors
 */
export const weighBy =
  (weigh: (digest: Digest) => O.Option<number>) =>
  <S extends Store | AsyncStore>(materializer: Materializer<S>): IO<IO<void>> =>
  () =>
    inside(materializer).weighBy(weigh)

// -------------------------------------------------------------------------------------
// from a source to its component
// -------------------------------------------------------------------------------------

type Located = E.Either<State.LoadFailure | InvalidPath | Released | StoreFailed, Component.Component>

const whole = (engine: Engine, source: Source): E.Either<Released, Component.Component> => {
  if (typeof source === 'string') return E.right(Component.ofDigest(source, engine.residency))
  if (source instanceof Member) {
    return E.map(Component.ofState)(
      StateReference.read(source as StateReference.StateReference<Store | AsyncStore>)(),
    )
  }
  if (Component.isPart(source)) return E.right(source)
  if (source instanceof Linkable) return E.right(Component.ofLink(source as unknown as Link))
  return E.right(Component.ofState(source as State.State))
}

function* locating(engine: Engine, source: Source, path: Path): Steps<Located> {
  const component = whole(engine, source)
  if (component._tag === 'Left' || path.length === 0) return component
  const found = yield* loaded(() => Component.at(path)(component.right))
  if (found instanceof Thrown) return E.left(invalidPath(path, String(found.cause)))
  if (found._tag === 'Left') return found
  return found.right._tag === 'Some'
    ? E.right(found.right.value)
    : E.left(invalidPath(path, 'nothing stands here'))
}

const NOWHERE: Path = []

/** The digest of the whole of a source, where that can be told at once. */
const digestOf = (source: Source): Digest | null => {
  if (typeof source === 'string') return source
  if (source instanceof Member) return source.cell === null ? null : State.digest(source.cell.state)
  return null
}

/** The object of a whole source, if it is kept. */
const hitOf = (engine: Engine, table: Table, source: Source): { readonly value: unknown } | undefined => {
  const digest = digestOf(source)
  return digest === null ? undefined : engine.hit(table, digest)
}

// -------------------------------------------------------------------------------------
// asking
// -------------------------------------------------------------------------------------

type Answer<A> = E.Either<MaterializeFailure, A>

const cancelledRequest = (type: string): E.Either<Cancelled, never> => E.left(cancelled(type, 'asked for'))

/** One request, from the asking to the answer; `ask` begins once the component is known. */
const requesting = <A>(
  engine: Engine,
  type: string,
  { signal }: Request,
  steps: (
    table: Table,
  ) => Steps<E.Either<MaterializeFailure, (listener: (answer: Answer<A>) => void) => () => void>>,
): Promise<Answer<A>> =>
  new Promise((resolve) => {
    const table = engine.table(type)
    if (table._tag === 'Left') return resolve(table)
    if (signal?.aborted === true) return resolve(cancelledRequest(type))
    let giveUp: (() => void) | null = null
    let over = false
    const settle = (answer: Answer<A>): void => {
      over = true
      signal?.removeEventListener('abort', onAbort)
      resolve(answer)
    }
    const onAbort = (): void => {
      if (giveUp === null) settle(cancelledRequest(type))
      else giveUp()
    }
    signal?.addEventListener('abort', onAbort)
    drive(engine.load, steps(table.right), (ask) => {
      if (over) return
      if (ask._tag === 'Left') settle(ask)
      else giveUp = ask.right(settle)
    })
  })

/**
 * The object of a component, built unless it is kept. It waits its turn; on a synchronous store, too.
 *
 * Errors: `UnknownType`, `FactoryFailed`, `Cancelled`, `InvalidPath` where nothing stands, `Released`, `StoreFailed`,
 * `Missing`, `Corrupt`, and what the factory's own reading answers, `Mismatch` with a codec.
 */
export const materialize =
  <A>(type: Type<A>, source: Source, request: Request = {}) =>
  <S extends Store | AsyncStore>(materializer: Materializer<S>): TaskEither<MaterializeFailure, A> =>
  () => {
    const engine = inside(materializer)
    const { path = NOWHERE, signal, probability } = request
    const table = engine.table(type)
    if (table._tag === 'Right' && path.length === 0 && signal === undefined) {
      const kept = hitOf(engine, table.right, source)
      if (kept !== undefined) return Promise.resolve(E.right(kept.value as A))
      // Nothing has to be loaded to know the component, and nobody will give the request up.
      const component = whole(engine, source)
      if (component._tag === 'Left') return Promise.resolve(component)
      return new Promise((resolve) => {
        engine.request(table.right, component.right, null, probability, resolve as never)
      })
    }
    return requesting<A>(engine, type, request, function* (table) {
      const component = yield* locating(engine, source, path)
      return E.map(
        (at: Component.Component) => (listener: (answer: Answer<A>) => void) =>
          engine.request(table, at, null, probability, listener as never),
      )(component)
    })
  }

/**
 * The object, before this returns: kept, or built out of turn. For factories that take no time, on synchronous stores.
 *
 * Errors: as `materialize`; `FactoryFailed` for a factory that takes time, or from inside the very build.
 */
export const now =
  <A>(type: Type<A>, source: Source, request: Omit<Request, 'signal'> = {}) =>
  <S extends Store>(materializer: Materializer<S>): IOEither<MaterializeFailure, A> =>
  () => {
    const engine = inside(materializer)
    const table = engine.table(type)
    if (table._tag === 'Left') return table
    const { path = NOWHERE, probability } = request
    if (path.length === 0) {
      const kept = hitOf(engine, table.right, source)
      if (kept !== undefined) return E.right(kept.value as A)
    }
    const built = (component: Located): Answer<A> =>
      component._tag === 'Left'
        ? component
        : (engine.now(table.right, component.right, null, probability) as Answer<A>)
    if (path.length === 0) return built(whole(engine, source))
    let answer: Answer<A> = cancelledRequest(type)
    drive(engine.load, locating(engine, source, path), (component) => {
      answer = built(component)
    })
    return answer
  }

/** The object if it is kept and what leads to it is in memory; builds and loads nothing. That is a use of it. */
export const peek =
  <A>(type: Type<A>, source: Source, path: Path = NOWHERE) =>
  <S extends Store | AsyncStore>(materializer: Materializer<S>): IO<O.Option<A>> =>
  () => {
    const engine = inside(materializer)
    const table = engine.table(type)
    const component = whole(engine, source)
    if (table._tag === 'Left' || component._tag === 'Left') return O.none
    const found = Fetch.now(Component.at(path)(component.right))
    if (found._tag === 'None' || found.value._tag === 'Left' || found.value.right._tag === 'None')
      return O.none
    const kept = engine.hit(table.right, found.value.right.value.digest)
    return kept === undefined ? O.none : O.some(kept.value as A)
  }

// -------------------------------------------------------------------------------------
// bringing forward
// -------------------------------------------------------------------------------------

function* both(
  engine: Engine,
  from: Source,
  to: Source,
  path: Path,
): Steps<E.Either<MaterializeFailure, readonly [Located, Component.Component]>> {
  const after = yield* locating(engine, to, path)
  if (after._tag === 'Left') return after
  return E.right([yield* locating(engine, from, path), after.right] as const)
}

const baseIn = (engine: Engine, table: Table, from: Located) =>
  from._tag === 'Right' && table.factory.applyDelta !== undefined ? engine.baseOf(table, from.right) : null

/**
 * The object of `to`, by way of that of `from` and the patch between the two, if that one is kept, its factory can, and it
 * is cheaper; built like any other if not. `from` stays as it is. Errors: as `materialize`, of `to` alone.
 */
export const advance =
  <A>(type: Type<A>, from: Source, to: Source, request: Request = {}) =>
  <S extends Store | AsyncStore>(materializer: Materializer<S>): TaskEither<MaterializeFailure, A> =>
  () => {
    const engine = inside(materializer)
    return requesting<A>(engine, type, request, function* (table) {
      const located = yield* both(engine, from, to, request.path ?? NOWHERE)
      return E.map(
        ([before, after]: readonly [Located, Component.Component]) =>
          (listener: (answer: Answer<A>) => void) =>
            engine.request(
              table,
              after,
              baseIn(engine, table, before),
              request.probability,
              listener as never,
            ),
      )(located)
    })
  }

/** `advance` before this returns. Errors: as `now`. */
export const advanceNow =
  <A>(type: Type<A>, from: Source, to: Source, request: Omit<Request, 'signal'> = {}) =>
  <S extends Store>(materializer: Materializer<S>): IOEither<MaterializeFailure, A> =>
  () => {
    const engine = inside(materializer)
    const table = engine.table(type)
    if (table._tag === 'Left') return table
    let answer: Answer<A> = cancelledRequest(type)
    drive(engine.load, both(engine, from, to, request.path ?? NOWHERE), (located) => {
      if (located._tag === 'Left') {
        answer = located
        return
      }
      const [before, after] = located.right
      const base = baseIn(engine, table.right, before)
      answer = engine.now(table.right, after, base, request.probability) as Answer<A>
    })
    return answer
  }

// -------------------------------------------------------------------------------------
// ahead of requests
// -------------------------------------------------------------------------------------

/**
 * Says that an object is likely to be asked for: it is built ahead while the thresholds say `eager`, and nothing happens
 * while they do not. No failure of it is seen.
 */
export const ahead =
  <A>(type: Type<A>, source: Source, request: Omit<Request, 'signal'> = {}) =>
  <S extends Store | AsyncStore>(materializer: Materializer<S>): IO<void> =>
  () => {
    const engine = inside(materializer)
    const table = engine.table(type)
    engine.glance()
    if (table._tag === 'Left' || engine.mode !== 'eager') return
    drive(engine.load, locating(engine, source, request.path ?? NOWHERE), (component) => {
      if (component._tag === 'Right') engine.ahead(table.right, component.right, request.probability)
    })
  }

function* levels(
  of: ReadonlyArray<Component.Component>,
  depth: number,
): Steps<E.Either<State.LoadFailure | StoreFailed, number>> {
  let level = of
  let loadedParts = 0
  for (let left = depth; left > 0 && level.length > 0; left--) {
    const asked = level
    const found = yield* loaded(() => Fetch.all(asked.map(Component.entries)))
    if (found instanceof Thrown) return E.right(loadedParts)
    if (found._tag === 'Left') return found
    level = found.right.flatMap((parts) => parts.map(([, part]) => part))
    loadedParts += level.length
  }
  return E.right(loadedParts)
}

/**
 * Loads what lies below a component, `depth` levels of maps and lists and no objects; each level is one round. Answers how
 * many parts it found. Errors: `InvalidPath`, `Released`, `Missing`, `Corrupt`, `StoreFailed`.
 */
export const prefetch =
  (source: Source, { path = NOWHERE, depth = 1 }: { readonly path?: Path; readonly depth?: number } = {}) =>
  <S extends Store | AsyncStore>(
    materializer: Materializer<S>,
  ): TaskEither<State.LoadFailure | InvalidPath | Released | StoreFailed, number> =>
  () =>
    new Promise((resolve) => {
      const engine = inside(materializer)
      drive(
        engine.load,
        (function* () {
          const component = yield* locating(engine, source, path)
          return component._tag === 'Left' ? component : yield* levels([component.right], depth)
        })(),
        resolve,
      )
    })

/** What a traversal comes to. */
export interface Visit<A> {
  readonly path: Path
  readonly object: E.Either<MaterializeFailure, A>
}

type Level = ReadonlyArray<readonly [Path, Component.Component]>

/**
 * The objects of a component and of the parts below it, `depth` levels down, level by level. While the objects of one level
 * are built the next level is on its way, so a traversal takes a round a level and not one a part. A failure is that of
 * one visit; what could not be entered is not.
 */
export const walk = <A>(
  type: Type<A>,
  source: Source,
  { path = NOWHERE, depth = 1 }: { readonly path?: Path; readonly depth?: number } = {},
) =>
  async function* <S extends Store | AsyncStore>(materializer: Materializer<S>): AsyncGenerator<Visit<A>> {
    const engine = inside(materializer)
    const root = await new Promise<Located>((resolve) =>
      drive(engine.load, locating(engine, source, path), resolve),
    )
    if (root._tag === 'Left') return yield { path, object: root }
    let level: Level = [[path, root.right]]
    for (let left = depth; level.length > 0; left--) {
      const here = level
      const objects = here.map(([, part]) => materialize(type, part)(materializer)())
      const next = left > 0 ? entered(engine, here) : Promise.resolve<Level>([])
      for (const [i, object] of objects.entries()) yield { path: here[i]![0], object: await object }
      level = await next
    }
  }

/** The parts of all parts of a level, read together. */
const entered = (engine: Engine, level: Level): Promise<Level> =>
  Promise.all(
    level.map(
      ([path, part]) =>
        new Promise<Level>((resolve) =>
          drive(
            engine.load,
            loaded(() => Component.entries(part)),
            (found) =>
              resolve(
                found instanceof Thrown || found._tag === 'Left'
                  ? []
                  : found.right.map(([key, inner]) => [[...path, key], inner] as const),
              ),
          ),
        ),
    ),
  ).then((parts) => parts.flat())

// -------------------------------------------------------------------------------------
// while it runs
// -------------------------------------------------------------------------------------

/**
 * Asks the port for all probabilities again, after a collapse or new evidence: what waits changes places, what is kept its
 * worth. Requests for what has become impossible (0) end as `Cancelled`; answers how many components those were.
 * O(n log n) in what waits and is kept.
 */
export const reweigh =
  <S extends Store | AsyncStore>(materializer: Materializer<S>): IO<number> =>
  () =>
    inside(materializer).reweigh()

/** The components whose objects are kept, wait, or are being built. O(n). */
export const digests =
  <S extends Store | AsyncStore>(materializer: Materializer<S>): IO<ReadonlySet<Digest>> =>
  () =>
    inside(materializer).digests()

/** Lets go of every object that is kept. */
export const clear =
  <S extends Store | AsyncStore>(materializer: Materializer<S>): IO<void> =>
  () =>
    inside(materializer).cache.clear()

export interface Stats {
  readonly hits: number
  readonly misses: number
  /** Objects made by `create`. */
  readonly builds: number
  /** Objects made by `applyDelta`. */
  readonly deltas: number
  readonly failures: number
  readonly cancellations: number
  readonly evictions: number
  /** Objects that are kept. */
  readonly objects: number
  /** Their bytes, as their factories say. */
  readonly bytes: number
  readonly queued: number
  readonly running: number
  readonly mode: Thresholds.Mode
}

/** O(1). */
export const stats =
  <S extends Store | AsyncStore>(materializer: Materializer<S>): IO<Stats> =>
  () => {
    const { counters, cache, queued, running, mode } = inside(materializer)
    return {
      ...counters,
      evictions: cache.evictions,
      objects: cache.size,
      bytes: cache.bytes,
      queued,
      running,
      mode,
    }
  }

/** What the thresholds have decided, the oldest first; `Thresholds.describe` makes text of it. */
export const decisions =
  <S extends Store | AsyncStore>(materializer: Materializer<S>): IO<Thresholds.Trace> =>
  () =>
    inside(materializer).trace
