/** What it costs to free many blocks, beside what it cost to put them. */
import { must } from '../../src/cli/job/agents.js'
import type { Digest } from '../../src/index.js'
import { inside } from '../../src/store/LmdbStore.js'
import { OURS } from '../Bench.js'
import { median, percentile } from '../measure.js'
import { inDirectory } from '../store/directory.js'
import type { Figure } from '../store/Figure.js'
import { open } from '../store/peers/coppice.js'
import { countedIn } from './counted.js'
import { watching } from './pauses.js'
import { Trace } from './trace.js'

/** Blocks of a commit: many where all is freed in one go, as many as a slice frees where it is done in slices. */
const MANY = 1000
const FEW = 50
/** Blocks that warm the code up. */
const WARM = 5000
const NONE_GOES = 0
const BOUNDS = { blocks: 256, milliseconds: 0.5 }

const SLICED = 'in slices'
const EAGER = 'lmdb, counts inside'

interface Spent {
  readonly cpu: number
  readonly wall: number
}

const spending = async (work: () => unknown): Promise<Spent> => {
  const before = process.cpuUsage()
  const start = performance.now()
  await work()
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / 1000, wall }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const garbage = async (n: number): Promise<ReadonlyArray<Figure>> => {
  const all = async (n: number): Promise<ReadonlyArray<Figure>> => [
    ...(await ours(OURS, n, MANY)),
    ...(await ours(SLICED, n, FEW)),
    ...(await eager(n)),
  ]
  await all(WARM)
  return all(n)
}

const ours = (subject: string, n: number, size: number): Promise<ReadonlyArray<Figure>> =>
  inDirectory(async (directory) => {
    const figures: Figure[] = []
    const store = await open(directory)
    const trace = new Trace(NONE_GOES, size)
    const put = { cpu: 0, wall: 0 }
    const roots: Digest.Digest[] = []
    // Counts that are in memory are brought up to date by each commit.
    const learning: number[] = []
    if (subject === SLICED) {
      must(store.ledger)
      const counts = inside(store).disk.counts!
      const absorb = counts.absorb.bind(counts)
      const settle = counts.settle.bind(counts)
      let start = 0
      counts.absorb = (log) => {
        start = performance.now()
        absorb(log)
      }
      counts.settle = (epoch, time) => {
        settle(epoch, time)
        learning.push(performance.now() - start)
      }
    }
    for (let i = 0; i < n; i += size) {
      const bytes = trace.bytes()
      const { cpu, wall } = await spending(() => {
        const { transaction } = trace.step(bytes)
        roots.push(transaction.pins![0]!)
        must(store.transact(transaction))
      })
      put.cpu += cpu
      put.wall += wall
    }
    // Later it counts sweeps, too.
    const learned = median(learning) * learning.length
    const fold = await spending(() => must(store.count(roots[0]!)))
    const known = await spending(() => must(store.count(roots[0]!)))
    must(store.transact({ unpins: roots }))
    const { collectable, held } = watching(store)
    const freeing = await spending(async () => {
      if (subject === OURS) must(store.collect)
      else
        for (let done = false; !done; await turn()) {
          const slice = await collectable.slice(BOUNDS)()
          if (slice._tag === 'Left') throw new Error(`a slice failed: ${slice.left._tag}`)
          done = slice.right.done
        }
    })
    const { freed, blocks } = must(store.stats)
    if (blocks > 0 || freed.freed !== n) throw new Error(`${blocks} blocks were left`)
    await store.close()
    const figure = (metric: string, unit: string, value: number): number =>
      figures.push({ subject, n, metric, unit, value })
    figure('put, CPU a block', 'µs', (1000 * put.cpu) / n)
    figure('put, wall', 'ms', put.wall)
    const counting = subject === SLICED ? learned : fold.cpu - known.cpu
    figure('counting, CPU a block', 'µs', (1000 * counting) / n)
    figure('counting/put, CPU', '%', (100 * counting) / put.cpu)
    figure('sweep, CPU a block', 'µs', (1000 * freeing.cpu) / n)
    figure('sweep, wall', 'ms', freeing.wall)
    figure('sweep/put, CPU', 'x', freeing.cpu / put.cpu)
    for (const p of held.length === 0 ? [] : [50, 95, 99])
      figure(`blocked, p${p}`, 'ms', percentile(held, p / 100))
    return figures
  })

/** The same where each commit brings counts on the disk up to date, and a release frees all that falls to zero. */
const eager = (n: number): Promise<ReadonlyArray<Figure>> =>
  inDirectory(async (directory) => {
    const counted = countedIn(directory)
    const trace = new Trace(NONE_GOES, MANY)
    const roots: number[] = []
    const put = { cpu: 0, wall: 0 }
    for (let i = 0; i < n; i += MANY) {
      const bytes = trace.bytes()
      const { cpu, wall } = await spending(() => {
        roots.push(counted.commit(trace.step(bytes).transaction.puts!))
      })
      put.cpu += cpu
      put.wall += wall
    }
    let freed = 0
    const freeing = await spending(() => {
      freed = counted.free(roots)
    })
    if (freed !== n) throw new Error(`${n - freed} blocks were left`)
    await counted.close()
    const figure = (metric: string, unit: string, value: number): Figure => ({
      subject: EAGER,
      n,
      metric,
      unit,
      value,
    })
    return [
      figure('put, CPU a block', 'µs', (1000 * put.cpu) / n),
      figure('put, wall', 'ms', put.wall),
      figure('sweep, CPU a block', 'µs', (1000 * freeing.cpu) / n),
      figure('sweep, wall', 'ms', freeing.wall),
      figure('sweep/put, CPU', 'x', freeing.cpu / put.cpu),
    ]
  })
