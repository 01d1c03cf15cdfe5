import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { get } from '../../laws/branch/Subject.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { faulty } from '../../laws/store/index.js'
import { soundBlock } from '../../laws/vst/forgedCheckpoints.js'
import { crissCross, history } from '../../laws/vst/histories.js'
import { brokenCheckpoints, checkpointLaws, checkpointOperations } from '../../laws/vst/index.js'
import {
  AsyncStore,
  Checkpoint,
  ComponentStore,
  Fetch,
  MemoryStore,
  Residency,
  State,
  StateReference,
} from '../../src/index.js'

const suite = checkpointLaws('Checkpoint', checkpointOperations)
checkAll(suite, test)

describe('broken checkpoints', () => {
  const found = new Set<string>()

  test.each(Object.entries(brokenCheckpoints))('one that %s is rejected', async (_, op) => {
    const names = await rejected(checkpointLaws('broken', op), 100)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })

  test('each law rejects one', () => {
    expect(suite.laws.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([])
  })
})

test('what the forgeries are made from is sound', () => {
  expect(E.isRight(Checkpoint.decode(soundBlock))).toBe(true)
})

describe('bad input', () => {
  const root = () => StateReference.root(ComponentStore.make(MemoryStore.make()))(State.empty)()
  const { digests, store, components } = history(crissCross)

  test.each<[string, Checkpoint.CommitOptions, string]>([
    ['a message with half a character', { message: '\ud800' }, 'InvalidValue'],
    ['a clock of halves', { clock: () => 0.5 }, 'InvalidValue'],
    ['a clock without an end', { clock: () => Number.NaN }, 'InvalidValue'],
    ['metadata that is no value', { metadata: new Date() }, 'InvalidValue'],
    ['metadata over the limit', { metadata: 'x'.repeat(20_000) }, 'InvalidValue'],
    ['an unknown parent', { parents: [digests[0]!] }, 'UnknownCheckpoint'],
  ])('%s', (_, options, tag) => {
    const reference = root()
    expect(Checkpoint.commit(options)(reference)()).toMatchObject({ left: { _tag: tag } })
    expect(StateReference.components(reference).store.head('x')()).toEqual(E.right(null))
  })

  test('a parent twice', () => {
    const reference = StateReference.root(components)(State.empty)()
    const parents = [digests[0]!, digests[0]!]
    expect(Checkpoint.commit({ parents })(reference)()).toMatchObject({ left: { _tag: 'InvalidValue' } })
  })

  test('a state is no checkpoint', () => {
    const reference = root()
    const { digest } = get(StateReference.commit()(reference))
    const own = StateReference.components(reference)
    expect(Checkpoint.restore(own)(digest)()).toMatchObject({
      left: { _tag: 'UnknownCheckpoint', reason: 'a block of another kind' },
    })
    expect(Fetch.run(own.store)(Checkpoint.log()([digests[0]!]))()).toMatchObject({
      left: { _tag: 'UnknownCheckpoint', reason: 'not in the store' },
    })
  })

  test('a checkpoint is no state', () => {
    const state = State.open(digests[0]!, Residency.make())
    expect(Fetch.run(store)(State.toJson(state))()).toMatchObject({ left: { _tag: 'Corrupt' } })
  })

  test('no such head', () => {
    expect(Checkpoint.restoreHead(components)('nobody')()).toMatchObject({ right: { _tag: 'None' } })
  })

  test('a block that was changed on its way', () => {
    const broken = faulty(store, { flip: (digest) => (digest === digests[1] ? 90 : undefined) })
    expect(Fetch.run(broken)(Checkpoint.log()([digests[3]!]))()).toMatchObject({ left: { _tag: 'Corrupt' } })
  })

  test('a released reference', () => {
    const reference = root()
    StateReference.release(reference)()
    expect(Checkpoint.commit()(reference)()).toMatchObject({ left: { _tag: 'Released' } })
    expect(Checkpoint.of(reference)()).toMatchObject({ left: { _tag: 'Released' } })
  })
})

test('metadata is typed on the way out', () => {
  const Run = t.type({ model: t.string })
  const reference = StateReference.root(ComponentStore.make(MemoryStore.make()))(State.empty)()
  const { checkpoint } = get(Checkpoint.commit({ metadata: Run.encode({ model: 'm' }) })(reference))
  const { store } = StateReference.components(reference)
  const loaded = get(Fetch.run(store)(Checkpoint.load(checkpoint)))
  expect(Checkpoint.metadata(Run)(loaded)).toEqual(E.right({ model: 'm' }))
  expect(Checkpoint.metadata(t.type({ model: t.number }))(loaded)).toMatchObject({
    left: { _tag: 'Mismatch', path: ['metadata'] },
  })
})

test('a plain commit keeps the history, and trim keeps the checkpoint', () => {
  const store = MemoryStore.make()
  const reference = StateReference.root(ComponentStore.make(store))(State.empty)()
  const first = get(Checkpoint.commit()(reference))
  get(StateReference.update(State.set(['a'], 1))(reference))
  get(StateReference.commit()(reference))
  expect(StateReference.trim(reference)()).toBe(0)
  const second = get(Checkpoint.commit()(reference))
  expect(StateReference.trim(reference)()).toBe(1)
  get(ComponentStore.flush(StateReference.components(reference)))
  store.collect()
  const listed = get(Fetch.run(store)(Checkpoint.log()([second.checkpoint])))
  expect(listed.map(({ digest }) => digest)).toEqual([second.checkpoint, first.checkpoint])
})

test('the asynchronous shape does the same', async () => {
  const components = ComponentStore.make(AsyncStore.toAsync(MemoryStore.make()))
  const reference = StateReference.root(components)(State.empty)()
  const done = await Checkpoint.commitAsync({ head: 'main', clock: () => 1 })(reference)()
  const sync = StateReference.root(ComponentStore.make(MemoryStore.make()))(State.empty)()
  expect(done).toEqual(Checkpoint.commit({ head: 'main', clock: () => 1 })(sync)())
  const restored = await Checkpoint.restoreHeadAsync(components)('main')()
  expect(restored).toMatchObject({ right: { _tag: 'Some' } })
  if (E.isRight(done)) {
    const { checkpoint } = done.right
    expect(await Checkpoint.restoreAsync(components)(checkpoint)()).toMatchObject({ _tag: 'Right' })
    expect(await Checkpoint.pruneAsync(components)([checkpoint], { count: 1 })()).toEqual(E.right([]))
    expect(await Checkpoint.cutAsync(components)([checkpoint])()).toEqual(E.right(undefined))
  }
})

test('ancestors', () => {
  const { digests, store } = history(crissCross)
  const is = (a: number, b: number) => Fetch.run(store)(Checkpoint.isAncestor(digests[a]!, digests[b]!))()
  expect([is(0, 4), is(4, 0), is(3, 4), is(2, 2)]).toEqual([true, false, false, true].map(E.right))
})
