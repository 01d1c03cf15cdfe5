/** `coppice materialise`: a checkpoint as a directory. */
import * as StateReference from '../../branch/StateReference.js'
import * as Checkpoint from '../../vst/Checkpoint.js'
import * as Directory from '../../vst/Directory.js'
import { type CommandModule, examples } from '../command.js'
import { type GlobFlags, globOptions, globsOf } from '../globs.js'
import { checkpointOf, named, short } from '../names.js'
import { count, lines, size } from '../output.js'
import { locate } from '../paths.js'
import { orStop } from '../stop.js'

interface Flags extends GlobFlags {
  readonly at?: string
  readonly prune?: true
}

export const define: CommandModule['define'] = (command, acting) => {
  globOptions(command)
    .argument('<checkpoint>', 'what to write')
    .argument('<dir>', 'where to; it is made if it is not there')
    .option('--at <path>', 'only what stands at a path of the state')
    .option('--prune', 'remove what is there and not in the checkpoint')
  examples(command, [
    'materialise main /tmp/work',
    'materialise 3f9a1c . --prune',
    "materialise main docs --at docs --include '**/*.md'",
  ])
  command.action(
    acting<[string, string, Flags]>(({ opened, directory: store }, wanted, target, flags) =>
      opened(async (session) => {
        const checkpoint = await checkpointOf(session, wanted)
        const reference = orStop(Checkpoint.restore(session.components)(checkpoint)())
        const path = orStop(StateReference.ask(locate(flags.at ?? ''))(reference)())
        const options = { ...globsOf(flags, target, store), prune: flags.prune === true }
        const done = orStop(await Directory.materialise(path, target, options)(reference)())
        const { written, unchanged, removed, bytes } = done
        return {
          json: { checkpoint: named(checkpoint), directory: target, written, unchanged, removed, bytes },
          text: lines([
            `${short(checkpoint)}: ${count(written, 'entry', 'entries')} written (${size(bytes)}), ${unchanged} as before, ${removed} removed`,
          ]),
        }
      }),
    ),
  )
}
