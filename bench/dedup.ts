/** What states cost to store that are made of each other: files and messages, version after version. */
import { ask } from '../src/cli/job/child.js'
import { type Bench, OURS, type Row } from './Bench.js'
import { type CorpusName, corpora } from './dedup/corpora.js'
import type { Question, Stored } from './dedup/stored.js'

const NAME = 'dedup'
const HOST = new URL('./dedup/host.js', import.meta.url)

const WHOLE = 'whole files'
const GIT = 'git packs'
const FLOOR = 'distinct chunks'

/** Averages to try in place of ours. */
const CHUNKS: readonly number[] = [512, 1024, 2048, 4096, 8192]
const FANOUTS: readonly number[] = [16, 32, 64]

const run = async ({ quick }: { readonly quick: boolean }, report: (row: Row) => void): Promise<void> => {
  for (const corpus of Object.keys(corpora) as ReadonlyArray<CorpusName>) {
    const asked = (question: Partial<Question> = {}): Promise<Stored> =>
      ask<Question, Stored>(HOST, { corpus, quick, ...question })
    const { states, all, last, added, git, whole } = await asked()
    const row = (subject: string, metric: string, unit: string, value: number): void =>
      report({ bench: NAME, subject, n: states, metric: `${corpus}: ${metric}`, unit, value })
    row(OURS, 'bytes/floor', 'x', all.bytes / all.floor)
    row(OURS, 'bytes', 'B', all.bytes)
    row(WHOLE, 'bytes', 'B', whole!.bytes)
    row(FLOOR, 'bytes', 'B', all.floor)
    row(OURS, 'bytes, deflated', 'B', all.deflated)
    if (whole!.deflated !== null) row(WHOLE, 'bytes, deflated', 'B', whole!.deflated)
    if (git != null) row(GIT, 'bytes, deflated', 'B', git)
    row(OURS, 'bytes/floor, one state', 'x', last.bytes / last.floor)
    row(OURS, 'added by one edit', 'B', added.bytes)
    row(OURS, 'blocks an edit replaces', '%', (100 * added.blocks) / last.blocks)
    for (const [kind, { blocks, bytes }] of Object.entries(all.kinds)) {
      if (blocks > 0) row(OURS, `of it ${kind}`, 'B', bytes)
    }
    if (quick) continue
    for (const chunk of CHUNKS) {
      const { all, added } = await asked({ chunk })
      row(OURS, `bytes, chunks of ${chunk}`, 'B', all.bytes)
      row(OURS, `bytes/floor, chunks of ${chunk}`, 'x', all.bytes / all.floor)
      row(OURS, `added by one edit, chunks of ${chunk}`, 'B', added.bytes)
    }
    for (const fanout of FANOUTS) {
      const { all } = await asked({ fanout })
      row(OURS, `bytes, knots of ${fanout}`, 'B', all.bytes)
    }
  }
}

export const bench: Bench = {
  name: NAME,
  question: 'How many bytes do n states take that are made of each other?',
  notes: [
    'Each state is committed to one memory store; bytes are those of all blocks, index blocks included, uncompressed.',
    `Floor (${FLOOR}): the contents of the distinct chunks alone, without links, heads, keys of maps and index blocks; short`,
    'contents that stand in maps count once. Target: bytes/floor of at most 1.15. Whole files: each distinct file content once.',
    'git: a commit a state, then git gc; it compresses and stores deltas, so it stands beside blocks deflated one by one.',
    'Real versions: immutable 4.0 to 5.2, one after another. Made releases: fp-ts, with seeded',
    'edits of a tenth of its files a release. 100 edits: @rimbu/hashed, one file at a time, one to four lines inserted,',
    'changed or deleted. History: 2,000 messages of 50–2000 characters, a commit every ten, at every tenth one put into the',
    'middle; to git and whole files it is a file of JSON lines. One edit: a line or a message, averaged over 100 of them.',
  ],
  yardsticks: [FLOOR],
  run,
}
