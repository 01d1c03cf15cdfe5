/** Which files take part; the store, if it stands among them, never does. */
import { realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Command } from 'commander'
import { misused } from './stop.js'

export interface GlobFlags {
  readonly include?: ReadonlyArray<string>
  readonly exclude?: ReadonlyArray<string>
}

const collect = (glob: string, before: ReadonlyArray<string> = []): ReadonlyArray<string> => [...before, glob]

export const globOptions = (command: Command): Command =>
  command
    .option('--include <glob>', 'only what this matches, with all below it (may be repeated)', collect)
    .option('--exclude <glob>', 'nothing that this matches (may be repeated)', collect)

/** As far as it is there. */
const real = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    const whole = resolve(path)
    const above = dirname(whole)
    return above === whole ? whole : join(real(above), basename(whole))
  }
}

const isInside = (way: string): boolean => way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)

/** A name that is a glob for itself alone. */
const escaped = (name: string): string => name.replace(/[\\*?[\](){}!+@|^$"]/g, '\\$&')

/** Stops with `Misused` at a directory that is the store's own. */
export const globsOf = (
  { include, exclude = [] }: GlobFlags,
  directory: string,
  store: string,
): GlobFlags => {
  const [from, to] = [real(directory), real(store)]
  if (isInside(relative(to, from))) return misused(`${directory} is a directory of the store itself`)
  const way = relative(from, to)
  const own = isInside(way) ? [way.split(sep).map(escaped).join('/')] : []
  return { ...(include === undefined ? {} : { include }), exclude: [...exclude, ...own] }
}
