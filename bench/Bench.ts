/**
 * A `Bench` answers one question about cost with figures, ours and the peers' from the same run.
 *
 * It reports rows and prints nothing: how a row is shown or stored is the runner's business.
 */

/** One figure: what `subject` needed for `metric` at size `n`. Ours stands under the subject `coppice`. */
export interface Row {
  readonly bench: string
  readonly subject: string
  readonly n: number
  readonly metric: string
  /** A unit that ends in `/s` is a rate, where more is better; in every other unit less is better. */
  readonly unit: string
  readonly value: number
}

export interface Options {
  /** Fewer sizes and rounds: under a minute, at the price of more noise. */
  readonly quick: boolean
}

export interface Bench {
  readonly name: string
  readonly question: string
  /** How to read the figures: what is measured, what was left out and why. One line each, printed below the table. */
  readonly notes?: readonly string[]
  /** Subjects that give the scale but do not do the same job, so that "best peer" never means one of them. */
  readonly yardsticks?: readonly string[]
  readonly run: (options: Options, report: (row: Row) => void) => Promise<void>
}

/** The subject under which our own figures are reported. */
export const OURS = 'coppice'

export const higherIsBetter = (unit: string): boolean => unit.endsWith('/s')
