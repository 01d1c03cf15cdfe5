/**
 * Sequences beside the lists of the registry, and beside what one does with plain arrays, strings and Buffers.
 *
 * Each subject lives in a process of its own; one of them works at a time, in turn, batch by batch.
 */
import { ask } from '../src/cli/job/child.js'
import { type Bench, type Options, OURS, type Row } from './Bench.js'
import { interleave, median, type Plan, plan } from './measure.js'
import { open, type Remote, together } from './remote.js'
import { hard } from './sequence/hard.js'
import type { Cost, Question } from './sequence/hardHost.js'
import type { Question as Opening } from './sequence/host.js'
import { metrics } from './sequence/metrics.js'
import { type Kind, type Subject, subjects } from './sequence/subjects.js'
import { HASH, MEMCPY, throughput } from './sequence/throughput.js'

const NAME = 'sequence'
const HOST = new URL('./sequence/host.js', import.meta.url)
const HARD_HOST = new URL('./sequence/hardHost.js', import.meta.url)

const SIZES: Readonly<Record<Kind, readonly number[]>> = {
  items: [1_000, 100_000, 1_000_000],
  records: [1_000, 100_000],
  text: [1_000, 100_000, 1_000_000],
  bytes: [1_000, 100_000, 1_000_000],
}
const QUICK_SIZES: typeof SIZES = {
  items: [1_000, 100_000],
  records: [100_000],
  text: [100_000],
  bytes: [100_000],
}

const EDITS = 10_000

/** Bytes of hard content. */
const HARD: readonly number[] = [200_000, 2_000_000]
const QUICK_HARD: readonly number[] = [200_000]

const HARD_MS = 5_000
const QUICK_HARD_MS = 700

const MEBI = 2 ** 20

const planFor = ({ quick }: Options): Plan =>
  quick ? { ...plan(true), budgetMs: 30, warmMs: 50 } : { ...plan(false), rounds: 5, budgetMs: 500 }

const openAll = (kind: Kind, n: number): Promise<ReadonlyArray<Remote<Subject>>> =>
  together(
    subjects
      .filter(({ kinds }) => kinds.includes(kind))
      .map((subject) => {
        const { module } = subject
        return open<Subject, Opening>(HOST, subject, { module, kind, n }, `${kind}, n = ${n}`)
      }),
  )

const compare = async (
  kind: Kind,
  n: number,
  options: Options,
  report: (row: Row) => void,
): Promise<void> => {
  const remotes = await openAll(kind, n)
  try {
    for (const metric of metrics) {
      const contestants = remotes
        .filter(({ subject }) => !metric.worn || subject.wears)
        .map(({ contestant }) => contestant(metric.name))
      for (const [subject, rounds] of await interleave(contestants, planFor(options))) {
        const value = median(rounds.map(({ cpu }) => cpu)) / metric.per(n)
        report({ bench: NAME, subject, n, metric: `${kind}: ${metric.name}`, unit: 'ns', value })
      }
    }
    // Of text and bytes, what is built may be the very content.
    if (kind === 'text' || kind === 'bytes') return
    for (const { subject, bytes } of remotes)
      report({
        bench: NAME,
        subject: subject.name,
        n,
        metric: `${kind}: bytes an item`,
        unit: 'B',
        value: bytes,
      })
  } finally {
    for (const { close } of remotes) close()
  }
}

const compareHard = async (n: number, { quick }: Options, report: (row: Row) => void): Promise<void> => {
  for (const { name } of hard) {
    const cost = await ask<Question, Cost>(HARD_HOST, {
      name,
      length: n,
      edits: EDITS,
      ms: quick ? QUICK_HARD_MS : HARD_MS,
    })
    const row = (metric: string, unit: string, value: number): void =>
      report({ bench: NAME, subject: OURS, n, metric: `${name}: ${metric}`, unit, value })
    row('one edit', 'µs', cost.median)
    row('the longest', 'µs', cost.worst)
    row('new blocks', 'B', cost.bytes)
    row('new blocks at most', 'B', cost.most)
    row('edits made', 'edits', cost.edits)
  }
}

export const bench: Bench = {
  name: NAME,
  question: 'What does each operation cost on a sequence of n elements that keeps its old versions?',
  notes: [
    'CPU time of the whole process, collector and compiler threads included; median of interleaved rounds. Items are whole',
    'numbers, records maps of three entries; text and bytes are edited by lines of 40. Each edit is made on the one before, until',
    'a tenth has changed; "after 10k edits": of a sequence that has gone through 10,000 at random places, for those that',
    'can. The middle: a fifth of the sequence. copy: [...array], strings read once after each edit (V8 joins them at the',
    'first look), Buffer.concat. effect has no insertion: take, appendAll, drop. Bytes an item: beside the content.',
    'Hard content, n in bytes: insertions of a line or an item around the middle and deletions in turn; wall time of the last',
    'tenth of 10,000 edits, or of as many as the time allows. "nothing ends a chunk" and "records, no cut holds" are crafted',
    'against the chunker. New blocks: what a commit after one insertion adds, mean and maximum of 16.',
    'Targets: chunking at least 300 MB/s; items at n = 100,000: append and random get at most as long as immutable,',
    'insertion in the middle at most a hundredth of it.',
  ],
  yardsticks: [MEMCPY, HASH],
  run: async (options, report) => {
    const sizes = options.quick ? QUICK_SIZES : SIZES
    for (const kind of Object.keys(sizes) as ReadonlyArray<Kind>)
      for (const n of sizes[kind]) await compare(kind, n, options, report)
    for (const n of options.quick ? QUICK_HARD : HARD) await compareHard(n, options, report)
    await throughput((options.quick ? 16 : 64) * MEBI, options.quick, report)
  },
}
