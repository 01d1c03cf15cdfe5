/**
 * A `Thunk<A>` is a value computed at most once, on demand.
 *
 * A chain of a hundred thousand binds is forced in constant stack. A computation that throws is not remembered: the
 * next force tries again. A thunk that needs its own value has none: forcing it throws.
 *
 * Laws (`coppice/laws`, `thunkLaws`): functor, applicative, monad; at most once; `force(of(a))` is `a`; deep chains.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Thunk } from 'coppice'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * let runs = 0
 * const answer = pipe(Thunk.lazy(() => ++runs), Thunk.map((n) => n + 41))
 * assert.deepStrictEqual([Thunk.force(answer), Thunk.force(answer), runs], [42, 42, 1])
 * ```
 */
import type { Applicative1 } from 'fp-ts/lib/Applicative.js'
import type { Comonad1 } from 'fp-ts/lib/Comonad.js'
import type { Functor1 } from 'fp-ts/lib/Functor.js'
import type { Monad1 } from 'fp-ts/lib/Monad.js'

declare const valueType: unique symbol

export interface Thunk<A> {
  readonly _tag: 'Thunk'
  readonly [valueType]?: () => A
}

export const URI = 'coppice/Thunk'
export type URI = typeof URI

declare module 'fp-ts/HKT' {
  interface URItoKind<A> {
    readonly [URI]: Thunk<A>
  }
}

/** Either a value, or a computation: of its own (`source` is null), or of another thunk's value. */
class Suspension {
  readonly _tag = 'Thunk'
  forced: boolean
  value: unknown
  source: Suspension | null
  step: ((value: unknown) => unknown) | null
  /** Whether `step` answers a thunk, whose value is the value. */
  readonly binds: boolean
  /** Whether it is being forced and waits for another. */
  waits = false
  constructor(
    forced: boolean,
    value: unknown,
    source: Suspension | null,
    step: ((value: unknown) => unknown) | null,
    binds: boolean,
  ) {
    this.forced = forced
    this.value = value
    this.source = source
    this.step = step
    this.binds = binds
  }
}

const inside = <A>(thunk: Thunk<A>): Suspension => thunk as unknown as Suspension
const outside = <A>(suspension: Suspension): Thunk<A> => suspension as unknown as Thunk<A>

/** A value that is there already. @category constructors */
export const of = <A>(value: A): Thunk<A> => outside(new Suspension(true, value, null, null, false))

/** A value that is computed when it is first asked for. @category constructors */
export const lazy = <A>(compute: () => A): Thunk<A> =>
  outside(new Suspension(false, undefined, null, compute, false))

/** A thunk that is made when it is first asked for. @category constructors */
export const defer = <A>(make: () => Thunk<A>): Thunk<A> =>
  outside(new Suspension(false, undefined, null, make, true))

const settle = (suspension: Suspension, value: unknown): void => {
  suspension.value = value
  suspension.forced = true
  // What it was made from may be large and is not needed any more.
  suspension.source = null
  suspension.step = null
}

/** The value. Amortised O(1); what the computation throws is thrown. @category destructors */
export const force = <A>(thunk: Thunk<A>): A => {
  // Suspensions that wait: for their source's value, or, after a bind, for the value of the thunk that it answered.
  const waiting: Array<{ readonly suspension: Suspension; readonly inner: Suspension | null }> = []
  try {
    return run(inside(thunk), waiting) as A
  } finally {
    for (const { suspension } of waiting) suspension.waits = false
  }
}

const run = (
  root: Suspension,
  waiting: Array<{ readonly suspension: Suspension; readonly inner: Suspension | null }>,
): unknown => {
  let current = root
  const waitFor = (other: Suspension, inner: Suspension | null): void => {
    if (other.waits || other === current) throw new Error('a thunk that needs its own value')
    current.waits = true
    waiting.push({ suspension: current, inner })
    current = other
  }
  for (;;) {
    if (!current.forced) {
      if (current.source !== null && !current.source.forced) {
        waitFor(current.source, null)
        continue
      }
      const result = current.step!(current.source?.value)
      if (current.binds) {
        waitFor(result as Suspension, result as Suspension)
        continue
      }
      settle(current, result)
    }
    const top = waiting.pop()
    if (top === undefined) return root.value
    current = top.suspension
    current.waits = false
    if (top.inner !== null) settle(current, top.inner.value)
  }
}

/** Whether the value is there. @category destructors */
export const isForced = <A>(thunk: Thunk<A>): boolean => inside(thunk).forced

/** @category combinators */
export const map =
  <A, B>(f: (a: A) => B) =>
  (thunk: Thunk<A>): Thunk<B> =>
    outside(new Suspension(false, undefined, inside(thunk), f as (value: unknown) => unknown, false))

/** @category combinators */
export const chain =
  <A, B>(f: (a: A) => Thunk<B>) =>
  (thunk: Thunk<A>): Thunk<B> =>
    outside(new Suspension(false, undefined, inside(thunk), f as (value: unknown) => unknown, true))

/** @category combinators */
export const ap =
  <A>(fa: Thunk<A>) =>
  <B>(fab: Thunk<(a: A) => B>): Thunk<B> =>
    chain((f: (a: A) => B) => map(f)(fa))(fab)

/** @category instances */
export const Functor: Functor1<URI> = { URI, map: (fa, f) => map(f)(fa) }

/** @category instances */
export const Applicative: Applicative1<URI> = { ...Functor, of, ap: (fab, fa) => ap(fa)(fab) }

/** @category instances */
export const Monad: Monad1<URI> = { ...Applicative, chain: (fa, f) => chain(f)(fa) }

/** @category instances */
export const Comonad: Comonad1<URI> = {
  ...Functor,
  extract: force,
  extend: (wa, f) => lazy(() => f(wa)),
}
