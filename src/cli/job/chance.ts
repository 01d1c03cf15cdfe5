/**
 * Seeded chance: the same key gives the same numbers on every machine, and streams of different keys are independent.
 */

export interface Chance {
  /** A whole number from 0 to `n` − 1. */
  readonly below: (n: number) => number
  /** True with a probability from 0 to 1. */
  readonly happens: (probability: number) => boolean
  readonly pick: <A>(items: readonly [A, ...A[]]) => A
}

const RANGE = 2 ** 32

/** FNV-1a over UTF-16 code units, with a last round that spreads what the last units did. */
const spread = (key: string, start: number): number => {
  let h = start
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

// sfc32 (C. Doty-Humphrey, PractRand): 128 bits of state, so that thousands of streams do not meet.
export const chance = (...parts: ReadonlyArray<string | number>): Chance => {
  const key = parts.join('\u0000')
  let a = spread(key, 0x811c9dc5)
  let b = spread(key, 0x9e3779b9)
  let c = spread(key, 0x243f6a88)
  let counter = 1
  const next = (): number => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + result) | 0
    return result >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  return {
    below: (n) => Math.floor((next() / RANGE) * n),
    happens: (probability) => next() / RANGE < probability,
    pick: (items) => items[Math.floor((next() / RANGE) * items.length)]!,
  }
}
