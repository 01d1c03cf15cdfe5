/** `coppice show`: what stands at a path of a checkpoint. */
import * as O from 'fp-ts/lib/Option.js'
import * as State from '../../trie/State.js'
import * as Checkpoint from '../../vst/Checkpoint.js'
import { type CommandModule, examples } from '../command.js'
import { checkpointOf, named } from '../names.js'
import { locate } from '../paths.js'
import { shown } from '../shown.js'
import { stop } from '../stop.js'
import { toJson } from '../values.js'

export const define: CommandModule['define'] = (command, acting) => {
  command.argument('<checkpoint>', 'where to look').argument('[path]', 'what to print', '')
  examples(command, [
    'show main',
    'show main src/index.ts',
    'show main settings --json',
    `show main '["agents", 3, "a/b"]'`,
  ])
  command.action(
    acting<[string, string]>(({ opened }, wanted, text) =>
      opened(async (session) => {
        const checkpoint = await checkpointOf(session, wanted)
        const { state } = session.ask(Checkpoint.load(checkpoint))
        const opened = State.open(state, session.components.residency)
        const path = session.ask(locate(text)(opened))
        const found = session.ask(State.get(path)(opened))
        if (O.isNone(found)) return stop({ _tag: 'NothingThere', path: text })
        return {
          json: { checkpoint: named(checkpoint), path, value: toJson(found.value) },
          text: shown(found.value),
        }
      }),
    ),
  )
}
