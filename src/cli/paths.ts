/**
 * Paths as people write them, `src/index.ts`, and where that is in a state.
 *
 * A name is a key of a map, or the index of a list, if it is digits. What an entry's permissions stand beside
 * (`[permissions, entry]`, see `vst/Directory.ts`) is passed through. A path that begins with `[` and is a list in JSON is taken as
 * it is.
 */
import type { Path } from '../data/Failure.js'
import * as Fetch from '../trie/Fetch.js'
import * as State from '../trie/State.js'
import { nameFault } from '../vst/internal/directoryEntry.js'
import { printable } from './output.js'
import { misused } from './stop.js'

const isSegment = (u: unknown): u is string | number =>
  typeof u === 'string' || (Number.isSafeInteger(u) && (u as number) >= 0)

export const literal = (text: string): Path | null => {
  if (!text.startsWith('[')) return null
  try {
    const path: unknown = JSON.parse(text)
    return Array.isArray(path) && path.every(isSegment) ? path : null
  } catch {
    return null
  }
}

const namesIn = (text: string): ReadonlyArray<string> =>
  text.split('/').filter((name) => name !== '' && name !== '.')

/** A path into which a directory is put: its names are keys that can be names of files. */
export const keysOf = (text: string): Path => {
  const path = literal(text) ?? namesIn(text)
  for (const key of path) {
    const fault = typeof key === 'string' ? nameFault(key) : null
    if (fault !== null) return misused(`"${printable(text)}" holds what names no file: ${fault}`)
  }
  return path
}

/** Where the path leads in a state; where it leads nowhere, the path as it was written. */
export const locate =
  (text: string) =>
  (state: State.State): Fetch.Fetch<State.LoadFailure, Path> => {
    const exact = literal(text)
    if (exact !== null) return Fetch.of(exact)
    const names = namesIn(text)
    if (names.includes('..')) return misused(`"${printable(text)}" leads upwards`)
    const go = (path: Path, i: number): Fetch.Fetch<State.LoadFailure, Path> => {
      const name = names[i]
      if (name === undefined) return Fetch.of(path)
      const rest = (): Path => [...path, ...names.slice(i)]
      const ways = [[name], [1, name], ...(/^\d{1,15}$/.test(name) ? [[Number(name)]] : [])].map((way) => [
        ...path,
        ...way,
      ])
      return Fetch.flatMap(Fetch.all(ways.map((way) => State.has(way)(state))), (there) => {
        const way = ways[there.indexOf(true)]
        return way === undefined ? Fetch.of(rest()) : go(way, i + 1)
      })
    }
    return go([], 0)
  }

/** A path in a state as people write it. */
export const written = (path: Path): string =>
  path.length === 0
    ? '/'
    : printable(
        path
          .map((segment, i) =>
            typeof segment === 'number' ? `[${segment}]` : i === 0 ? segment : `/${segment}`,
          )
          .join(''),
      )
