/**
 * A place is where a block stands: at the root of a state, as a component, or below a branch; and what has to be true
 * of the node there. Loading checks it, so a block that was put under a wrong parent is refused.
 */
import { headSize } from '../../data/internal/size.js'
import { INLINE_LIMIT } from './block.js'
import { FANOUT } from './chunker.js'
import { BRANCH, type Child, Knot, LEAF, type Link, type Resident } from './node.js'
import { BITS, deepIndex, ROOT_SHIFT } from './placement.js'

export interface Place {
  readonly role: 'root' | 'component' | 'either' | 'child' | 'part'
  /** The level of the node. */
  readonly shift: number
  /** The placement bits that lead to a child; of a part of a sequence, its kind and level. */
  readonly prefix: number
  /** The children chosen by BLAKE3, past the placement hash, one character each. */
  readonly deep: string
  /** What the branch says of its child. */
  readonly link: { readonly size: number; readonly weight: number } | null
}

const top = { shift: ROOT_SHIFT, prefix: 0, deep: '', link: null }

/** A state's own block: a map of any size. */
export const ROOT: Place = { role: 'root', ...top }
/** A value that is too big to stand in its parent. */
export const COMPONENT: Place = { role: 'component', ...top }
/** One of the two, for who has nothing but a digest; once the node is here it is told which (`settled`). */
export const EITHER: Place = { role: 'either', ...top }

/** The place where a node that was read at `EITHER` stands: a map may be a root, whatever its size. */
export const settled = (node: Resident, place: Place): Place =>
  place.role !== 'either' ? place : node.kind === LEAF || node.kind === BRANCH ? ROOT : COMPONENT

const deepPath = (key: string, shift: number): string => {
  let path = ''
  for (let s = -BITS; s > shift; s -= BITS) path += String.fromCharCode(deepIndex(key, s))
  return path
}

/** The place at the level `shift` on the way to a key. */
export const onTheWay = (h: number, key: string, shift: number, link: Child): Place => ({
  role: 'child',
  shift,
  prefix: shift >= -BITS ? h >>> (shift + BITS) : h,
  deep: deepPath(key, shift),
  link,
})

/** The place of a child. */
export const below = (place: Place, index: number, link: Child | null): Place => ({
  role: 'child',
  shift: place.shift - BITS,
  prefix: place.shift >= 0 ? (place.prefix << BITS) | index : place.prefix,
  deep: place.shift >= 0 ? '' : place.deep + String.fromCharCode(index),
  link,
})

const partCode = (of: number, level: number): number => of * 64 + level

/** The place of a child of a knot. */
export const partOf = (knot: Knot, link: Link | null): Place => ({
  role: 'part',
  shift: ROOT_SHIFT,
  prefix: partCode(knot.of, knot.level - 1),
  deep: '',
  link,
})

/** Whether two places demand the same of a block; what a branch says of its child is compared apart. */
export const samePlace = (a: Place, b: Place): boolean =>
  a === b || (a.role === b.role && a.shift === b.shift && a.prefix === b.prefix && a.deep === b.deep)

/** Whether a map is what the branch above it says. */
export const asSaid = (node: Resident, { link }: Place): boolean =>
  link === null ||
  (node.size === link.size &&
    (node.kind === LEAF || node.kind === BRANCH ? node.weight === link.weight : true))

/** Why a node read from a block of `length` bytes cannot stand at a place, or `null`. O(entries in the block). */
export const misfit = (node: Resident, length: number, place: Place): string | null => {
  if (!asSaid(node, place)) return 'not as large as the node above says'
  if (node.kind === LEAF || node.kind === BRANCH) {
    if (place.role === 'part') return 'a map where a part of a sequence should be'
    const size = headSize(node.size) + node.weight
    if (place.role === 'component' && size <= INLINE_LIMIT) return 'a map that should stand inside its parent'
    return node.kind === BRANCH ? null : (ordered(node.entries) ?? placed(node.entries, place))
  }
  if (place.role === 'root' || place.role === 'child') return 'not a map'
  if (node instanceof Knot) {
    if (node.children.length > FANOUT.max + 1) return `a knot of ${node.children.length}`
    return place.role === 'part' && place.prefix !== partCode(node.of, node.level)
      ? 'a knot of another level'
      : null
  }
  if (place.role === 'part') {
    if (place.prefix !== partCode(node.kind, 0)) return 'a chunk of another kind or level'
    return node.size === 0 ? 'an empty chunk' : null
  }
  // Two bytes stand before the value: the list that is the block, and its kind.
  return length - 2 <= INLINE_LIMIT ? 'a value that should stand inside its parent' : null
}

const ordered = (entries: ReadonlyArray<unknown>): string | null => {
  for (let i = 3; i < entries.length; i += 3) {
    const d = (entries[i - 3] as number) - (entries[i] as number)
    if (d > 0 || (d === 0 && (entries[i - 2] as string) >= (entries[i + 1] as string))) {
      return `entry ${i / 3} is out of order`
    }
  }
  return null
}

const placed = (entries: ReadonlyArray<unknown>, place: Place): string | null => {
  const { shift, prefix, deep } = place
  if (shift === ROOT_SHIFT) return null
  const drop = shift >= -BITS ? shift + BITS : 0
  for (let i = 0; i < entries.length; i += 3) {
    if ((entries[i] as number) >>> drop !== prefix) return `entry ${i / 3} belongs to another child`
    if (deep !== '' && deepPath(entries[i + 1] as string, shift) !== deep)
      return `entry ${i / 3} belongs to another child`
  }
  return null
}
