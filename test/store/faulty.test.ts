import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { dag, faulty, faultyAsync, manualClock, type Plan } from '../../laws/store/index.js'
import { ref } from '../../src/data/Ref.js'
import * as AsyncStore from '../../src/store/AsyncStore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import type { Store } from '../../src/store/Store.js'

const { digest, bytes } = dag.stranger
const puts = [{ ref: ref(digest), bytes, links: [] }]

const full = (plan: Plan): Store => {
  const store = MemoryStore.make()
  store.transact({ puts })()
  return faulty(store, plan)
}

test('the nth read fails, heads among them', () => {
  const store = full({ read: (nth) => nth === 2 || nth === 3 })
  const answers = [store.read([digest])(), store.head('main')(), store.heads('')(), store.read([digest])()]
  expect(answers.map(({ _tag }) => _tag === 'Right')).toEqual([true, false, false, true])
})

test('an effect that is made and not run does not count', () => {
  const store = full({ read: (nth) => nth === 1 })
  store.read([])
  expect(E.isLeft(store.read([])())).toBe(true)
})

test('the nth transaction fails before it begins, or after it is done', () => {
  const inner = MemoryStore.make()
  const store = faulty(inner, { transact: (nth) => nth === 1, unacknowledged: (nth) => nth === 2 })
  expect(store.transact({ puts })()).toMatchObject(E.left({ _tag: 'StoreFailed', operation: 'transact' }))
  expect(inner.stats().blocks).toBe(0)
  expect(E.isLeft(store.transact({ puts })())).toBe(true)
  expect(inner.stats().blocks).toBe(1)
  expect(E.isRight(store.transact({ puts })())).toBe(true)
})

test('blocks are lost and bytes flipped, in answers only', () => {
  expect(full({ lose: (d) => d === digest }).read([digest])()).toEqual(E.right([undefined]))
  const flipped = full({ flip: () => bytes.length + 1 }).read([digest])()
  const expected = bytes.slice()
  expected[1]! ^= 1
  expect(flipped).toEqual(E.right([expected]))
  expect(bytes).not.toEqual(expected)
})

test('an asynchronous store fails alike', async () => {
  const inner = MemoryStore.make()
  const plan: Plan = { read: (nth) => nth === 1, transact: (nth) => nth === 1, lose: () => true }
  const store = faultyAsync(AsyncStore.toAsync(inner), plan)
  expect(E.isLeft(await store.transact({ puts })())).toBe(true)
  expect(E.isRight(await store.transact({ puts })())).toBe(true)
  expect(E.isLeft(await store.head('main')())).toBe(true)
  expect(await store.read([digest])()).toEqual(E.right([undefined]))
  expect(await store.heads('')()).toEqual(E.right([]))
})

test('a manual clock stands still until it is told to go', () => {
  const clock = manualClock(3)
  expect([clock.now(), clock.now()]).toEqual([3, 3])
  clock.advance(4)()
  expect(clock.now()).toBe(7)
  clock.set(1)()
  expect(clock.now()).toBe(1)
})
