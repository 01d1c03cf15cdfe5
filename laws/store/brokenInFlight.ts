/** Asynchronous stores that are right one transaction at a time and wrong with several under way. */
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import type { Receipt, TransactFailure, Transaction } from '../../src/store/Store.js'
import * as Model from './Model.js'

export const defects = [
  'checks a head before it waits',
  'keeps the puts of a neighbour that failed',
  'refuses what shares a flush with one that failed',
  'loses what another overtakes',
] as const

export type Defect = (typeof defects)[number]

const turn = (): Promise<void> => Promise.resolve()

/** The model behind an asynchronous port, with a defect or without. */
export const store = (defect?: Defect) => {
  const has = (name: Defect): boolean => name === defect
  let model = Model.empty
  let flights = 0
  let failed = 0

  const transact = async (transaction: Transaction): Promise<E.Either<TransactFailure, Receipt>> => {
    const seen = model
    const before = failed
    flights++
    await turn()
    await turn()
    const early = has('checks a head before it waits') || has('loses what another overtakes')
    const done = Model.transact(early ? seen : model, transaction)
    flights--
    if (E.isLeft(done)) {
      failed++
      if (has('keeps the puts of a neighbour that failed')) {
        const puts = (transaction.puts ?? []).slice(0, 1)
        const kept = Model.transact(model, { puts })
        if (E.isRight(kept)) model = kept.right[1]
      }
      return done
    }
    if (has('refuses what shares a flush with one that failed') && failed !== before)
      return E.left({ _tag: 'StoreFailed', operation: 'transact', cause: flights })
    const next = done.right[1]
    model = has('checks a head before it waits')
      ? {
          ...next,
          blocks: new Map([...model.blocks, ...next.blocks]),
          heads: new Map([...model.heads, ...next.heads]),
        }
      : next
    return E.right(done.right[0])
  }

  return {
    read: (digests: ReadonlyArray<Digest>) => async () =>
      E.right(digests.map((digest) => model.blocks.get(digest)?.bytes)),
    transact: (transaction: Transaction) => () => transact(transaction),
    head: (name: string) => async () => E.right(model.heads.get(name) ?? null),
    heads: (prefix: string) => async () =>
      E.right([...model.heads].filter(([name]) => name.startsWith(prefix))),
  }
}
