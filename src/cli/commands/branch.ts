/** `coppice branch`: a new head, at the cost of a name. */
import { type CommandModule, examples } from '../command.js'
import { create } from '../engine.js'
import { checkpointOf, headName, named, short } from '../names.js'
import { lines, paint } from '../output.js'

export const define: CommandModule['define'] = (command, acting) => {
  command.argument('<name>', 'the new head').argument('[from]', 'the checkpoint that it begins at', 'main')
  examples(command, ['branch idea', 'branch earlier 3f9a1c'])
  command.action(
    acting<[string, string]>(({ opened }, name, from) =>
      opened(async (session) => {
        const checkpoint = await checkpointOf(session, from)
        create(session, headName(name), checkpoint)
        return {
          json: { head: name, checkpoint: named(checkpoint) },
          text: lines([`${name} begins at ${paint('yellow', short(checkpoint))}`]),
        }
      }),
    ),
  )
}
