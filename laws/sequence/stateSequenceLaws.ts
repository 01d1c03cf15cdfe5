/** The lists, texts and bytes of a state, edited in place, wherever the state lives. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type * as Fetch from '../../src/trie/Fetch.js'
import type * as State from '../../src/trie/State.js'
import { type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'
import type { Mode, Setting } from '../trie/settings.js'
import { type Kind, kinds, placeIn, type Run, shares } from './Kind.js'
import { modelled, rangeOf, type Step, steps } from './scripts.js'

/** What the laws ask of an implementation. */
export type SequenceStates = Pick<
  typeof State,
  'empty' | 'fromJson' | 'get' | 'set' | 'remove' | 'length' | 'slice' | 'splice' | 'append' | 'digest'
>

const seeds = fc.nat({ max: 2 ** 30 })

/** Where it stands: at the root, below a map, in a list that is long, and in one that is not. */
const homes: ReadonlyArray<(run: unknown) => readonly [unknown, ReadonlyArray<string | number>]> = [
  (run) => [{ run }, ['run']],
  (run) => [{ a: { b: run }, other: 'other '.repeat(99) }, ['a', 'b']],
  (run) => [{ list: [1, run, 'x'] }, ['list', 1]],
  (run) => [{ list: Array.from({ length: 700 }, (_, i) => (i === 600 ? run : i)) }, ['list', 600]],
]

const stateOf = (subject: SequenceStates, json: unknown): State.State => {
  const made = subject.fromJson(json)
  if (E.isLeft(made)) throw new Error(`refused: ${made.left.reason}`)
  return made.right
}

type Path = ReadonlyArray<string | number>

/** A step as edits of a state; `null` for those that a state has not. */
const editOf = (
  subject: SequenceStates,
  path: Path,
  run: Run,
  step: Step,
): ((state: State.State) => Fetch.Fetch<unknown, State.State>) | null => {
  switch (step._tag) {
    case 'Splice': {
      const [i, j] = rangeOf(run, step.from, step.to)
      return subject.splice(path, i, j - i, step.run)
    }
    case 'Append':
      return subject.append(path, step.run)
    case 'Prepend':
      return subject.splice(path, 0, 0, step.run)
    case 'Insert':
      return subject.splice(path, placeIn(run, step.at), 0, step.run)
    case 'Remove': {
      const [i, j] = rangeOf(run, step.from, step.to)
      return subject.splice(path, i, j - i, run.slice(0, 0))
    }
    default:
      return null
  }
}

const played = async (
  subject: SequenceStates,
  kind: Kind,
  setting: Setting,
  run: Run,
  home: number,
  script: ReadonlyArray<Step>,
) => {
  const at = homes[home]!
  const [json, path] = at(run)
  let state = setting.rest(stateOf(subject, json))
  let model = run
  const verdicts: Array<IsEq> = []
  for (const step of script) {
    const edit = editOf(subject, path, model, step)
    if (edit === null) continue
    const before = state
    const done = await setting.run(() => edit(before))
    model = modelled(kind, model, step)
    if (E.isLeft(done)) return { state, model, path, verdicts: [isEq<unknown>(done, E.right('an edit'))] }
    verdicts.push(isEq(subject.digest(done.right), subject.digest(stateOf(subject, at(model)[0]))))
    state = setting.rest(done.right)
  }
  return { state, model, path, verdicts }
}

const home = fc.nat(homes.length - 1)

export const stateSequenceLaws = (name: string, subject: SequenceStates, mode: Mode): Suite =>
  suite(name, [
    ...kinds.flatMap((kind) => [
      lawAsync(
        `${kind.name} in a state: equal content has one digest after every edit`,
        [seeds, kind.runs, home, steps(kind)],
        async (seed, run, at, script) => (await played(subject, kind, mode(seed), run, at, script)).verdicts,
      ),
      lawAsync(
        `${kind.name} in a state are read in parts as the model is`,
        [seeds, kind.runs, home, steps(kind, 2), shares, shares],
        async (seed, run, at, script, from, to) => {
          const setting = mode(seed)
          const { state, model, path } = await played(subject, kind, setting, run, at, script)
          const [i, j] = rangeOf(model, from, to)
          return [
            isEq<unknown>(await setting.run(() => subject.get(path)(state)), E.right(O.some(model))),
            isEq<unknown>(await setting.run(() => subject.length(path)(state)), E.right(model.length)),
            isEq<unknown>(
              await setting.run(() => subject.slice(path, i, j)(state)),
              E.right(model.slice(i, j)),
            ),
          ]
        },
      ),
    ]),
    lawAsync(
      'items set and removed one by one are as if they had been there from the start',
      [
        seeds,
        kinds[0]!.runs,
        home,
        fc.array(fc.tuple(shares, fc.boolean(), kinds[0]!.short), { maxLength: 8 }),
      ],
      async (seed, run, at, edits) => {
        const setting = mode(seed)
        const [json, path] = homes[at]!(run)
        let state = setting.rest(stateOf(subject, json))
        let model = [...(run as ReadonlyArray<unknown>)]
        const verdicts: Array<IsEq> = []
        for (const [share, removing, value] of edits) {
          const i = Math.min(model.length, Math.floor(share * (model.length + 1)))
          const before = state
          const done = await setting.run(() =>
            removing ? subject.remove([...path, i])(before) : subject.set([...path, i], value)(before),
          )
          model = removing
            ? model.toSpliced(i, 1)
            : i < model.length
              ? model.with(i, value)
              : [...model, value]
          verdicts.push(
            isEq<unknown>(
              E.map(subject.digest)(done),
              E.right(subject.digest(stateOf(subject, homes[at]!(model)[0]))),
            ),
          )
          if (E.isRight(done)) state = setting.rest(done.right)
        }
        return verdicts
      },
    ),
  ])
