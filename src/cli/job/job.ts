/**
 * The main job: many agents on branches of one real directory, stored, dropped from memory, opened again from their
 * heads, and compared with plain copies.
 */
import { availableMemory } from 'node:process'
import { isDeepStrictEqual } from 'node:util'
import * as O from 'fp-ts/lib/Option.js'
import * as ComponentStore from '../../branch/ComponentStore.js'
import * as StateReference from '../../branch/StateReference.js'
import { type Digest, toBytes, toCid } from '../../data/Digest.js'
import * as Hasher from '../../data/Hasher.js'
import * as MemoryStore from '../../store/MemoryStore.js'
import type { Store } from '../../store/Store.js'
import * as State from '../../trie/State.js'
import { branchFor, must, rootOf, Unexpected } from './agents.js'
import { branchLatency } from './branching.js'
import { ask } from './child.js'
import { componentReads } from './components.js'
import { type Changed, changedBy, expected, volume } from './copies.js'
import type { Figures, Settings } from './Figures.js'
import type { Footprint, Question } from './footprint.js'
import { COMMITTED, EDITED } from './holders.js'
import { latency, timed } from './latency.js'
import { agent, nameOf, type Scenario } from './scenario.js'
import type { Workspace } from './workspace.js'

/** The share of edits that several agents make alike. */
const ALIKE = 0.2

/** What the job tells about how far it is. */
export interface Progress {
  readonly stage: (name: string, steps: number) => void
  readonly step: () => void
}

const counted = function* <A>(name: string, items: readonly A[], progress: Progress): Generator<A> {
  progress.stage(name, items.length)
  for (const item of items) {
    yield item
    progress.step()
  }
}

const headOf = (index: number): string => `agents/${nameOf(index)}`

interface Stored {
  readonly components: ComponentStore.ComponentStore<MemoryStore.MemoryStore>
  /** What a plain program changed, by agent. */
  readonly oracle: readonly Changed[]
  readonly digests: readonly Digest[]
  readonly branch: Figures['branch']
  readonly commit: Figures['commit']
}

/** All agents branched, edited, stored under heads, and gone from memory. */
const store = (workspace: Workspace, scenario: Scenario, progress: Progress): Stored => {
  const components = ComponentStore.make(MemoryStore.make())
  const root = rootOf(components as ComponentStore.ComponentStore<Store>, workspace)
  must(StateReference.commit({ head: 'workspace' })(root))
  const branch = branchLatency(root)

  const indices = Array.from({ length: scenario.agents }, (_, index) => index)
  const oracle: Changed[] = []
  const references: StateReference.StateReference<Store>[] = []
  for (const index of counted('editing', indices, progress)) {
    const doing = agent(workspace, scenario, index)
    oracle.push(changedBy(workspace, doing))
    references.push(branchFor(root, doing))
  }
  const times: number[] = []
  const digests: Digest[] = []
  for (const index of counted('committing', indices, progress)) {
    const commit = StateReference.commit({ head: headOf(index) })(references[index]!)
    const [time, { digest }] = timed(() => must(commit))
    times.push(time)
    digests.push(digest)
  }
  for (const reference of [...references, root]) StateReference.release(reference)()
  must(ComponentStore.flush(components as ComponentStore.ComponentStore<Store>))
  components.store.collect()
  components.residency.clear()
  return { components, oracle, digests, branch, commit: latency(times) }
}

/** Opens every agent from its head, with nothing in memory, and compares the whole of it. */
const verify = (workspace: Workspace, { components, oracle }: Stored, progress: Progress) => {
  const times: number[] = []
  let mismatches = 0
  for (const [index, changed] of counted('verifying', [...oracle.entries()], progress)) {
    components.residency.clear()
    const [time, found] = timed(() => {
      const opened = must(
        StateReference.openHead(components as ComponentStore.ComponentStore<Store>)(headOf(index)),
      )
      if (O.isNone(opened)) throw new Unexpected(`there is no head ${headOf(index)}`)
      const value = must(StateReference.ask(State.toJson)(opened.value))
      StateReference.release(opened.value)()
      return value
    })
    times.push(time)
    if (!isDeepStrictEqual(found, expected(workspace, changed))) mismatches++
  }
  return { agent: latency(times), verified: { agents: oracle.length, mismatches } }
}

const FOOTPRINTS = new URL('./footprintProcess.js', import.meta.url)

/** The share of the memory at hand that plain copies may take; text may need two bytes a character. */
const COPIES_AT_MOST = 0.4

const measure = async (directory: string, workspace: Workspace, scenario: Scenario, progress: Progress) => {
  progress.stage('measuring memory', 2)
  const room = Math.floor((availableMemory() * COPIES_AT_MOST) / workspace.bytes)
  const copied = Math.max(1, Math.min(scenario.agents, room))
  const holding = (holder: string, agents: number): Promise<Footprint> =>
    ask<Question, Footprint>(FOOTPRINTS, { holder, directory, scenario: { ...scenario, agents } })
  const ours = await holding('coppice', scenario.agents)
  progress.step()
  const copies = await holding('copies', copied)
  progress.step()
  return {
    edited: ours[EDITED]!.bytes,
    committed: ours[COMMITTED]!.bytes,
    copies: copies[EDITED]!.bytes * (scenario.agents / copied),
    copied,
  }
}

const fingerprint = (digests: readonly Digest[]): string =>
  toCid(Hasher.hash(Buffer.concat(digests.map(toBytes))))

/** Does all of it. */
export const run = async (settings: Settings, workspace: Workspace, progress: Progress): Promise<Figures> => {
  await Hasher.ready()
  const scenario: Scenario = { ...settings, alike: ALIKE }
  const stored = store(workspace, scenario, progress)
  const { bytes, blocks } = stored.components.store.stats()
  const { agent, verified } = verify(workspace, stored, progress)
  const reads = componentReads(settings.seed)
  return {
    workspace: { files: workspace.files.length, bytes: workspace.bytes },
    branch: stored.branch,
    commit: stored.commit,
    component: { ...reads.latency, bytes: reads.bytes },
    agent,
    ...volume(workspace, stored.oracle),
    stored: { bytes, blocks },
    memory: await measure(settings.workspace, workspace, scenario, progress),
    verified: { ...verified, mismatches: verified.mismatches + reads.mismatches },
    fingerprint: fingerprint(stored.digests),
  }
}
