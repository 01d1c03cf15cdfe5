/**
 * The process that one subject lives in.
 *
 * Alone there, it is compiled for its own types, as in a program that uses one library, and pays for its own garbage and
 * for nobody else's.
 */
import { calibrate, type Prepare, visit } from '../measure.js'
import { bytesAnEntry } from './bytes.js'
import { type Fixture, fixture } from './Fixture.js'
import { type Metric, metrics } from './metrics.js'
import type { Peer } from './Peer.js'
import type { Reply, Request } from './protocol.js'
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

const answer = async (request: Request): Promise<Reply> => {
  switch (request.ask) {
    case 'open': {
      const { peer }: { readonly peer: Peer<unknown> } = await import(`./peers/${request.module}.js`)
      opened = fixture(peer, request.kind === 'in place', request.n)
      const wrong = fault(opened)
      if (wrong !== null) throw new Error(wrong)
      return { reply: 'opened', bytes: bytesAnEntry(peer, opened.entries) }
    }
    case 'calibrate': {
      const metric = metricOf(request.metric)
      const ready = fixtureOf()
      const count = calibrate((operations) => metric.prepare(ready, operations), request.plan, metric.most)
      return { reply: 'calibrated', count }
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
