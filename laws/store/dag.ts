/**
 * Small worlds of blocks to put: every block links only to blocks before it, so a world in its order is a history.
 *
 * A block's bytes say which block it is and what it links to, so equal blocks are the same block.
 */
import { blake3 } from '@noble/hashes/blake3.js'
import fc from 'fast-check'
import { type Digest, fromBytes } from '../../src/data/Digest.js'
import { type Ref, ref } from '../../src/data/Ref.js'
import type { Put } from '../../src/store/Store.js'

export interface Block {
  readonly digest: Digest
  readonly bytes: Uint8Array
  /** Places in the world, all before this block's. */
  readonly links: ReadonlyArray<number>
  readonly parents: ReadonlyArray<number>
}

export type World = ReadonlyArray<Block>

/** A block with these bytes. */
export const block = (
  bytes: Uint8Array,
  links: ReadonlyArray<number> = [],
  parents: ReadonlyArray<number> = [],
): Block => ({ digest: fromBytes(blake3(bytes)), bytes, links, parents })

/** A world from lists of links: each names earlier places, whatever numbers it is given. */
export const world = (
  shapes: ReadonlyArray<{
    readonly links: ReadonlyArray<number>
    readonly parents: ReadonlyArray<number>
    readonly padding: number
  }>,
): World =>
  shapes.map((shape, place) => {
    const earlier = (many: ReadonlyArray<number>): ReadonlyArray<number> =>
      place === 0 ? [] : many.map((n) => n % place)
    const links = earlier(shape.links)
    const parents = earlier(shape.parents)
    const head = [place, links.length, ...links, ...parents]
    return block(Uint8Array.from([...head, ...new Array<number>(shape.padding).fill(0)]), links, parents)
  })

/** Two to eight blocks; links repeat and meet again often. Shrinks to few blocks with few links. */
export const arbitrary: fc.Arbitrary<World> = fc
  .array(
    fc.record({
      links: fc.array(fc.nat(6), { maxLength: 4 }),
      parents: fc.array(fc.nat(6), { maxLength: 2 }),
      padding: fc.nat(20),
    }),
    { minLength: 2, maxLength: 8 },
  )
  .map(world)

/** A block that no world holds. */
export const stranger: Block = block(Uint8Array.from([255, 255]))

/** A world's refs, kept from one transaction to the next, as a program keeps them. */
export type Refs = ReadonlyArray<Ref>

export const refs = (world: World): Refs => world.map(({ digest }) => ref(digest))

export const put = (world: World, refs: Refs, place: number): Put => {
  const { bytes, links, parents } = world[place]!
  return {
    ref: refs[place]!,
    bytes,
    links: links.map((link) => refs[link]!),
    ...(parents.length === 0 ? {} : { parents: parents.map((parent) => refs[parent]!) }),
  }
}

/** All of a world, in order. */
export const puts = (world: World, refs: Refs): ReadonlyArray<Put> =>
  world.map((_, place) => put(world, refs, place))
