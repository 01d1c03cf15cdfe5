/**
 * A `Component` is what a factory reads: a part of a state, known by its digest, of which nothing is loaded but what is
 * asked for.
 *
 * Equal content under equal codecs has one digest, wherever it stands, so what is built of one is good for all. (The
 * root of a state always is a block of its own; a small map inside a state is not, so those two digests differ.)
 *
 * Law (`coppice/laws`, `factoryLaws`): what is read of a component does not depend on what is in memory.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Component, Fetch, State } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const state = pipe(
 *   State.fromJson({ plan: { steps: [1, 2, 3] } }),
 *   E.getOrElse(() => State.empty),
 * )
 * const steps = pipe(Component.ofState(state), Component.get(['plan', 'steps']), Fetch.now)
 * assert.deepStrictEqual(steps, O.some(E.right(O.some([1, 2, 3]))))
 * ```
 */
import * as O from 'fp-ts/lib/Option.js'
import type * as t from 'io-ts'
import type { Digest } from '../data/Digest.js'
import type { Mismatch, Path } from '../data/Failure.js'
import { hash } from '../data/Hasher.js'
import { Writer } from '../data/internal/writer.js'
import { ref } from '../data/Ref.js'
import { decodeWith } from '../data/Typed.js'
import type { Value } from '../data/Value.js'
import * as Fetch from '../trie/Fetch.js'
import { here } from '../trie/internal/load.js'
import { ABSENT } from '../trie/internal/merge.js'
import {
  BRANCH,
  BYTES,
  LEAF,
  LINK,
  LIST,
  Link as LinkNode,
  type Component as Node,
  type Resident,
  type Slot,
} from '../trie/internal/node.js'
import { COMPONENT, EITHER, type Place, ROOT } from '../trie/internal/place.js'
import { descend, entriesOf, type Standing, valueIn } from '../trie/internal/read.js'
import { forEachIn, seal } from '../trie/internal/seal.js'
import { isSequence, kindOf as kindOfSequence, runOf } from '../trie/internal/sequence.js'
import { isComponent, isInlineList, isInlineMap, slotOf } from '../trie/internal/slot.js'
import type { Link } from '../trie/Link.js'
import * as Patch from '../trie/Patch.js'
import { homeOf, type Residency } from '../trie/Residency.js'
import * as State from '../trie/State.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

declare const brand: unique symbol

export interface Component {
  readonly [brand]: 'Component'
  readonly digest: Digest
}

/** What a component is. */
export type Kind = 'map' | 'list' | 'text' | 'bytes' | 'scalar'

/** The parts of a map or a list, under their keys or indices. */
export type Parts = ReadonlyArray<readonly [key: string | number, part: Component]>

/** Begins what is hashed for a value inside its parent; no block is of this kind, so no block has such a digest. */
const INLINE = 255

const writer = new Writer()

const digestOf = (slot: Slot): Digest => {
  if (isComponent(slot)) return seal(slot as Node).digest
  forEachIn(slot, seal)
  writer.reset()
  writer.arrayHeader(2)
  writer.uint(INLINE)
  writer.value(slot)
  return hash(writer.peek())
}

class Part implements Component {
  declare readonly [brand]: 'Component'
  readonly slot: Slot
  readonly place: Place
  private known: Digest | null = null
  constructor(slot: Slot, place: Place) {
    this.slot = slot
    this.place = place
  }
  get digest(): Digest {
    this.known ??= digestOf(this.slot)
    return this.known
  }
}

const inside = (component: Component): Part => component as unknown as Part

/** @internal */
export const isPart = (u: unknown): u is Component => u instanceof Part

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** A whole state. O(1). @category constructors */
export const ofState = (state: State.State): Component => new Part(State.rootOf(state) as Slot, ROOT)

/** A state, or a part of one that is a block, of which only the digest is known. O(1). @category constructors */
export const ofDigest = (digest: Digest, residency: Residency): Component =>
  new Part(new LinkNode(ref(digest), -1, -1, homeOf(residency)) as Slot, EITHER)

/** The part behind a link. O(1). @category constructors */
export const ofLink = (link: Link): Component => new Part(link as unknown as Slot, COMPONENT)

/** A value as it would stand in a state. O(size). @category constructors */
export const ofValue = (value: Value): Component => new Part(slotOf(value), COMPONENT)

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

/** The slot, loaded if it is a link. */
const standing = ({ slot, place }: Part): Fetch.Fetch<State.LoadFailure, Slot> =>
  isComponent(slot) ? (here(slot, place) as Fetch.Fetch<State.LoadFailure, Slot>) : Fetch.of(slot)

/** The whole of it as frozen plain data. O(size). Errors: `Missing`, `Corrupt`. */
export const value = (component: Component): Fetch.Fetch<State.LoadFailure, Value> =>
  Fetch.flatMap(standing(inside(component)), (slot) => valueIn(slot, 0))

/** The part at a path, or none. Loads what is on the way to it, not the part. Errors: `Missing`, `Corrupt`. */
export const at =
  (path: Path) =>
  (component: Component): Fetch.Fetch<State.LoadFailure, O.Option<Component>> => {
    if (path.length === 0) return Fetch.of(O.some(component))
    const given = path.slice()
    return Fetch.flatMap(standing(inside(component)), (slot) =>
      Fetch.map(
        (found: Standing): O.Option<Component> =>
          found === ABSENT ? O.none : O.some(new Part(found as Slot, COMPONENT)),
      )(descend(slot, given, 0)),
    )
  }

/** The value at a path, or none. Errors: `Missing`, `Corrupt`. */
export const get =
  (path: Path) =>
  (component: Component): Fetch.Fetch<State.LoadFailure, O.Option<Value>> =>
    Fetch.flatMap(at(path)(component), (found) =>
      found._tag === 'None' ? Fetch.of(O.none) : Fetch.map(O.some<Value>)(value(found.value)),
    )

/** The whole of it, typed. Errors: `Mismatch` with a line for each thing that the codec refuses, `Missing`, `Corrupt`. */
export const typed =
  <A>(codec: t.Decoder<unknown, A>) =>
  (component: Component): Fetch.Fetch<State.LoadFailure | Mismatch, A> =>
    Fetch.flatMap(value(component), (read) => Fetch.fromEither<Mismatch, A>(decodeWith(codec)(read)))

/** What it is. Loads its first block. Errors: `Missing`, `Corrupt`. */
export const kind = (component: Component): Fetch.Fetch<State.LoadFailure, Kind> =>
  Fetch.map((slot: Slot): Kind => {
    if (isComponent(slot)) {
      const node = slot as unknown as Resident
      if (!isSequence(node)) return 'map'
      const of = kindOfSequence(node)
      return of === LIST ? 'list' : of === BYTES ? 'bytes' : 'text'
    }
    if (typeof slot === 'string') return 'text'
    if (slot instanceof Uint8Array) return 'bytes'
    return isInlineList(slot) ? 'list' : isInlineMap(slot) ? 'map' : 'scalar'
  })(standing(inside(component)))

/**
 * The parts of a map or a list, none of them loaded; nothing for what has no parts. Loads the blocks of the map itself,
 * each level in one round. Errors: `Missing`, `Corrupt`.
 */
export const entries = (component: Component): Fetch.Fetch<State.LoadFailure, Parts> =>
  Fetch.flatMap(standing(inside(component)), (slot): Fetch.Fetch<State.LoadFailure, Parts> => {
    const part = (inner: Slot): Component => new Part(inner, COMPONENT)
    const items = (run: ReadonlyArray<Slot>) => run.map((inner, i) => [i, part(inner)] as const)
    if (isComponent(slot)) {
      const node = slot as unknown as Resident
      if (!isSequence(node)) {
        return Fetch.map(({ keys, slots }: { keys: ReadonlyArray<string>; slots: ReadonlyArray<Slot> }) =>
          keys.map((key, i) => [key, part(slots[i] as Slot)] as const),
        )(entriesOf(node))
      }
      if (kindOfSequence(node) !== LIST) return Fetch.of([])
      return Fetch.map((run: unknown) => items(run as ReadonlyArray<Slot>))(runOf(node))
    }
    if (isInlineList(slot)) return Fetch.of(items(slot))
    if (isInlineMap(slot)) return Fetch.of(Object.entries(slot).map(([key, inner]) => [key, part(inner)]))
    return Fetch.of([])
  })

/** Bytes, or text units, that are known of without loading: a hint for whoever has to choose, 0 where nothing is. */
export const sizeHint = (component: Component): number => {
  const { slot } = inside(component)
  if (typeof slot === 'string' || slot instanceof Uint8Array) return slot.length
  if (!isComponent(slot)) return 64
  const node = slot as Node
  if (node.kind === LINK) return Math.max(0, node.weight)
  if (node.kind === LEAF || node.kind === BRANCH) return node.weight >= 0 ? node.weight : 64 * node.size
  return node.size
}

// -------------------------------------------------------------------------------------
// two components
// -------------------------------------------------------------------------------------

/** No key is shorter. */
const KEY = ''

/**
 * What has to happen to one component to make it another; paths are those within the component, and a component that
 * differs as a whole is one change at the empty path. O(changes · depth). Errors: `Missing`, `Corrupt`.
 */
export const diff = (before: Component, after: Component): Fetch.Fetch<State.LoadFailure, Patch.Patch> => {
  if (before.digest === after.digest) return Fetch.of(Patch.empty)
  const wrapped = (component: Component): Fetch.Fetch<State.LoadFailure, State.State> =>
    Fetch.flatMap(
      standing(inside(component)),
      (slot) => State.graft([KEY], slot)(State.empty) as Fetch.Fetch<State.LoadFailure, State.State>,
    )
  return Fetch.flatMap(
    Fetch.both(wrapped(before), wrapped(after), (a, b) => [a, b] as const),
    ([a, b]) =>
      Fetch.map(
        (patch: Patch.Patch): Patch.Patch =>
          patch.map((operation) => ({ ...operation, path: operation.path.slice(1) })),
      )(Patch.diff(a, b)),
  )
}
