/** The sequence of one subject at one size, and what it is edited with. */
import { type Chance, chance } from '../../src/cli/job/chance.js'
import { line } from '../../src/cli/job/edits.js'
import type { Content, Peer } from './Peer.js'
import type { Kind } from './subjects.js'

const WEAR = 10_000

/** Bytes or UTF-16 code units that an edit of text or bytes inserts, replaces or deletes: a line. */
const LINE = 40

/** What is edited with is made beforehand; a power of two of it, taken in turn. */
const RUNS = 1024

export interface Fixture<S> {
  readonly peer: Peer<S>
  readonly kind: Kind
  readonly n: number
  readonly content: Content
  /** Elements that an edit inserts or deletes. */
  readonly step: number
  readonly run: (k: number) => Content
  readonly base: S
  /** After 10,000 edits, each made on the one before. */
  readonly worn: () => S
}

const SPREAD = 7919

const padded = (dice: Chance): string =>
  `${line(dice)
    .padEnd(LINE - 1, ' ')
    .slice(0, LINE - 1)}\n`

const record = (dice: Chance, i: number) => ({
  role: dice.pick(['user', 'assistant', 'tool'] as const),
  text: line(dice),
  at: i,
})

const noise = (dice: Chance, length: number): Uint8Array => Uint8Array.from({ length }, () => dice.below(256))

const contentOf = (kind: Kind, n: number, dice: Chance): Content => {
  switch (kind) {
    case 'items':
      return Array.from({ length: n }, (_, i) => (i * SPREAD) % 1_000_003)
    case 'records':
      return Array.from({ length: n }, (_, i) => record(dice, i))
    case 'text': {
      const lines: string[] = []
      for (let length = 0; length < n; length += LINE) lines.push(padded(dice))
      // Flat, as text from a file is.
      return Buffer.from(lines.join('').slice(0, n)).toString()
    }
    case 'bytes':
      return noise(dice, n)
  }
}

const runOf = (kind: Kind, k: number, dice: Chance): Content => {
  switch (kind) {
    case 'items':
      return [2_000_000 + k]
    case 'records':
      return [record(dice, k)]
    case 'text':
      return padded(dice)
    case 'bytes':
      return noise(dice, LINE)
  }
}

/** A position around the middle, a tenth of the sequence to both sides of it. */
export const middle = (dice: Chance, size: number): number =>
  Math.floor(size * 0.4) + dice.below(Math.ceil(size * 0.2))

const wear = <S>({ peer, base, run, step }: Omit<Fixture<S>, 'worn'>): S => {
  const dice = chance('wear')
  let worn = base
  for (let k = 0; k < WEAR; k++) {
    const at = dice.below(peer.size(worn) - step + 1)
    if (k % 3 === 0) worn = peer.set(worn, at, run(k))
    else worn = k % 3 === 1 ? peer.insert(worn, at, run(k)) : peer.remove(worn, at, step)
  }
  return worn
}

export const fixture = <S>(peer: Peer<S>, kind: Kind, n: number): Fixture<S> => {
  const dice = chance('sequence', kind, n)
  const content = contentOf(kind, n, dice)
  const runs = Array.from({ length: RUNS }, (_, k) => runOf(kind, k, dice))
  const own = {
    peer,
    kind,
    n,
    content,
    step: runs[0]!.length,
    run: (k: number) => runs[k & (RUNS - 1)]!,
    base: peer.build(content),
  }
  let worn: { readonly value: S } | undefined
  return { ...own, worn: () => (worn ??= { value: wear(own) }).value }
}
