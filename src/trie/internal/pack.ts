/**
 * Packing: which nodes of a state a store may lack, and what they are as blocks.
 *
 * A node whose number the store gave out in this very epoch is known to be there, and so is all that it links to; so a
 * commit visits what is new and the edge of what is old, whatever the size of the state.
 */
import { hash } from '../../data/Hasher.js'
import { type Ref, ref, type Stamp } from '../../data/Ref.js'
import { encode } from './block.js'
import {
  BRANCH,
  type Child,
  type Component,
  type Home,
  KNOT,
  LEAF,
  LINK,
  type Part,
  type Resident,
  type Slot,
} from './node.js'
import { below, COMPONENT, type Place, partOf, ROOT } from './place.js'
import { forEachBelow, forEachIn } from './seal.js'
import { isComponent } from './slot.js'

/** A block and what it links to, as a store takes it. */
export interface Packed {
  readonly ref: Ref
  readonly bytes: Uint8Array
  readonly links: ReadonlyArray<Ref>
}

/** Nodes that were stored in another epoch or elsewhere, at the edge of what is new: the store has to be asked. */
export const doubtful = (
  root: Component,
  stamp: Stamp,
  absent: ReadonlySet<Component>,
): ReadonlyArray<Resident> => {
  const found = new Set<Resident>()
  const seen = new Set<Component>()
  const visit = (node: Component): void => {
    // A link's node was loaded from a store; whether this one has it too is checked by the put that names it.
    if (node.kind === LINK || node.ref?.stamp === stamp || seen.has(node)) return
    seen.add(node)
    if (node.ref !== null && !absent.has(node)) found.add(node)
    else forEachBelow(node, visit)
  }
  visit(root)
  return [...found]
}

/**
 * The blocks of all that is new, children before parents. Equal subtrees become one object: each new node is offered
 * to its home, and where that keeps an equal one already the parent takes it instead.
 */
export const pack = (
  root: Component,
  stamp: Stamp,
  home: Home,
): { readonly packed: ReadonlyArray<Packed>; readonly root: Component } => {
  const packed: Array<Packed> = []
  const done = new Map<Component, Component>()
  const visit = (node: Component, place: Place): Component => {
    if (node.kind === LINK || node.ref?.stamp === stamp) return node
    const before = done.get(node)
    if (before !== undefined) return before
    visitBelow(node, place, visit)
    const bytes = encode(node).slice()
    node.ref ??= ref(hash(bytes))
    const links: Array<Ref> = []
    let whole = true
    forEachBelow(node, (inner) => {
      links.push(inner.ref!)
      whole &&= inner.kind !== LINK && inner.whole
    })
    node.whole = whole
    packed.push({ ref: node.ref, bytes, links })
    const kept = home.adopt(node, place)
    done.set(node, kept)
    return kept
  }
  return { root: visit(root, ROOT), packed }
}

/** Visits what stands below a node, and puts what `visit` answers in its place where that is a slot of its own. */
const visitBelow = (
  node: Resident,
  place: Place,
  visit: (node: Component, place: Place) => Component,
): void => {
  if (node.kind === BRANCH) {
    for (let i = 0; i < node.children.length; i++) {
      const child = node.children[i]!
      if (child.size !== 0) node.children[i] = visit(child, below(place, i, null)) as Child
    }
  } else if (node.kind === LEAF) {
    for (let i = 2; i < node.entries.length; i += 3) {
      const slot = node.entries[i] as Slot
      if (isComponent(slot)) node.entries[i] = visit(slot, COMPONENT)
      else forEachIn(slot, (inner) => visit(inner, COMPONENT))
    }
  } else if (node.kind === KNOT) {
    for (let i = 0; i < node.children.length; i++) {
      node.children[i] = visit(node.children[i]!, partOf(node, null)) as Part
    }
  } else forEachBelow(node, (inner) => visit(inner, COMPONENT))
}
