/**
 * The laws of checkpoints: of their blocks, of committing and restoring, and of the history that they make.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { make as makeComponents } from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import * as Value from '../../src/data/Value.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import type { Store, Transaction } from '../../src/store/Store.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'
import * as Sound from '../../src/vst/Checkpoint.js'
import { digests, states, texts, values } from '../arbitraries.js'
import { get } from '../branch/Subject.js'
import { fact, holds, isEq, type Law, law, type Suite, suite } from '../Law.js'
import { forgeries, lyingHistories } from './forgedCheckpoints.js'
import { crissCross, history, inOrder, lowestCommon, reached, shapes } from './histories.js'

/** The operations under test. */
export type Checkpoints = Pick<
  typeof Sound,
  'encode' | 'decode' | 'commit' | 'restore' | 'restoreHead' | 'log' | 'mergeBases' | 'diff' | 'cut' | 'prune'
>

const checkpoints: fc.Arbitrary<Sound.Checkpoint> = fc
  .record({
    state: digests,
    parents: fc.uniqueArray(digests, { maxLength: 3 }),
    above: fc.integer({ min: 1, max: 1e9 }),
    message: texts,
    author: texts,
    time: fc.maxSafeInteger(),
    metadata: values,
  })
  .map(({ above, ...rest }) => ({ ...rest, generation: rest.parents.length === 0 ? 0 : above }))
  .filter((checkpoint) => E.isRight(Sound.encode(checkpoint)))

const blocks = (op: Checkpoints): ReadonlyArray<Law> => [
  law('what is encoded is decoded', [checkpoints], (checkpoint) => {
    const decoded = get(() => op.decode(get(() => op.encode(checkpoint))))
    return isEq<Value.Value>({ ...decoded } as never, checkpoint as never, Value.equals)
  }),
  law(
    'bytes that decode are those that encode writes',
    [checkpoints, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.constantFrom('flip', 'cut', 'append')],
    (checkpoint, place, bits, how) => {
      const bytes = get(() => op.encode(checkpoint))
      const at = place % bytes.length
      const other =
        how === 'cut'
          ? bytes.slice(0, at)
          : how === 'append'
            ? Uint8Array.from([...bytes, bits])
            : bytes.map((byte, i) => (i === at ? byte ^ bits : byte))
      const decoded = op.decode(other)
      return decoded._tag === 'Left' ? holds(true, '') : isEq(op.encode(decoded.right), E.right(other))
    },
  ),
  fact('what no commit makes is refused', () =>
    forgeries.map(({ name, bytes }) =>
      holds(op.decode(bytes)._tag === 'Left', `${name} was taken for a checkpoint`),
    ),
  ),
]

const stateOf = (json: unknown): State.State => E.getOrElseW(() => State.empty)(State.fromJson(json))

/** A store that counts what is asked of it. */
const counting = (store: MemoryStore.MemoryStore) => {
  const seen = { reads: 0, transactions: [] as Array<Transaction> }
  const counted: Store = {
    ...store,
    read: (asked) => () => {
      seen.reads += asked.length
      return store.read(asked)()
    },
    transact: (transaction) => () => {
      seen.transactions.push(transaction)
      return store.transact(transaction)()
    },
  }
  return { seen, store: counted }
}

/** A state of some blocks. */
const large = (n: number): State.State =>
  stateOf({
    files: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${i}`, `${n} `.repeat(i * 3)])),
  })

const commits = (op: Checkpoints): ReadonlyArray<Law> => [
  law('restore after commit is the same state', [states, texts, fc.nat()], (json, message, time) => {
    const store = MemoryStore.make()
    const reference = StateReference.root(makeComponents(store))(stateOf(json))()
    const done = get(op.commit({ message, clock: () => time, head: 'main' })(reference))
    const components = makeComponents(store)
    const restored = [
      get(op.restore(components)(done.checkpoint)),
      O.toNullable(get(op.restoreHead(components)('main')))!,
    ]
    return restored.flatMap((one) => [
      isEq(State.digest(get(StateReference.read(one))), State.digest(stateOf(json))),
      isEq(
        get(StateReference.ask(State.toJson)(one)),
        get(StateReference.ask(State.toJson)(reference)),
        Value.equals,
      ),
    ])
  }),
  fact('restore reads one block, and stands on its checkpoint', () => {
    const memory = MemoryStore.make()
    const reference = StateReference.root(makeComponents(memory))(large(1))()
    const done = get(op.commit({ head: 'main' })(reference))
    const { seen, store } = counting(memory)
    const restored = get(op.restore(makeComponents(store))(done.checkpoint))
    const reads = seen.reads
    get(memory.transact({ heads: [{ name: 'main', expect: done.checkpoint, next: null }] }))
    StateReference.release(reference)()
    memory.collect()
    const before = reads
    get(StateReference.update(State.set(['step'], 1))(restored))
    const next = get(op.commit()(restored))
    const listed = get(Fetch.run(memory)(op.log()([next.checkpoint])))
    return [
      isEq(before, 1),
      isEq(
        listed.map(({ digest }) => digest),
        [next.checkpoint, done.checkpoint],
      ),
    ]
  }),
  law('equal content, equal digest', [states, texts, fc.nat(), fc.nat()], (json, message, time, other) => {
    const commit = (at: number): Digest => {
      const reference = StateReference.root(makeComponents(MemoryStore.make()))(stateOf(json))()
      get(op.commit({ message: 'first', clock: () => 0 })(reference))
      return get(op.commit({ message, clock: () => at, metadata: { json } })(reference)).checkpoint
    }
    return [isEq(commit(time), commit(time)), isEq(commit(time) === commit(other), time === other)]
  }),
  fact('a commit is one transaction, or nothing', () => {
    const memory = MemoryStore.make()
    const { seen, store } = counting(memory)
    const components = makeComponents(store)
    const reference = StateReference.root(components)(large(1))()
    const first = get(op.commit({ head: 'main' })(reference))
    const transactions = seen.transactions.length
    const before = memory.stats()
    const rival = StateReference.root(components)(large(2))()
    const refused = op.commit({ head: 'main' })(rival)()
    const after = memory.stats()
    const unsound = op.commit({ head: 'main', message: '\ud800' })(reference)()
    return [
      isEq(transactions, 1),
      isEq(refused._tag === 'Left' ? refused.left._tag : 'Right', 'HeadMoved'),
      isEq(unsound._tag === 'Left' ? unsound.left._tag : 'Right', 'InvalidValue'),
      isEq([after.blocks, after.pins], [before.blocks, before.pins]),
      isEq(get(memory.head('main')), first.checkpoint),
      isEq(seen.transactions[0]!.puts!.at(-1)!.ref.digest, first.checkpoint),
    ]
  }),
  fact('a checkpoint holds its state and its past', () => {
    const store = MemoryStore.make()
    const components = makeComponents(store)
    const reference = StateReference.root(components)(large(1))()
    const first = get(op.commit({ head: 'main' })(reference))
    get(StateReference.write(large(2))(reference))
    const second = get(op.commit({ head: 'main' })(reference))
    const branched = get(StateReference.branch(reference))
    const third = get(op.commit({ message: 'on a branch', head: 'side', expect: null })(branched))
    StateReference.release(reference)()
    StateReference.release(branched)()
    get(StateReference.open(components)(first.state))
    store.collect()
    const listed = get(Fetch.run(store)(op.log()([third.checkpoint])))
    return [
      isEq(
        listed.map(({ digest }) => digest),
        [third.checkpoint, second.checkpoint, first.checkpoint],
      ),
      ...listed.map(({ digest }) => holds(E.isRight(op.restore(components)(digest)()), 'its state is gone')),
    ]
  }),
  law('diff is what leads from one to the other', [states, states], (a, b) => {
    const store = MemoryStore.make()
    const reference = StateReference.root(makeComponents(store))(stateOf(a))()
    const from = get(op.commit()(reference))
    get(StateReference.write(stateOf(b))(reference))
    const to = get(op.commit()(reference))
    const { counts, patch } = get(Fetch.run(store)(op.diff(Residency.make())(from.checkpoint, to.checkpoint)))
    const sum = Object.values(counts).reduce((x, y) => x + y, 0)
    return [isEq(sum, patch.length), isEq(sum === 0, from.state === to.state)]
  }),
]

const digestsOf = (entries: ReadonlyArray<Sound.Entry>): ReadonlyArray<Digest> =>
  entries.map(({ digest }) => digest)

const walks = (op: Checkpoints): ReadonlyArray<Law> => [
  law(
    'log is the one linearisation of what is reached, and its bounds are bounds',
    [shapes, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), fc.nat(14), fc.nat(9)],
    (shape, picks, count, since) => {
      const world = history(shape)
      const tips = picks.map((n) => n % shape.length)
      const asked = tips.map((place) => world.digests[place]!)
      const log = (bounds: Sound.Bounds) => digestsOf(get(Fetch.run(world.store)(op.log(bounds)(asked))))
      const all = inOrder(world, reached(shape, tips))
      const first = reached(shape, tips, (place) => shape[place]!.parents.slice(0, 1))
      const young = reached(shape, tips, undefined, (place) => shape[place]!.time >= since)
      return [
        isEq(log({}), all),
        isEq(log({ count }), all.slice(0, count)),
        isEq(log({ firstParent: true }), inOrder(world, first)),
        isEq(log({ since }), inOrder(world, young)),
      ]
    },
  ),
  fact('a log does not look past what is too old', () => {
    const world = history([9, 0, 9].map((time, i) => ({ parents: i === 0 ? [] : [i - 1], time })))
    const listed = get(Fetch.run(world.store)(op.log({ since: 5 })([world.digests[2]!])))
    return isEq(digestsOf(listed), [world.digests[2]!])
  }),
  fact('a bound that is none is refused', () => {
    const { store, digests } = history([{ parents: [], time: 0 }])
    const bounds = [{ count: Number.NaN }, { count: -1 }, { since: Number.NaN }, { since: '2020' as never }]
    return bounds.map((bound) => {
      const listed = Fetch.run(store)(op.log(bound)(digests))()
      return isEq(listed._tag === 'Left' ? listed.left._tag : 'listed', 'InvalidValue')
    })
  }),
  law('the same walk run again gives the same', [shapes], (shape) => {
    const { store, digests } = history(shape)
    const last = digests[digests.length - 1]!
    const log = Fetch.run(store)(op.log()([last]))
    const bases = Fetch.run(store)(op.mergeBases(last, digests[0]!))
    return [isEq(log(), log()), isEq(bases(), bases())]
  }),
  fact('a bounded log reads no more than it needs', () => {
    const shape = Array.from({ length: 50 }, (_, i) => ({ parents: i === 0 ? [] : [i - 1], time: i }))
    const world = history(shape)
    const { seen, store } = counting(world.store)
    get(Fetch.run(store)(op.log({ count: 5 })([world.digests[49]!])))
    return holds(seen.reads <= 6, `${seen.reads} reads`)
  }),
  law(
    'the lowest common ancestors are those that a search finds',
    [fc.oneof(shapes, fc.constant(crissCross)), fc.nat(), fc.nat()],
    (shape, m, n) => {
      const world = history(shape)
      const [a, b] = [shape.length - 1 - (m % shape.length), shape.length - 1 - (n % shape.length)]
      const bases = (x: number, y: number) =>
        digestsOf(get(Fetch.run(world.store)(op.mergeBases(world.digests[x]!, world.digests[y]!))))
      const expected = inOrder(world, lowestCommon(world, a, b))
      return [isEq(bases(a, b), expected), isEq(bases(b, a), expected)]
    },
  ),
  fact('several lowest common ancestors are all found', () => {
    const world = history(crissCross)
    const found = get(Fetch.run(world.store)(op.mergeBases(world.digests[3]!, world.digests[4]!)))
    return isEq(digestsOf(found), inOrder(world, [1, 2]))
  }),
  fact('a history that no commits make is refused', () =>
    lyingHistories.flatMap(({ name, store, tip, other }) => {
      const listed = Fetch.run(store)(op.log()([tip]))()
      const bases = Fetch.run(store)(op.mergeBases(tip, other))()
      return [listed, bases].map((answer) => holds(answer._tag === 'Left', `${name} was walked over`))
    }),
  ),
]

const ends = (op: Checkpoints): ReadonlyArray<Law> => [
  law('a cut and a collection end history, and take nothing else', [shapes, fc.nat()], (shape, n) => {
    const world = history(shape)
    const last = shape.length - 1
    const place = [...reached(shape, [last])].sort((x, y) => x - y)[n % reached(shape, [last]).size]!
    get(op.cut(world.components)([world.digests[place]!]))
    world.store.collect()
    const left = reached(shape, [last], (at) => (at === place ? [] : shape[at]!.parents))
    const listed = digestsOf(get(Fetch.run(world.store)(op.log()([world.digests[last]!]))))
    return [isEq(listed, inOrder(world, left)), isEq(world.store.stats().blocks, left.size + 1)]
  }),
  law(
    'pruning keeps what the bounded log lists',
    [shapes, fc.integer({ min: 1, max: 14 })],
    (shape, count) => {
      const world = history(shape)
      const tips = [world.digests[shape.length - 1]!]
      const before = digestsOf(get(Fetch.run(world.store)(op.log({ count })(tips))))
      const ended = get(op.prune(world.components)(tips, { count }))
      world.store.collect()
      const after = digestsOf(get(Fetch.run(world.store)(op.log()(tips))))
      return [
        isEq(after.slice(0, count), before),
        holds(
          shape.some(({ parents }) => parents.length > 1) || after.length === before.length,
          'more than the bound is left',
        ),
        isEq(
          new Set(ended),
          new Set(
            before.filter((digest) => {
              const { parents } = shape[world.digests.indexOf(digest)]!
              return parents.length > 0 && !parents.some((at) => before.includes(world.digests[at]!))
            }),
          ),
        ),
      ]
    },
  ),
]

/** The laws of checkpoints. */
export const checkpointLaws = (name: string, op: Checkpoints): Suite =>
  suite(name, [...blocks(op), ...commits(op), ...walks(op), ...ends(op)])

/** The library's own. */
export const checkpointOperations: Checkpoints = Sound
