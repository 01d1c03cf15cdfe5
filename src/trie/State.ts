/**
 * A `State` is a `Value` whose root is a map, held so that a copy costs nothing and an edit costs one path.
 *
 * Maps that are too big to stand inside their parent are canonical tries of their own, longer lists, texts and bytes
 * are blocks. Parts that were never touched need not be in memory: every operation answers a `Fetch`, which is done at
 * once when all it needs is here.
 *
 * Laws (`coppice/laws`, `stateLaws`):
 * 1. model: every operation agrees with plain objects, with all of the state in memory and with none of it;
 * 2. canonical: equal content has one digest, however it was made;
 * 3. a lookup reads at most one block a level, a traversal each block once;
 * 4. eviction at any moment changes no answer.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Fetch, State } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const state = pipe(
 *   State.fromJson({ task: 'sort', files: {} }),
 *   E.map(State.set(['files', 'a.txt'], 'one\ntwo\n')),
 *   E.map(Fetch.chainW(State.get(['files', 'a.txt']))),
 *   E.map(Fetch.now),
 * )
 * assert.deepStrictEqual(state, E.right(O.some(E.right(O.some('one\ntwo\n')))))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type * as t from 'io-ts'
import type { Digest } from '../data/Digest.js'
import {
  type InvalidPath,
  type InvalidValue,
  invalidPath,
  invalidValue,
  type Mismatch,
  type OutOfRange,
  type Path,
} from '../data/Failure.js'
import { MAX_DEPTH, MAX_KEY } from '../data/internal/limits.js'
import { textBytes } from '../data/internal/text.js'
import { ref } from '../data/Ref.js'
import { decodeWith } from '../data/Typed.js'
import { fromUnknown, type Value } from '../data/Value.js'
import * as Fetch from './Fetch.js'
import { isInline } from './internal/block.js'
import { trieEdited } from './internal/change.js'
import { here, type LoadFailure } from './internal/load.js'
import { ABSENT } from './internal/merge.js'
import {
  type Component,
  EMPTY,
  LIST,
  Link,
  type Run,
  type Sequence,
  type Slot,
  type Trie,
} from './internal/node.js'
import { COMPONENT, ROOT } from './internal/place.js'
import { reaching as reach } from './internal/reach.js'
import { entriesOf, inTrie, mapOf, type Standing, valueIn } from './internal/read.js'
import { seal } from './internal/seal.js'
import { isSequence, kindOf, sharing } from './internal/sequence.js'
import {
  assign,
  inOrder,
  isComponent,
  isInlineMap,
  mapSlot,
  mapTrie,
  slotOf,
  slotsOf,
} from './internal/slot.js'
import { kindOfRun, sequenceIn, sliced, spliced } from './internal/splice.js'
import { homeOf, type Residency } from './Residency.js'

export type { LoadFailure } from './internal/load.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

declare const brand: unique symbol

/** Works as a key in `immutable` collections and with `Immutable.is`; equal content is equal. */
export interface State {
  readonly [brand]: 'State'
  readonly equals: (that: unknown) => boolean
  readonly hashCode: () => number
}

class Rooted {
  declare readonly [brand]: 'State'
  readonly root: Trie | Link
  constructor(root: Trie | Link) {
    this.root = root
  }
  equals(that: unknown): boolean {
    return (
      that instanceof Rooted && (this.root === that.root || seal(this.root).digest === seal(that.root).digest)
    )
  }
  hashCode(): number {
    const { digest: d } = seal(this.root)
    return ((d.charCodeAt(0) << 16) | d.charCodeAt(1)) >> 1
  }
}

/** @internal */
export const rootOf = (state: State): Trie | Link => (state as unknown as Rooted).root
/** @internal */
export const fromRoot = (root: Trie | Link): State => new Rooted(root)

const rootTrie = (state: State): Fetch.Fetch<LoadFailure, Trie> =>
  here(rootOf(state), ROOT) as Fetch.Fetch<LoadFailure, Trie>

// -------------------------------------------------------------------------------------
// constructors
// -------------------------------------------------------------------------------------

/** @category constructors */
export const empty: State = fromRoot(EMPTY)

/**
 * A state of plain data, deeply checked and copied. O(size).
 *
 * Errors: `InvalidValue` with the path of what no state can hold, or if the root is not a map.
 */
export const fromJson = (json: unknown): E.Either<InvalidValue, State> => {
  const value = fromUnknown(json)
  if (value._tag === 'Left') return value
  return isMap(value.right)
    ? E.right(fromRoot(mapTrie(slotsOf(value.right))))
    : E.left(invalidValue([], 'the root of a state is a map'))
}

const isMap = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/**
 * A state of which only the digest is known. O(1); it loads what is touched, into the residency.
 *
 * @category constructors
 */
export const open = (digest: Digest, residency: Residency): State =>
  fromRoot(new Link(ref(digest), -1, -1, homeOf(residency)))

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

/** @internal */
export const standingAt = (state: State, given: Path): Fetch.Fetch<LoadFailure, Standing> => {
  const path = given.slice()
  return Fetch.flatMap(rootTrie(state), (trie) =>
    path.length === 0 ? Fetch.of(trie) : inTrie(trie, path, 0),
  )
}

const valueAt =
  (path: Path) =>
  (slot: Standing): Fetch.Fetch<LoadFailure, O.Option<Value>> =>
    slot === ABSENT ? Fetch.of(O.none) : Fetch.map(O.some<Value>)(valueIn(slot as never, path.length))

/**
 * The value at a path, or none. O(path · log n) and the size of the value.
 *
 * Errors: `Missing`, `Corrupt`.
 */
export const get =
  (path: Path) =>
  (state: State): Fetch.Fetch<LoadFailure, O.Option<Value>> =>
    path.length === 0
      ? Fetch.map(O.some<Value>)(toJson(state))
      : Fetch.flatMap(standingAt(state, path), valueAt(path))

/** Whether something stands at a path. Does not load what stands there. */
export const has =
  (path: Path) =>
  (state: State): Fetch.Fetch<LoadFailure, boolean> =>
    Fetch.map((slot: Standing) => slot !== ABSENT)(standingAt(state, path))

/**
 * The value at a path, typed. Decodes what stands there, not the world; where nothing stands the codec decodes
 * `undefined`.
 *
 * Errors: `Mismatch` with a line for each thing that the codec refuses, `Missing`, `Corrupt`.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Fetch, State } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 * import * as t from 'io-ts'
 *
 * const steps = pipe(
 *   State.fromJson({ plan: { steps: 3 } }),
 *   E.map(State.at(['plan', 'steps'], t.number)),
 *   E.map(Fetch.now),
 * )
 * assert.deepStrictEqual(steps, E.right(O.some(E.right(3))))
 * ```
 */
export const at =
  <A>(path: Path, codec: t.Decoder<unknown, A>) =>
  (state: State): Fetch.Fetch<LoadFailure | Mismatch, A> =>
    Fetch.flatMap(get(path)(state), (value) =>
      Fetch.fromEither<Mismatch, A>(decodeWith(codec, path)(O.toUndefined(value))),
    )

/** The whole state as frozen plain data. O(size); each block is read once, each level in one round. */
export const toJson = (state: State): Fetch.Fetch<LoadFailure, Value> =>
  Fetch.flatMap(rootTrie(state), (trie) => mapOf(trie, 0, rootOf(state)))

/** The keys of the root, in the order of the trie. */
export const keys = (state: State): Fetch.Fetch<LoadFailure, ReadonlyArray<string>> =>
  Fetch.flatMap(rootTrie(state), (trie) =>
    Fetch.map((entries: { keys: ReadonlyArray<string> }) => entries.keys)(entriesOf(trie)),
  )

/** Entries of the root. O(1). */
export const size = (state: State): Fetch.Fetch<LoadFailure, number> =>
  Fetch.map((trie: Trie) => trie.size)(rootTrie(state))

// -------------------------------------------------------------------------------------
// edits
// -------------------------------------------------------------------------------------

/** Why an edit was refused. */
export type EditFailure = LoadFailure | InvalidPath

const segmentFault = (segment: string | number): string | null => {
  if (typeof segment === 'number') {
    return Number.isSafeInteger(segment) && segment >= 0 ? null : 'an index is a whole number, 0 or more'
  }
  if (typeof segment !== 'string') return 'a segment is a key or an index'
  if (!segment.isWellFormed()) return 'a key with a lone surrogate'
  return textBytes(segment) > MAX_KEY ? `a key over ${MAX_KEY} bytes` : null
}

const pathFault = (path: Path): InvalidPath | null => {
  if (!Array.isArray(path)) return invalidPath([], 'a path is a list of keys and indices')
  if (path.length === 0) return invalidPath(path, 'the root itself is not replaced')
  if (path.length > MAX_DEPTH) return invalidPath(path, `deeper than ${MAX_DEPTH}`)
  for (let i = 0; i < path.length; i++) {
    const reason = segmentFault(path[i]!)
    if (reason !== null) return invalidPath(path.slice(0, i + 1), reason)
  }
  return null
}

const edit = <F>(
  state: State,
  given: Path,
  deleting: boolean,
  change: (slot: Standing) => Fetch.Fetch<F, Standing>,
): Fetch.Fetch<EditFailure | F, State> => {
  const fault = pathFault(given)
  if (fault !== null) return Fetch.fail(fault)
  // The caller may change the list while blocks are on their way.
  const path = given.slice()
  return Fetch.flatMap(rootTrie(state), (trie) =>
    Fetch.flatMap(trieEdited(trie, { path, deleting, change: change as never }, 0), (next) =>
      Fetch.of(next === trie ? state : fromRoot(next)),
    ),
  )
}

/**
 * The state with a value at a path. Maps that the path names and that are not there are made; an index may be one
 * past a list's end. O(path · log n) and the size of the value.
 *
 * Errors: `InvalidPath`, `InvalidValue` (its path within the state), `Missing`, `Corrupt`.
 */
export const set =
  (path: Path, value: unknown) =>
  (state: State): Fetch.Fetch<EditFailure | InvalidValue, State> => {
    const checked = checkedAt(path, value)
    if (checked._tag === 'Left') return Fetch.fail(checked.left)
    const slot = slotOf(checked.right)
    return edit(state, path, false, (before) => Fetch.of(replacing(before, slot)))
  }

/** A new version of a long text shares what it can with the old one. */
const replacing = (before: Standing, slot: Slot): Slot =>
  isNode(before) && isNode(slot) && isSequence(before) && isSequence(slot) ? sharing(slot, before) : slot

const isNode = (slot: Standing): slot is Component & Slot => slot !== ABSENT && isComponent(slot as Slot)

const checkedAt = (path: Path, value: unknown): E.Either<InvalidValue, Value> => {
  const checked = fromUnknown(value, { maxDepth: Math.max(0, MAX_DEPTH - path.length) })
  return checked._tag === 'Right'
    ? checked
    : E.left(invalidValue([...path, ...checked.left.path], checked.left.reason))
}

/**
 * The state with what stands at a path changed by a function. What stands there is loaded whole.
 *
 * Errors: `InvalidPath` if nothing stands there, `InvalidValue`, `Missing`, `Corrupt`.
 */
export const modify =
  (path: Path, f: (value: Value) => unknown) =>
  (state: State): Fetch.Fetch<EditFailure | InvalidValue, State> =>
    edit(state, path, false, (slot) =>
      Fetch.flatMap(valueAt(path)(slot), (value): Fetch.Fetch<EditFailure | InvalidValue, Standing> => {
        if (value._tag === 'None') return Fetch.fail(invalidPath(path, 'nothing stands here'))
        const checked = checkedAt(path, f(value.value))
        return checked._tag === 'Left'
          ? Fetch.fail(checked.left)
          : Fetch.of(replacing(slot, slotOf(checked.right)))
      }),
    )

/** The state without what stands at a path: a key, or an item of a list. The same state if nothing stands there. */
export const remove =
  (path: Path) =>
  (state: State): Fetch.Fetch<EditFailure, State> =>
    edit(state, path, true, () => Fetch.of(ABSENT)) as Fetch.Fetch<EditFailure, State>

// -------------------------------------------------------------------------------------
// states in states
// -------------------------------------------------------------------------------------

const notMap = (path: Path): InvalidPath => invalidPath(path, 'no state stands here: it is not a map')

/**
 * The map at a path as a state of its own, of which only the root is loaded; none if nothing stands there. It has the digest that it
 * would have alone. O(path · log n).
 *
 * Errors: `InvalidPath` if something else stands there, `Missing`, `Corrupt`.
 */
export const subtree =
  (path: Path) =>
  (state: State): Fetch.Fetch<EditFailure, O.Option<State>> =>
    Fetch.flatMap(standingAt(state, path), (slot): Fetch.Fetch<EditFailure, O.Option<State>> => {
      if (slot === ABSENT) return Fetch.of(O.none)
      const value = slot as Slot
      if (isInlineMap(value)) return Fetch.of(O.some(fromRoot(mapTrie(value))))
      if (!isComponent(value)) return Fetch.fail(notMap(path))
      return Fetch.flatMap(
        here(value, path.length === 0 ? ROOT : COMPONENT),
        (node): Fetch.Fetch<EditFailure, O.Option<State>> =>
          isSequence(node) ? Fetch.fail(notMap(path)) : Fetch.of(O.some(fromRoot(node))),
      )
    })

/** A state as it stands in another: a small one inside its parent, like any value. */
const slotOfState = (state: State): Fetch.Fetch<LoadFailure, Slot> =>
  Fetch.flatMap(rootTrie(state), (trie): Fetch.Fetch<LoadFailure, Slot> => {
    if (!isInline(trie)) return Fetch.of(rootOf(state))
    return Fetch.map(({ keys, slots }: { keys: ReadonlyArray<string>; slots: ReadonlyArray<Slot> }) => {
      const map: Record<string, Slot> = {}
      for (const [i, key] of keys.entries()) assign(map, key, slots[i]!)
      return mapSlot(inOrder(map))
    })(entriesOf(trie))
  })

/**
 * The state with another as the map at a path, shared and not copied. The other was read from the same family, or is wholly in memory, as
 * for `StateReference.write`. O(path · log n).
 *
 * Errors: `InvalidPath`, `Missing`, `Corrupt`.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Fetch, State } from 'coppice'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const agent = State.set(['task'], 'sort')(State.empty)
 * const back = pipe(
 *   agent,
 *   Fetch.chainW((state) => State.setSubtree(['agents', 'ann'], state)(State.empty)),
 *   Fetch.chainW(State.subtree(['agents', 'ann'])),
 *   Fetch.map(O.map(State.digest)),
 * )
 * assert.deepStrictEqual(Fetch.now(back), Fetch.now(pipe(agent, Fetch.map(State.digest), Fetch.map(O.some))))
 * ```
 */
export const setSubtree =
  (path: Path, subtree: State) =>
  (state: State): Fetch.Fetch<EditFailure, State> =>
    Fetch.flatMap(slotOfState(subtree), (slot) => graft(path, slot)(state))

// -------------------------------------------------------------------------------------
// lists, texts and bytes
// -------------------------------------------------------------------------------------

/** Why a part of a list, text or bytes could not be read or replaced. */
export type SequenceFailure = EditFailure | InvalidValue | OutOfRange

const noSequence = (path: Path): InvalidPath =>
  invalidPath(path, 'neither a list, nor text, nor bytes stands here')

const sequenceAt = (path: Path, state: State): Fetch.Fetch<EditFailure, Sequence> =>
  Fetch.flatMap(standingAt(state, path), (slot) =>
    Fetch.flatMap(
      sequenceIn(slot),
      (root): Fetch.Fetch<InvalidPath, Sequence> =>
        root === null ? Fetch.fail(noSequence(path)) : Fetch.of(root),
    ),
  )

/** Items, UTF-16 code units or bytes at a path. Loads none of them but the first chunks on the way. */
export const length =
  (path: Path) =>
  (state: State): Fetch.Fetch<EditFailure, number> =>
    Fetch.map((root: Sequence) => root.size)(sequenceAt(path, state))

/**
 * The part of a list, text or bytes from a position up to another. Loads what it spans.
 *
 * Errors: `InvalidPath`, `OutOfRange`, `InvalidValue` for a position inside a character, `Missing`, `Corrupt`.
 */
export const slice =
  (path: Path, from: number, to: number) =>
  (state: State): Fetch.Fetch<SequenceFailure, Value> =>
    Fetch.flatMap(sequenceAt(path, state), (root) =>
      Fetch.flatMap(sliced(root, from, to), (slot) => valueIn(slot, path.length)),
    )

/**
 * The state with `count` elements of a list, text or bytes replaced by content of the same kind. A few chunks are made
 * anew, whatever its length.
 *
 * Errors: `InvalidPath`, `OutOfRange`, `InvalidValue`, `Missing`, `Corrupt`.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Fetch, State } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const edited = pipe(
 *   State.fromJson({ plan: ['look', 'leap'] }),
 *   E.map(State.splice(['plan'], 1, 0, ['think'])),
 *   E.map(Fetch.chainW(State.get(['plan']))),
 *   E.map(Fetch.now),
 * )
 * assert.deepStrictEqual(edited, E.right(O.some(E.right(O.some(['look', 'think', 'leap'])))))
 * ```
 */
export const splice =
  (path: Path, position: number, count: number, content: ReadonlyArray<unknown> | string | Uint8Array) =>
  (state: State): Fetch.Fetch<SequenceFailure, State> => {
    const checked = checkedAt(path, content)
    if (checked._tag === 'Left') return Fetch.fail(checked.left)
    const kind = kindOfRun(checked.right)
    if (kind === null) return Fetch.fail(invalidValue(path, 'neither a list, nor text, nor bytes'))
    const run = kind === LIST ? (checked.right as ReadonlyArray<Value>).map(slotOf) : (checked.right as Run)
    return edit(state, path, false, (slot): Fetch.Fetch<SequenceFailure, Standing> => {
      if (slot === ABSENT) return Fetch.fail(noSequence(path))
      return Fetch.flatMap(sequenceIn(slot), (root): Fetch.Fetch<SequenceFailure, Standing> => {
        if (root === null || kindOf(root) !== kind) return Fetch.fail(noSequence(path))
        return spliced(root, position, count, run)
      })
    })
  }

/** The state with content after the end of a list, text or bytes. Errors as `splice`. */
export const append =
  (path: Path, content: ReadonlyArray<unknown> | string | Uint8Array) =>
  (state: State): Fetch.Fetch<SequenceFailure, State> =>
    Fetch.flatMap(length(path)(state), (end) => splice(path, end, 0, content)(state))

// -------------------------------------------------------------------------------------
// two states
// -------------------------------------------------------------------------------------

/** The state's digest. O(nodes made since the last answer), with no loading. */
export const digest = (state: State): Digest => seal(rootOf(state)).digest

/** Whether two states hold the same. One comparison of digests, with no loading. */
export const equals = (a: State, b: State): boolean => a.equals(b)

/** @internal The state with a slot at a path. */
export const graft =
  (path: Path, slot: Slot) =>
  (state: State): Fetch.Fetch<EditFailure, State> =>
    edit(state, path, false, () => Fetch.of(slot))

/** @internal Which states reach a block. Each distinct node is visited once. */
export const reaching = (
  states: ReadonlyArray<State>,
  digest: Digest,
): Fetch.Fetch<LoadFailure, ReadonlyArray<boolean>> => reach(states.map(rootOf), digest)
