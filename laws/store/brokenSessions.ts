/**
 * Stores of many sessions that are wrong, each in one way: what the laws of slices and sessions must reject.
 *
 * All are the model behind the port, which holds blocks and heads for all sessions of a place, and pins for each.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Digest } from '../../src/data/Digest.js'
import { leaseLost, storeFailed } from '../../src/data/Failure.js'
import * as Ledger from '../../src/store/Ledger.js'
import type { Bounds, Receipt, Slice, TransactFailure, Transaction } from '../../src/store/Store.js'
import * as Model from './Model.js'

export const defects = [
  'forgets what waits when it is closed',
  'forgets heads when it is closed',
  'keeps the pins of a session that was closed',
  'drops all pins when a session is closed',
  'ignores that a lease has ended',
  'ends a lease before its time',
  'never renews a lease',
  'writes without a lease',
  'frees on its own count while another session pins',
  'publishes a head before its blocks',
  'keeps what a stopped transaction had pinned',
  'sweeps more than bounds allow',
  'drops garbage between slices',
  'sweeps what was used again',
  'says that all is done too soon',
  'never says that it is done',
  'claims bytes that it did not free',
  'counts the links of what it swept',
] as const

export type Defect = (typeof defects)[number]

interface Session {
  pins: ReadonlyMap<Digest, number>
  lease: number
}

/** What all sessions of a place share. */
interface Place {
  blocks: Model.Model['blocks']
  heads: Model.Model['heads']
  readonly sessions: Set<Session>
  readonly numbers: Map<Digest, number>
  /** References too many, by number. */
  readonly excess: Map<number, number>
}

const together = (sessions: Iterable<Session>): ReadonlyMap<Digest, number> => {
  const pins = new Map<Digest, number>()
  for (const session of sessions)
    for (const [digest, times] of session.pins) pins.set(digest, (pins.get(digest) ?? 0) + times)
  return pins
}

/** The places of a store with a defect, or without. */
export const places = (defect?: Defect) => {
  const has = (name: Defect): boolean => name === defect
  const all = new Map<string, Place>()

  const open = (name: string, { clock, lease }: { readonly clock: IO<number>; readonly lease: number }) => {
    const place: Place = all.get(name) ?? {
      blocks: new Map(),
      heads: new Map(),
      sessions: new Set(),
      numbers: new Map(),
      excess: new Map(),
    }
    all.set(name, place)
    const self: Session = { pins: new Map(), lease: clock() + lease }
    place.sessions.add(self)
    /** Blocks that this session has had to do with. */
    const touched = new Set<Digest>()
    let queue: Array<Digest> = []
    const dropped = new Set<Digest>()
    let failing = 0

    const model = (): Model.Model => ({
      blocks: place.blocks,
      heads: place.heads,
      pins: together(has('frees on its own count while another session pins') ? [self] : place.sessions),
    })

    /** Something that reaches the disk, and may not. */
    const write = (): void => {
      if (failing > 0 && --failing === 0) throw new Error('stopped')
    }

    const renew = (): void => {
      if (!has('never renews a lease')) self.lease = clock() + lease
    }

    const apply = (transaction: Transaction): E.Either<TransactFailure, Receipt> => {
      if (!place.sessions.has(self)) {
        if (!has('writes without a lease')) return E.left(leaseLost(name))
      } else renew()
      const done = Model.transact({ ...model(), pins: self.pins }, transaction)
      if (E.isLeft(done)) return done
      const [receipt, next] = done.right
      try {
        if (has('publishes a head before its blocks')) place.heads = next.heads
        if (has('keeps what a stopped transaction had pinned')) self.pins = next.pins
        for (const _ of receipt.added) write()
        write()
      } catch (cause) {
        return E.left(storeFailed('transact', cause))
      }
      place.blocks = next.blocks
      place.heads = next.heads
      self.pins = next.pins
      for (const digest of next.blocks.keys()) {
        touched.add(digest)
        if (!place.numbers.has(digest)) place.numbers.set(digest, place.numbers.size)
      }
      return E.right(receipt)
    }

    const expire = (): void => {
      if (has('ignores that a lease has ended')) return
      const early = has('ends a lease before its time') ? lease : 0
      for (const session of [...place.sessions])
        if (session !== self && session.lease < clock() + early) place.sessions.delete(session)
    }

    const doomed = (): ReadonlyArray<Digest> => {
      const now = model()
      return [...place.blocks.keys()].filter(
        (digest) =>
          Model.count(now, digest) === 0 &&
          !dropped.has(digest) &&
          (!has('forgets what waits when it is closed') || touched.has(digest)),
      )
    }

    const sweep = (digest: Digest): number => {
      const block = place.blocks.get(digest)
      if (block === undefined) return 0
      const blocks = new Map(place.blocks)
      blocks.delete(digest)
      place.blocks = blocks
      if (has('counts the links of what it swept'))
        for (const link of block.links) {
          const number = place.numbers.get(link)!
          place.excess.set(number, (place.excess.get(number) ?? 0) + 1)
        }
      return block.bytes.byteLength
    }

    const slice = ({ blocks }: Bounds): E.Either<Slice | ReturnType<typeof storeFailed>, Slice> => {
      const before = { blocks: place.blocks, sessions: [...place.sessions] }
      try {
        expire()
        const most = has('sweeps more than bounds allow') ? blocks + 1 : blocks
        let freed = 0
        let bytes = 0
        while (freed < most) {
          if (!has('sweeps what was used again') || queue.length === 0) queue = [...doomed()]
          const digest = queue.shift()
          if (digest === undefined) break
          write()
          bytes += sweep(digest)
          freed++
        }
        if (has('drops garbage between slices')) for (const digest of doomed()) dropped.add(digest)
        const waiting = doomed().length
        const done = has('never says that it is done')
          ? false
          : waiting === 0 || (has('says that all is done too soon') && freed > 0)
        return E.right({
          freed,
          bytes: has('claims bytes that it did not free') ? bytes + waiting : bytes,
          waiting,
          done,
          milliseconds: 0,
        })
      } catch (cause) {
        place.blocks = before.blocks
        for (const session of before.sessions) place.sessions.add(session)
        return E.left(storeFailed('collect', cause))
      }
    }

    const ledger = (excess: Iterable<readonly [number, number]>): Ledger.Ledger => {
      const now = { ...model(), pins: together(place.sessions) }
      const counts = [...place.blocks.keys()].map(
        (digest) => [place.numbers.get(digest)!, Model.count(now, digest)] as const,
      )
      return Ledger.Monoid.concat(Ledger.fromCounts(counts), Ledger.fromCounts(excess))
    }

    return {
      place: name,
      read: (digests: ReadonlyArray<Digest>) => () =>
        E.right(digests.map((digest) => place.blocks.get(digest)?.bytes)),
      transact: (transaction: Transaction) => () => apply(transaction),
      head: (head: string) => () => E.right(place.heads.get(head) ?? null),
      heads: (prefix: string) => () => E.right([...place.heads].filter(([head]) => head.startsWith(prefix))),
      slice: (bounds: Bounds) => () => slice(bounds) as E.Either<ReturnType<typeof storeFailed>, Slice>,
      collect: () => {
        for (let n = 0; n < 100; n++) {
          const done = slice({ blocks: 100, milliseconds: 0 })
          if (E.isRight(done) && (done.right.done || done.right.freed === 0)) return
        }
      },
      count: (digest: Digest) => () =>
        place.blocks.has(digest) ? Model.count({ ...model(), pins: together(place.sessions) }, digest) : 0,
      ledger: () => ledger(place.excess),
      recount: () => ledger([]),
      stats: () => ({ blocks: place.blocks.size, bytes: Model.byteLength(model()) }),
      /** Makes the nth write from now on fail. */
      fail: (nth: number): void => {
        failing = nth
      },
      close: (): void => {
        if (has('forgets heads when it is closed')) place.heads = new Map()
        if (has('drops all pins when a session is closed')) place.sessions.clear()
        if (!has('keeps the pins of a session that was closed')) place.sessions.delete(self)
      },
    }
  }

  return {
    open,
    close: (store: ReturnType<typeof open>): void => store.close(),
    remove: (name: string): void => {
      all.delete(name)
    },
    sabotage: (store: ReturnType<typeof open>, nth: number) => {
      store.fail(nth)
      return () => store.fail(0)
    },
  }
}
