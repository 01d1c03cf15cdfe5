/**
 * Exact arithmetic on non-negative rationals `numerator · 2^exponent / denominator`, data first, nothing reduced.
 *
 * INV1: `numerator ≥ 0`, `denominator ≥ 1`. INV2: of a dyadic, as all that comes from floating point is, the denominator
 * is `1n`; the exponent takes the powers of two, so that sums of dyadics never grow a denominator.
 */

export interface Weight {
  readonly numerator: bigint
  readonly exponent: bigint
  readonly denominator: bigint
}

export const make = (numerator: bigint, exponent: bigint, denominator: bigint): Weight => ({
  numerator,
  exponent,
  denominator,
})

export const zero: Weight = make(0n, 0n, 1n)
export const one: Weight = make(1n, 0n, 1n)

export const isZero = (w: Weight): boolean => w.numerator === 0n

/** Binary digits of a non-negative integer; 0 of 0. */
export const bitLength = (n: bigint): number => {
  if (n <= 0xffff_ffffn) return 32 - Math.clz32(Number(n))
  const hex = n.toString(16)
  return hex.length * 4 - Math.clz32(Number.parseInt(hex[0]!, 16)) + 28
}

const trailingZeros = (n: bigint): bigint => BigInt(bitLength(n & -n) - 1)

const gcd = (a: bigint, b: bigint): bigint => {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

export const times = (x: Weight, y: Weight): Weight =>
  x.numerator === 0n || y.numerator === 0n
    ? zero
    : make(
        x.numerator * y.numerator,
        x.exponent + y.exponent,
        x.denominator === 1n
          ? y.denominator
          : y.denominator === 1n
            ? x.denominator
            : x.denominator * y.denominator,
      )

/** `x / y`; `y` is not zero. */
export const over = (x: Weight, y: Weight): Weight =>
  x.numerator === 0n
    ? zero
    : x.denominator === y.denominator
      ? make(x.numerator, x.exponent - y.exponent, y.numerator)
      : make(x.numerator * y.denominator, x.exponent - y.exponent, x.denominator * y.numerator)

/** Both over one denominator and one exponent: the numerators are all that differs. */
const aligned = (x: Weight, y: Weight): readonly [bigint, bigint, bigint, bigint] => {
  let [p, q, d] = [x.numerator, y.numerator, x.denominator]
  if (d !== y.denominator) {
    // Without the gcd a sum of many parts would multiply their denominators, equal ones too.
    const common = d === 1n || y.denominator === 1n ? 1n : gcd(d, y.denominator)
    p *= y.denominator / common
    q *= d / common
    d *= y.denominator / common
  }
  const e = x.exponent < y.exponent ? x.exponent : y.exponent
  return [p << (x.exponent - e), q << (y.exponent - e), e, d]
}

export const plus = (x: Weight, y: Weight): Weight => {
  if (x.numerator === 0n) return y
  if (y.numerator === 0n) return x
  const [p, q, e, d] = aligned(x, y)
  return make(p + q, e, d)
}

/** `x − y`; `x` is at least `y`. */
export const minus = (x: Weight, y: Weight): Weight => {
  if (y.numerator === 0n) return x
  const [p, q, e, d] = aligned(x, y)
  return p === q ? zero : make(p - q, e, d)
}

/** Beyond this many binary places apart, the lengths decide an order and no shift is made. */
const FAR = 4096n

const order = (p: bigint, q: bigint): -1 | 0 | 1 => (p < q ? -1 : p > q ? 1 : 0)

/** Between `2^(scale − 1)` and `2^(scale + 1)`, both exclusive. */
const scale = (w: Weight): bigint => w.exponent + BigInt(bitLength(w.numerator) - bitLength(w.denominator))

export const compare = (x: Weight, y: Weight): -1 | 0 | 1 => {
  if (x.numerator === 0n || y.numerator === 0n) return order(x.numerator, y.numerator)
  const apart = x.exponent - y.exponent
  if (apart === 0n && x.denominator === y.denominator) return order(x.numerator, y.numerator)
  if (apart > FAR || apart < -FAR) {
    const [p, q] = [scale(x), scale(y)]
    if (p >= q + 2n) return 1
    if (q >= p + 2n) return -1
  }
  const [p, q] = [x.numerator * y.denominator, y.numerator * x.denominator]
  return apart >= 0n ? order(p << apart, q) : order(p, q << -apart)
}

export const sum = (weights: Iterable<Weight>): Weight => {
  let total = zero
  for (const weight of weights) total = plus(total, weight)
  return total
}

/** The one form that equal weights share: lowest terms, both parts odd. */
export const reduced = (w: Weight): Weight => {
  if (w.numerator === 0n) return zero
  const common = w.denominator === 1n ? 1n : gcd(w.numerator, w.denominator)
  const [n, d] = [w.numerator / common, w.denominator / common]
  const [up, down] = [trailingZeros(n), trailingZeros(d)]
  return make(n >> up, w.exponent + up - down, d >> down)
}

/** The least integers in the proportion of the weights, none of which is zero: equal proportions, equal integers. */
export const integers = (weights: ReadonlyArray<Weight>): ReadonlyArray<bigint> => {
  let denominator = 1n
  for (const w of weights) {
    if (denominator % w.denominator !== 0n) denominator *= w.denominator / gcd(denominator, w.denominator)
  }
  // Odd parts and exponents apart: a gcd of numbers that are mostly zeros at their ends would be slow.
  const parts = weights.map((w) => {
    const n = w.numerator * (denominator / w.denominator)
    const twos = trailingZeros(n)
    return { odd: n >> twos, exponent: w.exponent + twos }
  })
  let common = 0n
  for (const { odd } of parts) if ((common = gcd(common, odd)) === 1n) break
  const least = parts.reduce((e, { exponent }) => (exponent < e ? exponent : e), parts[0]?.exponent ?? 0n)
  return parts.map(({ odd, exponent }) => (odd / common) << (exponent - least))
}

// -------------------------------------------------------------------------------------
// rounding
// -------------------------------------------------------------------------------------

interface Quotient {
  readonly q: bigint
  /** Of the unit of `q`. */
  readonly exponent: bigint
  /** Whether something below that unit was cut off. */
  readonly inexact: boolean
}

/** The leading binary digits of a weight that is not zero: at least `bits + 1` of them, or all. */
const quotient = (w: Weight, bits: number): Quotient => {
  if (w.denominator === 1n) return { q: w.numerator, exponent: w.exponent, inexact: false }
  const shift = BigInt(bits + 1 - (bitLength(w.numerator) - bitLength(w.denominator)))
  const n = shift > 0n ? w.numerator << shift : w.numerator
  const d = shift < 0n ? w.denominator << -shift : w.denominator
  const q = n / d
  return { q, exponent: w.exponent - shift, inexact: q * d !== n }
}

/** `q` without its last `drop` digits, to nearest, ties to even. */
const nearest = ({ q, inexact }: Quotient, drop: number): bigint => {
  if (drop <= 0) return q << BigInt(-drop)
  const places = BigInt(drop)
  const kept = q >> places
  const cut = q - (kept << places)
  const half = 1n << (places - 1n)
  const up = cut > half || (cut === half && (inexact || (kept & 1n) === 1n))
  return up ? kept + 1n : kept
}

/** The nearest dyadic of at most `bits` significant digits, ties to even; the very same if it is one. */
export const rounded = (w: Weight, bits: number): Weight => {
  if (w.numerator === 0n) return zero
  const all = quotient(w, bits)
  const drop = bitLength(all.q) - bits
  if (w.denominator === 1n && drop <= 0) return w
  return make(nearest(all, drop), all.exponent + BigInt(drop), 1n)
}

const LEAST_EXPONENT = -1074
const SIGNIFICANT = 53

export const toNumber = (w: Weight): number => {
  if (w.numerator === 0n) return 0
  const top = scale(w)
  if (top > 1030n) return Number.POSITIVE_INFINITY
  if (top < -1080n) return 0
  const all = quotient(w, SIGNIFICANT + 1)
  const unit = Number(all.exponent)
  const last = Math.max(unit + bitLength(all.q) - SIGNIFICANT, LEAST_EXPONENT)
  return Number(nearest(all, last - unit)) * 2 ** last
}

/** The binary logarithm of a weight that is not zero, within `(1 + |log2 w|) · 2^-52`. */
export const log2 = (w: Weight): number => {
  const { numerator, exponent } = rounded(w, SIGNIFICANT)
  const places = bitLength(numerator)
  const mantissa = Number(numerator) / 2 ** (places - 1)
  // From √½ to √2, so that near 1, where the logarithm is small, nothing cancels.
  const [m, e] = mantissa > Math.SQRT2 ? [mantissa / 2, places] : [mantissa, places - 1]
  return Number(exponent + BigInt(e)) + Math.log2(m)
}

const view = new DataView(new ArrayBuffer(8))

/** A finite double that is not negative, exactly. */
export const fromDouble = (x: number): Weight => {
  if (x === 0) return zero
  view.setFloat64(0, x)
  const [high, low] = [view.getUint32(0), view.getUint32(4)]
  const biased = high >>> 20
  const upper = (high & 0xfffff) + (biased === 0 ? 0 : 0x100000)
  const zeros = low === 0 ? 63 - Math.clz32(upper & -upper) : 31 - Math.clz32(low & -low)
  const mantissa = (upper * 2 ** 32 + low) / 2 ** zeros
  return make(BigInt(mantissa), BigInt(Math.max(biased, 1) - 1075 + zeros), 1n)
}
