/** What a store does with what it is given: options, and transactions of unusual size. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { right } from '../../laws/store/observe.js'
import { hash } from '../../src/data/Hasher.js'
import { ref } from '../../src/data/Ref.js'
import { inside, type Options, open } from '../../src/store/LmdbStore.js'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'coppice-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(directory, { recursive: true })
})

const opened = async (options: Options = {}) =>
  right(await open(directory, { durability: 'none', ...options })())

const put = (n: number) => {
  const bytes = Uint8Array.of(n)
  return { ref: ref(hash(bytes)), bytes, links: [] }
}

const wrong: ReadonlyArray<readonly [string, Options]> = [
  ['a lease of no time', { lease: 0 }],
  ['a lease that has ended', { lease: -1 }],
  ['a lease that is no number', { lease: Number.NaN }],
  ['a limit below nothing', { limit: -1 }],
  ['a limit that is no number', { limit: Number.NaN }],
]

test.each(wrong)('%s is refused', async (_, options) => {
  expect(await open(directory, options)()).toMatchObject(E.left({ _tag: 'StoreFailed', operation: 'open' }))
})

test('a lease without end is renewed seldom', async () => {
  const timers = vi.spyOn(globalThis, 'setInterval')
  const store = await opened({ lease: Number.POSITIVE_INFINITY })
  expect(timers.mock.calls.map(([, delay]) => delay)).toEqual([2 ** 31 - 1])
  await store.close()
})

test.each(['none', 'sync'] as const)(
  'a flush has the disk written where durability is %s',
  async (durability) => {
    const store = await opened({ durability })
    const { environment } = inside(store).disk.tables as never as {
      readonly environment: { readonly sync: () => void }
    }
    const sync = vi.spyOn(environment, 'sync')
    right(store.transact({ puts: [put(1)] })())
    right(await store.flush())
    // Where it is `sync`, the transaction has done it.
    expect(sync).toHaveBeenCalledTimes(durability === 'none' ? 1 : 0)
    await store.close()
  },
)

test('bytes that are none are refused, and spoil nothing', async () => {
  const store = await opened()
  const bytes = 'text' as never as Uint8Array
  expect(store.transact({ puts: [{ ...put(1), bytes }] })()).toMatchObject(E.left({ _tag: 'StoreFailed' }))
  expect(await store.async.transact({ puts: [{ ...put(1), bytes }] })()).toMatchObject(
    E.left({ _tag: 'StoreFailed' }),
  )
  expect(right(store.transact({ puts: [put(1)] })()).added).toHaveLength(1)
  expect(right(store.stats())).toMatchObject({ blocks: 1, bytes: 1 })
  await store.close()
})

test('a history of very many parents can be cut', async () => {
  const store = await opened()
  const parent = put(1)
  const child = { ...put(2), parents: new Array(200_000).fill(parent.ref) }
  right(
    store.transact({
      puts: [parent, child],
      heads: [{ name: 'main', expect: null, next: child.ref.digest }],
    })(),
  )
  right(store.transact({ cuts: [child.ref.digest] })())
  expect(right(store.collect())).toEqual({ freed: 1, bytes: 1 })
  await store.close()
})
