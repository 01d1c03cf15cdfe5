import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { get } from '../../laws/branch/Subject.js'
import { checkAll, rejected } from '../../laws/Law.js'
import { faulty } from '../../laws/store/index.js'
import { brokenHeads, headLaws, headOperations } from '../../laws/vst/index.js'
import { AsyncStore, ComponentStore, Digest, Fetch, Heads, MemoryStore, State } from '../../src/index.js'

const suite = headLaws('Heads', headOperations)
checkAll(suite, test)

describe('broken heads', () => {
  const found = new Set<string>()

  test.each(Object.entries(brokenHeads))('one that %s is rejected', async (_, make) => {
    const names = await rejected(headLaws('broken', make()), 100)
    for (const name of names) found.add(name)
    expect(names).not.toEqual([])
  })

  test('each law rejects one', () => {
    expect(suite.laws.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([])
  })
})

test('a head names what is there', () => {
  const heads = Heads.make(ComponentStore.make(MemoryStore.make()))()
  const nothing = Digest.fromBytes(new Uint8Array(32))
  expect(Heads.create('main', nothing)(heads)()).toMatchObject({ left: { _tag: 'Missing' } })
  expect(Heads.remove('main', nothing)(heads)()).toMatchObject({ left: { _tag: 'HeadMoved' } })
})

test('a head that names no checkpoint is not changed', () => {
  const store = MemoryStore.make()
  const heads = Heads.make(ComponentStore.make(store))()
  const { state } = get(Heads.withHead('main', State.set(['a'], 1))(heads))
  get(Heads.create('state', state)(heads))
  expect(Heads.withHead('state', State.set(['a'], 2))(heads)()).toMatchObject({
    left: { _tag: 'UnknownCheckpoint' },
  })
})

test('nothing is left pinned', () => {
  const store = MemoryStore.make()
  const components = ComponentStore.make(store)
  const heads = Heads.make(components)()
  for (let i = 0; i < 5; i++) get(Heads.withHead('main', State.set(['n'], i))(heads))
  get(ComponentStore.flush(components))
  expect(store.stats().pins).toBe(0)
  expect(store.collect().freed).toBe(0)
})

test('a store that fails fails the change, and is shown to watchers', async () => {
  const store = faulty(MemoryStore.make(), { read: (nth) => nth <= 2 })
  const heads = Heads.make(ComponentStore.make(store))()
  expect(Heads.withHead('main', State.set(['n'], 1))(heads)()).toMatchObject({
    left: { _tag: 'StoreFailed' },
  })
  const saw: Array<string> = []
  Heads.watch('main', (sight) => async () => {
    saw.push(sight._tag)
    throw new Error('a watcher that fails')
  })(heads)()
  await Heads.idle(heads)()
  Heads.poll(heads)()
  await Heads.idle(heads)()
  expect(saw).toEqual(['Left', 'Right'])
})

test('the asynchronous shape does the same', async () => {
  const heads = Heads.make(ComponentStore.make(AsyncStore.toAsync(MemoryStore.make())))()
  const done = await Heads.withHeadAsync('a/b', State.set(['n'], 1))(heads)()
  if (E.isLeft(done)) throw new Error(done.left._tag)
  const { checkpoint } = done.right
  expect(await Heads.createAsync('a/c', checkpoint)(heads)()).toEqual(E.right(undefined))
  expect(await Heads.listAsync('a/')(heads)()).toEqual(
    E.right([
      ['a/b', checkpoint],
      ['a/c', checkpoint],
    ]),
  )
  expect(await Heads.removeAsync('a/b', checkpoint)(heads)()).toEqual(E.right(undefined))
  expect(await Heads.getAsync('a/b')(heads)()).toMatchObject({ right: { _tag: 'None' } })
  expect(await Heads.withHeadAsync('a/c', () => Fetch.fail('no'))(heads)()).toEqual(E.left('no'))
})
