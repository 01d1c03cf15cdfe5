/** `coppice undo`: puts heads back to where they stood. */
import * as Vst from '../../vst/Vst.js'
import { type CommandModule, examples } from '../command.js'
import { vstOf } from '../engine.js'
import { movesOf, operationOf, toJson } from '../operations.js'
import { lines, printable } from '../output.js'
import { misused, orStop } from '../stop.js'

interface Flags {
  readonly to?: string
}

export const define: CommandModule['define'] = (command, acting) => {
  command
    .argument('[operation]', 'what to undo (default: the last that stands)')
    .option('--to <operation>', 'put all heads back to where they stood after it')
  examples(command, ['undo', 'undo 9c01f2', 'undo --to 9c01f2'])
  command.action(
    acting<[string | undefined, Flags]>(({ opened }, wanted, { to }) => {
      if (wanted !== undefined && to !== undefined) return misused('undo one operation, or go back to one')
      return opened(async (session) => {
        const program =
          to !== undefined
            ? Vst.rewind({ operation: operationOf(session, to) })
            : wanted !== undefined
              ? Vst.undoOf(operationOf(session, wanted))
              : Vst.undo
        const done = orStop(program(vstOf(session))())
        const said =
          to === undefined
            ? `undone: ${printable(done.description)}`
            : `back to: ${printable(done.description)}`
        return { json: toJson(session, done), text: lines([said, ...movesOf(session, done)]) }
      })
    }),
  )
}
