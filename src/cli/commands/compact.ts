/** `coppice compact`: gives the file space of what was freed back; nobody else may have the store open. */
import * as Compact from '../../store/Compact.js'
import { type CommandModule, examples } from '../command.js'
import { lines, size } from '../output.js'
import { orStop } from '../stop.js'

export const define: CommandModule['define'] = (command, acting) => {
  examples(command, ['gc', 'compact'])
  command.action(
    acting(async ({ directory }) => {
      const { before, after } = orStop(await Compact.compact()(directory)())
      return { json: { before, after }, text: lines([`${size(before)} → ${size(after)}`]) }
    }),
  )
}
