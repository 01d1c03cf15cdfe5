/**
 * Whether states reach a block: the question behind "who holds this component?".
 */
import type { Digest } from '../../data/Digest.js'
import * as Fetch from '../Fetch.js'
import { here, type LoadFailure } from './load.js'
import { BRANCH, type Component, KNOT, LINK } from './node.js'
import { below, COMPONENT, type Place, partOf, ROOT } from './place.js'
import { forEachBelow, seal } from './seal.js'

interface Spot {
  readonly node: Component
  readonly place: Place
}

/** Which roots reach the target. Level by level over what they share, so each distinct node is visited once. */
export const reaching = (
  roots: ReadonlyArray<Component>,
  target: Digest,
): Fetch.Fetch<LoadFailure, ReadonlyArray<boolean>> => {
  const digests = roots.map((root) => seal(root).digest)
  return Fetch.flatMap(
    descend(
      roots.map((node) => ({ node, place: ROOT })),
      new Map(),
      new Set(),
    ),
    (above) => {
      const reach = new Set([target])
      const stack = [target]
      for (let digest = stack.pop(); digest !== undefined; digest = stack.pop()) {
        for (const parent of above.get(digest) ?? []) {
          if (!reach.has(parent)) stack.push(parent)
          reach.add(parent)
        }
      }
      return Fetch.of(digests.map((digest) => reach.has(digest)))
    },
  )
}

/** For each digest the digests of the nodes that link it. */
type Above = Map<Digest, Array<Digest>>

const descend = (
  level: ReadonlyArray<Spot>,
  above: Above,
  seen: Set<Digest>,
): Fetch.Fetch<LoadFailure, Above> => {
  const fresh = new Map<Digest, Spot>()
  for (const spot of level) {
    const { digest } = seal(spot.node)
    if (!seen.has(digest)) fresh.set(digest, spot)
  }
  for (const digest of fresh.keys()) seen.add(digest)
  if (fresh.size === 0) return Fetch.of(above)
  return Fetch.flatMap(
    Fetch.all([...fresh.values()].map(({ node, place }) => here(node, place))),
    (nodes) => {
      const next: Array<Spot> = []
      const spots = [...fresh]
      for (const [i, node] of nodes.entries()) {
        const [own, { place }] = spots[i]!
        const visit = (inner: Component, at: Place): void => {
          const { digest } = seal(inner)
          const parents = above.get(digest)
          if (parents === undefined) above.set(digest, [own])
          else parents.push(own)
          next.push({ node: inner, place: at })
        }
        if (node.kind === BRANCH) {
          for (const [k, child] of node.children.entries())
            if (child.size !== 0) visit(child, below(place, k, child))
        } else {
          forEachBelow(node, (inner) =>
            visit(inner, node.kind === KNOT ? partOf(node, inner.kind === LINK ? inner : null) : COMPONENT),
          )
        }
      }
      return descend(next, above, seen)
    },
  )
}
