/** The staging table of a store on disk. A value is the length of the CID in 4 bytes, the CID, and the block. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type { Database } from 'lmdb'
import type { Digest } from '../../../data/Digest.js'
import type { StoreFailed } from '../../../data/Failure.js'
import { keyOf, type Staged, type Staging } from '../../Staging.js'
import * as keys from './keys.js'

const LENGTH = 4

const encode = ({ cid, bytes }: Staged): Uint8Array => {
  const value = new Uint8Array(LENGTH + cid.length + bytes.length)
  new DataView(value.buffer).setUint32(0, cid.length)
  value.set(cid, LENGTH)
  value.set(bytes, LENGTH + cid.length)
  return value
}

/** Copies, because what LMDB hands out changes with the next read. */
const decode = (value: Uint8Array): Staged => {
  const copy: Uint8Array = Uint8Array.prototype.slice.call(value, 0, value.length)
  const body = LENGTH + new DataView(copy.buffer, copy.byteOffset).getUint32(0)
  return { cid: copy.subarray(LENGTH, body), bytes: copy.subarray(body) }
}

/** How a store runs a body in a read and in a transaction, and answers what it threw. */
export interface Run {
  readonly reading: <A>(operation: string, body: () => A) => IOEither<StoreFailed, A>
  readonly writing: <A>(operation: string, body: () => A) => Either<StoreFailed, A>
}

export const stagingOf = (table: Database<Uint8Array, Digest>, { reading, writing }: Run): Staging => ({
  stage: (blocks) => () =>
    writing('stage', () =>
      blocks.map((block) => {
        const key = keyOf(block.cid)
        if (table.doesExist(key)) return false
        table.putSync(key, encode(block))
        return true
      }),
    ),
  staged: (cids) =>
    reading('read what is staged', () =>
      cids.map((cid) => {
        const value = table.getBinaryFast(keyOf(cid))
        return value === undefined ? undefined : decode(value).bytes
      }),
    ),
  unstage: (cids) => () =>
    writing('unstage', () => {
      for (const cid of cids) table.removeSync(keyOf(cid))
    }),
  list: (after, limit) =>
    reading('list what is staged', () =>
      [
        ...table.getRange({
          ...(after === null ? keys.everyDigest() : { start: after, exclusiveStart: true }),
          limit,
        }),
      ].map(({ value }) => decode(value)),
    ),
})
