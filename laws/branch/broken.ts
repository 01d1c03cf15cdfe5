/**
 * Broken references, each of which some law rejects.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { StateReference } from '../../src/branch/StateReference.js'
import type { Store } from '../../src/store/Store.js'
import * as State from '../../src/trie/State.js'
import { type Operations, operations as sound } from './Subject.js'

/** Hands out the parent itself: writes are seen by all. */
const aliased: Operations = {
  ...sound,
  branch: (reference) => () => E.right(reference),
  branchMany: (n) => (reference) => () => E.right(Array.from({ length: n }, () => reference)),
}

/** Forgets to release. */
const leaky: Operations = { ...sound, release: () => () => undefined }

/** Writes nothing. */
const deaf: Operations = { ...sound, write: () => () => () => E.right(undefined) }

/** Releases a reference together with its children. */
const cascading: Operations = {
  ...sound,
  release: (reference) => () => {
    for (const child of sound.children(reference)()) sound.release(child)()
    sound.release(reference)()
  },
}

/** Lets go of the pin of a commit at once, so that a collection takes what a live reference still needs. */
const unpinned: Operations = {
  ...sound,
  commit: (options) => (reference) => () => {
    const done = sound.commit(options)(reference)()
    if (E.isRight(done)) storeOf(reference).transact({ unpins: [done.right.digest] })()
    return done
  },
}

/** Pins once more than it ever lets go. */
const pinnedTwice: Operations = {
  ...sound,
  commit: (options) => (reference) => () => {
    const done = sound.commit(options)(reference)()
    if (E.isRight(done)) storeOf(reference).transact({ pins: [done.right.digest] })()
    return done
  },
}

/** Opens without a pin. */
const unheld: Operations = {
  ...sound,
  open: (components) => (digest) => () =>
    E.right(sound.root(components)(State.open(digest, components.residency))()),
}

/** Says that the root is everybody's parent. */
const orphaned: Operations = { ...sound, parent: () => () => O.none }

/** Never calls a state shared. */
const selfish: Operations = { ...sound, isShared: () => () => false }

/** Commits the same content under another root each time. */
const salted = (): Operations => {
  let salt = 0
  return {
    ...sound,
    commit: (options) => (reference) => () => {
      const read = sound.read(reference)()
      if (E.isLeft(read)) return read
      const other = State.fromJson({ salt: salt++ })
      if (E.isRight(other)) sound.write(other.right)(reference)()
      const done = sound.commit(options)(reference)()
      sound.write(read.right)(reference)()
      return done
    },
  }
}

/** The store of a reference: the broken ones reach behind it. */
const storeOf = (reference: StateReference<Store>): Store =>
  (reference as unknown as { readonly components: { readonly store: Store } }).components.store

export const brokenReferences: Readonly<Record<string, () => Operations>> = {
  aliased: () => aliased,
  leaky: () => leaky,
  deaf: () => deaf,
  cascading: () => cascading,
  unpinned: () => unpinned,
  pinnedTwice: () => pinnedTwice,
  unheld: () => unheld,
  orphaned: () => orphaned,
  selfish: () => selfish,
  salted,
}
