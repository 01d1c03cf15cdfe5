/** What is found in a cache, by who decides what goes: on recorded traces, and on made ones. */
import { LRUCache } from 'lru-cache'
import { chance } from '../../src/cli/job/chance.js'
import { Cache } from '../../src/index.js'
import type { Row } from '../Bench.js'
import { OURS } from '../Bench.js'
import { type Access, recorded, type Trace } from './traces.js'

const FILES = 400

/**
 * A beam search: in each step the branches that are left each read files, popular ones more often, and edit one; likely
 * branches are expanded more often, and the least likely half dies every so many steps.
 */
const beamSearch = (seed: number, steps: number): Trace => {
  const dice = chance('beam', seed)
  const sizes = Array.from({ length: FILES }, () => 400 + dice.below(30) ** 3)
  // An index takes far longer a byte than plain data.
  const costs = sizes.map((size) => (size / 1e6) * (dice.happens(0.2) ? 100 : 5))
  type Branch = { readonly versions: ReadonlyMap<number, number>; weight: number }
  let version = 0
  let branches: Branch[] = [{ versions: new Map(), weight: 1 }]
  const trace: Access[] = []
  const popular = (): number => Math.floor(FILES * (dice.below(1000) / 1000) ** 3)
  for (let step = 0; step < steps; step++) {
    const total = branches.reduce((sum, { weight }) => sum + weight, 0)
    let left = (dice.below(1e6) / 1e6) * total
    const branch = branches.find(({ weight }) => (left -= weight) < 0) ?? branches[0]!
    const best = Math.max(...branches.map(({ weight }) => weight))
    for (let i = 0; i < 6; i++) {
      const file = popular()
      const own = branch.versions.get(file)
      // What all branches share matters as long as any of them does.
      const probability = own === undefined ? 1 : branch.weight / best
      trace.push({ key: `${file}@${own ?? 0}`, size: sizes[file]!, cost: costs[file]!, probability })
    }
    const versions = new Map(branch.versions).set(popular(), ++version)
    branches.push({ versions, weight: branch.weight * (0.3 + dice.below(1000) / 800) })
    if (branches.length > 64) {
      branches = [...branches].sort((x, y) => y.weight - x.weight).slice(0, 32)
      const most = branches[0]!.weight
      for (const each of branches) each.weight /= most
    }
  }
  return trace
}

/** Popular and rare files, no branches. */
const zipf = (seed: number, length: number): Trace => {
  const dice = chance('zipf', seed)
  const sizes = Array.from({ length: FILES }, () => 400 + dice.below(30) ** 3)
  return Array.from({ length }, () => {
    const file = Math.floor(FILES * (dice.below(1e5) / 1e5) ** 3)
    return { key: `${file}`, size: sizes[file]!, cost: sizes[file]! / 2e5, probability: 1 }
  })
}

/** Whether each access finds its object. */
type Policy = (trace: Trace, budget: number) => ReadonlyArray<boolean>

const ours =
  (probable: boolean): Policy =>
  (trace, budget) => {
    const cache = Cache.make<string, true>(budget)
    return trace.map(({ key, size, cost, probability }) => {
      if (Cache.get(key)(cache)()._tag === 'Some') {
        if (probable) Cache.reweigh(key, probability)(cache)()
        return true
      }
      Cache.set(key, true, { size, cost, probability: probable ? probability : 1 })(cache)()
      return false
    })
  }

const lru: Policy = (trace, budget) => {
  const cache = new LRUCache<string, true>({ maxSize: Math.floor(budget) })
  return trace.map(({ key, size }) => {
    if (cache.get(key) === true) return true
    cache.set(key, true, { size })
    return false
  })
}

/** Lets go of what is asked for last of all: the optimum where all sizes are equal, and near it where they are not. */
const belady: Policy = (trace, budget) => {
  const next = new Array<number>(trace.length).fill(Number.POSITIVE_INFINITY)
  const seen = new Map<string, number>()
  for (let i = trace.length - 1; i >= 0; i--) {
    next[i] = seen.get(trace[i]!.key) ?? Number.POSITIVE_INFINITY
    seen.set(trace[i]!.key, i)
  }
  const kept = new Map<string, { readonly size: number; next: number }>()
  let bytes = 0
  return trace.map(({ key, size }, i) => {
    const found = kept.get(key)
    if (found !== undefined) {
      found.next = next[i]!
      return true
    }
    kept.set(key, { size, next: next[i]! })
    bytes += size
    while (bytes > budget) {
      let last = ''
      let latest = -1
      for (const [each, { next: at }] of kept) if (at > latest) [last, latest] = [each, at]
      bytes -= kept.get(last)!.size
      kept.delete(last)
    }
    return false
  })
}

const subjects: Readonly<Record<string, Policy>> = {
  [OURS]: ours(true),
  GDSF: ours(false),
  LRU: lru,
  Belády: belady,
}

export const policies = async (quick: boolean, report: (row: Omit<Row, 'bench'>) => void): Promise<void> => {
  const length = quick ? 12_000 : 60_000
  const traces: Readonly<Record<string, Trace>> = {
    ...(await recorded(quick)),
    'made: beam': beamSearch(1, length / 6),
    'made: popularity': zipf(1, length),
  }
  for (const [name, trace] of Object.entries(traces)) {
    const distinct = new Map(trace.map(({ key, size }) => [key, size]))
    const bytes = [...distinct.values()].reduce((x, y) => x + y, 0)
    const whole = trace.reduce((sum, { cost }) => sum + cost, 0)
    for (const share of [2, 5, 10, 25]) {
      for (const [subject, policy] of Object.entries(subjects)) {
        const found = policy(trace, (bytes * share) / 100)
        const missed = trace.filter((_, i) => !found[i])
        const row = (metric: string, value: number): void =>
          report({ subject, n: share, metric: `${name}, ${metric}`, unit: '%', value })
        row('misses', (100 * missed.length) / trace.length)
        row('time to build the misses', (100 * missed.reduce((sum, { cost }) => sum + cost, 0)) / whole)
      }
    }
  }
}
