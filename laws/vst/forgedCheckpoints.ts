/**
 * Blocks that look like checkpoints and are none, and histories that no commits make.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Digest, fromBytes } from '../../src/data/Digest.js'
import { Writer } from '../../src/data/internal/writer.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import type { Store } from '../../src/store/Store.js'
import { write } from '../../src/vst/internal/checkpointBlock.js'

const named = (n: number): Digest => fromBytes(new Uint8Array(32).fill(n))

interface Parts {
  readonly length?: number
  readonly kind?: number
  readonly parents?: ReadonlyArray<Digest>
  readonly generation?: (writer: Writer) => void
  readonly time?: (writer: Writer) => void
  readonly message?: string
  readonly metadata?: (writer: Writer) => void
}

const forged = (parts: Parts): Uint8Array => {
  const writer = new Writer()
  const parents = parts.parents ?? [named(2)]
  writer.arrayHeader(parts.length ?? 8)
  writer.uint(parts.kind ?? 6)
  writer.link(named(1))
  writer.arrayHeader(parents.length)
  for (const parent of parents) writer.link(parent)
  if (parts.generation === undefined) writer.uint(parents.length === 0 ? 0 : 1)
  else parts.generation(writer)
  writer.text(parts.message ?? 'm')
  writer.text('a')
  if (parts.time === undefined) writer.number(1)
  else parts.time(writer)
  if (parts.metadata === undefined) writer.mapHeader(0)
  else parts.metadata(writer)
  return writer.take()
}

const sound = forged({})

/** The first is sound, so that the others are refused for what is wrong with them. */
export const soundBlock: Uint8Array = sound

export const forgeries: ReadonlyArray<{ readonly name: string; readonly bytes: Uint8Array }> = [
  { name: 'a block of another kind', bytes: forged({ kind: 5 }) },
  { name: 'a block of a later kind', bytes: forged({ kind: 7 }) },
  { name: 'a block of more parts', bytes: forged({ length: 9, metadata: (w) => [w.nil(), w.nil()] }) },
  { name: 'a parent twice', bytes: forged({ parents: [named(2), named(2)] }) },
  { name: 'a state that is a parent', bytes: forged({ parents: [named(1)] }) },
  {
    name: 'too many parents',
    bytes: forged({ parents: Array.from({ length: 65 }, (_, i) => named(i + 2)) }),
  },
  { name: 'a beginning with a parent', bytes: forged({ generation: (w) => w.uint(0) }) },
  { name: 'a generation without parents', bytes: forged({ parents: [], generation: (w) => w.uint(1) }) },
  { name: 'a negative generation', bytes: forged({ generation: (w) => w.number(-1) }) },
  { name: 'half a millisecond', bytes: forged({ time: (w) => w.number(0.5) }) },
  { name: 'a time beyond counting', bytes: forged({ time: (w) => w.number(2 ** 60) }) },
  { name: 'a time in words', bytes: forged({ time: (w) => w.text('now') }) },
  { name: 'metadata with a link', bytes: forged({ metadata: (w) => w.link(named(9)) }) },
  { name: 'a message beyond the limit', bytes: forged({ message: 'm'.repeat(20_000) }) },
  { name: 'trailing bytes', bytes: Uint8Array.from([...sound, 0]) },
  { name: 'a truncated block', bytes: sound.slice(0, -1) },
  { name: 'nothing', bytes: new Uint8Array(0) },
]

/** A store that is trusted and lies: what it answers need not match the digest. */
const lying = (blocks: ReadonlyMap<Digest, Uint8Array>): Store => ({
  ...MemoryStore.make(),
  trusted: true,
  read: (digests) => () => E.right(digests.map((digest) => blocks.get(digest))),
})

const block = (parents: ReadonlyArray<number>, generation: number): Uint8Array =>
  write({
    state: named(99),
    parents: parents.map(named),
    generation,
    message: '',
    author: '',
    time: 0,
    metadata: {},
  })

const histories: Readonly<Record<string, ReadonlyArray<readonly [number, ReadonlyArray<number>, number]>>> = {
  'a cycle of one': [[1, [1], 1]],
  'a cycle of two': [
    [1, [2], 2],
    [2, [1], 1],
  ],
  'a cycle of two of one generation': [
    [1, [2], 1],
    [2, [1], 1],
  ],
  'a cycle further down': [
    [1, [2], 9],
    [2, [3], 8],
    [3, [4, 5], 7],
    [4, [2], 6],
    [5, [], 0],
  ],
  'a parent of a later generation': [
    [1, [2], 1],
    [2, [3], 4],
    [3, [], 0],
  ],
}

export interface Lie {
  readonly name: string
  readonly store: Store
  readonly tip: Digest
  readonly other: Digest
}

/** The last checkpoint of each is apart from all others, so that a search for common ancestors has to go on. */
export const lyingHistories: ReadonlyArray<Lie> = Object.entries(histories).map(([name, checkpoints]) => ({
  name,
  store: lying(
    new Map([
      ...checkpoints.map(([n, parents, generation]) => [named(n), block(parents, generation)] as const),
      [named(50), block([], 0)] as const,
    ]),
  ),
  tip: named(1),
  other: named(50),
}))
