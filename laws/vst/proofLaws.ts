/**
 * The laws of proofs.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as Codec from '../../src/data/Codec.js'
import type { Digest } from '../../src/data/Digest.js'
import type { Path } from '../../src/data/Failure.js'
import * as V from '../../src/data/Value.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'
import * as Sound from '../../src/vst/Proof.js'
import { get } from '../branch/Subject.js'
import { fact, holds, isEq, type Law, law, type Suite, suite } from '../Law.js'

/** The operations under test. */
export type Proofs = Pick<typeof Sound, 'prove' | 'verify'>

interface Case {
  readonly store: MemoryStore.MemoryStore
  readonly root: Digest
  readonly state: State.State
}

const stored = (json: unknown): Case => {
  const store = MemoryStore.make()
  const state = E.getOrElseW(() => State.empty)(State.fromJson(json))
  const reference = StateReference.root(ComponentStore.make(store))(state)()
  const { digest } = get(StateReference.commit()(reference))
  return { store, root: digest, state }
}

/** A state of many blocks: a large map, a long text, a long list with components in it, and what is small. */
const large = (n: number): unknown => ({
  files: Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i}`, `${i + n} `.repeat(i % 90)])),
  text: Array.from({ length: 1500 }, (_, i) => `line ${i * n}\n`).join(''),
  list: Array.from({ length: 400 }, (_, i) => (i % 50 === 0 ? `${i} `.repeat(200) : i * n)),
  twin: { a: 'same '.repeat(200), b: 'same '.repeat(200) },
  small: { deep: { n } },
})

/** Two states that differ, so that a proof of one can be offered for the other. */
const worlds = [stored(large(1)), stored(large(2))] as const

const questions: fc.Arbitrary<Sound.Question> = fc.oneof(
  fc.record({
    path: fc.oneof(
      fc.nat(250).map((i): Path => ['files', `${i}`]),
      fc.nat(450).map((i): Path => ['list', i]),
      fc.constantFrom<Path>(
        [],
        ['text'],
        ['twin'],
        ['small'],
        ['small', 'deep', 'n'],
        ['nothing'],
        ['nothing', 'below'],
        ['text', 'inside'],
        ['files', 'none', 1],
        ['list', -1],
        ['list', 0.5],
        ['__proto__'],
      ),
    ),
  }),
  fc
    .tuple(fc.constantFrom<Path>(['text'], ['list'], ['files'], ['none']), fc.nat(450), fc.nat(60))
    .map(([path, from, length]) => ({ path, range: { from, to: from + length } })),
)

/** What a state answers, without a proof. */
const plainly = ({ state }: Case, { path, range }: Sound.Question): Sound.Answer => {
  const answer = Fetch.now<State.SequenceFailure, Sound.Answer>(
    range === undefined
      ? State.get(path)(state)
      : Fetch.map(O.some<V.Value>)(State.slice(path, range.from, range.to)(state)),
  )
  return O.isSome(answer) && E.isRight(answer.value) ? answer.value.right : O.none
}

const sameAnswer = (x: Sound.Answer, y: Sound.Answer): boolean =>
  O.isSome(x) && O.isSome(y) ? V.equals(x.value, y.value) : x._tag === y._tag

const blocksOf = (proof: Uint8Array): ReadonlyArray<Uint8Array> =>
  get(() => Codec.decode(proof)) as ReadonlyArray<Uint8Array>

const proofOf = (blocks: ReadonlyArray<Uint8Array>): Uint8Array => get(() => Codec.encode(blocks))

/** Ways to change a list of blocks. */
const changes: fc.Arbitrary<(blocks: ReadonlyArray<Uint8Array>) => ReadonlyArray<Uint8Array>> = fc
  .tuple(
    fc.constantFrom('drop', 'repeat', 'repeat first', 'swap', 'flip', 'cut', 'add', 'empty', 'reverse'),
    fc.nat(),
    fc.nat(),
  )
  .map(([how, m, n]) => (blocks) => {
    const at = m % Math.max(1, blocks.length)
    const other = n % Math.max(1, blocks.length)
    const one = blocks[at] ?? new Uint8Array()
    switch (how) {
      case 'drop':
        return blocks.toSpliced(at, 1)
      case 'repeat':
        return [...blocks, one]
      case 'repeat first':
        return [one, ...blocks]
      case 'swap':
        return blocks.with(at, blocks[other]!).with(other, one)
      case 'flip':
        return blocks.with(
          at,
          one.map((byte, i) => (i === n % one.length ? byte ^ (1 << (m % 8)) : byte)),
        )
      case 'cut':
        return blocks.with(at, one.slice(0, -1))
      case 'add':
        return [...blocks, new Uint8Array([0x81, n % 7])]
      case 'empty':
        return []
      default:
        return blocks.toReversed()
    }
  })

const truth = (op: Proofs): ReadonlyArray<Law> => [
  law('what is proved is what stands there', [questions, fc.constantFrom(...worlds)], (question, world) => {
    const proof = get(op.prove(world.store)(world.root, question))
    const shown = get(() => op.verify(world.root, question)(proof))
    return isEq<Sound.Answer>(shown, plainly(world, question), sameAnswer)
  }),
  law(
    'what stands in any state can be proved',
    [
      fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue(), { maxKeys: 40 }),
      fc.string({ maxLength: 4 }),
    ],
    (json, key) => {
      const world = stored(json)
      return [key, ...Object.keys(json)].flatMap((one) => {
        const question = { path: [one] }
        const proof = get(op.prove(world.store)(world.root, question))
        const shown = get(() => op.verify(world.root, question)(proof))
        return [isEq<Sound.Answer>(shown, plainly(world, question), sameAnswer)]
      })
    },
  ),
  law('a proof has the blocks that reading takes', [questions], (question) => {
    const [{ store, root }] = worlds
    const read = new Set<Digest>()
    const source = {
      read: (digests: ReadonlyArray<Digest>) => () => {
        for (const digest of digests) read.add(digest)
        return store.read(digests)()
      },
    }
    const state = State.open(root, Residency.make())
    const { path, range } = question
    if (range === undefined) get(Fetch.run(source)(State.get(path)(state)))
    else Fetch.run(source)(State.slice(path, range.from, range.to)(state))()
    const blocks = blocksOf(get(op.prove(store)(root, question)))
    return isEq(blocks.length, read.size)
  }),
  fact('a block that stands in two places is proved once', () => {
    const [{ store, root }] = worlds
    const proof = get(op.prove(store)(root, { path: ['twin'] }))
    const texts = blocksOf(proof).map((block) => block.join())
    return isEq(new Set(texts).size, texts.length)
  }),
]

const falsehood = (op: Proofs): ReadonlyArray<Law> => [
  law('no other blocks verify', [questions, changes], (question, change) => {
    const [world] = worlds
    const proof = get(op.prove(world.store)(world.root, question))
    const other = proofOf(change(blocksOf(proof)))
    const same = V.equals(other, proof)
    return isEq(op.verify(world.root, question)(other)._tag, same ? 'Right' : 'Left')
  }),
  law(
    'no other bytes verify',
    [questions, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.constantFrom('flip', 'cut', 'append')],
    (question, place, bits, how) => {
      const [world] = worlds
      const proof = get(op.prove(world.store)(world.root, question))
      const at = place % proof.length
      const other =
        how === 'cut'
          ? proof.slice(0, at)
          : how === 'append'
            ? Uint8Array.from([...proof, bits])
            : proof.map((byte, i) => (i === at ? byte ^ bits : byte))
      return isEq(op.verify(world.root, question)(other)._tag, 'Left')
    },
  ),
  law('a proof is of one state', [questions], (question) => {
    const [one, other] = worlds
    const proof = get(op.prove(other.store)(other.root, question))
    return isEq(op.verify(one.root, question)(proof)._tag, 'Left')
  }),
  law('a proof says nothing false about another question', [questions, questions], (asked, other) => {
    const [world] = worlds
    const proof = get(op.prove(world.store)(world.root, other))
    const shown = op.verify(world.root, asked)(proof)
    return holds(
      shown._tag === 'Left' || sameAnswer(shown.right, plainly(world, asked)),
      'another question was answered wrongly',
    )
  }),
  fact('a range that is none is neither proved nor verified', () => {
    const [{ store, root }] = worlds
    const whole = get(op.prove(store)(root, { path: ['text'] }))
    const root0 = get(op.prove(store)(root, { path: ['text'], range: { from: 0, to: 0 } }))
    const ranges = [
      [-1, 2],
      [-2, -1],
      [3, 2],
      [0.5, 2],
      [0, 1.5],
      [Number.NaN, 2],
      [0, Number.NaN],
      [0, Number.POSITIVE_INFINITY],
      ['0', '1'],
    ] as ReadonlyArray<readonly [number, number]>
    return ranges.flatMap(([from, to]) => {
      const question = { path: ['text'], range: { from, to } }
      const proved = op.prove(store)(root, question)()
      const shown = [whole, root0].map((proof) => op.verify(root, question)(proof)._tag)
      return [
        isEq(proved._tag === 'Left' ? proved.left._tag : 'proved', 'InvalidValue'),
        isEq(shown, ['Left', 'Left']),
      ]
    })
  }),
  fact('what is no list of blocks verifies nothing', () =>
    [null, 1, {}, [1], [[new Uint8Array()]], [], 'text'].map((value) =>
      isEq(op.verify(worlds[0].root, { path: ['small'] })(get(() => Codec.encode(value)))._tag, 'Left'),
    ),
  ),
]

/** The laws of proofs. */
export const proofLaws = (name: string, op: Proofs): Suite => suite(name, [...truth(op), ...falsehood(op)])

/** The library's own. */
export const proofOperations: Proofs = Sound
