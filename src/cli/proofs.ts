/**
 * The file of a proof: a list of blocks in DAG-CBOR, first that of the checkpoint, then those of a `Proof` under its state. So
 * what was proved needs one digest to be checked, the checkpoint's.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as Codec from '../data/Codec.js'
import type { Digest } from '../data/Digest.js'
import { type InvalidProof, type InvalidValue, invalidProof } from '../data/Failure.js'
import { hash } from '../data/Hasher.js'
import type { Value } from '../data/Value.js'
import * as Fetch from '../trie/Fetch.js'
import * as Residency from '../trie/Residency.js'
import * as State from '../trie/State.js'
import * as Checkpoint from '../vst/Checkpoint.js'
import * as Proof from '../vst/Proof.js'

const blocksIn = (bytes: Uint8Array): E.Either<InvalidProof, ReadonlyArray<Uint8Array>> => {
  const decoded = Codec.decode(bytes, { maxDepth: 1 })
  if (E.isLeft(decoded)) return E.left(invalidProof(decoded.left.reason))
  const blocks = decoded.right
  return Array.isArray(blocks) && blocks.every((block: Value) => block instanceof Uint8Array)
    ? E.right(blocks as ReadonlyArray<Uint8Array>)
    : E.left(invalidProof('not a list of blocks'))
}

/** The file of a checkpoint's block and the proof under its state. */
export const joined = (
  checkpoint: Uint8Array,
  proof: Uint8Array,
): E.Either<InvalidProof | InvalidValue, Uint8Array> =>
  E.flatMap(
    blocksIn(proof),
    (blocks): E.Either<InvalidValue, Uint8Array> => Codec.encode([checkpoint, ...blocks]),
  )

export interface Shown {
  readonly question: Proof.Question
  readonly answer: Proof.Answer
}

/** What a file answers to a question that is asked in the state of the checkpoint with a digest. */
export const verified = (
  digest: Digest,
  ask: (state: State.State) => Fetch.Fetch<State.LoadFailure, Proof.Question>,
  file: Uint8Array,
): E.Either<InvalidProof | InvalidValue, Shown> =>
  E.flatMap(blocksIn(file), ([first, ...blocks]): E.Either<InvalidProof | InvalidValue, Shown> => {
    if (first === undefined || hash(first) !== digest) {
      return E.left(invalidProof('it is not about that checkpoint'))
    }
    const checkpoint = Checkpoint.decode(first)
    if (E.isLeft(checkpoint)) return E.left(invalidProof('it begins with no checkpoint'))
    const { state } = checkpoint.right
    // Where the path leads is found out with what was proved alone.
    const held = new Map(blocks.map((block) => [hash(block), block]))
    const source: Fetch.Source<never> = {
      read: (digests) => () => E.right(digests.map((one) => held.get(one))),
    }
    const asked = Fetch.run(source)(ask(State.open(state, Residency.make(0))))()
    if (E.isLeft(asked)) return E.left(invalidProof('it does not lead to that path'))
    const question = asked.right
    return E.flatMap(
      Codec.encode(blocks),
      (proof): E.Either<InvalidProof, Shown> =>
        E.map((answer: Proof.Answer) => ({ question, answer }))(Proof.verify(state, question)(proof)),
    )
  })
