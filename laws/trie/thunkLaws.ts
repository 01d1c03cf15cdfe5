/** Values computed on demand: monad and comonad, at most once, failures not kept, and chains of any length. */
import fc from 'fast-check'
import type * as Thunk from '../../src/trie/Thunk.js'
import { fact, type IsEq, isEq, law, type Suite, suite } from '../Law.js'

/** What the laws ask of an implementation. */
export type Thunks = Pick<
  typeof Thunk,
  'of' | 'lazy' | 'defer' | 'force' | 'isForced' | 'map' | 'chain' | 'ap' | 'Comonad'
>

const DEEP = 100_000

const functions = fc.func<[number], number>(fc.nat(9))

type Numbers = Thunk.Thunk<number>

const attempt = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (e) {
    return String(e)
  }
}

const chains = (subject: Thunks): Readonly<Record<string, (n: number) => Numbers>> => {
  const fold = (n: number, step: (thunk: Numbers) => Numbers): Numbers => {
    let result = subject.lazy(() => 0)
    for (let i = 0; i < n; i++) result = step(result)
    return result
  }
  const loop = (n: number, a: number): Numbers =>
    n === 0 ? subject.of(a) : subject.chain((b: number) => loop(n - 1, a + b))(subject.lazy(() => 1))
  const deferred = (n: number, a: number): Numbers =>
    n === 0 ? subject.of(a) : subject.defer(() => deferred(n - 1, a + 1))
  return {
    maps: (n) =>
      fold(
        n,
        subject.map((a: number) => a + 1),
      ),
    'binds on the left': (n) =>
      fold(
        n,
        subject.chain((a: number) => subject.lazy(() => a + 1)),
      ),
    'binds on the right': (n) => loop(n, 0),
    'what is put off': (n) => deferred(n, 0),
    applications: (n) => fold(n, (thunk) => subject.ap(thunk)(subject.lazy(() => (a: number) => a + 1))),
  }
}

export const thunkLaws = (name: string, subject: Thunks, deep: number = DEEP): Suite => {
  const same = (x: Numbers, y: Numbers): IsEq => isEq(subject.force(x), subject.force(y))
  const thunks = fc
    .tuple(fc.nat(9), fc.constantFrom('of', 'lazy', 'defer'))
    .map(
      ([n, how]): Numbers =>
        how === 'of'
          ? subject.of(n)
          : how === 'lazy'
            ? subject.lazy(() => n)
            : subject.defer(() => subject.lazy(() => n)),
    )
  const kleislis = functions.map((f) => (n: number) => subject.lazy(() => f(n)))
  return suite(name, [
    law('functor: identity and composition', [thunks, functions, functions], (fa, f, g) => [
      same(subject.map((a: number) => a)(fa), fa),
      same(subject.map(g)(subject.map(f)(fa)), subject.map((a: number) => g(f(a)))(fa)),
    ]),
    law(
      'monad: left and right identity, associativity',
      [thunks, fc.nat(9), kleislis, kleislis],
      (fa, n, f, g) => [
        same(subject.chain(f)(subject.of(n)), f(n)),
        same(subject.chain((a: number) => subject.of(a))(fa), fa),
        same(
          subject.chain(g)(subject.chain(f)(fa)),
          subject.chain((a: number) => subject.chain(g)(f(a)))(fa),
        ),
      ],
    ),
    law('to apply is to bind', [thunks, functions], (fa, f) =>
      same(subject.ap(fa)(subject.lazy(() => f)), subject.map(f)(fa)),
    ),
    law(
      'comonad: extract of extend, extend of extract, associativity',
      [thunks, functions, functions],
      (fa, f, g) => {
        const { extract, extend } = subject.Comonad
        const onF = (w: Numbers) => f(extract(w))
        const onG = (w: Numbers) => g(extract(w))
        return [
          isEq(extract(extend(fa, onF)), onF(fa)),
          same(extend(fa, extract), fa),
          same(
            extend(extend(fa, onF), onG),
            extend(fa, (w) => onG(extend(w, onF))),
          ),
          isEq(extract(subject.of(1)), 1),
        ]
      },
    ),
    law('nothing runs before it is asked for, and then once', [fc.integer({ min: 1, max: 4 })], (times) => {
      const runs = { lazy: 0, map: 0, chain: 0, defer: 0 }
      const a = subject.lazy(() => ++runs.lazy)
      const b = subject.map((n: number) => n + ++runs.map)(a)
      const c = subject.chain((n: number) => {
        runs.chain++
        return subject.lazy(() => n)
      })(b)
      const d = subject.defer(() => {
        runs.defer++
        return c
      })
      const before = { ...runs }
      const values = Array.from({ length: times }, () => [d, c, b, a].map((thunk) => subject.force(thunk)))
      return [
        isEq(before, { lazy: 0, map: 0, chain: 0, defer: 0 }),
        isEq(runs, { lazy: 1, map: 1, chain: 1, defer: 1 }),
        isEq(
          values,
          values.map(() => [2, 2, 2, 1]),
        ),
        isEq([a, b, c, d].map(subject.isForced), [true, true, true, true]),
      ]
    }),
    law('a value that is undefined is a value', [fc.constantFrom(undefined, null, 0, false)], (value) => {
      let runs = 0
      const thunk = subject.lazy(() => {
        runs++
        return value
      })
      subject.force(thunk)
      return [isEq<unknown>(subject.force(thunk), value), isEq(runs, 1)]
    }),
    law(
      'what throws is tried again, and what came before it is kept',
      [fc.integer({ min: 1, max: 4 })],
      (failures) => {
        let runs = 0
        let sources = 0
        const source = subject.lazy(() => ++sources)
        const thunk = subject.map((n: number) => {
          if (++runs <= failures) throw new Error('not yet')
          return n + 1
        })(source)
        const tries = Array.from({ length: failures }, () => attempt(() => subject.force(thunk)))
        return [
          isEq<unknown>(
            tries,
            tries.map(() => 'Error: not yet'),
          ),
          isEq(subject.force(thunk), 2),
          isEq(sources, 1),
        ]
      },
    ),
    ...Object.entries(chains(subject)).map(([shape, make]) =>
      fact(`a long chain does not fill the stack: ${shape}`, () =>
        isEq(
          attempt(() => subject.force(make(deep))),
          deep,
        ),
      ),
    ),
  ])
}
