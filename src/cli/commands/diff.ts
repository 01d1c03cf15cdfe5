/** `coppice diff`: what differs between two checkpoints; exit code 1 if anything does. */
import type { Path } from '../../data/Failure.js'
import * as Patch from '../../trie/Patch.js'
import * as Checkpoint from '../../vst/Checkpoint.js'
import { type CommandModule, examples } from '../command.js'
import { checkpointOf, named } from '../names.js'
import { lines, paint, printable } from '../output.js'
import { written } from '../paths.js'
import { brief, toJson } from '../values.js'

interface Flags {
  readonly patch?: true
}

const LETTERS = { add: 'A', remove: 'D', change: 'M', splice: 'M' } as const
const COLOURS = { A: 'green', D: 'red', M: 'yellow' } as const

interface Changed {
  readonly path: Path
  readonly change: 'A' | 'D' | 'M'
}

/** Each place once. */
const listed = (patch: Patch.Patch): ReadonlyArray<Changed> => [
  ...new Map(
    patch.map(({ op, path }) => [JSON.stringify(path), { path, change: LETTERS[op] }] as const),
  ).values(),
]

const side = (sign: '-' | '+', content: Patch.Content): ReadonlyArray<string> => {
  if (content.length === 0) return []
  const parts =
    typeof content === 'string' ? content.replace(/\n$/, '').split('\n').map(printable) : [brief(content)]
  return parts.map((part) => paint(sign === '-' ? 'red' : 'green', sign + part))
}

const whole = (sign: '-' | '+', value: Parameters<typeof brief>[0]): ReadonlyArray<string> =>
  typeof value === 'string' ? side(sign, value) : [paint(sign === '-' ? 'red' : 'green', sign + brief(value))]

const detailed = (operation: Patch.Operation): ReadonlyArray<string> => {
  const head = `${LETTERS[operation.op]} ${written(operation.path)}`
  switch (operation.op) {
    case 'add':
      return [head, ...whole('+', operation.after)]
    case 'remove':
      return [head, ...whole('-', operation.before)]
    case 'change':
      return [head, ...whole('-', operation.before), ...whole('+', operation.after)]
    case 'splice':
      return [
        `${head} at ${operation.position}`,
        ...side('-', operation.removed),
        ...side('+', operation.inserted),
      ]
  }
}

export const define: CommandModule['define'] = (command, acting) => {
  command
    .argument('<a>', 'a checkpoint')
    .argument('<b>', 'another one')
    .option('--patch', 'print what was there and what is there now')
  examples(command, ['diff main idea', 'diff 3f9a1c main --patch', 'diff main idea --patch --json'])
  command.action(
    acting<[string, string, Flags]>(({ opened }, a, b, flags) =>
      opened(async (session) => {
        const [before, after] = [await checkpointOf(session, a), await checkpointOf(session, b)]
        const { counts, patch } = session.ask(Checkpoint.diff(session.components.residency)(before, after))
        const changes = listed(patch)
        return {
          json: {
            equal: patch.length === 0,
            a: named(before),
            b: named(after),
            counts,
            changes,
            ...(flags.patch === true ? { patch: toJson(Patch.PatchFromValue.encode(patch)) } : {}),
          },
          text: lines(
            flags.patch === true
              ? patch.flatMap(detailed)
              : changes.map(({ change, path }) => `${paint(COLOURS[change], change)} ${written(path)}`),
          ),
          code: patch.length === 0 ? 0 : 1,
        }
      }),
    ),
  )
}
