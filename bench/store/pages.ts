/** What real states take on the disk beside their blocks. */
import { must } from '../../src/cli/job/agents.js'
import { ComponentStore, State, StateReference } from '../../src/index.js'
import { inside } from '../../src/store/LmdbStore.js'
import { OURS } from '../Bench.js'
import { replay } from '../dedup/Corpus.js'
import { corpora } from '../dedup/corpora.js'
import { inDirectory } from './directory.js'
import type { Figure } from './Figure.js'
import { open } from './peers/coppice.js'

interface TableStats {
  readonly pageSize: number
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly overflowPages: number
}

const NAMES = ['real versions', 'message history'] as const

export const pages = async (): Promise<ReadonlyArray<Figure>> => {
  const figures: Figure[] = []
  for (const name of NAMES)
    await inDirectory(async (directory) => {
      const store = await open(directory, { durability: 'none' })
      const corpus = corpora[name]()
      const reference = StateReference.root(ComponentStore.make(store))(
        must<State.State>(() => State.fromJson(corpus.start)),
      )()
      const commit = StateReference.commit({ head: 'main' })
      replay(corpus, reference, () => must(commit(reference)))
      const { bytes, fileBytes } = must(store.stats)
      const { environment: _, ...tables } = inside(store).disk.tables
      const used = Object.values(tables)
        .map((table) => table.getStats() as TableStats)
        .map(
          ({ pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages }) =>
            pageSize * (treeBranchPageCount + treeLeafPageCount + overflowPages),
        )
        .reduce((a, b) => a + b, 0)
      const figure = (metric: string, value: number): number =>
        figures.push({
          subject: OURS,
          n: corpus.steps.length + 1,
          metric: `${name}: ${metric}`,
          unit: 'x',
          value,
        })
      figure('pages/blocks', used / bytes)
      figure('file/blocks', fileBytes / bytes)
      await store.close()
    })
  return figures
}
