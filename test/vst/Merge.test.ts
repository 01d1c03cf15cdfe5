import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, test } from 'vitest'
import { get } from '../../laws/branch/Subject.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { crissCross, history } from '../../laws/vst/histories.js'
import { brokenMerges, mergeLaws, mergeOperations } from '../../laws/vst/index.js'
import {
  Checkpoint,
  ComponentStore,
  Fetch,
  MemoryStore,
  Merge,
  Residency,
  type Resolver,
  State,
  StateReference,
} from '../../src/index.js'

const suite = mergeLaws('Merge', mergeOperations)
checkAll(suite, test)

describe('broken merges', () => {
  const found = new Set<string>()

  test.each(Object.entries(brokenMerges))('one that %s is rejected', async (_, op) => {
    const names = await rejected(mergeLaws('broken', op), 100)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })

  test('each law rejects one', () => {
    expect(suite.laws.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([])
  })
})

const state = (json: unknown): State.State => E.getOrElseW(() => State.empty)(State.fromJson(json))

const merged = (base: unknown, ours: unknown, theirs: unknown, rules: ReadonlyArray<Resolver.Rule> = []) => {
  const answer = Fetch.now(Merge.merge(rules)(state(base), state(ours), state(theirs)))
  return get(() => O.toNullable(answer)!)
}

const json = ({ state }: Merge.Merged): unknown => get(() => O.toNullable(Fetch.now(State.toJson(state)))!)

describe('conflicts', () => {
  test('a removed map against a change in it', () => {
    const answer = merged({ m: { x: 1, y: 2 } }, {}, { m: { x: 1, y: 3 } })
    expect(answer.conflicts).toEqual([
      { path: ['m'], base: O.some({ x: 1, y: 2 }), ours: O.none, theirs: O.some({ x: 1, y: 3 }) },
    ])
    expect(json(answer)).toEqual({ m: { x: 1, y: 2 } })
    expect(Merge.toState(answer)).toMatchObject({ left: { _tag: 'Conflicted', paths: [['m']] } })
  })

  test('two maps that were added are merged by key', () => {
    const answer = merged({}, { m: { a: 1, c: 1, d: [1] } }, { m: { b: 2, c: 2, d: [1] } })
    expect(answer.conflicts.map(({ path }) => path)).toEqual([['m', 'c']])
    expect(json(answer)).toEqual({ m: { a: 1, b: 2, d: [1] } })
  })

  test('a place that was no map and became two of them', () => {
    expect(merged({ m: 1 }, { m: { a: 1 } }, { m: { b: 1 } }).conflicts).toHaveLength(1)
  })

  test('a resolver that answers what is no value', () => {
    const rule: Resolver.Rule = { resolve: () => O.some(O.some(Number.NaN)) }
    const answer = Fetch.now(Merge.merge([rule])(state({ a: 1 }), state({ a: 2 }), state({ a: 3 })))
    expect(answer).toMatchObject({ value: { left: { _tag: 'InvalidValue', path: ['a'] } } })
  })

  test('what is no list of conflicts', () => {
    for (const value of [1, [1], [{ path: ['a'], base: [1, 2], ours: [], theirs: [] }], [{ path: [-1] }]]) {
      expect(E.isLeft(Merge.ConflictsFromValue.decode(value))).toBe(true)
    }
  })
})

describe('checkpoints', () => {
  const setUp = () => {
    const store = MemoryStore.make()
    const root = StateReference.root(ComponentStore.make(store))(state({ n: 1, log: ['begin'] }))()
    const base = get(Checkpoint.commit()(root)).checkpoint
    const change = (edit: (state: State.State) => Fetch.Fetch<never, State.State>) => {
      const side = get(StateReference.branch(root))
      get(StateReference.update(edit)(side))
      return get(Checkpoint.commit()(side)).checkpoint
    }
    return { store, base, change }
  }

  test('are merged by their common ancestor', () => {
    const { store, base, change } = setUp()
    const ours = change(State.set(['n'], 2) as never)
    const theirs = change(State.set(['m'], 3) as never)
    const answer = get(Fetch.run(store)(Merge.checkpoints(Residency.make())(ours, theirs)))
    expect(answer.base).toEqual(O.some(base))
    expect(answer.conflicts).toEqual([])
    const value = get(Fetch.run(store)(State.toJson(answer.state)))
    expect(value).toEqual({ n: 2, m: 3, log: ['begin'] })
  })

  test('where histories cross, everybody goes by the same ancestor', () => {
    const { store, digests } = history(crissCross)
    const base = (a: number, b: number) =>
      get(Fetch.run(store)(Merge.checkpoints(Residency.make())(digests[a]!, digests[b]!))).base
    expect(base(3, 4)).toEqual(base(4, 3))
    expect(O.isSome(base(3, 4))).toBe(true)
  })

  test('histories apart have nothing in common', () => {
    const { store } = setUp()
    const alone = (value: unknown) => {
      const reference = StateReference.root(ComponentStore.make(store))(state(value))()
      return get(Checkpoint.commit()(reference)).checkpoint
    }
    const [a, b] = [alone({ a: 1, x: 1 }), alone({ b: 1, x: 1 })]
    const answer = get(Fetch.run(store)(Merge.checkpoints(Residency.make())(a, b)))
    expect(answer.base).toEqual(O.none)
    expect(get(Fetch.run(store)(State.toJson(answer.state)))).toEqual({ a: 1, b: 1, x: 1 })
  })
})
