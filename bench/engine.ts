/** What the engine costs: commits, restores, merges, searches and directories, beside git. */
import type { Bench, Options, Row } from './Bench.js'
import { directories } from './engine/directories.js'
import { commits, differences, restores } from './engine/operations.js'
import { games, trees } from './engine/scenarios.js'

const NAME = 'engine'

const run = async (options: Options, report: (row: Row) => void): Promise<void> => {
  for (const measure of [commits, restores, differences, trees, games, directories]) {
    await measure(options, (figure) => report({ bench: NAME, ...figure }))
  }
}

export const bench: Bench = {
  name: NAME,
  question: 'What do a commit, a restore, a merge and a search cost on the engine, and what with git?',
  notes: [
    'Wall time. States are 1,000 files of 1 KiB; a change is other text of as many files. Each commit is an entry of the operation log, too.',
    'On disk neither the store nor git waits for the disk. git has a working tree on the same disk; writing the files is not counted.',
    'git plumbing is hash-object, update-index, write-tree, commit-tree and update-ref. Of git most is the start of processes; fast-import is one.',
    'A restore of git checks the files out; ours opens a state of which nothing is loaded yet. Its diff prints what ours answers as values.',
  ],
  run,
}
