/**
 * What differs between two states. Equal digests end the walk, so it loads nothing that both share.
 */
import type { Path } from '../../data/Failure.js'
import { Linkable } from '../../data/Linkable.js'
import * as Fetch from '../Fetch.js'
import { align, type Difference as Splice } from './align.js'
import { here, type LoadFailure } from './load.js'
import { ABSENT, diff, type Pending } from './merge.js'
import { BRANCH, type Child, type Component, LEAF, type Resident, type Slot, type Trie } from './node.js'
import { COMPONENT, type Place, ROOT } from './place.js'
import type { Standing } from './read.js'
import { seal } from './seal.js'
import { kindOf } from './sequence.js'
import { type InlineMap, isComponent, isInlineMap, mapTrie } from './slot.js'
import { sequenceIn } from './splice.js'

/** What stands at a path differs as a whole, or, in a list, text or bytes, in some places. */
export interface Difference {
  readonly path: Path
  readonly before: Standing
  readonly after: Standing
  readonly splices: ReadonlyArray<Splice> | null
}

type Found = Fetch.Fetch<LoadFailure, ReadonlyArray<Difference>>

/** Whether two slots hold the same: components by digest, the rest by structure. */
export const sameSlot = (x: unknown, y: unknown): boolean => {
  if (x === y) return true
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false
  if (x instanceof Linkable || y instanceof Linkable) {
    return (
      x instanceof Linkable &&
      y instanceof Linkable &&
      seal(x as Component).digest === seal(y as Component).digest
    )
  }
  if (x instanceof Uint8Array || y instanceof Uint8Array) {
    return (
      x instanceof Uint8Array &&
      y instanceof Uint8Array &&
      x.length === y.length &&
      x.every((b, i) => b === y[i])
    )
  }
  if (Array.isArray(x) || Array.isArray(y)) {
    return (
      Array.isArray(x) &&
      Array.isArray(y) &&
      x.length === y.length &&
      x.every((item, i) => sameSlot(item, y[i]))
    )
  }
  const keys = Object.keys(x)
  return (
    keys.length === Object.keys(y).length &&
    keys.every((key) => Object.hasOwn(y, key) && sameSlot((x as InlineMap)[key], (y as InlineMap)[key]))
  )
}

/** The differences between two maps, given as the roots of their tries. */
export const difference = (before: Trie | Component, after: Trie | Component): Found => {
  // What has a digest is compared by it, so both sides get theirs before the walk.
  seal(before)
  seal(after)
  return between([{ before: before as Child, after: after as Child, place: ROOT }], [], refine)
}

/** The entries that differ between two maps, of which none is entered. */
export const differingEntries = (before: Trie | Component, after: Trie | Component): Found => {
  seal(before)
  seal(after)
  return between([{ before: before as Child, after: after as Child, place: ROOT }], [], (change) =>
    Fetch.of([change]),
  )
}

const between = (pairs: ReadonlyArray<Pending>, path: Path, enter: (change: Difference) => Found): Found =>
  Fetch.flatMap(
    Fetch.all(
      pairs.map(({ before, after, place }) =>
        Fetch.both(loaded(before, place), loaded(after, place), (x, y) => ({ before: x, after: y, place })),
      ),
    ),
    (here) => {
      // What is pending keeps its place among what is found, so the order does not tell what was loaded.
      const parts: Array<() => Found> = []
      const pending = { push: (pair: Pending) => parts.push(() => between([pair], path, enter)) }
      for (const pair of here) {
        diff(
          pair.before,
          pair.after,
          pair.place,
          sameSlot,
          (key, x, y) => {
            const change: Difference = {
              path: [...path, key],
              before: x as Standing,
              after: y as Standing,
              splices: null,
            }
            parts.push(() => enter(change))
          },
          pending,
        )
      }
      return Fetch.flatMap(Fetch.all(parts.map((part) => part())), (found) => Fetch.of(found.flat()))
    },
  )

const loaded = (child: Child, place: Place): Fetch.Fetch<LoadFailure, Trie> =>
  here(child, place === ROOT ? ROOT : { ...place, link: child }) as Fetch.Fetch<LoadFailure, Trie>

/** Two maps at one key differ inside, and so do two long sequences; anything else differs as a whole. */
const refine = (change: Difference): Found => {
  const { before, after, path } = change
  if (before === ABSENT || after === ABSENT) return Fetch.of([change])
  const x = before as Slot
  const y = after as Slot
  if (!isComponent(x) && !isComponent(y) && !(isInlineMap(x) && isInlineMap(y))) return Fetch.of([change])
  return Fetch.flatMap(
    Fetch.both(asMap(x), asMap(y), (p, q) => [p, q] as const),
    ([p, q]): Found => {
      if (p !== null && q !== null) {
        seal(p)
        seal(q)
        return between([{ before: p, after: q, place: ROOT }], path, refine)
      }
      if (p !== null || q !== null) return Fetch.of([change])
      return Fetch.flatMap(
        Fetch.both(sequenceIn(x), sequenceIn(y), (a, b) => [a, b] as const),
        ([a, b]): Found => {
          if (a === null || b === null || kindOf(a) !== kindOf(b)) return Fetch.of([change])
          return Fetch.map((splices: ReadonlyArray<Splice>) => [{ ...change, splices }])(align(a, b))
        },
      )
    },
  )
}

const asMap = (slot: Slot): Fetch.Fetch<LoadFailure, Trie | null> => {
  if (isInlineMap(slot)) return Fetch.of(mapTrie(slot))
  if (!isComponent(slot)) return Fetch.of(null)
  return Fetch.map((node: Resident) => (node.kind === LEAF || node.kind === BRANCH ? node : null))(
    here(slot, COMPONENT),
  )
}
