/** The three kinds of sequence, each with its model: plain arrays, strings and bytes. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type * as Sequence from '../../src/trie/Sequence.js'
import { bytes, texts, values } from '../arbitraries.js'
import { bigSizes, byteShapes, contents, itemShapes, sizes, textShapes } from './contents.js'

/** What the laws ask of an implementation. */
export type Sequences = Pick<
  typeof Sequence,
  | 'fromItems'
  | 'fromText'
  | 'fromBytes'
  | 'emptyItems'
  | 'emptyText'
  | 'emptyBytes'
  | 'get'
  | 'toRun'
  | 'elements'
  | 'reduce'
  | 'digest'
  | 'splice'
  | 'insert'
  | 'remove'
  | 'append'
  | 'prepend'
  | 'slice'
  | 'concat'
  | 'map'
  | 'getEq'
  | 'getMonoid'
  | 'Functor'
  | 'Foldable'
>

/** A sequence of any kind, and its content: what they hold is up to the kind. */
export type Seq = Sequence.Sequence<Sequence.Content>
export type Run = Sequence.Content

export interface Kind {
  readonly name: 'items' | 'text' | 'bytes'
  readonly make: (subject: Sequences, run: Run) => Seq
  readonly empty: (subject: Sequences) => Seq
  /** A few elements. */
  readonly short: fc.Arbitrary<Run>
  /** Up to some chunks, and levels of them. */
  readonly runs: fc.Arbitrary<Run>
  readonly big: fc.Arbitrary<Run>
  readonly join: (...runs: ReadonlyArray<Run>) => Run
}

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(`refused: ${JSON.stringify(either.left)}`)
  return either.right
}

const items: Kind = {
  name: 'items',
  make: (subject, run) => right(subject.fromItems(run as never)) as unknown as Seq,
  empty: (subject) => subject.emptyItems() as unknown as Seq,
  short: fc.array(values, { maxLength: 4 }),
  runs: contents(itemShapes, sizes),
  big: contents(itemShapes, bigSizes),
  join: (...runs) => (runs as ReadonlyArray<ReadonlyArray<unknown>>).flatMap((run) => [...run]),
}

const text: Kind = {
  name: 'text',
  make: (subject, run) => right(subject.fromText(run as string)) as unknown as Seq,
  empty: (subject) => subject.emptyText as unknown as Seq,
  short: texts,
  runs: contents(textShapes, sizes),
  big: contents(textShapes, bigSizes),
  join: (...runs) => runs.join(''),
}

const ofBytes: Kind = {
  name: 'bytes',
  make: (subject, run) => subject.fromBytes(run as Uint8Array) as unknown as Seq,
  empty: (subject) => subject.emptyBytes as unknown as Seq,
  short: bytes,
  runs: contents(byteShapes, sizes),
  big: contents(byteShapes, bigSizes),
  join: (...runs) => new Uint8Array(Buffer.concat(runs as ReadonlyArray<Uint8Array>)),
}

export const kinds: ReadonlyArray<Kind> = [items, text, ofBytes]

/** A position of a run that is not inside a character, near a share of its length. */
export const placeIn = (run: Run, share: number): number => {
  const at = Math.min(run.length, Math.floor(share * (run.length + 1)))
  return isInside(run, at) ? at - 1 : at
}

/** Whether a position stands between the two halves of a character. */
export const isInside = (run: Run, at: number): boolean => {
  if (typeof run !== 'string' || at <= 0 || at >= run.length) return false
  const unit = run.charCodeAt(at)
  return unit >= 0xdc00 && unit < 0xe000
}

/** Shares of a length, often its ends. */
export const shares: fc.Arbitrary<number> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(0, 1) },
  { weight: 4, arbitrary: fc.nat(2 ** 30).map((n) => n / 2 ** 30) },
)
