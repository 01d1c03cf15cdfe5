/** The laws of a collector: what it releases, when, in which order, and what is left in the store. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as Collector from '../../src/branch/Collector.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as State from '../../src/trie/State.js'
import { holds, isEq, lawAsync, type Suite, suite } from '../Law.js'
import { type ManualClock, manualClock } from '../store/manualClock.js'
import { get, type Reference } from './Subject.js'

type Store = MemoryStore.MemoryStore

/** The operations under test. */
export interface Collectors {
  readonly make: (
    components: ComponentStore.ComponentStore<Store>,
    options: Collector.Options<Store>,
  ) => Collector.Collector<Store>
  readonly orphan: typeof Collector.orphan
  readonly rescue: typeof Collector.rescue
  readonly round: typeof Collector.round
  readonly collect: typeof Collector.collect
}

/** The library's own. */
export const collectors: Collectors = Collector

interface World {
  readonly store: Store
  readonly clock: ManualClock
  readonly components: ComponentStore.ComponentStore<Store>
  /** A family of agents, each with a committed state of its own. */
  readonly agents: ReadonlyArray<Reference>
  readonly weights: ReadonlyMap<Reference, number>
}

/** Text that is too long to stand in its parent's block. */
const long = (seed: number): string => `${seed} `.repeat(400)

const grown = (weights: ReadonlyArray<number>): World => {
  const store = MemoryStore.make()
  const components = ComponentStore.make(store)
  const root = StateReference.root(components)(State.empty)()
  const agents = weights.map((_, n) => {
    const agent = get(StateReference.branch(root))
    get(StateReference.update(State.set(['own'], long(n)))(agent))
    get(StateReference.update(State.set(['shared'], long(n % 2)))(agent))
    get(StateReference.commit()(agent))
    return agent
  })
  StateReference.release(root)()
  const byAgent = new Map(agents.map((agent, n) => [agent, weights[n]!]))
  return { store, clock: manualClock(1000), components, agents, weights: byAgent }
}

const isReleased = (reference: Reference): boolean => StateReference.isReleased(reference)()

const contentOf = (reference: Reference): unknown => {
  const state = StateReference.read(reference)()
  return E.isLeft(state) ? state.left._tag : get(StateReference.ask(State.toJson)(reference))
}

const done = async (task: () => Promise<E.Either<unknown, Collector.Round>>): Promise<Collector.Round> => {
  const answer = await task()
  if (E.isLeft(answer)) throw new Error(`failed: ${JSON.stringify(answer.left)}`)
  return answer.right
}

/** Few distinct weights, so that many are equal. */
const weights = fc.array(fc.nat(4), { minLength: 1, maxLength: 8 })
const bounds = fc.record({ blocks: fc.integer({ min: 1, max: 5 }), milliseconds: fc.constant(1000) })

export const collectorLaws = (name: string, collector: Collectors): Suite => {
  const made = (world: World, options: Collector.Options<Store>) =>
    collector.make(world.components, {
      clock: world.clock.now,
      retention: (reference) => world.weights.get(reference) ?? 0,
      ...options,
    })
  return suite(`collector ${name}`, [
    lawAsync(
      'an orphan is released when its window has ended, and not before',
      [fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }), fc.nat(40)],
      async (ages, wait) => {
        const world = grown(ages)
        const working = made(world, { window: 20 })
        const since: Array<number> = []
        for (const [n, age] of ages.entries()) {
          collector.orphan([world.agents[n]!])(working)()
          since.push(world.clock.now())
          world.clock.advance(age)()
        }
        world.clock.advance(wait)()
        await done(collector.round(working))
        return isEq(
          world.agents.map(isReleased),
          since.map((then) => then + 20 <= world.clock.now()),
        )
      },
    ),
    lawAsync('the least likely go first, and of equals the eldest', [weights], async (all) => {
      const world = grown(all)
      const working = made(world, { window: 0, releases: 1 })
      for (const agent of world.agents) {
        collector.orphan([agent])(working)()
        world.clock.advance(1)()
      }
      const order: Array<number> = []
      for (const _ of all) {
        await done(collector.round(working))
        order.push(
          ...world.agents.flatMap((agent, n) => (isReleased(agent) && !order.includes(n) ? [n] : [])),
        )
      }
      const wanted = all.map((_, n) => n).sort((a, b) => all[a]! - all[b]! || a - b)
      return isEq(order, wanted)
    }),
    lawAsync('beyond the limit the least likely go early', [weights, fc.nat(8)], async (all, limit) => {
      const world = grown(all)
      const working = made(world, { window: 1000, limit })
      collector.orphan(world.agents)(working)()
      await done(collector.round(working))
      const kept = [...all].sort((a, b) => b - a).slice(0, limit)
      const left = world.agents.flatMap((agent, n) => (isReleased(agent) ? [] : [all[n]!]))
      return isEq(
        left.sort((a, b) => b - a),
        kept,
      )
    }),
    lawAsync(
      'what was rescued is whole, and what lives stays',
      [
        weights,
        fc.array(fc.constantFrom('lives', 'rescued', 'lost'), { minLength: 8, maxLength: 8 }),
        bounds,
      ],
      async (all, fates, bounds) => {
        const world = grown(all)
        const working = made(world, { window: 10, bounds })
        const before = world.agents.map(contentOf)
        const of = (fate: string) => world.agents.filter((_, n) => fates[n] === fate)
        collector.orphan([...of('rescued'), ...of('lost')])(working)()
        const back = collector.rescue(of('rescued'))(working)()
        world.clock.advance(10)()
        await done(collector.collect(working))
        StateReference.unload(world.agents.find((_, n) => fates[n] !== 'lost') ?? world.agents[0]!)()
        const after = world.agents.map(contentOf)
        return [
          isEq(new Set(back), new Set(of('rescued'))),
          isEq(
            after,
            before.map((content, n) => (fates[n] === 'lost' ? 'Released' : content)),
          ),
        ]
      },
    ),
    lawAsync(
      'when all are lost, rounds of any size leave nothing',
      [weights, bounds],
      async (all, bounds) => {
        const world = grown(all)
        const working = made(world, { window: 0, bounds, releases: 2 })
        collector.orphan(world.agents)(working)()
        const stored = world.store.stats()
        const sum = await done(collector.collect(working))
        const { blocks, bytes, pins } = world.store.stats()
        return [
          isEq({ blocks, bytes, pins }, { blocks: 0, bytes: 0, pins: 0 }),
          isEq({ freed: sum.freed, bytes: sum.bytes }, { freed: stored.blocks, bytes: stored.bytes }),
        ]
      },
    ),
    lawAsync('the lost are freed while their family lives', [weights], async (all) => {
      const world = grown([0, ...all])
      const [survivor, ...losers] = world.agents
      const working = made(world, { window: 0 })
      collector.orphan(losers)(working)()
      await done(collector.collect(working))
      const lost = world.store.stats().blocks
      const alone = grown([0]).store.stats().blocks
      return [isEq(lost, alone), holds(!isReleased(survivor!), 'the survivor was released')]
    }),
    lawAsync('a round frees no more than its bounds', [weights, bounds], async (all, bounds) => {
      const world = grown(all)
      const working = made(world, { window: 0, bounds })
      collector.orphan(world.agents)(working)()
      const one = await done(collector.round(working))
      return holds(one.freed <= bounds.blocks, `${one.freed} blocks freed, ${bounds.blocks} allowed`)
    }),
  ])
}

/** Broken collectors, each of which some law rejects. */
export const brokenCollectors: Readonly<Record<string, Collectors>> = {
  'releases at once': {
    ...collectors,
    make: (components, options) => Collector.make(components, { ...options, window: 0 }),
  },
  'releases nothing': {
    ...collectors,
    make: (components, options) =>
      Collector.make(components, {
        ...options,
        window: Number.POSITIVE_INFINITY,
        limit: Number.POSITIVE_INFINITY,
      }),
  },
  'asks no retention': {
    ...collectors,
    make: (components, options) => Collector.make(components, { ...options, retention: () => 1 }),
  },
  'lets the likely go first': {
    ...collectors,
    make: (components, options) =>
      Collector.make(components, { ...options, retention: (one) => -(options.retention?.(one) ?? 0) }),
  },
  'knows no limit': {
    ...collectors,
    make: (components, options) =>
      Collector.make(components, { ...options, limit: Number.POSITIVE_INFINITY }),
  },
  'rescues in words only': { ...collectors, rescue: (references) => () => () => references },
  'keeps the pins of the lost': {
    ...collectors,
    // Released by hand, and so without letting go of their checkpoints.
    orphan: (references) => () => () => {
      for (const one of references) StateReference.release(one)()
    },
  },
  'frees without bounds': {
    ...collectors,
    make: (components, options) =>
      Collector.make(components, { ...options, bounds: { blocks: 1e9, milliseconds: 1e9 } }),
  },
}
