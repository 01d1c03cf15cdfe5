/**
 * Sealing: digests, bottom up, each once. Nothing on the edit path hashes; the first question for a digest does.
 */
import { hash } from '../../data/Hasher.js'
import { Linkable } from '../../data/Linkable.js'
import { type Ref, ref } from '../../data/Ref.js'
import { encode } from './block.js'
import { BRANCH, type Component, KNOT, LEAF, LINK, LIST, type Slot } from './node.js'

/** Calls `visit` for each node that stands directly below a node: children, and components in slots. */
export const forEachBelow = (node: Component, visit: (below: Component) => void): void => {
  if (node.kind === BRANCH) {
    for (const child of node.children) if (child.size !== 0) visit(child)
  } else if (node.kind === LEAF) {
    for (let i = 2; i < node.entries.length; i += 3) forEachIn(node.entries[i] as Slot, visit)
  } else if (node.kind === KNOT) {
    for (const child of node.children) visit(child)
  } else if (node.kind === LIST) {
    for (const item of node.run as ReadonlyArray<Slot>) forEachIn(item, visit)
  }
}

/** Calls `visit` for each component in a slot. */
export const forEachIn = (slot: Slot, visit: (below: Component) => void): void => {
  if (typeof slot !== 'object' || slot === null || slot instanceof Uint8Array) return
  if (slot instanceof Linkable) visit(slot as Component)
  else if (Array.isArray(slot)) for (const item of slot) forEachIn(item, visit)
  else for (const key in slot) forEachIn((slot as { readonly [key: string]: Slot })[key]!, visit)
}

/** The ref of a node, with a digest for everything below it. O(nodes without a digest). */
export const seal = (node: Component): Ref => {
  if (node.kind === LINK || node.ref !== null) return node.ref as Ref
  forEachBelow(node, seal)
  node.ref = ref(hash(encode(node)))
  return node.ref
}
