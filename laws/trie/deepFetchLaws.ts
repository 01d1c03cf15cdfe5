/**
 * Long chains: each shape of a hundred thousand steps is run in constant stack. An implementation that takes steps in
 * the square of the length does not come to an end.
 */
import * as E from 'fp-ts/lib/Either.js'
import type * as Fetch from '../../src/trie/Fetch.js'
import { fact, isEq, type Suite, suite } from '../Law.js'
import { bytesOf, digestOf, type Fetches, THERE } from './programs.js'

type Numbers = Fetch.Fetch<unknown, number>

const DEEP = 100_000

/** Chains of `n` by the way they are built; each answers `n`. */
const shapes = (subject: Fetches): Readonly<Record<string, (n: number) => Numbers>> => {
  const one = subject.map((bytes: Uint8Array) => bytes[0]!)(subject.block(digestOf(1)))
  const plus = (fetch: Numbers, step: (a: number) => Numbers): Numbers => subject.flatMap(fetch, step)
  const fold = (n: number, start: Numbers, step: (fetch: Numbers) => Numbers): Numbers => {
    let result = start
    for (let i = 0; i < n; i++) result = step(result)
    return result
  }
  const right = (n: number, a: number, step: (next: () => Numbers) => Numbers): Numbers =>
    n === 0 ? subject.of(a) : step(() => right(n - 1, a + 1, step))
  const inner = (n: number, step: (next: () => Numbers) => Numbers): Numbers =>
    n === 0 ? subject.of(0) : step(() => inner(n - 1, step))
  const increment = subject.map((a: number) => a + 1)
  return {
    'dependent loads, bound on the left': (n) =>
      fold(n, subject.of(0), (f) => plus(f, (a) => subject.map((b: number) => a + b)(one))),
    'dependent loads, bound on the right': (n) => right(n, 0, (next) => plus(one, next)),
    'dependent loads, each bound inside the one before': (n) =>
      inner(n, (next) => plus(plus(one, next), (a) => subject.of(a + 1))),
    'binds of one load': (n) => fold(n, subject.map(() => 0)(one), (f) => plus(f, (a) => subject.of(a + 1))),
    'maps of one load': (n) => fold(n, subject.map(() => 0)(one), increment),
    'maps of what is here': (n) => fold(n, subject.of(0), increment),
    'a loop of binds of what is here': (n) => right(n, 0, (next) => plus(subject.of(0), next)),
    'a loop of binds that is not in tail position': (n) =>
      inner(n, (next) => increment(plus(subject.of(0), next))),
    'a loop that is put off': (n) => right(n, 0, (next) => subject.defer(next)),
    'a loop that is put off and mapped': (n) => inner(n, (next) => increment(subject.defer(next))),
    'recoveries of one load': (n) =>
      subject.orElseW((e: unknown) => subject.of((e as number) + 1))(
        fold(
          n - 1,
          plus(one, () => subject.fail<unknown, number>(0)),
          (f) => subject.orElseW((e: unknown) => subject.fail<unknown, number>((e as number) + 1))(f),
        ),
      ),
    'a loop of recoveries': (n) =>
      right(n, 0, (next) => subject.orElseW((_: unknown) => next())(subject.fail<unknown, number>(0))),
    'applications on the left': (n) => fold(n, subject.of(0), (f) => subject.both(f, one, (a, b) => a + b)),
    'applications on the right': (n) => fold(n, subject.of(0), (f) => subject.both(one, f, (a, b) => a + b)),
    'one wide application': (n) =>
      subject.map((ones: ReadonlyArray<number>) => ones.length)(subject.all(new Array<Numbers>(n).fill(one))),
  }
}

const ask = (subject: Fetches, fetch: Numbers, read: () => void = () => {}): unknown => {
  const answer = subject.run<never>({
    trusted: true,
    read: (digests) => () => {
      read()
      return E.right(digests.map(bytesOf))
    },
  })(fetch)()
  return E.isRight(answer) ? answer.right : answer.left
}

const attempt = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (e) {
    return String(e)
  }
}

export const deepFetchLaws = (name: string, subject: Fetches, deep: number = DEEP): Suite => {
  const each = Object.entries(shapes(subject))
  return suite(name, [
    ...each.map(([shape, make]) =>
      fact(`a long chain does not fill the stack: ${shape}`, () =>
        isEq(
          attempt(() => ask(subject, make(deep))),
          deep,
        ),
      ),
    ),
    fact('k dependent loads call each continuation once', () => {
      const k = 500
      let calls = 0
      let rounds = 0
      const loads = (n: number): Numbers =>
        n === 0
          ? subject.of(0)
          : subject.flatMap(subject.block(digestOf(n % THERE)), () => {
              calls++
              return loads(n - 1)
            })
      ask(subject, loads(k), () => rounds++)
      return [isEq(calls, k), isEq(rounds, k)]
    }),
  ])
}
