/** `coppice operations`: what was done, as far as it can be undone. */
import * as Vst from '../../vst/Vst.js'
import { type CommandModule, examples } from '../command.js'
import { vstOf } from '../engine.js'
import { whole } from '../numbers.js'
import { toJson, toLine } from '../operations.js'
import { lines } from '../output.js'
import { orStop } from '../stop.js'

interface Flags {
  readonly count?: number
}

export const define: CommandModule['define'] = (command, acting) => {
  command.option('-n, --count <n>', 'so many at most', whole)
  examples(command, ['operations', 'operations -n 5 --json'])
  command.action(
    acting<[Flags]>(({ opened, json }, { count }) =>
      opened(async (session) => {
        const found = orStop(Vst.log(count === undefined ? {} : { count })(vstOf(session))())
        return {
          json: json ? found.map((operation) => toJson(session, operation)) : null,
          text: lines(found.map(toLine)),
        }
      }),
    ),
  )
}
