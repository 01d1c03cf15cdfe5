/** Worlds whose blocks say what they link to, in DAG-CBOR; those with parents have the form of a checkpoint. */
import type fc from 'fast-check'
import { Writer } from '../../src/data/internal/writer.js'
import * as dag from './dag.js'

const encoded = (world: dag.World, block: dag.Block, place: number): Uint8Array => {
  const writer = new Writer()
  const { links, parents, bytes } = block
  const rest = parents.length === 0 ? links : links.slice(1)
  writer.arrayHeader(parents.length === 0 ? 2 + rest.length : 8)
  if (parents.length > 0) {
    writer.uint(6)
    writer.link(world[links[0]!]!.digest)
    writer.arrayHeader(parents.length)
    for (const parent of parents) writer.link(world[parent]!.digest)
    writer.nil()
    writer.nil()
  }
  writer.uint(place)
  writer.bytes(new Uint8Array(bytes.length))
  if (parents.length > 0) writer.arrayHeader(rest.length)
  for (const link of rest) writer.link(world[link]!.digest)
  return writer.take()
}

/** The same world, in DAG-CBOR. A block with parents has one link at least. */
export const fsckWorld = (world: dag.World): dag.World => {
  const blocks: Array<dag.Block> = []
  for (const [place, block] of world.entries()) {
    const links = block.parents.length > 0 && block.links.length === 0 ? [0] : block.links
    blocks.push(dag.block(encoded(blocks, { ...block, links }, place), links, block.parents))
  }
  return blocks
}

export const fsckWorlds: fc.Arbitrary<dag.World> = dag.arbitrary.map(fsckWorld)
