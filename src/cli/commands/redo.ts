/** `coppice redo`: does again what was undone last. */
import * as Vst from '../../vst/Vst.js'
import { type CommandModule, examples } from '../command.js'
import { vstOf } from '../engine.js'
import { movesOf, toJson } from '../operations.js'
import { lines, printable } from '../output.js'
import { orStop } from '../stop.js'

export const define: CommandModule['define'] = (command, acting) => {
  examples(command, ['redo'])
  command.action(
    acting(({ opened }) =>
      opened(async (session) => {
        const done = orStop(Vst.redo(vstOf(session))())
        return {
          json: toJson(session, done),
          text: lines([`done again: ${printable(done.description)}`, ...movesOf(session, done)]),
        }
      }),
    ),
  )
}
