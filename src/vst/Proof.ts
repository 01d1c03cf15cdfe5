/**
 * A `Proof` shows what stands at a path of a state, or that nothing does, to whoever has nothing but the state's digest.
 *
 * It is the blocks on the way, in the order in which reading comes to them. To verify it is to read the state from these
 * blocks, each checked against the digest that was asked for; a proof that lacks a block, or has one too many, one
 * twice or out of order, is none. So each answer has exactly one proof, and its bytes are canonical.
 *
 * Laws (`coppice/laws`, `proofLaws`):
 * 1. what is proved is what stands there, and verifies without a store;
 * 2. no other bytes verify: neither forged, nor truncated, nor swapped ones;
 * 3. a proof has the blocks that reading takes and no others, and says nothing false about another question.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { ComponentStore, MemoryStore, Proof, State, StateReference } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as IOE from 'fp-ts/lib/IOEither.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const store = MemoryStore.make()
 * const agent = StateReference.root(ComponentStore.make(store))(State.empty)()
 * const score = { path: ['score'] }
 * const verified = pipe(
 *   StateReference.update(State.set(['score'], 7))(agent),
 *   IOE.chainW(() => StateReference.commit()(agent)),
 *   IOE.chainW(({ digest }) =>
 *     pipe(
 *       Proof.prove(store)(digest, score),
 *       IOE.chainEitherKW((proof) => Proof.verify(digest, score)(proof)),
 *     ),
 *   ),
 * )
 * assert.deepStrictEqual(verified(), E.right(O.some(7)))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as Codec from '../data/Codec.js'
import type { Digest } from '../data/Digest.js'
import {
  type Corrupt,
  type InvalidProof,
  type InvalidValue,
  invalidProof,
  invalidValue,
  type Missing,
  type Path,
} from '../data/Failure.js'
import { hash } from '../data/Hasher.js'
import type { Value } from '../data/Value.js'
import * as Fetch from '../trie/Fetch.js'
import * as Residency from '../trie/Residency.js'
import * as State from '../trie/State.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * What a proof is about: what stands at a path, or a part of the list, text or bytes there, from a position up to
 * another that is not less; both are whole numbers.
 */
export interface Question {
  readonly path: Path
  readonly range?: { readonly from: number; readonly to: number }
}

/** What stands there; none if nothing does, or no sequence that has such a part. */
export type Answer = O.Option<Value>

const answer = (root: Digest, { path, range }: Question): Fetch.Fetch<Missing | Corrupt, Answer> => {
  // Nothing is kept, so that what is read depends on the question alone.
  const state = State.open(root, Residency.make(0))
  if (range === undefined) return State.get(path)(state)
  return Fetch.orElseW(
    (failure: State.SequenceFailure): Fetch.Fetch<Missing | Corrupt, Answer> =>
      failure._tag === 'Missing' || failure._tag === 'Corrupt' ? Fetch.fail(failure) : Fetch.of(O.none),
  )(Fetch.map(O.some<Value>)(State.slice(path, range.from, range.to)(state)))
}

// -------------------------------------------------------------------------------------
// proving
// -------------------------------------------------------------------------------------

export type ProveFailure = Missing | Corrupt | InvalidValue

/** Why a question is none: what is proved and verified of it would be true of nothing. */
const fault = ({ range }: Question): string | null =>
  range === undefined || (isPosition(range.from) && isPosition(range.to) && range.from <= range.to)
    ? null
    : 'a range goes from a position, a whole number, up to one that is not less'

const isPosition = (given: unknown): boolean => Number.isSafeInteger(given) && (given as number) >= 0

const invalidRange = (question: Question): E.Left<InvalidValue> | null => {
  const reason = fault(question)
  return reason === null ? null : (E.left(invalidValue(['range'], reason)) as E.Left<InvalidValue>)
}

type Bytes = ReadonlyArray<Uint8Array | undefined>

/** Keeps what is read, each block once, in order. */
const witness = () => {
  const blocks = new Map<Digest, Uint8Array>()
  return {
    sees: (digests: ReadonlyArray<Digest>) => (read: Bytes) => {
      for (const [i, digest] of digests.entries()) {
        const bytes = read[i]
        if (bytes !== undefined) blocks.set(digest, bytes)
      }
      return read
    },
    encoded: (): E.Either<InvalidValue, Uint8Array> => Codec.encode([...blocks.values()]),
  }
}

/**
 * The proof of what stands at a path of a stored state. O(blocks on the way and in what stands there).
 *
 * Errors: `Missing`, `Corrupt`, those of the source; `InvalidValue` for a range that is none, or if the proof is larger
 * than a value can be.
 */
export const prove =
  <F>(source: Fetch.Source<F>) =>
  (root: Digest, question: Question): IOEither<ProveFailure | F, Uint8Array> =>
  () => {
    const invalid = invalidRange(question)
    if (invalid !== null) return invalid
    const { sees, encoded } = witness()
    const read = Fetch.run({
      ...source,
      read: (digests) => () => E.map(sees(digests))(source.read(digests)()),
    })(answer(root, question))()
    return read._tag === 'Left' ? read : encoded()
  }

/** `prove` over an asynchronous source. */
export const proveAsync =
  <F>(source: Fetch.AsyncSource<F>) =>
  (root: Digest, question: Question): TaskEither<ProveFailure | F, Uint8Array> =>
  async () => {
    const invalid = invalidRange(question)
    if (invalid !== null) return invalid
    const { sees, encoded } = witness()
    const read = await Fetch.runAsync({
      ...source,
      read: (digests) => async () => E.map(sees(digests))(await source.read(digests)()),
    })(answer(root, question))()
    return read._tag === 'Left' ? read : encoded()
  }

// -------------------------------------------------------------------------------------
// verifying
// -------------------------------------------------------------------------------------

const blocksIn = (proof: Uint8Array): E.Either<InvalidProof, ReadonlyArray<Uint8Array>> => {
  const decoded = Codec.decode(proof, { maxDepth: 1 })
  if (decoded._tag === 'Left') return E.left(invalidProof(decoded.left.reason))
  const blocks = decoded.right
  return Array.isArray(blocks) && blocks.every((block) => block instanceof Uint8Array)
    ? E.right(blocks as ReadonlyArray<Uint8Array>)
    : E.left(invalidProof('not a list of blocks'))
}

/**
 * What a proof shows to stand at a path of the state with a digest. Needs no store. O(size of the proof).
 *
 * Errors: `InvalidProof`, also for a range that is none.
 */
export const verify =
  (root: Digest, question: Question) =>
  (proof: Uint8Array): E.Either<InvalidProof, Answer> => {
    const reason = fault(question)
    if (reason !== null) return E.left(invalidProof(reason))
    const blocks = blocksIn(proof)
    if (blocks._tag === 'Left') return blocks
    const held = new Map(blocks.right.map((block) => [hash(block), block]))
    if (held.size !== blocks.right.length) return E.left(invalidProof('a block twice'))
    const used = new Set<Digest>()
    const shown = Fetch.run<never>({
      trusted: true,
      read: (digests) => () => {
        for (const digest of digests) used.add(digest)
        return E.right(digests.map((digest) => held.get(digest)))
      },
    })(answer(root, question))()
    if (shown._tag === 'Left') {
      const { left: failure } = shown
      return E.left(invalidProof(failure._tag === 'Missing' ? 'a block is missing' : failure.reason))
    }
    if (used.size !== held.size) return E.left(invalidProof('a block too many'))
    const inOrder = [...used]
    return [...held.keys()].every((digest, i) => digest === inOrder[i])
      ? shown
      : E.left(invalidProof('blocks out of order'))
  }
