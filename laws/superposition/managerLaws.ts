/** Superpositions of references: what lives, what is lost, and what undo brings back. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as Collector from '../../src/branch/Collector.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Ensemble from '../../src/superposition/Ensemble.js'
import type * as Manager from '../../src/superposition/Manager.js'
import * as Measure from '../../src/superposition/Measure.js'
import * as Weight from '../../src/superposition/Weight.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import { holds, type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'
import { manualClock } from '../store/manualClock.js'
import { shares as likelihoods, positive, right } from './fractions.js'

type Store = MemoryStore.MemoryStore
type Reference = StateReference.StateReference<Store>

/** What the laws ask of an implementation. */
export type Managers = Pick<
  typeof Manager,
  | 'make'
  | 'create'
  | 'expand'
  | 'grow'
  | 'observe'
  | 'prune'
  | 'collapse'
  | 'collapseToMode'
  | 'couple'
  | 'undo'
  | 'redo'
  | 'ensemble'
  | 'measure'
  | 'toState'
  | 'fromState'
>

interface World {
  readonly store: Store
  readonly components: ComponentStore.ComponentStore<Store>
  readonly clock: ReturnType<typeof manualClock>
  readonly collector: Collector.Collector<Store>
  readonly manager: Manager.Manager<Store>
  readonly root: Reference
  /** Every reference that a superposition ever had, with the text of its own that it committed. */
  readonly made: Map<Reference, Digest>
  readonly heard: Array<string>
}

const WINDOW = 10

const begun = (subject: Managers): World => {
  const store = MemoryStore.make()
  const components = ComponentStore.make(store)
  const clock = manualClock(0)
  const collector = Collector.make(components, { window: WINDOW, clock: clock.now })
  const heard: Array<string> = []
  const listener = {
    won: () => void heard.push('won'),
    lost: (references: ReadonlyArray<Reference>) => void heard.push(`lost ${references.length}`),
  }
  const manager = subject.make(components, collector, { listener })
  const root = StateReference.root(components)(State.empty)()
  return { store, components, clock, collector, manager, root, made: new Map(), heard }
}

/** References of all branches by superposition and key. */
const branchesOf = (subject: Managers, { manager }: World): ReadonlyMap<string, Reference> => {
  const ensemble = subject.ensemble(manager)()
  return new Map(
    Ensemble.names(ensemble).flatMap((name) =>
      Measure.branches(right(Ensemble.measure(name)(ensemble))).map(
        ([key, { reference }]) => [`${name}: ${key}`, reference] as const,
      ),
    ),
  )
}

/** Gives every new branch a text of its own that is big enough to be a block, and stores it. */
const marked = (subject: Managers, world: World): void => {
  for (const reference of branchesOf(subject, world).values()) {
    if (world.made.has(reference)) continue
    const text = `${world.made.size} `.repeat(300)
    right(StateReference.update(State.set(['own'], text))(reference)())
    world.made.set(reference, right(StateReference.commit()(reference)()).digest)
  }
}

/** All weights, exactly. */
const weights = (subject: Managers, { manager }: World): ReadonlyArray<string> => {
  const ensemble = subject.ensemble(manager)()
  return Ensemble.names(ensemble).flatMap((name) =>
    Measure.branches(right(Ensemble.measure(name)(ensemble))).map(
      ([key, , weight]) => `${name}: ${key} ${Weight.show(weight)}`,
    ),
  )
}

/** The digests of what the branches hold. */
const contents = (subject: Managers, world: World): ReadonlyArray<string> =>
  [...branchesOf(subject, world)].map(
    ([at, reference]) => `${at} ${State.digest(right(StateReference.read(reference)()))}`,
  )

interface Step {
  readonly name: string
  readonly run: (subject: Managers, world: World) => E.Either<unknown, unknown>
}

const name = fc.constantFrom('a', 'b')
const key = fc.constantFrom('0', '1', '2', '0/x')

const even = (labels: ReadonlyArray<string>) => {
  const share = right(Weight.fromRatio(1n, BigInt(labels.length)))
  return labels.map((label) => [label, share] as const)
}

/** Shares that sum to 1, some of them zero. */
const kernels = fc
  .tuple(positive, fc.array(fc.oneof(positive, fc.constant(Weight.zero)), { maxLength: 2 }))
  .map(([first, others]) => {
    const all = Weight.sum([first, ...others])
    return [...others, first].map((w, i) => ['xyz'[i]!, right(Weight.divide(all)(w))] as const)
  })

/** Children with states and scores, some of which are zero, and one in a while none at all. */
const broods = fc
  .tuple(kernels, fc.array(fc.constantFrom(0, 0.5, 1, 3, Number.NaN), { minLength: 3, maxLength: 3 }))
  .map(([kernel, scores]) =>
    kernel.map(
      ([label, share], i): Manager.Child => [
        label,
        share,
        right(State.fromJson({ grown: label, score: String(scores[i]) })),
        scores[i]!,
      ],
    ),
  )

const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.oneof(
    fc.tuple(name, fc.integer({ min: 1, max: 3 })).map(
      ([of, n]): Step => ({
        name: `create ${of} ${n}`,
        run: (subject, { manager, root }) =>
          subject.create(of, even(['0', '1', '2'].slice(0, n)), root)(manager)(),
      }),
    ),
    fc.tuple(name, key, kernels).map(
      ([of, at, kernel]): Step => ({
        name: `expand ${of} ${at}`,
        run: (subject, { manager }) => subject.expand(of, at, kernel)(manager)(),
      }),
    ),
    fc.tuple(name, key, broods).map(
      ([of, at, brood]): Step => ({
        name: `grow ${of} ${at}`,
        run: (subject, { manager }) => subject.grow(of, at, brood)(manager)(),
      }),
    ),
    fc.tuple(name, key, likelihoods).map(
      ([of, at, by]): Step => ({
        name: `observe ${of} ${at} ${Weight.show(by)}`,
        run: (subject, { manager }) => subject.observe(of, at, by)(manager)(),
      }),
    ),
    fc.tuple(name, fc.constantFrom(0.1, 0.3, 0.6, -1)).map(
      ([of, threshold]): Step => ({
        name: `prune ${of} below ${threshold}`,
        run: (subject, { manager }) => subject.prune(of, threshold)(manager)(),
      }),
    ),
    fc.tuple(name, fc.subarray(['0', '1', '2', '0/x'], { minLength: 1 })).map(
      ([of, some]): Step => ({
        name: `collapse ${of} to ${some.join()}`,
        run: (subject, { manager }) => subject.collapse<Store>(of, (at) => some.includes(at))(manager)(),
      }),
    ),
    name.map(
      (of): Step => ({
        name: `collapse ${of} to its mode`,
        run: (subject, { manager }) => subject.collapseToMode(of)(manager)(),
      }),
    ),
    fc.constant<Step>({
      name: 'couple a and b',
      run: (subject, { manager }) =>
        subject.couple(['a', 'b'], ([x, y]) => (x![0] === y![0] ? Weight.one : Weight.zero))(manager)(),
    }),
  ),
  { maxLength: 7 },
)

/** The first steps always give something to work on. */
const stories = steps.map(
  (rest): ReadonlyArray<Step> => [
    { name: 'create a', run: (s, w) => s.create('a', even(['0', '1', '2']), w.root)(w.manager)() },
    { name: 'create b', run: (s, w) => s.create('b', even(['0', '1']), w.root)(w.manager)() },
    ...rest,
  ],
)

const isReleased = (reference: Reference): boolean => StateReference.isReleased(reference)()

const collected = async ({ clock, collector }: World): Promise<void> => {
  clock.advance(WINDOW)()
  right(await Collector.collect(collector)())
}

/** Tells a story; answers the weights after each step that was done. */
const told = (subject: Managers, world: World, story: ReadonlyArray<Step>): Array<ReadonlyArray<string>> => {
  const after: Array<ReadonlyArray<string>> = [weights(subject, world)]
  for (const step of story) {
    const done = step.run(subject, world)
    marked(subject, world)
    if (E.isRight(done)) after.push(weights(subject, world))
  }
  return after
}

export const managerLaws = (named: string, subject: Managers): Suite =>
  suite(`manager ${named}`, [
    lawAsync('undo and redo restore every measure exactly', [stories], async (story) => {
      const world = begun(subject)
      const after = told(subject, world, story)
      const verdicts: Array<IsEq> = []
      for (let i = after.length - 2; i >= 0; i--) {
        verdicts.push(isEq(subject.undo(world.manager)(), E.right(true)))
        verdicts.push(isEq(weights(subject, world), after[i]!))
      }
      verdicts.push(isEq(subject.undo(world.manager)(), E.right(false)))
      for (let i = 1; i < after.length; i++) {
        verdicts.push(isEq(subject.redo(world.manager)(), E.right(true)))
        verdicts.push(isEq(weights(subject, world), after[i]!))
      }
      verdicts.push(isEq(subject.redo(world.manager)(), E.right(false)))
      return verdicts
    }),
    lawAsync(
      'what undo brings back lives, whatever the collector did meanwhile',
      [stories, fc.nat(8)],
      async (story, n) => {
        const world = begun(subject)
        const after = told(subject, world, story)
        right(await Collector.collect(world.collector)())
        for (let i = Math.min(n, after.length - 2); i > 0; i--) right(subject.undo(world.manager)())
        await collected(world)
        return [...branchesOf(subject, world)].map(([at, reference]) =>
          holds(!isReleased(reference), `${at} was released`),
        )
      },
    ),
    lawAsync(
      'when the window has ended exactly the winners live, and what they reach',
      [stories],
      async (story) => {
        const world = begun(subject)
        told(subject, world, story)
        await collected(world)
        const living = new Set(branchesOf(subject, world).values())
        const stored = right(world.store.read([...world.made.values()])())
        return [
          ...[...world.made.keys()].map((reference, n) =>
            isEq(isReleased(reference), !living.has(reference), same(n)),
          ),
          ...[...world.made.keys()].map((reference, n) =>
            isEq(stored[n] !== undefined, living.has(reference), same(n)),
          ),
          isEq(StateReference.children(world.root)().filter((child) => !living.has(child)).length, 0),
        ]
      },
    ),
    lawAsync(
      'what went too long ago does not come back, and then nothing changes',
      [stories],
      async (story) => {
        const world = begun(subject)
        told(subject, world, story)
        await collected(world)
        for (;;) {
          const before = subject.ensemble(world.manager)()
          const done = subject.undo(world.manager)()
          if (E.isRight(done) && !done.right) return holds(true, '')
          if (E.isLeft(done))
            return [
              isEq(subject.ensemble(world.manager)() === before, true),
              isEq(done.left._tag, 'Released'),
            ]
          const dead = [...branchesOf(subject, world)].filter(([, reference]) => isReleased(reference))
          if (dead.length > 0) return holds(false, `${dead[0]![0]} came back dead`)
        }
      },
    ),
    lawAsync('a failure changes nothing', [stories], async (story) => {
      const world = begun(subject)
      const verdicts: Array<IsEq> = []
      for (const step of story) {
        const before = subject.ensemble(world.manager)()
        const children = StateReference.live(world.root)()
        const done = step.run(subject, world)
        if (E.isRight(done)) continue
        verdicts.push(holds(subject.ensemble(world.manager)() === before, `${step.name} left something`))
        verdicts.push(isEq(StateReference.live(world.root)(), children))
      }
      return verdicts
    }),
    lawAsync('expanding a branch keeps its weight', [stories, name, key], async (story, of, at) => {
      const world = begun(subject)
      told(subject, world, story)
      const before = subject.measure(of)(world.manager)()
      const done = subject.expand(of, at, even(['x', 'y', 'z']))(world.manager)()
      const after = subject.measure(of)(world.manager)()
      if (E.isLeft(before) || E.isLeft(after) || E.isLeft(done)) return holds(true, '')
      const share = (m: Measure.Measure<unknown>, keep: (key: string) => boolean) =>
        Weight.show(
          right(
            Weight.divide(Measure.mass(m))(
              Weight.sum(Measure.branches(m).flatMap(([key, , w]) => (keep(key) ? [w] : []))),
            ),
          ),
        )
      return isEq(
        share(after.right, (key) => done.right.includes(key)),
        share(before.right, (key) => key === at),
      )
    }),
    lawAsync(
      'growing is expanding, writing and observing at once',
      [stories, name, key, broods],
      async (story, of, at, brood) => {
        const [world, other] = [begun(subject), begun(subject)]
        for (const one of [world, other]) told(subject, one, story)
        const before = weights(subject, world)
        const done = subject.grow(of, at, brood)(world.manager)()
        if (E.isLeft(done)) return isEq(weights(subject, world), before)
        const shares = brood.map(([label, share]) => [label, share] as const)
        right(subject.expand(of, at, shares)(other.manager)())
        for (const [label, share, state, score] of brood) {
          if (Weight.isZero(share)) continue
          const reference = branchesOf(subject, other).get(`${of}: ${at}/${label}`)!
          right(StateReference.write(state)(reference)())
          right(subject.observe(of, `${at}/${label}`, score)(other.manager)())
        }
        return [
          isEq(weights(subject, world), weights(subject, other)),
          isEq(contents(subject, world), contents(subject, other)),
          isEq(subject.undo(world.manager)(), E.right(true)),
          isEq(weights(subject, world), before),
        ]
      },
    ),
    lawAsync(
      'a collapse says what it left and what that weighed, and is heard',
      [stories, name],
      async (story, of) => {
        const world = begun(subject)
        told(subject, world, story)
        const before = subject.measure(of)(world.manager)()
        const size = branchesOf(subject, world).size
        world.heard.length = 0
        const done = subject.collapseToMode(of)(world.manager)()
        if (E.isLeft(before) || E.isLeft(done)) return holds(true, '')
        const lost = size - branchesOf(subject, world).size
        const mode = Measure.mode(before.right)
        return [
          isEq(done.right.kept, [mode]),
          isEq(
            Weight.show(done.right.probability),
            Weight.show(right(Measure.probability(mode)(before.right))),
          ),
          isEq(world.heard, [...(lost > 0 ? [`lost ${lost}`] : []), 'won']),
        ]
      },
    ),
    lawAsync('what is stored comes back, with what can be undone', [stories], async (story) => {
      const world = begun(subject)
      told(subject, world, story)
      const stored = right(Fetch.run(world.store)(subject.toState(world.manager)())())
      const { collector, components } = world
      const holder = StateReference.root(components)(stored)()
      const again = right(await subject.fromState(components, collector)(holder)())
      const other = { ...world, manager: again }
      const verdicts: Array<IsEq> = []
      for (;;) {
        verdicts.push(isEq(weights(subject, other), weights(subject, world)))
        verdicts.push(isEq(contents(subject, other), contents(subject, world)))
        const [mine, its] = [subject.undo(world.manager)(), subject.undo(again)()]
        verdicts.push(isEq(its, mine))
        if (E.isLeft(mine) || !mine.right || !isEq(its, mine).equal) return verdicts
      }
    }),
  ])

const same =
  (_n: number) =>
  (x: unknown, y: unknown): boolean =>
    x === y

/** Broken managers, each of which some law rejects. */
export const brokenManagers = (manager: Managers): Readonly<Record<string, Managers>> => {
  const deaf: Managers = {
    ...manager,
    make: (components, collector) => manager.make(components, collector),
  }
  const forgetful: Managers = {
    ...manager,
    make: (components, collector, options) => manager.make(components, collector, { ...options, history: 1 }),
  }
  const unheard: Managers = {
    ...manager,
    // Hands what it drops to a collector that nobody runs.
    make: (components, _, options) =>
      manager.make(components, Collector.make(components as never) as never, options),
  }
  const torn: Managers = {
    ...manager,
    // Asks one collector for what another has released.
    make: (components, collector, options) => {
      const forever = { window: Number.POSITIVE_INFINITY }
      const idle = Collector.make(components as never, forever) as unknown as typeof collector
      const lost: NonNullable<NonNullable<typeof options>['listener']>['lost'] = (references) => {
        Collector.orphan(references)(collector)()
        options?.listener?.lost?.(references)
      }
      return manager.make(components, idle, { ...options, listener: { ...options?.listener, lost } })
    },
  }
  const hasty: Managers = {
    ...manager,
    collapse: (of, event) => (self) => () => {
      const before = manager.measure(of)(self)()
      const done = manager.collapse(of, event)(self)()
      if (E.isRight(before) && E.isRight(done))
        for (const [at, { reference }] of Measure.branches(before.right))
          if (!done.right.kept.includes(at)) StateReference.release(reference)()
      return done
    },
  }
  const generous: Managers = {
    ...manager,
    expand: (of, at, children) => (self) => () => {
      const before = manager.measure(of)(self)()
      const done = manager.expand(of, at, children)(self)()
      if (E.isRight(done) && E.isRight(before)) manager.observe(of, done.right[0]!, 2)(self)()
      return done
    },
  }
  const blank: Managers = {
    ...manager,
    grow: (of, at, brood) =>
      manager.grow(
        of,
        at,
        brood.map(([label, share, , score]) => [label, share, State.empty, score]),
      ),
  }
  const halting: Managers = {
    ...manager,
    grow: (of, at, brood) => (self) => () => {
      const done = manager.grow(of, at, brood)(self)()
      if (E.isRight(done) && done.right.length > 0) manager.observe(of, done.right[0]!, 1)(self)()
      return done
    },
  }
  const careless: Managers = {
    ...manager,
    observe: (of, at, by) => (self) => () => {
      const done = manager.observe(of, at, by)(self)()
      if (E.isLeft(done)) manager.observe(of, '0', 2)(self)()
      return done
    },
  }
  const boastful: Managers = {
    ...manager,
    collapseToMode: (of) => (self) => () =>
      E.map((done: Manager.Collapsed) => ({ ...done, probability: Weight.one }))(
        manager.collapseToMode(of)(self)(),
      ),
  }
  const shallow: Managers = {
    ...manager,
    toState: (self) => () => Fetch.chainW(State.set(['past'], []))(manager.toState(self)()),
  }
  return {
    'stores no history': shallow,
    'tells nobody': deaf,
    'forgets its history': forgetful,
    'hands the lost to nobody': unheard,
    'asks another for the lost': torn,
    'releases the lost at once': hasty,
    'gives weight away': generous,
    'grows children without their states': blank,
    'grows in two operations': halting,
    'does something else when it fails': careless,
    'says that all was certain': boastful,
  }
}
