/**
 * What stands in a directory as a value, in one form:
 *
 *     text            a file that is UTF-8, with permissions 644
 *     bytes           a file that is not, with permissions 644
 *     map             a directory with permissions 755, its entries by name
 *     [mode, entry]   one of these with other permissions, as a number
 *     ['link', text]  a symbolic link
 */
import { sep } from 'node:path'
import type { Value } from '../../data/Value.js'

export const FILE_MODE = 0o644
export const DIRECTORY_MODE = 0o755
/** The permission bits; others (set-user-ID and its like) neither come in nor go out. */
export const PERMISSIONS = 0o777
export const LINK_MARK = 'link'

/** An entry with its permissions. */
export const withMode = (content: Value, mode: number, ordinary: number): Value =>
  mode === ordinary ? content : [mode, content]

export const linkTo = (target: string): Value => [LINK_MARK, target]

export const isMode = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= PERMISSIONS

/** Why a key names no file of its directory, or `null`. */
export const nameFault = (name: string): string | null => {
  if (name === '') return 'the empty name'
  if (name === '.' || name === '..') return 'not a name of its own'
  if (name.includes('/')) return 'a name with a slash'
  if (name.includes('\0')) return 'a name with NUL'
  // Where the backslash parts names, a colon names a drive or a stream.
  if (sep === '\\' && /[\\:]/.test(name)) return 'a name with a backslash or a colon'
  return null
}

/** Why a text is no target of a link, or `null`. */
export const targetFault = (target: string): string | null =>
  target === '' ? 'a link to nothing' : target.includes('\0') ? 'a link with NUL' : null

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that bytes are, or `null`. */
export const textOf = (bytes: Uint8Array): string | null => {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}
