/**
 * A `Law` is a named, checkable equation; a `Suite` is the set of laws that one thing obeys.
 *
 * A suite is made from the instance under test and knows no test runner: `checkAll` hands each law to whatever
 * `test(name, body)` function it is given, `run` checks one and answers fast-check's details, and `rejected` names
 * the laws that an implementation breaks, which is how each law is shown to be worth something.
 */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'

/** Both sides of an equation, kept, so that a failure shows them. */
export interface IsEq {
  readonly left: unknown
  readonly right: unknown
  readonly equal: boolean
}

/** `left` equals `right`, by `equals` or else by structure. */
export const isEq = <A>(left: A, right: A, equals: (x: A, y: A) => boolean = isDeepStrictEqual): IsEq => ({
  left,
  right,
  equal: equals(left, right),
})

/** A condition, for laws that are not equations. */
export const holds = (condition: boolean, otherwise: string): IsEq => ({
  left: condition ? 'holds' : otherwise,
  right: 'holds',
  equal: condition,
})

export interface Law {
  readonly name: string
  readonly property: fc.IRawProperty<unknown, boolean>
  /** It has one instance, so one run is as good as many. */
  readonly once?: boolean
}

export interface Suite {
  readonly name: string
  readonly laws: ReadonlyArray<Law>
}

type Verdict = IsEq | ReadonlyArray<IsEq>

const judge = (verdict: Verdict): void => {
  for (const sides of Array.isArray(verdict) ? (verdict as ReadonlyArray<IsEq>) : [verdict as IsEq]) {
    if (!sides.equal) {
      throw new Error(
        `not equal:\n  left:  ${fc.stringify(sides.left)}\n  right: ${fc.stringify(sides.right)}`,
      )
    }
  }
}

/** A law over arbitraries: for every drawn input, the sides are equal. */
export const law = <T extends [unknown, ...unknown[]]>(
  name: string,
  arbitraries: { readonly [K in keyof T]: fc.Arbitrary<T[K]> },
  equation: (...inputs: T) => Verdict,
): Law => ({
  name,
  property: fc.property(...arbitraries, (...inputs: T) =>
    judge(equation(...inputs)),
  ) as unknown as Law['property'],
})

/** The same, where the equation must be awaited. */
export const lawAsync = <T extends [unknown, ...unknown[]]>(
  name: string,
  arbitraries: { readonly [K in keyof T]: fc.Arbitrary<T[K]> },
  equation: (...inputs: T) => Promise<Verdict>,
): Law => ({
  name,
  property: fc.asyncProperty(...arbitraries, async (...inputs: T) =>
    judge(await equation(...inputs)),
  ) as unknown as Law['property'],
})

/** A law that has one instance only, checked once a run. */
export const fact = (name: string, equation: () => Verdict): Law => ({
  ...law(name, [fc.constant(null)], () => equation()),
  once: true,
})

/** Suites together, each law once by name. */
export const suite = (name: string, laws: ReadonlyArray<Law>, ...parents: ReadonlyArray<Suite>): Suite => ({
  name,
  laws: [...new Map([...parents.flatMap((p) => p.laws), ...laws].map((l) => [l.name, l])).values()],
})

const runs = Number(process.env['COPPICE_RUNS'] ?? 1)

/** Checks one law. `COPPICE_RUNS` multiplies the number of runs (default 100), `COPPICE_SEED` fixes the seed. */
export const run = async (
  law: Law,
  numRuns = 100,
  parameters: fc.Parameters<unknown> = {},
): Promise<fc.RunDetails<unknown>> => {
  const seed = process.env['COPPICE_SEED']
  return fc.check(law.property, {
    ...parameters,
    numRuns: law.once === true ? 1 : Math.max(1, Math.round(numRuns * runs)),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  })
}

/** Hands every law to a test runner's `test`. A failure prints its seed, path and smallest counterexample. */
export const checkAll = (
  suite: Suite,
  test: (name: string, body: () => Promise<void>) => void,
  numRuns = 100,
): void => {
  for (const law of suite.laws) {
    test(`${suite.name}: ${law.name}`, async () => {
      const details = await run(law, numRuns)
      if (!details.failed) return
      const message = await fc.asyncDefaultReportMessage(details)
      throw new Error(message, { cause: details.errorInstance })
    })
  }
}

/**
 * The names of the laws that fail: what a broken implementation is rejected by. Always on the same inputs, unless
 * `COPPICE_SEED` says others: that a law has a counterexample is shown once, and is not left to luck.
 */
export const rejected = async (suite: Suite, numRuns = 200): Promise<ReadonlyArray<string>> => {
  const names: Array<string> = []
  for (const law of suite.laws) {
    // That it fails is all that is asked, not how small the counterexample can be.
    if ((await run(law, numRuns, { endOnFailure: true, seed: 1 })).failed) names.push(law.name)
  }
  return names
}
