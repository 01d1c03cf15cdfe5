/**
 * Histories to walk over: small random graphs of checkpoints, and what a search of all of them answers.
 */
import fc from 'fast-check'
import { type ComponentStore, make as makeComponents } from '../../src/branch/ComponentStore.js'
import type { Digest } from '../../src/data/Digest.js'
import { hash } from '../../src/data/Hasher.js'
import { ref } from '../../src/data/Ref.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import { get } from '../branch/Subject.js'

/** For each checkpoint the places of its parents, all before its own, and its time. */
export type Shape = ReadonlyArray<{ readonly parents: ReadonlyArray<number>; readonly time: number }>

/** Up to fourteen checkpoints, of which most have one or two parents near by; clocks that go back too. */
export const shapes: fc.Arbitrary<Shape> = fc
  .array(fc.record({ back: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }), time: fc.nat(9) }), {
    minLength: 1,
    maxLength: 14,
  })
  .map((steps) =>
    steps.map(({ back, time }, i) => ({
      parents: [...new Set(back.map((n) => i - n))].filter((n) => n >= 0),
      time,
    })),
  )

/** Two checkpoints that two others descend from, crosswise. */
export const crissCross: Shape = [
  { parents: [], time: 5 },
  { parents: [0], time: 4 },
  { parents: [0], time: 3 },
  { parents: [1, 2], time: 2 },
  { parents: [2, 1], time: 1 },
]

export interface History {
  readonly store: MemoryStore.MemoryStore
  readonly components: ComponentStore<MemoryStore.MemoryStore>
  readonly shape: Shape
  readonly digests: ReadonlyArray<Digest>
  readonly generations: ReadonlyArray<number>
}

/** The block of the empty state. */
export const EMPTY_BLOCK: Uint8Array = new Uint8Array([0x81, 0])
export const EMPTY_STATE: Digest = hash(EMPTY_BLOCK)

/** A history of one empty state; the last checkpoint has the head `last`. */
export const history = (shape: Shape): History => {
  const store = MemoryStore.make()
  const digests: Array<Digest> = []
  const generations: Array<number> = []
  const puts = shape.map(({ parents, time }, i) => {
    const generation = parents.reduce((least, parent) => Math.max(least, generations[parent]! + 1), 0)
    const named = parents.map((parent) => digests[parent]!)
    const checkpoint = {
      state: EMPTY_STATE,
      parents: named,
      generation,
      message: `${i}`,
      author: '',
      time,
      metadata: {},
    }
    const bytes = get(() => Checkpoint.encode(checkpoint))
    digests.push(hash(bytes))
    generations.push(generation)
    return { ref: ref(digests[i]!), bytes, links: [ref(EMPTY_STATE)], parents: named.map(ref) }
  })
  get(store.transact({ puts: [{ ref: ref(EMPTY_STATE), bytes: EMPTY_BLOCK, links: [] }, ...puts] }))
  get(store.transact({ heads: [{ name: 'last', expect: null, next: digests[shape.length - 1]! }] }))
  return { store, components: makeComponents(store), shape, digests, generations }
}

/** Places that are reached from some places, these among them; `enters` says where the search goes on. */
export const reached = (
  shape: Shape,
  from: ReadonlyArray<number>,
  parentsOf: (place: number) => ReadonlyArray<number> = (place) => shape[place]!.parents,
  enters: (place: number) => boolean = () => true,
): ReadonlySet<number> => {
  const found = new Set<number>()
  const visit = (place: number): void => {
    if (found.has(place) || !enters(place)) return
    found.add(place)
    parentsOf(place).forEach(visit)
  }
  from.forEach(visit)
  return found
}

/** Places in the order of a log. */
export const inOrder = (
  { shape, digests, generations }: History,
  places: Iterable<number>,
): ReadonlyArray<Digest> =>
  [...places]
    .sort(
      (x, y) =>
        generations[y]! - generations[x]! ||
        shape[y]!.time - shape[x]!.time ||
        (digests[x]! < digests[y]! ? -1 : 1),
    )
    .map((place) => digests[place]!)

/** Common ancestors that no other common ancestor descends from. */
export const lowestCommon = ({ shape }: History, a: number, b: number): ReadonlyArray<number> => {
  const theirs = reached(shape, [b])
  const common = [...reached(shape, [a])].filter((place) => theirs.has(place))
  return common.filter(
    (place) => !common.some((other) => other !== place && reached(shape, [other]).has(place)),
  )
}
