/**
 * Broken heads, each of which some law rejects.
 */
import * as E from 'fp-ts/lib/Either.js'
import type * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../../src/data/Digest.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Heads from '../../src/vst/Heads.js'
import type { HeadOperations } from './headLaws.js'

const sound: HeadOperations = Heads

/** Looks, compares, and then moves from wherever the head stands by then. */
const checkThenMove: HeadOperations['moveAsync'] = (name, expect, next) => (heads) => async () => {
  const { store } = heads.components
  const found = await store.head(name)()
  if (E.isLeft(found)) return found
  if (found.right !== expect) return sound.moveAsync(name, expect, next)(heads)()
  for (;;) {
    const now = await store.head(name)()
    if (E.isLeft(now)) return now
    const done = await sound.moveAsync(name, now.right, next)(heads)()
    if (E.isRight(done) || done.left._tag !== 'HeadMoved') return done
  }
}

const forced: HeadOperations['move'] = (name, _, next) => (heads) => () => {
  const found = heads.components.store.head(name)()
  return E.isLeft(found) ? found : sound.move(name, found.right, next)(heads)()
}

/** Remembers what it has read once. */
const stale = (): HeadOperations => {
  const known = new WeakMap<object, O.Option<Digest>>()
  return {
    ...sound,
    get: (name) => (heads) => () => {
      const before = known.get(heads)
      if (before !== undefined) return E.right(before)
      const found = sound.get(name)(heads)()
      if (E.isRight(found)) known.set(heads, found.right)
      return found
    },
    getAsync: (name) => (heads) => async () => {
      const before = known.get(heads)
      if (before !== undefined) return E.right(before)
      const found = await sound.getAsync(name)(heads)()
      if (E.isRight(found)) known.set(heads, found.right)
      return found
    },
  }
}

/** Reads, changes, and puts the change over whatever is there by then. */
const overwriting: HeadOperations['withHeadAsync'] = (name, change, options) =>
  sound.withHeadAsync(name, change, { ...options, strategy: 'set' })

type See = Parameters<HeadOperations['watch']>[1]

/** Watches with something done to what is shown. */
const watching = (f: (see: See) => See): HeadOperations => ({
  ...sound,
  watch: (name, see) => sound.watch(name, f(see)),
})

/** Shows each sight when the next one is there. */
const late = (see: See): See => {
  let before: Heads.Sight | null = null
  return (sight) => async () => {
    const shown = before
    before = sight
    if (shown !== null) await see(shown)()
  }
}

/** Shows the second before the first. */
const swapped = (see: See): See => {
  let first: Heads.Sight | null = null
  let n = 0
  return (sight) => async () => {
    n++
    if (n === 1) first = sight
    else {
      await see(sight)()
      if (n === 2 && first !== null) await see(first)()
    }
  }
}

export const brokenHeads: Readonly<Record<string, () => HeadOperations>> = {
  'compares before it moves': () => ({ ...sound, moveAsync: checkThenMove }),
  'compares nothing': () => ({
    ...sound,
    move: forced,
    create: (name, digest) => forced(name, null, digest),
    remove: (name, expect) => forced(name, expect, null),
  }),
  'reads once': stale,
  'lists all': () => ({ ...sound, list: () => sound.list('') }),
  'lists backwards': () => ({
    ...sound,
    list: (prefix) => (heads) => () =>
      E.map((found: ReadonlyArray<readonly [string, Digest]>) => found.toReversed())(
        sound.list(prefix)(heads)(),
      ),
  }),
  overwrites: () => ({ ...sound, withHeadAsync: overwriting }),
  'has one strategy': () => ({
    ...sound,
    withHead: (name, change, options) => sound.withHead(name, change, { ...options, strategy: 'set' }),
  }),
  'tries for ever': () => ({
    ...sound,
    withHead: (name, change, options) => sound.withHead(name, change, { ...options, tries: 1000 }),
  }),
  'tries once': () => ({
    ...sound,
    withHead: (name, change, options) => sound.withHead(name, change, { ...options, tries: 1 }),
    withHeadAsync: (name, change, options) => sound.withHeadAsync(name, change, { ...options, tries: 1 }),
  }),
  'commits what failed': () => ({
    ...sound,
    withHead: (name, change, options) =>
      sound.withHead(name, (state) => Fetch.orElseW(() => Fetch.of(state))(change(state)), options),
  }),
  'shows two at once': () =>
    watching((see) => (sight) => async () => {
      void see(sight)()
    }),
  'shows each twice': () =>
    watching((see) => (sight) => async () => {
      await see(sight)()
      await see(sight)()
    }),
  'shows late': () => watching(late),
  'shows out of order': () => watching(swapped),
  'never ends': () => ({
    ...sound,
    watch: (name, see) => (heads) => () => {
      sound.watch(name, see)(heads)()
      return () => {}
    },
  }),
  'polls nothing': () => ({ ...sound, poll: () => () => {} }),
}
