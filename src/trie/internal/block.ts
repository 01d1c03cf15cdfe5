/**
 * Blocks: what a node is in bytes. Each is canonical DAG-CBOR, a list that begins with the kind of node:
 *
 *     [0, key, slot, key, slot, ...]          a leaf, in the order of (placement, key)
 *     [1, [sizes], [weights], [links]]        a branch: for each child its entries and their bytes; links where not empty
 *     [2, [slot, ...]]  [3, text]  [4, bytes] a chunk of a sequence: items, text, bytes
 *     [5, kind, level, [sizes], [links]]      a knot of a sequence: for each child its length, and a link
 *
 * (6 is a checkpoint, `vst/internal/checkpointBlock.ts`, which stands in no state.)
 *
 * A slot is a value, or a link to one whose encoding exceeds `INLINE_LIMIT`; the limit counts a link as a link, so equal
 * content has one form. A block may come from anywhere: reading refuses whatever this module would not have written
 * at that very place.
 */
import * as Either from 'fp-ts/lib/Either.js'
import type { Digest } from '../../data/Digest.js'
import { type Corrupt, corrupt } from '../../data/Failure.js'
import { MAX_KEY } from '../../data/internal/limits.js'
import { attempt, Reader, refuse } from '../../data/internal/reader.js'
import { headSize, sizeOf, textSize } from '../../data/internal/size.js'
import { Writer } from '../../data/internal/writer.js'
import { ref } from '../../data/Ref.js'
import { makeLeaf } from './leaf.js'
import {
  BRANCH,
  Branch,
  BYTES,
  type Child,
  Chunk,
  EMPTY,
  type Home,
  KNOT,
  Knot,
  LEAF,
  LEAF_CAPACITY,
  type Leaf,
  LINK,
  LIST,
  Link,
  NOBODY,
  type Part,
  type Resident,
  type Slot,
  TEXT,
  type Trie,
} from './node.js'
import { misfit, type Place } from './place.js'
import { LAST_SHIFT, placement, WIDTH } from './placement.js'

/** Bytes of encoding up to which a value stays inside its parent. */
export const INLINE_LIMIT = 256

const writer = new Writer()

/** Bytes of the head of a leaf's block. */
const leafHead = (size: number): number => headSize(1 + 2 * size) + 1

/**
 * Bytes that the entries of a map take in an encoding. For a node that was never encoded this walks it, so ask only
 * of maps so small that the answer decides whether they are blocks at all.
 */
export const weightOf = (node: Child): number => {
  if (node.weight >= 0 || node.kind === LINK) return node.weight
  let weight = 0
  if (node.kind === BRANCH) for (const child of node.children) weight += weightOf(child)
  else {
    for (let i = 0; i < node.entries.length; i += 3) {
      weight += textSize(node.entries[i + 1] as string) + sizeOf(node.entries[i + 2] as Slot)
    }
  }
  node.weight = weight
  return weight
}

/** Whether a map is small enough to stand inside its parent. */
export const isInline = (map: Trie): boolean =>
  // An entry takes two bytes at least, which settles it for all but small maps.
  map.size * 2 <= INLINE_LIMIT && headSize(map.size) + weightOf(map) <= INLINE_LIMIT

/** Writes a node whose children and components have digests; the result is valid until the next call. */
export const encode = (node: Resident): Uint8Array => {
  writer.reset()
  if (node.kind === LEAF) {
    const { entries } = node
    writer.arrayHeader(1 + 2 * node.size)
    writer.uint(LEAF)
    for (let i = 0; i < entries.length; i += 3) {
      writer.text(entries[i + 1] as string)
      writer.value(entries[i + 2] as Slot)
    }
    node.weight = writer.length - leafHead(node.size)
  } else if (node.kind === BRANCH) {
    const { children } = node
    let links = 0
    let weight = 0
    writer.arrayHeader(4)
    writer.uint(BRANCH)
    writer.arrayHeader(WIDTH)
    for (let i = 0; i < WIDTH; i++) {
      const { size } = children[i]!
      if (size > 0) links++
      writer.uint(size)
    }
    writer.arrayHeader(WIDTH)
    for (let i = 0; i < WIDTH; i++) {
      weight += children[i]!.weight
      writer.uint(children[i]!.weight)
    }
    writer.arrayHeader(links)
    for (let i = 0; i < WIDTH; i++) if (children[i]!.size > 0) writer.link(children[i]!.ref!.digest)
    node.weight = weight
  } else if (node.kind === KNOT) {
    writer.arrayHeader(5)
    writer.uint(KNOT)
    writer.uint(node.of)
    writer.uint(node.level)
    writer.arrayHeader(node.children.length)
    for (const child of node.children) writer.uint(child.size)
    writer.arrayHeader(node.children.length)
    for (const child of node.children) writer.link(child.ref!.digest)
  } else {
    writer.arrayHeader(2)
    writer.uint(node.kind)
    writer.value(node.run)
  }
  return writer.peek()
}

/** Reads a block at a place, refusing what cannot stand there. */
export const decode = (
  bytes: Uint8Array,
  digest: Digest,
  place: Place,
  home: Home,
): Either.Either<Corrupt, Resident> => {
  const read = attempt(() => {
    const node = readNode(new Reader(bytes), place, home)
    const reason = misfit(node, bytes.length, place)
    if (reason !== null) refuse(0, reason)
    node.ref ??= ref(digest)
    return node
  })
  return Either.isRight(read)
    ? read
    : Either.left(corrupt(digest, `${read.left.reason} (byte ${read.left.offset})`))
}

const readNode = (reader: Reader, place: Place, home: Home): Resident => {
  const onLink = (digest: Digest): Link => new Link(ref(digest), -1, -1, home)
  const length = reader.arrayHeader()
  const kind = reader.uint()
  if (kind === LEAF) return readLeaf(reader, length, place, onLink)
  if (kind === BRANCH && length === 4) return readBranch(reader, place, home)
  if (kind === KNOT && length === 5) return readKnot(reader, home)
  if (length !== 2) return refuse(0, `no block of kind ${kind} has ${length} parts`)
  if (kind === LIST) {
    const n = reader.arrayHeader()
    const items: Array<Slot> = []
    for (let i = 0; i < n; i++) {
      const at = reader.position
      items.push(reader.value(onLink))
      if (reader.position - at > INLINE_LIMIT) refuse(at, 'an item that should be a block of its own')
    }
    reader.done()
    return new Chunk(LIST, items)
  }
  if (kind !== TEXT && kind !== BYTES) return refuse(0, `unknown kind ${kind}`)
  const run = kind === TEXT ? reader.text() : reader.byteString()
  reader.done()
  return new Chunk(kind, run)
}

/** Levels that no sequence can have. */
const MAX_LEVEL = 32

const readKnot = (reader: Reader, home: Home): Knot => {
  const of = reader.uint()
  if (of !== LIST && of !== TEXT && of !== BYTES) return refuse(0, `a knot of kind ${of}`)
  const level = reader.uint()
  if (level === 0 || level > MAX_LEVEL) return refuse(0, `a knot of level ${level}`)
  const n = reader.arrayHeader()
  if (n < 2) return refuse(0, `a knot of ${n}`)
  const sizes = Array.from({ length: n }, () => reader.uint())
  const at = reader.position
  if (reader.arrayHeader() !== n) return refuse(at, 'not as many links as sizes')
  const children: Array<Part> = []
  const ends: Array<number> = []
  let end = 0
  for (const size of sizes) {
    if (size === 0) refuse(at, 'an empty part')
    end += size
    ends.push(end)
    children.push(new Link(ref(reader.link()), size, -1, home))
  }
  if (!Number.isSafeInteger(end)) return refuse(0, 'an absurd length')
  reader.done()
  return new Knot(of, level, children, ends)
}

const readLeaf = (reader: Reader, length: number, place: Place, onLink: (digest: Digest) => Link): Leaf => {
  if (length % 2 === 0) return refuse(0, 'a leaf with half an entry')
  const size = (length - 1) / 2
  if (size > LEAF_CAPACITY && place.shift >= LAST_SHIFT) return refuse(0, `a leaf of ${size} entries`)
  const entries = new Array<unknown>(size * 3)
  const start = reader.position
  for (let i = 0; i < entries.length; i += 3) {
    const from = reader.position
    const key = reader.text()
    if (reader.position - from > MAX_KEY + 3) refuse(from, `a key over ${MAX_KEY} bytes`)
    const at = reader.position
    entries[i] = placement(key)
    entries[i + 1] = key
    entries[i + 2] = reader.value(onLink)
    if (reader.position - at > INLINE_LIMIT) refuse(at, 'a value that should be a block of its own')
  }
  reader.done()
  if (size === 0) return EMPTY
  const leaf = makeLeaf(entries, place.shift, NOBODY)
  leaf.weight = reader.position - start
  return leaf
}

const readBranch = (reader: Reader, place: Place, home: Home): Branch => {
  if (place.shift < LAST_SHIFT) refuse(0, 'a branch below the last level')
  const sizes = readCounts(reader)
  const weights = readCounts(reader)
  const at = reader.position
  let links = reader.arrayHeader()
  const children: Array<Child> = []
  let size = 0
  let weight = 0
  for (let i = 0; i < WIDTH; i++) {
    const own = sizes[i]!
    if (own === 0) {
      if (weights[i] !== 0) refuse(at, 'an empty child with a weight')
      children.push(EMPTY)
      continue
    }
    if (weights[i]! < 2 * own) refuse(at, 'a child lighter than its entries can be')
    if (links-- === 0) refuse(at, 'fewer links than children')
    children.push(new Link(ref(reader.link()), own, weights[i]!, home))
    size += own
    weight += weights[i]!
  }
  if (links !== 0) refuse(at, 'more links than children')
  if (size <= LEAF_CAPACITY) refuse(0, `a branch of ${size} entries`)
  if (!Number.isSafeInteger(weight)) refuse(0, 'an absurd weight')
  reader.done()
  const branch = new Branch(children, size, NOBODY)
  branch.weight = weight
  return branch
}

const readCounts = (reader: Reader): ReadonlyArray<number> => {
  const at = reader.position
  if (reader.arrayHeader() !== WIDTH) refuse(at, `not ${WIDTH} children`)
  return Array.from({ length: WIDTH }, () => reader.uint())
}
