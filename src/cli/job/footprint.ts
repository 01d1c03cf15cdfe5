/** What holding all agents takes: one holder in this process, measured against the process before. */
import * as E from 'fp-ts/lib/Either.js'
import * as Hasher from '../../data/Hasher.js'
import { type Held, held, since } from './held.js'
import type { Holder } from './holders.js'
import type { Scenario } from './scenario.js'
import { read } from './workspace.js'

/** Enough agents that code and caches which are made at the first use are there before it counts. */
const WARM = 100

export interface Question {
  readonly holder: string
  readonly directory: string
  readonly scenario: Scenario
}

/** Memory at each moment of a holder. */
export type Footprint = { readonly [moment: string]: Held }

export const footprint = async (holder: Holder, { directory, scenario }: Question): Promise<Footprint> => {
  await Hasher.ready()
  const workspace = read(directory)
  if (E.isLeft(workspace)) throw new Error(workspace.left)
  await holder(workspace.right, { ...scenario, agents: Math.min(WARM, scenario.agents) }, async () => {})
  const before = await held()
  const moments: Record<string, Held> = {}
  await holder(workspace.right, scenario, async (moment) => {
    moments[moment] = since(before, await held())
  })
  return moments
}
