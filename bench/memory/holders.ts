/** Ways to hold the state of all agents at once: ours, and what one would use instead. */
import { fromJS, type Map as ImmutableMap, List, Map as makeMap } from 'immutable'
import { plainStart } from '../../src/cli/job/copies.js'
import type { Message } from '../../src/cli/job/history.js'
import { COMMITTED, copies, coppice, EDITED, type Holder, keep } from '../../src/cli/job/holders.js'
import { type Agent, agent, type Scenario } from '../../src/cli/job/scenario.js'
import type { Content, Workspace } from '../../src/cli/job/workspace.js'
import { OURS } from '../Bench.js'

export { COMMITTED, EDITED }

type Anything = ImmutableMap<string, unknown>

const allOf = (workspace: Workspace, scenario: Scenario, make: (agent: Agent) => unknown): unknown =>
  Array.from({ length: scenario.agents }, (_, index) => make(agent(workspace, scenario, index)))

/** Nested `immutable` maps, one a directory, as `fromJS` makes them. */
const nested: Holder = async (workspace, scenario, full) => {
  // A clone, so that the texts are counted as its own and not as the workspace's.
  const base = fromJS(structuredClone(plainStart(workspace))) as Anything
  const all = allOf(workspace, scenario, ({ name, edits, messages }) => {
    let state = base.set('agent', name)
    for (const { path, change } of edits)
      state = state.updateIn(['files', ...path], (content) => change(content as Content))
    for (const message of messages)
      state = state.update('messages', (list) => (list as List<unknown>).push(fromJS(message)))
    return state
  })
  await full(EDITED)
  keep(all)
}

interface Flat {
  readonly agent: string
  readonly files: ImmutableMap<string, Content>
  readonly messages: List<Message>
}

/** One `immutable` map from whole paths to contents, beside a list of plain messages. */
const flat: Holder = async (workspace, scenario, full) => {
  const base: Flat = {
    agent: '',
    files: makeMap(
      workspace.files.map(({ path, content }) => [path.join('/'), structuredClone(content)] as const),
    ),
    messages: List(plainStart(workspace).messages),
  }
  const all = allOf(workspace, scenario, ({ name, edits, messages }): Flat => {
    let { files } = base
    for (const { path, change } of edits)
      files = files.update(path.join('/'), (content) => change(content as Content))
    return {
      agent: name,
      files,
      messages: messages.reduce((list, message) => list.push(message), base.messages),
    }
  })
  await full(EDITED)
  keep(all)
}

export const holders: { readonly [subject: string]: Holder } = {
  [OURS]: coppice,
  'immutable Map': flat,
  'immutable fromJS': nested,
  structuredClone: copies,
}
