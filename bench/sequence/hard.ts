/** Content that has few places to cut it at, or none; the worst that can be put into a sequence. */
import { type Chance, chance } from '../../src/cli/job/chance.js'
import { line } from '../../src/cli/job/edits.js'
import { CHUNK, mix } from '../../src/trie/internal/chunker.js'

/** The chunker's own table and window, which it keeps to itself. */
const WINDOW = 32
const GEAR = Int32Array.from({ length: 256 }, (_, i) => mix(i + 1))

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _'

const letter = (dice: Chance): number => ALPHABET.charCodeAt(dice.below(ALPHABET.length))

const step = (h: number, byte: number): number => ((h << 1) + GEAR[byte]!) >>> 0

/** A hash below this ends a chunk above the average size; below the average it takes a smaller one still. */
const END = 2 ** (32 - CHUNK.easy)

/** Letters at random, but for those that would end a chunk: every cut falls at the smallest hash of a window. */
export const uncut = (length: number): string => {
  const dice = chance('uncut')
  const bytes = Buffer.alloc(length)
  let h = 0
  for (let i = 0; i < length; i++) {
    let byte = letter(dice)
    while (step(h, byte) < END) byte = letter(dice)
    bytes[i] = byte
    h = step(h, byte)
  }
  return bytes.toString('latin1')
}

const RECORD = 2 * WINDOW

/**
 * Records that end in the same letters, of which the hash is the smallest that is anywhere, and still ends no chunk. So
 * every cut falls at the last record of a window: by length, as in constant content, but no two chunks are equal.
 */
export const records = (length: number): string => {
  const dice = chance('records')
  const seal = Buffer.alloc(WINDOW)
  let least = 0
  do {
    for (let i = 0; i < WINDOW; i++) seal[i] = letter(dice)
    least = seal.reduce(step, 0)
  } while (least < END || least > END * 1.1)
  const bytes = Buffer.alloc(Math.ceil(length / RECORD) * RECORD)
  const own = Buffer.alloc(RECORD)
  seal.copy(own, WINDOW)
  let before = 0
  for (let at = 0; at < bytes.length; at += RECORD) {
    for (let fits = false; !fits; ) {
      for (let i = 0; i < WINDOW; i++) own[i] = letter(dice)
      let h = before
      fits = own.every((byte, i) => {
        h = step(h, byte)
        return h >= END && (h > least || i === RECORD - 1)
      })
      if (fits) before = h
    }
    own.copy(bytes, at)
  }
  return bytes.toString('latin1')
}

const prose = (length: number): string => {
  const dice = chance('prose')
  let text = ''
  while (text.length < length) text += `${line(dice)}\n`
  return Buffer.from(text.slice(0, length)).toString()
}

const noise = (length: number): string => {
  const dice = chance('noise')
  return Buffer.from(Uint8Array.from({ length }, () => dice.below(128))).toString('latin1')
}

const PERIOD = 'a period of thirty-seven characters. '

export interface Hard {
  readonly name: string
  readonly content: (length: number) => string | ReadonlyArray<number>
  /** What is inserted. */
  readonly run: (k: number) => string | ReadonlyArray<number>
}

let made: string | undefined
const aRecord = (): string => (made ??= records(RECORD))

const aLine = (k: number): string => `${line(chance('inserted', k))}\n`

/** Bytes of an item's encoding and its place in a list, for whole numbers of four bytes. */
const ITEM = 13

export const hard: ReadonlyArray<Hard> = [
  { name: 'lines of a program', content: prose, run: aLine },
  { name: 'noise', content: noise, run: aLine },
  { name: `'a' repeated`, content: (length) => 'a'.repeat(length), run: aLine },
  {
    name: 'period of 37',
    content: (length) => PERIOD.repeat(Math.ceil(length / PERIOD.length)).slice(0, length),
    run: aLine,
  },
  { name: 'nothing ends a chunk', content: uncut, run: aLine },
  { name: 'records, no cut holds', content: records, run: () => aRecord() },
  {
    name: 'numbers',
    content: (length) => Array.from({ length: Math.floor(length / ITEM) }, (_, i) => 100_000 + i),
    run: (k) => [k],
  },
  {
    name: 'one number repeated',
    content: (length) => new Array<number>(Math.floor(length / ITEM)).fill(100_000),
    run: (k) => [k],
  },
]
