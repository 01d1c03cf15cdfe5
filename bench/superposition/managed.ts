/** A thousand branches of a state of 100 KB in a `Manager`: made, scored, collapsed, and given back. */
import { must, mustBe } from '../../src/cli/job/agents.js'
import {
  Collector,
  ComponentStore,
  Manager,
  MemoryStore,
  State,
  StateReference,
  type Store,
} from '../../src/index.js'
import type { LmdbStore } from '../../src/store/LmdbStore.js'
import { type Options, OURS } from '../Bench.js'
import { watching } from '../collector/pauses.js'
import { median, percentile, time } from '../measure.js'
import { inDirectory } from '../store/directory.js'
import type { Figure } from '../store/Figure.js'
import { open } from '../store/peers/coppice.js'

export const CLONED = 'floats, cloned states'
export const ALONE = 'branch alone'

const NAME = 'search'
const WAYS = [10, 100, 1_000] as const
const BRANCHES = 1_000
const OBSERVES = 100_000
const BLOCK = 1_000
/** References that a round releases at most. */
const RELEASES = 100
/** What a branch has written of its own when it is given back. */
const OWN = 8_192

const letters = (seed: number, length: number): string => {
  let [state, text] = [seed >>> 0, '']
  while (text.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    text += state.toString(36)
  }
  return text.slice(0, length)
}

/** Files and messages of an agent, 100 KB of text. */
const plain = {
  files: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`src/${i}.ts`, letters(i, 2_000)])),
  messages: Array.from({ length: 200 }, (_, i) => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    text: letters(99 + i, 100),
  })),
}
const state = mustBe(State.fromJson(plain))

const labels = (n: number): ReadonlyArray<string> =>
  Array.from({ length: n }, (_, i) => String(i).padStart(4, '0'))
const keys = labels(BRANCHES)
const keyAt = (i: number): string => keys[(i * 7919) % BRANCHES]!
const scores = Array.from({ length: 1024 }, (_, i) => 0.05 + ((i * 619) % 1024) / 540)

type InMemory = MemoryStore.MemoryStore

const world = <S extends InMemory | LmdbStore>(store: S, options: Collector.Options<S> = {}) => {
  const components = ComponentStore.make(store)
  const collector = Collector.make<S>(components, options)
  const root = StateReference.root(components)(state)()
  return { collector, manager: Manager.make(components, collector), root }
}

const begun = (n: number) => {
  const made = world(MemoryStore.make())
  must(Manager.create(NAME, Manager.evenly(labels(n)), made.root)(made.manager))
  return made
}

/** The less of two times: wall time counts the turns of other processes, CPU time alone the work of other threads. */
const spent = (work: () => unknown): number => {
  const { cpu, wall } = time(work)
  return Math.min(cpu, wall)
}

const rounds = (n: number, work: () => number): number => {
  const all = Array.from({ length: n }, work)
  // The first tenth warms up.
  return median(all.slice(Math.ceil(n / 10)))
}

const branching = (quick: boolean, report: (figure: Figure) => void): void => {
  for (const n of WAYS) {
    const times = Math.ceil((quick ? 20_000 : 200_000) / n)
    const row = (subject: string, value: number): void =>
      report({ subject, n, metric: 'branch n ways, a branch', unit: 'ns', value: value / n })
    const shares = Manager.evenly(labels(n))
    row(
      OURS,
      rounds(times, () => {
        const { manager, root } = world(MemoryStore.make())
        return spent(() => must(Manager.create(NAME, shares, root)(manager)))
      }),
    )
    row(
      ALONE,
      rounds(times, () => {
        const { root } = world(MemoryStore.make())
        return spent(() => must(StateReference.branchMany(n)(root)))
      }),
    )
    row(
      CLONED,
      rounds(Math.max(3, Math.ceil((quick ? 100 : 1000) / n)), () =>
        spent(() => Array.from({ length: n }, () => ({ weight: 1 / n, state: structuredClone(plain) }))),
      ),
    )
  }
}

const observing = (report: (figure: Figure) => void): void => {
  const { manager } = begun(BRANCHES)
  const floats = new Map(keys.map((key) => [key, 1 / BRANCHES]))
  const subjects: Readonly<Record<string, (i: number) => unknown>> = {
    [OURS]: (i) => must(Manager.observe(NAME, keyAt(i), scores[i & 1023]!)(manager)),
    [CLONED]: (i) => floats.set(keyAt(i), floats.get(keyAt(i))! * scores[i & 1023]!),
  }
  for (const [subject, observe] of Object.entries(subjects)) {
    const blocks: Array<number> = []
    for (let from = 0; from < OBSERVES; from += BLOCK) {
      const block = (): void => {
        for (let i = from; i < from + BLOCK; i++) observe(i)
      }
      blocks.push(spent(block) / BLOCK)
    }
    const row = (metric: string, value: number): void =>
      report({ subject, n: BRANCHES, metric, unit: 'ns', value })
    row('observe: the 2,000th', median(blocks.slice(1, 4)))
    row('observe: the 20,000th', median(blocks.slice(17, 24)))
    row('observe: the 100,000th', median(blocks.slice(-7)))
    row('observe: the median of 100,000', median(blocks))
  }
}

const collapsing = (quick: boolean, report: (figure: Figure) => void): void => {
  const times = quick ? 40 : 200
  const row = (subject: string, metric: string, value: number): void =>
    report({ subject, n: BRANCHES, metric, unit: 'µs', value: value / 1000 })
  const { manager } = begun(BRANCHES)
  for (let i = 0; i < 20_000; i++) must(Manager.observe(NAME, keyAt(i), scores[i & 1023]!)(manager))
  const undone: Array<number> = []
  row(
    OURS,
    'collapse, until it is handed over',
    rounds(times, () => {
      const value = spent(() => must(Manager.collapseToMode(NAME)(manager)))
      undone.push(spent(() => must(Manager.undo(manager))))
      return value
    }),
  )
  row(OURS, 'undo of the collapse', median(undone))
  const floats = keys.map((key, i) => ({ key, weight: scores[i]!, state: plain }))
  row(
    CLONED,
    'collapse, until it is handed over',
    rounds(times, () =>
      spent(() => {
        const best = floats.reduce((a, b) => (b.weight > a.weight ? b : a))
        return floats.filter((branch) => branch === best)
      }),
    ),
  )
}

/** All branches write and commit something of their own; then one is left, and rounds give back the rest. */
const reclaimed = async <S extends InMemory | LmdbStore>(
  { collector, manager, root }: ReturnType<typeof world<S>>,
  held: ReadonlyArray<number>,
): Promise<ReadonlyArray<readonly [metric: string, unit: string, value: number]>> => {
  must(Manager.create(NAME, Manager.evenly(keys), root)(manager))
  for (const [i, key] of keys.entries()) {
    const reference = must(Manager.reference(NAME, key)(manager))
    must(StateReference.update(State.set(['own'], letters(7 * i, OWN)))(reference))
    must(StateReference.commit()(reference))
  }
  must(Manager.collapseToMode(NAME)(manager))
  // What was made above is no cost of giving it back.
  globalThis.gc?.()
  const turns: Array<number> = []
  let cpu = 0
  for (let done = false; !done; ) {
    const before = process.cpuUsage()
    const from = performance.now()
    const round = mustBe(await Collector.round(collector)())
    const wall = performance.now() - from
    const { user, system } = process.cpuUsage(before)
    cpu += user + system
    if (round.released > 0) turns.push(Math.min(wall, (user + system) / 1000))
    done = round.done
  }
  const { freed, slices } = Collector.stats(collector)()
  return [
    ['reclaim: blocks freed', '', freed.blocks],
    ['reclaim: CPU a block', 'µs', cpu / freed.blocks],
    ['reclaim: slices', '', slices],
    ['reclaim: blocked by a slice, p50', 'ms', percentile(held, 0.5)],
    ['reclaim: blocked by a slice, p99', 'ms', percentile(held, 0.99)],
    ['reclaim: a round that releases, the median', 'ms', median(turns)],
    ['reclaim: a round that releases, the longest', 'ms', Math.max(...turns)],
  ]
}

const reclaiming = async (report: (figure: Figure) => void): Promise<void> => {
  const rows = (subject: string, figures: Awaited<ReturnType<typeof reclaimed>>): void => {
    for (const [metric, unit, value] of figures) report({ subject, n: BRANCHES, metric, unit, value })
  }
  const inMemory = (): ReturnType<typeof reclaimed> => {
    const store = MemoryStore.make()
    const held: Array<number> = []
    const slice =
      (bounds: Store.Bounds): ReturnType<typeof store.slice> =>
      () => {
        let done: ReturnType<ReturnType<typeof store.slice>> | null = null
        held.push(spent(() => (done = store.slice(bounds)())) / 1e6)
        return done!
      }
    return reclaimed(world(store, { window: 0, releases: RELEASES, collectable: { slice } }), held)
  }
  // Warms up.
  await inMemory()
  rows(OURS, await inMemory())
  await inDirectory(async (directory) => {
    const store = await open(directory, { durability: 'none' })
    const { collectable, held } = watching(store)
    rows(ON_DISK, await reclaimed(world(store, { window: 0, releases: RELEASES, collectable }), held))
    await store.close()
  })
}

export const ON_DISK = 'coppice, LMDB'

export const managed = async ({ quick }: Options, report: (figure: Figure) => void): Promise<void> => {
  branching(quick, report)
  observing(report)
  collapsing(quick, report)
  await reclaiming(report)
}
