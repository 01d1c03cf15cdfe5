/** Several sessions of one store: what one of them is half way through must not spoil what another counts. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { dag } from '../../laws/store/index.js'
import { explain } from '../../src/data/explain.js'
import type { Failure } from '../../src/data/Failure.js'
import { ref } from '../../src/data/Ref.js'
import * as Ledger from '../../src/store/Ledger.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import type { Bounds } from '../../src/store/Store.js'

const right = <A>(either: E.Either<Failure, A>): A => {
  if (E.isLeft(either)) throw new Error(explain(either.left))
  return either.right
}

const sessions = async (
  many: number,
  use: (stores: ReadonlyArray<LmdbStore.LmdbStore>) => Promise<void> | void,
): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-'))
  const open = async () => right(await LmdbStore.open(directory, { durability: 'none' })())
  const stores = await Promise.all(Array.from({ length: many }, open))
  try {
    await use(stores)
  } finally {
    for (const store of stores) await store.close()
    rmSync(directory, { recursive: true })
  }
}

const put = (n: number) => {
  const { digest, bytes } = dag.block(Uint8Array.from([n >> 8, n, 77]))
  return { ref: ref(digest), bytes, links: [] }
}

const digest = (n: number) => put(n).ref.digest

const miscounted = (store: LmdbStore.LmdbStore) => [
  ...Ledger.counts(Ledger.difference(right(store.ledger()), right(store.recount()))),
]

/** Fills several pages of counts, and says so in more entries than a collector leaves in the journal. */
const fill = (store: LmdbStore.LmdbStore): void => {
  for (let from = 0; from < 5000; from += 10) {
    const puts = Array.from({ length: 10 }, (_, n) => put(from + n))
    right(
      store.transact({
        puts,
        heads: puts.map(({ ref }, n) => ({ name: `${from + n}`, expect: null, next: ref.digest })),
      })(),
    )
  }
}

const HASTE: Bounds = { blocks: 1, milliseconds: 0 }

test('slices without time come to an end', () =>
  sessions(1, ([store]) => {
    fill(store!)
    let slices = 0
    while (!right(store!.slice(HASTE)()).done) expect(++slices).toBeLessThan(100)
    expect(miscounted(store!)).toEqual([])
  }))

test('two sessions that write the counts at once spoil neither', () =>
  sessions(3, ([one, two, three]) => {
    fill(one!)
    right(one!.slice(HASTE)())
    // Between the two beginnings the counts of the first page change.
    right(
      three!.transact({
        heads: [1, 2, 3].map((n) => ({ name: `${n}`, expect: digest(n), next: digest(0) })),
      })(),
    )
    right(two!.slice(HASTE)())
    for (let done = 0; done < 2; ) {
      done = 0
      for (const store of [one!, two!]) if (right(store.slice(HASTE)()).done) done++
    }
    expect(miscounted(three!)).toEqual([])
    right(three!.collect())
    for (const [, at] of right(three!.heads('')())) expect(right(three!.read([at])())[0]).toBeDefined()
  }))

test('a slice that comes to nothing leaves no count behind for those that follow it to the disk', () =>
  sessions(1, async ([store]) => {
    const links = Array.from({ length: 5 }, (_, n) => put(n))
    const parent = { ...put(100), links: links.map(({ ref }) => ref) }
    right(store!.transact({ puts: [...links, parent] })())
    const { environment } = LmdbStore.inside(store!).disk.tables
    const childTransaction = environment.childTransaction.bind(environment)
    let planned = true
    environment.childTransaction = ((body: () => unknown) =>
      childTransaction(() => {
        const done = body()
        if (!planned) return done
        planned = false
        throw new Error('planned')
      })) as never
    const whole: Bounds = { blocks: 100, milliseconds: 1000 }
    const [failed, moved, swept] = await Promise.all([
      store!.async.slice({ blocks: 1, milliseconds: 1000 })(),
      store!.async.transact({ heads: [{ name: 'main', expect: null, next: digest(100) }] })(),
      store!.async.slice(whole)(),
    ])
    expect(failed).toMatchObject({ _tag: 'Left', left: { _tag: 'StoreFailed', operation: 'collect' } })
    expect([moved._tag, right(swept).freed]).toEqual(['Right', 0])
    expect(miscounted(store!)).toEqual([])
    expect(right(store!.stats()).blocks).toBe(6)
    right(store!.transact({ heads: [{ name: 'main', expect: digest(100), next: null }] })())
    expect(right(await store!.async.slice(whole)())).toMatchObject({ freed: 6, done: true })
  }))
