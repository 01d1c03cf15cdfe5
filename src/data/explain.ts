/**
 * `explain` is a `Failure` as one line of text for people: what happened, where, and to which block (by its CID).
 */
import { type Digest, toCid } from './Digest.js'
import type { Failure, Path } from './Failure.js'

/** A name that can stand behind a dot without quotes. */
const PLAIN = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u

/** Keys and indices beyond this many are counted, not shown. */
const SHOWN = 16

const step = (key: string | number, first: boolean): string => {
  // A caller without types may have put anything into a path.
  if (typeof key !== 'string') return `[${String(key)}]`
  if (PLAIN.test(key)) return first ? key : `.${key}`
  return `[${JSON.stringify(key)}]`
}

/**
 * A path as text, `agents.a[3].b`; keys that are not plain names stand in brackets and quotes. The root is `the root`.
 *
 * @category rendering
 */
export const showPath = (path: Path): string => {
  if (path.length === 0) return 'the root'
  const shown = path.slice(0, SHOWN).map((key, i) => step(key, i === 0))
  return shown.join('') + (path.length > SHOWN ? ` and ${path.length - SHOWN} levels below` : '')
}

const showPaths = (paths: ReadonlyArray<Path>): string => {
  const shown = paths.slice(0, SHOWN).map(showPath).join(', ')
  return shown + (paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : '')
}

const showHead = (digest: Digest | null): string => (digest === null ? 'nothing' : toCid(digest))

const showCause = (cause: unknown): string => {
  try {
    return cause instanceof Error ? cause.message : String(cause)
  } catch {
    return 'unknown'
  }
}

/**
 * A failure as one line (a `Mismatch` as one line for each error).
 *
 * @category rendering
 *
 * @example
 * ```ts
 * import { explain, Failure } from 'coppice'
 * import assert from 'node:assert'
 *
 * assert.strictEqual(
 *   explain(Failure.invalidValue(['agents', 'a', 3, 'b'], 'NaN')),
 *   'not a value at agents.a[3].b: NaN',
 * )
 * ```
 */
export const explain = (failure: Failure): string => {
  switch (failure._tag) {
    case 'InvalidValue':
      return `not a value at ${showPath(failure.path)}: ${failure.reason}`
    case 'InvalidPath':
      return `no such place as ${showPath(failure.path)}: ${failure.reason}`
    case 'OutOfRange':
      return `position ${failure.position} is outside of a sequence of ${failure.size}`
    case 'Mismatch':
      return [`not of the expected type at ${showPath(failure.path)}:`, ...failure.errors].join('\n  ')
    case 'InvalidDigest':
      return `not a digest: ${JSON.stringify(failure.text)}: ${failure.reason}`
    case 'Malformed':
      return `malformed bytes at offset ${failure.offset}: ${failure.reason}`
    case 'Corrupt':
      return `block ${toCid(failure.digest)} is corrupt: ${failure.reason}`
    case 'InvalidBlock':
      return `block ${failure.cid} is refused: ${failure.reason}`
    case 'Missing':
      return `block ${toCid(failure.digest)} is not in the store`
    case 'Dangling':
      return `block ${toCid(failure.digest)} links to ${toCid(failure.link)}, which is not in the store`
    case 'HeadMoved':
      return `head ${JSON.stringify(failure.name)} has moved: expected ${showHead(failure.expected)}, found ${showHead(failure.actual)}`
    case 'NotPinned':
      return `block ${toCid(failure.digest)} is not pinned`
    case 'Released':
      return `the reference of generation ${failure.generation} was released`
    case 'UnknownCheckpoint':
      return `no checkpoint ${toCid(failure.digest)}: ${failure.reason}`
    case 'UnknownOperation':
      return `no operation${failure.operation === null ? '' : ` ${toCid(failure.operation)}`}: ${failure.reason}`
    case 'Conflicted':
      return `the merge has conflicts at ${showPaths(failure.paths)}`
    case 'InvalidProof':
      return `the proof is not valid: ${failure.reason}`
    case 'LeaseLost':
      return `the lease of this process on ${failure.store} has ended: open the store again`
    case 'DamagedStore':
      return `${failure.path} is not a whole store: ${failure.reason}`
    case 'UnsupportedStore':
      return `${failure.path} has version ${failure.version}, and this library knows versions up to ${failure.supported}`
    case 'StoreBusy':
      return `${failure.path} is in use: ${failure.reason}`
    case 'StoreFailed':
      return `the store failed to ${failure.operation}: ${showCause(failure.cause)}`
    case 'InvalidWeight':
      return `not a weight: ${failure.given}: ${failure.reason}`
    case 'EmptySupport':
      return 'a measure needs at least one outcome whose weight is not zero'
    case 'ZeroEvidence':
      return 'the evidence excludes every outcome'
    case 'InvalidKernel':
      return `not a kernel: ${failure.reason}`
    case 'UnknownReference':
      return `nothing here is called ${JSON.stringify(failure.name)}`
    case 'InvalidCoupling':
      return `cannot couple group ${JSON.stringify(failure.group)}: ${failure.reason}`
    case 'JointTooLarge':
      return `a joint of ${failure.size} outcomes is larger than the ${failure.limit} that are allowed`
    case 'UnknownType':
      return `no factory is registered for ${JSON.stringify(failure.type)}`
    case 'FactoryFailed':
      return `the factory of ${JSON.stringify(failure.type)} failed to ${failure.during === 'estimateSize' ? 'estimate the size of' : failure.during} ${toCid(failure.digest)}: ${showCause(failure.cause)}`
    case 'Cancelled':
      return `the request for ${JSON.stringify(failure.type)} was cancelled: ${failure.reason}`
    case 'FileFailed':
      return `cannot ${failure.operation} ${JSON.stringify(failure.path)}: ${showCause(failure.cause)}`
    case 'FileChanged':
      return `${JSON.stringify(failure.path)} changed while it was read`
    case 'UnsupportedFile':
      return `${JSON.stringify(failure.path)} has no place in a state: ${failure.reason}`
    case 'UnsafePath':
      return `${showPath(failure.path)} names no file: ${failure.reason}`
    case 'Unfinished':
      return `${JSON.stringify(failure.directory)} was left unfinished (${failure.written} written, ${failure.removed} removed): ${explain(failure.cause)}`
  }
}
