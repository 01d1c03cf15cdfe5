import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { expect, test } from 'vitest'
import { get } from '../../laws/branch/Subject.js'
import {
  AsyncStore,
  Collector,
  ComponentStore,
  Fetch,
  Heads,
  Manager,
  MemoryStore,
  State,
  StateReference,
  Vst,
} from '../../src/index.js'

const engine = (options: Vst.Options = {}) => {
  const store = MemoryStore.make()
  return { store, vst: Vst.make(ComponentStore.make(store), options)() }
}

const contentOf = (vst: Vst.Vst<MemoryStore.MemoryStore>, head: string): unknown => {
  const reference = O.toNullable(get(Vst.restoreHead(head)(vst)))!
  const content = get(StateReference.ask(State.toJson)(reference))
  StateReference.release(reference)()
  return content
}

test('an undo of a collapse brings all branches back, in another process too', async () => {
  const { store, vst } = engine()
  const { components } = vst
  const manager = Manager.make(components, Collector.make(components))
  const root = StateReference.root(components)(State.empty)()
  get(Manager.create('plan', Manager.evenly(['a', 'b', 'c']), root)(manager))
  get(Manager.observe('plan', 'b', 8)(manager))
  const done = get(Vst.collapse(Manager.collapseToMode('plan'), { head: 'search' })(manager)(vst))
  expect(done.kept).toEqual(['b'])
  expect(get(Vst.log()(vst)).map(({ kind, description }) => [kind, description])).toEqual([
    ['collapse', 'collapse to "b"'],
    ['commit', 'before a collapse'],
  ])
  const keys = async (): Promise<ReadonlyArray<string>> => {
    const other = ComponentStore.make(store)
    const head = O.toNullable(get(Vst.restoreHead('search')(Vst.make(other)())))!
    const restored = await Manager.fromState(other, Collector.make(other))(head)()
    if (E.isLeft(restored)) throw new Error(restored.left._tag)
    return ['a', 'b', 'c'].filter((key) => E.isRight(Manager.reference('plan', key)(restored.right)()))
  }
  expect(await keys()).toEqual(['b'])
  get(Vst.undo(vst))
  expect(await keys()).toEqual(['a', 'b', 'c'])
  get(Vst.redo(vst))
  expect(await keys()).toEqual(['b'])
})

test('a collapse that cannot be committed does not happen', () => {
  const { vst } = engine()
  const { components } = vst
  const manager = Manager.make(components, Collector.make(components))
  get(
    Manager.create(
      'plan',
      Manager.evenly(['a', 'b']),
      StateReference.root(components)(State.empty)(),
    )(manager),
  )
  const refused = Vst.collapse(Manager.collapseToMode('plan'), { head: '.own' })(manager)(vst)()
  expect(refused).toMatchObject({ left: { _tag: 'InvalidValue' } })
  expect(E.isRight(Manager.reference('plan', 'b')(manager)())).toBe(true)
})

test('a merge stops at conflicts, and goes on with what is decided', () => {
  const { vst } = engine()
  const first = get(Vst.withHead('main', State.set(['n'], 0))(vst)).checkpoint
  get(Vst.create('side', first)(vst))
  get(Vst.withHead('main', State.set(['n'], 1))(vst))
  const { checkpoint } = get(Vst.withHead('side', State.set(['n'], 2))(vst))
  const before = get(Vst.log()(vst)).length
  const stopped = get(Vst.merge('main', checkpoint)(vst))
  expect(stopped).toMatchObject({ _tag: 'Conflicting', merged: { conflicts: [{ path: ['n'] }] } })
  expect(get(Vst.log()(vst)).length).toBe(before)
  const resolutions = [{ path: ['n'], value: O.some(3) }]
  const [, ours] = get(Vst.list('main')(vst))[0]!
  get(Vst.withHead('main', State.set(['m'], 1))(vst))
  const stale = Vst.merge('main', checkpoint, { resolutions, expect: ours })(vst)()
  expect(stale).toMatchObject({ left: { _tag: 'HeadMoved', name: 'main', expected: ours } })
  get(Vst.undo(vst))
  const merged = Vst.merge('main', checkpoint, { resolutions, expect: ours })(vst)
  expect(get(merged)._tag).toBe('Committed')
  expect(get(Vst.log({ count: 1 })(vst))[0]!.kind).toBe('merge')
  expect(contentOf(vst, 'main')).toEqual({ n: 3 })
  expect(get(Vst.merge('main', checkpoint)(vst))._tag).toBe('UpToDate')
  const [, tip] = get(Vst.list('main')(vst))[0]!
  expect(get(Vst.merge('side', tip)(vst))._tag).toBe('FastForward')
  expect(get(Vst.merge('new', tip)(vst))._tag).toBe('FastForward')
})

test('what is held is pinned until it is forgotten', () => {
  const { store, vst } = engine({ held: 2 })
  const { checkpoint } = get(Vst.withHead('main', State.set(['n'], 1))(vst))
  get(Vst.remove('main')(vst))
  get(Vst.expire()(vst))
  get(ComponentStore.flush(vst.components))
  store.collect()
  const reference = get(Vst.restore(checkpoint)(vst))
  expect(get(StateReference.ask(State.get(['n']))(reference))).toEqual(O.some(1))
  StateReference.release(reference)()
  Vst.forget(vst)()
  get(ComponentStore.flush(vst.components))
  store.collect()
  expect(Vst.restore(checkpoint)(vst)()).toMatchObject({ left: { _tag: 'UnknownCheckpoint' } })
})

test('the heads as of a time', () => {
  let time = 10
  const { vst } = engine({ clock: () => time, window: { operations: 2 } })
  const made = [10, 20, 30, 40].map((now) => {
    time = now
    return get(Vst.withHead('main', State.set(['n'], now))(vst)).checkpoint
  })
  expect(get(Vst.asOf({ time: 35 })(vst)).heads).toEqual([['main', made[2]]])
  expect(get(Vst.asOf({ time: 20 })(vst)).heads).toEqual([['main', made[1]]])
  expect(Vst.asOf({ time: 19 })(vst)()).toMatchObject({ left: { _tag: 'UnknownOperation' } })
  const fresh = engine()
  expect(get(Vst.asOf({ time: 0 })(fresh.vst)).heads).toEqual([])
})

test('watchers see what an engine does', async () => {
  const { vst } = engine()
  const saw: Array<unknown> = []
  const end = Heads.watch('main', (sight) => async () => void saw.push(sight))(vst.heads)()
  await Heads.idle(vst.heads)()
  const { checkpoint } = get(Vst.withHead('main', State.set(['n'], 1))(vst))
  await Heads.idle(vst.heads)()
  end()
  expect(saw).toEqual([E.right(O.none), E.right(O.some(checkpoint))])
})

test('the asynchronous shape does the same', async () => {
  const vst = Vst.make(ComponentStore.make(AsyncStore.toAsync(MemoryStore.make())), { held: 4 })()
  const right = async <F, A>(task: () => Promise<E.Either<F, A>>): Promise<A> => {
    const done = await task()
    if (E.isLeft(done)) throw new Error(JSON.stringify(done.left))
    return done.right
  }
  const first = await right(Vst.withHeadAsync('main', State.set(['n'], 1))(vst))
  const reference = await right(Vst.restoreAsync(first.checkpoint)(vst))
  await right(StateReference.updateAsync(State.set(['n'], 2))(reference))
  const second = await right(Vst.commitAsync({ head: 'main', message: 'two' })(reference)(vst))
  await right(Vst.createAsync('a', first.checkpoint)(vst))
  await right(Vst.resetAsync('a', second.checkpoint)(vst))
  await right(Vst.moveAsync('a', second.checkpoint, first.checkpoint)(vst))
  await right(Vst.renameAsync('a', 'b')(vst))
  expect((await right(Vst.mergeAsync('b', second.checkpoint)(vst)))._tag).toBe('FastForward')
  expect(await right(Vst.pruneAsync([second.checkpoint], { count: 1 })(vst))).toEqual([second.checkpoint])
  await right(Vst.removeAsync('b')(vst))
  const [last] = await right(Vst.logAsync({ count: 1 })(vst))
  await right(Vst.undoAsync(vst))
  await right(Vst.redoAsync(vst))
  await right(Vst.undoOfAsync((await right(Vst.logAsync()(vst)))[0]!.digest)(vst))
  expect(await right(Vst.listAsync('')(vst))).toEqual([
    ['b', second.checkpoint],
    ['main', second.checkpoint],
  ])
  await right(Vst.rewindAsync({ operation: last!.digest })(vst))
  expect((await right(Vst.asOfAsync({ operation: last!.digest })(vst))).heads).toEqual([
    ['main', second.checkpoint],
  ])
  expect((await right(Vst.changesAsync(last!.digest)(vst))).moves.map(({ name }) => name)).toEqual(['b'])
  expect(await right(Vst.adoptAsync(vst))).toEqual(O.none)
  expect(await right(Vst.getAsync('main')(vst))).toEqual(O.some(second.checkpoint))
  await right(Vst.expireAsync()(vst))
  expect(await Vst.undoAsync(vst)()).toMatchObject({ left: { _tag: 'UnknownOperation' } })
  expect(await Vst.withHeadAsync('b', () => Fetch.fail('no'))(vst)()).toEqual(E.left('no'))
})
