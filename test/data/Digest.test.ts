import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { base32 } from 'multiformats/bases/base32'
import { CID } from 'multiformats/cid'
import * as MultihashDigest from 'multiformats/hashes/digest'
import { describe, expect, test } from 'vitest'
import { digests } from '../../laws/arbitraries.js'
import { digestLaws } from '../../laws/data/digest.js'
import { checkAll } from '../../laws/Law.js'
import { Digest } from '../../src/index.js'

checkAll(digestLaws(Digest), test)

test('CIDs are those of multiformats', () => {
  fc.assert(
    fc.property(digests, (d) => {
      const cid = CID.createV1(0x71, MultihashDigest.create(0x1e, Digest.toBytes(d)))
      expect(Digest.toCid(d)).toBe(cid.toString(base32))
      expect(Digest.fromCid(cid.toString())).toEqual(E.right(d))
    }),
  )
})

describe('fromCid refuses', () => {
  const digest = MultihashDigest.create(0x1e, new Uint8Array(32).fill(3))
  const good = CID.createV1(0x71, digest).toString()
  test.each([
    ['another codec', CID.createV1(0x55, digest).toString()],
    ['another hash', CID.createV1(0x71, MultihashDigest.create(0x12, new Uint8Array(32))).toString()],
    ['another length', CID.createV1(0x71, MultihashDigest.create(0x1e, new Uint8Array(20))).toString()],
    ['version 0', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'],
    ['upper case', good.toUpperCase()],
    ['padding', `${good}=`],
    ['a space', ` ${good}`],
    ['another base', `z${good.slice(1)}`],
    ['a digit that is not of base32', `${good.slice(0, -1)}1`],
    ['bits behind the last byte', `${good.slice(0, -1)}${good.endsWith('b') ? 'c' : 'b'}`],
    ['nothing', ''],
  ])('%s', (_, text) => {
    const read = Digest.fromCid(text)
    expect(E.isLeft(read) && read.left).toMatchObject({ _tag: 'InvalidDigest', text })
  })
})

test('hex of either case is read, other text is not', () => {
  const hex = 'AB'.repeat(32)
  expect(E.map(Digest.toHex)(Digest.fromHex(hex))).toEqual(E.right('ab'.repeat(32)))
  for (const text of ['', 'ab', `${'ab'.repeat(31)}ag`, `0x${'ab'.repeat(31)}`, 'ab'.repeat(33), ` ${hex}`]) {
    expect(E.isLeft(Digest.fromHex(text))).toBe(true)
  }
})

test('DigestFromCid reads and writes CIDs', () => {
  fc.assert(
    fc.property(digests, (d) => {
      const cid = Digest.DigestFromCid.encode(d)
      expect(Digest.DigestFromCid.decode(cid)).toEqual(E.right(d))
      expect(Digest.DigestFromCid.is(d)).toBe(true)
    }),
  )
  expect(E.isLeft(Digest.DigestFromCid.decode(7))).toBe(true)
  expect(E.isLeft(Digest.DigestFromCid.decode('b'))).toBe(true)
  expect(Digest.DigestFromCid.is('short')).toBe(false)
})
