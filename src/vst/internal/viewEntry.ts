/**
 * How a head stands in a view: what it names, under its name. A name that can be no key of a map stands beside what it
 * names, and the digest of the name is the key. So a head may have any name that its store takes.
 */
import * as Digest from '../../data/Digest.js'
import { hash } from '../../data/Hasher.js'
import { MAX_KEY } from '../../data/internal/limits.js'
import { textBytes } from '../../data/internal/text.js'
import type { Value } from '../../data/Value.js'

/** A head. */
export interface Named {
  readonly name: string
  readonly digest: Digest.Digest
}

const LONG = '.name/'

/** Whether a key is one of a head whose name is none. */
export const isLong = (key: string): boolean => key.startsWith(LONG)

const isKey = (name: string): boolean => name.isWellFormed() && textBytes(name) <= MAX_KEY

/** UTF-16, the high byte first: no text that has half a character is a value. */
const unitsOf = (name: string): Uint8Array =>
  Uint8Array.from({ length: 2 * name.length }, (_, i) => name.charCodeAt(i >> 1) >> (i % 2 === 0 ? 8 : 0))

const nameOf = (units: Uint8Array): string =>
  Array.from({ length: units.length >> 1 }, (_, i) =>
    String.fromCharCode(units[2 * i]! * 256 + units[2 * i + 1]!),
  ).join('')

/** Where a head stands in a view. */
export const keyOf = (name: string): string => (isKey(name) ? name : LONG + Digest.toHex(hash(unitsOf(name))))

/** What stands there. */
export const entryOf = (name: string, digest: Digest.Digest): Value => {
  const bytes = Digest.toBytes(digest)
  return isKey(name) ? bytes : [bytes, unitsOf(name)]
}

const digestIn = (value: unknown): Digest.Digest | null =>
  value instanceof Uint8Array && value.length === Digest.SIZE ? Digest.fromBytes(value) : null

/** The head that stands at a key; null for what is none. */
export const namedIn = (key: string, value: unknown): Named | null => {
  const [bytes, units] = isLong(key) && Array.isArray(value) ? value : [value]
  const digest = digestIn(bytes)
  if (digest === null) return null
  if (!isLong(key)) return { name: key, digest }
  return units instanceof Uint8Array ? { name: nameOf(units), digest } : null
}
