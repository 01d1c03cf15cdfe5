/** Ways to hold the state of all agents in memory at once. */
import * as ComponentStore from '../../branch/ComponentStore.js'
import * as StateReference from '../../branch/StateReference.js'
import * as MemoryStore from '../../store/MemoryStore.js'
import { branchFor, must, rootOf } from './agents.js'
import { copyFor, plainStart } from './copies.js'
import { agent, type Scenario } from './scenario.js'
import type { Workspace } from './workspace.js'

/** Makes all agents, keeps them, and calls `full` at each moment at which memory is to be measured. */
export type Holder = (
  workspace: Workspace,
  scenario: Scenario,
  full: (moment: string) => Promise<void>,
) => Promise<void>

/** Every agent has done its part and nothing is stored yet. */
export const EDITED = 'edited'
/** Every agent is stored as well, in a store that lives in the same memory, and still in use. */
export const COMMITTED = 'committed'

const each = <A>(scenario: Scenario, make: (index: number) => A): readonly A[] =>
  Array.from({ length: scenario.agents }, (_, index) => make(index))

export const copies: Holder = async (workspace, scenario, full) => {
  const base = plainStart(workspace)
  const all = each(scenario, (index) => copyFor(base, agent(workspace, scenario, index)))
  await full(EDITED)
  keep(all)
}

export const coppice: Holder = async (workspace, scenario, full) => {
  const components = ComponentStore.make(MemoryStore.make())
  const root = rootOf(components, workspace)
  const all = each(scenario, (index) => branchFor(root, agent(workspace, scenario, index)))
  await full(EDITED)
  for (const branch of all) must(StateReference.commit()(branch))
  await full(COMMITTED)
  keep(all)
}

const kept: { last: unknown } = { last: undefined }

/** What is passed here is alive until then, whatever the engine can prove. */
export const keep = (value: unknown): void => {
  kept.last = value
  kept.last = undefined
}
