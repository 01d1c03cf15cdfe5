/**
 * What ends a command early. Inside the command line a failure is thrown as a `Stop`, which `main.ts` turns into one line
 * and an exit code.
 */
import type * as E from 'fp-ts/lib/Either.js'
import { type Digest, toHex } from '../data/Digest.js'
import { explain } from '../data/explain.js'
import type { Failure } from '../data/Failure.js'
import { printable } from './output.js'

/** Something is wrong with what was asked for: exit code 2. */
export interface Misused {
  readonly _tag: 'Misused'
  readonly reason: string
}

/** No head has the name, and no checkpoint that is known begins so. */
export interface UnknownName {
  readonly _tag: 'UnknownName'
  readonly name: string
}

/** Several begin so. */
export interface AmbiguousName {
  readonly _tag: 'AmbiguousName'
  readonly name: string
  readonly of: 'checkpoints' | 'operations'
  readonly candidates: ReadonlyArray<Digest>
}

export interface HeadExists {
  readonly _tag: 'HeadExists'
  readonly name: string
}

/** Nothing stands at a path, as it was written. */
export interface NothingThere {
  readonly _tag: 'NothingThere'
  readonly path: string
}

/** There is nothing where the store should be. */
export interface NoStore {
  readonly _tag: 'NoStore'
  readonly directory: string
}

/** A file that was given does not say what it should. */
export interface Unreadable {
  readonly _tag: 'Unreadable'
  readonly file: string
  readonly reason: string
}

export type Complaint =
  | Misused
  | UnknownName
  | AmbiguousName
  | HeadExists
  | NothingThere
  | NoStore
  | Unreadable

export type Reason = Failure | Complaint

export const FAILED = 1
export const MISUSED = 2

export class Stop extends Error {
  readonly reason: Reason
  constructor(reason: Reason) {
    super(reason._tag)
    this.reason = reason
  }
}

export const stop = (reason: Reason): never => {
  throw new Stop(reason)
}

export const misused = (reason: string): never => stop({ _tag: 'Misused', reason })

/** What is right, or the end. */
export const orStop = <A>(result: E.Either<Reason, A>): A =>
  result._tag === 'Left' ? stop(result.left) : result.right

/** Candidates that are shown. */
const SHOWN = 8

const quoted = (text: string): string => JSON.stringify(text)

const COMPLAINTS: ReadonlyArray<Reason['_tag']> = [
  'Misused',
  'UnknownName',
  'AmbiguousName',
  'HeadExists',
  'NothingThere',
  'NoStore',
  'Unreadable',
] satisfies ReadonlyArray<Complaint['_tag']>

const isComplaint = (reason: Reason): reason is Complaint => COMPLAINTS.includes(reason._tag)

/** One line. */
export const describe = (reason: Reason): string =>
  oneLine(isComplaint(reason) ? complained(reason) : explain(reason))

const complained = (complaint: Complaint): string => {
  switch (complaint._tag) {
    case 'Misused':
      return complaint.reason
    case 'UnknownName':
      return `no head is called ${quoted(complaint.name)}, and no checkpoint of a head begins so; coppice head lists them`
    case 'AmbiguousName': {
      const shown = complaint.candidates.slice(0, SHOWN).map((digest) => toHex(digest).slice(0, 16))
      const more = complaint.candidates.length - shown.length
      return `${quoted(complaint.name)} may be ${complaint.candidates.length} ${complaint.of}: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
    }
    case 'HeadExists':
      return `there is a head called ${quoted(complaint.name)} already`
    case 'NothingThere':
      return `nothing stands at ${quoted(complaint.path)}`
    case 'NoStore':
      return `there is no store at ${quoted(complaint.directory)}: make one with coppice init`
    case 'Unreadable':
      return `cannot read ${quoted(complaint.file)}: ${complaint.reason}`
  }
}

const oneLine = (text: string): string => printable(text.replace(/\s*\n\s*/g, ' '))
