/** The process that one subject lives in: compiled for its own types, it pays for its own garbage. */
import { Hasher } from '../../src/index.js'
import { calibrate, consume, type Prepare, visit } from '../measure.js'
import { type Fixture, fixture } from './Fixture.js'
import { type Metric, metrics } from './metrics.js'
import type { Peer } from './Peer.js'
import type { Reply, Request } from './protocol.js'
import { peerOf } from './subjects.js'
import { fault } from './verify.js'

let opened: Fixture<unknown> | undefined

const metricOf = (name: string): Metric => {
  const found = metrics.find((metric) => metric.name === name)
  if (found === undefined) throw new Error(`no metric ${name}`)
  return found
}

const fixtureOf = (): Fixture<unknown> => {
  if (opened === undefined) throw new Error('nothing is open')
  return opened
}

const used = (): number => {
  globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Enough items that the heap's own movements do not show. */
const ITEMS = 100_000

/** Bytes an item beside the plain content that it was built of. */
const bytesAnItem = (peer: Peer<unknown>, { content }: Fixture<unknown>): number => {
  const kept: unknown[] = new Array(Math.max(1, Math.ceil(ITEMS / content.length))).fill(null)
  const before = used()
  for (let i = 0; i < kept.length; i++) kept[i] = peer.build(content)
  const after = used()
  consume(kept)
  // A subject may keep the very content: then the heap's own movements are all there is.
  return Math.max(0, (after - before) / (kept.length * content.length))
}

const answer = async (request: Request): Promise<Reply> => {
  switch (request.ask) {
    case 'open': {
      await Hasher.ready()
      const peer = await peerOf(request.module, request.kind)
      opened = fixture(peer, request.kind, request.n)
      const wrong = fault(opened)
      if (wrong !== null) throw new Error(wrong)
      return { reply: 'opened', bytes: bytesAnItem(peer, opened) }
    }
    case 'calibrate': {
      const metric = metricOf(request.metric)
      const ready = fixtureOf()
      return {
        reply: 'calibrated',
        count: calibrate((count) => metric.prepare(ready, count), request.plan),
      }
    }
    case 'visit': {
      const metric = metricOf(request.metric)
      const ready = fixtureOf()
      const prepare: Prepare = (count) => {
        const batch = metric.prepare(ready, count)
        // What the preparation and the batch before left behind is not this batch's to clear.
        globalThis.gc!({ type: 'minor' })
        return batch
      }
      return { reply: 'visited', timings: visit(prepare, request.count, request.plan) }
    }
  }
}

process.on('message', (request: Request) => {
  answer(request)
    .catch((error: unknown): Reply => ({ reply: 'failed', reason: String(error) }))
    .then((reply) => process.send!(reply))
})
