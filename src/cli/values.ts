/** Values of a state for people, and as JSON. */
import type { Path } from '../data/Failure.js'
import type { Value } from '../data/Value.js'

type Map = { readonly [key: string]: Value }

export const isMap = (value: Value): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '')

/** Bytes as DAG-JSON has them, `{ "/": { "bytes": base64 } }`; all else is JSON already. */
export const toJson = (value: Value): unknown => {
  if (value instanceof Uint8Array) {
    return { '/': { bytes: unpadded(value) } }
  }
  if (Array.isArray(value)) return value.map(toJson)
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]))
    : value
}

/** What is told of a fault, and where in the value. */
export type Refuse = (path: Path, reason: string) => never

const bytesIn = (json: object, path: Path, refuse: Refuse): Uint8Array | null => {
  const inner =
    Object.hasOwn(json, '/') && Object.keys(json).length === 1 ? (json as { '/': unknown })['/'] : null
  if (typeof inner !== 'object' || inner === null) return null
  const { bytes } = inner as { readonly bytes?: unknown }
  if (typeof bytes !== 'string') return null
  const found = Buffer.from(bytes, 'base64')
  const isBase64 = [unpadded(found), found.toString('base64')].includes(bytes)
  return isBase64 ? new Uint8Array(found) : refuse(path, 'bytes that are not base64')
}

/** What `toJson` gives, back; it may be no value. Refuses bytes that are not base64. */
export const fromJson = (json: unknown, refuse: Refuse, path: Path = []): unknown => {
  if (Array.isArray(json)) return json.map((inner, i) => fromJson(inner, refuse, [...path, i]))
  if (typeof json !== 'object' || json === null) return json
  const entries = (): ReadonlyArray<readonly [string, unknown]> =>
    Object.entries(json).map(([key, inner]) => [key, fromJson(inner, refuse, [...path, key])])
  return bytesIn(json, path, refuse) ?? Object.fromEntries(entries())
}

/** Characters of a value that are shown in one line. */
const SHOWN = 60

/** On one line, cut off where it is long. */
export const brief = (value: Value): string => {
  if (value instanceof Uint8Array) return `<${value.length} bytes>`
  const text = JSON.stringify(toJson(value))
  return text.length > SHOWN ? `${text.slice(0, SHOWN).toWellFormed()}…` : text
}

const PERMISSIONS = 0o777

export const isMode = (value: Value | undefined): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= PERMISSIONS

/** What a directory's entry holds, without its permissions. */
export const contentOf = (value: Value): Value => {
  const [mode, content] = Array.isArray(value) && value.length === 2 ? (value as ReadonlyArray<Value>) : []
  const isEntry = isMode(mode) && content !== undefined
  return isEntry && (typeof content === 'string' || content instanceof Uint8Array || isMap(content))
    ? content
    : value
}
