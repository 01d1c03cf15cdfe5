/**
 * The trie beside every persistent map of the registry, and beside what people use instead.
 *
 * Each subject lives in a process of its own; one of them works at a time, in turn, batch by batch.
 */
import type { Bench, Options, Row } from './Bench.js'
import { interleave, median, type Plan, plan } from './measure.js'
import { open, type Remote, together } from './remote.js'
import { redigest } from './trie/digest.js'
import type { Question } from './trie/host.js'
import { type Metric, metrics } from './trie/metrics.js'
import { type Subject, subjects } from './trie/subjects.js'

const NAME = 'trie'
const HOST = new URL('./trie/host.js', import.meta.url)

const SIZES: readonly number[] = [10, 1_000, 100_000, 1_000_000]
const QUICK_SIZES: readonly number[] = [1_000, 100_000]

/** The largest map of which a copy at each edit is still worth a figure. */
const LARGEST_COPY = 100_000

/** From here on a map outgrows the processor's nearer caches, and a turn must be long enough to fill the last one again. */
const LARGE = 100_000

const planFor = (n: number, { quick }: Options): Plan => {
  const usual = plan(quick)
  return n < LARGE ? usual : { ...usual, batchMs: Math.max(usual.batchMs, 12) }
}

const NANOSECONDS = { ns: 1, µs: 1000 } as const

const takesPart = (metric: Metric, { kind }: Subject, n: number): boolean =>
  metric.kinds.includes(kind) && !(metric.copies && kind === 'copy' && n > LARGEST_COPY)

const openAll = (n: number): Promise<ReadonlyArray<Remote<Subject>>> =>
  together(
    subjects.map((subject) => {
      const { module, kind } = subject
      return open<Subject, Question>(HOST, subject, { module, kind, n }, `n = ${n}`)
    }),
  )

const compare = async (n: number, options: Options, report: (row: Row) => void): Promise<void> => {
  const remotes = await openAll(n)
  try {
    for (const metric of metrics) {
      const contestants = remotes
        .filter(({ subject }) => takesPart(metric, subject, n))
        .map(({ contestant }) => contestant(metric.name))
      const timings = await interleave(contestants, planFor(n, options))
      for (const [subject, rounds] of timings) {
        const value = median(rounds.map(({ cpu }) => cpu)) / metric.per(n) / NANOSECONDS[metric.unit]
        report({ bench: NAME, subject, n, metric: metric.name, unit: metric.unit, value })
      }
    }
    await redigest(NAME, n, planFor(n, options), report)
    for (const { subject, bytes } of remotes) {
      report({ bench: NAME, subject: subject.name, n, metric: 'bytes an entry', unit: 'B', value: bytes })
    }
  } finally {
    for (const { close } of remotes) close()
  }
}

export const bench: Bench = {
  name: NAME,
  question: 'What does each operation cost on a map of string keys that keeps its old versions?',
  notes: [
    'CPU time of the whole process, collector and compiler threads included; median of interleaved rounds.',
    'Keys of 16 characters, interned; asked for in random order by the stored instance, or by an equal new string (fresh key).',
    'Edits drop their result; "after 10k edits": of a map that has gone through 10,000, each made on the one before.',
    'Copies are shown for scale: immer (auto-freeze off), mutative and Map copy read as fast as a native Map. Their edits',
    `are left out above ${LARGEST_COPY.toLocaleString('en')} entries, and in place an edit changes the map itself.`,
    'Bytes are those of the structure: keys and values exist before. Diff: 4 values set, 3 keys inserted, 3 deleted.',
  ],
  yardsticks: subjects.filter(({ kind }) => kind !== 'trie').map(({ name }) => name),
  run: async (options, report) => {
    for (const n of options.quick ? QUICK_SIZES : SIZES) await compare(n, options, report)
  },
}
