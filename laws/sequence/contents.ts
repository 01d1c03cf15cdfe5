/**
 * Contents that have broken chunkers: constant, periodic, made so that no cut comes by itself, characters of every
 * width, items on both sides of what makes a block.
 *
 * They are drawn as a shape, a size and a seed, so that megabytes cost a draw three numbers.
 */
import fc from 'fast-check'
import { CHUNK, ITEMS, mix } from '../../src/trie/internal/chunker.js'

/** A source of chance: whole numbers below `n`, the same for the same seed. */
export type Chance = (n: number) => number

export const chanceOf = (seed: number): Chance => {
  let x = seed | 1
  return (n) => {
    x = (Math.imul(x, 0x41c64e6d) + 12345) | 0
    return (mix(x) >>> 0) % n
  }
}

/** `size` is about the bytes that the content takes. */
type Shape<R> = (chance: Chance, size: number) => R

/** Bytes at which the rolling hash never has the zeros of a cut. */
const uncutBytes = (chance: Chance, size: number, from: number, to: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  let h = 0
  for (let i = 0; i < size; ) {
    const byte = from + chance(to - from)
    const next = ((h << 1) + mix(byte + 1)) | 0
    if (next >>> (32 - CHUNK.easy) === 0) continue
    h = next
    bytes[i++] = byte
  }
  return bytes
}

const repeated = (unit: string, size: number): string =>
  unit.repeat(Math.ceil(size / unit.length)).slice(0, size)

const drawn = (chance: Chance, size: number, units: ReadonlyArray<string>): string => {
  const all: Array<string> = []
  for (let i = 0; i < size; i += 3) all.push(units[chance(units.length)]!)
  return all.join('')
}

const letters = 'etaoin shrdlu,\n'
const PERIOD = 'a period of thirty-seven characters. '

export const textShapes: Readonly<Record<string, Shape<string>>> = {
  random: (chance, size) => Array.from({ length: size }, () => letters[chance(letters.length)]).join(''),
  constant: (_, size) => 'x'.repeat(size),
  periodic: (_, size) => repeated(PERIOD, size),
  lines: (chance, size) =>
    Array.from({ length: Math.ceil(size / 24) }, (_, i) => `line ${i}: ${chance(1e6)} words\n`).join(''),
  unicode: (chance, size) => drawn(chance, size, ['a', 'é', '漢', '🎉', 'e\u0301', '\ufeff', '\u{10ffff}']),
  pairs: (chance, size) => drawn(chance, size, ['😀', '😁', '🎉', '\u{1f0a1}']),
  wide: (_, size) => '漢'.repeat(size / 3),
  uncut: (chance, size) => String.fromCharCode(...uncutBytes(chance, Math.min(size, 50_000), 32, 127)),
}

export const byteShapes: Readonly<Record<string, Shape<Uint8Array>>> = {
  random: (chance, size) => Uint8Array.from({ length: size }, () => chance(256)),
  constant: (_, size) => new Uint8Array(size),
  periodic: (_, size) => Uint8Array.from({ length: size }, (_, i) => i % 37),
  uncut: (chance, size) => uncutBytes(chance, size, 0, 256),
}

const roles = ['user', 'assistant', 'tool']

const message = (chance: Chance, i: number): unknown => ({
  role: roles[chance(3)],
  i,
  content: 'word '.repeat(1 + chance(90)),
})

const easy = (n: number): boolean => mix(n) >>> 0 < 64 * 2 ** (32 - ITEMS.easy)

export const itemShapes: Readonly<Record<string, Shape<ReadonlyArray<unknown>>>> = {
  numbers: (chance, size) => Array.from({ length: size / 4 }, () => chance(1e6)),
  constant: (_, size) => new Array<number>(Math.floor(size / 4)).fill(7),
  periodic: (_, size) => Array.from({ length: size / 4 }, (_, i) => i % 37),
  messages: (chance, size) => Array.from({ length: size / 300 }, (_, i) => message(chance, i)),
  big: (chance, size) =>
    Array.from({ length: size / 3000 }, () => [
      chance(9),
      'big '.repeat(100 + chance(3000)),
      new Uint8Array(300),
    ]),
  mixed: (chance, size) =>
    Array.from(
      { length: size / 8 },
      (_, i) => [null, true, 'é', 0.5, new Uint8Array(3), [], { i }][chance(7)],
    ),
  uncut: (chance, size) => {
    const items: Array<number> = []
    while (items.length < size / 4) {
      const n = chance(1e6)
      if (!easy(n)) items.push(n)
    }
    return items
  },
  // Around the size up to which a list stands in its parent, with items that end chunks.
  short: (chance, size) => {
    const ends = Array.from({ length: 256 }, (_, n) => n).filter(
      (n) => mix(n) >>> 0 < 9 * 2 ** (32 - ITEMS.hard),
    )
    return Array.from({ length: 60 + (size % 200) }, () =>
      chance(9) === 0 && ends.length > 0 ? ends[chance(ends.length)] : chance(20),
    )
  },
}

/** Contents of about `sizes` bytes in every shape. */
export const contents = <R>(
  shapes: Readonly<Record<string, Shape<R>>>,
  sizes: fc.Arbitrary<number>,
): fc.Arbitrary<R> =>
  fc
    .tuple(fc.constantFrom(...Object.keys(shapes)), sizes, fc.nat())
    .map(([shape, size, seed]) => shapes[shape]!(chanceOf(seed), size))

/** Nothing, less than a chunk, and some chunks. */
export const sizes: fc.Arbitrary<number> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat(600) },
  { weight: 4, arbitrary: fc.nat(30_000) },
)

/** Levels of knots. */
export const bigSizes: fc.Arbitrary<number> = fc.integer({ min: 100_000, max: 600_000 })
