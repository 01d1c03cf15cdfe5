/**
 * Broken codecs, doors, hashers and digests: what the laws of this folder are shown to reject. Each has one fault, of a kind
 * that real ones have had.
 */
import * as E from 'fp-ts/lib/Either.js'
import { sizeOf } from '../../src/data/internal/size.js'
import { Codec, Digest, Failure, type Hasher, Value } from '../../src/index.js'
import type { CodecUnderTest } from './codec.js'
import type { DigestModule } from './digest.js'
import { bytewise, canonical, encodeBy, type Variant } from './model.js'
import type { ValueUnderTest } from './value.js'

const good: CodecUnderTest = { encode: Codec.encode, decode: (b) => Codec.decode(b), sizeOf }

const encoder = (variant: Partial<Variant>): CodecUnderTest => {
  const encode = encodeBy({ ...canonical, ...variant })
  return { ...good, encode: (v) => E.right(Uint8Array.from(encode(v))) }
}

/** A reader that follows the format and checks nothing of its canonical form but what it is told to. */
const lenient = (b: Uint8Array, accept: (rule: string) => boolean): Value.Value => {
  let at = 0
  const fail = (reason: string): never => {
    throw new Error(reason)
  }
  const need = (rule: string, broken: boolean): void => {
    if (broken && !accept(rule)) fail(rule)
  }
  const take = (n: number): Uint8Array => {
    if (at + n > b.length) {
      need('truncated', true)
      return new Uint8Array(n)
    }
    at += n
    return b.subarray(at - n, at)
  }
  const big = (bytes: Uint8Array): number => bytes.reduce((n, byte) => n * 256 + byte, 0)
  const argument = (info: number): number => {
    if (info < 24) return info
    if (info > 27) fail('reserved')
    const n = big(take(2 ** (info - 24)))
    need('shortest', n < [24, 0x100, 0x10000, 0x100000000][info - 24]!)
    return n
  }
  const float = (size: number): number => {
    const view = new DataView(take(size).slice().buffer)
    const n = size === 8 ? view.getFloat64(0) : size === 4 ? view.getFloat32(0) : view.getInt16(0) / 1024
    need('short float', size < 8)
    need('finite', !Number.isFinite(n))
    need('integer as float', Number.isSafeInteger(n))
    return n
  }
  const item = (depth: number): Value.Value => {
    need('depth', depth > 256)
    const initial = take(1)[0] ?? 0
    const major = initial >> 5
    const info = initial & 31
    if (major < 2) {
      const n = argument(info)
      need('safe', n > Number.MAX_SAFE_INTEGER || (major === 1 && n === Number.MAX_SAFE_INTEGER))
      return major === 0 ? n : -1 - n
    }
    if (major === 2 || major === 3) {
      const n = argument(info)
      if (at + n > b.length) fail('truncated')
      const bytes = take(n)
      return major === 2
        ? bytes.slice()
        : new TextDecoder('utf-8', { fatal: !accept('utf-8'), ignoreBOM: true }).decode(bytes)
    }
    if (major === 4) {
      const n = argument(info)
      if (n > b.length) fail('too long')
      return Object.freeze(Array.from({ length: n }, () => item(depth + 1)))
    }
    if (major === 5) {
      const entries: { [key: string]: Value.Value } = {}
      let last: Buffer | null = null
      for (let n = argument(info); n > 0; n--) {
        if ((b[at] ?? 0) >> 5 !== 3) fail('key')
        const key = item(depth) as string
        const bytes = Buffer.from(key)
        const order: number = last === null ? 1 : bytes.length - last.length || Buffer.compare(bytes, last)
        need('unsorted', order < 0)
        need('duplicate', order === 0)
        last = bytes
        const value = item(depth + 1)
        Object.defineProperty(entries, key, { value, enumerable: true, writable: true, configurable: true })
      }
      return Object.freeze(entries)
    }
    if (major === 6) {
      need('tag', true)
      argument(info)
      return item(depth)
    }
    if (info === 20 || info === 21) return info === 21
    if (info === 22) return null
    if (info >= 25 && info <= 27) return float(2 ** (info - 24))
    need('simple', true)
    return null
  }
  const value = item(0)
  need('trailing', at < b.length)
  return value
}

const accepting = (...rules: ReadonlyArray<string>): CodecUnderTest => ({
  ...good,
  decode: (b) =>
    E.tryCatch(
      () => lenient(b, (rule) => rules.includes(rule)),
      (e) => Failure.malformed(0, String(e)),
    ),
})

const lengthOf = (v: Value.Value): number => {
  const bytes = Codec.encode(v)
  return E.isRight(bytes) ? bytes.right.length : 0
}

/** @category zoo */
export const codecs: Readonly<Record<string, CodecUnderTest>> = {
  'does not sort keys': encoder({ order: null }),
  'sorts keys bytewise only': encoder({ order: bytewise }),
  'writes short floats': encoder({ shortFloats: true }),
  'writes integers as floats': encoder({ integersAsFloats: true }),
  'drops the key __proto__': {
    ...good,
    decode: (b) =>
      E.map((v: Value.Value) => (Object.hasOwn(Object(v), '__proto__') ? {} : v))(Codec.decode(b)),
  },
  'answers values that are not frozen': {
    ...good,
    decode: (b) => E.map((v: Value.Value) => structuredClone(v))(Codec.decode(b)),
  },
  'keeps a view of the bytes that it reads': {
    ...good,
    decode: (b) =>
      E.map((v: Value.Value) =>
        Array.isArray(v) && v[0] instanceof Uint8Array
          ? Object.freeze([b.subarray(b.length - v[0].length)])
          : v,
      )(Codec.decode(b)),
  },
  'reuses the bytes that it wrote': (() => {
    const buffer = new Uint8Array(1 << 20)
    return {
      ...good,
      encode: (v: Value.Value) =>
        E.map((b: Uint8Array) => {
          buffer.set(b)
          return buffer.subarray(0, b.length)
        })(Codec.encode(v)),
    }
  })(),
  'reads the memory behind a view': { ...good, decode: (b) => Codec.decode(new Uint8Array(b.buffer)) },
  'throws on what it cannot write': {
    ...good,
    encode: (v) => {
      const bytes = Codec.encode(v)
      if (E.isLeft(bytes)) throw new TypeError(bytes.left.reason)
      return bytes
    },
  },
  'does not say where': {
    ...good,
    encode: (v) => E.mapLeft(() => Failure.invalidValue([], 'invalid'))(Codec.encode(v)),
  },
  'keeps -0': {
    ...good,
    encode: (v) =>
      Object.is(v, -0) ? E.right(Uint8Array.from([0xfb, 0x80, 0, 0, 0, 0, 0, 0, 0])) : Codec.encode(v),
  },
  'is off by one in sizes': {
    ...good,
    sizeOf: (v) => lengthOf(v) + 1,
  },
  'forgets the limit in sizes': {
    ...good,
    sizeOf: (v, limit = Number.POSITIVE_INFINITY) => Math.min(lengthOf(v), limit),
  },
  'accepts what is not shortest': accepting('shortest'),
  'accepts unsorted keys': accepting('unsorted'),
  'accepts duplicate keys': accepting('duplicate'),
  'accepts trailing bytes': accepting('trailing'),
  'accepts truncated input': accepting('truncated'),
  'accepts short floats': accepting('short float', 'integer as float'),
  'accepts NaN': accepting('finite', 'short float'),
  'accepts integers as floats': accepting('integer as float'),
  'accepts unsafe integers': accepting('safe'),
  'accepts undefined': accepting('simple'),
  'accepts any tag': accepting('tag'),
  'repairs UTF-8': accepting('utf-8'),
  'accepts any depth': accepting('depth'),
  'accepts whatever it is given': { ...good, decode: () => E.right(null) },
}

const door: ValueUnderTest = { fromUnknown: Value.fromUnknown, equals: Value.equals }

/** A door that lets pass what the good one refuses for a reason of this kind. */
const forgiving = (reason: RegExp): ValueUnderTest => ({
  ...door,
  fromUnknown: (u, limits) => {
    const answer = Value.fromUnknown(u, limits)
    return E.isLeft(answer) && reason.test(answer.left.reason) ? E.right(u as Value.Value) : answer
  },
})

const mapped = (f: (v: Value.Value) => Value.Value): ValueUnderTest => ({
  ...door,
  fromUnknown: (u, limits) => E.map(f)(Value.fromUnknown(u, limits)),
})

/** @category zoo */
export const values: Readonly<Record<string, ValueUnderTest>> = {
  'lets anything pass as it is': { ...door, fromUnknown: (u) => E.right(u as Value.Value) },
  'refuses everything': { ...door, fromUnknown: () => E.left(Failure.invalidValue([], 'no')) },
  'lets NaN pass': forgiving(/^NaN$/),
  'lets undefined pass': forgiving(/^undefined$/),
  'lets lone surrogates pass': forgiving(/surrogate/),
  'lets accessors pass': forgiving(/accessor/),
  'lets any depth pass': forgiving(/deeper/),
  'lets any size pass': forgiving(/larger/),
  'answers what is not frozen': mapped((v) => structuredClone(v)),
  'freezes its input and answers that': {
    ...door,
    fromUnknown: (u) => E.map(() => Object.freeze(u) as Value.Value)(Value.fromUnknown(u)),
  },
  wraps: mapped((v) => Object.freeze([v])),
  'reverses the list that it is given': {
    ...door,
    fromUnknown: (u) => {
      if (Array.isArray(u) && u.length < 99 && !Object.isFrozen(u)) u.reverse()
      return Value.fromUnknown(u)
    },
  },
  'keeps the order of keys': mapped((v) =>
    typeof v === 'object' && v !== null && !Array.isArray(v) && !(v instanceof Uint8Array)
      ? Object.freeze(Object.fromEntries(Object.entries(v).reverse()))
      : v,
  ),
  'keeps -0': {
    ...door,
    fromUnknown: (u) => (Object.is(u, -0) ? E.right(-0) : Value.fromUnknown(u)),
  },
  'keeps a Buffer': {
    ...door,
    fromUnknown: (u) =>
      E.map((v: Value.Value) =>
        Array.isArray(u) && Buffer.isBuffer(u[0]) ? Object.freeze([Buffer.from(u[0])]) : v,
      )(Value.fromUnknown(u)),
  },
  'refuses objects without a prototype': {
    ...door,
    fromUnknown: (u, limits) =>
      typeof u === 'object' && u !== null && Object.getPrototypeOf(u) === null
        ? E.left(Failure.invalidValue([], 'no prototype'))
        : Value.fromUnknown(u, limits),
  },
  'does not say where': {
    ...door,
    fromUnknown: (u, limits) =>
      E.mapLeft((f: Failure.InvalidValue) => Failure.invalidValue([], f.reason))(
        Value.fromUnknown(u, limits),
      ),
  },
  'compares by identity': { ...door, equals: (x, y) => x === y },
  'compares as JSON': { ...door, equals: (x, y) => JSON.stringify(x) === JSON.stringify(y) },
  'finds all equal': { ...door, equals: () => true },
}

/** @category zoo */
export const hashers = (good: Hasher.Hasher): Readonly<Record<string, Hasher.Hasher>> => ({
  truncates: { name: 'truncates', digest: (b) => good.digest(b.subarray(0, 1024)) },
  'ignores the bounds of a view': { name: 'view', digest: (b) => good.digest(new Uint8Array(b.buffer)) },
  'clears its input': {
    name: 'clears',
    digest: (b) => {
      const digest = good.digest(b)
      b.fill(0)
      return digest
    },
  },
  'goes on where it stopped': (() => {
    let before = ''
    return {
      name: 'goes on',
      digest: (b: Uint8Array) => {
        const digest = good.digest(new Uint8Array([...b, before.charCodeAt(0) & 1]))
        before = digest
        return digest
      },
    }
  })(),
})

/** @category zoo */
export const digests: Readonly<Record<string, DigestModule>> = {
  'loses a byte': {
    ...Digest,
    fromBytes: (b, at = 0) =>
      Digest.fromBytes(Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 0 : b[at + i]!))),
  },
  'writes little-endian': {
    ...Digest,
    writeTo: (d, b, at) => {
      for (let i = 0; i < 16; i++) {
        b[at + 2 * i] = d.charCodeAt(i)
        b[at + 2 * i + 1] = d.charCodeAt(i) >> 8
      }
    },
  },
  'writes hex without zeros in front': {
    ...Digest,
    toHex: (d) => Array.from(Digest.toBytes(d), (b) => b.toString(16)).join(''),
  },
  'forgets the last bits of a CID': { ...Digest, toCid: (d) => `${Digest.toCid(d).slice(0, -1)}a` },
  'reads a CID of either case': { ...Digest, fromCid: (s) => Digest.fromCid(s.toLowerCase()) },
  'reads a CID and what follows it': { ...Digest, fromCid: (s) => Digest.fromCid(s.slice(0, 59)) },
  'reads anything': { ...Digest, fromCid: () => Digest.fromHex('00'.repeat(32)) },
  'compares as signed units': {
    ...Digest,
    Ord: {
      ...Digest.Ord,
      compare: (x, y) => (x === y ? 0 : x.charCodeAt(0) << 16 < y.charCodeAt(0) << 16 ? -1 : 1),
    },
  },
  'finds all equal': { ...Digest, Eq: { equals: () => true } },
}
