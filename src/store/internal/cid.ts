/** CIDs of ours and of others, and whether bytes are what a CID says. */
import type { MultihashHasher } from 'multiformats'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { sha256, sha512 } from 'multiformats/hashes/sha2'
import { type Digest, fromBytes, SIZE, toBytes, writeTo } from '../../data/Digest.js'
import { hash } from '../../data/Hasher.js'

const DAG_CBOR = 0x71
const BLAKE3 = 0x1e
const IDENTITY = 0x00

const PREFIX = [1, DAG_CBOR, BLAKE3, SIZE] as const

/** Bytes of a CID of ours. */
export const CID_SIZE: number = PREFIX.length + SIZE

/** Writes the binary CID of a block where there is room for `CID_SIZE` bytes. */
export const writeCid = (digest: Digest, bytes: Uint8Array, offset: number): void => {
  bytes.set(PREFIX, offset)
  writeTo(digest, bytes, offset + PREFIX.length)
}

export const binaryOf = (digest: Digest): Uint8Array => {
  const bytes = new Uint8Array(CID_SIZE)
  writeCid(digest, bytes, 0)
  return bytes
}

export const cidOf = (digest: Digest): CID => CID.create(1, DAG_CBOR, create(BLAKE3, toBytes(digest)))

/** The digest of a CID of ours; `undefined` for any other: another codec, hash or version. */
export const digestOf = ({ version, code, multihash }: CID): Digest | undefined =>
  version === 1 && code === DAG_CBOR && multihash.code === BLAKE3 && multihash.digest.length === SIZE
    ? fromBytes(multihash.digest)
    : undefined

const equal = (x: Uint8Array, y: Uint8Array): boolean =>
  x.length === y.length && x.every((byte, i) => byte === y[i])

const KNOWN: ReadonlyArray<MultihashHasher<number>> = [sha256, sha512]

/** Why bytes are not what a CID says; `undefined` if they are. Knows BLAKE3-256, SHA2, identity, and what is given. */
export const mismatch = async (
  { multihash }: CID,
  bytes: Uint8Array,
  hashers: ReadonlyArray<MultihashHasher<number>>,
): Promise<string | undefined> => {
  const { code, digest } = multihash
  const otherwise = 'its bytes do not have its hash'
  if (code === BLAKE3 && digest.length === SIZE)
    return hash(bytes) === fromBytes(digest) ? undefined : otherwise
  if (code === IDENTITY) return equal(digest, bytes) ? undefined : otherwise
  const hasher = [...KNOWN, ...hashers].find((known) => known.code === code)
  if (hasher === undefined) return `nobody here knows hash function 0x${code.toString(16)}`
  try {
    return equal((await hasher.digest(bytes)).digest, digest) ? undefined : otherwise
  } catch (cause) {
    return `its hash function failed: ${String(cause)}`
  }
}
