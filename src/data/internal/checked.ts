/**
 * Writing what may not be a value: the checks of the door that change what would be written, in the same pass.
 *
 * It only finds out that something is wrong; where and what, the careful walk says, which nobody pays for but who is
 * wrong.
 */
import { canonicalKeys } from './keys.js'
import { MAX_BYTES, MAX_DEPTH, MAX_KEY } from './limits.js'
import { textBytes } from './text.js'
import type { Writer } from './writer.js'

/** Writes `u`, which stands in `depth` lists and maps; false if it is not a value. May throw what a getter throws. */
export const writeChecked = (w: Writer, u: unknown, depth: number): boolean => {
  if (typeof u === 'string') {
    if (!u.isWellFormed()) return false
    w.text(u)
    return w.length <= MAX_BYTES
  }
  if (typeof u === 'number') {
    if (!Number.isFinite(u)) return false
    w.number(u)
    return true
  }
  if (typeof u === 'boolean') {
    w.boolean(u)
    return true
  }
  if (typeof u !== 'object') return false
  if (u === null) {
    w.nil()
    return true
  }
  const prototype = Object.getPrototypeOf(u) as unknown
  if (Array.isArray(u)) {
    return prototype === Array.prototype && depth < MAX_DEPTH && writeList(w, u, depth + 1)
  }
  if (prototype === Object.prototype || prototype === null) {
    return depth < MAX_DEPTH && writeMap(w, u as { readonly [key: string]: unknown }, depth + 1)
  }
  if (!(u instanceof Uint8Array)) return false
  w.bytes(u)
  return w.length <= MAX_BYTES
}

const writeList = (w: Writer, items: ReadonlyArray<unknown>, depth: number): boolean => {
  const n = items.length
  w.arrayHeader(n)
  for (let i = 0; i < n; i++) if (!writeChecked(w, items[i], depth)) return false
  return w.length <= MAX_BYTES
}

const writeMap = (w: Writer, entries: { readonly [key: string]: unknown }, depth: number): boolean => {
  const keys = canonicalKeys(entries)
  const n = keys.length
  w.mapHeader(n)
  for (let i = 0; i < n; i++) {
    const key = keys[i]!
    // A unit is three bytes at most.
    if (key.length * 3 > MAX_KEY && textBytes(key) > MAX_KEY) return false
    if (!key.isWellFormed()) return false
    w.text(key)
    if (!writeChecked(w, entries[key], depth)) return false
  }
  return w.length <= MAX_BYTES
}
