/** What the tests of faults ask of a store when the dust has settled. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as ComponentStore from '../../../src/branch/ComponentStore.js'
import * as StateReference from '../../../src/branch/StateReference.js'
import type { Digest } from '../../../src/data/Digest.js'
import { explain } from '../../../src/data/explain.js'
import type { Failure } from '../../../src/data/Failure.js'
import type { Value } from '../../../src/data/Value.js'
import * as Ledger from '../../../src/store/Ledger.js'
import * as LmdbStore from '../../../src/store/LmdbStore.js'
import type { Store } from '../../../src/store/Store.js'
import * as State from '../../../src/trie/State.js'

export const right = <A>(either: E.Either<Failure, A>): A => {
  if (E.isLeft(either)) throw new Error(explain(either.left))
  return either.right
}

/** A directory for one test. */
export const within = async <A>(use: (directory: string) => Promise<A>): Promise<A> => {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-faults-'))
  try {
    return await use(join(directory, 'store'))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

export const opened = async <A>(
  directory: string,
  use: (store: LmdbStore.LmdbStore) => A | Promise<A>,
  options: LmdbStore.Options = {},
): Promise<A> => {
  const store = right(await LmdbStore.open(directory, options)())
  try {
    return await use(store)
  } finally {
    right(await store.close())
  }
}

/** Every state that a head names, read to its leaves, each block checked against its digest. */
export const contents = (
  store: Store,
): { readonly states: ReadonlyMap<string, Value>; readonly read: ReadonlySet<Digest> } => {
  const read = new Set<Digest>()
  const watched: Store = {
    ...store,
    read: (digests) => {
      for (const digest of digests) read.add(digest)
      return store.read(digests)
    },
  }
  const components = ComponentStore.make(watched)
  const states = new Map<string, Value>()
  for (const [name] of right(store.heads('')())) {
    const reference = right(StateReference.openHead(components)(name)())
    if (O.isNone(reference)) throw new Error(`${name} names nothing`)
    states.set(name, right(StateReference.ask(State.toJson)(reference.value)()))
    StateReference.release(reference.value)()
  }
  return { states, read }
}

/** Blocks whose count as folded is not their count as recounted: number, folded, recounted. */
export const miscounted = (store: LmdbStore.LmdbStore): ReadonlyArray<readonly [number, number, number]> => {
  const [ledger, recount] = [right(store.ledger()), right(store.recount())]
  return [...Ledger.counts(Ledger.difference(ledger, recount))].map(([number]) => [
    number,
    Ledger.count(number)(ledger),
    Ledger.count(number)(recount),
  ])
}
