/**
 * `Failure` is everything that can go wrong, as data.
 *
 * One constructor a case; each function's type names only the tags that it can give. Text for people is made
 * elsewhere (`explain.ts`), so that a program never has to parse a message.
 */
import type { Digest } from './Digest.js'

/** Where in a state: map keys and list indices, from the root. */
export type Path = ReadonlyArray<string | number>

/** A value that the data model cannot hold (design: "Bad input"), with the place and the reason. */
export interface InvalidValue {
  readonly _tag: 'InvalidValue'
  readonly path: Path
  readonly reason: string
}

/** A path that cannot be followed: an empty map key is fine, an index into a map or past a list's end is not. */
export interface InvalidPath {
  readonly _tag: 'InvalidPath'
  readonly path: Path
  readonly reason: string
}

/** A position that a sequence of `size` does not have. */
export interface OutOfRange {
  readonly _tag: 'OutOfRange'
  readonly position: number
  readonly size: number
}

/** A typed read whose codec refused the value; one line for each mismatch. */
export interface Mismatch {
  readonly _tag: 'Mismatch'
  readonly path: Path
  readonly errors: ReadonlyArray<string>
}

/** Text that is not a digest or a CID of ours. */
export interface InvalidDigest {
  readonly _tag: 'InvalidDigest'
  readonly text: string
  readonly reason: string
}

/** Bytes that are not canonical DAG-CBOR of the expected form; `offset` is in bytes from their start. */
export interface Malformed {
  readonly _tag: 'Malformed'
  readonly offset: number
  readonly reason: string
}

/** A block whose bytes do not match its digest, or that stands where it cannot belong. */
export interface Corrupt {
  readonly _tag: 'Corrupt'
  readonly digest: Digest
  readonly reason: string
}

/** A block that the store does not hold. */
export interface Missing {
  readonly _tag: 'Missing'
  readonly digest: Digest
}

/** A put that names a link which is not in the store. */
export interface Dangling {
  readonly _tag: 'Dangling'
  readonly digest: Digest
  readonly link: Digest
}

/** A head that was not where the writer expected it. */
export interface HeadMoved {
  readonly _tag: 'HeadMoved'
  readonly name: string
  readonly expected: Digest | null
  readonly actual: Digest | null
}

/** An unpin of a block that is not pinned. */
export interface NotPinned {
  readonly _tag: 'NotPinned'
  readonly digest: Digest
}

/** A reference that was released before it was used. */
export interface Released {
  readonly _tag: 'Released'
  readonly generation: number
}

/** The machine below the store failed: disk, network, process. */
export interface StoreFailed {
  readonly _tag: 'StoreFailed'
  readonly operation: string
  readonly cause: unknown
}

/** All of them. */
export type Failure =
  | InvalidValue
  | InvalidPath
  | OutOfRange
  | Mismatch
  | InvalidDigest
  | Malformed
  | Corrupt
  | Missing
  | Dangling
  | HeadMoved
  | NotPinned
  | Released
  | StoreFailed

/** @category constructors */
export const invalidValue = (path: Path, reason: string): InvalidValue => ({
  _tag: 'InvalidValue',
  path,
  reason,
})
/** @category constructors */
export const invalidPath = (path: Path, reason: string): InvalidPath => ({
  _tag: 'InvalidPath',
  path,
  reason,
})
/** @category constructors */
export const outOfRange = (position: number, size: number): OutOfRange => ({
  _tag: 'OutOfRange',
  position,
  size,
})
/** @category constructors */
export const mismatch = (path: Path, errors: ReadonlyArray<string>): Mismatch => ({
  _tag: 'Mismatch',
  path,
  errors,
})
/** @category constructors */
export const invalidDigest = (text: string, reason: string): InvalidDigest => ({
  _tag: 'InvalidDigest',
  text,
  reason,
})
/** @category constructors */
export const malformed = (offset: number, reason: string): Malformed => ({
  _tag: 'Malformed',
  offset,
  reason,
})
/** @category constructors */
export const corrupt = (digest: Digest, reason: string): Corrupt => ({ _tag: 'Corrupt', digest, reason })
/** @category constructors */
export const missing = (digest: Digest): Missing => ({ _tag: 'Missing', digest })
/** @category constructors */
export const dangling = (digest: Digest, link: Digest): Dangling => ({ _tag: 'Dangling', digest, link })
/** @category constructors */
export const headMoved = (name: string, expected: Digest | null, actual: Digest | null): HeadMoved => ({
  _tag: 'HeadMoved',
  name,
  expected,
  actual,
})
/** @category constructors */
export const notPinned = (digest: Digest): NotPinned => ({ _tag: 'NotPinned', digest })
/** @category constructors */
export const released = (generation: number): Released => ({ _tag: 'Released', generation })
/** @category constructors */
export const storeFailed = (operation: string, cause: unknown): StoreFailed => ({
  _tag: 'StoreFailed',
  operation,
  cause,
})
