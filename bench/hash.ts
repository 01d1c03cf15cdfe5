/** What a digest costs, by the size of the block. */
import { createHash } from 'node:crypto'
import { blake3 } from '@noble/hashes/blake3.js'
import { createBLAKE3 } from 'hash-wasm'
import { Digest, Hasher } from '../src/index.js'
import { type Bench, OURS } from './Bench.js'
import { interleave, local, median, plan } from './measure.js'

const KIB = 1024

/** Bytes: a small leaf, a usual block, a whole BLAKE3 chunk, and a large import. */
const sizes = [64, 700, KIB, KIB * KIB] as const

/** Inputs are taken in turn, so that no hasher profits from one that it has just read. */
const INPUTS = 16

const inputs = (size: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: INPUTS }, (_, k) =>
    Uint8Array.from({ length: size }, (_, i) => (i * 31 + k * 7) & 0xff),
  )

const each =
  (blobs: ReadonlyArray<Uint8Array>, hash: (bytes: Uint8Array) => unknown) =>
  (count: number): unknown => {
    let last: unknown
    for (let i = 0; i < count; i++) last = hash(blobs[i % INPUTS]!)
    return last
  }

export const bench: Bench = {
  name: 'hash',
  question: 'What does the digest of a block cost?',
  notes: [
    'ns are CPU time of a digest of n bytes. coppice is Hasher.hash once the WebAssembly hasher is ready: hash-wasm, and the',
    'digest as a string key; noble and hash-wasm answer bytes. SHA-256 and BLAKE2b of node:crypto give the scale.',
  ],
  yardsticks: ['sha256', 'blake2b'],
  run: async ({ quick }, report) => {
    const settings = plan(quick)
    const { name } = await Hasher.ready()
    if (name !== 'wasm') throw new Error('the WebAssembly hasher did not start')
    const engine = await createBLAKE3()
    const subjects: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
      [OURS]: Hasher.hash,
      noble: (bytes) => blake3(bytes),
      'hash-wasm': (bytes) => engine.init().update(bytes).digest('binary'),
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      blake2b: (bytes) => createHash('blake2b512').update(bytes).digest(),
    }
    for (const n of sizes) {
      const blobs = inputs(n)
      for (const bytes of blobs) {
        if (Hasher.hash(bytes) !== Digest.fromBytes(blake3(bytes)))
          throw new Error(`digests of ${n} bytes differ`)
      }
      const timings = await interleave(
        Object.entries(subjects).map(([subject, hash]) => local(subject, each(blobs, hash))),
        settings,
      )
      for (const [subject, all] of timings) {
        const value = median(all.map(({ cpu }) => cpu))
        report({ bench: 'hash', subject, n, metric: 'digest', unit: 'ns', value })
      }
    }
  },
}
