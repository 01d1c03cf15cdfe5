/**
 * A merge that waits for people: a file that says what was merged, what each side has where both have changed a place, and
 * which side is to be taken there.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { type Digest, DigestFromCid } from '../data/Digest.js'
import { explain } from '../data/explain.js'
import { invalidValue, type Path } from '../data/Failure.js'
import * as V from '../data/Value.js'
import type { Conflict, Resolution } from '../vst/Merge.js'
import type * as Resolver from '../vst/Resolver.js'
import { stop } from './stop.js'
import { fromJson, type Refuse, toJson } from './values.js'

/** A merge of two checkpoints into a head. */
export interface Pending {
  readonly head: string
  readonly ours: Digest
  readonly theirs: Digest
  readonly message: string
  readonly author: string
}

const SIDES = ['ours', 'theirs', 'base'] as const
export type Side = (typeof SIDES)[number]

/** What is to stand where there was a conflict. */
export type Taken = Side | { readonly value: V.Value }

const taken = t.union([
  t.literal('ours'),
  t.literal('theirs'),
  t.literal('base'),
  t.strict({ value: t.unknown }),
  t.null,
])

const File = t.strict({
  head: t.string,
  ours: DigestFromCid,
  theirs: DigestFromCid,
  message: t.string,
  author: t.string,
  conflicts: t.readonlyArray(t.strict({ path: t.readonlyArray(t.union([t.string, t.number])), take: taken })),
})

/** Beside a side's value nothing tells that there is none. */
export const sideToJson = (side: Resolver.Side): unknown => (O.isNone(side) ? [] : [toJson(side.value)])

const HELP =
  'For each conflict set "take" to "ours", "theirs", "base", or { "value": … }; then: coppice merge --resume THIS_FILE. A side is [] where nothing stands, or [what stands there].'

/** Throws nothing; stops with `Unreadable`. */
export const save = (file: string, pending: Pending, conflicts: ReadonlyArray<Conflict>): void => {
  const { head, ours, theirs, message, author } = pending
  const json = {
    help: HELP,
    head,
    ours: DigestFromCid.encode(ours),
    theirs: DigestFromCid.encode(theirs),
    message,
    author,
    conflicts: conflicts.map((one) => ({
      path: one.path,
      take: null,
      base: sideToJson(one.base),
      ours: sideToJson(one.ours),
      theirs: sideToJson(one.theirs),
    })),
  }
  try {
    writeFileSync(file, `${JSON.stringify(json, null, 2)}\n`, { flag: 'wx' })
  } catch (cause) {
    stop({ _tag: 'FileFailed', path: file, operation: 'write', cause })
  }
}

export interface Resumed extends Pending {
  /** What people have decided, by the JSON of the path. */
  readonly taken: ReadonlyMap<string, Taken>
}

export const load = (file: string): Resumed => {
  const unreadable = (reason: string): never => stop({ _tag: 'Unreadable', file, reason })
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    return unreadable((cause as Error).message)
  }
  const decoded = File.decode(json)
  if (E.isLeft(decoded)) return unreadable('it is no file of conflicts')
  const { conflicts, ...pending } = decoded.right
  const takenOf = (path: Path, take: Side | { readonly value?: unknown }): Taken => {
    if (typeof take === 'string') return take
    const refuse: Refuse = (inner, reason) => unreadable(explain(invalidValue([...path, ...inner], reason)))
    const value = V.fromUnknown(fromJson(take.value, refuse))
    return E.isRight(value) ? { value: value.right } : refuse(value.left.path, value.left.reason)
  }
  const decided = conflicts.flatMap(({ path, take }) =>
    take === null ? [] : [[keyOf(path), takenOf(path, take)] as const],
  )
  return { ...pending, taken: new Map(decided) }
}

const keyOf = (path: Path): string => JSON.stringify(path)

/** What was decided about the conflicts of a merge; the rest is left. */
export const resolutions = (
  conflicts: ReadonlyArray<Conflict>,
  of: (conflict: Conflict) => Taken | undefined,
): ReadonlyArray<Resolution> =>
  conflicts.flatMap((conflict) => {
    const take = of(conflict)
    if (take === undefined) return []
    return [{ path: conflict.path, value: typeof take === 'string' ? conflict[take] : O.some(take.value) }]
  })

/** Those of a file. */
export const decided =
  ({ taken }: Resumed) =>
  ({ path }: Conflict): Taken | undefined =>
    taken.get(keyOf(path))
