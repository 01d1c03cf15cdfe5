import * as Chunk from 'effect/Chunk'
import { numberOf, type Peer } from '../Peer.js'

type Items = Chunk.Chunk<unknown>

const spliced = (items: Items, i: number, count: number, run: Items): Items =>
  Chunk.appendAll(Chunk.appendAll(Chunk.take(items, i), run), Chunk.drop(items, i + count))

export const items: Peer<Items> = {
  build: (content) => Chunk.fromIterable(content as ReadonlyArray<unknown>),
  get: (items, i) => numberOf(Chunk.getUnsafe(items, i)),
  append: (items, run) => Chunk.append(items, run[0]),
  set: (items, i, run) => spliced(items, i, 1, Chunk.of<unknown>(run[0])),
  insert: (items, i, run) => spliced(items, i, 0, Chunk.of<unknown>(run[0])),
  remove: (items, i, count) => spliced(items, i, count, Chunk.empty()),
  concat: (a, b) => Chunk.appendAll(a, b),
  iterate: (items) => Chunk.reduce(items, 0, (sum, item) => sum + numberOf(item)),
  size: Chunk.size,
}
