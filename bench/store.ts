/** What a durable store costs: commits, reads, opening, and room on the disk. */
import { ask } from '../src/cli/job/child.js'
import { type Bench, type Options, OURS, type Row } from './Bench.js'
import type { Figure } from './store/Figure.js'
import type { Question } from './store/host.js'
import { COUNTED, RAW } from './store/peers.js'

const NAME = 'store'
const HOST = new URL('./store/host.js', import.meta.url)

const questionsOf = ({ quick }: Options): ReadonlyArray<Question> =>
  quick
    ? [
        { about: 'commits', scale: 1 },
        { about: 'writers', commits: 640 },
        { about: 'reads', n: 10_000 },
        { about: 'pages' },
        { about: 'large', n: 100_000 },
      ]
    : [
        { about: 'commits', scale: 5 },
        { about: 'writers', commits: 6400 },
        { about: 'reads', n: 100_000 },
        { about: 'pages' },
        { about: 'large', n: 1_000_000 },
      ]

/** Ours over LMDB alone: what the targets are about. */
const shares = (figures: ReadonlyArray<Figure>): ReadonlyArray<Figure> =>
  figures.flatMap((ours) => {
    if (ours.subject !== OURS || !ours.metric.startsWith('commit')) return []
    const raw = figures.find(
      ({ subject, metric, n }) => subject === RAW && metric === ours.metric && n === ours.n,
    )
    return raw === undefined
      ? []
      : [{ ...ours, metric: `${ours.metric}, over ${RAW}`, unit: 'x', value: ours.value / raw.value }]
  })

const run = async (options: Options, report: (row: Row) => void): Promise<void> => {
  for (const question of questionsOf(options)) {
    const figures = await ask<Question, ReadonlyArray<Figure>>(HOST, question)
    for (const figure of [...figures, ...shares(figures)]) report({ bench: NAME, ...figure })
  }
}

export const bench: Bench = {
  name: NAME,
  question: 'What does a store on a disk cost?',
  notes: [
    'Commits of n new blocks of 100 to 1,400 random bytes with 8 links, on the disk when they are done, one of each subject in',
    `turn: the median of wall time, the mean of CPU time (all threads). Ours hashes each block; ${RAW} is LMDB with the same two`,
    `tables (digest to number, number to bytes), given its digests; ${COUNTED} also keeps a count for each link. better-sqlite3`,
    'stands here after `npm i --no-save better-sqlite3`. Writers: commits of 4 blocks, asynchronous beside `transact` in turns.',
    'Reads of single blocks out of n; cold: after the system was asked to forget the file. Pages: those that the tables take,',
    'over the bytes of the blocks, of states that were committed one after another. Targets: wall 1.2, CPU 3, pages 1.5 times;',
    'open and count a store of a million blocks in a second; a ledger of 16 B a block.',
  ],
  yardsticks: [],
  run,
}
