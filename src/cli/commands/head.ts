/** `coppice head`: names for checkpoints. */
import type { Command } from 'commander'
import { type Acting, type CommandModule, examples } from '../command.js'
import { create, headsAsOf, move, retrying } from '../engine.js'
import { checkpointOf, headAt, headName, headsOf, named, short } from '../names.js'
import { timeThrough } from '../numbers.js'
import { type Answer, columns, lines, paint, printable } from '../output.js'
import type { Session } from '../session.js'

interface Expecting {
  readonly expect?: string
}

interface Listing {
  readonly asOf?: number
}

const list = (session: Session, prefix: string, { asOf }: Listing): Answer => {
  const heads =
    asOf === undefined
      ? headsOf(session, prefix)
      : headsAsOf(session, asOf).filter(([name]) => name.startsWith(prefix))
  return {
    json: heads.map(([head, digest]) => ({ head, checkpoint: named(digest) })),
    text: lines(columns(heads.map(([name, digest]) => [paint('yellow', short(digest)), printable(name)]))),
  }
}

const moved = (head: string, text: string, checkpoint: Parameters<typeof named>[0] | null): Answer => ({
  json: { head, checkpoint: checkpoint === null ? null : named(checkpoint) },
  text: lines([text]),
})

/** Commander gives a command below a command what belongs to both. */
const below = (parent: Command, name: string, summary: string): Command =>
  parent
    .command(name)
    .summary(summary)
    .description(summary)
    .option('--store <dir>', 'the store (default: $COPPICE_STORE, or .coppice here)')
    .option('--json', 'answer as JSON, on one line')

const defineList = (parent: Command, acting: Acting): void => {
  const command = below(parent, 'list', 'list heads')
    .argument('[prefix]', 'how their names begin', '')
    .option(
      '--as-of <time>',
      'as they stood at a time in ISO 8601, as far as that can be undone',
      timeThrough,
    )
  examples(command, ['head list', 'head list agents/', 'head list --as-of 2026-01-31T12:00Z'])
  command.action(
    acting<[string, Listing]>(({ opened }, prefix, flags) =>
      opened(async (session) => list(session, prefix, flags)),
    ),
  )
}

const defineCreate = (parent: Command, acting: Acting): void => {
  const command = below(parent, 'create', 'make a head')
    .argument('<name>', 'the new head')
    .argument('<checkpoint>', 'where it begins')
  examples(command, ['head create kept 3f9a1c'])
  command.action(
    acting<[string, string]>(({ opened }, name, wanted) =>
      opened(async (session) => {
        const checkpoint = await checkpointOf(session, wanted)
        create(session, headName(name), checkpoint)
        return moved(name, `${name} begins at ${short(checkpoint)}`, checkpoint)
      }),
    ),
  )
}

const expected = async (session: Session, name: string, { expect }: Expecting) =>
  expect === undefined ? headAt(session, name) : checkpointOf(session, expect)

const EXPECT = ['--expect <checkpoint>', 'only if the head stands there (default: wherever it is)'] as const

const defineMove = (parent: Command, acting: Acting): void => {
  const command = below(parent, 'move', 'let a head name another checkpoint')
    .argument('<name>', 'the head')
    .argument('<checkpoint>', 'where it goes')
    .option(...EXPECT)
  examples(command, ['head move main 3f9a1c', 'head move main idea --expect 77aa01'])
  command.action(
    acting<[string, string, Expecting]>(({ opened }, name, wanted, flags) =>
      opened((session) =>
        retrying(async () => {
          const checkpoint = await checkpointOf(session, wanted)
          const before = await expected(session, name, flags)
          move(session, name, before, checkpoint)
          return moved(name, `${name} has gone from ${short(before)} to ${short(checkpoint)}`, checkpoint)
        }),
      ),
    ),
  )
}

const defineDelete = (parent: Command, acting: Acting): void => {
  const command = below(parent, 'delete', 'take a head away; what only it holds is freed by gc')
    .argument('<name>', 'the head')
    .option(...EXPECT)
  examples(command, ['head delete idea'])
  command.action(
    acting<[string, Expecting]>(({ opened }, name, flags) =>
      opened((session) =>
        retrying(async () => {
          const before = await expected(session, name, flags)
          move(session, name, before, null)
          return moved(name, `${name} is gone; it stood at ${short(before)}`, null)
        }),
      ),
    ),
  )
}

export const define: CommandModule['define'] = (command, acting) => {
  command.usage('[COMMAND] [OPTIONS]').helpCommand(false)
  command.action(acting(({ opened }) => opened(async (session) => list(session, '', {}))))
  defineList(command, acting)
  defineCreate(command, acting)
  defineMove(command, acting)
  defineDelete(command, acting)
  examples(command, ['head list', 'head create kept main', 'head move main idea', 'head delete idea'])
}
