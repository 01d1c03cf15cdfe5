/**
 * Encoded sizes without encoding: what decides whether a value is a block of its own.
 */
import { type Encodable, Linkable } from '../Linkable.js'
import { headSize, textSize } from './text.js'
import { LINK_SIZE } from './writer.js'

export { headSize, textSize } from './text.js'

/** Encoded size of a finite number. */
export const numberSize = (n: number): number => (Number.isSafeInteger(n) ? headSize(n >= 0 ? n : -1 - n) : 9)

/**
 * Bytes that `Writer.value` would write. Once they exceed `limit` it may stop and answer any number above `limit`, so a
 * caller who asks "does it fit?" pays at most for what fits.
 */
export const sizeOf = (v: Encodable, limit: number = Number.POSITIVE_INFINITY): number => {
  if (typeof v === 'string') return v.length >= limit ? v.length + 1 : textSize(v)
  if (typeof v === 'number') return numberSize(v)
  if (typeof v === 'boolean' || v === null) return 1
  if (Array.isArray(v)) return listSize(v, limit)
  if (v instanceof Linkable) return LINK_SIZE
  if (v instanceof Uint8Array) return headSize(v.length) + v.length
  return mapSize(v as { readonly [key: string]: Encodable }, limit)
}

const listSize = (items: ReadonlyArray<Encodable>, limit: number): number => {
  const n = items.length
  let size = headSize(n)
  // Every item takes a byte at least.
  if (size + n > limit) return size + n
  for (let i = 0; i < n; i++) {
    size += sizeOf(items[i]!, limit - size)
    if (size > limit) return size
  }
  return size
}

const mapSize = (entries: { readonly [key: string]: Encodable }, limit: number): number => {
  const keys = Object.keys(entries)
  const n = keys.length
  let size = headSize(n)
  if (size + 2 * n > limit) return size + 2 * n
  for (let i = 0; i < n; i++) {
    const key = keys[i]!
    size += textSize(key)
    size += sizeOf(entries[key]!, limit - size)
    if (size > limit) return size
  }
  return size
}
