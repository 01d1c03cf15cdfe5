/**
 * The model of a store: plain maps, copied by every transaction; what is alive is found by walking.
 *
 * It is slow and obvious on purpose: the stores under test are compared with it.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../src/data/Digest.js'
import { dangling, headMoved, missing, notPinned } from '../../src/data/Failure.js'
import type { Put, Receipt, TransactFailure, Transaction } from '../../src/store/Store.js'

export interface Held {
  readonly bytes: Uint8Array
  readonly links: ReadonlyArray<Digest>
  readonly parents: ReadonlyArray<Digest>
}

export interface Model {
  readonly blocks: ReadonlyMap<Digest, Held>
  readonly pins: ReadonlyMap<Digest, number>
  readonly heads: ReadonlyMap<string, Digest>
}

export const empty: Model = { blocks: new Map(), pins: new Map(), heads: new Map() }

const held = ({ bytes, links, parents = [] }: Put): Held => ({
  bytes,
  links: links.map(({ digest }) => digest),
  parents: parents.map(({ digest }) => digest),
})

/** The same transaction on the model: what it would answer, and the model after it. */
export const transact = (
  model: Model,
  { puts = [], pins = [], unpins = [], cuts = [], heads = [] }: Transaction,
): E.Either<TransactFailure, readonly [Receipt, Model]> => {
  const blocks = new Map(model.blocks)
  const pinned = new Map(model.pins)
  const names = new Map(model.heads)
  const added: Array<Digest> = []
  const known: Array<Digest> = []
  for (const put of puts) {
    const { digest } = put.ref
    if (blocks.has(digest)) {
      known.push(digest)
      continue
    }
    const block = held(put)
    const absent = [...block.links, ...block.parents].find((link) => !blocks.has(link))
    if (absent !== undefined) return E.left(dangling(digest, absent))
    blocks.set(digest, block)
    added.push(digest)
  }
  for (const digest of pins) {
    if (!blocks.has(digest)) return E.left(missing(digest))
    pinned.set(digest, (pinned.get(digest) ?? 0) + 1)
  }
  for (const digest of unpins) {
    const times = pinned.get(digest) ?? 0
    if (times === 0) return E.left(notPinned(digest))
    pinned.set(digest, times - 1)
  }
  for (const digest of cuts) {
    const block = blocks.get(digest)
    if (block === undefined) return E.left(missing(digest))
    blocks.set(digest, { ...block, parents: [] })
  }
  for (const { name, expect, next } of heads) {
    const actual = names.get(name) ?? null
    if (actual !== expect) return E.left(headMoved(name, expect, actual))
    if (next !== null && !blocks.has(next)) return E.left(missing(next))
    if (next === null) names.delete(name)
    else names.set(name, next)
  }
  return E.right([
    { added, known },
    { blocks, pins: pinned, heads: names },
  ])
}

/** What heads and pins reach. */
export const reachable = ({ blocks, pins, heads }: Model): ReadonlySet<Digest> => {
  const seen = new Set<Digest>()
  const pinned = [...pins].filter(([, times]) => times > 0).map(([digest]) => digest)
  const open = [...heads.values(), ...pinned]
  for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
    if (seen.has(digest)) continue
    seen.add(digest)
    const { links, parents } = blocks.get(digest)!
    open.push(...links, ...parents)
  }
  return seen
}

/** Keeps what is reachable. */
export const collect = (model: Model): Model => {
  const kept = reachable(model)
  return { ...model, blocks: new Map([...model.blocks].filter(([digest]) => kept.has(digest))) }
}

/** References to a block: from blocks, heads and pins. */
export const count = ({ blocks, pins, heads }: Model, digest: Digest): number => {
  const links = [...blocks.values()].flatMap((block) => [...block.links, ...block.parents])
  const same = (other: Digest): boolean => other === digest
  return links.filter(same).length + [...heads.values()].filter(same).length + (pins.get(digest) ?? 0)
}

export const byteLength = ({ blocks }: Model): number =>
  [...blocks.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
