import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { expect, test } from 'vitest'
import { digests, values } from '../../laws/arbitraries.js'
import { cidOf } from '../../src/store/internal/cid.js'
import { linksOf } from '../../src/store/internal/links.js'

const trees = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    digests.map((digest) => cidOf(digest)),
    values as fc.Arbitrary<unknown>,
    fc.array(tie('tree'), { maxLength: 30 }),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('tree')),
  ),
})).tree

/** As the other library decodes them, in the order of the bytes. */
const cids = (value: unknown): ReadonlyArray<CID> => {
  const link = CID.asCID(value)
  if (link !== null) return [link]
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
    ? Object.values(value).flatMap(cids)
    : []
}

test('the links of a block are those that @ipld/dag-cbor finds', () => {
  fc.assert(
    fc.property(trees, (tree) => {
      const bytes = dagCbor.encode(tree)
      const found = linksOf(bytes)
      expect(found?.links.map((digest) => cidOf(digest).toString()).sort()).toEqual(
        cids(dagCbor.decode(bytes)).map(String).sort(),
      )
    }),
  )
})

test('bytes that end early, go on, or are changed in a link, are no block', () => {
  fc.assert(
    fc.property(fc.array(trees, { minLength: 1, maxLength: 4 }), digests, fc.nat(), (some, digest, n) => {
      const bytes = dagCbor.encode([cidOf(digest), ...some])
      expect(linksOf(bytes.subarray(0, n % bytes.length))).toBeUndefined()
      expect(linksOf(Uint8Array.from([...bytes, 0]))).toBeUndefined()
      const changed = bytes.slice()
      changed[2 + (n % 8)]! ^= 0x02
      expect(linksOf(changed)).toBeUndefined()
    }),
  )
})

test.each([
  ['a link by another hash', dagCbor.encode([CID.createV1(0x71, create(0x12, new Uint8Array(32)))])],
  ['a link of another codec', dagCbor.encode([CID.createV1(0x55, create(0x1e, new Uint8Array(32)))])],
  ['a tag in a longer form', Uint8Array.of(0xd9, 0, 42, 0x40)],
  ['a tag in a shorter form', Uint8Array.of(0xc1, 0)],
  ['a list without end', Uint8Array.of(0x9f, 0xff)],
  ['a list that claims 2^64 items', Uint8Array.of(0x9b, 255, 255, 255, 255, 255, 255, 255, 255)],
  ['bytes that claim 2^53', Uint8Array.of(0x5b, 0, 32, 0, 0, 0, 0, 0, 0)],
  ['nothing', new Uint8Array(0)],
])('%s', (_, bytes) => expect(linksOf(bytes)).toBeUndefined())
