/**
 * A workspace is a directory as data: text where a file is UTF-8 without NUL, bytes where it is not.
 *
 * Left out: what is neither a file nor a directory (links are not followed, so nothing outside comes in), empty
 * directories, and directories of these names, which hold what can be fetched again.
 */
import { type Dirent, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'

export const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules'])

export type Content = string | Uint8Array

/** A directory as a map of its entries. */
export interface Tree {
  readonly [name: string]: Content | Tree
}

export interface File {
  /** Names from the root of the workspace down. */
  readonly path: readonly string[]
  readonly content: Content
}

export interface Workspace {
  /** In the order of their paths, whatever the order of the file system. */
  readonly files: readonly File[]
  /** Of all files. */
  readonly bytes: number
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The content of a file as a state holds it. */
export const contentOf = (bytes: Uint8Array): Content => {
  if (!bytes.includes(0)) {
    try {
      return decoder.decode(bytes)
    } catch {
      // Not UTF-8: bytes it is.
    }
  }
  return Uint8Array.from(bytes)
}

export const byteLength = (content: Content): number =>
  typeof content === 'string' ? Buffer.byteLength(content) : content.length

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1)

/** The files of a directory, or a line that says why there are none. */
export const read = (directory: string): E.Either<string, Workspace> => {
  const files: File[] = []
  let bytes = 0
  const enter = (path: readonly string[]): void => {
    for (const entry of readdirSync(join(directory, ...path), { withFileTypes: true }).sort(byName)) {
      const inner = [...path, entry.name]
      if (entry.isDirectory()) {
        if (!LEFT_OUT.has(entry.name)) enter(inner)
      } else if (entry.isFile()) {
        const content = readFileSync(join(directory, ...inner))
        bytes += content.length
        files.push({ path: inner, content: contentOf(content) })
      }
    }
  }
  try {
    enter([])
  } catch (error) {
    return E.left(`cannot read the workspace ${directory}: ${reasonOf(error)}`)
  }
  return files.length === 0 ? E.left(`the workspace ${directory} holds no files`) : E.right({ files, bytes })
}

/** Files as nested maps, one a directory. */
export const treeOf = (files: ReadonlyArray<File>, depth = 0): Tree => {
  const groups = new Map<string, File[]>()
  for (const file of files) {
    const name = file.path[depth]!
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [file])
    else group.push(file)
  }
  // `fromEntries` and not assignment: a file may be called `__proto__`.
  return Object.fromEntries(
    [...groups].map(([name, group]) => {
      const first = group[0]!
      return [name, first.path.length === depth + 1 ? first.content : treeOf(group, depth + 1)]
    }),
  )
}
