/** A forest of 850 agents that nothing is loaded of, and one component of each that is read. */
import { join } from 'node:path'
import { open } from 'lmdb'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import type { Store } from '../../src/store/Store.js'
import * as State from '../../src/trie/State.js'
import * as Vst from '../../src/vst/Vst.js'
import type { Options } from '../Bench.js'
import { consume, median } from '../measure.js'
import { inDirectory } from '../store/directory.js'
import { AGENTS, agent, agentOf, files, forest } from './agents.js'
import { fastImport, hasGit, repository, stream } from './git.js'
import { engine, get, nameOf, places, type Report, timed } from './work.js'

/** Components of an agent, of which one is read. */
const COMPONENTS = [4, 64] as const
const FILE = nameOf(0)

const NAMES = Array.from({ length: AGENTS }, (_, n) => agentOf(n))

/** By an engine that has seen nothing of the store yet. */
const restore = (store: Store, checkpoint: Digest): void => {
  const vst = Vst.make(ComponentStore.make(store))()
  const reference = get(Vst.restore(checkpoint)(vst))
  for (const name of NAMES) consume(get(StateReference.ask(State.get([name, FILE]))(reference)))
  StateReference.release(reference)()
}

/** The same store, and how many blocks were read of it. */
const counting = (store: Store): { readonly store: Store; readonly reads: () => number } => {
  let reads = 0
  const read: Store['read'] = (digests) => {
    reads += digests.length
    return store.read(digests)
  }
  return { store: { ...store, read }, reads: () => reads }
}

export const restoration = async (options: Options, report: Report): Promise<void> => {
  for (const components of COMPONENTS) await restored(components, options, report)
}

const restored = async (components: number, { quick }: Options, report: Report): Promise<void> => {
  const rounds = quick ? 5 : 20
  const row = (subject: string, metric: string, unit: string, value: number): void =>
    report({
      subject,
      n: AGENTS,
      metric: `one of ${components} components of n agents: ${metric}`,
      unit,
      value,
    })
  const times = (subject: string, place: string, work: () => unknown): void => {
    const all = Array.from({ length: 2 * rounds }, () => timed(work))
    row(subject, `restored and read, ${place}`, 'ms', median(all.slice(rounds)))
  }
  for (const place of places) {
    await engine(place, async (vst) => {
      const { store } = vst.components
      const reference = StateReference.root(vst.components)(forest(components))()
      const { checkpoint, added } = get(Vst.commit({ head: 'main' })(reference)(vst))
      times('coppice', place, () => restore(store, checkpoint))
      const counted = counting(store)
      restore(counted.store, checkpoint)
      row('coppice', `blocks read, ${place}`, 'blocks', counted.reads())
      row('coppice', `blocks held, ${place}`, 'blocks', added)
    })
  }
  const rows = new Map(NAMES.map((name, n) => [name, JSON.stringify(agent(n, components))] as const))
  const parse = (of: (name: string) => string | undefined) => (): void => {
    for (const name of NAMES) consume((JSON.parse(of(name)!) as Record<string, string>)[FILE])
  }
  const JSON_ROWS = 'JSON rows'
  times(
    JSON_ROWS,
    'memory',
    parse((name) => rows.get(name)),
  )
  await inDirectory(async (directory) => {
    const table = open<string, string>({ path: join(directory, 'rows.mdb'), encoding: 'string' })
    for (const [name, content] of rows) table.putSync(name, content)
    times(
      JSON_ROWS,
      'disk',
      parse((name) => table.get(name)),
    )
    await table.close()
  })
  if (!hasGit()) return
  await repository(0, async (git) => {
    fastImport(git, stream([{ branch: 'agents', files: files(components) }]))
    const asked = NAMES.map((name) => `agents:${name}/${FILE}\n`).join('')
    times('git plumbing', 'disk', () => git.run(['cat-file', '--batch'], asked))
  })
}
