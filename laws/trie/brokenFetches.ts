/** Broken computations over blocks, for the laws of `Fetch` to reject. */
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import * as Fetch from '../../src/trie/Fetch.js'
import type { Fetches } from './programs.js'

type Any = Fetch.Fetch<unknown, unknown>

const wrong = (parts: object): Fetches => ({ ...Fetch, ...parts }) as unknown as Fetches

const oneByOne = (parts: ReadonlyArray<Any>): Any =>
  parts.reduce<Any>(
    (done, part) => Fetch.flatMap(done, (values) => Fetch.map((value) => [...(values as []), value])(part)),
    Fetch.of([]),
  )

/** Runs with another way to read. */
const reading = (change: (read: Fetch.Source<unknown>['read']) => Fetch.Source<unknown>['read']) => ({
  run: (source: Fetch.Source<unknown>) => Fetch.run({ ...source, read: change(source.read) }),
})

/** @category zoo */
export const fetches: Readonly<Record<string, Fetches>> = {
  'sequences where it should batch': wrong({
    all: oneByOne,
    both: (a: Any, b: Any, f: (a: unknown, b: unknown) => unknown) =>
      Fetch.flatMap(a, (x) => Fetch.map((y) => f(x, y))(b)),
  }),
  'begins again after each round': wrong({
    run:
      (source: Fetch.Source<unknown>) =>
      (fetch: Any): (() => E.Either<unknown, unknown>) =>
      () => {
        const known = new Map<Digest, Uint8Array>()
        const absent = new Set<Digest>()
        let current = fetch
        while (current._tag === 'Blocked') {
          const digests = [...Fetch.missing(current)].filter((d) => !known.has(d) && !absent.has(d))
          if (digests.length === 0) {
            current = Fetch.resume(current, known)
            continue
          }
          const read = source.read(digests)()
          if (E.isLeft(read)) return read
          for (const [i, digest] of digests.entries()) {
            const bytes = read.right[i]
            if (bytes === undefined) absent.add(digest)
            else known.set(digest, bytes)
          }
          current = fetch
        }
        return Fetch.toEither(current)
      },
  }),
  'reads a block as often as it is asked for': wrong(
    reading(
      (read) => (digests) => () =>
        E.map((bytes: ReadonlyArray<unknown>) => bytes.slice(0, digests.length) as never)(
          read([...digests, ...digests])(),
        ),
    ),
  ),
  'reads one block a round': wrong(
    reading(
      (read) => (digests) => () =>
        E.right(digests.map((digest) => (read([digest])() as E.Right<ReadonlyArray<Uint8Array>>).right?.[0])),
    ),
  ),
  'trusts whatever it reads': wrong({
    run: (source: Fetch.Source<unknown>) => Fetch.run({ ...source, trusted: true }),
  }),
  'swallows failures of the source': wrong({
    run: (source: Fetch.Source<unknown>) =>
      Fetch.run({
        ...source,
        read: (digests) => () => {
          const read = source.read(digests)()
          return E.isLeft(read) ? E.right([]) : read
        },
      }),
  }),
  'counts the last failure': wrong({
    all: (parts: ReadonlyArray<Any>) =>
      Fetch.map((values: ReadonlyArray<unknown>) => [...values].reverse())(Fetch.all([...parts].reverse())),
    both: (a: Any, b: Any, f: (a: unknown, b: unknown) => unknown) => Fetch.both(b, a, (y, x) => f(x, y)),
    ap: (fa: Any) => (fab: Any) => Fetch.both(fa, fab, (a, f) => (f as (a: unknown) => unknown)(a)),
  }),
  'runs at once what is put off': wrong({ defer: (make: () => Any) => make() }),
  'binds at once, however deep': wrong({
    flatMap: (fetch: Any, f: (a: unknown) => Any) =>
      fetch._tag === 'Done' ? f(fetch.value) : Fetch.flatMap(fetch, f),
    orElseW: (f: (e: unknown) => Any) => (fetch: Any) =>
      fetch._tag === 'Failed' ? f(fetch.failure) : Fetch.orElseW(f)(fetch),
  }),
  'resumes by wrapping, so that binds on the left cost more each round': wrong(wrapping()),
  'maps twice': wrong({
    map: (f: (a: unknown) => unknown) => (fetch: Any) =>
      Fetch.map((a) => (typeof a === 'number' ? f(f(a)) : f(a)))(fetch),
  }),
  'applies nothing': wrong({ ap: (fa: Any) => (fab: Any) => Fetch.flatMap(fab, () => fa) }),
  'takes an answer for a failure': wrong({
    orElseW: (f: (e: unknown) => Any) => (fetch: Any) =>
      fetch._tag === 'Done' ? f(fetch.value) : Fetch.orElseW(f)(fetch),
  }),
  'recovers from nothing': wrong({ orElseW: () => (fetch: Any) => fetch }),
  'has no answer for what is here': wrong({ now: () => ({ _tag: 'None' }) }),
  'invents an answer for what is not here': wrong({
    now: (fetch: Any) => (fetch._tag === 'Blocked' ? { _tag: 'Some', value: E.right(0) } : Fetch.now(fetch)),
  }),
  'resumes once only': wrong({
    resume: (() => {
      const used = new WeakSet<object>()
      return (blocked: Fetch.Blocked<unknown, unknown>, blocks: Fetch.Blocks) => {
        if (used.has(blocked)) return Fetch.fail('used')
        used.add(blocked)
        return Fetch.resume(blocked, blocks)
      }
    })(),
  }),
  'answers nothing for a block that is missing': wrong({
    block: (digest: Digest) => Fetch.orElseW(() => Fetch.of(new Uint8Array(1)))(Fetch.block(digest)),
  }),
  'reads otherwise when asynchronous': wrong({
    runAsync: (source: Fetch.AsyncSource<unknown>) =>
      Fetch.runAsync({ ...source, trusted: true, read: (digests) => source.read([...digests].reverse()) }),
  }),
  'adds to what a failure says': wrong({
    mapLeft: (f: (e: unknown) => unknown) => Fetch.mapLeft((e) => f(f(e))),
  }),
}

/** Each bind wraps the resumption of the one below it, as the textbook has it. */
function wrapping() {
  const step = (fetch: Any, f: (a: unknown) => Any): Any => {
    if (fetch._tag === 'Failed') return fetch
    if (fetch._tag === 'Done') return f(fetch.value)
    const blocked = fetch
    const digests = [...Fetch.missing(blocked)]
    // One block at a time through the real thing; the rest of the chain hangs in the closure.
    return Fetch.flatMap(
      Fetch.all(digests.map((digest) => Fetch.orElseW(() => Fetch.of(undefined))(Fetch.block(digest)))),
      (bytes) => {
        const here = new Map(
          digests.flatMap((d, i) => (bytes[i] === undefined ? [] : [[d, bytes[i]] as const])),
        )
        return step(Fetch.resume(blocked, here), f)
      },
    )
  }
  return { flatMap: step }
}
