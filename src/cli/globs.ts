/** Which files take part; the store, if it stands among them, never does. */
import { realpathSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import type { Command } from 'commander'

export interface GlobFlags {
  readonly include?: ReadonlyArray<string>
  readonly exclude?: ReadonlyArray<string>
}

const collect = (glob: string, before: ReadonlyArray<string> = []): ReadonlyArray<string> => [...before, glob]

export const globOptions = (command: Command): Command =>
  command
    .option('--include <glob>', 'only what this matches, with all below it (may be repeated)', collect)
    .option('--exclude <glob>', 'nothing that this matches (may be repeated)', collect)

const real = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

/** A name that is a glob for itself alone. */
const escaped = (name: string): string => name.replace(/[\\*?[\](){}!+@|^$"]/g, '\\$&')

export const globsOf = (
  { include, exclude = [] }: GlobFlags,
  directory: string,
  store: string,
): GlobFlags => {
  const inside = relative(real(directory), real(store))
  const isInside = inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`)
  const own = isInside ? [inside.split(sep).map(escaped).join('/')] : []
  return { ...(include === undefined ? {} : { include }), exclude: [...exclude, ...own] }
}
