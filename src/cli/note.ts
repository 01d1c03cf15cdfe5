/** What a new checkpoint says of itself. */
import type { Command } from 'commander'

export interface NoteFlags {
  readonly message?: string
  readonly author?: string
}

export const noteOptions = (command: Command): Command =>
  command
    .option('-m, --message <text>', 'what it is')
    .option('--author <name>', 'who says so (default: $COPPICE_AUTHOR)')

export const noteOf = (
  { message, author }: NoteFlags,
  otherwise: string,
): { readonly message: string; readonly author: string } => ({
  message: message ?? otherwise,
  author: author ?? process.env['COPPICE_AUTHOR'] ?? '',
})
