/** `coppice gc`: frees what no head and no operation holds, a slice at a time, beside others. */
import { type CommandModule, examples } from '../command.js'
import { wholeOrNone } from '../numbers.js'
import { count, lines, size } from '../output.js'
import { progress } from '../progress.js'
import { orStop } from '../stop.js'

/** Of a slice: others who write wait no longer. */
const SLICE = { blocks: 4096, milliseconds: 10 }

interface Flags {
  readonly keep?: number
}

export const define: CommandModule['define'] = (command, acting) => {
  command.option(
    '--keep <n>',
    'give up all but the last n operations, which then cannot be undone',
    wholeOrNone,
  )
  examples(command, ['gc', 'gc --keep 10', 'gc --keep 0'])
  command.action(
    acting<[Flags]>(({ opened }, { keep }) =>
      opened(async (session) => {
        const { store } = session
        if (keep !== undefined) (await import('../engine.js')).expire(session, keep)
        const shown = progress()
        let [freed, bytes] = [0, 0]
        try {
          for (;;) {
            const slice = orStop(await store.async.slice(SLICE)())
            freed += slice.freed
            bytes += slice.bytes
            shown.tell(`${count(freed, 'block')} freed`)
            if (slice.done) break
          }
        } finally {
          shown.end()
        }
        return { json: { freed, bytes }, text: lines([`${count(freed, 'block')} freed, ${size(bytes)}`]) }
      }),
    ),
  )
}
