/**
 * Broken merges and resolvers, each of which some law rejects.
 */
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import { diff3Merge } from 'node-diff3'
import type { Value } from '../../src/data/Value.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Patch from '../../src/trie/Patch.js'
import * as State from '../../src/trie/State.js'
import * as Merge from '../../src/vst/Merge.js'
import * as Resolver from '../../src/vst/Resolver.js'
import type { Merges } from './mergeLaws.js'
import type { Resolvers } from './resolverLaws.js'

const sound: Merges = Merge

/** The sound merge with something done to its answer. */
const then = (f: (merged: Merge.Merged, base: State.State, ours: State.State) => Merge.Merged): Merges => ({
  ...sound,
  merge: (rules) => (base, ours, theirs) =>
    Fetch.map((merged: Merge.Merged) => f(merged, base, ours))(sound.merge(rules)(base, ours, theirs)),
})

/** Applies one side's patch to the other side, if that can be done. */
const patched: Merges['merge'] = () => (base, ours, theirs) =>
  Fetch.orElseW(() => Fetch.of<Merge.Merged>({ state: ours, conflicts: [] }))(
    Fetch.map((state: State.State): Merge.Merged => ({ state, conflicts: [] }))(
      Fetch.flatMap(Patch.diff(base, theirs), (patch) => Patch.apply(patch)(ours)),
    ),
  )

/** Merges whole values, which it loads. */
const eager: Merges['merge'] = (rules) => (base, ours, theirs) =>
  Fetch.flatMap(Fetch.all([base, ours, theirs].map(State.toJson)), () =>
    sound.merge(rules)(base, ours, theirs),
  )

/** Every value that differs as a whole. */
const whole: Merges['merge'] = (rules) =>
  sound.merge([...(rules ?? []), { resolve: ({ base }) => O.some(base) }])

export const brokenMerges: Readonly<Record<string, Merges>> = {
  'takes our side': then((_, __, ours) => ({ state: ours, conflicts: [] })),
  'goes back to the base': then(({ conflicts }, base) => ({ state: base, conflicts })),
  'keeps conflicts to itself': then(({ state }) => ({ state, conflicts: [] })),
  'sees conflicts where the sides agree': then(({ state, conflicts }) => ({
    state,
    conflicts: [...conflicts, { path: ['a'], base: O.none, ours: O.none, theirs: O.none }],
  })),
  'puts our side into conflicts': {
    ...sound,
    merge: (rules) => (base, ours, theirs) =>
      Fetch.flatMap(sound.merge(rules)(base, ours, theirs), (merged) =>
        Fetch.map(({ state }: Merge.Merged) => ({ state, conflicts: merged.conflicts }))(
          sound.resume(merged.conflicts.map(({ path, ours: value }) => ({ path, value })))(merged),
        ),
      ),
  },
  'mistakes the sides of conflicts': then(({ state, conflicts }) => ({
    state,
    conflicts: conflicts.map((one) => ({ ...one, ours: one.theirs, theirs: one.ours })),
  })),
  'patches one side with the other': { ...sound, merge: patched },
  'asks no rules': { ...sound, merge: () => sound.merge() },
  'asks rules from the last': { ...sound, merge: (rules = []) => sound.merge(rules.toReversed()) },
  'asks rules of every kind': {
    ...sound,
    merge: (rules = []) => sound.merge(rules.map(({ kind, ...rule }) => rule)),
  },
  'asks rules at every path': {
    ...sound,
    merge: (rules = []) => sound.merge(rules.map(({ at, ...rule }) => rule)),
  },
  'lets the base win': { ...sound, merge: whole },
  'merges no sequences': {
    ...sound,
    merge:
      (rules = []) =>
      (base, ours, theirs) => {
        let met = false
        const noticed: Resolver.Rule = {
          resolve: () => {
            met = true
            return O.none
          },
        }
        return Fetch.map((merged: Merge.Merged) =>
          met ? { state: base, conflicts: merged.conflicts } : merged,
        )(sound.merge([...rules, noticed])(base, ours, theirs))
      },
  },
  'adds up what both sides did alike': {
    ...sound,
    merge:
      (rules = []) =>
      (base, ours, theirs) =>
        Fetch.flatMap(sound.merge(rules)(base, ours, theirs), (merged) =>
          Fetch.flatMap(
            Fetch.all([base, ours, theirs].map(State.get(['same']))),
            (sides): Fetch.Fetch<Merge.MergeFailure, Merge.Merged> => {
              const [o, a, b] = sides.map((side) => Number(O.toNullable(side)))
              if (!o || !a || !b) return Fetch.of(merged)
              const sum = a + b - o
              return Fetch.map((state: State.State) => ({ ...merged, state }))(
                State.set(['same'], sum)(merged.state),
              )
            },
          ),
        ),
  },
  'merges splices that touch': {
    ...sound,
    merge: (rules = []) =>
      sound.merge([...rules, { kind: 'text', resolve: (conflict) => O.some(conflict.ours) }]),
  },
  'reads everything': { ...sound, merge: eager },
  'resumes with nothing': { ...sound, resume: () => (merged) => Fetch.of({ ...merged, conflicts: [] }) },
  'resumes and keeps the conflicts': {
    ...sound,
    resume: (resolutions) => (merged) =>
      Fetch.map(({ state }: Merge.Merged) => ({ state, conflicts: merged.conflicts }))(
        sound.resume(resolutions)(merged),
      ),
  },
  'resumes all at once': {
    ...sound,
    resume: (resolutions) => (merged) =>
      Fetch.map(({ state }: Merge.Merged) => ({ state, conflicts: [] }))(sound.resume(resolutions)(merged)),
  },
  'resolves what is no conflict': {
    ...sound,
    resume: (resolutions) => (merged) =>
      sound.resume(resolutions.filter(({ path }) => merged.conflicts.some((one) => one.path === path)))(
        merged,
      ),
  },
  'takes the last of two resolutions': {
    ...sound,
    resume: (resolutions) =>
      sound.resume(
        resolutions.filter(
          ({ path }, i) => !resolutions.slice(i + 1).some((one) => `${one.path}` === `${path}`),
        ),
      ),
  },
  'lets rules throw': {
    ...sound,
    merge: (rules) => (base, ours, theirs) => {
      const merged = sound.merge(rules)(base, ours, theirs)
      if (merged._tag === 'Failed') throw new Error(merged.failure._tag)
      return merged
    },
  },
  'takes null for nothing': {
    ...sound,
    ConflictsFromValue: new t.Type<ReadonlyArray<Merge.Conflict>, Value, unknown>(
      'Conflicts',
      sound.ConflictsFromValue.is,
      sound.ConflictsFromValue.validate,
      (conflicts) =>
        sound.ConflictsFromValue.encode(
          conflicts.map((one) => ({
            ...one,
            ours: O.isSome(one.ours) && one.ours.value === null ? O.none : one.ours,
          })),
        ),
    ),
  },
}

const resolvers: Resolvers = Resolver

/** Says what it likes whatever the sides are. */
const partial: Resolver.Resolver = ({ ours }) => O.some(ours)

export const brokenResolvers: Readonly<Record<string, Resolvers>> = {
  'counts one side': { ...resolvers, counter: partial },
  'counts the greater step': {
    ...resolvers,
    counter: (conflict) =>
      O.some(O.some(Math.max(Number(O.toNullable(conflict.ours)), Number(O.toNullable(conflict.theirs))))),
  },
  'counts beyond all numbers': {
    ...resolvers,
    counter: (conflict) => {
      const [o, a, b] = [conflict.base, conflict.ours, conflict.theirs].map((side) =>
        Number(O.isSome(side) ? side.value : 0),
      )
      return O.some(O.some(a! + b! - o!))
    },
  },
  'never removes from a set': {
    ...resolvers,
    union: (conflict) => resolvers.union({ ...conflict, base: O.none }),
  },
  'sorts a set': {
    ...resolvers,
    union: (conflict) =>
      O.map(O.map((items: Value) => (items as ReadonlyArray<Value>).toSorted()))(resolvers.union(conflict)),
  },
  'puts our items first': {
    ...resolvers,
    union: (conflict) => {
      const { ours, theirs } = conflict
      if (O.isNone(ours) || O.isNone(theirs) || !Array.isArray(ours.value) || !Array.isArray(theirs.value)) {
        return resolvers.union(conflict)
      }
      return O.some(O.some([...new Set([...ours.value, ...theirs.value])]))
    },
  },
  'lets the first writer win': {
    ...resolvers,
    lastWriter: ({ ours, theirs }) => resolvers.lastWriter({ ours: theirs, theirs: ours }),
  },
  'lets us win a tie': {
    ...resolvers,
    lastWriter: (written) => (written.ours === written.theirs ? partial : resolvers.lastWriter(written)),
  },
  'takes our lines': { ...resolvers, lines: partial },
  'decides no lines': { ...resolvers, lines: () => O.none },
  'compares lines for as long as it takes': {
    ...resolvers,
    lines: (conflict) => {
      const bounded = resolvers.lines(conflict)
      const [o, a, b] = [conflict.base, conflict.ours, conflict.theirs].map((side) =>
        O.isSome(side) && typeof side.value === 'string' ? side.value.split(/(?<=\n)/) : [],
      )
      if (O.isSome(bounded) || Math.max(o!.length, a!.length, b!.length) > 5000) return bounded
      const regions = diff3Merge(a!, o!, b!, { excludeFalseConflicts: true })
      return regions.some(({ ok }) => ok === undefined)
        ? O.none
        : O.some(O.some(regions.flatMap(({ ok }) => ok!).join('')))
    },
  },
  'matches a beginning': {
    ...resolvers,
    matches: (pattern, path) => resolvers.matches([...pattern, Resolver.REST], path),
  },
  'matches the same text': {
    ...resolvers,
    matches: (pattern, path) =>
      resolvers.matches(
        pattern.map((segment) => (typeof segment === 'number' ? `${segment}` : segment)),
        path.map(String),
      ),
  },
}
