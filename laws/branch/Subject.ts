/**
 * What the laws of references are about: the operations, on a memory store, as the library has them or as a broken
 * implementation does.
 */
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { ComponentStore as Components } from '../../src/branch/ComponentStore.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Residency from '../../src/trie/Residency.js'

export type Reference = StateReference.StateReference<MemoryStore.MemoryStore>

/** The operations under test. */
export type Operations = Pick<
  typeof StateReference,
  | 'root'
  | 'branch'
  | 'branchMany'
  | 'release'
  | 'read'
  | 'write'
  | 'commit'
  | 'unload'
  | 'open'
  | 'parent'
  | 'children'
  | 'generation'
  | 'live'
  | 'isShared'
  | 'isReleased'
> & {
  readonly flush: typeof ComponentStore.flush
}

/** The library's own. */
export const operations: Operations = { ...StateReference, flush: ComponentStore.flush }

/** One run's world. */
export interface World {
  readonly store: MemoryStore.MemoryStore
  readonly components: Components<MemoryStore.MemoryStore>
}

/** A fresh world that keeps at most `budget` bytes of loaded nodes. */
export const world = (budget: number): World => {
  const store = MemoryStore.make()
  return { store, components: ComponentStore.make(store, { residency: Residency.make(budget) }) }
}

/** The result of an effect that a law expects to succeed. */
export const get = <E, A>(effect: IOEither<E, A>): A => {
  const result = effect()
  if (result._tag === 'Left') throw new Error(`unexpected failure: ${JSON.stringify(result.left)}`)
  return result.right
}
