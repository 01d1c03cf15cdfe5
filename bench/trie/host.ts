/** The process that one map lives in. */
import { host } from '../host.js'
import { bytesAnEntry } from './bytes.js'
import { type Fixture, fixture } from './Fixture.js'
import { metrics } from './metrics.js'
import type { Peer } from './Peer.js'
import type { Kind } from './subjects.js'
import { fault } from './verify.js'

export interface Question {
  readonly module: string
  readonly kind: Kind
  readonly n: number
}

host<Question, Fixture<unknown>>(metrics, async ({ module, kind, n }) => {
  const { peer }: { readonly peer: Peer<unknown> } = await import(`./peers/${module}.js`)
  const opened = fixture(peer, kind === 'in place', n)
  const wrong = fault(opened)
  if (wrong !== null) throw new Error(wrong)
  return { fixture: opened, bytes: bytesAnEntry(peer, opened.entries) }
})
