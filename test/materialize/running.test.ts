/** What a materialiser does by itself: deltas, prefetching, building ahead, giving memory back. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, test } from 'vitest'
import {
  AsyncStore,
  ComponentStore,
  type Digest,
  Fetch,
  Materializer,
  MemoryStore,
  PlainObject,
  Pressure,
  Registry,
  Residency,
  SearchIndex,
  State,
  StateReference,
  TextFile,
  Thresholds,
} from '../../src/index.js'
import { plain, right, still } from './still.js'

const registry = Registry.of(PlainObject.factory, TextFile.factory, SearchIndex.factory)
const text = (n: number): string => Array.from({ length: 200 }, (_, i) => `line ${i} of file ${n}\n`).join('')

const scene = (json: unknown) => {
  const store = MemoryStore.make()
  const components = ComponentStore.make(store)
  const root = StateReference.root(components)(right(State.fromJson(json)))()
  const commit = (change: (state: State.State) => Fetch.Fetch<unknown, State.State>): Digest.Digest => {
    const branch = right(StateReference.branch(root)())
    right(StateReference.update(change)(branch)())
    return right(StateReference.commit()(branch)()).digest
  }
  return { store, components, commit, digest: commit(Fetch.of) }
}

describe('advance', () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${n}.txt`, text(n)]))
  test('brings an object forward by what has changed, and shares the rest', async () => {
    const { components, digest, commit } = scene(files)
    const next = commit(State.splice(['3.txt'], 0, 0, 'first\n'))
    const materializer = Materializer.make(components, registry, still)
    const before = right(Materializer.now(plain, digest)(materializer)()) as Record<string, unknown>
    const after = right(await Materializer.advance(plain, digest, next)(materializer)()) as Record<
      string,
      unknown
    >
    expect(after).toEqual({ ...files, '3.txt': `first\n${text(3)}` })
    expect(before).toEqual(files)
    expect(Object.isFrozen(after)).toBe(true)
    expect(Materializer.stats(materializer)()).toMatchObject({ builds: 1, deltas: 1, objects: 2 })
    expect(right(Materializer.advanceNow(plain, digest, next)(materializer)())).toBe(after)
  })

  test('builds anew where the patch is dearer, or there is nothing to begin with', async () => {
    const { components, digest, commit } = scene(files)
    const other = commit((state) =>
      Object.keys(files).reduce(
        (so, name) => Fetch.flatMap(so, State.set([name], text(99))),
        Fetch.of(state) as Fetch.Fetch<unknown, State.State>,
      ),
    )
    const near = commit(State.set(['0.txt'], 'short'))
    const materializer = Materializer.make(components, registry, still)
    right(Materializer.advanceNow(plain, digest, near)(materializer)())
    expect(Materializer.stats(materializer)()).toMatchObject({ builds: 1, deltas: 0 })
    right(await Materializer.advance(plain, near, other)(materializer)())
    expect(Materializer.stats(materializer)()).toMatchObject({ builds: 2, deltas: 0 })
  })

  test('does so for a part, and for indices, whose versions stay what they were', () => {
    const { components, digest, commit } = scene({ src: files, n: 1 })
    const next = commit(State.splice(['src', '3.txt'], 0, 0, 'a needle\n'))
    const last = commit(State.remove(['src', '3.txt']))
    const materializer = Materializer.make(components, registry, still)
    const at = (from: Digest.Digest, to: Digest.Digest) =>
      right(Materializer.advanceNow(SearchIndex.factory.type, from, to, { path: ['src'] })(materializer)())
    const indices = [at(digest, digest), at(digest, next), at(next, last)]
    const found = () =>
      indices.map((index) => SearchIndex.search('needle')(index).map(({ path, line }) => [path, line]))
    expect(found()).toEqual([[], [[['3.txt'], 0]], []])
    expect(indices.map(SearchIndex.fileCount)).toEqual([20, 20, 19])
    indices.reverse()
    expect(found()).toEqual([[], [[['3.txt'], 0]], []])
    expect(Materializer.stats(materializer)()).toMatchObject({ builds: 1, deltas: 2 })
  })
})

describe('reading ahead', () => {
  const tree = Object.fromEntries(
    Array.from({ length: 6 }, (_, i) => [
      `folder ${i}`,
      Object.fromEntries(Array.from({ length: 6 }, (_, k) => [`${k}.txt`, text(10 * i + k).slice(0, 400)])),
    ]),
  )
  const watched = () => {
    const { store, digest } = scene(tree)
    const slow = AsyncStore.toAsync(store)
    const rounds: Array<number> = []
    const components = ComponentStore.make<AsyncStore.AsyncStore>({
      ...slow,
      read: (digests) => {
        rounds.push(digests.length)
        return slow.read(digests)
      },
    })
    return { materializer: Materializer.makeAsync(components, registry, still), digest, rounds }
  }

  test('a traversal takes about a round a level', async () => {
    const { materializer, digest, rounds } = watched()
    const visits: Array<Materializer.Visit<unknown>> = []
    for await (const visit of Materializer.walk(plain, digest, { depth: 2 })(materializer)) visits.push(visit)
    expect(visits.length).toBe(1 + 6 + 36)
    expect(visits.every(({ object }) => E.isRight(object))).toBe(true)
    expect(visits[0]).toEqual({ path: [], object: E.right(tree) })
    expect(rounds.length).toBeLessThanOrEqual(4)
  })

  test('what was prefetched is not read again', async () => {
    const { materializer, digest, rounds } = watched()
    expect(await Materializer.prefetch(digest, { depth: 2 })(materializer)()).toEqual(E.right(42))
    const before = rounds.length
    expect(before).toBeLessThanOrEqual(3)
    right(await Materializer.materialize(plain, digest)(materializer)())
    expect(rounds.length - before).toBeLessThanOrEqual(1)
    expect(await Materializer.prefetch(digest, { path: ['no'] })(materializer)()).toMatchObject({
      left: { _tag: 'InvalidPath' },
    })
  })

  test('a traversal of what is not there is one failed visit', async () => {
    const { materializer, digest } = watched()
    const visits: Array<Materializer.Visit<unknown>> = []
    for await (const visit of Materializer.walk(plain, digest, { path: ['no'] })(materializer))
      visits.push(visit)
    expect(visits).toMatchObject([{ path: ['no'], object: { left: { _tag: 'InvalidPath' } } }])
  })
})

describe('thresholds', () => {
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  test('it builds ahead while that is worth it, and gives memory back while it must', async () => {
    const { components, digest, commit } = scene({ a: text(1) })
    const others = Array.from({ length: 8 }, (_, n) => commit(State.set(['n'], n)))
    let used = 0
    let time = 0
    const materializer = Materializer.make(components, registry, {
      budget: 40_000,
      pressure: () => ({ used, limit: 100 }),
      // Each look at the clock is a second later.
      clock: () => (time += 1000),
    })
    Materializer.ahead(plain, others[0]!)(materializer)()
    await settled()
    expect(Materializer.stats(materializer)()).toMatchObject({ builds: 0, mode: 'onDemand' })
    right(Materializer.now(plain, digest)(materializer)())
    expect(Materializer.stats(materializer)().mode).toBe('eager')
    Materializer.ahead(plain, others[0]!)(materializer)()
    await settled()
    expect(O.isSome(Materializer.peek(plain, others[0]!)(materializer)())).toBe(true)
    for (const at of others) right(Materializer.now(plain, at)(materializer)())
    const { bytes } = Materializer.stats(materializer)()
    expect(bytes).toBeGreaterThan(20_000)
    used = 95
    right(Materializer.now(plain, commit(State.set(['n'], 9)))(materializer)())
    expect(Materializer.stats(materializer)()).toMatchObject({ mode: 'evict' })
    expect(Materializer.stats(materializer)().bytes).toBeLessThanOrEqual(20_000)
    used = 10
    right(Materializer.now(plain, commit(State.set(['n'], 10)))(materializer)())
    expect(Materializer.stats(materializer)().mode).not.toBe('evict')
    expect(Thresholds.describe(Materializer.decisions(materializer)()).length).toBeGreaterThanOrEqual(4)
  })

  test('a port that throws counts as full memory, and as no reason to give anything up', async () => {
    const { components, digest } = scene({ a: 1 })
    const down = (): never => {
      throw new Error('down')
    }
    const materializer = Materializer.make(components, registry, { pressure: down, probability: down })
    const answer = Materializer.materialize(plain, digest)(materializer)()
    expect(Materializer.reweigh(materializer)()).toBe(0)
    expect(await answer).toEqual(E.right({ a: 1 }))
    expect(Materializer.stats(materializer)().mode).toBe('evict')
  })
})

test.each([
  [
    'throws',
    (): never => {
      throw new Error('down')
    },
  ],
  ['says what is no time', () => Number.NaN],
])('a clock that %s stands still', async (_, clock) => {
  const { components, digest, commit } = scene({ a: text(1) })
  const next = commit(State.splice(['a'], 0, 0, 'first'))
  const materializer = Materializer.make(components, registry, { pressure: Pressure.constant(0, 1), clock })
  right(await Materializer.materialize(plain, digest)(materializer)())
  expect(right(await Materializer.advance(plain, digest, next)(materializer)())).toEqual({
    a: `first${text(1)}`,
  })
  expect(Materializer.stats(materializer)()).toMatchObject({ builds: 1, deltas: 1, running: 0 })
})

test('the residency of nodes is not that of objects', () => {
  const { store, digest } = scene({ a: text(1) })
  const components = ComponentStore.make(store, { residency: Residency.make(0) })
  const materializer = Materializer.make(components, registry, still)
  const object = right(Materializer.now(plain, digest)(materializer)())
  expect(right(Materializer.now(plain, digest)(materializer)())).toBe(object)
  Materializer.clear(materializer)()
  expect(right(Materializer.now(plain, digest)(materializer)())).toEqual(object)
  expect(Materializer.stats(materializer)()).toMatchObject({ builds: 2, hits: 1 })
})
