import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { anything, fromPairs, values } from '../../laws/arbitraries.js'
import { type CodecUnderTest, codecLaws } from '../../laws/data/codec.js'
import { malformations } from '../../laws/data/malformed.js'
import { checkAll } from '../../laws/Law.js'
import { sizeOf } from '../../src/data/internal/size.js'
import { Codec, type Value } from '../../src/index.js'

const ours: CodecUnderTest = { encode: Codec.encode, decode: (b) => Codec.decode(b), sizeOf }

checkAll(codecLaws(ours), test, 300)

describe('@ipld/dag-cbor', () => {
  const theirs = (v: unknown): Uint8Array => Uint8Array.from(dagCbor.encode(v))

  test('gives the same bytes, and reads ours as the same value', () => {
    fc.assert(
      fc.property(values, (v) => {
        const bytes = Codec.encode(v)
        expect(bytes).toEqual(E.right(theirs(v)))
        expect(Codec.decode(theirs(v))).toEqual(E.right(v))
      }),
      { numRuns: 3000 },
    )
  })

  test('gives the same bytes for every double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
        expect(Codec.encode(n)).toEqual(E.right(theirs(n)))
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    0,
    -0,
    1,
    -1,
    23,
    24,
    -24,
    -25,
    255,
    256,
    -256,
    -257,
    65535,
    65536,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    2 ** 53 + 2,
    -(2 ** 53 - 1),
    -(2 ** 53),
    2 ** 63,
    2 ** 64,
    -(2 ** 64),
    1e21,
    1e300,
    0.1,
    1.5,
    Number.MIN_VALUE,
    Number.MAX_VALUE,
    Number.EPSILON,
  ])('gives the same bytes for %d', (n) => {
    expect(Codec.encode(n)).toEqual(E.right(theirs(n)))
    expect(Codec.decode(theirs(n))).toEqual(E.right(n + 0))
  })

  test('what we take, it takes as the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
        const read = Codec.decode(bytes)
        if (E.isRight(read)) expect(dagCbor.decode(bytes)).toEqual(read.right)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('encode', () => {
  test('is not confused by an encode within a getter', () => {
    const nested = {
      a: 'x'.repeat(100),
      get b() {
        return E.isRight(Codec.encode(['y'.repeat(100)]))
      },
      c: 'z',
    } as Value.Value
    const plain = Codec.encode({ a: 'x'.repeat(100), b: true, c: 'z' })
    expect(Codec.encode(nested)).toEqual(plain)
    expect(Codec.encode(nested)).toEqual(plain)
  })

  test('refuses what changes while it is read', () => {
    let n = 0
    const shifty = {
      get a() {
        return n++ === 0 ? undefined : 1
      },
    } as unknown as Value.Value
    expect(E.isLeft(Codec.encode(shifty))).toBe(true)
  })

  test('writes after a refusal what it wrote before', () => {
    const before = Codec.encode({ a: [1, 2] })
    expect(E.isLeft(Codec.encode({ a: [1, Number.NaN] }))).toBe(true)
    expect(Codec.encode({ a: [1, 2] })).toEqual(before)
  })

  test('long text of every width', () => {
    for (const unit of ['x', 'é', '漢', '🎉']) {
      for (const n of [
        1, 5, 6, 7, 20, 21, 22, 23, 24, 63, 64, 65, 85, 86, 127, 128, 255, 256, 21845, 21846, 65535, 65536,
        100_000,
      ]) {
        const text = unit.repeat(n)
        const bytes = dagCbor.encode([text, 1])
        const ours = Codec.encode([text, 1])
        // Compared by hand: the matcher walks long bytes one by one.
        expect(E.isRight(ours) && Buffer.compare(ours.right, bytes)).toBe(0)
        expect(Codec.decode(bytes)).toEqual(E.right([text, 1]))
      }
    }
  })

  test('a key beyond the limit, and one at it', () => {
    expect(E.isRight(Codec.encode({ ['k'.repeat(1024)]: 1 }))).toBe(true)
    expect(E.isLeft(Codec.encode({ ['k'.repeat(1025)]: 1 }))).toBe(true)
    expect(E.isLeft(Codec.encode({ ['é'.repeat(513)]: 1 }))).toBe(true)
  })
})

describe('decode', () => {
  test('keeps a byte order mark', () => {
    for (const text of ['\ufeff', `\ufeff${'x'.repeat(50)}`, `\ufeff${'é'.repeat(2000)}`]) {
      expect(Codec.decode(dagCbor.encode(text))).toEqual(E.right(text))
    }
  })

  test('says where and why', () => {
    expect(Codec.decode(Uint8Array.from([0x82, 0x01, 0x18, 0x05]))).toEqual(
      E.left({ _tag: 'Malformed', offset: 2, reason: 'not the shortest form' }),
    )
  })

  test('holds to its limits', () => {
    const bytes = Uint8Array.from([0x81, 0x81, 0x80])
    expect(E.isRight(Codec.decode(bytes, { maxDepth: 3, maxBytes: 3 }))).toBe(true)
    expect(E.isLeft(Codec.decode(bytes, { maxDepth: 2 }))).toBe(true)
    expect(E.isLeft(Codec.decode(bytes, { maxBytes: 2 }))).toBe(true)
    // No limit of a caller is above ours.
    expect(E.isLeft(Codec.decode(new Uint8Array(300).fill(0x81), { maxDepth: 1e9 }))).toBe(true)
  })

  test('claims of lengths cost no memory', () => {
    // Each level claims as many items as there are bytes left.
    const size = 1 << 20
    const bytes = new Uint8Array(size)
    for (let i = 0; i + 5 <= 256 * 5; i += 5) {
      bytes[i] = 0x9a
      new DataView(bytes.buffer).setUint32(i + 1, size - i - 5)
    }
    const before = process.memoryUsage().heapUsed
    expect(E.isLeft(Codec.decode(bytes))).toBe(true)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000)
  })

  test('takes no bytes but bytes', () => {
    expect(E.isLeft(Codec.decode('f6' as unknown as Uint8Array))).toBe(true)
    expect(E.isLeft(Codec.decode(null as unknown as Uint8Array))).toBe(true)
  })

  test('keys that fall into one slot of the table of keys are told apart', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `key-${i.toString(36)}`)
    for (let round = 0; round < 3; round++) {
      for (const key of names) {
        expect(Codec.decode(dagCbor.encode({ [key]: 1 }))).toEqual(E.right({ [key]: 1 }))
      }
    }
  })

  test('records that were met before do not lend their keys to others', () => {
    const names = fc.constantFrom(
      'a',
      'b',
      'ab',
      'ba',
      'id',
      'at',
      'name',
      'role',
      '1',
      '__proto__',
      'é',
      'content',
    )
    const sets = fc.uniqueArray(names, { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(sets, sets, fc.nat({ max: 60 }), fc.nat({ max: 255 }), (xs, ys, at, byte) => {
        const [x, y] = [xs, ys].map((set) => fromPairs(set.map((key, i) => [key, i])))
        // Twice, to be learnt, and once to be found.
        for (let i = 0; i < 3; i++) expect(Codec.decode(dagCbor.encode(x))).toEqual(E.right(x))
        expect(Codec.decode(dagCbor.encode(y))).toEqual(E.right(y))
        const bytes = Uint8Array.from(dagCbor.encode([x, y]))
        bytes[at % bytes.length] = byte
        const read = Codec.decode(bytes)
        if (E.isRight(read)) expect(Codec.encode(read.right)).toEqual(E.right(bytes))
      }),
      { numRuns: 3000 },
    )
  })

  test('a record whose keys are out of order is refused however often its like was met', () => {
    const good = Uint8Array.from([0xa2, 0x61, 0x61, 0x01, 0x61, 0x62, 0x02])
    const swapped = Uint8Array.from([0xa2, 0x61, 0x62, 0x02, 0x61, 0x61, 0x01])
    const twice = Uint8Array.from([0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02])
    for (let i = 0; i < 5; i++) {
      expect(Codec.decode(good)).toEqual(E.right({ a: 1, b: 2 }))
      expect(E.isLeft(Codec.decode(swapped))).toBe(true)
      expect(E.isLeft(Codec.decode(twice))).toBe(true)
      expect(E.isLeft(Codec.decode(good.subarray(0, 5)))).toBe(true)
    }
  })

  test('never throws, and what it takes is canonical', () => {
    const all = Object.values(malformations).flat()
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.uint8Array({ maxLength: 8 }),
        fc.nat({ max: 40 }),
        (b, noise, at) => {
          const bytes = Uint8Array.from([...b.subarray(0, at), ...noise, ...b.subarray(at, 200)])
          const read = Codec.decode(bytes)
          if (E.isRight(read)) expect(Codec.encode(read.right)).toEqual(E.right(bytes))
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('reads a Buffer and a view as it reads plain bytes', () => {
    const bytes = dagCbor.encode({ a: [new Uint8Array([1, 2, 3])], b: 'text' })
    expect(Codec.decode(Buffer.from(bytes))).toEqual(Codec.decode(bytes))
  })
})

test('encode never throws', () => {
  fc.assert(
    fc.property(anything, (u) => {
      const answer = Codec.encode(u as Value.Value)
      if (E.isRight(answer)) expect(E.isRight(Codec.decode(answer.right))).toBe(true)
    }),
    { numRuns: 3000 },
  )
})
