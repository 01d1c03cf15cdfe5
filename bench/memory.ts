/**
 * The memory of many agents, each with its own changes to one workspace of about 1 MB.
 *
 * Each subject lives in a process of its own and follows the same scenario, seed and all.
 */
import * as E from 'fp-ts/lib/Either.js'
import { ask } from '../src/cli/job/child.js'
import { changedBy, volume } from '../src/cli/job/copies.js'
import type { Footprint, Question } from '../src/cli/job/footprint.js'
import { defaultWorkspace } from '../src/cli/job/places.js'
import { agent, type Scenario } from '../src/cli/job/scenario.js'
import { read, type Workspace } from '../src/cli/job/workspace.js'
import type { Bench, Options, Row } from './Bench.js'
import { COMMITTED, EDITED, holders } from './memory/holders.js'

const NAME = 'memory'
const HOST = new URL('./memory/host.js', import.meta.url)

const AGENTS = 850
const QUICK_AGENTS = 200
const SEED = 1

/** The shares of its files that each agent edits. */
const SHARES: readonly number[] = [0.1, 0.01]

const orThrow = <A>(result: E.Either<string, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left)
  return result.right
}

const uniqueBytes = (workspace: Workspace, scenario: Scenario): number =>
  volume(
    workspace,
    Array.from({ length: scenario.agents }, (_, index) =>
      changedBy(workspace, agent(workspace, scenario, index)),
    ),
  ).unique

const measure = async (
  directory: string,
  workspace: Workspace,
  scenario: Scenario,
  report: (row: Row) => void,
): Promise<void> => {
  const share = `${100 * scenario.edits} % edited`
  const unique = uniqueBytes(workspace, scenario)
  for (const subject of Object.keys(holders)) {
    const taken = await ask<Question, Footprint>(HOST, { holder: subject, directory, scenario })
    const row = (metric: string, unit: string, value: number): void =>
      report({ bench: NAME, subject, n: scenario.agents, metric: `${metric}, ${share}`, unit, value })
    const edited = taken[EDITED]!
    row('memory', 'B', edited.bytes)
    row('memory / unique', 'x', edited.bytes / unique)
    row('resident set', 'B', edited.rss)
    const committed = taken[COMMITTED]
    if (committed !== undefined) row('memory, stored as well', 'B', committed.bytes)
  }
}

const run = async ({ quick }: Options, report: (row: Row) => void): Promise<void> => {
  const directory = orThrow(defaultWorkspace())
  const workspace = orThrow(read(directory))
  const agents = quick ? QUICK_AGENTS : AGENTS
  // Nobody edits alike: all that can be shared is what nobody touched.
  for (const edits of SHARES)
    await measure(directory, workspace, { agents, edits, seed: SEED, alike: 0 }, report)
}

export const bench: Bench = {
  name: NAME,
  question: 'What do n agents take in memory that each changed some files of one workspace of about 1 MB?',
  notes: [
    'Each subject in its own process. Memory: used heap and what is outside it, array buffers included, after forced',
    'collections, above the same process with its code warm and the workspace read. Resident set: what the system counts,',
    'with what the engine keeps in reserve. Unique: bytes of distinct file contents and of distinct message contents, as',
    'UTF-8. No two agents edit a file alike. Stored as well: in a memory store in the same process, every block of it.',
  ],
  run,
}
