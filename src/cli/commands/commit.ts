/** `coppice commit`: a directory becomes what a head names. */
import * as O from 'fp-ts/lib/Option.js'
import * as StateReference from '../../branch/StateReference.js'
import type { Path } from '../../data/Failure.js'
import type { LmdbStore } from '../../store/LmdbStore.js'
import * as State from '../../trie/State.js'
import * as Checkpoint from '../../vst/Checkpoint.js'
import * as Directory from '../../vst/Directory.js'
import { type CommandModule, examples } from '../command.js'
import { commit, retrying } from '../engine.js'
import { type GlobFlags, globOptions, globsOf } from '../globs.js'
import { headName, named, short } from '../names.js'
import { type NoteFlags, noteOf, noteOptions } from '../note.js'
import { type Answer, count, lines, paint, size } from '../output.js'
import { keysOf } from '../paths.js'
import type { Session } from '../session.js'
import { misused, orStop } from '../stop.js'

interface Flags extends GlobFlags, NoteFlags {
  readonly head: string
  readonly at?: string
  readonly allowEmpty?: true
}

interface Asked {
  readonly directory: string
  readonly path: Path
  readonly globs: GlobFlags
  readonly flags: Flags
}

/** What a head names; where there is none, an empty state that nothing names. */
const grown = ({ components }: Session, head: string): StateReference.StateReference<LmdbStore> => {
  const restored = orStop(Checkpoint.restoreHead(components)(head)())
  return O.isSome(restored) ? restored.value : StateReference.root(components)(State.empty)()
}

const once = async (session: Session, { directory, path, globs, flags }: Asked): Promise<Answer> => {
  const reference = grown(session, flags.head)
  try {
    const from = orStop(Checkpoint.of(reference)())
    const before = orStop(StateReference.read(reference)())
    const imported = orStop(await Directory.importFrom(directory, path, globs)(reference)())
    const { files, links, directories, bytes } = imported
    const after = orStop(StateReference.read(reference)())
    if (O.isSome(from) && State.equals(before, after) && flags.allowEmpty !== true) {
      return {
        json: {
          changed: false,
          head: flags.head,
          checkpoint: named(from.value),
          files,
          links,
          directories,
          bytes,
        },
        text: lines([`nothing has changed: ${flags.head} stays at ${short(from.value)}`]),
      }
    }
    const done = commit(session, reference, { ...noteOf(flags, ''), head: flags.head })
    return {
      json: {
        changed: true,
        head: flags.head,
        checkpoint: named(done.checkpoint),
        state: named(done.state),
        parents: O.isSome(from) ? [named(from.value)] : [],
        ...{ files, links, directories, bytes },
      },
      text: lines([
        `${paint('yellow', short(done.checkpoint))} ${flags.head}: ${count(files, 'file')}, ${size(bytes)}`,
      ]),
    }
  } finally {
    StateReference.release(reference)()
  }
}

export const define: CommandModule['define'] = (command, acting) => {
  globOptions(noteOptions(command))
    .argument('<dir>', 'the directory')
    .option('--head <name>', 'the head to move, or to make', 'main')
    .option(
      '--at <path>',
      'put it at a path of the state, and keep the rest (default: it is all of the state)',
    )
    .option('--allow-empty', 'make a checkpoint even if nothing has changed')
  examples(command, [
    "commit . -m 'first'",
    "commit src -m 'only sources' --head sources --include '**/*.ts'",
    "commit . -m 'all but packages' --exclude '**/node_modules'",
  ])
  command.action(
    acting<[string, Flags]>((context, directory, flags) => {
      if (flags.message === undefined) return misused("a checkpoint needs a message: -m 'what it is'")
      headName(flags.head)
      const path = flags.at === undefined ? [] : keysOf(flags.at)
      const globs = globsOf(flags, directory, context.directory)
      return context.opened((session) => retrying(() => once(session, { directory, path, globs, flags })))
    }),
  )
}
