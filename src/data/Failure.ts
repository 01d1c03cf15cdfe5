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

/** A block from outside that is not what its CID says, or whose hash nobody here knows; `cid` as text. */
export interface InvalidBlock {
  readonly _tag: 'InvalidBlock'
  readonly cid: string
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

/** A digest that names no checkpoint here: nothing stored, or a block of another kind. */
export interface UnknownCheckpoint {
  readonly _tag: 'UnknownCheckpoint'
  readonly digest: Digest
  readonly reason: string
}

/** A merge that left conflicts. */
export interface Conflicted {
  readonly _tag: 'Conflicted'
  readonly paths: ReadonlyArray<Path>
}

/** A proof that proves nothing. */
export interface InvalidProof {
  readonly _tag: 'InvalidProof'
  readonly reason: string
}

/** A session whose lease ended before it was renewed: what it had pinned may be gone. Open the store again. */
export interface LeaseLost {
  readonly _tag: 'LeaseLost'
  readonly store: string
}

/** Files that are not a whole store: truncated, garbled, or something else altogether. */
export interface DamagedStore {
  readonly _tag: 'DamagedStore'
  readonly path: string
  readonly reason: string
}

/** A store that a later version of this library wrote. */
export interface UnsupportedStore {
  readonly _tag: 'UnsupportedStore'
  readonly path: string
  readonly version: number
  readonly supported: number
}

/** A store that others use in a way that does not go together with what was asked. */
export interface StoreBusy {
  readonly _tag: 'StoreBusy'
  readonly path: string
  readonly reason: string
}

/** The machine below the store failed: disk, network, process. */
export interface StoreFailed {
  readonly _tag: 'StoreFailed'
  readonly operation: string
  readonly cause: unknown
}

/** A number that is no weight: negative, NaN, infinite, or outside of what its place allows. */
export interface InvalidWeight {
  readonly _tag: 'InvalidWeight'
  readonly given: string
  readonly reason: string
}

/** A measure without an outcome. */
export interface EmptySupport {
  readonly _tag: 'EmptySupport'
}

/** An operation that the log of an engine does not hold, or holds no longer; or nothing of the kind asked for. */
export interface UnknownOperation {
  readonly _tag: 'UnknownOperation'
  readonly operation: Digest | null
  readonly reason: string
}

/** Evidence that every outcome contradicts. */
export interface ZeroEvidence {
  readonly _tag: 'ZeroEvidence'
}

/** A kernel whose children's weights do not sum to 1, or whose children cannot be told apart. */
export interface InvalidKernel {
  readonly _tag: 'InvalidKernel'
  readonly reason: string
}

/** A name that the measure does not hold: of a branch, or of a group. */
export interface UnknownReference {
  readonly _tag: 'UnknownReference'
  readonly name: string
}

/** Groups that cannot be coupled: one with itself, or one of two that share a name. */
export interface InvalidCoupling {
  readonly _tag: 'InvalidCoupling'
  readonly group: string
  readonly reason: string
}

/** A joint that would have `size` outcomes, where `limit` are allowed. */
export interface JointTooLarge {
  readonly _tag: 'JointTooLarge'
  readonly size: number
  readonly limit: number
}

/** An object type that no factory is registered for. */
export interface UnknownType {
  readonly _tag: 'UnknownType'
  readonly type: string
}

/** A factory that threw, rejected, answered `Left`, or gave no size; the object is not there and may be asked for again. */
export interface FactoryFailed {
  readonly _tag: 'FactoryFailed'
  readonly type: string
  readonly digest: Digest
  readonly during: 'read' | 'create' | 'estimateSize'
  readonly cause: unknown
}

/** A request that was given up before its object was there. */
export interface Cancelled {
  readonly _tag: 'Cancelled'
  readonly type: string
  readonly reason: 'asked for' | 'out of reach'
}

/** The file system refused an operation; `path` as the caller would write it. */
export interface FileFailed {
  readonly _tag: 'FileFailed'
  readonly path: string
  readonly operation: string
  readonly cause: unknown
}

/** A file, link or directory that changed while it was read. */
export interface FileChanged {
  readonly _tag: 'FileChanged'
  readonly path: string
}

/** What stands in a directory and cannot stand in a state: a socket, a name that is not Unicode. */
export interface UnsupportedFile {
  readonly _tag: 'UnsupportedFile'
  readonly path: string
  readonly reason: string
}

/** A name in a state that names no file of its directory: `..`, or one with a slash. */
export interface UnsafePath {
  readonly _tag: 'UnsafePath'
  readonly path: Path
  readonly reason: string
}

/** A directory that was left halfway: each file in it is whole, an old one or a new one. */
export interface Unfinished {
  readonly _tag: 'Unfinished'
  readonly directory: string
  readonly written: number
  readonly unchanged: number
  readonly removed: number
  readonly bytes: number
  readonly cause: Failure
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
  | InvalidBlock
  | Missing
  | Dangling
  | HeadMoved
  | NotPinned
  | Released
  | UnknownCheckpoint
  | UnknownOperation
  | Conflicted
  | InvalidProof
  | LeaseLost
  | DamagedStore
  | UnsupportedStore
  | StoreBusy
  | StoreFailed
  | InvalidWeight
  | EmptySupport
  | ZeroEvidence
  | InvalidKernel
  | UnknownReference
  | InvalidCoupling
  | JointTooLarge
  | UnknownType
  | FactoryFailed
  | Cancelled
  | FileFailed
  | FileChanged
  | UnsupportedFile
  | UnsafePath
  | Unfinished

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
export const invalidBlock = (cid: string, reason: string): InvalidBlock => ({
  _tag: 'InvalidBlock',
  cid,
  reason,
})
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
export const unknownCheckpoint = (digest: Digest, reason: string): UnknownCheckpoint => ({
  _tag: 'UnknownCheckpoint',
  digest,
  reason,
})
/** @category constructors */
export const unknownOperation = (operation: Digest | null, reason: string): UnknownOperation => ({
  _tag: 'UnknownOperation',
  operation,
  reason,
})
/** @category constructors */
export const conflicted = (paths: ReadonlyArray<Path>): Conflicted => ({ _tag: 'Conflicted', paths })
/** @category constructors */
export const invalidProof = (reason: string): InvalidProof => ({ _tag: 'InvalidProof', reason })
/** @category constructors */
export const storeFailed = (operation: string, cause: unknown): StoreFailed => ({
  _tag: 'StoreFailed',
  operation,
  cause,
})
/** @category constructors */
export const invalidWeight = (given: string, reason: string): InvalidWeight => ({
  _tag: 'InvalidWeight',
  given,
  reason,
})
/** @category constructors */
export const emptySupport: EmptySupport = { _tag: 'EmptySupport' }
/** @category constructors */
export const zeroEvidence: ZeroEvidence = { _tag: 'ZeroEvidence' }
/** @category constructors */
export const invalidKernel = (reason: string): InvalidKernel => ({ _tag: 'InvalidKernel', reason })
/** @category constructors */
export const unknownReference = (name: string): UnknownReference => ({ _tag: 'UnknownReference', name })
/** @category constructors */
export const invalidCoupling = (group: string, reason: string): InvalidCoupling => ({
  _tag: 'InvalidCoupling',
  group,
  reason,
})
/** @category constructors */
export const jointTooLarge = (size: number, limit: number): JointTooLarge => ({
  _tag: 'JointTooLarge',
  size,
  limit,
})
/** @category constructors */
export const unknownType = (type: string): UnknownType => ({ _tag: 'UnknownType', type })
/** @category constructors */
export const factoryFailed = (
  type: string,
  digest: Digest,
  during: FactoryFailed['during'],
  cause: unknown,
): FactoryFailed => ({ _tag: 'FactoryFailed', type, digest, during, cause })
/** @category constructors */
export const cancelled = (type: string, reason: Cancelled['reason']): Cancelled => ({
  _tag: 'Cancelled',
  type,
  reason,
})
/** @category constructors */
export const leaseLost = (store: string): LeaseLost => ({ _tag: 'LeaseLost', store })
/** @category constructors */
export const damagedStore = (path: string, reason: string): DamagedStore => ({
  _tag: 'DamagedStore',
  path,
  reason,
})
/** @category constructors */
export const unsupportedStore = (path: string, version: number, supported: number): UnsupportedStore => ({
  _tag: 'UnsupportedStore',
  path,
  version,
  supported,
})
/** @category constructors */
export const storeBusy = (path: string, reason: string): StoreBusy => ({ _tag: 'StoreBusy', path, reason })
/** @category constructors */
export const fileFailed = (path: string, operation: string, cause: unknown): FileFailed => ({
  _tag: 'FileFailed',
  path,
  operation,
  cause,
})
/** @category constructors */
export const fileChanged = (path: string): FileChanged => ({ _tag: 'FileChanged', path })
/** @category constructors */
export const unsupportedFile = (path: string, reason: string): UnsupportedFile => ({
  _tag: 'UnsupportedFile',
  path,
  reason,
})
/** @category constructors */
export const unsafePath = (path: Path, reason: string): UnsafePath => ({ _tag: 'UnsafePath', path, reason })
/** @category constructors */
export const unfinished = (
  directory: string,
  done: Pick<Unfinished, 'written' | 'unchanged' | 'removed' | 'bytes'>,
  cause: Failure,
): Unfinished => ({ _tag: 'Unfinished', directory, ...done, cause })
