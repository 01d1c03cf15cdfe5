/**
 * The main job: many agents on branches of one real directory, stored on disk with a collector beside them, opened
 * again from their heads by another process, and compared with plain copies.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { availableMemory } from 'node:process'
import * as Collector from '../../branch/Collector.js'
import * as ComponentStore from '../../branch/ComponentStore.js'
import * as StateReference from '../../branch/StateReference.js'
import { type Digest, toBytes, toCid } from '../../data/Digest.js'
import * as Hasher from '../../data/Hasher.js'
import * as LmdbStore from '../../store/LmdbStore.js'
import * as MemoryStore from '../../store/MemoryStore.js'
import * as State from '../../trie/State.js'
import { branchFor, must, mustBe, rootOf } from './agents.js'
import { branchLatency } from './branching.js'
import { ask } from './child.js'
import { type ComponentReads, componentReads } from './components.js'
import { changedBy, volume } from './copies.js'
import type { Figures, Settings } from './Figures.js'
import type { Footprint, Question } from './footprint.js'
import { COMMITTED, EDITED } from './holders.js'
import { latency, timed } from './latency.js'
import { agent, headOf, nameOf, type Scenario, WORKSPACE } from './scenario.js'
import type { Claim, Verdict } from './verify.js'
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

interface Stored {
  readonly branch: Figures['branch']
  readonly commit: Figures['commit']
  readonly digests: readonly Digest[]
  readonly stats: LmdbStore.Stats
  readonly collected: Collector.Stats
}

/** Agents that are stored between two rounds of the collector. */
const BETWEEN = 8

/** What an agent tries and drops: a branch with one message more, stored and lost. */
const attempt = (
  reference: StateReference.StateReference<LmdbStore.LmdbStore>,
  index: number,
): StateReference.StateReference<LmdbStore.LmdbStore> => {
  const tried = must(StateReference.branch(reference))
  must(StateReference.update(State.set(['tried'], `${nameOf(index)} `.repeat(200)))(tried))
  must(StateReference.commit()(tried))
  return tried
}

/** All agents branched, edited and stored under heads, a collector beside them. */
const store = async (
  workspace: Workspace,
  scenario: Scenario,
  embedded: LmdbStore.LmdbStore,
  progress: Progress,
): Promise<Stored> => {
  const components = ComponentStore.make(embedded)
  const root = rootOf(components, workspace)
  must(StateReference.commit({ head: WORKSPACE })(root))
  const branch = branchLatency(root)

  const indices = Array.from({ length: scenario.agents }, (_, index) => index)
  const references = [...counted('editing', indices, progress)].map((index) =>
    branchFor(root, agent(workspace, scenario, index)),
  )
  const collector = Collector.make(components, { window: 0, collectable: embedded.async })
  const times: number[] = []
  const digests: Digest[] = []
  for (const index of counted('committing', indices, progress)) {
    const commit = StateReference.commit({ head: headOf(index) })(references[index]!)
    const [time, { digest }] = timed(() => must(commit))
    times.push(time)
    digests.push(digest)
    Collector.orphan([attempt(references[index]!, index)])(collector)()
    if (index % BETWEEN === BETWEEN - 1) mustBe(await Collector.round(collector)())
  }
  mustBe(await Collector.collect(collector)())
  const collected = Collector.stats(collector)()
  for (const reference of [...references, root]) StateReference.release(reference)()
  must(ComponentStore.flush(components))
  must(embedded.collect)
  return { branch, commit: latency(times), digests, stats: must(embedded.stats), collected }
}

const VERIFIER = new URL('./verifyProcess.js', import.meta.url)

/** Where the store is for the time of the job. */
const withStore = async <A>(settings: Settings, use: (directory: string) => Promise<A>): Promise<A> => {
  const directory = settings.store ?? mkdtempSync(join(tmpdir(), 'coppice-'))
  try {
    return await use(directory)
  } finally {
    if (settings.store === undefined) rmSync(directory, { recursive: true, force: true })
  }
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

const opened = async (directory: string): Promise<LmdbStore.LmdbStore> =>
  mustBe(await LmdbStore.open(directory)())

/** The time of a component from a store on disk that holds nothing else. */
const onDisk = async (seed: number): Promise<ComponentReads> => {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-'))
  const embedded = await opened(directory)
  try {
    return componentReads(seed, embedded)
  } finally {
    await embedded.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Does all of it. */
export const run = (settings: Settings, workspace: Workspace, progress: Progress): Promise<Figures> =>
  withStore(settings, async (directory) => {
    await Hasher.ready()
    const scenario: Scenario = {
      agents: settings.agents,
      edits: settings.edits,
      seed: settings.seed,
      alike: ALIKE,
    }
    const embedded = await opened(directory)
    const stored = await store(workspace, scenario, embedded, progress)
    mustBe(await embedded.close())
    progress.stage('verifying', 1)
    const verified = await ask<Claim, Verdict>(VERIFIER, {
      store: directory,
      workspace: settings.workspace,
      scenario,
    })
    progress.step()
    const reads = componentReads(settings.seed, MemoryStore.make())
    const disk = await onDisk(settings.seed)
    const { bytes, blocks, fileBytes } = stored.stats
    const changes = Array.from({ length: scenario.agents }, (_, index) =>
      changedBy(workspace, agent(workspace, scenario, index)),
    )
    const { freed, overhead, pauses } = stored.collected
    return {
      workspace: { files: workspace.files.length, bytes: workspace.bytes },
      branch: stored.branch,
      commit: stored.commit,
      component: { ...reads.latency, bytes: reads.bytes },
      componentOnDisk: disk.latency,
      agent: verified.latency,
      objects: verified.objects,
      ...volume(workspace, changes),
      stored: { bytes, blocks, disk: fileBytes },
      collector: { freed: freed.blocks, overhead, pause: pauses },
      memory: await measure(settings.workspace, workspace, scenario, progress),
      verified: {
        agents: scenario.agents,
        mismatches: verified.mismatches + verified.objects.mismatches + reads.mismatches + disk.mismatches,
      },
      fingerprint: fingerprint(stored.digests),
    }
  })
