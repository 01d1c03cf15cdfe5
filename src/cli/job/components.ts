/** The time from a digest to the plain object of one component of about 1 KiB, of which nothing is in memory. */
import * as ComponentStore from '../../branch/ComponentStore.js'
import * as StateReference from '../../branch/StateReference.js'
import type { Digest } from '../../data/Digest.js'
import * as Value from '../../data/Value.js'
import * as PlainObject from '../../materialize/factories/PlainObject.js'
import * as Materializer from '../../materialize/Materializer.js'
import * as Registry from '../../materialize/Registry.js'
import type { Store } from '../../store/Store.js'
import * as Residency from '../../trie/Residency.js'
import * as State from '../../trie/State.js'
import { must, mustBe } from './agents.js'
import { chance } from './chance.js'
import { line, word } from './edits.js'
import { type Latency, latency, timed } from './latency.js'

const COMPONENTS = 256
/** Each is read this often; the first passes do not count, so that the optimising compiler is done. */
const PASSES = 48
const WARM = 32

/** A note of an agent: a map that is one block of about 1 KiB. */
const note = (seed: number, index: number): { readonly [key: string]: string | number } => {
  const dice = chance(seed, 'note', index)
  const text = (): string => Array.from({ length: 3 }, () => line(dice).trim()).join('\n')
  const texts = { plan: text(), done: text(), found: text(), open: text(), doubts: text(), next: text() }
  return { about: word(dice), step: index, ...texts }
}

const sizeOf = (store: Store, digest: Digest): number => must(store.read([digest]))[0]!.byteLength

export interface ComponentReads {
  readonly latency: Latency
  /** Mean size of the blocks. */
  readonly bytes: number
  readonly mismatches: number
}

/** Builds them from a store, which they are put in; each block is checked against its digest unless it never left the process. */
export const componentReads = (seed: number, store: Store): ComponentReads => {
  const components = ComponentStore.make(store)
  const stored = Array.from({ length: COMPONENTS }, (_, index) => {
    const value = note(seed, index)
    const reference = StateReference.root(components)(must(() => State.fromJson(value)))()
    return { value, digest: must(StateReference.commit()(reference)).digest }
  })
  const cold = ComponentStore.make(store, { residency: Residency.make(0) })
  const registry = Registry.of(PlainObject.factory)
  const times: number[] = []
  let mismatches = 0
  for (let pass = 0; pass < PASSES; pass++) {
    // A new one, so that none of them is built already.
    const materializer = Materializer.make(cold, registry)
    for (const { value, digest } of stored) {
      const [time, found] = timed(() => Materializer.now(PlainObject.factory.type, digest)(materializer)())
      if (pass >= WARM) times.push(time)
      if (!Value.equals(mustBe(found), value)) mismatches++
    }
  }
  const bytes = stored.reduce((sum, { digest }) => sum + sizeOf(store, digest), 0)
  return { latency: latency(times), bytes: bytes / stored.length, mismatches }
}
