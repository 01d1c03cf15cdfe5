/** A transaction spoilt in every way and at every place: each has exactly one fault, so each has one right answer. */
import type { Digest } from '../../src/data/Digest.js'
import { dangling, headMoved, missing, notPinned } from '../../src/data/Failure.js'
import { ref } from '../../src/data/Ref.js'
import type { HeadMove, Put, TransactFailure, Transaction } from '../../src/store/Store.js'
import { block, stranger } from './dag.js'

export interface Fault {
  readonly transaction: Transaction
  readonly failure: TransactFailure
}

const inserted = <A>(into: ReadonlyArray<A> | undefined, what: A): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: (into?.length ?? 0) + 1 }, (_, at) => (into ?? []).toSpliced(at, 0, what))

const orphan = block(Uint8Array.from([255, 254]))

/** A put whose link, or parent, is nowhere. */
const bad = (as: 'links' | 'parents'): Put => ({
  ref: ref(orphan.digest),
  bytes: orphan.bytes,
  links: [],
  [as]: [ref(stranger.digest)],
})

/** Links to itself: it is not there before it is there. */
const ouroboros = (): Put => {
  const self = ref(orphan.digest)
  return { ref: self, bytes: orphan.bytes, links: [self] }
}

const late: HeadMove = { name: 'nowhere', expect: stranger.digest, next: null }
const blind: HeadMove = { name: 'nowhere', expect: null, next: stranger.digest }

/** `unpinned` is some block that is there and that the transaction leaves without a pin, if there is one. */
export const faults = (transaction: Transaction, unpinned: Digest | undefined): ReadonlyArray<Fault> => {
  const { puts, pins, unpins, cuts, heads } = transaction
  const spoilt = <K extends keyof Transaction>(
    key: K,
    lists: ReadonlyArray<Transaction[K]>,
    failure: TransactFailure,
  ): ReadonlyArray<Fault> => lists.map((list) => ({ transaction: { ...transaction, [key]: list }, failure }))
  const lost = dangling(orphan.digest, stranger.digest)
  return [
    ...spoilt('puts', inserted(puts, bad('links')), lost),
    ...spoilt('puts', inserted(puts, bad('parents')), lost),
    ...spoilt('puts', inserted(puts, ouroboros()), dangling(orphan.digest, orphan.digest)),
    ...spoilt('pins', inserted(pins, stranger.digest), missing(stranger.digest)),
    ...spoilt('unpins', inserted(unpins, stranger.digest), notPinned(stranger.digest)),
    ...(unpinned === undefined ? [] : spoilt('unpins', [[...(unpins ?? []), unpinned]], notPinned(unpinned))),
    ...spoilt('cuts', inserted(cuts, stranger.digest), missing(stranger.digest)),
    ...spoilt('heads', inserted(heads, late), headMoved('nowhere', stranger.digest, null)),
    ...spoilt('heads', inserted(heads, blind), missing(stranger.digest)),
  ]
}
