/** `coppice prune`: history ends behind the latest checkpoints; what came before is let go of once that cannot be undone. */
import * as Vst from '../../vst/Vst.js'
import { type CommandModule, examples } from '../command.js'
import { vstOf } from '../engine.js'
import { named, rootsOf, short } from '../names.js'
import { time, whole } from '../numbers.js'
import { lines, paint } from '../output.js'
import { misused, orStop } from '../stop.js'

interface Flags {
  readonly count?: number
  readonly since?: number
}

export const define: CommandModule['define'] = (command, acting) => {
  command
    .argument('[checkpoints...]', 'whose history it is (default: that of every head)')
    .option('-n, --count <n>', 'keep so many of the latest', whole)
    .option('--since <time>', 'keep what is not older than a time in ISO 8601', time)
  examples(command, ['prune main -n 100', 'prune --since 2026-01-31', 'gc --keep 0'])
  command.action(
    acting<[ReadonlyArray<string>, Flags]>(({ opened }, names, { count, since }) => {
      if (count === undefined && since === undefined) return misused('what is to stay? -n N, or --since TIME')
      return opened(async (session) => {
        const roots = await rootsOf(session, names)
        const ends = orStop(
          Vst.prune(roots, {
            ...(count === undefined ? {} : { count }),
            ...(since === undefined ? {} : { since }),
          })(vstOf(session))(),
        )
        return {
          json: { ends: ends.map(named) },
          text: lines(
            ends.length === 0
              ? ['history ends nowhere else than before']
              : ends.map((digest) => `history ends behind ${paint('yellow', short(digest))}`),
          ),
        }
      })
    }),
  )
}
