/**
 * The laws of three-way merges.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Path } from '../../src/data/Failure.js'
import * as V from '../../src/data/Value.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import type { Store } from '../../src/store/Store.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Patch from '../../src/trie/Patch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'
import * as Sound from '../../src/vst/Merge.js'
import * as Resolver from '../../src/vst/Resolver.js'
import { jsonish, keys, states } from '../arbitraries.js'
import { get } from '../branch/Subject.js'
import { fact, holds, isEq, type Law, law, type Suite, suite } from '../Law.js'
import { edited, maps, merged as mergedBySearch, type Plain, sequences } from './mergeCases.js'

/** The operations under test. */
export type Merges = Pick<typeof Sound, 'merge' | 'resume' | 'ConflictsFromValue'>

const stateOf = (json: unknown): State.State => E.getOrElseW(() => State.empty)(State.fromJson(json))

const now = <F, A>(fetch: Fetch.Fetch<F, A>): A => {
  const answer = Fetch.now(fetch)
  if (answer._tag === 'None') throw new Error('blocked, though all is in memory')
  return get(() => answer.value)
}

const jsonOf = (state: State.State): V.Value => now(State.toJson(state))

/** Three states: one, and two that were made of it by edits, of which some meet. */
const threes: fc.Arbitrary<readonly [State.State, State.State, State.State]> = fc
  .tuple(states, edited, edited)
  .map(([json, ours, theirs]) => [stateOf(json), ours(stateOf(json)), theirs(stateOf(json))])

const exchanged = ({ path, base, ours, theirs }: Sound.Conflict): Sound.Conflict => ({
  path,
  base,
  ours: theirs,
  theirs: ours,
})

const sameConflicts = (x: ReadonlyArray<Sound.Conflict>, y: ReadonlyArray<Sound.Conflict>): boolean =>
  V.equals(Sound.ConflictsFromValue.encode(x), Sound.ConflictsFromValue.encode(y))

const symmetric: ReadonlyArray<Resolver.Rule> = [
  { kind: 'number', resolve: Resolver.counter },
  { kind: 'list', resolve: Resolver.union },
  { kind: 'text', resolve: Resolver.lines },
  { at: ['a', Resolver.REST], resolve: Resolver.lastWriter({ ours: 1, theirs: 1 }) },
]

const rules = fc.subarray([...symmetric])

const side: fc.Arbitrary<Sound.Side> = fc.oneof(
  fc.constantFrom<Sound.Side>(O.none, O.some(null), O.some([])),
  jsonish.map((value) => O.some(value)),
)

const conflicts: fc.Arbitrary<Sound.Conflict> = fc
  .tuple(fc.array(fc.oneof(keys, fc.nat())), side, side, side)
  .map(([path, base, ours, theirs]) => ({ path, base, ours, theirs }))

const units = (op: Merges): ReadonlyArray<Law> => [
  law('a side that changed nothing changes nothing', [threes, rules], ([base, ours], rules) => {
    const merge = op.merge(rules)
    const [left, right] = [now(merge(base, ours, base)), now(merge(base, base, ours))]
    return [
      isEq(State.digest(left.state), State.digest(ours)),
      isEq(State.digest(right.state), State.digest(ours)),
      isEq(left.conflicts.length + right.conflicts.length, 0),
    ]
  }),
  law('two sides that did the same did it once', [threes, rules], ([base, ours], rules) => {
    const { state, conflicts } = now(op.merge(rules)(base, ours, stateOf(jsonOf(ours))))
    return [isEq(State.digest(state), State.digest(ours)), isEq(conflicts.length, 0)]
  }),
  law(
    'what is the same on both sides of a merge is not asked about',
    [maps, fc.integer({ min: 1, max: 9 })],
    (json, n) => {
      const base = stateOf({ json, same: 1, mine: 1, yours: 1 })
      const { state, conflicts } = now(
        op.merge([{ kind: 'number', resolve: Resolver.counter }])(
          base,
          stateOf({ json, same: 1 + n, mine: 2, yours: 1 }),
          stateOf({ json, same: 1 + n, mine: 1, yours: 2 }),
        ),
      )
      const expected = stateOf({ json, same: 1 + n, mine: 2, yours: 2 })
      return [isEq(State.digest(state), State.digest(expected)), isEq(conflicts.length, 0)]
    },
  ),
]

const symmetry = (op: Merges): Law =>
  law('the sides can be exchanged', [threes, rules], ([base, ours, theirs], rules) => {
    const one = now(op.merge(rules)(base, ours, theirs))
    const other = now(op.merge(rules)(base, theirs, ours))
    return [
      isEq(State.digest(one.state), State.digest(other.state)),
      holds(sameConflicts(one.conflicts, other.conflicts.map(exchanged)), 'other conflicts'),
    ]
  })

const model = (op: Merges): Law =>
  law('maps agree with a merge of plain objects', [maps, maps, maps], (o, a, b) => {
    const { state, conflicts } = now(op.merge()(stateOf(o), stateOf(a), stateOf(b)))
    const expected = mergedBySearch(o, a, b)
    return [
      isEq<V.Value>(jsonOf(state), expected.value as V.Value, V.equals),
      isEq(new Set(conflicts.map(({ path }) => JSON.stringify(path))), new Set(expected.paths)),
      ...conflicts.flatMap(({ path, base, ours, theirs }) =>
        (
          [
            [base, o],
            [ours, a],
            [theirs, b],
          ] as const
        ).map(([side, whole]) => isEq(side, now(State.get(path)(stateOf(whole))))),
      ),
    ]
  })

const apart = (op: Merges): ReadonlyArray<Law> => [
  law('where the sides touch different paths it is both patches', [states, edited, edited], (json, f, g) => {
    const base = stateOf({ left: json, right: json })
    const change = (side: string, f: (state: State.State) => State.State): State.State =>
      now(State.set([side], jsonOf(f(stateOf(json))))(base))
    const [ours, theirs] = [change('left', f), change('right', g)]
    const { state, conflicts } = now(op.merge()(base, ours, theirs))
    const patched = now(Fetch.flatMap(Patch.diff(base, theirs), (patch) => Patch.apply(patch)(ours)))
    return [isEq(State.digest(state), State.digest(patched)), isEq(conflicts.length, 0)]
  }),
  law(
    'splices of one sequence that do not touch are both made',
    [sequences],
    ({ base, ours, theirs, both }) => {
      const at = (content: Plain): State.State => stateOf({ it: content })
      const { state, conflicts } = now(op.merge()(at(base), at(ours), at(theirs)))
      return [isEq(State.digest(state), State.digest(at(both))), isEq(conflicts.length, 0)]
    },
  ),
  fact('splices that touch are a conflict', () => {
    const at = (it: string): State.State => stateOf({ it })
    const conflicts = (ours: string, theirs: string): number =>
      now(op.merge()(at('abcdef'), at(ours), at(theirs))).conflicts.length
    return [
      isEq(conflicts('abXcdef', 'abYcdef'), 1),
      isEq(conflicts('abXef', 'abcdYef'), 1),
      isEq(conflicts('aXdef', 'abYef'), 1),
      isEq(conflicts('Xabcdef', 'abcdefX'), 0),
    ]
  }),
]

const once = (op: Merges): Law =>
  fact('a splice that both have made is made once, beside others', () => {
    const units = Array.from({ length: 3000 }, (_, i) => i)
    const at = (it: ReadonlyArray<number>): State.State => stateOf({ it })
    const both = [-1, ...units]
    const [ours, theirs] = [at(both.with(1500, -2)), at([...both, -3])]
    const { state, conflicts } = now(op.merge()(at(units), ours, theirs))
    return [
      isEq(State.digest(state), State.digest(at([...both.with(1500, -2), -3]))),
      isEq(conflicts.length, 0),
    ]
  })

const resuming = (op: Merges): ReadonlyArray<Law> => [
  law(
    'a merge resumed with a side has that side there, and no conflicts',
    [threes, fc.constantFrom('ours', 'theirs'), fc.boolean()],
    ([base, ours, theirs], side, inSteps) => {
      const merged = now(op.merge()(base, ours, theirs))
      const resolutions = merged.conflicts.map((one) => ({ path: one.path, value: one[side] }))
      const steps = inSteps ? resolutions.map((one) => [one]) : [resolutions]
      const done = steps.reduce((at, step) => now(op.resume(step)(at)), merged)
      return [
        isEq(done.conflicts.length, 0),
        ...resolutions.map(({ path, value }) => isEq(now(State.get(path)(done.state)), value)),
        isEq(
          State.digest(done.state),
          State.digest(
            now(
              op.merge([{ resolve: side === 'ours' ? Resolver.ours : Resolver.theirs }])(base, ours, theirs),
            ).conflicts.length === 0
              ? done.state
              : State.empty,
          ),
        ),
      ]
    },
  ),
  fact('what is no conflict cannot be resolved', () => {
    const merged = now(op.merge()(stateOf({ a: 1 }), stateOf({ a: 2 }), stateOf({ a: 3 })))
    const stray = Fetch.now(op.resume([{ path: ['b'], value: O.some(1) }])(merged))
    return [
      isEq(merged.conflicts.length, 1),
      holds(stray._tag === 'Some' && stray.value._tag === 'Left', 'a path without a conflict was taken'),
    ]
  }),
  fact('one conflict cannot be resolved twice', () => {
    const merged = now(op.merge()(stateOf({ a: 1 }), stateOf({ a: 2 }), stateOf({ a: 3 })))
    const twice = [2, 3].map((value) => ({ path: ['a'], value: O.some(value) }))
    return isEq(failureOf(op.resume(twice)(merged)), { tag: 'InvalidPath', path: ['a'] })
  }),
  law('conflicts are values', [fc.array(conflicts)], (some) => {
    const value = op.ConflictsFromValue.encode(some)
    return [
      holds(V.isValue(value), 'no value'),
      isEq(op.ConflictsFromValue.decode(value) as unknown, E.right(some)),
    ]
  }),
  fact('one conflict at a time can be resolved', () => {
    const merged = now(op.merge()(stateOf({ a: 1, b: 1 }), stateOf({ a: 2, b: 2 }), stateOf({ a: 3, b: 3 })))
    const { state, conflicts } = now(op.resume([{ path: ['a'], value: O.some(4) }])(merged))
    return [
      isEq(
        conflicts.map(({ path }) => path),
        [['b']],
      ),
      isEq(jsonOf(state), { a: 4, b: 1 }),
    ]
  }),
]

const failureOf = (fetch: Fetch.Fetch<Sound.MergeFailure, unknown>): unknown => {
  const answer = Fetch.now(fetch)
  if (answer._tag === 'None' || answer.value._tag === 'Right') return null
  const { left } = answer.value
  return { tag: left._tag, path: 'path' in left ? left.path : null }
}

const ruling = (op: Merges): ReadonlyArray<Law> => [
  fact('a rule that throws, or answers what is no answer, fails the merge and says where', () => {
    const bad = [undefined, null, { _tag: 'Some' }, O.some(undefined), O.some(O.some(Number.NaN))]
    const resolvers: ReadonlyArray<Resolver.Resolver> = [
      () => {
        throw new Error('no')
      },
      () => {
        throw Object.create(null)
      },
      ...bad.map((answer) => () => answer as never),
    ]
    const [base, ours, theirs] = [1, 2, 3].map((n) => stateOf({ in: { a: n } }))
    return resolvers.map((resolve) =>
      isEq(failureOf(op.merge([{ resolve }])(base!, ours!, theirs!)), {
        tag: 'InvalidValue',
        path: ['in', 'a'],
      }),
    )
  }),
  fact('the first rule that fits and decides counts', () => {
    const base = stateOf({ a: { n: 1, t: 'x', u: 0 }, n: 1 })
    const ours = stateOf({ a: { n: 2, t: 'y', u: 'w' }, n: 2 })
    const theirs = stateOf({ a: { n: 3, t: 'z', u: 2 }, n: 3 })
    const asked: Array<Path> = []
    const undecided: Resolver.Resolver = ({ path }) => {
      asked.push(path)
      return O.none
    }
    const { state, conflicts } = now(
      op.merge([
        { at: ['a', Resolver.ANY], resolve: undecided },
        { at: ['n'], resolve: Resolver.theirs },
        { kind: 'number', resolve: Resolver.counter },
        { at: [Resolver.REST, 't'], resolve: () => O.some(O.none) },
        { kind: 'text', resolve: Resolver.ours },
      ])(base, ours, theirs),
    )
    return [
      isEq(jsonOf(state), jsonOf(stateOf({ a: { n: 4, u: 0 }, n: 3 }))),
      isEq(
        conflicts.map(({ path }) => path),
        [['a', 'u']],
      ),
      isEq(new Set(asked.map((path) => path.join('.'))), new Set(['a.n', 'a.t', 'a.u'])),
    ]
  }),
  fact('a rule is asked before splices', () => {
    const at = (...it: ReadonlyArray<number>): State.State => stateOf({ it })
    const merge = op.merge([{ kind: 'list', resolve: Resolver.theirs }])
    return isEq(jsonOf(now(merge(at(1, 2, 3), at(0, 1, 2, 3), at(1, 2, 3, 4))).state), { it: [1, 2, 3, 4] })
  }),
]

/** A state of many blocks in a store, made when it is first asked for. */
const stored = () => {
  const memory = MemoryStore.make()
  const json = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${i}`, `${i} `.repeat(100)]))
  const base = StateReference.root(ComponentStore.make(memory))(stateOf(json))()
  return { memory, base, from: get(StateReference.commit()(base)).digest }
}
let kept: ReturnType<typeof stored> | null = null

/** Reads what two sides have changed, and not what all three share. */
const visits = (op: Merges): Law =>
  law(
    'what all share is not read',
    [fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 4 })],
    (n, changes) => {
      kept ??= stored()
      const { memory, base, from } = kept
      let reads = 0
      const store: Store = {
        ...memory,
        read: (digests) => () => {
          reads += digests.length
          return memory.read(digests)()
        },
      }
      const changed = (first: number): typeof from => {
        const side = get(StateReference.branch(base))
        for (let i = 0; i < changes; i++) {
          get(StateReference.update(State.set([`${(first + i) % 1000}`], first))(side))
        }
        const { digest } = get(StateReference.commit()(side))
        StateReference.release(side)()
        return digest
      }
      const residency = Residency.make()
      const [o, a, b] = [from, changed(n), changed((n + 500) % 1000)].map((digest) =>
        State.open(digest, residency),
      )
      const { conflicts } = get(Fetch.run(store)(op.merge()(o!, a!, b!)))
      // Each side's ways down, of at most five blocks, in two states, and the value that was there.
      const bound = 2 * changes * (2 * 5 + 1) + 3
      return [holds(reads <= bound, `${reads} reads, not ${bound}`), isEq(conflicts.length, 0)]
    },
  )

/** The laws of merges. */
export const mergeLaws = (name: string, op: Merges): Suite =>
  suite(name, [
    ...units(op),
    symmetry(op),
    model(op),
    ...apart(op),
    once(op),
    ...resuming(op),
    ...ruling(op),
    visits(op),
  ])

/** The library's own. */
export const mergeOperations: Merges = Sound
