/**
 * The scenario: what each of many agents does to its branch of one workspace.
 *
 * It says what is done and does nothing: ours, the plain copies and the peers of the benches all follow the same one.
 */
import { chance } from './chance.js'
import { edited } from './edits.js'
import { history, type Message } from './history.js'
import type { Content, Workspace } from './workspace.js'

export interface Scenario {
  readonly agents: number
  /** The share of its files that each agent edits, 0 to 1; above 0 it edits one at least. */
  readonly edits: number
  readonly seed: number
  /** The share of edits that several agents make alike, 0 to 1. */
  readonly alike: number
}

/** Which different edits of one file there are among those that agents make alike. */
const VARIANTS = 3

export interface Edit {
  /** Which file of the workspace. */
  readonly file: number
  readonly path: readonly string[]
  readonly change: (content: Content) => Content
}

export interface Agent {
  readonly name: string
  readonly edits: readonly Edit[]
  /** Added one by one to what the workspace's state has already. */
  readonly messages: readonly Message[]
}

export const nameOf = (index: number): string => `agent-${String(index).padStart(4, '0')}`

/** The head of what all agents start from. */
export const WORKSPACE = 'workspace'

/** The head of an agent in the store. */
export const headOf = (index: number): string => `agents/${nameOf(index)}`

/** How many files each agent edits. */
export const editedFiles = (files: number, share: number): number =>
  share === 0 ? 0 : Math.max(1, Math.round(files * share))

/** What one agent does. The same for the same seed, workspace and index, whatever was asked before. */
export const agent = (workspace: Workspace, scenario: Scenario, index: number): Agent => {
  const { seed, alike } = scenario
  const name = nameOf(index)
  const dice = chance(seed, 'agent', index)
  const { files } = workspace
  const order = files.map((_, i) => i)
  const edits = Array.from({ length: editedFiles(files.length, scenario.edits) }, (_, i): Edit => {
    const other = i + dice.below(order.length - i)
    const file = order[other]!
    order[other] = order[i]!
    order[i] = file
    const whose = dice.happens(alike) ? `all ${dice.below(VARIANTS)}` : name
    return {
      file,
      path: files[file]!.path,
      change: (content) => edited(content, chance(seed, 'edit', file, whose)),
    }
  })
  const paths = files.map(({ path }) => path.join('/'))
  return {
    name,
    edits,
    messages: history(
      edits.map(({ file }) => paths[file]!),
      paths,
      dice,
    ),
  }
}
