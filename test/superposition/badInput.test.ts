/** Whatever is asked amiss of a manager is refused by name, and nothing has changed. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import * as Collector from '../../src/branch/Collector.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Ensemble from '../../src/superposition/Ensemble.js'
import * as Manager from '../../src/superposition/Manager.js'
import * as Measure from '../../src/superposition/Measure.js'
import * as Weight from '../../src/superposition/Weight.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'

type Store = MemoryStore.MemoryStore

const right = <F, A>(either: E.Either<F, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

const half = right(Weight.fromRatio(1n, 2n))
const { one, zero } = Weight
const ODD = ['constructor', 'a/b', '__proto__', '', 'ü\u0000'] as const

/** Two superpositions, of which nothing in the names is ordinary. */
const begun = () => {
  const components = ComponentStore.make(MemoryStore.make())
  const collector = Collector.make(components)
  const manager = Manager.make(components, collector)
  const root = StateReference.root(components)(State.empty)()
  right(Manager.create('__proto__', Manager.evenly(ODD), root)(manager)())
  right(Manager.create('x/y', Manager.evenly(['0', '1']), root)(manager)())
  return { components, collector, manager, root }
}

interface Asked {
  readonly manager: Manager.Manager<Store>
  readonly root: StateReference.StateReference<Store>
}

type Cases = ReadonlyArray<
  readonly [what: string, ask: (world: Asked) => E.Either<unknown, unknown>, tag: string]
>

const released = (root: Asked['root']) => {
  const reference = right(StateReference.branch(root)())
  StateReference.release(reference)()
  return reference
}

const likelihoods = [-1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

const cases: Cases = [
  ...likelihoods.flatMap(
    (x): Cases => [
      [`observe ${x}`, ({ manager }) => Manager.observe('x/y', '0', x)(manager)(), 'InvalidWeight'],
      [`prune below ${x}`, ({ manager }) => Manager.prune('x/y', x)(manager)(), 'InvalidWeight'],
      [
        `grow, scored ${x}`,
        ({ manager }) =>
          Manager.grow('x/y', '0', [
            ['a', half, State.empty, 1],
            ['b', half, State.empty, x],
          ])(manager)(),
        'InvalidWeight',
      ],
    ],
  ),
  ...[Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60].map(
    (x) =>
      [
        `observe the logarithm ${x}`,
        ({ manager }: Asked) => Manager.observeLog('x/y', '0', x)(manager)(),
        'InvalidWeight',
      ] as const,
  ),
  [
    'observe what cannot be added up',
    (w) => Manager.observeLog('x/y', '0', -1e10)(w.manager)(),
    'InvalidWeight',
  ],
  [
    'observe an unknown superposition',
    (w) => Manager.observe('constructor', '0', 1)(w.manager)(),
    'UnknownReference',
  ],
  [
    'observe an unknown branch',
    (w) => Manager.observe('__proto__', 'toString', 1)(w.manager)(),
    'UnknownReference',
  ],
  ['prune all', (w) => Manager.prune('x/y', 2)(w.manager)(), 'ZeroEvidence'],
  ['collapse to nothing', (w) => Manager.collapse('x/y', () => false)(w.manager)(), 'ZeroEvidence'],
  ['collapse what is not there', (w) => Manager.collapseToMode('z')(w.manager)(), 'UnknownReference'],
  ['create a name twice', (w) => Manager.create('x/y', [['0', one]], w.root)(w.manager)(), 'InvalidCoupling'],
  ['create no branches', (w) => Manager.create('z', [], w.root)(w.manager)(), 'InvalidKernel'],
  [
    'create branches of zero',
    (w) => Manager.create('z', [['a', zero]], w.root)(w.manager)(),
    'InvalidKernel',
  ],
  ['create a half', (w) => Manager.create('z', [['a', half]], w.root)(w.manager)(), 'InvalidKernel'],
  [
    'create one label twice',
    ({ manager, root }) => {
      const shares = ['a', 'a'].map((label) => [label, half] as const)
      return Manager.create('z', shares, root)(manager)()
    },
    'InvalidKernel',
  ],
  [
    'branch what was released',
    (w) => Manager.create('z', [['a', one]], released(w.root))(w.manager)(),
    'Released',
  ],
  ['expand into nothing', (w) => Manager.expand('x/y', '0', [])(w.manager)(), 'InvalidKernel'],
  [
    'expand what is not there',
    (w) => Manager.expand('x/y', '7', [['a', one]])(w.manager)(),
    'UnknownReference',
  ],
  ['couple with itself', (w) => Manager.couple(['x/y', 'x/y'], () => one)(w.manager)(), 'InvalidCoupling'],
  ['couple one', (w) => Manager.couple(['x/y'], () => one)(w.manager)(), 'InvalidCoupling'],
  ['couple none', (w) => Manager.couple([], () => one)(w.manager)(), 'InvalidCoupling'],
  [
    'couple with what is not there',
    (w) => Manager.couple(['x/y', 'z'], () => one)(w.manager)(),
    'UnknownReference',
  ],
  [
    'couple so that nothing is left',
    (w) => Manager.couple(['x/y', '__proto__'], () => zero)(w.manager)(),
    'ZeroEvidence',
  ],
  ['decohere none', (w) => Manager.decohere(one, [])(w.manager)(), 'InvalidCoupling'],
  ['decohere one twice', (w) => Manager.decohere(one, ['x/y', 'x/y'])(w.manager)(), 'InvalidCoupling'],
]

const snapshot = ({ manager, root }: Asked) => ({
  ensemble: Manager.ensemble(manager)(),
  live: StateReference.live(root)(),
})

describe('refused, and nothing has changed', () => {
  test.each(cases)('%s', (_, ask, tag) => {
    const world = begun()
    const before = snapshot(world)
    const done = ask(world)
    expect(E.isLeft(done) && done.left).toMatchObject({ _tag: tag })
    const after = snapshot(world)
    expect(after.ensemble === before.ensemble).toBe(true)
    expect(after.live).toBe(before.live)
    // The two that created, and nothing else.
    expect([1, 2, 3].map(() => right(Manager.undo(world.manager)()))).toEqual([true, true, false])
  })

  test.each(cases)('%s, where both are entangled', (_, ask) => {
    const world = begun()
    const alike = ([x, y]: ReadonlyArray<string>): Weight.Weight => (x === '0' && y === '' ? zero : one)
    right(Manager.couple(['x/y', '__proto__'], alike)(world.manager)())
    const before = snapshot(world)
    expect(E.isLeft(ask(world))).toBe(true)
    expect(snapshot(world).ensemble === before.ensemble).toBe(true)
    expect(snapshot(world).live).toBe(before.live)
  })
})

test('a share of zero makes no branch', () => {
  const { manager, root } = begun()
  const live = StateReference.live(root)()
  const made = Manager.create(
    'z',
    [
      ['a', zero],
      ['b', one],
    ],
    root,
  )(manager)()
  expect(made).toEqual(E.right(['b']))
  expect(
    right(
      Manager.expand('z', 'b', [
        ['x', zero],
        ['y', one],
      ])(manager)(),
    ),
  ).toEqual(['b/y'])
  // One that was created, and one that took its place while it waits.
  expect(StateReference.live(root)()).toBe(live + 2)
})

test('names of any kind are stored, and come back', async () => {
  const { components, collector, manager } = begun()
  right(Manager.observe('__proto__', '__proto__', 3)(manager)())
  const stored = right(Fetch.run(components.store)(Manager.toState(manager)())())
  const holder = StateReference.root(components)(stored)()
  const again = right(await Manager.fromState(components, collector)(holder)())
  const measure = right(Manager.measure('__proto__')(again)())
  expect(Ensemble.names(Manager.ensemble(again)())).toEqual(['__proto__', 'x/y'])
  expect(Measure.branches(measure).map(([key]) => key)).toEqual([...ODD].sort())
  expect(Measure.mode(measure)).toBe('__proto__')
})

test.each([
  {},
  { now: 1, past: [], tick: 0 },
  { now: { groups: {}, joint: {} }, past: [], tick: 0 },
  { now: [], past: [1], tick: 'x' },
])('a state that is no manager is refused: %j', async (json) => {
  const components = ComponentStore.make(MemoryStore.make())
  const holder = StateReference.root(components)(right(State.fromJson(json)))()
  const done = await Manager.fromState(components, Collector.make(components))(holder)()
  expect(E.isLeft(done) && done.left).toMatchObject({ _tag: 'InvalidValue' })
  expect(StateReference.live(holder)()).toBe(1)
})
