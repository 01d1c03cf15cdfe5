/** What a branch costs: the branch itself, many at once, its end, and its first edit. */
import * as E from 'fp-ts/lib/Either.js'
import { plainStart } from '../src/cli/job/copies.js'
import { defaultWorkspace } from '../src/cli/job/places.js'
import { read } from '../src/cli/job/workspace.js'
import type { Bench, Options, Row } from './Bench.js'
import { type Subject, subjects, YARDSTICKS } from './branch/subjects.js'
import { consume, percentile } from './measure.js'

const NAME = 'branch'
const BATCH = 64

/** How much is measured. A turn ends after so many batches, or when its time is over. */
interface Plan {
  readonly rounds: number
  readonly batches: number
  readonly turnMs: number
  readonly warmMs: number
}

const planOf = ({ quick }: Options): Plan =>
  quick
    ? { rounds: 40, batches: 16, turnMs: 20, warmMs: 150 }
    : { rounds: 200, batches: 16, turnMs: 50, warmMs: 500 }

interface Metric {
  readonly name: string
  readonly work: (subject: Subject) => ((batch: unknown[]) => void) | undefined
  /** What of it is undone, in time or out of it. */
  readonly ends: boolean
  readonly percentiles: readonly number[]
}

const metrics: readonly Metric[] = [
  { name: 'branch', work: ({ branch }) => branch, ends: false, percentiles: [50, 95, 99] },
  { name: 'branchMany', work: ({ branchMany }) => branchMany, ends: false, percentiles: [50, 95] },
  { name: 'release', work: ({ branch }) => branch, ends: true, percentiles: [50, 95] },
  { name: 'branch + first edit', work: ({ edit }) => edit, ends: false, percentiles: [50, 95, 99] },
]

const clock = (): number => performance.now()

/** Nanoseconds for each of a batch, for as many batches as a turn has; all of them are alive until its end. */
const turn = (subject: Subject, metric: Metric, batches: number, endMs: number): number[] => {
  const work = metric.work(subject)!
  const alive: unknown[][] = []
  const times: number[] = []
  const timed = (act: () => void): void => {
    const start = process.hrtime.bigint()
    act()
    times.push(Number(process.hrtime.bigint() - start) / BATCH)
  }
  // What others left behind young is not this subject's to clear.
  globalThis.gc!({ type: 'minor' })
  const begun = clock()
  while (alive.length < batches && (alive.length === 0 || clock() - begun < endMs)) {
    const batch = new Array<unknown>(BATCH).fill(null)
    if (metric.ends) work(batch)
    else timed(() => work(batch))
    alive.push(batch)
  }
  for (const batch of alive) {
    if (metric.ends) timed(() => subject.release(batch))
    else subject.release(batch)
  }
  consume(alive)
  return times
}

const compare = (group: readonly Subject[], n: number, plan: Plan, report: (row: Row) => void): void => {
  for (const metric of metrics) {
    const entrants = group
      .filter((subject) => metric.work(subject) !== undefined)
      .filter(({ name }) => !(metric.ends && YARDSTICKS.includes(name)))
      .map((subject) => ({ subject, times: [] as number[] }))
    for (const { subject } of entrants) {
      const begun = clock()
      while (clock() - begun < plan.warmMs) turn(subject, metric, plan.batches, plan.warmMs)
    }
    for (let round = 0; round < plan.rounds; round++) {
      for (let i = 0; i < entrants.length; i++) {
        // Each round starts with another subject, so that none always follows the same neighbour.
        const { subject, times } = entrants[(i + round) % entrants.length]!
        times.push(...turn(subject, metric, plan.batches, plan.turnMs))
      }
    }
    for (const { subject, times } of entrants)
      for (const p of metric.percentiles)
        report({
          bench: NAME,
          subject: subject.name,
          n,
          metric: `${metric.name}, p${p}`,
          unit: 'ns',
          value: percentile(times, p / 100),
        })
  }
}

const run = async (options: Options, report: (row: Row) => void): Promise<void> => {
  const directory = defaultWorkspace()
  const workspace = E.isLeft(directory) ? directory : read(directory.right)
  if (E.isLeft(workspace)) throw new Error(workspace.left)
  const { files, bytes } = workspace.right
  const deepest = files
    .filter(({ content }) => typeof content === 'string')
    .reduce((a, b) => (b.path.length > a.path.length ? b : a))
  const all = subjects(plainStart(workspace.right), deepest.path)
  // Whole copies fill the heap, and everybody else would pay for the collections: they come when all others are done.
  for (const copies of [false, true]) {
    const group = all.filter((subject) => (subject.copies === true) === copies)
    compare(group, bytes, planOf(options), report)
  }
}

export const bench: Bench = {
  name: NAME,
  question: 'What does a branch of a state of n bytes cost, and the first edit of one file in it?',
  notes: [
    `Wall time an operation, over batches of ${BATCH}, garbage collection included; the batches of a turn are alive together.`,
    'Ours is counted and registered in its family; the others are registered in a Map under a UUID, as a user would.',
    'The first edit replaces the text of the file that lies deepest. immer freezes what it makes, as it does by default.',
    `For scale: ${YARDSTICKS.join(' and ')}, one for each branch.`,
  ],
  yardsticks: YARDSTICKS,
  run,
}
