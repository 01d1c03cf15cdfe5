/** A state agrees with plain objects, whatever is done to it and wherever it lives. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import type { Value } from '../../src/data/Value.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Patch from '../../src/trie/Patch.js'
import * as State from '../../src/trie/State.js'
import { holds, type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'
import * as Plain from './plain.js'
import { type Edit, editsOf, modelled, pathOf, place, roots, type Step, steps } from './scripts.js'
import type { Mode, Setting } from './settings.js'

/** What the laws ask of an implementation: the operations of `State`. */
export type States = Pick<
  typeof State,
  | 'empty'
  | 'fromJson'
  | 'get'
  | 'has'
  | 'at'
  | 'toJson'
  | 'keys'
  | 'size'
  | 'set'
  | 'modify'
  | 'remove'
  | 'digest'
  | 'equals'
> & { readonly diff: typeof Patch.diff; readonly patch: typeof Patch.apply }

/** The library's own. */
export const states: States & Pick<typeof State, 'open'> = { ...State, diff: Patch.diff, patch: Patch.apply }

export const seeds: fc.Arbitrary<number> = fc.nat({ max: 2 ** 30 })

/** A state of plain data that is known to be good. */
export const stateOf = (subject: States, json: Plain.Map): State.State => {
  const made = subject.fromJson(json)
  return E.isRight(made) ? made.right : subject.empty
}

/** One edit of a state. */
export const perform =
  (subject: States, edit: Edit) =>
  (state: State.State): Fetch.Fetch<unknown, State.State> => {
    switch (edit._tag) {
      case 'Set':
        return subject.set(edit.path, edit.value)(state)
      case 'Modify':
        return subject.modify(edit.path, edit.f)(state)
      case 'Remove':
        return subject.remove(edit.path)(state)
    }
  }

/** Makes a step's edits on state and model; the verdicts are those on edits that only one of the two refused. */
const play = async (
  subject: States,
  setting: Setting,
  state: State.State,
  model: Plain.Map,
  step: Step,
): Promise<readonly [State.State, Plain.Map, ReadonlyArray<IsEq>]> => {
  const wrong: Array<IsEq> = []
  for (const edit of editsOf(model, step)) {
    const expected = modelled(model, edit)
    const done = await setting.run(() => perform(subject, edit)(state))
    if (E.isLeft(done) || E.isLeft(expected)) {
      const failure = E.isLeft(done) ? (done.left as { _tag: string; path: unknown }) : null
      wrong.push(
        isEq<unknown>(
          failure && [failure._tag, failure.path],
          E.isLeft(expected) ? ['InvalidPath', expected.left] : null,
        ),
      )
    } else {
      state = done.right
      model = expected.right
    }
  }
  return [setting.rest(state), model, wrong.filter(({ equal }) => !equal)]
}

const plainOf = (value: Plain.Plain): O.Option<Value> => (value === Plain.NONE ? O.none : O.some(value))

/** Plays a script and looks at the end of it. */
const played = async (subject: States, setting: Setting, root: Plain.Map, script: ReadonlyArray<Step>) => {
  let state = setting.rest(stateOf(subject, root))
  let model = root
  const verdicts: Array<IsEq> = []
  for (const step of script) {
    const next = await play(subject, setting, state, model, step)
    state = next[0]
    model = next[1]
    verdicts.push(...next[2])
  }
  return { state, model, verdicts }
}

/** Any codec that takes all; decoding `undefined` too. */
const Anything = new t.Type<unknown, unknown>('Anything', (_): _ is unknown => true, t.success, t.identity)

export const stateModelLaws = (name: string, subject: States, mode: Mode): Suite =>
  suite(name, [
    lawAsync('edits agree with those of plain objects', [seeds, roots, steps], async (seed, root, script) => {
      const setting = mode(seed)
      const { state, model, verdicts } = await played(subject, setting, root, script)
      const whole = await setting.run(() => subject.toJson(state))
      return [...verdicts, isEq<unknown>(whole, E.right(model))]
    }),
    lawAsync(
      'equal content has one digest, however it was made',
      [seeds, roots, steps],
      async (seed, root, script) => {
        const { state, model, verdicts } = await played(subject, mode(seed), root, script)
        const made = stateOf(subject, model)
        return [
          ...verdicts,
          isEq(subject.digest(state), subject.digest(made)),
          holds(subject.equals(state, made), 'not equal'),
          holds(state.equals(made) && made.equals(state), 'not equal as a key'),
          isEq(state.hashCode(), made.hashCode()),
        ]
      },
    ),
    lawAsync(
      'reads agree with plain objects, at every path',
      [seeds, roots, steps, fc.array(place, { maxLength: 4 })],
      async (seed, root, script, places) => {
        const setting = mode(seed)
        const { state, model } = await played(subject, setting, root, script)
        const all = Plain.paths(model)
        const paths = [
          ...all.filter((_, i) => i % Math.ceil(all.length / 12) === 0),
          ...places.map((at) => pathOf(model, at)),
        ]
        const verdicts: Array<IsEq> = []
        for (const path of paths) {
          const expected = plainOf(Plain.get(model, path))
          verdicts.push(
            isEq<unknown>(await setting.run(() => subject.get(path)(state)), E.right(expected)),
            isEq<unknown>(await setting.run(() => subject.has(path)(state)), E.right(O.isSome(expected))),
            isEq<unknown>(
              await setting.run(() => subject.at(path, Anything)(state)),
              E.right(O.toUndefined(expected)),
            ),
          )
        }
        const keys = await setting.run(() => subject.keys(state))
        return [
          ...verdicts,
          isEq<unknown>(
            E.map((some: ReadonlyArray<string>) => [...some].sort())(keys),
            E.right(Object.keys(model).sort()),
          ),
          isEq<unknown>(await setting.run(() => subject.size(state)), E.right(Object.keys(model).length)),
        ]
      },
    ),
    lawAsync(
      'an edit leaves the state that it was made from',
      [seeds, roots, steps],
      async (seed, root, script) => {
        const setting = mode(seed)
        const state = setting.rest(stateOf(subject, root))
        const before = subject.digest(state)
        for (const step of script) await play(subject, setting, state, root, step)
        return [
          isEq(subject.digest(state), before),
          isEq<unknown>(await setting.run(() => subject.toJson(state)), E.right(root)),
        ]
      },
    ),
    lawAsync('to set what stands there changes nothing', [seeds, roots, place], async (seed, root, at) => {
      const setting = mode(seed)
      const state = setting.rest(stateOf(subject, root))
      const path = pathOf(root, at)
      const value = Plain.get(root, path)
      const same =
        value === Plain.NONE
          ? await setting.run(() => subject.remove(path)(state))
          : await setting.run(() => subject.set(path, value)(state))
      return isEq<unknown>(E.map(subject.digest)(same), E.right(subject.digest(state)))
    }),
    lawAsync('one computation makes all edits in turn', [seeds, roots, steps], async (seed, root, script) => {
      const setting = mode(seed)
      const edits: Array<Edit> = []
      let model = root
      for (const step of script) {
        for (const edit of editsOf(model, step)) {
          const next = modelled(model, edit)
          if (E.isLeft(next)) continue
          edits.push(edit)
          model = next.right
        }
      }
      const state = setting.rest(stateOf(subject, root))
      const done = await setting.run(() =>
        edits.reduce<Fetch.Fetch<unknown, State.State>>(
          (result, edit) => Fetch.flatMap(result, perform(subject, edit)),
          Fetch.of(state),
        ),
      )
      return isEq<unknown>(E.map(subject.digest)(done), E.right(subject.digest(stateOf(subject, model))))
    }),
  ])
