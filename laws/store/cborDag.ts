/**
 * Small worlds of blocks as a store really holds them: DAG-CBOR, with links of ours, some of them checkpoints, whose
 * parents are links of another kind. Every block links only to blocks before it.
 */
import { blake3 } from '@noble/hashes/blake3.js'
import fc from 'fast-check'
import { type Digest, fromBytes } from '../../src/data/Digest.js'
import { Writer } from '../../src/data/internal/writer.js'
import { ref } from '../../src/data/Ref.js'
import type { Put } from '../../src/store/Store.js'
import type { Block, World } from './dag.js'

interface Shape {
  readonly links: ReadonlyArray<number>
  readonly parents: ReadonlyArray<number>
  readonly padding: number
}

const written = (place: number, shape: Shape, digests: ReadonlyArray<Digest>): Uint8Array => {
  const writer = new Writer()
  const link = (to: number): void => writer.link(digests[to]!)
  const [state, ...more] = shape.links
  if (state === undefined || shape.parents.length === 0) {
    writer.arrayHeader(3)
    writer.uint(place)
  } else {
    writer.arrayHeader(8)
    writer.uint(6)
    link(state)
    writer.arrayHeader(shape.parents.length)
    shape.parents.forEach(link)
    writer.uint(place)
    writer.text('')
    writer.text('')
  }
  writer.value(new Uint8Array(shape.padding))
  const rest = shape.parents.length === 0 ? shape.links : more
  writer.arrayHeader(rest.length)
  rest.forEach(link)
  return writer.take()
}

const world = (shapes: ReadonlyArray<Shape>): World => {
  const blocks: Array<Block> = []
  const digests: Array<Digest> = []
  for (const [place, shape] of shapes.entries()) {
    const links = place === 0 ? [] : shape.links.map((n) => n % place)
    const parents = place === 0 || links.length === 0 ? [] : shape.parents.map((n) => n % place)
    const bytes = written(place, { ...shape, links, parents }, digests)
    const digest = fromBytes(blake3(bytes))
    digests.push(digest)
    blocks.push({ digest, bytes, links, parents })
  }
  return blocks
}

/** Three to ten blocks. */
export const arbitrary: fc.Arbitrary<World> = fc
  .array(
    fc.record({
      links: fc.array(fc.nat(8), { maxLength: 3 }),
      parents: fc.oneof(fc.constant([]), fc.array(fc.nat(8), { maxLength: 2 })),
      padding: fc.nat(40),
    }),
    { minLength: 3, maxLength: 10 },
  )
  .map(world)

/** The places that some reach, but for those where `stop` holds and what only these reach. */
export const reach = (
  world: World,
  roots: ReadonlyArray<number>,
  stop: (place: number) => boolean = () => false,
): ReadonlySet<number> => {
  const met = new Set<number>()
  const go = (place: number): void => {
    if (met.has(place) || stop(place)) return
    met.add(place)
    const { links, parents } = world[place]!
    for (const next of [...links, ...parents]) go(next)
  }
  roots.forEach(go)
  return met
}

/** The first blocks of a world, as puts. */
export const puts = (world: World, end: number = world.length): ReadonlyArray<Put> => {
  const refs = world.map(({ digest }) => ref(digest))
  return world.slice(0, end).map(({ bytes, links, parents }, place) => ({
    ref: refs[place]!,
    bytes,
    links: links.map((to) => refs[to]!),
    parents: parents.map((to) => refs[to]!),
  }))
}
