/**
 * The laws of streams: what goes in piece by piece is what goes in at once, and comes out again.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as Stream from '../../src/branch/Stream.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import { values } from '../arbitraries.js'
import { type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'
import { get, operations, world } from './Subject.js'

/** What the laws ask of an implementation. */
export type Streams = Pick<typeof Stream, 'into' | 'outOf'>

/** A whole, and the pieces that it comes in. */
interface Given {
  readonly kind: Stream.Kind
  readonly whole: unknown
  readonly pieces: ReadonlyArray<unknown>
}

const texts: fc.Arbitrary<Given> = fc
  .tuple(
    fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 12 }),
    fc.integer({ min: 1, max: 200 }),
  )
  .map(([parts, times]) => {
    const whole = parts.join(' ').repeat(times)
    // Pieces of seven units: they part characters too.
    const pieces = Array.from({ length: Math.ceil(whole.length / 7) }, (_, i) =>
      whole.slice(i * 7, i * 7 + 7),
    )
    return { kind: 'text', whole, pieces }
  })

const bytes: fc.Arbitrary<Given> = fc
  .tuple(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 100 }))
  .map(([part, times]) => ({
    kind: 'bytes',
    whole: Uint8Array.from({ length: part.length * times }, (_, i) => part[i % part.length]!),
    pieces: Array.from({ length: times }, () => part),
  }))

const lists: fc.Arbitrary<Given> = fc
  .tuple(
    fc.array(fc.array(fc.oneof(values, fc.nat()), { maxLength: 30 }), { maxLength: 20 }),
    fc.nat({ max: 20 }),
  )
  .map(([pieces, more]) => {
    const all = [
      ...pieces,
      ...Array.from({ length: more }, (_, i) => Array.from({ length: 20 }, (_, k) => i * k)),
    ]
    return { kind: 'list', whole: all.flat(), pieces: all }
  })

const streamed = async (subject: Streams, { kind, whole, pieces }: Given): Promise<ReadonlyArray<IsEq>> => {
  const run = world(0)
  const root = operations.root(run.components)(State.empty)()
  const done = await subject.into(['at'], kind, pieces)(root)()
  get(operations.flush(run.components))
  run.store.collect()
  const plain = State.set(['at'], whole)(State.empty)
  let out = kind === 'bytes' ? 0 : ''
  for await (const part of subject.outOf(['at'])(root)) {
    if (E.isRight(part))
      out = typeof out === 'number' ? out + part.right.length : out + (part.right as string)
  }
  return [
    isEq<unknown>(done, E.right((whole as { readonly length: number }).length)),
    isEq(State.digest(get(operations.read(root))), State.digest(get(Fetch.run(run.store)(plain)))),
    isEq<unknown>(kind === 'list' ? whole : out, kind === 'bytes' ? (whole as Uint8Array).length : whole),
  ]
}

export const streamLaws = (name: string, subject: Streams): Suite =>
  suite(name, [
    lawAsync('a streamed text is the text', [texts], (given) => streamed(subject, given)),
    lawAsync('streamed bytes are the bytes', [bytes], (given) => streamed(subject, given)),
    lawAsync('a streamed list is the list', [lists], (given) => streamed(subject, given)),
  ])

/** Broken streams, which every law rejects. */
export const brokenStreams: Readonly<Record<string, Streams>> = {
  'loses the last piece': {
    ...Stream,
    into: (path, kind, source) => Stream.into(path, kind, [...(source as Iterable<unknown>)].slice(0, -1)),
  },
  'takes the pieces backwards': {
    ...Stream,
    into: (path, kind, source) => Stream.into(path, kind, [...(source as Iterable<unknown>)].reverse()),
  },
}
