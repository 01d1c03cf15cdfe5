/**
 * The block of a checkpoint, kind 6 after those of `trie/internal/block.ts`:
 *
 *     [6, state, [parents], generation, message, author, time, metadata]
 *
 * `state` and `parents` are links. A checkpoint without parents has generation 0, any other one a greater generation
 * than each of its parents; so a walk by generation meets children before parents, and no cycle can be written down.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as Digest from '../../data/Digest.js'
import { type InvalidValue, invalidValue, type Malformed } from '../../data/Failure.js'
import { attempt, Reader, refuse } from '../../data/internal/reader.js'
import { LINK_SIZE, Writer } from '../../data/internal/writer.js'
import { fromUnknown, type Value } from '../../data/Value.js'
import { LINK } from '../../trie/internal/node.js'

/** What a checkpoint says of itself. */
export interface Note {
  readonly message: string
  readonly author: string
  /** Milliseconds since 1970, a whole number. */
  readonly time: number
  readonly metadata: Value
}

export interface Checkpoint extends Note {
  readonly state: Digest.Digest
  /** Without repetition; the first is the one that was gone on from. */
  readonly parents: ReadonlyArray<Digest.Digest>
  /** Checkpoints on the longest way down to one without parents. */
  readonly generation: number
}

/** Nodes in memory use the number for links, which begin no block. */
const KIND: typeof LINK = LINK
const PARTS = 8

/** Bytes of a block at most; what is longer belongs into the state. */
export const MAX_SIZE = 16_384
export const MAX_PARENTS = 64

/** Whether bytes are, if anything, a checkpoint. */
export const isCheckpoint = (bytes: Uint8Array): boolean => bytes[0] === (0x80 | PARTS) && bytes[1] === KIND

// -------------------------------------------------------------------------------------
// writing
// -------------------------------------------------------------------------------------

const writer = new Writer()

/** The block of a checkpoint that is known to be one. */
export const write = (checkpoint: Checkpoint): Uint8Array => {
  const { state, parents, generation, message, author, time, metadata } = checkpoint
  writer.reset()
  writer.arrayHeader(PARTS)
  writer.uint(KIND)
  writer.link(state)
  writer.arrayHeader(parents.length)
  for (const parent of parents) writer.link(parent)
  writer.uint(generation)
  writer.text(message)
  writer.text(author)
  writer.number(time)
  writer.value(metadata)
  return writer.take()
}

const isDigest = (u: unknown): u is Digest.Digest => typeof u === 'string' && u.length === Digest.SIZE / 2

const isNote = (value: unknown): value is Note => {
  const { message, author, time } = value as Note
  return typeof message === 'string' && typeof author === 'string' && Number.isSafeInteger(time)
}

/** A note that was checked and copied. Errors: `InvalidValue` with the field. */
const checkedNote = (given: Note): E.Either<InvalidValue, Note> => {
  const { message, author, time, metadata } = given
  const value = fromUnknown({ message, author, time, metadata })
  if (value._tag === 'Left') return value
  if (isNote(value.right)) return E.right(value.right)
  const field = typeof message !== 'string' ? 'message' : typeof author !== 'string' ? 'author' : 'time'
  return E.left(invalidValue([field], field === 'time' ? 'not a whole number of milliseconds' : 'not text'))
}

type History = Pick<Checkpoint, 'parents' | 'generation'>

/** Why parents and generation cannot stand in one checkpoint, or null. */
const misfit = ({ parents, generation }: History): string | null =>
  parents.length > MAX_PARENTS
    ? `more than ${MAX_PARENTS} parents`
    : new Set(parents).size !== parents.length
      ? 'a parent twice'
      : (generation === 0) !== (parents.length === 0)
        ? `generation ${generation} with ${parents.length} parents`
        : null

const STATE_IS_PARENT = 'a state that is a parent'

const checkedHistory = ({ parents, generation }: History): E.Either<InvalidValue, History> => {
  if (!Array.isArray(parents) || !parents.every(isDigest)) {
    return E.left(invalidValue(['parents'], 'not a list of digests'))
  }
  if (!Number.isSafeInteger(generation) || generation < 0) {
    return E.left(invalidValue(['generation'], 'not a whole number'))
  }
  const reason = misfit({ parents, generation })
  return reason === null ? E.right({ parents, generation }) : E.left(invalidValue(['parents'], reason))
}

const NO_STATE = '\0'.repeat(Digest.SIZE / 2) as Digest.Digest

/** Bytes before a state's digest: two heads, and what stands before the digest in each link. */
const STATE_AT = 2 + LINK_SIZE - Digest.SIZE

/** Checks all of a checkpoint but its state, which is the argument of the answer. Errors: `InvalidValue`. */
export const encodeFor = (
  rest: Omit<Checkpoint, 'state'>,
): E.Either<InvalidValue, (state: Digest.Digest) => Uint8Array> => {
  const history = checkedHistory(rest)
  if (history._tag === 'Left') return history
  const note = checkedNote(rest)
  if (note._tag === 'Left') return note
  const bytes = write({ state: NO_STATE, ...history.right, ...note.right })
  if (bytes.length > MAX_SIZE) return E.left(invalidValue([], `a checkpoint over ${MAX_SIZE} bytes`))
  return E.right((state) => {
    const own = bytes.slice()
    Digest.writeTo(state, own, STATE_AT)
    return own
  })
}

/** Errors: `InvalidValue`. */
export const encode = (checkpoint: Checkpoint): E.Either<InvalidValue, Uint8Array> => {
  const { state, parents } = checkpoint
  if (!isDigest(state)) return E.left(invalidValue(['state'], 'not a digest'))
  return E.flatMap(encodeFor(checkpoint), (encoded) =>
    parents.includes(state) ? E.left(invalidValue(['parents'], STATE_IS_PARENT)) : E.right(encoded(state)),
  )
}

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

/** Errors: `Malformed` for whatever `encode` would not have written. */
export const decode = (bytes: Uint8Array): E.Either<Malformed, Checkpoint> =>
  attempt(() => {
    if (!(bytes instanceof Uint8Array)) refuse(0, 'not bytes')
    if (bytes.length > MAX_SIZE) refuse(MAX_SIZE, `a checkpoint over ${MAX_SIZE} bytes`)
    const reader = new Reader(bytes)
    if (reader.arrayHeader() !== PARTS) refuse(0, `not ${PARTS} parts`)
    if (reader.uint() !== KIND) refuse(1, 'a block of another kind')
    const state = reader.link()
    const at = reader.position
    const count = reader.arrayHeader()
    if (count > MAX_PARENTS) refuse(at, `more than ${MAX_PARENTS} parents`)
    const parents = Object.freeze(Array.from({ length: count }, () => reader.link()))
    const generation = reader.uint()
    const reason = parents.includes(state) ? STATE_IS_PARENT : misfit({ parents, generation })
    if (reason !== null) refuse(at, reason)
    const message = reader.text()
    const author = reader.text()
    const clock = reader.position
    const time = reader.number()
    if (!Number.isSafeInteger(time)) refuse(clock, 'not a whole number of milliseconds')
    const metadata = reader.value() as Value
    reader.done()
    return Object.freeze({ state, parents, generation, message, author, time, metadata })
  })
