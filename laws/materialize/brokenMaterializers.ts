/** Broken materialisers, each of which some law rejects. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { cancelled, factoryFailed } from '../../src/data/Failure.js'
import * as sound from '../../src/materialize/Materializer.js'
import type { Materializers } from './Probe.js'

const { make, makeAsync, weighBy, materialize, now, peek, advance, reweigh, clear } = sound
const base: Materializers = { make, makeAsync, weighBy, materialize, now, peek, advance, reweigh, clear }

/** Each made by another call of `make`, with other options. */
const optioned = (change: (options: sound.Options) => sound.Options): Materializers => ({
  ...base,
  make: (components, registry, options = {}) => base.make(components, registry, change(options)),
  makeAsync: (components, registry, options = {}) => base.makeAsync(components, registry, change(options)),
})

/** Memory of its own beside each materialiser. */
const beside = <A>(fresh: () => A): ((materializer: object) => A) => {
  const all = new WeakMap<object, A>()
  return (materializer) => {
    const there = all.get(materializer) ?? fresh()
    all.set(materializer, there)
    return there
  }
}

/** A broken way to do both `materialize` and `now`, given what the sound ones do. */
const answering = (
  change: (
    source: unknown,
    materializer: object,
    answer: E.Either<never, unknown>,
  ) => E.Either<never, unknown>,
): Materializers => ({
  ...base,
  materialize: ((type: never, source: never, request: never) => (m: never) => async () =>
    change(source, m, (await base.materialize(type, source, request)(m)()) as never)) as never,
  now: ((type: never, source: never, request: never) => (m: never) => () =>
    change(source, m, base.now(type, source, request)(m)() as never)) as never,
})

const firstAnswer = beside(() => new Map<string, E.Either<never, unknown>>())
const lastHeard = beside((): { end: () => void } => ({ end: () => undefined }))
const firstFailure = beside(() => new Map<unknown, E.Either<never, unknown>>())

/** Builds anew for each request, in a materialiser of its own. */
const alone = (() => {
  const remakes = new WeakMap<object, () => object>()
  const remember = (remake: () => object): never => {
    const made = remake()
    remakes.set(made, remake)
    return made as never
  }
  return {
    ...base,
    make: ((...args: Parameters<typeof make>) => remember(() => base.make(...args))) as never,
    makeAsync: ((...args: Parameters<typeof makeAsync>) => remember(() => base.makeAsync(...args))) as never,
    materialize: ((type: never, source: never, request: never) => (m: object) => () =>
      base.materialize(type, source, request)(remakes.get(m)!() as never)()) as never,
  } satisfies Materializers
})()

export const brokenMaterializers: Readonly<Record<string, Materializers>> = {
  'builds for each request': alone,
  'has no budget': optioned((options) => ({ ...options, budget: Number.MAX_SAFE_INTEGER })),
  'keeps nothing': optioned((options) => ({ ...options, budget: 0 })),
  'does not see probability': optioned((options) => ({ ...options, probability: () => 1 })),
  'knows no limit': optioned((options) => ({ ...options, concurrency: 1000 })),
  'does not follow weights': { ...base, reweigh: () => () => 0 },
  'hears no weigher': { ...base, weighBy: () => () => () => () => undefined },
  'hears the last weigher alone': {
    ...base,
    weighBy: (weigh) => (m) => () => {
      lastHeard(m).end()
      lastHeard(m).end = base.weighBy(weigh)(m)()
      return lastHeard(m).end
    },
  },
  'hears weighers for ever': {
    ...base,
    weighBy: (weigh) => (m) => () => {
      base.weighBy(weigh)(m)()
      return () => undefined
    },
  },
  'takes what it was told when made for one weigher more': {
    ...base,
    make: (components, registry, { probability, ...options } = {}) => {
      const made = base.make(components, registry, options)
      if (probability !== undefined) base.weighBy((digest) => O.some(probability(digest)))(made)()
      return made
    },
  },
  'gives what it gave first': answering((_, m, answer) => {
    const first = firstAnswer(m).get('') ?? answer
    firstAnswer(m).set('', first)
    return first
  }),
  'remembers failures': answering((source, m, answer) => {
    if (answer._tag === 'Left') firstFailure(m).set(source, answer)
    return firstFailure(m).get(source) ?? answer
  }),
  'fails all after one': answering((_, m, answer) => {
    if (answer._tag === 'Left') firstFailure(m).set('', answer)
    return firstFailure(m).get('') ?? answer
  }),
  'cannot be told to stop': {
    ...base,
    materialize: (type, source, { signal: _, ...request } = {}) => base.materialize(type, source, request),
  },
  'only says that it has stopped': {
    ...base,
    materialize:
      (type, source, { signal, ...request } = {}) =>
      (m) =>
      () =>
        Promise.race([
          base.materialize(type, source, request)(m)(),
          new Promise<E.Either<never, never>>((resolve) => {
            const stop = () => resolve(E.left(cancelled(type, 'asked for')) as never)
            if (signal?.aborted === true) stop()
            else signal?.addEventListener('abort', stop)
          }),
        ]),
  },
  'gives up all when one does': (() => {
    const shared = beside(() => new AbortController())
    return {
      ...base,
      materialize:
        (type, source, { signal, ...request } = {}) =>
        (m) =>
        () => {
          if (signal === undefined) return base.materialize(type, source, request)(m)()
          const all = shared(m)
          signal.addEventListener('abort', () => all.abort())
          return base.materialize(type, source, { ...request, signal: all.signal })(m)()
        },
    } satisfies Materializers
  })(),
  'reads one by one': {
    ...base,
    makeAsync: (components, registry, options) => {
      const { store } = components
      const read: typeof store.read = (digests) => async () => {
        const bytes: Array<Uint8Array | undefined> = []
        for (const digest of digests) {
          const one = await store.read([digest])()
          if (one._tag === 'Left') return one
          bytes.push(one.right[0])
        }
        return E.right(bytes)
      }
      return base.makeAsync({ ...components, store: { ...store, read } }, registry, options)
    },
  },
  'does not bring forward': {
    ...base,
    advance: (type, from, _, request) => base.materialize(type, from, request),
  },
  'does not let go': { ...base, clear: () => () => undefined },
  'hides what it keeps': { ...base, peek: () => () => () => O.none },
  'builds what it does not know': {
    ...base,
    now: (type, source, request) => (m) => () => {
      const answer = base.now(type, source, request)(m)()
      return answer._tag === 'Left' && answer.left._tag === 'UnknownType'
        ? E.left(factoryFailed(type, source as never, 'create', 'unknown'))
        : answer
    },
  },
}
