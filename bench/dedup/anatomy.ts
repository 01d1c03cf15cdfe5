/** What blocks are made of: how much of them is content, and what the rest is. */
import { deflateRawSync } from 'node:zlib'
import { decode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'

/** Kinds of blocks, in the order of their numbers. */
const KINDS = ['map leaves', 'map branches', 'list chunks', 'text chunks', 'byte chunks', 'knots'] as const
const [LEAF, LIST, TEXT, BYTES] = [0, 2, 3, 4]

export interface Anatomy {
  readonly blocks: number
  /** Of all blocks. */
  readonly bytes: number
  /** Of all blocks, each compressed on its own. */
  readonly deflated: number
  /** The distinct contents of chunks, without links and the heads of CBOR; of maps, what stands in them, once. */
  readonly floor: number
  /** Bytes of blocks of each kind. */
  readonly kinds: { readonly [kind: string]: { readonly blocks: number; readonly bytes: number } }
}

const numberBytes = (n: number): number => (Number.isInteger(n) ? (Math.abs(n) < 24 ? 0 : 4) : 8)

/** Text, bytes and numbers in a value, keys included. */
const contentBytes = (value: unknown): number => {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return numberBytes(value)
  if (value instanceof Uint8Array) return value.length
  if (typeof value !== 'object' || value === null || CID.asCID(value) !== null) return 0
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + contentBytes(item), 0)
  return Object.entries(value).reduce((sum, [key, item]) => sum + contentBytes(key) + contentBytes(item), 0)
}

export const anatomy = (blocks: Iterable<Uint8Array>): Anatomy => {
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, { blocks: 0, bytes: 0 }]))
  const inMaps = new Set<string>()
  let [count, total, deflated, floor] = [0, 0, 0, 0]
  for (const bytes of blocks) {
    const [kind, ...parts] = decode<[number, ...unknown[]]>(bytes)
    const group = kinds[KINDS[kind]!]!
    group.blocks++
    group.bytes += bytes.length
    count++
    total += bytes.length
    deflated += deflateRawSync(bytes).length
    if (kind === LIST || kind === TEXT || kind === BYTES) floor += contentBytes(parts[0])
    if (kind === LEAF) {
      for (let i = 0; i < parts.length; i += 2) {
        const value = parts[i + 1]
        if (typeof value !== 'object' || CID.asCID(value) === null)
          inMaps.add(JSON.stringify([parts[i], value]))
      }
    }
  }
  for (const entry of inMaps) floor += contentBytes((JSON.parse(entry) as [string, unknown])[1])
  return { blocks: count, bytes: total, deflated, floor, kinds }
}
