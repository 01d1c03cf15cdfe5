/** How fast bytes are cut, beside how fast they are copied and hashed. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chance } from '../../src/cli/job/chance.js'
import { Hasher, Sequence } from '../../src/index.js'
import { cutBytes } from '../../src/trie/internal/chunker.js'
import { OURS, type Row } from '../Bench.js'
import { interleave, local, median, plan, repeat } from '../measure.js'

const MILLION = 1e6

/** Sources of an installed package, one after the other, as often as it takes. */
const sources = (length: number): Uint8Array => {
  const directory = dirname(fileURLToPath(import.meta.resolve('effect')))
  const names = readdirSync(directory).filter((name) => name.endsWith('.js') || name.endsWith('.d.ts'))
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length; )
    for (const name of names) at += readFileSync(join(directory, name)).copy(bytes, at)
  return bytes
}

const noise = (length: number): Uint8Array => {
  const dice = chance('throughput')
  const part = Uint8Array.from({ length: MILLION }, () => dice.below(256))
  const bytes = new Uint8Array(length)
  // A prime shift in each copy, so that none is cut like the one before by more than chance.
  for (let at = 0; at < length; at += part.length - 1009)
    bytes.set(part.subarray(0, Math.min(part.length, length - at)), at)
  return bytes
}

const cutAll = (bytes: Uint8Array, whole: boolean): number => {
  let chunks = 0
  for (let at = 0; at < bytes.length; chunks++) at = cutBytes(bytes, at, bytes.length, true, whole)
  return chunks
}

const BLOCK = 2048

const hashAll = (bytes: Uint8Array): string => {
  let last = ''
  for (let at = 0; at < bytes.length; at += BLOCK) last = Hasher.hash(bytes.subarray(at, at + BLOCK))
  return last
}

export const MEMCPY = 'memcpy'
export const HASH = 'hash of blocks'

export const throughput = async (
  length: number,
  quick: boolean,
  report: (row: Row) => void,
): Promise<void> => {
  await Hasher.ready()
  const settings = { ...plan(quick), warmMs: 500 }
  for (const [name, bytes, whole] of [
    ['program text', sources(length), true],
    ['random bytes', noise(length), false],
  ] as const) {
    const target = new Uint8Array(length)
    const measure = async (metric: string, work: Readonly<Record<string, () => unknown>>): Promise<void> => {
      const timings = await interleave(
        Object.entries(work).map(([subject, one]) => local(subject, repeat(one))),
        settings,
      )
      for (const [subject, all] of timings) {
        const value = length / MILLION / (median(all.map(({ cpu }) => cpu)) / 1e9)
        report({ bench: 'sequence', subject, n: length, metric: `${metric}, ${name}`, unit: 'MB/s', value })
      }
    }
    await measure('chunking', {
      [OURS]: () => cutAll(bytes, whole),
      [MEMCPY]: () => target.set(bytes),
      [HASH]: () => hashAll(bytes),
    })
    const text = whole ? Buffer.from(bytes).toString() : null
    await measure('tree and digest', {
      [OURS]: () => {
        if (text === null) return Sequence.digest(Sequence.fromBytes(bytes))
        const made = Sequence.fromText(text)
        return made._tag === 'Right' ? Sequence.digest(made.right) : made
      },
    })
  }
}
