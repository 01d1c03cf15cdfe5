/**
 * Work that may have to wait, written once: it runs on at once as long as nothing has to be waited for, over a synchronous store
 * to its end, and goes on later where something has.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Corrupt, type StoreFailed, storeFailed } from '../../data/Failure.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import { batched } from './batched.js'

/** What was awaited or fetched; `Thrown` is what the code of a factory threw. */
export class Thrown {
  readonly cause: unknown
  constructor(cause: unknown) {
    this.cause = cause
  }
}

type Any = Fetch.Fetch<unknown, unknown>
type Step =
  | { readonly _tag: 'Load'; readonly fetch: Any }
  | { readonly _tag: 'Await'; readonly task: () => Promise<unknown> }

export type Steps<A> = Generator<Step, A, unknown>

/** A computation over blocks; `make` belongs to a factory and may throw, as may what it makes. */
export function* loaded<E, A>(
  make: () => Fetch.Fetch<E, A>,
): Steps<E.Either<E | StoreFailed | Corrupt, A> | Thrown> {
  let fetch: Fetch.Fetch<E, A>
  try {
    fetch = make()
    if (fetch._tag !== 'Blocked') return Fetch.toEither(fetch)
  } catch (cause) {
    return new Thrown(cause)
  }
  return (yield { _tag: 'Load', fetch: fetch as Any }) as E.Either<E | StoreFailed | Corrupt, A> | Thrown
}

/** A promise of a factory, which may reject. */
export function* awaited<A>(task: () => Promise<A>): Steps<A | Thrown> {
  return (yield { _tag: 'Await', task }) as A | Thrown
}

/** How fetches are run: at once, or in time. */
export type Loader = (fetch: Any) => unknown | Promise<unknown>

export const loaderOf = (store: Store): Loader => {
  const source: Fetch.Source<StoreFailed> = {
    ...(store.trusted === undefined ? {} : { trusted: store.trusted }),
    read: (digests) => () => {
      try {
        return store.read(digests)()
      } catch (cause) {
        return E.left(storeFailed('read', cause))
      }
    },
  }
  return (fetch) => {
    try {
      return Fetch.run(source)(fetch)()
    } catch (cause) {
      return new Thrown(cause)
    }
  }
}

export const asyncLoaderOf = (store: AsyncStore): Loader => {
  const source = batched(store)
  return (fetch) => Fetch.runAsync(source)(fetch)().catch((cause: unknown) => new Thrown(cause))
}

/** Runs steps with a loader; `done` is called once, before this returns if nothing had to be waited for. */
export const drive = <A>(load: Loader, steps: Steps<A>, done: (result: A) => void): void => {
  const go = (from: unknown): void => {
    let answer = from
    for (;;) {
      const step = steps.next(answer)
      if (step.done === true) {
        done(step.value)
        return
      }
      if (step.value._tag === 'Load') {
        const result = load(step.value.fetch)
        if (!(result instanceof Promise)) {
          answer = result
          continue
        }
        void result.then(go)
        return
      }
      try {
        // What a factory calls a promise may be none, or settle twice.
        void Promise.resolve(step.value.task()).then(go, (cause: unknown) => go(new Thrown(cause)))
        return
      } catch (cause) {
        answer = new Thrown(cause)
      }
    }
  }
  go(undefined)
}
