import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { CID } from 'multiformats/cid'
import { expect, test } from 'vitest'
import { digests, mapsOf, values } from '../../../laws/arbitraries.js'
import { attempt, Reader, refuse } from '../../../src/data/internal/reader.js'
import { sizeOf } from '../../../src/data/internal/size.js'
import { LINK_SIZE, Writer } from '../../../src/data/internal/writer.js'
import { type Encodable, Linkable } from '../../../src/data/Linkable.js'
import { Digest } from '../../../src/index.js'

class Link extends Linkable {
  readonly digest: Digest.Digest
  constructor(digest: Digest.Digest) {
    super()
    this.digest = digest
  }
}

const links = digests.map((d) => new Link(d))
const trees: fc.Arbitrary<Encodable> = fc.oneof(
  links,
  fc.array(fc.oneof(links, values as fc.Arbitrary<Encodable>), { maxLength: 20 }),
  mapsOf(fc.oneof(links, values as fc.Arbitrary<Encodable>)),
  fc.array(mapsOf(fc.oneof(links, fc.integer())), { maxLength: 5 }),
)

/** The same with CIDs, for the other library. */
const withCids = (v: Encodable): unknown => {
  if (v instanceof Linkable) return CID.parse(Digest.toCid(v.digest))
  if (Array.isArray(v)) return v.map(withCids)
  if (typeof v !== 'object' || v === null || v instanceof Uint8Array) return v
  const entries = {}
  for (const [key, inner] of Object.entries(v)) {
    Object.defineProperty(entries, key, {
      value: withCids(inner),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return entries
}

const written = (v: Encodable): Uint8Array => {
  const w = new Writer(1)
  w.value(v)
  return w.take()
}

test('links are written as CIDs, read as what onLink makes of them, and counted in sizes', () => {
  fc.assert(
    fc.property(trees, (v) => {
      const bytes = written(v)
      expect(bytes).toEqual(Uint8Array.from(dagCbor.encode(withCids(v))))
      expect(sizeOf(v)).toBe(bytes.length)
      expect(attempt(() => new Reader(bytes).value((d) => new Link(d)))).toEqual(E.right(v))
    }),
    { numRuns: 500 },
  )
})

test('a link is LINK_SIZE bytes', () => {
  fc.assert(fc.property(links, (link) => written(link).length === LINK_SIZE))
})

test('a link is refused where no links may be', () => {
  fc.assert(
    fc.property(links, (link) => {
      const read = attempt(() => new Reader(written([1, link])).value())
      expect(read).toEqual(E.left({ _tag: 'Malformed', offset: 2, reason: 'a link, which no value holds' }))
    }),
  )
})

test('a link with another prefix is refused', () => {
  const good = written(new Link(Digest.fromBytes(new Uint8Array(32))))
  for (let i = 0; i < 9; i++) {
    const bad = good.slice()
    bad[i] = bad[i]! ^ 1
    expect(E.isLeft(attempt(() => new Reader(bad).value((d) => new Link(d)))), `byte ${i}`).toBe(true)
  }
  expect(E.isLeft(attempt(() => new Reader(good.subarray(0, 40)).value((d) => new Link(d))))).toBe(true)
})

test('a piecewise reader reads what a piecewise writer wrote', () => {
  const digest = Digest.fromBytes(new Uint8Array(32).fill(9))
  const w = new Writer(1)
  w.arrayHeader(8)
  w.uint(300)
  w.number(-1.5)
  w.text('text')
  w.bytes(new Uint8Array([1, 2]))
  w.link(digest)
  w.mapHeader(1)
  w.text('key')
  w.nil()
  w.boolean(true)
  w.value({ b: 1, a: [2] })
  const r = new Reader(w.take())
  expect(r.arrayHeader()).toBe(8)
  expect(r.uint()).toBe(300)
  expect(r.number()).toBe(-1.5)
  expect(r.text()).toBe('text')
  expect(r.byteString()).toEqual(new Uint8Array([1, 2]))
  expect(r.link()).toBe(digest)
  expect(r.mapHeader()).toBe(1)
  expect(r.key()).toBe('key')
  expect(r.value()).toBe(null)
  expect(r.value()).toBe(true)
  expect(r.value()).toEqual({ b: 1, a: [2] })
  expect(r.remaining).toBe(0)
  r.done()
})

test('a reader refuses another kind than it is asked for', () => {
  const asks: ReadonlyArray<(r: Reader) => unknown> = [
    (r) => r.uint(),
    (r) => r.number(),
    (r) => r.text(),
    (r) => r.key(),
    (r) => r.byteString(),
    (r) => r.arrayHeader(),
    (r) => r.mapHeader(),
    (r) => r.link(),
  ]
  for (const ask of asks) {
    expect(E.isLeft(attempt(() => ask(new Reader(Uint8Array.from([0xf6])))))).toBe(true)
    expect(E.isLeft(attempt(() => ask(new Reader(new Uint8Array(0)))))).toBe(true)
  }
})

test('attempt catches what is refused and nothing else', () => {
  expect(attempt(() => refuse(3, 'no'))).toEqual(E.left({ _tag: 'Malformed', offset: 3, reason: 'no' }))
  expect(() =>
    attempt(() => {
      throw new Error('a defect')
    }),
  ).toThrow('a defect')
})

test('what is taken is not changed by what is written next', () => {
  const w = new Writer()
  w.value([1, 2, 3])
  const first = w.take()
  w.reset()
  w.value(['x', 'y', 'z'])
  expect(first).toEqual(Uint8Array.from([0x83, 1, 2, 3]))
})
