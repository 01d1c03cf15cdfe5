/** What versions of things take on the disk: as they are committed, compacted, and packed, beside git. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { must } from '../src/cli/job/agents.js'
import type { Digest } from '../src/data/Digest.js'
import { Checkpoint, ComponentStore, State, StateReference } from '../src/index.js'
import { Compact, LmdbStore } from '../src/lmdb.js'
import { type Bench, type Options, OURS, type Row } from './Bench.js'
import { type Corpus, replay } from './dedup/Corpus.js'
import { corpora } from './dedup/corpora.js'
import { gitBytes } from './dedup/git.js'
import { right, timed } from './engine/work.js'
import { inDirectory } from './store/directory.js'

const NAME = 'packs'
const PACKED = 'coppice, packed'
const HISTORY = 'coppice, history packed'
const GIT = 'git'

interface Filled {
  readonly bytes: number
  readonly first: Digest
  readonly last: Digest
}

const open = async (directory: string): Promise<LmdbStore.LmdbStore> =>
  right(await LmdbStore.open(directory, { durability: 'none' })())

/** A checkpoint of each state of a corpus, on top of the one before. */
const fill = async (directory: string, corpus: Corpus): Promise<Filled> => {
  const store = await open(directory)
  const start = must<State.State>(() => State.fromJson(corpus.start))
  const reference = StateReference.root(ComponentStore.make(store))(start)()
  const committed = replay(corpus, reference, () => must(Checkpoint.commit({ head: 'main' })(reference)))
  StateReference.release(reference)()
  const { bytes } = must(store.stats)
  await store.close()
  return { bytes, first: committed[0]!.checkpoint, last: committed.at(-1)!.checkpoint }
}

/** Reads the whole state of a checkpoint in a store that was just opened; ms. */
const readAll = async (directory: string, checkpoint: Digest): Promise<number> => {
  const store = await open(directory)
  const milliseconds = timed(() => {
    const reference = must(Checkpoint.restore(ComponentStore.make(store))(checkpoint))
    must(StateReference.ask(State.toJson)(reference))
  })
  await store.close()
  return milliseconds
}

/** As they lie there: a store that is opened writes who has it open. */
const fileBytes = (directory: string): number =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.mdb'))
    .reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)

const run = async ({ quick }: Options, report: (row: Row) => void): Promise<void> => {
  for (const [name, make] of Object.entries(corpora)) {
    const corpus = make(quick)
    const n = corpus.steps.length + 1
    const row = (subject: string, metric: string, unit: string, value: number): void =>
      report({ bench: NAME, subject, n, metric: `${name}: ${metric}`, unit, value })
    const git = gitBytes(corpus)
    await inDirectory(async (directory) => {
      const { bytes, first, last } = await fill(directory, corpus)
      row(OURS, 'bytes of blocks', 'B', bytes)
      const sized = async (subject: string, before: number): Promise<void> => {
        const after = fileBytes(directory)
        row(subject, 'bytes of the file', 'B', after)
        if (git !== null) row(subject, 'of git', 'x', after / git)
        if (subject !== OURS) row(subject, 'time to pack', 'ms', before)
        row(subject, 'first read of the first state', 'ms', await readAll(directory, first))
        row(subject, 'first read of the last state', 'ms', await readAll(directory, last))
      }
      await sized(OURS, 0)
      for (const [subject, pack] of [
        [HISTORY, 'history'],
        [PACKED, 'all'],
      ] as const) {
        const began = performance.now()
        right(await Compact.compact({ pack })(directory)())
        await sized(subject, performance.now() - began)
      }
      if (git !== null) row(GIT, 'bytes of the file', 'B', git)
    })
  }
}

export const bench: Bench = {
  name: NAME,
  question: 'What do all versions of something take on the disk, packed and not, beside git?',
  notes: [
    'Files are whole: pages that are not full, digests, counts and heads count. Of git, packs and their indices after `git gc`.',
    'A read is of a whole state by a store that was just opened, so that packs are decompressed; the system still holds the file.',
  ],
  yardsticks: [PACKED, HISTORY],
  run,
}
