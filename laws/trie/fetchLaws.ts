/** Computations over blocks that are not here yet: what they answer, how often they read, and that they never end the stack. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../../src/data/Digest.js'
import { type Corrupt, missing, storeFailed } from '../../src/data/Failure.js'
import type * as Fetch from '../../src/trie/Fetch.js'
import { type IsEq, isEq, law, lawAsync, type Suite, suite } from '../Law.js'
import {
  answer,
  build,
  bytesOf,
  digestOf,
  type Fetches,
  type Program,
  programs,
  rounds,
  sound,
  THERE,
} from './programs.js'

/** Runs, and answers what was read in each round. */
const watched = <E, A>(subject: Fetches, fetch: Fetch.Fetch<E, A>) => {
  const seen: Array<ReadonlyArray<Digest>> = []
  const result = subject.run<never>({
    read: (digests) => () => {
      seen.push(digests)
      return E.right(digests.map(bytesOf))
    },
  })(fetch)()
  return { result, seen }
}

const asked = <E, A>(subject: Fetches, fetch: Fetch.Fetch<E, A>): E.Either<unknown, A> =>
  watched(subject, fetch).result

/** By hand, each round twice: a resumption may be used again. */
const byHand = <A>(subject: Fetches, fetch: Fetch.Fetch<unknown, A>): Fetch.Fetch<unknown, A> => {
  let current = fetch
  while (current._tag === 'Blocked') {
    const blocked = current
    const blocks = new Map<Digest, Uint8Array>()
    for (const digest of subject.missing(blocked)) {
      const bytes = bytesOf(digest)
      if (bytes !== undefined) blocks.set(digest, bytes)
    }
    subject.resume(blocked, new Map())
    subject.resume(blocked, blocks)
    current = subject.resume(blocked, blocks)
  }
  return current
}

const functions = fc.func<[number], number>(fc.nat(9))
const kleislis = (subject: Fetches) =>
  fc.tuple(fc.array(programs, { minLength: 1, maxLength: 3 }), fc.nat(5)).map(
    ([some, add]) =>
      (n: number) =>
        subject.map((m: number) => m + add)(build(subject, some[n % some.length]!)),
  )

const instances = (subject: Fetches) => {
  const same = (f: Fetch.Fetch<unknown, number>, g: Fetch.Fetch<unknown, number>): IsEq =>
    isEq(asked(subject, f), asked(subject, g))
  const p = programs.map((program) => build(subject, program))
  const k = kleislis(subject)
  return [
    law('functor: identity and composition', [p, functions, functions], (fa, f, g) => [
      same(subject.map((a: number) => a)(fa), fa),
      same(subject.map(g)(subject.map(f)(fa)), subject.map((a: number) => g(f(a)))(fa)),
    ]),
    law('monad: left and right identity, associativity', [p, fc.nat(9), k, k], (fa, n, f, g) => [
      same(subject.flatMap(subject.of<number, unknown>(n), f), f(n)),
      same(
        subject.flatMap(fa, (a) => subject.of<number, unknown>(a)),
        fa,
      ),
      same(
        subject.flatMap(subject.flatMap(fa, f), g),
        subject.flatMap(fa, (a) => subject.flatMap(f(a), g)),
      ),
    ]),
    law(
      'applicative: identity, homomorphism, interchange, composition',
      [p, p, p, fc.nat(9), functions],
      (fa, fb, fc, n, f) => {
        type F = Fetch.Fetch<unknown, (m: number) => number>
        const u: F = subject.map((a: number) => (m: number) => 2 * a + m)(fb)
        const v: F = subject.map((a: number) => (m: number) => 3 * a - m)(fc)
        const compose = (g: (m: number) => number) => (h: (m: number) => number) => (m: number) => g(h(m))
        return [
          same(subject.ap(fa)(subject.of<(m: number) => number, unknown>((a) => a)), fa),
          same(
            subject.ap(subject.of<number, unknown>(n))(subject.of<typeof f, unknown>(f)),
            subject.of(f(n)),
          ),
          same(
            subject.ap(subject.of<number, unknown>(n))(u),
            subject.ap(u)(subject.of<(g: (m: number) => number) => number, unknown>((g) => g(n))),
          ),
          same(subject.ap(fa)(subject.ap(v)(subject.map(compose)(u))), subject.ap(subject.ap(fa)(v))(u)),
        ]
      },
    ),
    law('to apply and to bind answer the same', [p, p], (fa, fb) =>
      same(
        subject.both(fa, fb, (a, b) => 2 * a + b),
        subject.flatMap(fa, (a) => subject.map((b: number) => 2 * a + b)(fb)),
      ),
    ),
    law('failures pass maps and binds, and recovery sees them only', [p, k], (fa, f) => [
      same(subject.orElseW((e: unknown) => subject.fail<unknown, number>(e))(fa), fa),
      same(subject.orElseW(() => f(1))(subject.of<number, unknown>(3)), subject.of(3)),
      same(subject.orElseW((e: unknown) => f(e as number))(subject.fail<unknown, number>(2)), f(2)),
      isEq(
        asked(subject, subject.mapLeft((e: unknown) => [e])(fa)),
        E.mapLeft((e) => [e])(asked(subject, fa)),
      ),
    ]),
  ]
}

const reading = (subject: Fetches) => [
  law('a program answers what it should, from left to right', [programs], (p: Program) =>
    isEq(asked(subject, build(subject, p)), answer(p)),
  ),
  law('what is here already changes no answer', [programs, fc.array(fc.nat(11))], (p, here) =>
    isEq(
      asked(
        subject,
        build(subject, p, (n) => here.includes(n)),
      ),
      answer(p),
    ),
  ),
  law('where nothing is missing there is an answer now', [programs], (p) =>
    isEq(subject.now(build(subject, p, () => true)), O.some(answer(p))),
  ),
  law('a program that reads has no answer now', [fc.nat(11)], (n) =>
    isEq<unknown>(subject.now(build(subject, { _tag: 'Load', n })), O.none),
  ),
  law('a round reads all that can be read in it, each once', [sound], (p) => {
    const { seen } = watched(subject, build(subject, p))
    return [
      isEq(
        seen.map((digests) => digests.length),
        seen.map((digests) => new Set(digests).size),
      ),
      isEq(
        seen.map((digests) => new Set(digests)),
        [...rounds(p)],
      ),
    ]
  }),
  law('n independent loads take a round, k dependent ones k', [fc.integer({ min: 1, max: 300 })], (n) => {
    const load = (i: number) =>
      subject.map((bytes: Uint8Array) => bytes[0]!)(subject.block(digestOf(i % THERE)))
    let chain: Fetch.Fetch<unknown, number> = subject.of(0)
    for (let i = 0; i < n; i++)
      chain = subject.flatMap(chain, (a) => subject.map((b: number) => a + b)(load(i)))
    const wide = watched(subject, subject.all(Array.from({ length: n }, (_, i) => load(i))))
    return [isEq(wide.seen.length, 1), isEq(watched(subject, chain).seen.length, n)]
  }),
  law('a blocked computation can be resumed again', [programs], (p) => {
    const end = byHand(subject, build(subject, p))
    return isEq<unknown>(
      end._tag === 'Done' ? E.right(end.value) : E.left((end as Fetch.Failed<unknown>).failure),
      answer(p),
    )
  }),
  law('what a round lacks is missing', [fc.integer({ min: THERE, max: 11 })], (n) =>
    isEq<unknown>(asked(subject, subject.block(digestOf(n))), E.left(missing(digestOf(n)))),
  ),
]

const running = (subject: Fetches) => [
  lawAsync('both interpreters answer and read alike', [programs], async (p) => {
    const { result, seen } = watched(subject, build(subject, p))
    const later: Array<ReadonlyArray<Digest>> = []
    const awaited = await subject.runAsync<never>({
      read: (digests) => async () => {
        await null
        later.push(digests)
        return E.right(digests.map(bytesOf))
      },
    })(build(subject, p))()
    return [isEq(awaited, result), isEq(later, seen)]
  }),
  lawAsync(
    'bytes that do not match are corrupt, but where the source is trusted',
    [fc.nat(9), fc.boolean()],
    async (n, trusted) => {
      const lie = [Uint8Array.from([99])]
      const fetch = () => subject.map((bytes: Uint8Array) => bytes[0])(subject.block(digestOf(n)))
      const now = subject.run<never>({ trusted, read: () => () => E.right(lie) })(fetch())()
      const later = await subject.runAsync<never>({ trusted, read: () => async () => E.right(lie) })(
        fetch(),
      )()
      const told = (either: E.Either<unknown, unknown>) =>
        E.isRight(either) ? either.right : [(either.left as Corrupt)._tag, (either.left as Corrupt).digest]
      const expected = trusted ? 99 : ['Corrupt', digestOf(n)]
      return [isEq<unknown>(told(now), expected), isEq<unknown>(told(later), expected)]
    },
  ),
  lawAsync('a source that fails is a failure', [sound], async (p) => {
    const failed = E.left(storeFailed('read', 'planned'))
    const expected = rounds(p).length === 0 ? answer(p) : failed
    return [
      isEq<unknown>(subject.run({ read: () => () => failed })(build(subject, p))(), expected),
      isEq<unknown>(
        await subject.runAsync({ read: () => async () => failed })(build(subject, p))(),
        expected,
      ),
    ]
  }),
]

export const fetchLaws = (name: string, subject: Fetches): Suite =>
  suite(name, [...instances(subject), ...reading(subject), ...running(subject)])
