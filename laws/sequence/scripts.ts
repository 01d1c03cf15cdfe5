/** Scripts: edits of a sequence, in terms of what it then holds, as an implementation and its model both make them. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { type Kind, placeIn, type Run, type Seq, type Sequences, shares } from './Kind.js'

export type Step =
  | { readonly _tag: 'Splice'; readonly from: number; readonly to: number; readonly run: Run }
  | { readonly _tag: 'Append'; readonly run: Run }
  | { readonly _tag: 'Prepend'; readonly run: Run }
  | { readonly _tag: 'Insert'; readonly at: number; readonly run: Run }
  | { readonly _tag: 'Remove'; readonly from: number; readonly to: number }
  | { readonly _tag: 'Slice'; readonly from: number; readonly to: number }
  /** Cut in two, and put together the other way round. */
  | { readonly _tag: 'Rotate'; readonly at: number }
  | { readonly _tag: 'Twice' }

export const steps = (kind: Kind, maxLength = 6): fc.Arbitrary<ReadonlyArray<Step>> => {
  const run = fc.oneof({ weight: 4, arbitrary: kind.short }, { weight: 1, arbitrary: kind.runs })
  const tag = <T extends string>(t: T) => fc.constant(t)
  // A change of a few elements, as most are.
  const near = shares.chain((from) =>
    fc.constantFrom(0, 1e-4, 0.01, 0.3).map((by) => ({ from, to: Math.min(1, from + by) })),
  )
  const removed = near.map((range) => ({ _tag: 'Remove' as const, ...range }))
  const spliced = fc.tuple(near, run).map(([range, r]) => ({ _tag: 'Splice' as const, ...range, run: r }))
  return fc.array(
    fc.oneof<Array<fc.WeightedArbitrary<Step>>>(
      { weight: 4, arbitrary: spliced },
      { weight: 2, arbitrary: removed },
      { weight: 2, arbitrary: fc.record({ _tag: tag('Append'), run }) },
      { weight: 1, arbitrary: fc.record({ _tag: tag('Prepend'), run }) },
      { weight: 2, arbitrary: fc.record({ _tag: tag('Insert'), at: shares, run }) },
      { weight: 1, arbitrary: fc.record({ _tag: tag('Slice'), from: shares, to: shares }) },
      { weight: 1, arbitrary: fc.record({ _tag: tag('Rotate'), at: shares }) },
      { weight: 1, arbitrary: fc.record({ _tag: tag('Twice') }) },
    ),
    { maxLength },
  )
}

/** Where a run is cut for a step, in order. */
export const rangeOf = (run: Run, from: number, to: number): readonly [number, number] => {
  const [i, j] = [placeIn(run, from), placeIn(run, to)]
  return i <= j ? [i, j] : [j, i]
}

/** What is 2 MB needs no doubling. */
const LARGEST = 1_000_000

export const modelled = (kind: Kind, run: Run, step: Step): Run => {
  const { join } = kind
  switch (step._tag) {
    case 'Splice': {
      const [i, j] = rangeOf(run, step.from, step.to)
      return join(run.slice(0, i), step.run, run.slice(j))
    }
    case 'Append':
      return join(run, step.run)
    case 'Prepend':
      return join(step.run, run)
    case 'Insert': {
      const i = placeIn(run, step.at)
      return join(run.slice(0, i), step.run, run.slice(i))
    }
    case 'Remove': {
      const [i, j] = rangeOf(run, step.from, step.to)
      return join(run.slice(0, i), run.slice(j))
    }
    case 'Slice':
      return run.slice(...rangeOf(run, step.from, step.to))
    case 'Rotate': {
      const i = placeIn(run, step.at)
      return join(run.slice(i), run.slice(0, i))
    }
    case 'Twice':
      return run.length > LARGEST ? run : join(run, run)
  }
}

/** The same done to a sequence that holds `run`. */
export const performed = (
  subject: Sequences,
  run: Run,
  step: Step,
  sequence: Seq,
): E.Either<unknown, Seq> => {
  switch (step._tag) {
    case 'Splice': {
      const [i, j] = rangeOf(run, step.from, step.to)
      return subject.splice(i, j - i, step.run)(sequence)
    }
    case 'Append':
      return subject.append(step.run)(sequence)
    case 'Prepend':
      return subject.prepend(step.run)(sequence)
    case 'Insert':
      return subject.insert(placeIn(run, step.at), step.run)(sequence)
    case 'Remove': {
      const [i, j] = rangeOf(run, step.from, step.to)
      return subject.remove(i, j - i)(sequence)
    }
    case 'Slice':
      return subject.slice(...rangeOf(run, step.from, step.to))(sequence)
    case 'Rotate': {
      const i = placeIn(run, step.at)
      return E.flatMap(subject.slice(i, run.length)(sequence), (end) =>
        E.map((start: Seq) => subject.concat(start)(end))(subject.slice(0, i)(sequence)),
      )
    }
    case 'Twice':
      return E.right(run.length > LARGEST ? sequence : subject.concat(sequence)(sequence))
  }
}

/** Both ends of a script; `Left` if the sequence refused a step. */
export const played = (
  subject: Sequences,
  kind: Kind,
  run: Run,
  script: ReadonlyArray<Step>,
): readonly [E.Either<unknown, Seq>, Run] =>
  script.reduce<readonly [E.Either<unknown, Seq>, Run]>(
    ([sequence, model], step) => [
      E.flatMap(sequence, (s) => performed(subject, model, step, s)),
      modelled(kind, model, step),
    ],
    [E.right(kind.make(subject, run)), run],
  )
