/** The process that one sequence lives in. */
import { Hasher } from '../../src/index.js'
import { used } from '../heap.js'
import { host } from '../host.js'
import { consume } from '../measure.js'
import { type Fixture, fixture } from './Fixture.js'
import { metrics } from './metrics.js'
import type { Peer } from './Peer.js'
import { type Kind, peerOf } from './subjects.js'
import { fault } from './verify.js'

export interface Question {
  readonly module: string
  readonly kind: Kind
  readonly n: number
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

host<Question, Fixture<unknown>>(metrics, async ({ module, kind, n }) => {
  await Hasher.ready()
  const peer = await peerOf(module, kind)
  const opened = fixture(peer, kind, n)
  const wrong = fault(opened)
  if (wrong !== null) throw new Error(wrong)
  return { fixture: opened, bytes: bytesAnItem(peer, opened) }
})
