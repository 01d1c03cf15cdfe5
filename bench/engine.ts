/** What the engine costs: commits, restores, merges, searches and directories, beside git. */
import { Hasher } from '../src/index.js'
import type { Bench, Options, Row } from './Bench.js'
import { branches } from './engine/branches.js'
import { commits } from './engine/commits.js'
import { differences } from './engine/differences.js'
import { directories } from './engine/directories.js'
import { restoration } from './engine/restoration.js'
import { restores } from './engine/restores.js'
import { games, trees } from './engine/scenarios.js'

const NAME = 'engine'

const run = async (options: Options, report: (row: Row) => void): Promise<void> => {
  await Hasher.ready()
  for (const measure of [commits, restores, differences, trees, games, branches, restoration, directories]) {
    await measure(options, (figure) => report({ bench: NAME, ...figure }))
  }
}

export const bench: Bench = {
  name: NAME,
  question: 'What do a commit, a restore, a merge and a search cost on the engine, and what with git?',
  notes: [
    'Wall time. States are 1,000 files of 1 KiB; a change is other text of as many files. Each commit is an entry of the operation log, too.',
    'On disk neither the store nor git waits for the disk. git has a working tree on the same disk; writing the files is not counted.',
    'git is add, commit, checkout, diff, merge; plumbing is hash-object, update-index, write-tree, commit-tree, update-ref, read-tree,',
    'diff-tree, checkout-index, cat-file. Of both most is the start of processes; fast-import is one. For trees and games they do a sample.',
    'A restore of git checks the files out; ours opens a state of which nothing is loaded yet. Its diff prints what ours answers as values.',
    'Branches: of one state of 850 agents with 1 KiB each, every one with weight and one edit of 1 KiB. structuredClone copies the state for each;',
    'for git each is a commit, a collapse deletes the other refs, and an undo creates them again. Kept: heap, or blocks and packed objects.',
    'Components: one of 1 KiB is read of each of 850 agents, by an engine that has loaded nothing of the forest; a JSON row is a whole agent,',
    'in a Map or in LMDB.',
  ],
  run,
}
