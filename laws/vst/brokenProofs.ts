/**
 * Broken proofs, each of which some law rejects.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Codec from '../../src/data/Codec.js'
import type { Digest } from '../../src/data/Digest.js'
import { invalidProof } from '../../src/data/Failure.js'
import { hash } from '../../src/data/Hasher.js'
import type { Value } from '../../src/data/Value.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'
import * as Proof from '../../src/vst/Proof.js'
import type { Proofs } from './proofLaws.js'

const sound: Proofs = Proof

const blocksIn = (proof: Uint8Array): ReadonlyArray<Uint8Array> => {
  const decoded = Codec.decode(proof)
  return E.isRight(decoded) && Array.isArray(decoded.right)
    ? decoded.right.filter((block): block is Uint8Array => block instanceof Uint8Array)
    : []
}

const ask = (
  root: Digest,
  { path, range }: Proof.Question,
): Fetch.Fetch<State.SequenceFailure, Proof.Answer> => {
  const state = State.open(root, Residency.make(0))
  return range === undefined
    ? State.get(path)(state)
    : Fetch.map(O.some<Value>)(State.slice(path, range.from, range.to)(state))
}

/** Reads from whatever blocks there are. */
const reading =
  (
    held: (proof: Uint8Array) => ReadonlyMap<Digest, Uint8Array>,
    onFailure: Proof.Answer | null = null,
  ): Proofs['verify'] =>
  (root, question) =>
  (proof) => {
    const blocks = held(proof)
    const shown = Fetch.run<never>({
      trusted: true,
      read: (digests) => () => E.right(digests.map((digest) => blocks.get(digest))),
    })(ask(root, question))()
    if (E.isRight(shown)) return shown
    if (shown.left._tag !== 'Missing' && shown.left._tag !== 'Corrupt') return E.right(O.none)
    return onFailure === null ? E.left(invalidProof('no')) : E.right(onFailure)
  }

const byDigest = (proof: Uint8Array): ReadonlyMap<Digest, Uint8Array> =>
  new Map(blocksIn(proof).map((block) => [hash(block), block]))

export const brokenProofs: Readonly<Record<string, Proofs>> = {
  'takes blocks too many, twice and in any order': { ...sound, verify: reading(byDigest) },
  'takes what is missing for absence': { ...sound, verify: reading(byDigest, O.none) },
  'checks nothing but the order': {
    ...sound,
    verify: (root, question) => (proof) => {
      // The n-th block is taken for the n-th that is asked for.
      const blocks = blocksIn(proof)
      const given = new Map<Digest, Uint8Array>()
      const shown = Fetch.run<never>({
        trusted: true,
        read: (digests) => () =>
          E.right(
            digests.map((digest) => {
              const block = given.get(digest) ?? blocks[given.size]
              if (block !== undefined) given.set(digest, block)
              return block
            }),
          ),
      })(ask(root, question))()
      return E.isRight(shown) ? shown : E.left(invalidProof('no'))
    },
  },
  'takes a range that is none for one that nothing has': {
    ...sound,
    verify: (root, question) => (proof) => {
      const { from, to } = question.range ?? { from: 0, to: 0 }
      return from >= 0 && from <= to && Number.isInteger(from) && Number.isInteger(to)
        ? sound.verify(root, question)(proof)
        : E.map(() => O.none)(sound.verify(root, { ...question, range: { from: 0, to: 0 } })(proof))
    },
  },
  'verifies nothing': { ...sound, verify: () => () => E.left(invalidProof('no')) },
  'shows nothing': {
    ...sound,
    verify: (root, question) => (proof) => E.map(() => O.none)(sound.verify(root, question)(proof)),
  },
  'forgets which question was asked': {
    ...sound,
    verify: (root, question) => (proof) =>
      E.orElse(() => sound.verify(root, { path: ['small'] })(proof))(sound.verify(root, question)(proof)),
  },
  'proves with the whole state': {
    ...sound,
    prove: (source) => (root) => sound.prove(source)(root, { path: [] }),
    verify: reading(byDigest),
  },
  'proves with each block twice': {
    prove: (source) => (root, question) => () =>
      E.flatMap(sound.prove(source)(root, question)(), (proof) => {
        const blocks = blocksIn(proof)
        return Codec.encode([...blocks, ...blocks])
      }),
    verify: (root, question) => (proof) => {
      const blocks = blocksIn(proof)
      return E.flatMap(
        E.mapLeft(() => invalidProof('no'))(Codec.encode(blocks.slice(0, blocks.length / 2))),
        sound.verify(root, question),
      )
    },
  },
  'reads past the end': {
    ...sound,
    verify: (root, question) => (proof) =>
      E.orElse(() => sound.verify(root, question)(proof.slice(0, -1)))(sound.verify(root, question)(proof)),
  },
}
