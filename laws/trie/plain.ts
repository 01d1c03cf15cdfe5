/** The model of a state: plain objects, copied at every edit. */
import * as E from 'fp-ts/lib/Either.js'
import type { Path } from '../../src/data/Failure.js'
import type { Value } from '../../src/data/Value.js'

export type Map = { readonly [key: string]: Value }

/** Nothing. */
export const NONE: unique symbol = Symbol('none')
export type Plain = Value | typeof NONE

export const isMap = (value: Plain): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

export const isList = (value: Plain): value is ReadonlyArray<Value> => Array.isArray(value)

/** With a key set, or taken away; `__proto__` is a key like others. */
const withKey = (map: Map, key: string, value: Plain): Map => {
  const next: { [key: string]: Value } = {}
  for (const other of Object.keys(map)) if (other !== key) define(next, other, map[other]!)
  if (value !== NONE) define(next, key, value)
  return next
}

const define = (into: object, key: string, value: Value): void => {
  Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true })
}

export const step = (value: Plain, segment: string | number): Plain => {
  if (isList(value)) return typeof segment === 'number' && segment in value ? value[segment]! : NONE
  if (isMap(value))
    return typeof segment === 'string' && Object.hasOwn(value, segment) ? value[segment]! : NONE
  return NONE
}

export const get = (value: Plain, path: Path): Plain => path.reduce<Plain>(step, value)

/** What an edit makes of a value, or the path at which it fails. */
export const edit = (
  root: Map,
  path: Path,
  deleting: boolean,
  change: (value: Plain) => E.Either<Path, Plain>,
): E.Either<Path, Map> => {
  const go = (value: Plain, depth: number): E.Either<Path, Plain> => {
    if (depth === path.length) return change(value)
    const segment = path[depth]!
    const fits =
      value === NONE || isMap(value)
        ? typeof segment === 'string'
        : isList(value) && typeof segment === 'number' && segment <= value.length
    if (!fits) return deleting ? E.right(value) : E.left(path.slice(0, depth + 1))
    return E.map((inner: Plain): Plain => {
      if (inner === NONE && (value === NONE || step(value, segment) === NONE)) return value
      if (!isList(value)) return withKey(value === NONE ? {} : (value as Map), segment as string, inner)
      return inner === NONE
        ? value.toSpliced(segment as number, 1)
        : value.toSpliced(segment as number, 1, inner)
    })(go(step(value, segment), depth + 1))
  }
  return go(root, 0) as E.Either<Path, Map>
}

/** Every path to something, in some order. */
export const paths = (value: Plain, path: Path = []): ReadonlyArray<Path> => {
  const inner: ReadonlyArray<readonly [string | number, Value]> = isList(value)
    ? value.map((item, i) => [i, item] as const)
    : isMap(value)
      ? Object.entries(value)
      : []
  return [path, ...inner.flatMap(([key, item]) => paths(item, [...path, key]))]
}
