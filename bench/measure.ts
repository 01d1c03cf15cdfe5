/**
 * Time of small operations: batches long enough for the clock, rounds interleaved over the subjects, medians.
 *
 * CPU time counts all threads of the process, so work that the engine hands to its compiler and collector threads is
 * paid by whoever caused it, and a neighbour that takes the core away costs nothing. Wall time is beside it for work
 * that waits.
 */

/** Nanoseconds. */
export interface Timing {
  readonly cpu: number
  readonly wall: number
}

/** Does an operation `count` times and answers something that depends on the results. */
export type Work = (count: number) => unknown

/** Makes `count` operations ready, outside the measured time, and answers the batch that does them. */
export type Prepare = (count: number) => () => unknown

/** One subject of a comparison; its work may run in this process or in another. */
export interface Contestant {
  readonly subject: string
  /** Warms up and answers how many operations fill a batch. */
  readonly calibrate: (plan: Plan) => number | Promise<number>
  /** Times batches of `count` operations, as `visit` does. */
  readonly visit: (count: number, plan: Plan) => readonly Timing[] | Promise<readonly Timing[]>
}

export interface Plan {
  /** How often each subject has its turn. */
  readonly rounds: number
  /** Timed batches in a turn; the median over those of all turns counts. */
  readonly batches: number
  /** What one batch should last, in milliseconds; far above the microsecond that the CPU clock resolves. */
  readonly batchMs: number
  /** How long an operation runs before it counts, so that the optimising compiler is done with it. */
  readonly warmMs: number
  /** A subject that has used this many milliseconds in `LEAST_ROUNDS` rounds or more has no further turn. */
  readonly budgetMs: number
}

export const plan = (quick: boolean): Plan =>
  quick
    ? { rounds: 3, batches: 2, batchMs: 4, warmMs: 20, budgetMs: 60 }
    : { rounds: 7, batches: 3, batchMs: 30, warmMs: 200, budgetMs: 3000 }

/** The fewest turns of which a middle one still throws an outlier away on both sides. */
const LEAST_ROUNDS = 3

const MOST_OPERATIONS = 1 << 24

// A result that nobody can prove unused, so that no work is optimised away.
const sink: { last: unknown } = { last: undefined }

export const consume = (result: unknown): void => {
  sink.last = result
}

export const time = (work: () => unknown): Timing => {
  const cpu = process.cpuUsage()
  const wall = process.hrtime.bigint()
  consume(work())
  const wallSpent = Number(process.hrtime.bigint() - wall)
  const spent = process.cpuUsage(cpu)
  return { cpu: (spent.user + spent.system) * 1000, wall: wallSpent }
}

/** One and the same operation, again and again. */
export const repeat =
  (operation: () => unknown): Work =>
  (count) => {
    let last: unknown
    for (let done = 0; done < count; done++) last = operation()
    return last
  }

/** A batch of it. */
export const repeated = (count: number, operation: () => unknown): (() => unknown) => {
  const work = repeat(operation)
  return () => work(count)
}

/** How many operations fill a batch, found by running them until the warm-up is over. */
export const calibrate = (prepare: Prepare, { batchMs, warmMs }: Plan, most = MOST_OPERATIONS): number => {
  const batch = batchMs * 1e6
  const warm = performance.now() + warmMs
  let count = 1
  while (true) {
    const { wall } = time(prepare(count))
    const fitting = Math.max(1, Math.min(most, Math.round((count * batch) / Math.max(wall, 1))))
    // The first calls run in the interpreter: what they suggest is far below a batch, and is checked by doing it.
    if (performance.now() >= warm && fitting <= 2 * count) return fitting
    count = Math.min(fitting, count * 8)
  }
}

/** A batch that lasts this many times what it should has warmed the caches before it is half through. */
const LONG = 2

/**
 * One turn: a batch that brings the subject's data and code back into the processor's caches, and then the timed ones.
 * Where one operation is longer than a batch, the first one counts already.
 */
export const visit = (prepare: Prepare, count: number, { batches, batchMs }: Plan): readonly Timing[] => {
  const first = time(prepare(count))
  if (first.cpu >= LONG * batchMs * 1e6) return [first]
  return Array.from({ length: batches }, () => time(prepare(count)))
}

/** A contestant whose work runs in this process. */
export const local = (subject: string, work: Work): Contestant => {
  const prepare: Prepare = (count) => () => work(count)
  return {
    subject,
    calibrate: (settings) => calibrate(prepare, settings),
    visit: (count, settings) => visit(prepare, count, settings),
  }
}

/** Every contestant in turn, round after round; the timings are nanoseconds an operation. */
export const interleave = async (
  contestants: readonly Contestant[],
  settings: Plan,
): Promise<ReadonlyMap<string, readonly Timing[]>> => {
  const entrants: { contestant: Contestant; count: number; timings: Timing[]; spentMs: number }[] = []
  for (const contestant of contestants) {
    entrants.push({ contestant, count: await contestant.calibrate(settings), timings: [], spentMs: 0 })
  }
  for (let round = 0; round < settings.rounds; round++) {
    for (let turn = 0; turn < entrants.length; turn++) {
      // Each round starts with another subject, so that none always follows the same neighbour.
      const entrant = entrants[(turn + round) % entrants.length]!
      if (round >= LEAST_ROUNDS && entrant.spentMs >= settings.budgetMs) continue
      for (const { cpu, wall } of await entrant.contestant.visit(entrant.count, settings)) {
        entrant.timings.push({ cpu: cpu / entrant.count, wall: wall / entrant.count })
        entrant.spentMs += wall / 1e6
      }
    }
  }
  return new Map(entrants.map(({ contestant, timings }) => [contestant.subject, timings]))
}

/** The smallest value that at least the fraction `p` of all values does not exceed (nearest rank). */
export const percentile = (values: readonly number[], p: number): number => {
  if (values.length === 0) return Number.NaN
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1))]!
}

export const median = (values: readonly number[]): number => {
  if (values.length === 0) return Number.NaN
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
