/**
 * Arbitraries that all suites draw from: keys, values, and what is neither.
 *
 * They lean towards the edges that have broken codecs and maps before: keys that are names of `Object.prototype`, keys whose
 * order differs between UTF-8 and UTF-16, integers and lengths around each change of head, floats that look like
 * integers.
 */
import fc from 'fast-check'
import { Digest, type Value } from '../src/index.js'

type Path = ReadonlyArray<string | number>

/** A plain object with exactly these entries, in this order; `__proto__` is a key like others. */
export const fromPairs = <A>(pairs: ReadonlyArray<readonly [string, A]>): { readonly [key: string]: A } => {
  const entries = {}
  for (const [key, value] of pairs) {
    Object.defineProperty(entries, key, { value, enumerable: true, writable: true, configurable: true })
  }
  return entries
}

/** Well-formed text: short and long, ASCII and all planes, lengths around each change of head. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 20, maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('x', 'é', '漢', '🎉'),
        fc.constantFrom(7, 8, 12, 13, 23, 24, 64, 85, 86, 128, 255, 256, 1024),
      )
      .map(([unit, n]) => unit.repeat(n)),
  },
)

/** Map keys: every string that may be one, and often one that something has treated as special. */
export const keys: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 8 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  { weight: 2, arbitrary: fc.constantFrom('a', 'b', 'c', 'aa', 'ab', 'ba', 'bb', 'Aa', 'BB') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '__proto__',
      'constructor',
      'hasOwnProperty',
      'toString',
      'length',
      '0',
      '1',
      '10',
      '-1',
      '/',
    ),
  },
  // The last of the basic plane and the first beyond it: their order in UTF-16 is not that in UTF-8.
  {
    weight: 1,
    arbitrary: fc.constantFrom('ž', '漢', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'),
  },
  { weight: 1, arbitrary: fc.integer({ min: 22, max: 300 }).map((n) => 'k'.repeat(n)) },
)

/** Integers around each change of head, both signs, and doubles of every size; never -0. */
export const numbers: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc
    .tuple(
      fc.constantFrom(0, 24, 0x100, 0x10000, 2 ** 31, 2 ** 32, 2 ** 52, 2 ** 53, 2 ** 64),
      fc.integer({ min: -2, max: 2 }),
      fc.constantFrom(1, -1),
    )
    .map(([edge, off, sign]) => sign * (edge + off) + 0),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
)

export const bytes: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 40 })

/** Maps of what `of` draws, with keys in the order of drawing. */
export const mapsOf = <A>(of: fc.Arbitrary<A>, maxLength = 6): fc.Arbitrary<{ readonly [key: string]: A }> =>
  fc.uniqueArray(fc.tuple(keys, of), { selector: ([key]) => key, maxLength }).map(fromPairs)

const trees = (scalars: fc.Arbitrary<Value.Value>): fc.Arbitrary<Value.Value> =>
  fc.letrec<{ value: Value.Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      scalars,
      fc.array(tie('value'), { maxLength: 6 }),
      mapsOf(tie('value')),
    ),
  })).value

const jsonScalars: fc.Arbitrary<Value.Value> = fc.oneof(fc.constant(null), fc.boolean(), numbers, texts)

/** Values without bytes: what JSON can say. */
export const jsonish: fc.Arbitrary<Value.Value> = trees(jsonScalars)

/** Values of every kind, plain and not frozen. */
export const values: fc.Arbitrary<Value.Value> = trees(
  fc.oneof({ weight: 4, arbitrary: jsonScalars }, { weight: 1, arbitrary: bytes }),
)

/** Values whose root is a map. */
export const states: fc.Arbitrary<{ readonly [key: string]: Value.Value }> = mapsOf(values, 8)

export const digests: fc.Arbitrary<Digest.Digest> = fc
  .uint8Array({ minLength: Digest.SIZE, maxLength: Digest.SIZE })
  .map((b) => Digest.fromBytes(b))

/** Input for a hasher, often around the sizes of BLAKE3's blocks and chunks and of a hasher's own buffers. */
export const blobs: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    fc.integer({ min: 0, max: 200 }),
    fc
      .tuple(fc.constantFrom(64, 128, 1024, 2048, 3072, 8192, 16384, 32768), fc.integer({ min: -1, max: 1 }))
      .map(([size, off]) => size + off),
  )
  .chain((size) =>
    fc.tuple(fc.constant(size), fc.integer({ min: 1, max: 0x7fffffff })).map(([n, seed]) => {
      const blob = new Uint8Array(n)
      let x = seed
      for (let i = 0; i < n; i++) {
        x = (Math.imul(x, 0x41c64e6d) + 12345) | 0
        blob[i] = x >>> 16
      }
      return blob
    }),
  )

/** Something that is no value, under a name. Drawn as a function, so that each use has its own. */
export interface Bad {
  readonly name: string
  readonly make: () => unknown
}

class Instance {
  readonly field = 1
}

const cyclic = (): unknown => {
  const list: Array<unknown> = []
  list.push({ list })
  return list
}

const nested = (depth: number): unknown => {
  let list: unknown = []
  for (let i = 0; i < depth; i++) list = [list]
  return list
}

const hidden = (o: object, key: PropertyKey, d: PropertyDescriptor): unknown =>
  Object.defineProperty(o, key, d)

/** Every kind of bad input that the design names, and some more. */
export const bads: ReadonlyArray<Bad> = [
  { name: 'undefined', make: () => undefined },
  { name: 'a function', make: () => () => 1 },
  { name: 'a symbol', make: () => Symbol('s') },
  { name: 'a bigint', make: () => 1n },
  { name: 'NaN', make: () => Number.NaN },
  { name: 'Infinity', make: () => Number.POSITIVE_INFINITY },
  { name: '-Infinity', make: () => Number.NEGATIVE_INFINITY },
  { name: 'a high surrogate alone', make: () => 'x\ud800' },
  { name: 'a low surrogate alone', make: () => '\udc00x' },
  { name: 'a lone surrogate in a key', make: () => ({ '\ud800': 1 }) },
  { name: 'a cycle', make: cyclic },
  {
    name: 'an accessor',
    make: () => ({
      get a() {
        return 1
      },
    }),
  },
  {
    name: 'an accessor that throws',
    make: () => ({
      get a() {
        throw new Error('no')
      },
    }),
  },
  { name: 'an accessor in an array', make: () => hidden([1], 0, { get: () => 1, enumerable: true }) },
  { name: 'a property that is not enumerable', make: () => hidden({}, 'a', { value: 1, enumerable: false }) },
  { name: 'a symbol key', make: () => ({ [Symbol('s')]: 1 }) },
  { name: 'a sparse array', make: () => Object.assign(new Array(3), { 0: 1, 2: 3 }) },
  { name: 'a very sparse array', make: () => new Array(2 ** 32 - 1) },
  { name: 'an array with a property', make: () => Object.assign([1], { a: 1 }) },
  { name: 'an array with a symbol key', make: () => Object.assign([1], { [Symbol('s')]: 1 }) },
  { name: 'a subclass of Array', make: () => new (class extends Array {})() },
  { name: 'an instance of a class', make: () => new Instance() },
  { name: 'an object that inherits', make: () => Object.create({ a: 1 }) },
  { name: 'a date', make: () => new Date(0) },
  { name: 'a map', make: () => new Map([['a', 1]]) },
  { name: 'a set', make: () => new Set([1]) },
  { name: 'a regular expression', make: () => /x/ },
  { name: 'a boxed number', make: () => Object(1) },
  { name: 'floats', make: () => new Float64Array(2) },
  { name: 'clamped bytes', make: () => new Uint8ClampedArray(2) },
  { name: 'a buffer', make: () => new ArrayBuffer(2) },
  { name: 'a view', make: () => new DataView(new ArrayBuffer(2)) },
  { name: 'nesting beyond the limit', make: () => nested(257) },
  { name: 'nesting far beyond the stack', make: () => nested(100_000) },
  { name: 'a key beyond the limit', make: () => ({ ['k'.repeat(1025)]: 1 }) },
  { name: 'a key beyond the limit in bytes', make: () => ({ ['é'.repeat(513)]: 1 }) },
  {
    name: 'a proxy that throws',
    make: () =>
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no')
          },
        },
      ),
  },
  {
    name: 'a revoked proxy',
    make: () => {
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      return proxy
    },
  },
]

/** A bad thing somewhere in good surroundings, with the path to it. */
export const spoiled: fc.Arbitrary<{
  readonly name: string
  readonly path: Path
  readonly make: () => unknown
}> = fc
  .tuple(
    fc.constantFrom(...bads),
    fc.array(fc.tuple(fc.oneof(keys, fc.nat({ max: 3 })), values), { maxLength: 4 }),
  )
  .map(([bad, steps]) => ({
    name: bad.name,
    path: steps.map(([key]) => key),
    make: () =>
      steps.reduceRight<unknown>(
        (inner, [key, sibling]) =>
          typeof key === 'number'
            ? [...new Array(key).fill(sibling), inner]
            : fromPairs<unknown>([
                ...(key === 'sibling' ? [] : [['sibling', sibling] as const]),
                [key, inner],
              ]),
        bad.make(),
      ),
  }))

/** Anything that the language can make. */
export const anything: fc.Arbitrary<unknown> = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
})
