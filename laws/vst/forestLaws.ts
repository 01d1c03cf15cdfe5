/**
 * The laws of forests.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../../src/data/Digest.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'
import * as Sound from '../../src/vst/Forest.js'
import { fromPairs, keys } from '../arbitraries.js'
import { get } from '../branch/Subject.js'
import { fact, holds, isEq, type Law, law, type Suite, suite } from '../Law.js'
import { Blocks } from '../trie/settings.js'

/** The operations under test. */
export type Forests = Pick<
  typeof Sound,
  'agents' | 'size' | 'get' | 'set' | 'remove' | 'update' | 'diff' | 'sharing' | 'partners'
>

type Json = { readonly [key: string]: unknown }

/** States from small to some blocks, of parts that many of them have. */
const contents: fc.Arbitrary<Json> = fc.oneof(
  fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(3), { maxKeys: 3, noNullPrototype: true }),
  fc
    .record({
      texts: fc.subarray(['one ', 'two ', 'three ']),
      small: fc.nat(3),
      many: fc.constantFrom(0, 0, 0, 60),
    })
    .map(({ texts, small, many }) => ({
      ...Object.fromEntries(texts.map((text) => [text, text.repeat(150)])),
      ...Object.fromEntries(Array.from({ length: many }, (_, i) => [`file ${i}`, `${i} `.repeat(9)])),
      small,
    })),
)

const stateOf = (json: unknown): State.State => E.getOrElseW(() => State.empty)(State.fromJson(json))

const forests: fc.Arbitrary<ReadonlyArray<readonly [string, Json]>> = fc.uniqueArray(
  fc.tuple(keys, contents),
  {
    selector: ([name]) => name,
    maxLength: 12,
  },
)

const forestOf = (pairs: ReadonlyArray<readonly [string, Json]>): State.State => stateOf(fromPairs(pairs))

/** Where a forest is while a law looks at it: in memory, or only its digest is known. */
const rooms: Readonly<Record<string, () => { blocks: Blocks; rest: (state: State.State) => State.State }>> = {
  'in memory': () => ({ blocks: new Blocks(), rest: (state) => state }),
  opened: () => {
    const blocks = new Blocks()
    return { blocks, rest: (state) => State.open(blocks.save(state), Residency.make(0)) }
  },
}
const room = fc.constantFrom(...Object.keys(rooms)).map((name) => rooms[name]!)

type Step = readonly ['set' | 'remove' | 'update', string, Json]

const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.tuple(
    fc.constantFrom<Step[0]>('set', 'set', 'remove', 'update'),
    fc.oneof(keys, fc.constantFrom('ann', 'bob')),
    contents,
  ),
  { maxLength: 8 },
)

const models = (op: Forests): Law =>
  law('a forest is a map of states', [room, forests, steps], (make, pairs, steps) => {
    const { blocks, rest } = make()
    const run = <F, A>(fetch: Fetch.Fetch<F, A>): A => get(Fetch.run(blocks.source)(fetch))
    const model = new Map(pairs)
    let forest = rest(forestOf(pairs))
    for (const [kind, agent, json] of steps) {
      if (kind === 'set') {
        model.set(agent, json)
        forest = run(op.set(agent, rest(stateOf(json)))(forest))
      } else if (kind === 'remove') {
        model.delete(agent)
        forest = run(op.remove(agent)(forest))
      } else {
        model.set(agent, { ...model.get(agent), step: json })
        forest = run(op.update(agent, State.set(['step'], json))(forest))
      }
      forest = rest(forest)
    }
    return [
      isEq(State.digest(forest), State.digest(forestOf([...model]))),
      isEq(run(op.size(forest)), model.size),
      isEq(new Set(run(op.agents(forest))), new Set(model.keys())),
      isEq(run(op.get('nobody is called so')(forest)), O.none),
      ...[...model].map(([agent, json]) =>
        isEq(O.map(State.digest)(run(op.get(agent)(forest))), O.some(State.digest(stateOf(json)))),
      ),
    ]
  })

const updated = (op: Forests): Law =>
  fact('an update goes on from what is there', () => {
    const run = <F, A>(fetch: Fetch.Fetch<F, A>): A => get(() => O.toNullable(Fetch.now(fetch))!)
    const once = run(op.update('ann', State.set(['a'], 1))(Sound.empty))
    const twice = run(op.update('ann', State.set(['b'], 2))(once))
    return isEq(State.digest(twice), State.digest(stateOf({ ann: { a: 1, b: 2 } })))
  })

const isolated = (op: Forests): Law =>
  law('what is done to one agent no other sees', [forests, contents, contents], (pairs, mine, yours) => {
    const run = <F, A>(fetch: Fetch.Fetch<F, A>): A => get(() => O.toNullable(Fetch.now(fetch))!)
    const before = run(op.set('ann', stateOf(mine))(forestOf(pairs)))
    const digests = (forest: State.State): ReadonlyArray<readonly [string, unknown]> =>
      run(op.agents(forest))
        .filter((agent) => agent !== 'ann')
        .map((agent) => [agent, O.map(State.digest)(run(op.get(agent)(forest)))])
    const kept = [State.digest(before), digests(before)]
    const after = run(op.set('ann', stateOf(yours))(before))
    return [
      isEq(digests(after), digests(before)),
      isEq(digests(run(op.remove('ann')(before))), digests(before)),
      isEq([State.digest(before), digests(before)], kept),
    ]
  })

/** A text of some blocks that are all different. */
const long = (seed: number): string => Array.from({ length: 3000 }, (_, i) => (i * i + seed) % 9973).join(' ')

const differing = (op: Forests): ReadonlyArray<Law> => [
  law('diff names the agents that differ', [room, forests, forests, fc.nat()], (make, some, others, keep) => {
    const { blocks, rest } = make()
    // The second forest has agents of the first, of which some are the same.
    const second = new Map([...some.filter((_, i) => (keep >> i) % 2 === 0), ...others])
    const first = new Map(some)
    const [before, after] = [rest(forestOf(some)), rest(forestOf([...second]))]
    const found = get(Fetch.run(blocks.source)(op.diff(before, after)))
    const digest = (of: ReadonlyMap<string, Json>, agent: string): Digest | null =>
      of.has(agent) ? State.digest(stateOf(of.get(agent))) : null
    const expected = [...new Set([...first.keys(), ...second.keys()])].flatMap((agent) => {
      const [x, y] = [digest(first, agent), digest(second, agent)]
      return x === y ? [] : [{ agent, change: x === null ? 'added' : y === null ? 'removed' : 'changed' }]
    })
    const byName = (x: { agent: string }, y: { agent: string }): number => (x.agent < y.agent ? -1 : 1)
    return isEq(found.toSorted(byName) as ReadonlyArray<unknown>, expected.sort(byName))
  }),
  fact('diff visits the way to what differs, and enters no agent', () => {
    const blocks = new Blocks()
    const pairs = Array.from(
      { length: 850 },
      (_, i) => [`agent ${i}`, { text: `${i} `.repeat(200), more: 'x'.repeat(400) }] as const,
    )
    const before = blocks.save(forestOf(pairs))
    const changed = pairs.map(
      ([agent, json], i) => [agent, i < 3 ? { ...json, text: 'y'.repeat(999) } : json] as const,
    )
    const after = blocks.save(forestOf(changed))
    const residency = Residency.make()
    const { answer, reads } = blocks.counting(() =>
      op.diff(State.open(before, residency), State.open(after, residency)),
    )
    // Two roots, and for each agent two ways down through at most two more blocks.
    const bound = 2 + 3 * 2 * 2
    return [
      holds(reads.length <= bound, `${reads.length} reads, not ${bound}`),
      isEq(E.isRight(answer) ? answer.right.length : -1, 3),
    ]
  }),
  fact('to get an agent is to read its way, not its state', () => {
    const blocks = new Blocks()
    const pairs = Array.from({ length: 60 }, (_, i) => [`agent ${i}`, { text: long(i) }] as const)
    const digest = blocks.save(forestOf(pairs))
    const { reads } = blocks.counting(() => op.get('agent 7')(State.open(digest, Residency.make())))
    return holds(reads.length <= 4, `${reads.length} reads`)
  }),
]

/** Blocks that an agent of a saved forest has, by a search of what is stored. */
const reachedBy = (blocks: Blocks, json: Json): ReadonlySet<Digest> => {
  const alone = new Blocks()
  const root = alone.save(stateOf(json))
  const all = new Set(alone.reachable(root))
  // A small state is no block of the forest's.
  if (!blocks.bytes.has(root) || alone.bytes.get(root)!.length <= 258) all.delete(root)
  return all
}

const shares = (op: Forests): ReadonlyArray<Law> => [
  law('shares are those that a search finds', [room, forests], (make, pairs) => {
    const { rest, blocks: opened } = make()
    const blocks = new Blocks()
    blocks.save(forestOf(pairs))
    const found = get(Fetch.run(opened.source)(op.sharing(rest(forestOf(pairs)))))
    const reached = new Map(pairs.map(([agent, json]) => [agent, reachedBy(blocks, json)]))
    const holders = (digest: Digest): ReadonlyArray<string> =>
      [...reached].flatMap(([agent, all]) => (all.has(digest) ? [agent] : [])).sort()
    const sizeOf = (digests: Iterable<Digest>): number =>
      [...digests].reduce((sum, digest) => sum + blocks.bytes.get(digest)!.length, 0)
    const all = new Set([...reached.values()].flatMap((digests) => [...digests]))
    const common = [...all].filter((digest) => holders(digest).length > 1)
    return [
      isEq(
        found.agents.map(({ agent, shared }) => [agent, shared]),
        [...reached]
          .map(([agent, digests]) => [agent, sizeOf([...digests].filter((one) => common.includes(one)))])
          .sort(([x], [y]) => (x! < y! ? -1 : 1)),
      ),
      isEq(
        new Map(found.shared.map(({ digest, agents, bytes }) => [digest, [agents, bytes]])),
        new Map(common.map((digest) => [digest, [holders(digest), sizeOf([digest])]])),
      ),
      ...found.agents.map(({ bytes, own, shared }) => isEq(bytes, own + shared)),
      isEq(found.bytes, found.agents.reduce((sum, { own }) => sum + own, 0) + sizeOf(common)),
      isEq(
        found.bytes - sizeOf(all),
        found.agents.reduce((sum, { agent, bytes }) => sum + bytes - sizeOf(reached.get(agent)!), 0),
      ),
      ...pairs.slice(0, 3).map(([agent]) =>
        isEq(
          new Map(
            op
              .partners(agent)(found)
              .map((one) => [one.agent, one.bytes]),
          ),
          new Map(
            pairs
              .filter(([other]) => other !== agent)
              .map(([other]): [string, number] => [
                other,
                sizeOf([...reached.get(agent)!].filter((digest) => reached.get(other)!.has(digest))),
              ])
              .filter(([, bytes]) => bytes > 0),
          ),
        ),
      ),
    ]
  }),
  fact('equal agents share all, and others nothing', () => {
    const blocks = new Blocks()
    const json = (text: string): Json => ({
      text: text.repeat(500),
      list: Array.from({ length: 99 }, (_, i) => i),
      more: 'x'.repeat(250),
    })
    const found = get(
      Fetch.run(blocks.source)(
        op.sharing(
          forestOf([
            ['a', json('same ')],
            ['b', json('same ')],
            ['c', { text: 'other '.repeat(500) }],
            ['d', { n: 1 }],
          ]),
        ),
      ),
    )
    const [a, b, c, d] = found.agents
    return [
      isEq([a!.own, b!.own], [0, 0]),
      isEq(a!.shared, b!.shared),
      isEq(c!.shared + d!.shared, 0),
      // A map of one entry: its head, the key, the number.
      isEq(d!.own, 4),
      holds(c!.own > 3000 && a!.shared > 2500, 'bytes are missing'),
      isEq(found.bytes, a!.shared + c!.own + d!.own),
      isEq(op.partners('a')(found), [{ agent: 'b', bytes: a!.shared }]),
      isEq(op.partners('c')(found), []),
    ]
  }),
]

/** The laws of forests. */
export const forestLaws = (name: string, op: Forests): Suite =>
  suite(name, [models(op), updated(op), isolated(op), ...differing(op), ...shares(op)])

/** The library's own. */
export const forestOperations: Forests = Sound
