/** Values of a state for people, and as JSON. */
import type { Value } from '../data/Value.js'

type Map = { readonly [key: string]: Value }

export const isMap = (value: Value): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** Bytes as DAG-JSON has them, `{ "/": { "bytes": base64 } }`; all else is JSON already. */
export const toJson = (value: Value): unknown => {
  if (value instanceof Uint8Array) {
    return { '/': { bytes: Buffer.from(value).toString('base64').replace(/=+$/, '') } }
  }
  if (Array.isArray(value)) return value.map(toJson)
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]))
    : value
}

const bytesIn = (json: object): Uint8Array | null => {
  const inner =
    Object.hasOwn(json, '/') && Object.keys(json).length === 1 ? (json as { '/': unknown })['/'] : null
  if (typeof inner !== 'object' || inner === null) return null
  const { bytes } = inner as { readonly bytes?: unknown }
  return typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'base64')) : null
}

/** What `toJson` gives, back; it may be no value. */
export const fromJson = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(fromJson)
  if (typeof json !== 'object' || json === null) return json
  return (
    bytesIn(json) ?? Object.fromEntries(Object.entries(json).map(([key, inner]) => [key, fromJson(inner)]))
  )
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
