/** What a command is to `main.ts`, and what it is given. */
import type { Command } from 'commander'
import type { Answer } from './output.js'
import type { Session } from './session.js'

export interface Context {
  /** The directory of the store. */
  readonly directory: string
  readonly json: boolean
  /** Opens the store for as long as it is used; it has to be there. */
  readonly opened: <A>(use: (session: Session) => Promise<A>) => Promise<A>
}

/** Of its arguments as commander hands them over, the options last. */
export type Run<Given extends ReadonlyArray<unknown>> = (
  context: Context,
  ...given: Given
) => Promise<Answer | null>

/** What commander is to call. */
export type Acting = <Given extends ReadonlyArray<unknown>>(
  run: Run<Given>,
) => (...given: Array<unknown>) => Promise<void>

export interface CommandModule {
  /** Tells the command its arguments, options, examples and action. */
  readonly define: (command: Command, acting: Acting) => void
}

/** Examples below the help of a command. */
export const examples = (command: Command, all: ReadonlyArray<string>): void => {
  command.addHelpText('after', `\nExamples:\n${all.map((line) => `  $ coppice ${line}`).join('\n')}`)
}
