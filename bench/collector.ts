/** What collecting garbage costs: the work beside it, the pauses, and the counts. */
import { ask } from '../src/cli/job/child.js'
import type { Bench, Options, Row } from './Bench.js'
import type { Question } from './collector/host.js'
import { MODES } from './collector/traces.js'
import type { Figure } from './store/Figure.js'

const NAME = 'collector'
const HOST = new URL('./collector/host.js', import.meta.url)

/** Shares of the commits that come to nothing. */
const SHARES: readonly number[] = [0.01, 0.1, 0.5]

const run = async ({ quick }: Options, report: (row: Row) => void): Promise<void> => {
  const asked = async (question: Question): Promise<void> => {
    for (const figure of await ask<Question, ReadonlyArray<Figure>>(HOST, question))
      report({ bench: NAME, ...figure })
  }
  const commits = quick ? 200 : 2000
  for (const share of SHARES) for (const mode of MODES) await asked({ about: 'trace', mode, share, commits })
  await asked({ about: 'garbage', n: quick ? 20_000 : 100_000 })
}

export const bench: Bench = {
  name: NAME,
  question: 'What does it cost to free what nobody needs?',
  notes: [
    'A trace of durable commits of 100 blocks, one after another, of which a share lets go of its blocks 16 commits later;',
    'n blocks in all. Background: the loop of Collector, in slices of at most 256 blocks or 0.5 ms. Stop-the-world: a whole',
    'collection every 50 commits, which the wall time and the CPU time count. Blocked: how long a slice, or a collection, holds',
    'the event loop up, in wall time or in CPU time, whichever is less on a busy machine. Below: n blocks of garbage at once,',
    'put in commits of 1,000 blocks and freed in one go, or put in commits of 50 and freed in slices of about as many. Counting:',
    'the fold of the journal afterwards, or (in slices) as commits come. lmdb, counts inside: a table of counts that each commit',
    'brings up to date. Targets: counting 2 % of the CPU of commits, sweep 1.5 times the CPU of a put, blocked 1 ms at p99.',
  ],
  yardsticks: ['in slices'],
  run,
}
