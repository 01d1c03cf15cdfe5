/** Which blocks agents reach, and who reaches them with whom. */
import type { Digest } from '../../data/Digest.js'
import { type InvalidPath, invalidPath } from '../../data/Failure.js'
import { sizeOf } from '../../data/internal/size.js'
import * as Fetch from '../../trie/Fetch.js'
import { encode } from '../../trie/internal/block.js'
import { here, type LoadFailure } from '../../trie/internal/load.js'
import { BRANCH, type Component, KNOT, LINK, type Resident, type Slot } from '../../trie/internal/node.js'
import { below, COMPONENT, type Place, partOf } from '../../trie/internal/place.js'
import { forEachBelow, forEachIn, seal } from '../../trie/internal/seal.js'
import { isSequence } from '../../trie/internal/sequence.js'
import { isComponent, isInlineMap } from '../../trie/internal/slot.js'

/** What an agent has, in bytes of blocks (and of what stands in the forest's own blocks, if it is small). */
export interface AgentShare {
  readonly agent: string
  /** `own` and `shared` together. */
  readonly bytes: number
  /** What no other agent of the forest has. */
  readonly own: number
  readonly shared: number
}

/** A block that more than one agent has. */
export interface Shared {
  readonly digest: Digest
  readonly bytes: number
  /** In the order of names. */
  readonly agents: ReadonlyArray<string>
}

export interface Sharing {
  /** In the order of names. */
  readonly agents: ReadonlyArray<AgentShare>
  /** The one that saves most bytes first. */
  readonly shared: ReadonlyArray<Shared>
  /** Bytes of all distinct blocks, and of what stands in the forest's own. */
  readonly bytes: number
}

interface Block {
  /** Whether it is the root of a map, or a part of one. */
  readonly isMap: boolean
  readonly bytes: number
  readonly links: ReadonlyArray<Digest>
}

interface Spot {
  readonly node: Component
  readonly place: Place
}

/** What stands directly below a node, with its place. */
const spotsBelow = (node: Resident, place: Place): ReadonlyArray<Spot> => {
  if (node.kind === BRANCH) {
    return node.children.flatMap((child, i) =>
      child.size === 0 ? [] : [{ node: child, place: below(place, i, child) }],
    )
  }
  const spots: Array<Spot> = []
  forEachBelow(node, (inner) => {
    const said = inner.kind === LINK ? inner : null
    spots.push({ node: inner, place: node.kind === KNOT ? partOf(node, said) : COMPONENT })
  })
  return spots
}

/** Every block that some components reach, each loaded once, level by level. */
const graphOf = (roots: ReadonlyArray<Component>): Fetch.Fetch<LoadFailure, ReadonlyMap<Digest, Block>> =>
  Fetch.defer(() => {
    const graph = new Map<Digest, Block>()
    const go = (level: ReadonlyArray<Spot>): Fetch.Fetch<LoadFailure, typeof graph> => {
      const fresh = new Map<Digest, Spot>()
      for (const spot of level) {
        const { digest } = seal(spot.node)
        if (!graph.has(digest)) fresh.set(digest, spot)
      }
      if (fresh.size === 0) return Fetch.of(graph)
      const spots = [...fresh]
      return Fetch.flatMap(Fetch.all(spots.map(([, { node, place }]) => here(node, place))), (nodes) => {
        const next = nodes.flatMap((node, i) => {
          const [digest, { place }] = spots[i]!
          const inner = spotsBelow(node, place)
          graph.set(digest, {
            isMap: !isSequence(node),
            bytes: encode(node).length,
            links: inner.map((spot) => seal(spot.node).digest),
          })
          return inner
        })
        return go(next)
      })
    }
    return go(roots.map((node) => ({ node, place: COMPONENT })))
  })

const reached = (graph: ReadonlyMap<Digest, Block>, roots: ReadonlyArray<Digest>): ReadonlySet<Digest> => {
  const found = new Set(roots)
  // A set is iterated together with what is added meanwhile.
  for (const digest of found) for (const link of graph.get(digest)!.links) found.add(link)
  return found
}

const byName = (x: { readonly agent: string }, y: { readonly agent: string }): number =>
  x.agent < y.agent ? -1 : 1

/** Where no state stands. */
const noState = (agent: string): InvalidPath => invalidPath([agent], 'no state stands here')

/** What the agents of these names and slots share. Errors: `InvalidPath` for a slot that is no state. */
export const sharing = (
  names: ReadonlyArray<string>,
  slots: ReadonlyArray<Slot>,
): Fetch.Fetch<LoadFailure | InvalidPath, Sharing> => {
  const agents = names
    .map((agent, i) => {
      const roots: Array<Component> = []
      forEachIn(slots[i]!, (component) => {
        roots.push(component)
      })
      const slot = slots[i]!
      return { agent, roots, slot, inline: isComponent(slot) ? 0 : sizeOf(slot) }
    })
    .sort(byName)
  return Fetch.flatMap(graphOf(agents.flatMap(({ roots }) => roots)), (graph) => {
    const stray = agents.find(({ slot }) =>
      isComponent(slot) ? !graph.get(seal(slot).digest)!.isMap : !isInlineMap(slot),
    )
    if (stray !== undefined) return Fetch.fail(noState(stray.agent))
    const holders = new Map<Digest, Array<string>>()
    const reaches = agents.map(({ agent, roots }) => {
      const found = reached(
        graph,
        roots.map((root) => seal(root).digest),
      )
      for (const digest of found) {
        const others = holders.get(digest)
        if (others === undefined) holders.set(digest, [agent])
        else others.push(agent)
      }
      return found
    })
    const shared = [...holders]
      .filter(([, who]) => who.length > 1)
      .map(([digest, who]): Shared => ({ digest, bytes: graph.get(digest)!.bytes, agents: who }))
      .sort((x, y) => savedBy(y) - savedBy(x) || (x.digest < y.digest ? -1 : 1))
    return Fetch.of({
      agents: agents.map(({ agent, inline }, i): AgentShare => {
        let own = inline
        let common = 0
        for (const digest of reaches[i]!) {
          if (holders.get(digest)!.length > 1) common += graph.get(digest)!.bytes
          else own += graph.get(digest)!.bytes
        }
        return { agent, bytes: own + common, own, shared: common }
      }),
      shared,
      bytes: [...graph.values()].reduce(
        (sum, { bytes }) => sum + bytes,
        agents.reduce((sum, { inline }) => sum + inline, 0),
      ),
    })
  })
}

const savedBy = ({ bytes, agents }: Shared): number => bytes * (agents.length - 1)
