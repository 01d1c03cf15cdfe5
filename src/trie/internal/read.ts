/**
 * Reading a state: what stands at a path, and what a slot is as a value. What several parts need is read together.
 */
import { corrupt, type Path } from '../../data/Failure.js'
import { MAX_DEPTH } from '../../data/internal/limits.js'
import type { Value } from '../../data/Value.js'
import * as Fetch from '../Fetch.js'
import { gather } from './edit.js'
import { here, type LoadFailure, lookup, subtree } from './load.js'
import { ABSENT } from './merge.js'
import { type Component, LIST, type Sequence, type Slot, type Trie } from './node.js'
import { COMPONENT, ROOT } from './place.js'
import { placement } from './placement.js'
import { seal } from './seal.js'
import { isSequence, kindOf, locate, runOf } from './sequence.js'
import {
  assign,
  type InlineMap,
  isComponent,
  isInlineList,
  isInlineMap,
  NOT_PLAIN,
  plainHeight,
} from './slot.js'

/** A slot, or that there is none. */
export type Standing = Slot | typeof ABSENT

/** What stands at a path below a slot. Loads at most the blocks on the way. */
export const descend = (slot: Standing, path: Path, depth: number): Fetch.Fetch<LoadFailure, Standing> => {
  if (depth === path.length || slot === ABSENT) return Fetch.of(slot)
  const segment = path[depth]!
  if (isComponent(slot)) {
    return Fetch.flatMap(here(slot, COMPONENT), (node) => {
      if (isSequence(node)) {
        return Fetch.flatMap(itemIn(node, segment), (item) => descend(item, path, depth + 1))
      }
      return inTrie(node, path, depth)
    })
  }
  if (isInlineList(slot)) return descend(itemAt(slot, segment), path, depth + 1)
  if (isInlineMap(slot)) return descend(valueAt(slot, segment), path, depth + 1)
  return Fetch.of(ABSENT)
}

/** The same below the root of a trie. */
export const inTrie = (trie: Trie, path: Path, depth: number): Fetch.Fetch<LoadFailure, Standing> => {
  const key = path[depth]!
  if (typeof key !== 'string') return Fetch.of(ABSENT)
  return Fetch.flatMap(lookup(trie, placement(key), key), (slot) =>
    descend(slot as Standing, path, depth + 1),
  )
}

/** The item of a sequence at an index. */
export const itemIn = (root: Sequence, index: string | number): Fetch.Fetch<LoadFailure, Standing> =>
  kindOf(root) !== LIST ||
  typeof index !== 'number' ||
  !(index >= 0 && index < root.size && Number.isInteger(index))
    ? Fetch.of(ABSENT)
    : Fetch.flatMap(locate(root, index, 0), ({ chunk, offset }) => Fetch.of(chunk.run[offset] as Slot))

const itemAt = (items: ReadonlyArray<Slot>, index: string | number): Standing =>
  typeof index === 'number' && Object.hasOwn(items, index) ? items[index]! : ABSENT

const valueAt = (map: InlineMap, key: string | number): Standing =>
  typeof key === 'string' && Object.hasOwn(map, key) ? map[key]! : ABSENT

/** The entries of a trie, loaded level by level: keys, and their slots. */
export const entriesOf = (
  trie: Trie,
): Fetch.Fetch<LoadFailure, { readonly keys: ReadonlyArray<string>; readonly slots: ReadonlyArray<Slot> }> =>
  Fetch.flatMap(subtree(trie, ROOT), (loaded) => {
    const entries: Array<unknown> = []
    gather(trie, entries, { loaded })
    const keys: Array<string> = []
    const slots: Array<Slot> = []
    for (let i = 0; i < entries.length; i += 3) {
      keys.push(entries[i + 1] as string)
      slots.push(entries[i + 2] as Slot)
    }
    return Fetch.of({ keys, slots })
  })

/**
 * The value of a slot; `depth` is how many maps and lists it stands in, `holder` the component that it was read from.
 * Each block is read once.
 */
export const valueIn = (
  slot: Slot,
  depth: number,
  holder: Component | null = null,
): Fetch.Fetch<LoadFailure, Value> => {
  const height = plainHeight(slot)
  if (height !== NOT_PLAIN) {
    return holder !== null && depth + height > MAX_DEPTH ? tooDeep(holder) : Fetch.of(slot as Value)
  }
  if (isComponent(slot)) {
    if (depth >= MAX_DEPTH) return tooDeep(slot)
    return Fetch.flatMap(here(slot, COMPONENT), (node): Fetch.Fetch<LoadFailure, Value> => {
      if (!isSequence(node)) return mapOf(node, depth, slot)
      return Fetch.flatMap(runOf(node), (run) =>
        kindOf(node) === LIST
          ? listOf(run as ReadonlyArray<Slot>, depth, slot)
          : Fetch.of(copied(run as string | Uint8Array)),
      )
    })
  }
  if (isInlineList(slot)) return listOf(slot, depth, holder)
  if (slot instanceof Uint8Array) return Fetch.of(slot.slice())
  return recordOf(Object.keys(slot as InlineMap), Object.values(slot as InlineMap), depth, holder)
}

/** Blocks may come from anywhere, and a chain of them may be longer than any value is deep. */
const tooDeep = (holder: Component): Fetch.Fetch<LoadFailure, never> =>
  Fetch.fail(corrupt(seal(holder).digest, `nested deeper than ${MAX_DEPTH}`))

/** Bytes that a reader may write to are a copy. */
const copied = (run: string | Uint8Array): Value => (typeof run === 'string' ? run : run.slice())

const listOf = (
  items: ReadonlyArray<Slot>,
  depth: number,
  holder: Component | null,
): Fetch.Fetch<LoadFailure, Value> =>
  Fetch.flatMap(Fetch.all(items.map((item) => valueIn(item, depth + 1, holder))), (values) =>
    Fetch.of(Object.freeze(values)),
  )

const recordOf = (
  keys: ReadonlyArray<string>,
  slots: ReadonlyArray<Slot>,
  depth: number,
  holder: Component | null,
): Fetch.Fetch<LoadFailure, Value> =>
  Fetch.flatMap(Fetch.all(slots.map((slot) => valueIn(slot, depth + 1, holder))), (values) => {
    const record: Record<string, Value> = {}
    for (let i = 0; i < keys.length; i++) assign(record as Record<string, Slot>, keys[i]!, values[i] as Slot)
    return Fetch.of(Object.freeze(record))
  })

/** The value of a map. */
export const mapOf = (trie: Trie, depth: number, holder: Component): Fetch.Fetch<LoadFailure, Value> =>
  Fetch.flatMap(entriesOf(trie), ({ keys, slots }) => recordOf(keys, slots, depth, holder))
