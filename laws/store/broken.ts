/**
 * Stores that are wrong, each in one way: what the laws must reject.
 *
 * All are one small store, written apart from the library's and counting as it goes, with a defect built in. Without
 * a defect (`sound`) it obeys every law, which shows that the laws ask for no particular implementation.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import { dangling, headMoved, missing, notPinned } from '../../src/data/Failure.js'
import type { Ref, Stamp } from '../../src/data/Ref.js'
import * as Ledger from '../../src/store/Ledger.js'
import type { HeadMove, Put, Store, TransactFailure, Transaction } from '../../src/store/Store.js'

export type Defect =
  | 'frees on a bare count'
  | 'forgets a second pin'
  | 'counts twice on re-put'
  | 'stores twice on re-put'
  | 'moves heads before it checks'
  | 'ignores a precondition'
  | 'keeps the puts of a failed transaction'
  | 'teaches refs before it knows'
  | 'resurrects from a cache'
  | 'trusts numbers after a sweep'
  | 'counts a cut twice'
  | 'forgets links when it sweeps'
  | 'accepts dangling links'
  | 'accepts dangling parents'
  | 'sweeps one layer'
  | 'sweeps parents'
  | 'unpins what is not pinned'
  | 'lists heads by substring'
  | 'answers reads without the gaps'
  | 'loses the last byte'
  | 'moves a head from where it stood before the transaction'

export const defects: ReadonlyArray<Defect> = [
  'frees on a bare count',
  'forgets a second pin',
  'counts twice on re-put',
  'stores twice on re-put',
  'moves heads before it checks',
  'ignores a precondition',
  'keeps the puts of a failed transaction',
  'teaches refs before it knows',
  'resurrects from a cache',
  'trusts numbers after a sweep',
  'counts a cut twice',
  'forgets links when it sweeps',
  'accepts dangling links',
  'accepts dangling parents',
  'sweeps one layer',
  'sweeps parents',
  'unpins what is not pinned',
  'lists heads by substring',
  'answers reads without the gaps',
  'loses the last byte',
  'moves a head from where it stood before the transaction',
]

interface Cell {
  readonly digest: Digest
  readonly bytes: Uint8Array
  readonly links: ReadonlyArray<number>
  readonly parents: ReadonlyArray<number>
}

interface Tables {
  readonly cells: Map<number, Cell>
  readonly numbers: Map<Digest, number>
  readonly counts: Map<number, number>
  readonly pins: Map<number, number>
  readonly heads: Map<string, number>
}

const bump = <K>(map: Map<K, number>, key: K, by: number): number => {
  const sum = (map.get(key) ?? 0) + by
  if (sum === 0) map.delete(key)
  else map.set(key, sum)
  return sum
}

const copy = (tables: Tables): Tables => ({
  cells: new Map(tables.cells),
  numbers: new Map(tables.numbers),
  counts: new Map(tables.counts),
  pins: new Map(tables.pins),
  heads: new Map(tables.heads),
})

/** The lowest number that is free. */
const vacant = ({ cells }: Tables): number => {
  let number = 0
  while (cells.has(number)) number++
  return number
}

/** The small store, with a defect or without. */
export const store = (defect?: Defect) => {
  const has = (name: Defect): boolean => name === defect
  let tables: Tables = {
    cells: new Map(),
    numbers: new Map(),
    counts: new Map(),
    pins: new Map(),
    heads: new Map(),
  }
  let stamp: Stamp = { store: 'small', epoch: 0 }
  const cache = new Map<Digest, Uint8Array>()

  const find = (draft: Tables, ref: Ref): number | undefined =>
    ref.stamp === stamp || (has('trusts numbers after a sweep') && ref.stamp?.store === 'small')
      ? ref.number
      : draft.numbers.get(ref.digest)

  const put = (
    draft: Tables,
    { ref, bytes, links, parents = [] }: Put,
    learnt: Array<Ref>,
  ): TransactFailure | boolean => {
    const there = find(draft, ref)
    const teach = (): void => {
      if (has('teaches refs before it knows'))
        Object.assign(ref, { stamp, number: draft.numbers.get(ref.digest)! })
      else learnt.push(ref)
    }
    if (there !== undefined && !has('stores twice on re-put')) {
      const again = has('counts twice on re-put') ? draft.cells.get(there) : undefined
      for (const link of again?.links ?? []) bump(draft.counts, link, 1)
      teach()
      return false
    }
    const resolve = (refs: ReadonlyArray<Ref>, lax: boolean): ReadonlyArray<number> | Ref => {
      const found = refs.map((link) => find(draft, link)).filter((n) => n !== undefined)
      return found.length === refs.length || lax
        ? found
        : refs.find((link) => find(draft, link) === undefined)!
    }
    const held = resolve(links, has('accepts dangling links'))
    if ('digest' in held) return dangling(ref.digest, held.digest)
    const before = resolve(parents, has('accepts dangling parents'))
    if ('digest' in before) return dangling(ref.digest, before.digest)
    const number = vacant(draft)
    const kept = has('loses the last byte') ? bytes.subarray(0, -1) : bytes
    draft.cells.set(number, { digest: ref.digest, bytes: kept, links: held, parents: before })
    draft.numbers.set(ref.digest, number)
    for (const link of [...held, ...before]) bump(draft.counts, link, 1)
    teach()
    return true
  }

  const pin = (draft: Tables, digest: Digest): TransactFailure | null => {
    const number = draft.numbers.get(digest)
    if (number === undefined) return missing(digest)
    if (has('forgets a second pin') && draft.pins.has(number)) return null
    bump(draft.pins, number, 1)
    if (!has('frees on a bare count')) bump(draft.counts, number, 1)
    return null
  }

  const unpin = (draft: Tables, digest: Digest): TransactFailure | null => {
    const number = draft.numbers.get(digest)
    if (number === undefined || !draft.pins.has(number))
      return has('unpins what is not pinned') && number !== undefined ? null : notPinned(digest)
    bump(draft.pins, number, -1)
    if (!has('frees on a bare count')) bump(draft.counts, number, -1)
    return null
  }

  const cut = (draft: Tables, digest: Digest): TransactFailure | null => {
    const number = draft.numbers.get(digest)
    if (number === undefined) return missing(digest)
    const cell = draft.cells.get(number)!
    for (const parent of cell.parents) bump(draft.counts, parent, -1)
    if (!has('counts a cut twice')) draft.cells.set(number, { ...cell, parents: [] })
    return null
  }

  const move = (draft: Tables, { name, expect, next }: HeadMove): TransactFailure | null => {
    const past = has('moves a head from where it stood before the transaction') ? tables : draft
    const old = past.heads.get(name)
    const actual = old === undefined ? null : draft.cells.get(old)!.digest
    if (actual !== expect && !has('ignores a precondition')) return headMoved(name, expect, actual)
    const to = next === null ? undefined : draft.numbers.get(next)
    if (next !== null && to === undefined) return missing(next)
    if (old !== undefined) bump(draft.counts, old, -1)
    if (to !== undefined) bump(draft.counts, to, 1)
    if (to === undefined) draft.heads.delete(name)
    else draft.heads.set(name, to)
    return null
  }

  const transact = (transaction: Transaction): ReturnType<ReturnType<Store['transact']>> => {
    const { puts = [], pins = [], unpins = [], cuts = [], heads = [] } = transaction
    const draft = copy(tables)
    const learnt: Array<Ref> = []
    const added: Array<Digest> = []
    const known: Array<Digest> = []
    if (has('moves heads before it checks'))
      for (const { name, next } of heads) {
        const to = next === null ? undefined : tables.numbers.get(next)
        const old = tables.heads.get(name)
        if (to === undefined || to === old) continue
        if (old !== undefined) bump(tables.counts, old, -1)
        bump(tables.counts, to, 1)
        tables.heads.set(name, to)
      }
    for (const one of puts) {
      const done = put(draft, one, learnt)
      if (typeof done === 'object') {
        if (has('keeps the puts of a failed transaction')) tables = draft
        return E.left(done)
      }
      ;(done ? added : known).push(one.ref.digest)
      cache.set(one.ref.digest, one.bytes)
    }
    if (has('keeps the puts of a failed transaction')) tables = copy(draft)
    const rest = [
      ...pins.map((digest) => () => pin(draft, digest)),
      ...unpins.map((digest) => () => unpin(draft, digest)),
      ...cuts.map((digest) => () => cut(draft, digest)),
      ...heads.map((head) => () => move(draft, head)),
    ]
    for (const act of rest) {
      const failure = act()
      if (failure !== null) return E.left(failure)
    }
    tables = draft
    for (const ref of learnt) Object.assign(ref, { stamp, number: tables.numbers.get(ref.digest)! })
    return E.right({ added, known })
  }

  const collect = (): void => {
    const doomed = [...tables.cells.keys()].filter((number) => !tables.counts.has(number))
    if (doomed.length > 0) stamp = { store: 'small', epoch: stamp.epoch + 1 }
    for (let number = doomed.pop(); number !== undefined; number = doomed.pop()) {
      const { digest, links, parents } = tables.cells.get(number)!
      tables.cells.delete(number)
      tables.numbers.delete(digest)
      if (has('forgets links when it sweeps')) continue
      for (const link of [...links, ...parents]) {
        const rest = bump(tables.counts, link, -1)
        if (has('sweeps parents') && parents.includes(link) && tables.cells.has(link)) doomed.push(link)
        else if (rest === 0 && !has('sweeps one layer')) doomed.push(link)
      }
    }
  }

  const recount = (): Ledger.Ledger =>
    Ledger.fromCounts([
      ...[...tables.cells.values()].flatMap(({ links, parents }) =>
        [...links, ...parents].map((link) => [link, 1] as const),
      ),
      ...tables.pins,
      ...[...tables.heads.values()].map((number) => [number, 1] as const),
    ])

  const read = (digest: Digest): Uint8Array | undefined => {
    const number = tables.numbers.get(digest)
    if (number !== undefined) return tables.cells.get(number)!.bytes
    return has('resurrects from a cache') ? cache.get(digest) : undefined
  }

  return {
    read: (digests: ReadonlyArray<Digest>) => () => {
      const all = digests.map(read)
      return E.right(has('answers reads without the gaps') ? all.filter((bytes) => bytes !== undefined) : all)
    },
    transact: (transaction: Transaction) => () => transact(transaction),
    head: (name: string) => () => {
      const number = tables.heads.get(name)
      return E.right(number === undefined ? null : tables.cells.get(number)!.digest)
    },
    heads: (prefix: string) => () =>
      E.right(
        [...tables.heads]
          .filter(([name]) =>
            has('lists heads by substring') ? name.includes(prefix) : name.startsWith(prefix),
          )
          .map(([name, number]) => [name, tables.cells.get(number)!.digest] as const),
      ),
    collect,
    count: (digest: Digest) => () => tables.counts.get(tables.numbers.get(digest) ?? -1) ?? 0,
    ledger: () => Ledger.fromCounts(tables.counts),
    recount,
    stats: () => ({
      blocks: tables.cells.size,
      bytes: [...tables.cells.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
    }),
  }
}
