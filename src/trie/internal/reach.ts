/**
 * Whether a node reaches a block: the question behind "who holds this component?".
 */
import type { Digest } from '../../data/Digest.js'
import * as Fetch from '../Fetch.js'
import { here, type LoadFailure } from './load.js'
import { BRANCH, type Component } from './node.js'
import { below, COMPONENT, type Place } from './place.js'
import { forEachBelow, seal } from './seal.js'

/** Answers for any number of nodes, and visits what they share once. */
export const reacher = (
  target: Digest,
): ((node: Component, place: Place) => Fetch.Fetch<LoadFailure, boolean>) => {
  const answers = new Map<Digest, boolean>()
  const visit = (node: Component, place: Place): Fetch.Fetch<LoadFailure, boolean> => {
    const { digest } = seal(node)
    if (digest === target) return Fetch.of(true)
    const answer = answers.get(digest)
    if (answer !== undefined) return Fetch.of(answer)
    return Fetch.flatMap(here(node, place), (resident) => {
      const parts: Array<Fetch.Fetch<LoadFailure, boolean>> = []
      if (resident.kind === BRANCH) {
        for (const [i, child] of resident.children.entries()) {
          if (child.size !== 0) parts.push(visit(child, below(place, i, child)))
        }
      } else forEachBelow(resident, (inner) => parts.push(visit(inner, COMPONENT)))
      return Fetch.flatMap(Fetch.all(parts), (found) => {
        const any = found.includes(true)
        answers.set(digest, any)
        return Fetch.of(any)
      })
    })
  }
  return visit
}
