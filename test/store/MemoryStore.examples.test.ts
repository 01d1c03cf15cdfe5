import { blake3 } from '@noble/hashes/blake3.js'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, test } from 'vitest'
import { dag, manualClock } from '../../laws/store/index.js'
import { type Digest, fromBytes } from '../../src/data/Digest.js'
import { dangling, headMoved, missing, notPinned } from '../../src/data/Failure.js'
import { type Ref, ref } from '../../src/data/Ref.js'
import * as Journal from '../../src/store/Journal.js'
import * as Ledger from '../../src/store/Ledger.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import type { Put } from '../../src/store/Store.js'

const put = (text: string, links: ReadonlyArray<Ref> = [], parents: ReadonlyArray<Ref> = []): Put => {
  const bytes = new TextEncoder().encode(text)
  return { ref: ref(fromBytes(blake3(bytes))), bytes, links, parents }
}

const nothing = E.right({ added: [], known: [] })

const counted = (store: MemoryStore.MemoryStore, digest: Digest): number =>
  E.getOrElse(() => Number.NaN)(store.count(digest)())

/** Distinct digests without hashing: the store trusts them. */
const numbered = (n: number): Ref => {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(0, n)
  return ref(fromBytes(bytes))
}

describe('one transaction', () => {
  test('a block put twice is new once', () => {
    const store = MemoryStore.make()
    const a = put('a')
    const { digest } = a.ref
    expect(store.transact({ puts: [a, put('a'), a] })()).toEqual(
      E.right({ added: [digest], known: [digest, digest] }),
    )
    expect(store.stats()).toMatchObject({ blocks: 1, bytes: 1 })
  })

  test('a put, its pin, its cut and its head may stand together', () => {
    const store = MemoryStore.make()
    const [first, second] = [put('first'), put('second')]
    const third = put('third', [first.ref], [second.ref])
    const { digest } = third.ref
    const heads = [{ name: 'main', expect: null, next: digest }]
    store.transact({ puts: [first, second, third], pins: [digest], cuts: [digest], heads })()
    expect([
      counted(store, digest),
      counted(store, first.ref.digest),
      counted(store, second.ref.digest),
    ]).toEqual([2, 1, 0])
  })

  test('pins come before unpins', () => {
    const store = MemoryStore.make()
    const a = put('a')
    const { digest } = a.ref
    expect(E.isRight(store.transact({ puts: [a], pins: [digest], unpins: [digest] })())).toBe(true)
    expect(counted(store, digest)).toBe(0)
    expect(store.transact({ pins: [digest], unpins: [digest, digest] })()).toEqual(E.left(notPinned(digest)))
    expect(store.stats().pins).toBe(0)
  })

  test('a head follows itself, and fails where it does not', () => {
    const store = MemoryStore.make()
    const [a, b] = [put('a'), put('b')]
    store.transact({ puts: [a, b] })()
    const [x, y] = [a.ref.digest, b.ref.digest]
    const move = (expect: typeof x | null, next: typeof x | null) => ({ name: 'main', expect, next })
    expect(store.transact({ heads: [move(null, x), move(x, y), move(y, x)] })()).toEqual(nothing)
    expect(store.head('main')()).toEqual(E.right(x))
    expect(store.transact({ heads: [move(x, y), move(x, y)] })()).toEqual(E.left(headMoved('main', x, y)))
    expect(store.head('main')()).toEqual(E.right(x))
    expect(store.transact({ heads: [move(x, null), move(null, null), move(null, y)] })()).toEqual(nothing)
    expect(store.transact({ heads: [move(null, null)] })()).toEqual(E.left(headMoved('main', null, y)))
    expect([counted(store, x), counted(store, y)]).toEqual([0, 1])
  })

  test('a move from a digest to itself checks and logs nothing', () => {
    const store = MemoryStore.make()
    const a = put('a')
    const { digest } = a.ref
    store.transact({ puts: [a], heads: [{ name: 'main', expect: null, next: digest }] })()
    const { entries } = store.stats()
    expect(store.transact({ heads: [{ name: 'main', expect: digest, next: digest }] })()).toEqual(nothing)
    expect(store.stats().entries).toBe(entries)
  })

  test('what is not there is named', () => {
    const store = MemoryStore.make()
    const { digest } = put('absent').ref
    const lost = put('a', [put('absent').ref])
    expect(store.transact({ puts: [lost] })()).toEqual(E.left(dangling(lost.ref.digest, digest)))
    expect(store.transact({ pins: [digest] })()).toEqual(E.left(missing(digest)))
    expect(store.transact({ unpins: [digest] })()).toEqual(E.left(notPinned(digest)))
    expect(store.transact({ cuts: [digest] })()).toEqual(E.left(missing(digest)))
    expect(store.transact({ heads: [{ name: 'main', expect: null, next: digest }] })()).toEqual(
      E.left(missing(digest)),
    )
  })

  test('a clock that throws is a failure, and nothing is kept', () => {
    const store = MemoryStore.make({
      clock: () => {
        throw new Error('no time')
      },
    })
    const a = put('a')
    expect(store.transact({ puts: [a] })()).toMatchObject(
      E.left({ _tag: 'StoreFailed', operation: 'transact' }),
    )
    expect([store.stats().blocks, store.stats().entries, a.ref.stamp]).toEqual([0, 0, null])
  })

  test('bytes are kept without a copy', () => {
    const store = MemoryStore.make()
    const a = put('a')
    store.transact({ puts: [a] })()
    const read = store.read([a.ref.digest])()
    expect(E.isRight(read) && read.right[0] === a.bytes).toBe(true)
  })
})

describe('refs', () => {
  test('learn their numbers from a put and lose them to a sweep', () => {
    const store = MemoryStore.make()
    const [a, b] = [put('a'), put('b')]
    store.transact({ puts: [a, b], pins: [a.ref.digest] })()
    expect(a.ref.stamp).toBe(store.stamp())
    store.collect()
    expect(a.ref.stamp).not.toBe(store.stamp())
    const c = put('c', [a.ref])
    expect(E.isRight(store.transact({ puts: [c] })())).toBe(true)
    expect(a.ref.stamp).toBe(store.stamp())
    const d = put('d', [b.ref])
    expect(store.transact({ puts: [d] })()).toEqual(E.left(dangling(d.ref.digest, b.ref.digest)))
  })

  test('a collection that frees nothing leaves the stamp', () => {
    const store = MemoryStore.make()
    const a = put('a')
    store.transact({ puts: [a], pins: [a.ref.digest] })()
    const stamp = store.stamp()
    expect(store.collect()).toEqual({ freed: 0, bytes: 0 })
    expect(store.stamp()).toBe(stamp)
  })

  test('of one store mean nothing to another', () => {
    const [one, other] = [MemoryStore.make(), MemoryStore.make()]
    const a = put('a')
    one.transact({ puts: [a] })()
    other.transact({ puts: [put('x'), put('y')] })()
    const b = put('b', [a.ref])
    expect(other.transact({ puts: [b] })()).toEqual(E.left(dangling(b.ref.digest, a.ref.digest)))
  })
})

describe('sharing', () => {
  test('begins with the transaction that leaves the count at two', () => {
    const clock = manualClock(100)
    const store = MemoryStore.make({ clock: clock.now })
    const leaf = put('leaf')
    const { digest } = leaf.ref
    store.transact({ puts: [leaf, put('one', [leaf.ref])] })()
    expect(store.sharedSince(digest)()).toEqual(E.right(O.none))
    clock.advance(5)()
    // Raised to two and lowered again, unseen.
    store.transact({ pins: [digest], unpins: [digest] })()
    expect(store.sharedSince(digest)()).toEqual(E.right(O.none))
    clock.advance(5)()
    const two = put('two', [leaf.ref])
    store.transact({ puts: [two], pins: [two.ref.digest] })()
    clock.advance(5)()
    store.snapshot()
    expect(store.sharedSince(digest)()).toEqual(E.right(O.some(110)))
    store.collect()
    expect([counted(store, digest), store.sharedSince(digest)()]).toEqual([1, E.right(O.some(110))])
  })

  test('is forgotten with the block', () => {
    const store = MemoryStore.make({ clock: manualClock(7).now })
    const leaf = put('leaf')
    store.transact({ puts: [leaf, put('both', [leaf.ref, leaf.ref])] })()
    expect(store.sharedSince(leaf.ref.digest)()).toEqual(E.right(O.some(7)))
    store.collect()
    store.transact({ puts: [leaf] })()
    expect(store.sharedSince(leaf.ref.digest)()).toEqual(E.right(O.none))
    expect(store.sharedSince(put('never').ref.digest)()).toEqual(E.right(O.none))
  })
})

describe('the journal', () => {
  test('does not grow with history', () => {
    const store = MemoryStore.make()
    const [a, b] = [put('a'), put('b')]
    store.transact({ puts: [a, b], heads: [{ name: 'main', expect: null, next: a.ref.digest }] })()
    let [from, to] = [a.ref.digest, b.ref.digest]
    for (let i = 0; i < 100_000; i++) {
      store.transact({ heads: [{ name: 'main', expect: from, next: to }] })()
      ;[from, to] = [to, from]
    }
    expect(store.stats().journalBytes).toBeLessThan(1.1 * 2 ** 20)
    expect(Ledger.Eq.equals(store.ledger(), store.recount())).toBe(true)
    expect(Ledger.Eq.equals(Ledger.fold(Journal.entries(store.journal())), store.recount())).toBe(true)
  })

  test('a journal that was read stays as it was', () => {
    const store = MemoryStore.make()
    const a = put('a')
    store.transact({ puts: [a] })()
    const journal = store.journal()
    const before = [...Journal.entries(journal)]
    store.transact({ pins: [a.ref.digest], cuts: [put('absent').ref.digest] })()
    store.transact({ unpins: [a.ref.digest] })()
    store.transact({ pins: [a.ref.digest] })()
    store.snapshot()
    expect([...Journal.entries(journal)]).toEqual(before)
  })

  test('a ledger that was read stays as it was', () => {
    const store = MemoryStore.make()
    const a = put('a')
    store.transact({ puts: [a], pins: [a.ref.digest] })()
    const ledger = store.ledger()
    store.transact({ pins: [a.ref.digest] })()
    expect([...Ledger.counts(ledger)]).toEqual([[0, 1]])
    expect([...Ledger.counts(store.ledger())]).toEqual([[0, 2]])
  })
})

describe('collection', () => {
  test('of a chain of a million blocks takes no stack', () => {
    const store = MemoryStore.make()
    const n = 1_000_000
    const refs = Array.from({ length: n }, (_, i) => numbered(i))
    const bytes = new Uint8Array(1)
    for (let i = 0; i < n; i += 1000) {
      const puts = Array.from({ length: 1000 }, (_, k) => ({
        ref: refs[i + k]!,
        bytes,
        links: i + k === 0 ? [] : [refs[i + k - 1]!],
      }))
      store.transact({ puts })()
    }
    const last = refs[n - 1]!.digest
    store.transact({ pins: [last] })()
    expect(store.collect()).toEqual({ freed: 0, bytes: 0 })
    store.transact({ unpins: [last] })()
    expect(store.collect()).toEqual({ freed: n, bytes: n })
    expect(store.stats()).toMatchObject({ blocks: 0, bytes: 0 })
    expect(store.stats().journalBytes).toBeLessThan(2 ** 20)
  })

  test('gives numbers out again: tables and ledger are as long as the store is full', () => {
    const store = MemoryStore.make()
    for (let round = 0; round < 50; round++) {
      const puts = Array.from({ length: 200 }, (_, i) => ({
        ref: numbered(round * 200 + i),
        bytes: new Uint8Array(1),
        links: [],
      }))
      store.transact({ puts, pins: [puts[0]!.ref.digest] })()
      store.collect()
    }
    expect(store.stats().blocks).toBe(50)
    expect(Math.max(...[...Ledger.counts(store.ledger())].map(([number]) => number))).toBeLessThan(250)
    expect(Ledger.byteLength(store.ledger())).toBe(4096)
  })

  test('between the transactions of two writers, each with refs of its own', () => {
    const world = dag.world([
      { links: [], parents: [], padding: 0 },
      { links: [0, 0], parents: [], padding: 1 },
      { links: [1], parents: [0], padding: 2 },
    ])
    const store = MemoryStore.make()
    const writers = [dag.refs(world), dag.refs(world)]
    let heads: ReadonlyArray<Digest | null> = [null, null]
    for (let turn = 0; turn < 40; turn++) {
      const who = turn % 2
      const name = `writer ${who}`
      const from = heads[who] ?? null
      const next = turn % 5 === 4 ? null : world[turn % 3]!.digest
      const puts = dag.puts(world, writers[who]!)
      expect(E.isRight(store.transact({ puts, heads: [{ name, expect: from, next }] })())).toBe(true)
      heads = heads.map((head, i) => (i === who ? next : head))
      if (turn % 3 === 0) store.collect()
      expect(Ledger.Eq.equals(store.ledger(), store.recount())).toBe(true)
      const kept = heads.filter((head) => head !== null)
      const read = store.read(kept)()
      expect(E.isRight(read) && read.right.every((bytes) => bytes !== undefined)).toBe(true)
    }
  })
})
