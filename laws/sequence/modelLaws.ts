/** A sequence agrees with plain arrays, strings and bytes, and is never changed by what is made from it. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { holds, type IsEq, isEq, type Law, law, type Suite, suite } from '../Law.js'
import { type Kind, kinds, placeIn, type Run, type Seq, type Sequences, shares } from './Kind.js'
import { performed, played, rangeOf, steps } from './scripts.js'

/** UTF-16 code units one by one, not characters. */
const elementsOf = (run: Run): ReadonlyArray<unknown> =>
  typeof run === 'string' ? run.split('') : Array.from(run as ArrayLike<unknown>)

/** All that a sequence says of itself, and what it should say. */
const seen = (
  subject: Sequences,
  sequence: Seq,
  run: Run,
  at: ReadonlyArray<number>,
): ReadonlyArray<IsEq> => {
  const all = elementsOf(run)
  const places = [
    ...at.map((share) => placeIn(run, share)),
    -1,
    0,
    run.length - 1,
    run.length,
    0.5,
    Number.NaN,
  ]
  const from = placeIn(run, at[0] ?? 0.5)
  return [
    isEq(sequence.size, run.length),
    isEq<unknown>(subject.toRun(sequence), run),
    isEq<unknown>([...subject.elements(from)(sequence)], all.slice(from)),
    isEq<unknown>(
      places.map((i) => subject.get(i)(sequence)),
      places.map((i) => (Number.isInteger(i) && i >= 0 && i < run.length ? O.some(all[i]) : O.none)),
    ),
    isEq(subject.reduce<number, Run>(0, (n) => n + 1)(sequence), run.length),
  ]
}

const append = (subject: Sequences, sequence: Seq, run: Run): Seq => {
  const longer = subject.append(run)(sequence)
  return E.isRight(longer) ? longer.right : sequence
}

/** Of what a caller can write to: lists and bytes. */
const unshared = (subject: Sequences, { name, make, runs, join }: Kind): Law =>
  law(`${name} share nothing that a caller can write to`, [runs, shares], (run, share) => {
    if (run.length === 0) return holds(true, '')
    const writable = (of: Run): Run => (Array.isArray(of) ? [...of] : Buffer.from(of as Uint8Array))
    const spoil = (of: Run) => {
      const i = Math.min(of.length - 1, placeIn(run, share))
      if (Array.isArray(of)) of[i] = 'spoilt'
      else (of as Uint8Array)[i]! ^= 1
    }
    const given = writable(run)
    const sequence = make(subject, given)
    const longer = append(subject, sequence, given)
    spoil(given)
    const handed = subject.toRun(sequence)
    // What is handed out may be frozen; if it is not, writing to it is the reader's own affair.
    if (!Object.isFrozen(handed)) spoil(handed)
    return [isEq<unknown>(subject.toRun(sequence), run), isEq<unknown>(subject.toRun(longer), join(run, run))]
  })

const ofKind = (subject: Sequences, kind: Kind): ReadonlyArray<Law> => {
  const { name, make, runs, short, join } = kind
  const places = fc.array(shares, { maxLength: 4 })
  return [
    law(
      `${name} answer as the model does, whatever is done`,
      [runs, steps(kind), places],
      (run, script, at) => {
        const [made, model] = played(subject, kind, run, script)
        return E.isRight(made) ? seen(subject, made.right, model, at) : isEq<unknown>(made, E.right(model))
      },
    ),
    law(`${name} stay as they were, whatever is made from them`, [runs, steps(kind)], (run, script) => {
      const sequence = make(subject, run)
      const before = subject.digest(sequence)
      for (const step of script) performed(subject, run, step, sequence)
      return [isEq<unknown>(subject.toRun(sequence), run), isEq(subject.digest(sequence), before)]
    }),
    law(
      `${name}: what is appended to one branch is not seen by another`,
      [runs, fc.array(fc.tuple(fc.nat(50), short), { maxLength: 12 }), fc.boolean()],
      (run, growth, early) => {
        const all: Array<readonly [Seq, Run]> = [[make(subject, run), run]]
        for (const [parent, more] of growth) {
          const [sequence, model] = all[parent % all.length]!
          // A question may come before or after another branch has grown.
          if (early && parent % 3 === 0) subject.digest(sequence)
          all.push([append(subject, sequence, more), join(model, more)])
        }
        return all.flatMap(([sequence, model]) => [
          isEq<unknown>(subject.toRun(sequence), model),
          isEq(subject.digest(sequence), subject.digest(make(subject, model))),
        ])
      },
    ),
    law(
      `${name} grown one by one, past what is kept uncut`,
      [short, fc.integer({ min: 900, max: 1400 })],
      (run, n) => {
        let sequence = kind.empty(subject)
        let half = sequence
        const one = kind.name === 'text' ? 'é' : run.slice(0, 1)
        for (let i = 0; i < n; i++) {
          sequence = append(subject, sequence, one)
          if (i === n >> 1) half = sequence
        }
        // From a version in the middle, a second history.
        const other = append(subject, half, one)
        const times = (count: number) => join(...new Array<Run>(count).fill(one))
        return [
          isEq<unknown>(subject.toRun(sequence), times(n)),
          isEq<unknown>(subject.toRun(other), times((n >> 1) + 2)),
          isEq(subject.digest(sequence), subject.digest(make(subject, times(n)))),
        ]
      },
    ),
    law(
      `${name}: a splice is what lies before, the run, and what lies after`,
      [runs, runs, shares, shares],
      (run, more, from, to) => {
        const [i, j] = rangeOf(run, from, to)
        const sequence = make(subject, run)
        const parts = [
          subject.slice(0, i)(sequence),
          E.right(make(subject, more)),
          subject.slice(j, run.length)(sequence),
        ]
        const joined = parts.reduce<E.Either<unknown, Seq>>(
          (all, part) => E.flatMap(all, (a) => E.map((b: Seq) => subject.concat(b)(a))(part)),
          E.right(kind.empty(subject)),
        )
        const spliced = subject.splice(i, j - i, more)(sequence)
        const digest = (answer: E.Either<unknown, Seq>) => E.map((s: Seq) => subject.digest(s))(answer)
        return [
          isEq<unknown>(
            E.map((s: Seq) => subject.toRun(s))(spliced),
            E.right(join(run.slice(0, i), more, run.slice(j))),
          ),
          isEq<unknown>(digest(spliced), digest(joined)),
        ]
      },
    ),
  ]
}

export const sequenceModelLaws = (name: string, subject: Sequences): Suite =>
  suite(
    name,
    kinds.flatMap((kind) =>
      kind.name === 'text' ? ofKind(subject, kind) : [...ofKind(subject, kind), unshared(subject, kind)],
    ),
  )
