/** `coppice compact`: gives the file space of what was freed back, and packs; nobody else may have the store open. */
import { Option } from 'commander'
import * as Compact from '../../store/Compact.js'
import { type CommandModule, examples } from '../command.js'
import { count, lines, size } from '../output.js'
import { orStop } from '../stop.js'

interface Flags {
  readonly pack?: Compact.Packing
}

export const define: CommandModule['define'] = (command, acting) => {
  command.addOption(
    new Option('--pack [what]', 'compress blocks, many at a time: all, or those of history alone')
      .choices(['all', 'history'])
      .preset('all'),
  )
  examples(command, ['gc', 'compact', 'compact --pack', 'compact --pack history'])
  command.action(
    acting<[Flags]>(async ({ directory }, { pack = 'none' }: Flags) => {
      const { before, after, packed } = orStop(await Compact.compact({ pack })(directory)())
      return {
        json: { before, after, packed },
        text: lines([
          `${size(before)} → ${size(after)}`,
          ...(packed > 0 ? [`${count(packed, 'block')} in packs`] : []),
        ]),
      }
    }),
  )
}
