/**
 * Broken checkpoints, each of which some law rejects.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import { attempt, Reader } from '../../src/data/internal/reader.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import { write } from '../../src/vst/internal/checkpointBlock.js'
import type { Checkpoints } from './checkpointLaws.js'

const sound: Checkpoints = Checkpoint

type Entries = ReadonlyArray<Checkpoint.Entry>

/** Everything that some checkpoints reach, by a search in no order. */
const everything = (tips: ReadonlyArray<Digest>): Fetch.Fetch<Checkpoint.HistoryFailure, Entries> => {
  const found = new Map<Digest, Checkpoint.Entry>()
  const go = (level: ReadonlyArray<Digest>): Fetch.Fetch<Checkpoint.HistoryFailure, Entries> => {
    const fresh = level.filter((digest) => !found.has(digest))
    if (fresh.length === 0) return Fetch.of([...found.values()])
    return Fetch.flatMap(Fetch.all(fresh.map(Checkpoint.load)), (checkpoints) => {
      for (const [i, checkpoint] of checkpoints.entries()) {
        found.set(fresh[i]!, { digest: fresh[i]!, checkpoint })
      }
      return go(checkpoints.flatMap(({ parents }) => parents))
    })
  }
  return go(tips)
}

/** Reads whatever is there, and checks nothing. */
const lenient: Checkpoints['decode'] = (bytes) =>
  attempt(() => {
    const reader = new Reader(bytes)
    reader.arrayHeader()
    reader.uint()
    const state = reader.link()
    const parents = Array.from({ length: reader.arrayHeader() }, () => reader.link())
    const generation = reader.number()
    const [message, author, time] = [reader.text(), reader.text(), reader.number()]
    return { state, parents, generation, message, author, time, metadata: reader.value() as never }
  })

export const brokenCheckpoints: Readonly<Record<string, Checkpoints>> = {
  'takes any block for a checkpoint': { ...sound, decode: lenient },
  'drops the author': {
    ...sound,
    encode: (checkpoint) => E.map(() => write({ ...checkpoint, author: '' }))(sound.encode(checkpoint)),
  },
  'commits the state before the checkpoint': {
    ...sound,
    commit: (options) => (reference) => () => {
      const state = StateReference.commit()(reference)()
      return E.isLeft(state) ? state : sound.commit(options)(reference)()
    },
  },
  'moves the head after the commit': {
    ...sound,
    commit:
      (options = {}) =>
      (reference) =>
      () => {
        const { head, ...rest } = options
        const done = sound.commit(rest)(reference)()
        if (E.isLeft(done) || head === undefined) return done
        const { store } = StateReference.components(reference)
        const from = store.head(head)()
        if (E.isLeft(from)) return from
        const moved = store.transact({
          heads: [{ name: head, expect: from.right, next: done.right.checkpoint }],
        })()
        return E.isLeft(moved) ? moved : done
      },
  },
  'forgets where it came from': {
    ...sound,
    commit: (options = {}) => sound.commit({ parents: [], ...options }),
  },
  'has a clock of its own': {
    ...sound,
    commit: (options) => sound.commit({ ...options, clock: () => ++ticks }),
  },
  'has a clock that stands still': {
    ...sound,
    commit: (options) => sound.commit({ ...options, clock: () => 0 }),
  },
  'restores an empty state': {
    ...sound,
    restore: (components) => (digest) => () =>
      pipe(
        sound.restore(components)(digest)(),
        E.map((reference) => {
          StateReference.write(State.empty)(reference)()
          return reference
        }),
      ),
    restoreHead: (components) => () => () => E.right(O.some(StateReference.root(components)(State.empty)())),
  },
  'restores without the checkpoint': {
    ...sound,
    restore: (components) => (digest) => () => {
      const loaded = Fetch.run(components.store)(Checkpoint.load(digest))()
      return E.isLeft(loaded) ? loaded : StateReference.open(components)(loaded.right.state)()
    },
  },
  'restores eagerly': {
    ...sound,
    restore: (components) => (digest) => () => {
      const reference = sound.restore(components)(digest)()
      if (E.isRight(reference)) StateReference.ask(State.toJson)(reference.right)()
      return reference
    },
  },
  'lists by the clock': {
    ...sound,
    log:
      (bounds = {}) =>
      (tips) =>
        Fetch.map((found: Entries) =>
          found
            .toSorted((x, y) => y.checkpoint.time - x.checkpoint.time)
            .slice(0, bounds.count ?? found.length),
        )(everything(tips)),
  },
  'lists all before it counts': {
    ...sound,
    log:
      (bounds = {}) =>
      (tips) =>
        Fetch.map((found: Entries) => found.slice(0, bounds.count ?? found.length))(
          sound.log({ ...bounds, count: Number.POSITIVE_INFINITY })(tips),
        ),
  },
  'knows no first parent': {
    ...sound,
    log: (bounds = {}) => sound.log({ ...bounds, firstParent: false }),
  },
  'looks no further back than the clock says, but through it': {
    ...sound,
    log:
      ({ since = 0, ...bounds } = {}) =>
      (tips) =>
        Fetch.map((found: Entries) => found.filter(({ checkpoint }) => checkpoint.time >= since))(
          sound.log(bounds)(tips),
        ),
  },
  'walks in circles': {
    ...sound,
    log: () => everything,
    mergeBases: (ours, theirs) =>
      Fetch.map((found: Entries) => found.slice(0, 0))(everything([ours, theirs])),
  },
  'keeps its place between two runs': {
    ...sound,
    log: (bounds) => (tips) => {
      let runs = 0
      return Fetch.flatMap(sound.log(bounds)(tips), (found) => Fetch.of(runs++ === 0 ? found : []))
    },
  },
  'answers the first of several ancestors only': {
    ...sound,
    mergeBases: (ours, theirs) =>
      Fetch.map((found: Entries) => found.slice(0, 1))(sound.mergeBases(ours, theirs)),
  },
  'answers every common ancestor': {
    ...sound,
    mergeBases: (ours, theirs) =>
      Fetch.both(everything([ours]), everything([theirs]), (a, b) => {
        const theirsToo = new Set(b.map(({ digest }) => digest))
        return a.filter(({ digest }) => theirsToo.has(digest))
      }),
  },
  'prefers our side': {
    ...sound,
    mergeBases: (ours, theirs) =>
      Fetch.map((found: Entries) => (ours < theirs ? found : found.toReversed()))(
        sound.mergeBases(ours, theirs),
      ),
  },
  'counts a splice twice': {
    ...sound,
    diff: (residency) => (before, after) =>
      Fetch.map(({ counts, patch }: Checkpoint.Difference) => ({
        counts: { ...counts, change: counts.change + counts.add },
        patch,
      }))(sound.diff(residency)(before, after)),
  },
  'cuts nothing': { ...sound, cut: () => () => () => E.right(undefined) },
  'cuts parents too': {
    ...sound,
    cut: (components) => (digests) => () => {
      const all = Fetch.run(components.store)(everything(digests))()
      return E.isLeft(all)
        ? E.right(undefined)
        : sound.cut(components)(all.right.map(({ digest }) => digest))()
    },
    prune: (components) => (tips) => sound.prune(components)(tips, { count: 1 }),
  },
}

let ticks = 0
