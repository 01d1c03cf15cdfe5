/**
 * Slots: values as they stand in a state. Small ones stand as frozen plain data, whatever is larger than
 * `INLINE_LIMIT` is a node, so equal content has one form.
 */

import { canonicalKeys } from '../../data/internal/keys.js'
import { sizeOf } from '../../data/internal/size.js'
import type { Encodable } from '../../data/Linkable.js'
import { Linkable } from '../../data/Linkable.js'
import type { Value } from '../../data/Value.js'
import { INLINE_LIMIT } from './block.js'
import { build } from './build.js'
import { gather } from './edit.js'
import {
  BYTES,
  Chunk,
  type Component,
  LIST,
  type Owner,
  type Sequence,
  type Slot,
  TEXT,
  type Trie,
} from './node.js'
import { sequenceOf } from './sequence.js'

/** A map inside its parent. */
export type InlineMap = { readonly [key: string]: Slot }

export const isComponent = (slot: Slot): slot is Component & Encodable => slot instanceof Linkable

export const isInlineList = (slot: Slot): slot is ReadonlyArray<Slot> => Array.isArray(slot)

export const isInlineMap = (slot: Slot): slot is InlineMap =>
  typeof slot === 'object' &&
  slot !== null &&
  !Array.isArray(slot) &&
  !(slot instanceof Linkable) &&
  !(slot instanceof Uint8Array)

/** Sets an own property, also where an assignment would not: `__proto__` is an ordinary key. */
export const assign = (into: Record<string, Slot>, key: string, slot: Slot): void => {
  if (key === '__proto__') {
    Object.defineProperty(into, key, { value: slot, enumerable: true, writable: true, configurable: true })
  } else into[key] = slot
}

/** The map with its keys in canonical order, as decoding gives them: their order tells nothing of past edits. */
export const inOrder = (map: InlineMap): InlineMap => {
  const ordered: Record<string, Slot> = {}
  for (const key of canonicalKeys(map)) assign(ordered, key, map[key]!)
  return ordered
}

const small = (slot: Slot): boolean => sizeOf(slot, INLINE_LIMIT) <= INLINE_LIMIT

/** The slot of a list of slots. */
export const listSlot = (items: ReadonlyArray<Slot>): Slot => {
  const frozen = Object.freeze(items)
  return small(frozen) ? frozen : sequenceOf(LIST, frozen)
}

/** The slot of a sequence that was edited: a short one goes back into its parent. */
export const sequenceSlot = (root: Sequence): Slot => {
  if (!(root instanceof Chunk) || !small(root.run)) return root
  return root.kind === LIST ? Object.freeze((root.run as ReadonlyArray<Slot>).slice()) : root.run
}

/** The slot of a map of slots that stands inside its parent if it can. */
export const mapSlot = (map: InlineMap): Slot => {
  const frozen = Object.freeze(map)
  return small(frozen) ? frozen : mapTrie(frozen)
}

/** A map of slots as a trie, whatever its size. */
export const mapTrie = (map: InlineMap): Trie => {
  const keys = Object.keys(map)
  return build(
    keys,
    keys.map((key) => map[key]),
  )
}

/** The slot of a small trie, all of which is here or in `owner`: it goes back into its parent. */
export const inlined = (trie: Trie, owner: Owner): Slot => {
  const entries: Array<unknown> = []
  gather(trie, entries, owner)
  const map: Record<string, Slot> = {}
  for (let i = 0; i < entries.length; i += 3) assign(map, entries[i + 1] as string, entries[i + 2] as Slot)
  return Object.freeze(inOrder(map))
}

/** The slot of a value. O(size of the value), where a part that stands in it many times counts once. */
export const slotOf = (value: Value): Slot => slotWith(value, new Map())

const slotWith = (value: Value, done: Map<Value, Slot>): Slot => {
  if (typeof value !== 'object' || value === null) return slotOfValue(value, done)
  const before = done.get(value)
  if (before !== undefined) return before
  const slot = slotOfValue(value, done)
  done.set(value, slot)
  return slot
}

const slotOfValue = (value: Value, done: Map<Value, Slot>): Slot => {
  if (typeof value === 'string') return small(value) ? value : sequenceOf(TEXT, value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return small(value) ? value : sequenceOf(BYTES, value)
  if (Array.isArray(value))
    return listSlot((value as ReadonlyArray<Value>).map((item) => slotWith(item, done)))
  return mapSlot(slotsWith(value as { readonly [key: string]: Value }, done))
}

/** The slots of a map's values. */
export const slotsOf = (value: { readonly [key: string]: Value }): InlineMap => slotsWith(value, new Map())

const slotsWith = (value: { readonly [key: string]: Value }, done: Map<Value, Slot>): InlineMap => {
  const map: Record<string, Slot> = {}
  for (const key of Object.keys(value)) assign(map, key, slotWith(value[key]!, done))
  return map
}

/** What is no value as it stands: there are nodes in it, or bytes, which a reader could write to. */
export const NOT_PLAIN = -1

/** How many lists and maps stand in one another in an inline slot, or `NOT_PLAIN`. */
export const plainHeight = (slot: Slot): number => {
  if (typeof slot !== 'object' || slot === null) return 0
  if (slot instanceof Linkable || slot instanceof Uint8Array) return NOT_PLAIN
  let height = 0
  for (const inner of Array.isArray(slot)
    ? (slot as ReadonlyArray<Slot>)
    : Object.values(slot as InlineMap)) {
    const below = plainHeight(inner)
    if (below === NOT_PLAIN) return NOT_PLAIN
    if (below > height) height = below
  }
  return height + 1
}
