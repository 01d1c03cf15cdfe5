/** What it takes to open a large store, and what its ledger takes in memory. */

import { must } from '../../src/cli/job/agents.js'
import { ask } from '../../src/cli/job/child.js'
import { OURS } from '../Bench.js'
import { block, blocks } from './blocks.js'
import { forgetFiles, inDirectory } from './directory.js'
import type { Figure } from './Figure.js'
import type { Question } from './host.js'
import { open, Writer } from './peers/coppice.js'

const HOST = new URL('./host.js', import.meta.url)
const BATCH = 1000
const LAST = 'last'

const outside = (): number => {
  globalThis.gc!()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** In a process of its own: opens and counts. */
export const opening = async (
  directory: string,
  n: number,
  metric: string,
): Promise<ReadonlyArray<Figure>> => {
  const { digest } = block(n - 1)
  const before = outside()
  const cpu = process.cpuUsage()
  const start = performance.now()
  const store = await open(directory)
  const opened = performance.now() - start
  must(store.count(digest))
  const counted = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  const figure = (name: string, unit: string, value: number): Figure => ({
    subject: OURS,
    n,
    metric: name,
    unit,
    value,
  })
  const memory = outside() - before
  const { ledgerBytes, blocks } = must(store.stats)
  const figures = [
    figure(`open, ${metric}`, 'ms', opened),
    figure(`open and count, ${metric}`, 'ms', counted),
    figure(`open and count, ${metric}, CPU`, 'ms', (user + system) / 1000),
    figure(`ledger, ${metric}`, 'B/block', ledgerBytes / blocks),
    figure(`ledger and all beside, ${metric}`, 'B/block', memory / blocks),
  ]
  if (metric === 'folded') {
    const from = performance.now()
    must(store.recount)
    figures.push(figure('recount', 'ms', performance.now() - from))
  }
  await store.close()
  return figures
}

export const large = (n: number): Promise<ReadonlyArray<Figure>> =>
  inDirectory(async (directory) => {
    const store = await open(directory, { durability: 'none' })
    const writer = new Writer()
    for (let i = 0; i < n; i += BATCH) must(store.transact({ puts: writer.puts(blocks(i, BATCH)) }))
    const { digest } = writer.refs[n - 1]!
    must(store.transact({ heads: [{ name: LAST, expect: null, next: digest }] }))
    // Nothing was counted here, so that nothing is written when it is closed.
    await store.close()
    const asked = (metric: string): Promise<ReadonlyArray<Figure>> =>
      ask<Question, ReadonlyArray<Figure>>(HOST, { about: 'opening', directory, n, metric })
    const folded = await asked('folded')
    forgetFiles(directory)
    return [...folded, ...(await asked('warm ledger'))]
  })
