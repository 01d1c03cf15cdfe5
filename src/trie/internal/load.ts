/**
 * Loading: the only code that meets links. It turns a link into a node, as a `Fetch`, and makes sure before an edit
 * that all that the edit will touch is here. Where everything is resident it allocates one result and no closure.
 */
import type { Corrupt, Missing } from '../../data/Failure.js'
import * as Fetch from '../Fetch.js'
import { decode } from './block.js'
import { find } from './leaf.js'
import { ABSENT } from './merge.js'
import {
  BRANCH,
  type Branch,
  type Child,
  type Component,
  LEAF_CAPACITY,
  LINK,
  type Link,
  type Resident,
  type Trie,
} from './node.js'
import { below, COMPONENT, EITHER, onTheWay, type Place, ROOT, settled } from './place.js'
import { BITS, indexAt, ROOT_SHIFT } from './placement.js'

/** Why a part of a state could not be loaded. */
export type LoadFailure = Missing | Corrupt

const peek = ({ home, ref }: Link, place: Place): Resident | undefined =>
  place === EITHER
    ? (home.peek(ref.digest, ROOT) ?? home.peek(ref.digest, COMPONENT))
    : home.peek(ref.digest, place)

/** The node behind a link at a place. */
export const load = (link: Link, place: Place): Fetch.Fetch<LoadFailure, Resident> => {
  const resident = peek(link, place)
  if (resident !== undefined) return Fetch.of(resident)
  // Put off until all that was read in this round is in its home: a sibling may have brought this very block.
  return Fetch.defer(() => read(link, place))
}

const read = (link: Link, place: Place): Fetch.Fetch<LoadFailure, Resident> => {
  const resident = peek(link, place)
  if (resident !== undefined) return Fetch.of(resident)
  return Fetch.flatMap(Fetch.block(link.ref.digest), (bytes): Fetch.Fetch<LoadFailure, Resident> => {
    // Another computation of the same round may have been first.
    const loaded = peek(link, place)
    if (loaded !== undefined) return Fetch.of(loaded)
    const node = decode(bytes, link.ref.digest, place, link.home)
    return node._tag === 'Left'
      ? Fetch.fail(node.left)
      : Fetch.of(link.home.admit(node.right, settled(node.right, place)))
  })
}

/** The same for what may be here already. */
export const here = (component: Component, place: Place): Fetch.Fetch<LoadFailure, Resident> =>
  component.kind === LINK ? load(component, place) : Fetch.of(component)

/** A child of a branch is a map, which `decode` has made sure of. */
const loadChild = (link: Link, place: Place): Fetch.Fetch<LoadFailure, Trie> =>
  load(link, place) as Fetch.Fetch<LoadFailure, Trie>

/** What stands at a key, or `ABSENT`. Loads at most one block a level. */
export const lookup = (
  node: Child,
  h: number,
  key: string,
  shift: number = ROOT_SHIFT,
): Fetch.Fetch<LoadFailure, unknown> => {
  let at: Child = node
  for (; ; shift -= BITS) {
    if (at.kind === LINK) {
      return Fetch.flatMap(loadChild(at, onTheWay(h, key, shift, at)), (trie) => lookup(trie, h, key, shift))
    }
    if (at.kind !== BRANCH) {
      const i = find(at, h, key, shift)
      return Fetch.of(i < 0 ? ABSENT : at.entries[i])
    }
    at = at.children[indexAt(h, key, shift)]!
  }
}

/** Links and what is behind them; `null` if none were met. */
export type Loaded = ReadonlyMap<Link, Trie> | null

/**
 * Every link that an edit at a key will meet: those on the way, and, where a deletion brings a branch down to a
 * leaf's capacity, the children of that branch, all in one round.
 */
export const prepare = (
  root: Trie,
  h: number,
  key: string,
  deleting: boolean,
): Fetch.Fetch<LoadFailure, Loaded> => follow(root, h, key, ROOT_SHIFT, deleting, null)

const follow = (
  node: Trie,
  h: number,
  key: string,
  from: number,
  deleting: boolean,
  loaded: Loaded,
): Fetch.Fetch<LoadFailure, Loaded> => {
  let at: Trie = node
  for (let shift = from; at.kind === BRANCH; shift -= BITS) {
    if (deleting && at.size === LEAF_CAPACITY + 1) return gatherAll(at, h, key, shift, loaded)
    const child: Child = at.children[indexAt(h, key, shift)]!
    if (child.kind === LINK) {
      const next = shift - BITS
      return Fetch.flatMap(loadChild(child, onTheWay(h, key, next, child)), (trie) =>
        follow(trie, h, key, next, deleting, new Map(loaded ?? []).set(child, trie)),
      )
    }
    at = child
  }
  return Fetch.of(loaded)
}

/** What stands at a key of a trie that is prepared for it, or `ABSENT`. */
export const prepared = (root: Trie, h: number, key: string, loaded: Loaded): unknown => {
  let at = root
  let shift = ROOT_SHIFT
  for (; at.kind === BRANCH; shift -= BITS) {
    const child: Child = at.children[indexAt(h, key, shift)]!
    at = child.kind === LINK ? loaded!.get(child)! : child
  }
  const i = find(at, h, key, shift)
  return i < 0 ? ABSENT : at.entries[i]
}

/** A branch that may become a leaf: all its children are leaves, but for a chain of colliding keys. */
const gatherAll = (
  branch: Branch,
  h: number,
  key: string,
  shift: number,
  loaded: Loaded,
): Fetch.Fetch<LoadFailure, Loaded> =>
  Fetch.flatMap(subtree(branch, onTheWay(h, key, shift, branch)), (more) =>
    Fetch.of(loaded === null && more.size === 0 ? null : new Map([...(loaded ?? []), ...more])),
  )

/** Every link below a node, loaded, level by level. */
export const subtree = (node: Trie, place: Place): Fetch.Fetch<LoadFailure, ReadonlyMap<Link, Trie>> => {
  const loaded = new Map<Link, Trie>()
  const level = (found: ReadonlyArray<readonly [Trie, Place]>): Fetch.Fetch<LoadFailure, typeof loaded> => {
    const links: Array<readonly [Link, Place]> = []
    const visit = (at: Child, where: Place): void => {
      if (at.kind === LINK) links.push([at, where])
      else if (at.kind === BRANCH)
        for (const [i, child] of at.children.entries()) visit(child, below(where, i, child))
    }
    for (const [trie, where] of found) visit(trie, where)
    if (links.length === 0) return Fetch.of(loaded)
    return Fetch.flatMap(Fetch.all(links.map(([link, where]) => loadChild(link, where))), (tries) => {
      for (const [i, trie] of tries.entries()) loaded.set(links[i]![0], trie)
      return level(tries.map((trie, i) => [trie, links[i]![1]] as const))
    })
  }
  return level([[node, place]])
}
