/**
 * `PlainObject` is a subtree as plain JavaScript data: deeply frozen, and shared by all who ask for it.
 *
 * Bytes cannot be frozen: who writes to them writes to what others read. The order of a map's keys is not fixed. A delta
 * shares all that the patch does not touch with the object that it began with.
 *
 * Laws: `factoryLaws`.
 */
import { invalidPath, type Path } from '../../data/Failure.js'
import type { Value } from '../../data/Value.js'
import * as Fetch from '../../trie/Fetch.js'
import type { Content, Operation, Patch } from '../../trie/Patch.js'
import * as Component from '../Component.js'
import * as Factory from '../Factory.js'

type Entries = { readonly [key: string]: Value }

/** Bytes that plain data takes in memory, on the large side. O(size). */
export const estimateSize = (value: Value): number => {
  if (typeof value === 'string') return 16 + 2 * value.length
  if (typeof value !== 'object' || value === null) return 8
  if (value instanceof Uint8Array) return 160 + value.length
  let size = 48
  if (Array.isArray(value)) {
    for (const item of value as ReadonlyArray<Value>) size += 8 + estimateSize(item)
    return size
  }
  for (const key of Object.keys(value)) size += 16 + estimateSize((value as Entries)[key]!)
  return size
}

const isMap = (value: Value | undefined): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** A frozen copy with or without a key; `__proto__` is one like others. */
const withEntry = (map: Entries, key: string, value: Value | undefined): Entries => {
  const copy: Record<string, Value> = {}
  const put = (name: string, inner: Value): void => {
    if (name === '__proto__') {
      Object.defineProperty(copy, name, {
        value: inner,
        enumerable: true,
        writable: true,
        configurable: true,
      })
    } else copy[name] = inner
  }
  for (const name of Object.keys(map)) if (name !== key) put(name, map[name]!)
  if (value !== undefined) put(key, value)
  return Object.freeze(copy)
}

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The content with a stretch replaced; `null` if the two are not of one kind. */
const spliced = (content: Value | undefined, position: number, count: number, by: Content): Value | null => {
  if (typeof content === 'string' && typeof by === 'string') {
    return content.slice(0, position) + by + content.slice(position + count)
  }
  if (content instanceof Uint8Array && by instanceof Uint8Array) {
    return joined([content.subarray(0, position), by, content.subarray(position + count)])
  }
  if (Array.isArray(content) && Array.isArray(by)) {
    return Object.freeze([...content.slice(0, position), ...by, ...content.slice(position + count)])
  }
  return null
}

type Changed = Value | undefined | null

const changed = (value: Value | undefined, operation: Operation): Changed => {
  switch (operation.op) {
    case 'add':
    case 'change':
      return operation.after === null ? NULL : operation.after
    case 'remove':
      return undefined
    case 'splice':
      return spliced(value, operation.position, operation.removed.length, operation.inserted)
  }
}

/** Stands for a null that was set, where null says that the patch does not fit. */
const NULL: Value = Object.freeze({})

const given = (value: Value | undefined): Value | undefined => (value === NULL ? null : value)

/** `null` if the patch was made for another object. */
const within = (value: Value | undefined, operation: Operation, path: Path, depth: number): Changed => {
  if (depth === path.length) return changed(value, operation)
  const key = path[depth]!
  if (!isMap(value) || typeof key !== 'string') return null
  const inner = within(Object.hasOwn(value, key) ? value[key] : undefined, operation, path, depth + 1)
  return inner === null ? null : withEntry(value, key, given(inner))
}

/** The object that a patch makes of another. Errors: `InvalidPath` for an object that the patch was not made for. */
const applyDelta = (object: Value, patch: Patch): Fetch.Fetch<Factory.ReadFailure, Value> => {
  let value: Value | undefined = object
  for (const operation of patch) {
    const next: Changed = within(value, operation, operation.path, 0)
    if (next === null) return Fetch.fail(invalidPath(operation.path, 'the patch is one for another object'))
    value = given(next)
  }
  return value === undefined ? Fetch.fail(invalidPath([], 'nothing is left')) : Fetch.of(value)
}

/** @category factories */
export const factory: Factory.Factory<Value, Value> = Factory.pure({
  type: Factory.type<Value>('plain object'),
  read: Component.value,
  create: (value) => value,
  estimateSize,
  applyDelta,
})
