/**
 * The model that the codec is compared with: DAG-CBOR written down as plainly as it can be said, and slowly.
 */
import type { Value } from '../../src/index.js'

type Bytes = ReadonlyArray<number>

/** The `size` bytes of a whole number, most significant first. */
const bigEndian = (n: number, size: number): Bytes => {
  const digits: Array<number> = []
  let rest = BigInt(n)
  for (let i = 0; i < size; i++) {
    digits.unshift(Number(rest & 0xffn))
    rest >>= 8n
  }
  return digits
}

export const head = (major: number, n: number): Bytes => {
  const type = major << 5
  if (n < 24) return [type | n]
  if (n < 2 ** 8) return [type | 24, ...bigEndian(n, 1)]
  if (n < 2 ** 16) return [type | 25, ...bigEndian(n, 2)]
  if (n < 2 ** 32) return [type | 26, ...bigEndian(n, 4)]
  return [type | 27, ...bigEndian(n, 8)]
}

const float64 = (n: number): Bytes => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, n)
  return [0xfb, ...new Uint8Array(view.buffer)]
}

const float32 = (n: number): Bytes => {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, n)
  return [0xfa, ...new Uint8Array(view.buffer)]
}

const utf8 = (s: string): Bytes => [...new TextEncoder().encode(s)]

type Compare = (x: Bytes, y: Bytes) => number

export const bytewise: Compare = (x, y) => {
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i]! - y[i]!
  return x.length - y.length
}

export const lengthFirst: Compare = (x, y) => x.length - y.length || bytewise(x, y)

/** Where broken implementations differ from the model. */
export interface Variant {
  readonly order: Compare | null
  readonly shortFloats: boolean
  readonly integersAsFloats: boolean
}

export const canonical: Variant = { order: lengthFirst, shortFloats: false, integersAsFloats: false }

/** The encoding of a value. */
export const encodeBy =
  (variant: Variant) =>
  (value: Value.Value): Bytes => {
    const go = (v: Value.Value): Bytes => {
      if (v === null) return [0xf6]
      if (v === false) return [0xf4]
      if (v === true) return [0xf5]
      if (typeof v === 'string') return [...head(3, utf8(v).length), ...utf8(v)]
      if (typeof v === 'number') {
        if (Number.isSafeInteger(v) && !variant.integersAsFloats) return v < 0 ? head(1, -1 - v) : head(0, v)
        return variant.shortFloats && Math.fround(v) === v ? float32(v) : float64(v)
      }
      if (v instanceof Uint8Array) return [...head(2, v.length), ...v]
      if (Array.isArray(v)) return [...head(4, v.length), ...v.flatMap(go)]
      const entries = Object.entries(v).map(([key, inner]) => [utf8(key), go(inner)] as const)
      if (variant.order !== null) entries.sort(([x], [y]) => variant.order!(x, y))
      return [
        ...head(5, entries.length),
        ...entries.flatMap(([key, inner]) => [...head(3, key.length), ...key, ...inner]),
      ]
    }
    return go(value)
  }
