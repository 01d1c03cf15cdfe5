/** One trace with the collector off, in the background, and stopping everything. */
import { must } from '../../src/cli/job/agents.js'
import { Collector, ComponentStore } from '../../src/index.js'
import { percentile } from '../measure.js'
import { inDirectory } from '../store/directory.js'
import type { Figure } from '../store/Figure.js'
import { open } from '../store/peers/coppice.js'
import { watching } from './pauses.js'
import { BLOCKS, Trace } from './trace.js'

export const MODES = ['off', 'background', 'stop-the-world'] as const
export type Mode = (typeof MODES)[number]

/** Commits between two collections that stop everything. */
const EVERY = 50
/** Commits that warm the code up. */
const WARM = 200

const settled = <A>(effect: () => Promise<A>): Promise<() => A> => effect().then((result) => () => result)

const cpuNow = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export const traced = (mode: Mode, share: number, commits: number): Promise<ReadonlyArray<Figure>> =>
  inDirectory(async (directory) => {
    const store = await open(directory)
    const trace = new Trace(share)
    const { collectable, held } = watching(store)
    const collector = Collector.make(ComponentStore.make(store), { collectable })
    const running = mode === 'background' ? Collector.start()(collector)() : null
    const waits: number[] = []
    let cpu = 0
    let wall = 0
    for (let i = -WARM; i < commits; i++) {
      const bytes = trace.bytes()
      const before = cpuNow()
      const start = performance.now()
      const { transaction } = trace.step(bytes)
      must(await settled(store.async.transact(transaction)))
      const waited = performance.now() - start
      if (mode === 'stop-the-world' && (i + 1) % EVERY === 0) {
        const from = performance.now()
        const at = cpuNow()
        must(store.collect)
        held.push(Math.min(performance.now() - from, cpuNow() - at))
      }
      if (i < 0) {
        held.length = 0
        continue
      }
      waits.push(waited)
      wall += performance.now() - start
      cpu += cpuNow() - before
    }
    if (running !== null) await running.stop()
    const { freed, blocks } = must(store.stats)
    await store.close()
    const figure = (metric: string, unit: string, value: number): Figure => ({
      subject: mode,
      n: commits * BLOCKS,
      metric: `${100 * share} % garbage: ${metric}`,
      unit,
      value,
    })
    return [
      figure('a commit, p50', 'ms', percentile(waits, 0.5)),
      figure('a commit, p99', 'ms', percentile(waits, 0.99)),
      figure('wall, all', 'ms', wall),
      figure('CPU a block', 'µs', (1000 * cpu) / (commits * BLOCKS)),
      ...[50, 95, 99].flatMap((p) =>
        mode === 'off' ? [] : [figure(`blocked, p${p}`, 'ms', percentile(held, p / 100))],
      ),
      figure('freed', 'blocks', freed.freed),
      figure('blocks at the end', 'blocks', blocks),
    ]
  })
