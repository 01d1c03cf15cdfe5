/**
 * The process that one subject lives in.
 *
 * Alone there, it is compiled for its own types, as in a program that uses one library, and pays for its own garbage and
 * for nobody else's.
 */
import { calibrate, type Plan, type Prepare, type Timing, visit } from './measure.js'

/** What is said between the bench and that process; `Q` says what to open. */
export type Request<Q> =
  | { readonly ask: 'open'; readonly question: Q }
  | { readonly ask: 'calibrate'; readonly metric: string; readonly plan: Plan }
  | { readonly ask: 'visit'; readonly metric: string; readonly count: number; readonly plan: Plan }

export type Reply =
  | { readonly reply: 'opened'; readonly bytes: number }
  | { readonly reply: 'calibrated'; readonly count: number }
  | { readonly reply: 'visited'; readonly timings: readonly Timing[] }
  | { readonly reply: 'failed'; readonly reason: string }

/** What is measured on a fixture `F`. */
export interface Metric<F> {
  readonly name: string
  /** The most operations in a batch, where making them ready takes memory. */
  readonly most?: number
  /** Makes a batch of operations ready, outside the measured time, and answers the batch. */
  readonly prepare: (fixture: F, count: number) => () => unknown
}

/** A subject that was found to answer rightly. */
export interface Opened<F> {
  readonly fixture: F
  /** Bytes an element, beside what it was built of. */
  readonly bytes: number
}

/** Serves the requests of the parent process. */
export const host = <Q, F>(
  metrics: ReadonlyArray<Metric<F>>,
  open: (question: Q) => Promise<Opened<F>>,
): void => {
  let opened: Opened<F> | undefined

  const metricOf = (name: string): Metric<F> => {
    const found = metrics.find((metric) => metric.name === name)
    if (found === undefined) throw new Error(`no metric ${name}`)
    return found
  }

  const fixtureOf = (): F => {
    if (opened === undefined) throw new Error('nothing is open')
    return opened.fixture
  }

  const answer = async (request: Request<Q>): Promise<Reply> => {
    switch (request.ask) {
      case 'open': {
        opened = await open(request.question)
        return { reply: 'opened', bytes: opened.bytes }
      }
      case 'calibrate': {
        const metric = metricOf(request.metric)
        const ready = fixtureOf()
        const count = calibrate((operations) => metric.prepare(ready, operations), request.plan, metric.most)
        return { reply: 'calibrated', count }
      }
      case 'visit': {
        const metric = metricOf(request.metric)
        const ready = fixtureOf()
        const prepare: Prepare = (count) => {
          const batch = metric.prepare(ready, count)
          // What the preparation and the batch before left behind is not this batch's to clear.
          globalThis.gc!({ type: 'minor' })
          return batch
        }
        return { reply: 'visited', timings: visit(prepare, request.count, request.plan) }
      }
    }
  }

  process.on('message', (request: Request<Q>) => {
    answer(request)
      .catch((error: unknown): Reply => ({ reply: 'failed', reason: String(error) }))
      .then((reply) => process.send!(reply))
  })
}
