/** What canonical bytes cost to write and to read, by the shape of the value. */
import * as dagCbor from '@ipld/dag-cbor'
import { right } from 'fp-ts/lib/Either.js'
import { CID } from 'multiformats/cid'
import { attempt, Reader } from '../src/data/internal/reader.js'
import { Writer } from '../src/data/internal/writer.js'
import { Linkable } from '../src/data/Linkable.js'
import { Codec, Digest, type Value } from '../src/index.js'
import { type Bench, OURS, type Row } from './Bench.js'
import { type Contestant, interleave, local, median, plan, repeat } from './measure.js'

const DAG_CBOR = '@ipld/dag-cbor'
const JSON_TEXT = 'JSON'
const FAN_OUT = 16

// A linear congruential generator (Numerical Recipes): the same input in each run, on each machine.
const random = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
}

const next = random(7)

const word = (length: number): string =>
  String.fromCharCode(...Array.from({ length }, () => 97 + Math.floor(next() * 26)))

/** Flat text, as it comes from a file or a socket, and not a rope of its words. */
const text = (length: number): string => {
  let joined = ''
  while (joined.length < length) joined += `${word(2 + Math.floor(next() * 8))} `
  return Buffer.from(joined.slice(0, length)).toString()
}

const shapes = (): Readonly<Record<string, Value.Value>> => ({
  'small record': { role: 'assistant', name: 'planner', step: 17, score: 0.75, done: false },
  'map of 32': Object.fromEntries(
    Array.from({ length: 32 }, (_, i) => [word(4 + Math.floor(next() * 8)), i * 1000]),
  ),
  'message history': Array.from({ length: 50 }, (_, i) => ({
    role: i % 2 === 0 ? 'assistant' : 'user',
    content: text(120),
    at: 1_700_000_000_000 + i * 1000,
    id: i,
    tool: i % 5 === 0 ? { name: 'search', args: { query: text(20), limit: 10 } } : null,
  })),
  'text of 10 KB': text(10 * 1024),
  'nested JSON': {
    name: 'coppice',
    version: '1.0.0',
    nested: {
      list: [1, 2, 3, { flags: [true, false, null, 'x'] }],
      'deep-key': { deeper: { deepest: [1.5, 2.5, -3] } },
    },
    dependencies: Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`dep-${word(6)}`, `^${i}.2.3`])),
    files: Array.from({ length: 10 }, () => ({
      path: `/src/${word(8)}.ts`,
      size: Math.floor(next() * 1e5),
      hash: word(32),
    })),
    unicode: 'žluťoučký kůň 漢字 🎉',
  },
})

class Branch extends Linkable {
  readonly digest: Digest.Digest
  constructor(digest: Digest.Digest) {
    super()
    this.digest = digest
  }
}

const insist = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(what)
}

export const bench: Bench = {
  name: 'codec',
  question: 'What do canonical bytes cost to write and to read?',
  notes: [
    'n is the size in bytes; ns are CPU time of one call. All bytes were checked to be the same before the clock started. coppice is',
    'Codec.encode and Codec.decode, with all their checks; decode answers deeply frozen values. The block of 16 links',
    'goes through the trie’s own writer and reader. JSON gives the scale: its bytes are not canonical.',
  ],
  yardsticks: [JSON_TEXT],
  run: async ({ quick }, report) => {
    const settings = plan(quick)
    const measure = async (
      n: number,
      metric: string,
      contestants: ReadonlyArray<Contestant>,
    ): Promise<void> => {
      for (const [subject, all] of await interleave(contestants, settings)) {
        const value = median(all.map(({ cpu }) => cpu))
        report({ bench: 'codec', subject, n, metric, unit: 'ns', value } satisfies Row)
      }
    }
    for (const [name, value] of Object.entries(shapes())) {
      const bytes = Uint8Array.from(dagCbor.encode(value))
      const ours = Codec.encode(value)
      insist(ours._tag === 'Right' && Buffer.compare(ours.right, bytes) === 0, `the bytes of ${name} differ`)
      insist(Codec.decode(bytes)._tag === 'Right', `${name} is not read back`)
      const json = JSON.stringify(value)
      await measure(bytes.length, `encode ${name}`, [
        local(
          OURS,
          repeat(() => Codec.encode(value)),
        ),
        local(
          DAG_CBOR,
          repeat(() => dagCbor.encode(value)),
        ),
        local(
          JSON_TEXT,
          repeat(() => JSON.stringify(value)),
        ),
      ])
      await measure(bytes.length, `decode ${name}`, [
        local(
          OURS,
          repeat(() => Codec.decode(bytes)),
        ),
        local(
          DAG_CBOR,
          repeat(() => dagCbor.decode(bytes)),
        ),
        local(
          JSON_TEXT,
          repeat(() => JSON.parse(json)),
        ),
      ])
    }
    const branches = Array.from(
      { length: FAN_OUT },
      () => new Branch(Digest.fromBytes(Uint8Array.from({ length: Digest.SIZE }, () => next() * 256))),
    )
    const cids = branches.map(({ digest }) => CID.parse(Digest.toCid(digest)))
    const writer = new Writer()
    const write = (): Uint8Array => {
      writer.reset()
      writer.value(branches)
      return writer.take()
    }
    const bytes = write()
    insist(Buffer.compare(dagCbor.encode(cids), bytes) === 0, 'the bytes of the links differ')
    const open = (digest: Digest.Digest): Linkable => new Branch(digest)
    await measure(bytes.length, 'encode 16 links', [
      local(OURS, repeat(write)),
      local(
        DAG_CBOR,
        repeat(() => dagCbor.encode(cids)),
      ),
    ])
    await measure(bytes.length, 'decode 16 links', [
      local(
        OURS,
        repeat(() => attempt(() => new Reader(bytes).value(open))),
      ),
      local(
        DAG_CBOR,
        repeat(() => right(dagCbor.decode(bytes))),
      ),
    ])
  },
}
