/** The commands by name. A module is loaded when its command is asked for, so that none waits for the others. */
import type { CommandModule } from './command.js'

export interface Listed {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<CommandModule>
}

export const catalogue: ReadonlyArray<Listed> = [
  { name: 'init', summary: 'make a store', load: () => import('./commands/init.js') },
  { name: 'commit', summary: 'keep a directory as a checkpoint', load: () => import('./commands/commit.js') },
  { name: 'log', summary: 'list checkpoints, the newest first', load: () => import('./commands/log.js') },
  { name: 'branch', summary: 'begin a new head', load: () => import('./commands/branch.js') },
  { name: 'head', summary: 'list, create, move and delete heads', load: () => import('./commands/head.js') },
  {
    name: 'restore',
    summary: 'bring a head back to what a checkpoint holds',
    load: () => import('./commands/restore.js'),
  },
  {
    name: 'diff',
    summary: 'say what differs between two checkpoints',
    load: () => import('./commands/diff.js'),
  },
  { name: 'merge', summary: 'merge a checkpoint into a head', load: () => import('./commands/merge.js') },
  {
    name: 'materialise',
    summary: 'write a checkpoint to a directory',
    load: () => import('./commands/materialise.js'),
  },
  { name: 'show', summary: 'print what stands at a path', load: () => import('./commands/show.js') },
  { name: 'graph', summary: 'draw heads and checkpoints as SVG', load: () => import('./commands/graph.js') },
  {
    name: 'stats',
    summary: 'say what the store holds, and who shares it',
    load: () => import('./commands/stats.js'),
  },
  {
    name: 'operations',
    summary: 'list what was done, the newest first',
    load: () => import('./commands/operations.js'),
  },
  { name: 'undo', summary: 'undo the last operation', load: () => import('./commands/undo.js') },
  { name: 'redo', summary: 'do again what was undone', load: () => import('./commands/redo.js') },
  {
    name: 'prove',
    summary: 'prove what stands at a path, or a part of it',
    load: () => import('./commands/prove.js'),
  },
  { name: 'verify', summary: 'check a proof, without a store', load: () => import('./commands/verify.js') },
  { name: 'export', summary: 'write checkpoints to a CAR file', load: () => import('./commands/export.js') },
  { name: 'import', summary: 'read checkpoints from a CAR file', load: () => import('./commands/import.js') },
  {
    name: 'prune',
    summary: 'let history end behind the latest checkpoints',
    load: () => import('./commands/prune.js'),
  },
  { name: 'gc', summary: 'free what nothing holds', load: () => import('./commands/gc.js') },
  {
    name: 'fsck',
    summary: 'read and count all of the store again, and repair it',
    load: () => import('./commands/fsck.js'),
  },
  {
    name: 'compact',
    summary: 'give freed space back to the system, and compress',
    load: () => import('./commands/compact.js'),
  },
]
