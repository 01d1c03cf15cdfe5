/** Many weighted branches of one state of 850 agents: made, edited, scored, collapsed, undone and committed. */
import * as Collector from '../../src/branch/Collector.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as Manager from '../../src/superposition/Manager.js'
import * as State from '../../src/trie/State.js'
import * as Vst from '../../src/vst/Vst.js'
import type { Options } from '../Bench.js'
import { sizeOf } from '../dedup/git.js'
import { used } from '../heap.js'
import { consume } from '../measure.js'
import { AGENTS, agentOf, agents, files, forest } from './agents.js'
import { fastImport, hasGit, repository, stream } from './git.js'
import {
  begun,
  engine,
  get,
  nameOf,
  type Place,
  places,
  type Reference,
  type Report,
  text,
  timed,
  turn,
} from './work.js'

/** Components of an agent, so that a state has 850 KiB. */
const COMPONENTS = 1
const FILE = nameOf(0)

const NAME = 'search'

/** Each branch changes a component of another agent. */
const textsOf = (n: number): ReadonlyArray<string> =>
  Array.from({ length: n }, (_, branch) => text(AGENTS + branch))

const metrics = (n: number, report: Report) => ({
  time: (subject: string, what: string, ms: number): void =>
    report({ subject, n, metric: `n branches: ${what}, a branch`, unit: 'µs', value: (1000 * ms) / n }),
  bytes: (subject: string, where: string, value: number): void =>
    report({ subject, n, metric: `n branches: kept ${where}, a branch`, unit: 'B', value: value / n }),
})

const ours = (place: Place, n: number, report: Report): Promise<void> =>
  engine(place, async (vst) => {
    const { time, bytes } = metrics(n, report)
    const row = (what: string, ms: number): void => time('coppice', `${what}, ${place}`, ms)
    const root = begun(vst, 'main', forest(COMPONENTS))
    const manager = Manager.make(vst.components, Collector.make(vst.components))
    const keys = Array.from({ length: n }, (_, branch) => `${branch}`)
    const shares = Manager.evenly(keys)
    const texts = textsOf(n)
    const each = (work: (reference: Reference, branch: number) => unknown): number =>
      timed(() => {
        for (const [branch, key] of keys.entries()) work(get(Manager.reference(NAME, key)(manager)), branch)
      })
    // What the time before left to finalizers is gone when the loop has turned.
    used()
    await turn()
    const before = used()
    const made = timed(() => get(Manager.create(NAME, shares, root)(manager)))
    const edited = each((reference, branch) =>
      get(StateReference.update(State.set([agentOf(branch), FILE], texts[branch]!))(reference)),
    )
    const kept = used() - before
    row('made and edited', made + edited)
    if (place === 'memory') bytes('coppice', 'in memory', kept)
    row(
      'observed',
      timed(() => {
        for (const [branch, key] of keys.entries())
          get(Manager.observe(NAME, key, 1 + (branch % 16))(manager))
      }),
    )
    row(
      'collapsed to one',
      timed(() => get(Manager.collapseToMode(NAME)(manager))),
    )
    row(
      'collapse undone',
      timed(() => get(Manager.undo(manager))),
    )
    let stored = 0
    const committed = each((reference, branch) => {
      stored += get(Vst.commit({ head: `branch-${branch}`, expect: null })(reference)(vst)).bytes
    })
    row('made, edited and committed', made + edited + committed)
    if (place === 'disk') bytes('coppice', 'on disk', stored)
  })

const clones = (n: number, report: Report): void => {
  const { time, bytes } = metrics(n, report)
  const state = agents(COMPONENTS) as Record<string, Record<string, string>>
  const texts = textsOf(n)
  const before = used()
  const all: Array<{ readonly weight: number; readonly state: typeof state }> = []
  const made = timed(() => {
    for (const [branch, content] of texts.entries()) {
      const copy = structuredClone(state)
      copy[agentOf(branch)]![FILE] = content
      all.push({ weight: 1 / n, state: copy })
    }
  })
  bytes('structuredClone', 'in memory', used() - before)
  consume(all.length)
  time('structuredClone', 'made and edited, memory', made)
}

/** Each branch is a commit, a collapse deletes all refs but one, and an undo puts them back. */
const git = (n: number, report: Report): Promise<void> =>
  repository(0, async (work) => {
    const { time, bytes } = metrics(n, report)
    const row = (subject: string, what: string, ms: number): void => time(subject, `${what}, disk`, ms)
    fastImport(work, stream([{ branch: 'agents', files: files(COMPONENTS) }]))
    const objects = `${work.directory}/.git/objects`
    const before = sizeOf(objects)
    const input = stream(
      textsOf(n).map((content, branch) => ({
        branch: `branch-${branch}`,
        from: 'agents',
        files: [[`${agentOf(branch)}/${FILE}`, content]],
      })),
    )
    row('git fast-import', 'made, edited and committed', fastImport(work, input))
    bytes('git fast-import', 'on disk', sizeOf(objects) - before)
    const format = '--format=%(refname) %(objectname)'
    const lost = work.run(['for-each-ref', format, 'refs/heads/branch-*']).split('\n').slice(1)
    const update = (verb: string, lines: ReadonlyArray<string>): number =>
      timed(() => work.run(['update-ref', '--stdin'], lines.map((line) => `${verb} ${line}\n`).join('')))
    row('git plumbing', 'collapsed to one', update('delete', lost))
    row('git plumbing', 'collapse undone', update('create', lost))
  })

export const branches = async ({ quick }: Options, report: Report): Promise<void> => {
  const n = quick ? 100 : 1000
  for (const place of places) {
    // The first times are for the compiler.
    for (let round = 0; round < 2; round++) await ours(place, n, () => {})
    await ours(place, n, report)
  }
  clones(n, report)
  if (hasGit()) await git(n, report)
}
