/** The bytes of a CAR, version 1: a header that names the roots, then block after block, each with its length. */
import type { Digest } from '../../data/Digest.js'
import { Writer } from '../../data/internal/writer.js'
import { CID_SIZE, writeCid } from './cid.js'

/** An unsigned LEB128 number below 2^31. */
const varint = (number: number): ReadonlyArray<number> => {
  const bytes: Array<number> = []
  for (; number > 127; number >>>= 7) bytes.push((number & 127) | 128)
  return [...bytes, number]
}

/** `{ roots, version: 1 }` as DAG-CBOR, after its length. */
export const header = (roots: ReadonlyArray<Digest>): Uint8Array => {
  const writer = new Writer()
  writer.mapHeader(2)
  writer.text('roots')
  writer.arrayHeader(roots.length)
  for (const root of roots) writer.link(root)
  writer.text('version')
  writer.uint(1)
  const body = writer.take()
  return Uint8Array.from([...varint(body.length), ...body])
}

/** A block after its length and its CID. */
export const frame = (digest: Digest, block: Uint8Array): Uint8Array => {
  const length = varint(CID_SIZE + block.length)
  const bytes = new Uint8Array(length.length + CID_SIZE + block.length)
  bytes.set(length)
  writeCid(digest, bytes, length.length)
  bytes.set(block, length.length + CID_SIZE)
  return bytes
}
