/** What reading one block costs: from the disk and from memory, checked against its digest and not. */
import { chance } from '../../src/cli/job/chance.js'
import { Hasher } from '../../src/index.js'
import { percentile } from '../measure.js'
import { type Block, block, blocks } from './blocks.js'
import { forgetFiles, inDirectory, under } from './directory.js'
import type { Figure } from './Figure.js'
import type { Opened } from './Peer.js'
import { peers } from './peers.js'

const SAMPLE = 2000
const ROUNDS = 10
const BATCH = 1000

/** Microseconds of each read. */
const timed = (opened: Opened, wanted: ReadonlyArray<Block>, verify: boolean): readonly number[] =>
  wanted.map((one) => {
    const start = process.hrtime.bigint()
    const bytes = opened.read(one)
    const good = bytes !== undefined && (!verify || Hasher.hash(bytes) === one.digest)
    const spent = Number(process.hrtime.bigint() - start) / 1000
    if (!good) throw new Error('a block was not read as it was put')
    return spent
  })

export const reads = (n: number): Promise<ReadonlyArray<Figure>> =>
  inDirectory(async (directory) => {
    const figures: Figure[] = []
    const dice = chance('reads')
    const chosen = new Set<number>()
    while (chosen.size < SAMPLE) chosen.add(dice.below(n))
    const wanted = [...chosen].map(block)
    for (const peer of peers) {
      // Counts are no part of reading.
      if (peer.name.includes('counts')) continue
      const at = under(directory, peer.name)
      const filling = await peer.open(at, false)
      if (filling === undefined) continue
      for (let i = 0; i < n; i += BATCH) await filling.commit(blocks(i, BATCH))
      await filling.close()
      const row = (metric: string, times: readonly number[]): void => {
        for (const p of [50, 95])
          figures.push({
            subject: peer.name,
            n,
            metric: `read, ${metric}, p${p}`,
            unit: 'µs',
            value: percentile(times, p / 100),
          })
      }
      // Of many thousand files each would be asked for by a process of its own.
      const forgotten = peer.name !== 'files' && forgetFiles(at)
      const opened = (await peer.open(at, true))!
      const cold = timed(opened, wanted, false)
      if (forgotten) row('cold', cold)
      for (const verify of [false, true]) {
        const times: number[] = []
        timed(opened, wanted, verify)
        for (let round = 0; round < ROUNDS; round++) times.push(...timed(opened, wanted, verify))
        row(verify ? 'warm, verified' : 'warm', times)
      }
      await opened.close()
    }
    return figures
  })
