/**
 * Broken engines, each of which some law rejects.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as StateReference from '../../src/branch/StateReference.js'
import { invalidPath } from '../../src/data/Failure.js'
import * as State from '../../src/trie/State.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import * as Heads from '../../src/vst/Heads.js'
import * as sound from '../../src/vst/Vst.js'
import type { VstOperations } from './vstLaws.js'

const windowed = (operations: number): Partial<VstOperations> => ({
  make: (components, options = {}) =>
    sound.make(components, { ...options, window: { operations, milliseconds: Number.POSITIVE_INFINITY } }),
})

/** Looks, compares, and then moves from wherever the head stands by then. */
const checkThenMove: VstOperations['moveAsync'] = (name, expect, next) => (vst) => async () => {
  const { store } = vst.components
  const found = await store.head(name)()
  if (E.isLeft(found) || found.right !== expect) return sound.moveAsync(name, expect, next)(vst)()
  for (;;) {
    const now = await store.head(name)()
    if (E.isLeft(now)) return now
    const done = await sound.moveAsync(name, now.right, next)(vst)()
    if (E.isRight(done) || done.left._tag !== 'HeadMoved') return done
  }
}

const reasonOf = (answer: E.Either<{ readonly reason?: string }, unknown>): string =>
  E.isLeft(answer) ? (answer.left.reason ?? '') : ''

let told = 0

export const brokenVsts: { readonly [fault: string]: () => VstOperations } = {
  'undoes nothing': () => ({ ...sound, undo: sound.rewind({ time: Number.POSITIVE_INFINITY }) }),
  'redoes by undoing': () => ({ ...sound, redo: sound.undo }),
  'has a window of one': () => ({ ...sound, ...windowed(1) }),
  'lets go of nothing': () => ({ ...sound, ...windowed(1000) }),
  'shows its own heads': () => ({
    ...sound,
    list: (prefix) => (vst) => Heads.list(prefix)(vst.heads),
  }),
  'restores nothing': () => ({
    ...sound,
    restore: () => (vst) => () => E.right(StateReference.root(vst.components)(State.empty)()),
  }),
  'commits what it likes': () => ({
    ...sound,
    withHead: (name, change, options = {}) =>
      sound.withHead(name, change, { ...options, metadata: { told: told++ } }),
  }),
  'creates over what is there': () => ({
    ...sound,
    create: (name, digest) => sound.reset(name, digest) as never,
  }),
  'tells its log afterwards': () => ({
    ...sound,
    withHead:
      (name, change, options = {}) =>
      (vst) =>
      () => {
        const done = Heads.withHead(name, change, options)(vst.heads)()
        sound.adopt(vst)()
        return done as never
      },
  }),
  'tells its log afterwards, elsewhere': () => ({
    ...sound,
    withHeadAsync:
      (name, change, options = {}) =>
      (vst) =>
      async () => {
        const done = await Heads.withHeadAsync(name, change, options)(vst.heads)()
        await sound.adoptAsync(vst)()
        return done as never
      },
  }),
  'prunes at once': () => ({
    ...sound,
    prune: (tips, bounds) => (vst) => Checkpoint.prune(vst.components)(tips, bounds) as never,
  }),
  'hides what others did': () => ({
    ...sound,
    log: (bounds) => (vst) => () =>
      E.map((all: ReadonlyArray<sound.Operation>) => all.filter(({ kind }) => kind !== 'import'))(
        sound.log(bounds)(vst)(),
      ),
  }),
  'counts nothing': () => ({
    ...sound,
    metrics: (vst) => () => ({ ...sound.metrics(vst)(), operations: 0 }),
  }),
  'takes the names of heads for keys': () => ({
    ...sound,
    create: (name, digest) => (vst) => () =>
      name.length > 900 ? E.left(invalidPath([name], 'too long')) : sound.create(name, digest)(vst)(),
  }),
  'counts what ends the window': () => ({
    ...sound,
    expire: ({ operations = 1 } = {}) => sound.expire({ operations: Math.max(0, operations - 1) }),
  }),
  'logs what changes nothing': () => ({
    ...sound,
    move: (name, expect, next) => (vst) => () =>
      expect === next
        ? E.map((done: sound.Operation) => O.some(done))(
            sound.rewind({ time: Number.POSITIVE_INFINITY })(vst)() as never,
          )
        : sound.move(name, expect, next)(vst)(),
  }),
  'merges with whatever is there': () => ({
    ...sound,
    merge: (name, theirs, { expect: _, ...options } = {}) => sound.merge(name, theirs, options),
  }),
  'lets changes throw': () => ({
    ...sound,
    withHead: (name, change, options) => (vst) => () => {
      const done = sound.withHead(name, change, options)(vst)() as never
      if (reasonOf(done).includes('threw')) throw new Error(reasonOf(done))
      return done
    },
  }),
  'takes no number for none': () => ({
    ...sound,
    log: (bounds = {}) => sound.log(Number.isNaN(bounds.count) ? { count: 0 } : bounds),
  }),
  'looks, and then moves': () => ({ ...sound, moveAsync: checkThenMove }),
}
