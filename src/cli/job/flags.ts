/** The command line: what was asked for, or the one line that says what is wrong with it. */
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import * as E from 'fp-ts/lib/Either.js'

export interface Flags {
  /** Not given: the default, see `defaultWorkspace`. */
  readonly workspace?: string
  readonly agents: number
  readonly edits: number
  readonly seed: number
  readonly json?: string
  readonly store?: string
  /** Searches in place of the job. */
  readonly search?: true
}

export const AGENTS = 850
export const EDITS = 0.1
export const SEED = 1

/** Names have four digits and are compared as text in many places; a machine holds fewer. */
const MOST_AGENTS = 1_000_000

const numeric =
  (accepts: (n: number) => boolean, wanted: string) =>
  (text: string): number => {
    const n = text.trim() === '' ? Number.NaN : Number(text)
    if (!accepts(n)) throw new InvalidArgumentError(`Wanted: ${wanted}.`)
    return n
  }

const agents = numeric(
  (n) => Number.isInteger(n) && n >= 1 && n <= MOST_AGENTS,
  `a whole number from 1 to ${MOST_AGENTS}`,
)
const fraction = numeric((n) => n >= 0 && n <= 1, 'a number from 0 to 1')
const seed = numeric(Number.isSafeInteger, 'a whole number')

/** `null` after help was asked for and printed. */
export const parse = (argv: readonly string[]): E.Either<string, Flags | null> => {
  const command = new Command('npm start --')
    .description('Branches agents from a real directory, stores them, and compares them with plain copies.')
    .option('--workspace <dir>', 'the directory to import (default: an installed package of about 1 MB)')
    .option('--agents <n>', 'how many agents', agents, AGENTS)
    .option('--edits <fraction>', 'the share of its files that each agent edits, 0 to 1', fraction, EDITS)
    .option('--seed <s>', 'a whole number; the same seed gives the same edits', seed, SEED)
    .option('--store <dir>', 'keep the store in this directory (default: a temporary one, removed)')
    .option('--search', 'search problems with known answers instead: beam, best of N, MCTS')
    .option('--json <file>', 'write the figures to a file, too')
    .addHelpText('after', '\nDirectories called .git or node_modules inside it and links are left out.')
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => {} })
    .exitOverride()
  try {
    command.parse(argv, { from: 'user' })
    return E.right(command.opts<Flags>())
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return E.right(null)
    return E.left(error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '))
  }
}
