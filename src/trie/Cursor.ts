/**
 * A `Cursor` walks a map or a list of a state in chunks, with one path and one chunk in memory.
 *
 * It is a value: the same cursor can be followed twice, from any point. Each step is a `Fetch`.
 *
 * Law (`coppice/laws`, `stateLaws`): the chunks together are the entries, each once, each block read once.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Cursor, Fetch, State } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const total = pipe(
 *   State.fromJson({ a: 1, b: 2, c: 3 }),
 *   E.getOrElse(() => State.empty),
 *   Cursor.entries([]),
 *   Cursor.fold(0, (sum, [, value]) => sum + (value as number)),
 *   Fetch.now,
 * )
 * assert.deepStrictEqual(total, O.some(E.right(6)))
 * ```
 */
import * as O from 'fp-ts/lib/Option.js'
import { type InvalidPath, invalidPath, type Path } from '../data/Failure.js'
import type { Value } from '../data/Value.js'
import * as Fetch from './Fetch.js'
import { here } from './internal/load.js'
import { ABSENT } from './internal/merge.js'
import {
  BRANCH,
  type Child,
  LEAF,
  type Leaf,
  LIST,
  type Sequence,
  type Slot,
  type Trie,
} from './internal/node.js'
import { below, COMPONENT, type Place, ROOT } from './internal/place.js'
import { valueIn } from './internal/read.js'
import { isSequence, kindOf, locate } from './internal/sequence.js'
import { type InlineMap, isComponent, isInlineList, isInlineMap } from './internal/slot.js'
import { sequenceIn } from './internal/splice.js'
import { type LoadFailure, type State, standingAt } from './State.js'

/** The next chunk and where to go on, or none at the end. */
export type Step<E, A> = Fetch.Fetch<E, O.Option<readonly [chunk: ReadonlyArray<A>, rest: Cursor<E, A>]>>

export interface Cursor<E, A> {
  readonly next: () => Step<E, A>
}

/** An entry of a map, or an item of a list with its index. */
export type Entry = readonly [key: string | number, value: Value]

type Entries = Cursor<LoadFailure | InvalidPath, Entry>

/** Items of a list in one chunk. */
const CHUNK = 64

/** What is still to be visited. */
type Stack = { readonly node: Child; readonly place: Place; readonly rest: Stack } | null

/**
 * The entries of the map or list at a path. A map comes in the order of its trie, a leaf (up to 32 entries) a chunk.
 *
 * Errors: `InvalidPath` if neither a map nor a list stands there, `Missing`, `Corrupt`.
 */
export const entries =
  (path: Path) =>
  (state: State): Entries => ({
    next: () =>
      Fetch.flatMap(standingAt(state, path), (slot): Step<LoadFailure | InvalidPath, Entry> => {
        const depth = path.length
        if (slot !== ABSENT) {
          if (isComponent(slot as Slot)) {
            return Fetch.flatMap(here(slot as never, depth === 0 ? ROOT : COMPONENT), (node) => {
              if (!isSequence(node)) return ofTrie(node, depth).next()
              return kindOf(node) === LIST ? ofSequence(node, 0, depth).next() : notThere(path)
            })
          }
          if (isInlineList(slot as Slot)) return ofList(slot as ReadonlyArray<Slot>, 0, depth).next()
          if (isInlineMap(slot as Slot)) {
            return chunk(Object.entries(slot as InlineMap), depth, { next: () => Fetch.of(O.none) })
          }
        }
        return notThere(path)
      }),
  })

const notThere = (path: Path): Step<InvalidPath, Entry> =>
  Fetch.fail(invalidPath(path, 'neither a map nor a list stands here'))

const chunk = (
  slots: ReadonlyArray<readonly [string | number, Slot]>,
  depth: number,
  rest: Entries,
): Step<LoadFailure | InvalidPath, Entry> =>
  Fetch.map((values: ReadonlyArray<Value>) =>
    O.some([slots.map(([key], i): Entry => [key, values[i] as Value]), rest] as const),
  )(Fetch.all(slots.map(([, slot]) => valueIn(slot, depth + 1))))

const ofList = (items: ReadonlyArray<Slot>, from: number, depth: number): Entries => ({
  next: () =>
    from >= items.length
      ? Fetch.of(O.none)
      : chunk(
          items.slice(from, from + CHUNK).map((slot, i) => [from + i, slot] as const),
          depth,
          ofList(items, from + CHUNK, depth),
        ),
})

const ofSequence = (root: Sequence, from: number, depth: number): Entries => ({
  next: () =>
    from >= root.size
      ? Fetch.of(O.none)
      : Fetch.flatMap(locate(root, from, 0), ({ chunk: at, offset }) => {
          const items = (at.run as ReadonlyArray<Slot>).slice(offset)
          return chunk(
            items.map((slot, i) => [from + i, slot] as const),
            depth,
            ofSequence(root, from + items.length, depth),
          )
        }),
})

const ofTrie = (trie: Trie, depth: number): Entries => ofStack({ node: trie, place: ROOT, rest: null }, depth)

const ofStack = (stack: Stack, depth: number): Entries => ({
  next: () =>
    Fetch.flatMap(nextLeaf(stack), (found): Step<LoadFailure | InvalidPath, Entry> => {
      if (found === null) return Fetch.of(O.none)
      const { entries } = found.leaf
      const slots: Array<readonly [string, Slot]> = []
      for (let i = 0; i < entries.length; i += 3)
        slots.push([entries[i + 1] as string, entries[i + 2] as Slot])
      return chunk(slots, depth, ofStack(found.rest, depth))
    }),
})

const nextLeaf = (
  stack: Stack,
): Fetch.Fetch<LoadFailure, { readonly leaf: Leaf; readonly rest: Stack } | null> => {
  let at = stack
  while (at !== null) {
    const { node, place, rest } = at
    if (node.kind === LEAF) {
      if (node.size > 0) return Fetch.of({ leaf: node, rest })
      at = rest
    } else if (node.kind === BRANCH) {
      at = rest
      for (let i = node.children.length - 1; i >= 0; i--) {
        const child = node.children[i]!
        if (child.size > 0) at = { node: child, place: below(place, i, child), rest: at }
      }
    } else {
      return Fetch.flatMap(here(node, place), (loaded) => nextLeaf({ node: loaded as Trie, place, rest }))
    }
  }
  return Fetch.of(null)
}

/**
 * The text or bytes at a path, from a position on, a chunk at a time; no chunk of a text splits a character.
 *
 * Errors: `InvalidPath` if neither text nor bytes stand there, `Missing`, `Corrupt`.
 */
export const runs =
  (path: Path, from = 0) =>
  (state: State): Cursor<LoadFailure | InvalidPath, string | Uint8Array> => ({
    next: () =>
      Fetch.flatMap(standingAt(state, path), (slot) =>
        Fetch.flatMap(
          sequenceIn(slot),
          (root): Step<LoadFailure | InvalidPath, string | Uint8Array> =>
            root === null || kindOf(root) === LIST
              ? Fetch.fail(invalidPath(path, 'neither text nor bytes stand here'))
              : ofRuns(root, from).next(),
        ),
      ),
  })

const ofRuns = (root: Sequence, from: number): Cursor<LoadFailure, string | Uint8Array> => ({
  next: () =>
    from >= root.size
      ? Fetch.of(O.none)
      : Fetch.flatMap(locate(root, from, 0), ({ chunk, offset }) => {
          const run = chunk.run.slice(offset) as string | Uint8Array
          return Fetch.of(O.some([[run], ofRuns(root, from + run.length)] as const))
        }),
})

/** Folds over what is left. Constant stack. */
export const fold =
  <A, B>(b: B, f: (b: B, a: A) => B) =>
  <E>(cursor: Cursor<E, A>): Fetch.Fetch<E, B> =>
    Fetch.flatMap(cursor.next(), (step) =>
      step._tag === 'None' ? Fetch.of(b) : fold(step.value[0].reduce(f, b), f)(step.value[1]),
    )
