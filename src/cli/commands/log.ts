/** `coppice log`: where a checkpoint comes from. */
import * as Checkpoint from '../../vst/Checkpoint.js'
import { type CommandModule, examples } from '../command.js'
import { checkpointOf, headsOf, named, short, tipsOf } from '../names.js'
import { time, whole } from '../numbers.js'
import { lines, moment, paint, printable } from '../output.js'
import { toJson } from '../values.js'

interface Flags {
  readonly count?: number
  readonly since?: number
  readonly all?: true
  readonly firstParent?: true
}

export const define: CommandModule['define'] = (command, acting) => {
  command
    .argument('[checkpoint]', 'where to begin', 'main')
    .option('-n, --count <n>', 'so many at most', whole)
    .option('--since <time>', 'none that are older than a time in ISO 8601', time)
    .option('--all', 'begin at every head')
    .option('--first-parent', 'follow only the first parent of each')
  examples(command, ['log', 'log idea -n 10', 'log --all --json', 'log --since 2026-01-31T12:00Z'])
  command.action(
    acting<[string, Flags]>(({ opened }, checkpoint, { count, since, all, firstParent = false }) =>
      opened(async (session) => {
        const tips =
          all === true
            ? tipsOf(session).map(([, digest]) => digest)
            : [await checkpointOf(session, checkpoint)]
        const entries = session.ask(
          Checkpoint.log({
            firstParent,
            ...(count === undefined ? {} : { count }),
            ...(since === undefined ? {} : { since }),
          })(tips),
        )
        const heads = headsOf(session)
        const at = (digest: string): ReadonlyArray<string> =>
          heads.filter(([, stands]) => stands === digest).map(([name]) => name)
        return {
          json: entries.map(
            ({ digest, checkpoint: { state, parents, message, author, time, metadata } }) => ({
              checkpoint: named(digest),
              state: named(state),
              parents: parents.map(named),
              heads: at(digest),
              message,
              author,
              time,
              metadata: toJson(metadata),
            }),
          ),
          text: lines(
            entries.map(({ digest, checkpoint: { time: made, author, message } }) => {
              const names = at(digest)
              return [
                paint('yellow', short(digest)),
                moment(made),
                ...(author === '' ? [] : [printable(author)]),
                ...(names.length === 0 ? [] : [paint('cyan', `(${names.map(printable).join(', ')})`)]),
                printable(message.split('\n', 1)[0]!),
              ].join(' ')
            }),
          ),
        }
      }),
    ),
  )
}
