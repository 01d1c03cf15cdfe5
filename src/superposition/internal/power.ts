/**
 * Powers whose value is irrational, rounded in a stated way. `half` is integer arithmetic alone: the same everywhere, and
 * monotone, which no floating-point `exp` promises.
 */
import { fromDouble, log2, make, type Weight } from './rational.js'

/** Binary places of the working precision. */
const PLACES = 160n

const UNIT = 1n << PLACES

/** Binary places of the exponent. */
const FRACTION = 64

/** ⌊√n⌋ by Newton's iteration from above. */
const root = (n: bigint): bigint => {
  let x = 1n << BigInt((n.toString(16).length * 4) >> 1)
  x <<= 1n
  for (;;) {
    const next = (x + n / x) >> 1n
    if (next >= x) return x
    x = next
  }
}

let table: ReadonlyArray<bigint> | null = null

/** 2^(−2^−k) for k = 1 … 64. */
const roots = (): ReadonlyArray<bigint> => {
  if (table !== null) return table
  const made: Array<bigint> = []
  let x = UNIT >> 1n
  for (let k = 0; k < FRACTION; k++) made.push((x = root(x << PLACES)))
  return (table = made)
}

/**
 * `2^(−n/d)` for integers `n ≥ 0`, `d ≥ 1`: exact where `d` divides `n`, within a factor of `1 ± 2^-63` elsewhere, and
 * never larger for a larger `n/d`: one unit of the exponent's fraction weighs 2^80 times what the products round off.
 */
export const half = (n: bigint, d: bigint): Weight => {
  const whole = n / d
  const fraction = ((n - whole * d) << BigInt(FRACTION)) / d
  if (fraction === 0n) return make(1n, -whole, 1n)
  let product = UNIT
  const factors = roots()
  for (let k = 0; k < FRACTION; k++) {
    if (((fraction >> BigInt(FRACTION - 1 - k)) & 1n) === 1n) product = (product * factors[k]!) >> PLACES
  }
  return make(product >> (PLACES - 128n), -whole - 128n, 1n)
}

/** ⌊ln 2 · 2^128⌋. */
const LN2 = 0xb17217f7d1cf79abc9e3b39803f2f6afn

/** `e^x` for `|x| ≤ 2^53`, within a factor of `1 ± 2^-50`, whatever its size. */
export const exponential = (x: number): Weight => {
  const { numerator, exponent } = fromDouble(Math.abs(x))
  const size = exponent >= -128n ? numerator << (exponent + 128n) : numerator >> (-128n - exponent)
  const fixed = x < 0 ? -size : size
  const k = fixed / LN2
  const rest = Number(fixed - k * LN2) / 2 ** 128
  const power = fromDouble(Math.exp(rest))
  return make(power.numerator, power.exponent + k, 1n)
}

const FARTHEST = 2 ** 53

/** `w^β` of a weight that is not zero, within a factor of `1 ± (1 + β + |β · log2 w|) · 2^-48`, between `2^±(2^53)`. */
export const power = (w: Weight, beta: number): Weight => {
  const logarithm = Math.max(-FARTHEST, Math.min(FARTHEST, beta * log2(w)))
  const whole = Math.round(logarithm)
  const { numerator, exponent } = fromDouble(2 ** (logarithm - whole))
  return make(numerator, exponent + BigInt(whole), 1n)
}
