/** Where the job reads from and writes to, checked before it begins. */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'

/** A package of about 1 MB in a hundred files; its version is fixed, so every run has the same input. */
const PACKAGE = '@rimbu/hashed'

const isRootOf = (directory: string, name: string): boolean => {
  const manifest = join(directory, 'package.json')
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === name
}

/** The directory of an installed package, wherever the package manager has put it. */
export const defaultWorkspace = (): E.Either<string, string> => {
  try {
    let directory = dirname(fileURLToPath(import.meta.resolve(PACKAGE)))
    while (!isRootOf(directory, PACKAGE)) {
      const above = dirname(directory)
      if (above === directory) throw new Error('no manifest')
      directory = above
    }
    return E.right(directory)
  } catch {
    return E.left(`the default workspace, package ${PACKAGE}, is not installed; name one with --workspace`)
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Whether a file can be written, without leaving a trace if the job never gets so far. */
export const writable = (file: string): E.Either<string, string> => {
  const path = resolve(file)
  try {
    if (existsSync(path)) {
      if (!statSync(path).isFile()) return E.left(`cannot write ${file}: not a file`)
      accessSync(path, constants.W_OK)
    } else {
      if (!statSync(dirname(path)).isDirectory()) return E.left(`cannot write ${file}: not in a directory`)
      accessSync(dirname(path), constants.W_OK)
    }
    return E.right(path)
  } catch (error) {
    return E.left(`cannot write ${file}: ${reasonOf(error)}`)
  }
}
