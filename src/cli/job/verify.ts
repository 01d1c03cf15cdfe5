/** Whether the agents in a store are as plain copies are: asked of a process that has nothing of them in memory. */
import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import * as ComponentStore from '../../branch/ComponentStore.js'
import * as StateReference from '../../branch/StateReference.js'
import * as PlainObject from '../../materialize/factories/PlainObject.js'
import * as Materializer from '../../materialize/Materializer.js'
import * as Registry from '../../materialize/Registry.js'
import * as LmdbStore from '../../store/LmdbStore.js'
import { must, mustBe, Unexpected } from './agents.js'
import { changedBy, expected } from './copies.js'
import { type Latency, latency, timed } from './latency.js'
import { type Objects, objects, opened } from './objects.js'
import { agent, headOf, type Scenario } from './scenario.js'
import { read } from './workspace.js'

export interface Claim {
  readonly store: string
  readonly workspace: string
  readonly scenario: Scenario
}

export interface Verdict {
  /** From a head to the whole agent as plain data, nothing in memory. */
  readonly latency: Latency
  readonly mismatches: number
  readonly objects: Objects
}

export const verify = async ({ store, workspace: directory, scenario }: Claim): Promise<Verdict> => {
  const workspace = read(directory)
  if (E.isLeft(workspace)) throw new Unexpected(workspace.left)
  const embedded = mustBe(await LmdbStore.open(store, { create: false })())
  const components = ComponentStore.make(embedded)
  const materializer = Materializer.make(components, Registry.of(PlainObject.factory), { budget: 0 })
  const times: number[] = []
  let mismatches = 0
  for (let index = 0; index < scenario.agents; index++) {
    components.residency.clear()
    const [time, found] = timed(() => {
      const reference = opened(components, headOf(index))
      const value = must(Materializer.now(PlainObject.factory.type, reference)(materializer))
      StateReference.release(reference)()
      return value
    })
    times.push(time)
    const changed = changedBy(workspace.right, agent(workspace.right, scenario, index))
    if (!isDeepStrictEqual(found, expected(workspace.right, changed))) mismatches++
  }
  const made = objects(embedded, workspace.right, scenario)
  mustBe(await embedded.close())
  return { latency: latency(times), mismatches, objects: made }
}
