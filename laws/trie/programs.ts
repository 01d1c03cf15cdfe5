/** Programs: computations over blocks as data, with what they answer and when they read, worked out by hand. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import { missing } from '../../src/data/Failure.js'
import { hash } from '../../src/data/Hasher.js'
import type * as Fetch from '../../src/trie/Fetch.js'

/** What the laws ask of an implementation. */
export type Fetches = Pick<
  typeof Fetch,
  | 'of'
  | 'fail'
  | 'block'
  | 'defer'
  | 'flatMap'
  | 'map'
  | 'orElseW'
  | 'mapLeft'
  | 'all'
  | 'traverse'
  | 'both'
  | 'ap'
  | 'missing'
  | 'resume'
  | 'now'
  | 'run'
  | 'runAsync'
>

export type Program =
  | { readonly _tag: 'Of'; readonly n: number }
  | { readonly _tag: 'Fail'; readonly n: number }
  | { readonly _tag: 'Load'; readonly n: number }
  | { readonly _tag: 'Later'; readonly of: Program }
  | { readonly _tag: 'Mapped'; readonly of: Program }
  | { readonly _tag: 'Then'; readonly first: Program; readonly second: Program }
  | { readonly _tag: 'Else'; readonly first: Program; readonly second: Program }
  | { readonly _tag: 'All'; readonly parts: ReadonlyArray<Program> }
  | { readonly _tag: 'Both'; readonly first: Program; readonly second: Program }
  | { readonly _tag: 'Ap'; readonly first: Program; readonly second: Program }

/** Blocks 0 to 9 are there, 10 and 11 are not. */
export const THERE = 10
const blocks = Array.from({ length: 12 }, (_, n) => Uint8Array.from([n]))
export const digestOf = (n: number): Digest => digests[n]!
const digests = blocks.map((bytes) => hash(bytes))
export const bytesOf = (digest: Digest): Uint8Array | undefined => {
  const n = digests.indexOf(digest)
  return n < THERE ? blocks[n] : undefined
}

const program = (failing: boolean): fc.Arbitrary<Program> =>
  fc.letrec<{ p: Program }>((tie) => ({
    p: fc.oneof(
      { maxDepth: 6, depthSize: 'medium', withCrossShrink: true },
      {
        weight: 3,
        arbitrary: fc.record({ _tag: fc.constant('Load' as const), n: fc.nat({ max: failing ? 11 : 9 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          _tag: fc.constantFrom(...(failing ? (['Of', 'Fail'] as const) : (['Of'] as const))),
          n: fc.nat(3),
        }),
      },
      { weight: 1, arbitrary: fc.record({ _tag: fc.constantFrom('Later', 'Mapped'), of: tie('p') }) },
      {
        weight: 3,
        arbitrary: fc.record({
          _tag: fc.constantFrom('Then', 'Else', 'Both', 'Ap'),
          first: tie('p'),
          second: tie('p'),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          _tag: fc.constant('All' as const),
          parts: fc.array(tie('p'), { maxLength: 4 }),
        }),
      },
    ),
  })).p as fc.Arbitrary<Program>

/** Programs that may fail. */
export const programs: fc.Arbitrary<Program> = program(true)
/** Programs that cannot. */
export const sound: fc.Arbitrary<Program> = program(false)

/** The program as a computation; `here` says which blocks need not be read. */
export const build = (
  subject: Fetches,
  program: Program,
  here: (n: number) => boolean = () => false,
): Fetch.Fetch<unknown, number> => {
  const go = (p: Program): Fetch.Fetch<unknown, number> => {
    switch (p._tag) {
      case 'Of':
        return subject.of(p.n)
      case 'Fail':
        return subject.fail<unknown>(p.n)
      case 'Load':
        if (!here(p.n)) return subject.map((bytes: Uint8Array) => bytes[0]!)(subject.block(digestOf(p.n)))
        return p.n < THERE ? subject.of(p.n) : subject.fail<unknown>(missing(digestOf(p.n)))
      case 'Later':
        return subject.defer(() => go(p.of))
      case 'Mapped':
        return subject.map((n: number) => n + 1)(go(p.of))
      case 'Then':
        return subject.flatMap(go(p.first), (n) => subject.map((m: number) => 2 * n + m)(go(p.second)))
      case 'Else':
        return subject.orElseW((_: unknown) => go(p.second))(go(p.first))
      case 'All':
        return subject.map((ns: ReadonlyArray<number>) => ns.reduce((a, b) => 3 * a + b, 0))(
          subject.all(p.parts.map(go)),
        )
      case 'Both':
        return subject.both(go(p.first), go(p.second), (n, m) => 2 * n + m)
      case 'Ap':
        return subject.ap(go(p.second))(subject.map((n: number) => (m: number) => 2 * n + m)(go(p.first)))
    }
  }
  return go(program)
}

/** The answer: parts are looked at from left to right, whatever is here and whatever is not. */
export const answer = (p: Program): E.Either<unknown, number> => {
  switch (p._tag) {
    case 'Of':
      return E.right(p.n)
    case 'Fail':
      return E.left(p.n)
    case 'Load':
      return p.n < THERE ? E.right(p.n) : E.left(missing(digestOf(p.n)))
    case 'Later':
      return answer(p.of)
    case 'Mapped':
      return E.map((n: number) => n + 1)(answer(p.of))
    case 'Else': {
      const first = answer(p.first)
      return E.isRight(first) ? first : answer(p.second)
    }
    case 'All': {
      let sum = 0
      for (const part of p.parts) {
        const n = answer(part)
        if (E.isLeft(n)) return n
        sum = 3 * sum + n.right
      }
      return E.right(sum)
    }
    default: {
      const first = answer(p.first)
      if (E.isLeft(first)) return first
      return E.map((m: number) => 2 * first.right + m)(answer(p.second))
    }
  }
}

/** For each round what a program that cannot fail reads in it: binds come one after another, all else at once. */
export const rounds = (program: Program): ReadonlyArray<ReadonlySet<Digest>> => {
  const plan: Array<Set<Digest>> = []
  const go = (p: Program, at: number): number => {
    switch (p._tag) {
      case 'Of':
      case 'Fail':
        return at
      case 'Load': {
        const reads = plan[at] ?? new Set()
        plan[at] = reads.add(digestOf(p.n))
        return at + 1
      }
      case 'Later':
      case 'Mapped':
        return go(p.of, at)
      case 'Then':
        return go(p.second, go(p.first, at))
      case 'Else':
        return go(p.first, at)
      case 'All':
        return Math.max(at, ...p.parts.map((part) => go(part, at)))
      default:
        return Math.max(go(p.first, at), go(p.second, at))
    }
  }
  go(program, 0)
  return plan
}
