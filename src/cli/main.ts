#!/usr/bin/env node
/**
 * `coppice`, the command line. Exit codes: 0 done; 1 failed, differs, or has conflicts; 2 misused. A failure is one line on
 * the standard error, and then nothing has changed.
 */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { toHex } from '../data/Digest.js'
import { catalogue } from './catalogue.js'
import type { Acting } from './command.js'
import { type Answer, jsonLine, listen, printable, write } from './output.js'
import { describe, FAILED, MISUSED, misused, type Reason, Stop } from './stop.js'

interface Global {
  readonly store?: string
  readonly json?: true
}

/** Beside the arguments of each command. */
const withGlobals = (command: Command): Command =>
  command
    .option('--store <dir>', 'the store (default: $COPPICE_STORE, or .coppice here)')
    .option('--json', 'answer as JSON, on one line')

const directoryOf = ({ store }: Global): string => {
  const directory = store ?? process.env['COPPICE_STORE'] ?? '.coppice'
  return directory === '' ? misused('the store has no name') : directory
}

const acting: Acting =
  (run) =>
  async (...given) => {
    const command = given.pop() as Command
    const global = command.optsWithGlobals<Global>()
    const directory = directoryOf(global)
    const json = global.json === true
    const answer = await run(
      {
        directory,
        json,
        opened: async (use) => (await import('./session.js')).withSession(directory, { create: false }, use),
      },
      ...(given as never),
    )
    if (answer !== null) await print(answer, json)
  }

const print = async ({ json: value, text, code = 0 }: Answer, json: boolean): Promise<void> => {
  process.exitCode = code
  await write(json ? jsonLine(value) : text)
}

const HELP = `
A CHECKPOINT is named by a head, by its digest (a CID or hexadecimal digits), or by the beginning of one.
A PATH has slashes between its names.

Examples:
  $ coppice init
  $ coppice commit . -m 'first'
  $ coppice branch idea
  $ coppice commit . -m 'another way' --head idea
  $ coppice diff main idea
  $ coppice materialise idea /tmp/idea`

const version = (): string =>
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).version

const program = (): Command => {
  const root = withGlobals(new Command('coppice'))
    .description('Checkpoints of directories and agents that share all that they have in common.')
    .usage('COMMAND [OPTIONS]')
    .version(version(), '--version', 'print the version')
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText('after', HELP)
  for (const { name, summary } of catalogue)
    withGlobals(root.command(name).summary(summary).description(summary))
  root.addHelpText('beforeAll', ({ command }) => {
    const [name] = command.commands.length > 0 ? command.args : []
    return name === undefined || name.startsWith('-') ? '' : misused(`unknown command '${name}'`)
  })
  root.hook('preSubcommand', async (_, command) => {
    const listed = catalogue.find(({ name }) => name === command.name())
    if (listed !== undefined) (await listed.load()).define(command, acting)
  })
  return root
}

/** `help X` is `X --help`. */
const asked = (argv: ReadonlyArray<string>): ReadonlyArray<string> =>
  argv.length === 0 ? ['--help'] : argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv

const complain = (reason: Reason, json: boolean): number => {
  const message = describe(reason)
  const candidates = reason._tag === 'AmbiguousName' ? { candidates: reason.candidates.map(toHex) } : {}
  process.stderr.write(
    json ? jsonLine({ error: reason._tag, message, ...candidates }) : `coppice: ${message}\n`,
  )
  return reason._tag === 'Misused' ? MISUSED : FAILED
}

const NO_LMDB = 'the package lmdb, which is optional, is not installed: npm install lmdb'

const lacksLmdb = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | null)?.code === 'ERR_MODULE_NOT_FOUND' && String(error).includes("'lmdb'")

const failed = (error: unknown, json: boolean): number => {
  if (error instanceof Stop) return complain(error.reason, json)
  if (lacksLmdb(error)) return complain({ _tag: 'Misused', reason: NO_LMDB }, json)
  if (!(error instanceof CommanderError)) throw error
  if (error.exitCode === 0) return 0
  // It was printed, for want of a command.
  if (error.code === 'commander.help') return MISUSED
  const reason = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  return complain({ _tag: 'Misused', reason: printable(reason) }, json)
}

const argv = process.argv.slice(2)
const isJson = argv.includes('--json')
listen((cause) => {
  const reason = { _tag: 'FileFailed', path: '/dev/stdout', operation: 'write', cause } as const
  process.exitCode = complain(reason, isJson)
})
try {
  await program().parseAsync([...asked(argv)], { from: 'user' })
} catch (error) {
  const code = failed(error, isJson)
  if (code !== 0) process.exitCode = code
}
