/** The 24 game: from four numbers, by sums, differences, products and quotients, 24. Known from "Tree of Thoughts" (Yao et al. 2023). */
import type * as E from 'fp-ts/lib/Either.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import * as StateReference from '../../branch/StateReference.js'
import type { Failure } from '../../data/Failure.js'
import type { Store } from '../../store/Store.js'
import type { Move, Problem } from '../../superposition/search/Problem.js'
import * as State from '../../trie/State.js'

/** A number as a ratio in lowest terms, and how it came to be. */
interface Term {
  readonly n: number
  readonly d: number
  readonly text: string
}

const Terms: t.Type<ReadonlyArray<Term>, unknown> = t.readonlyArray(
  t.type({ n: t.number, d: t.number, text: t.string }),
)

const GOAL = 24

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b))

const ratio = (n: number, d: number, text: string): Term => {
  const g = gcd(n, d) * Math.sign(d)
  return { n: n / g, d: d / g, text }
}

const combined = (a: Term, b: Term): ReadonlyArray<readonly [string, Term]> => {
  const made: Array<readonly [string, Term]> = [
    ['+', ratio(a.n * b.d + b.n * a.d, a.d * b.d, `(${a.text} + ${b.text})`)],
    ['-', ratio(a.n * b.d - b.n * a.d, a.d * b.d, `(${a.text} - ${b.text})`)],
    ['*', ratio(a.n * b.n, a.d * b.d, `(${a.text} * ${b.text})`)],
  ]
  if (b.n !== 0) made.push([':', ratio(a.n * b.d, a.d * b.n, `(${a.text} : ${b.text})`)])
  return made
}

/** What can be made of some numbers in one step. */
const steps = (terms: ReadonlyArray<Term>): ReadonlyArray<readonly [label: string, ReadonlyArray<Term>]> =>
  terms.flatMap((a, i) =>
    terms.flatMap((b, j) => {
      if (i === j) return []
      const rest = terms.filter((_, k) => k !== i && k !== j)
      return combined(a, b).map(([sign, term]) => [`${i}${sign}${j}`, [...rest, term]] as const)
    }),
  )

export const isGoal = ({ n, d }: Term): boolean => d === 1 && n === GOAL

/** Whether 24 can be made: the solver. */
export const solvable = (terms: ReadonlyArray<Term>): boolean =>
  terms.length === 1 ? isGoal(terms[0]!) : steps(terms).some(([, next]) => solvable(next))

export const termsOf = (numbers: ReadonlyArray<number>): ReadonlyArray<Term> =>
  numbers.map((n) => ({ n, d: 1, text: String(n) }))

export const start = (numbers: ReadonlyArray<number>): E.Either<Failure, State.State> =>
  State.fromJson({ terms: termsOf(numbers) })

export const read = <S extends Store>(
  reference: StateReference.StateReference<S>,
): TE.TaskEither<Failure, ReadonlyArray<Term>> =>
  T.fromIO(StateReference.ask(State.at(['terms'], Terms))(reference))

/** How promising some numbers are: in how many ways they lead to 24 by the last but one step. */
const promise = (terms: ReadonlyArray<Term>): number => {
  if (terms.length === 1) return isGoal(terms[0]!) ? 1 : 0
  const next = steps(terms).map(([, after]) => after)
  if (terms.length === 2) return next.some(([term]) => isGoal(term!)) ? 1 : 0
  return next.reduce((sum, after) => sum + promise(after), 0)
}

const scored = <S extends Store>(
  reference: StateReference.StateReference<S>,
): TE.TaskEither<Failure, number> => TE.map(promise)(read(reference))

/** One step is a move. */
export const problem = <S extends Store>(): Problem<S, Failure> => ({
  expand: (reference) =>
    TE.map((terms: ReadonlyArray<Term>) =>
      steps(terms).map(([label, next]): Move<Failure> => ({ label, apply: State.set(['terms'], next) })),
    )(read(reference)),
  score: scored,
})

/** Chance decides all steps: one move is a whole attempt. */
export const attempts = <S extends Store>(below: (n: number) => number): Problem<S, Failure> => ({
  expand: (reference) =>
    TE.map((terms: ReadonlyArray<Term>): ReadonlyArray<Move<Failure>> => {
      let end = terms
      while (end.length > 1) {
        const next = steps(end)
        end = next[below(next.length)]![1]
      }
      return [{ label: 'played', apply: State.set(['terms'], end) }]
    })(read(reference)),
  // What found nothing is not out of the question: there may be nothing better.
  score: (reference) => TE.map((score: number) => score + 1e-3)(scored(reference)),
})
