/** `coppice stats`: what the store holds, how often, and who shares it. */
import type { Digest } from '../../data/Digest.js'
import { hash } from '../../data/Hasher.js'
import * as Census from '../../store/Census.js'
import { type CommandModule, examples } from '../command.js'
import { tipsOf } from '../names.js'
import { columns, count, lines, percent, printable, size } from '../output.js'
import { percentiles } from '../percentiles.js'
import type { Session } from '../session.js'
import { sharingOf } from '../sharing.js'
import { orStop } from '../stop.js'

/** Blocks whose reading is timed at most. */
const TIMED = 1000

interface Measured {
  readonly sizes: ReadonlyArray<number>
  /** Microseconds to read a block and check it against its digest. */
  readonly reads: ReadonlyArray<number>
}

const measured = ({ store }: Session, blocks: number): Measured => {
  const sizes: Array<number> = []
  const sample: Array<Digest> = []
  const step = Math.max(1, Math.ceil(blocks / TIMED))
  for (const one of store.blocks()) {
    const [digest, bytes] = orStop(one)
    if (sizes.length % step === 0) sample.push(digest)
    sizes.push(bytes.length)
  }
  // The first times are those of a program that has just begun.
  const reads = [...sample, ...sample].map((digest) => {
    const began = performance.now()
    const bytes = orStop(store.read([digest])())[0]
    if (bytes !== undefined) hash(bytes)
    return 1000 * (performance.now() - began)
  })
  return { sizes, reads: reads.slice(sample.length) }
}

const microseconds = (n: number): string => `${n.toFixed(1)} µs`

export const define: CommandModule['define'] = (command, acting) => {
  examples(command, ['stats', 'stats --json'])
  command.action(
    acting(({ opened }) =>
      opened(async (session) => {
        const stats = orStop(session.store.stats())
        const census = orStop(Census.census(session.store)())
        const { sizes, reads } = measured(session, stats.blocks)
        const heads = tipsOf(session)
        const sharing = sharingOf(session, heads)
        const dedup = census.logical === 0 ? 0 : 1 - census.unique / census.logical
        const [blockBytes, readTimes] = [percentiles(sizes), percentiles(reads)]
        const together = sharing.shares.reduce((sum, { bytes }) => sum + bytes, 0)
        return {
          json: {
            ...stats,
            dedup,
            logicalBytes: census.logical,
            sharedBlocks: census.shared,
            byReferences: census.byReferences,
            blockBytes,
            readMicroseconds: readTimes,
            heads: sharing.shares.map(({ name, ...share }) => ({ head: name, ...share })),
            headBytes: { together, stored: sharing.bytes },
          },
          text: lines([
            `${count(stats.blocks, 'block')}, ${size(stats.bytes)}; the file has ${size(stats.fileBytes)}`,
            ...(stats.packs.packs > 0
              ? [`${count(stats.packs.packs, 'pack')} in it, of ${size(stats.packs.bytes)}`]
              : []),
            `${percent(dedup)} saved: without sharing it were ${size(census.logical)}; ${count(census.shared, 'block')} shared`,
            `freed so far: ${count(stats.freed.freed, 'block')}, ${size(stats.freed.bytes)}`,
            '',
            ...columns(
              [
                ['', 'p50', 'p95', 'p99', 'most'],
                ['bytes of a block', ...Object.values(blockBytes).map((n) => size(n))],
                ['reading one, checked', ...Object.values(readTimes).map(microseconds)],
              ],
              [1, 2, 3, 4],
            ),
            '',
            ...columns(
              [
                ['references', 'blocks', 'bytes'],
                ...census.byReferences.map(({ least, most, blocks, bytes }) => [
                  least === most ? String(least) : `${least}–${most}`,
                  blocks.toLocaleString('en-US'),
                  size(bytes),
                ]),
              ],
              [1, 2],
            ),
            '',
            ...columns(
              [
                ['head', 'bytes', 'own', 'shared'],
                ...sharing.shares.map(({ name, bytes, own, shared }) => [
                  printable(name),
                  size(bytes),
                  size(own),
                  size(shared),
                ]),
                ['all heads', size(sharing.bytes), '', ''],
              ],
              [1, 2, 3],
            ),
          ]),
        }
      }),
    ),
  )
}
