/** Many writers at once: how many commits they get done, and how late the event loop is meanwhile. */
import { must } from '../../src/cli/job/agents.js'
import { OURS } from '../Bench.js'
import { percentile } from '../measure.js'
import { blocks } from './blocks.js'
import { inDirectory, under } from './directory.js'
import type { Figure } from './Figure.js'
import { open, Writer } from './peers/coppice.js'

const WRITERS = 64
const BLOCKS = 4
/** Warms code and files up before it counts. */
const WARM = 64

export const SYNCHRONOUS = 'transact'

/** How late timers are until it is told to stop, ms. */
const watched = (): (() => readonly number[]) => {
  const late: number[] = []
  let due = performance.now() + 1
  const timer = setInterval(() => {
    const now = performance.now()
    late.push(Math.max(0, now - due))
    due = now + 1
  }, 1)
  return () => {
    clearInterval(timer)
    // The turn that it was not asked in is late, too.
    late.push(Math.max(0, performance.now() - due))
    return late
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const writers = (commits: number): Promise<ReadonlyArray<Figure>> =>
  inDirectory(async (directory) => {
    const figures: Figure[] = []
    for (const subject of [OURS, SYNCHRONOUS]) {
      const store = await open(under(directory, subject))
      const writer = new Writer()
      let next = 0
      const once = async (): Promise<void> => {
        const puts = writer.puts(blocks(next, BLOCKS))
        next += BLOCKS
        if (subject === OURS)
          must(
            (
              (done) => () =>
                done
            )(await store.async.transact({ puts })()),
          )
        else {
          must(store.transact({ puts }))
          await turn()
        }
      }
      const all = async (count: number): Promise<void> => {
        let left = count
        const loop = async (): Promise<void> => {
          while (left-- > 0) await once()
        }
        await Promise.all(Array.from({ length: WRITERS }, loop))
      }
      await all(WARM)
      const stop = watched()
      const start = performance.now()
      await all(commits)
      const seconds = (performance.now() - start) / 1000
      const late = stop()
      const figure = (metric: string, unit: string, value: number): number =>
        figures.push({ subject, n: WRITERS, metric: `writers at once: ${metric}`, unit, value })
      figure('commits', '/s', commits / seconds)
      figure('event loop late, p50', 'ms', percentile(late, 0.5))
      figure('event loop late, p99', 'ms', percentile(late, 0.99))
      await store.close()
    }
    return figures
  })
