/** Equal content has one digest, whatever edits made it, and works as one key. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as I from 'immutable'
import { isEq, type Law, law, type Suite, suite } from '../Law.js'
import { type Kind, kinds, placeIn, type Run, type Seq, type Sequences, shares } from './Kind.js'
import { modelled, performed, played, steps } from './scripts.js'

const right = (either: E.Either<unknown, Seq>): Seq => {
  if (E.isLeft(either)) throw new Error(`refused: ${JSON.stringify(either.left)}`)
  return either.right
}

const ofKind = (subject: Sequences, kind: Kind): ReadonlyArray<Law> => {
  const { name, make, runs, join } = kind
  const digest = (sequence: Seq) => subject.digest(sequence)
  return [
    law(`${name}: equal content has one digest, however it was made`, [runs, steps(kind)], (run, script) => {
      const [made, model] = played(subject, kind, run, script)
      return isEq<unknown>(E.flatMap(made, digest as never), digest(make(subject, model)))
    }),
    law(
      `${name}: pieces put together in any order of joins are the whole`,
      [runs, fc.array(shares, { maxLength: 8 }), fc.nat()],
      (run, cuts, seed) => {
        const at = [0, ...cuts.map((share) => placeIn(run, share)).sort((a, b) => a - b), run.length]
        const parts = at.slice(1).map((end, i) => make(subject, run.slice(at[i], end)))
        for (let n = seed; parts.length > 1; n = Math.floor(n / 3)) {
          const i = n % (parts.length - 1)
          parts.splice(i, 2, subject.concat(parts[i + 1]!)(parts[i]!))
        }
        return isEq(digest(parts[0]!), digest(make(subject, run)))
      },
    ),
    law(
      `${name}: an edit and its inverse leave the digest`,
      [runs, runs, shares, shares],
      (run, more, from, to) => {
        const [a, b] = [placeIn(run, from), placeIn(run, to)]
        const [i, j] = [Math.min(a, b), Math.max(a, b)]
        const there = right(subject.splice(i, j - i, more)(make(subject, run)))
        const back = right(subject.splice(i, more.length, run.slice(i, j))(there))
        return isEq(digest(back), digest(make(subject, run)))
      },
    ),
    law(`${name}: equality is equality of content`, [runs, runs, steps(kind, 2)], (run, other, script) => {
      const [x, y, z] = [run, run, other].map((r) => make(subject, r)) as [Seq, Seq, Seq]
      const eq = subject.getEq<Run>()
      const [made, model] = played(subject, kind, run, script)
      const w = right(made)
      const same = (a: Run, b: Run) => isEq(a, b).equal
      return [
        isEq([eq.equals(x, x), eq.equals(x, y), eq.equals(y, x)], [true, true, true]),
        isEq([eq.equals(x, z), eq.equals(z, x)], [same(run, other), same(run, other)]),
        isEq([w.equals(x), x.equals(w)], [same(model, run), same(model, run)]),
        isEq(w.equals(make(subject, model)), true),
        isEq(w.hashCode(), make(subject, model).hashCode()),
        isEq([w.equals(run), w.equals(null), w.equals({})], [false, false, false]),
      ]
    }),
    law(`${name}: equal content is one key of an immutable map`, [runs, steps(kind, 2)], (run, script) => {
      const back = played(subject, kind, run, script)
      const [key, again] = [right(back[0]), make(subject, back[1])]
      return [
        isEq(I.Map<Seq, number>([[key, 1]]).set(again, 2).size, 1),
        isEq(I.is(key, again), true),
        isEq(I.Set([key, again, subject.concat(kind.empty(subject))(key)]).size, 1),
      ]
    }),
    law(`${name} are a monoid under concat`, [runs, runs, runs], (a, b, c) => {
      const M = subject.getMonoid(kind.empty(subject))
      const [x, y, z] = [a, b, c].map((run) => make(subject, run)) as [Seq, Seq, Seq]
      return [
        isEq(digest(M.concat(M.concat(x, y), z)), digest(M.concat(x, M.concat(y, z)))),
        isEq(digest(M.concat(x, y)), digest(make(subject, join(a, b)))),
        isEq([digest(M.concat(M.empty, x)), digest(M.concat(x, M.empty))], [digest(x), digest(x)]),
        isEq(digest(M.empty), digest(make(subject, a.slice(0, 0)))),
      ]
    }),
  ]
}

export const sequenceCanonicalLaws = (name: string, subject: Sequences): Suite =>
  suite(name, [
    ...kinds.flatMap((kind) => ofKind(subject, kind)),
    law('kinds are told apart', [fc.nat(2)], (i) => {
      const empties = kinds.map((kind) => kind.empty(subject))
      return isEq(
        empties.map((other) => empties[i]!.equals(other)),
        empties.map((_, j) => i === j),
      )
    }),
  ])

/** The same where there are levels of knots; each run takes tens of milliseconds. */
export const bigSequenceLaws = (name: string, subject: Sequences): Suite =>
  suite(
    name,
    kinds.flatMap((kind) => [
      law(
        `${kind.name} of several levels: equal content has one digest after every edit`,
        [kind.big, steps(kind, 8)],
        (run, script) => {
          let model = run
          let sequence = kind.make(subject, run)
          return script.map((step) => {
            sequence = right(performed(subject, model, step, sequence))
            model = modelled(kind, model, step)
            return isEq(subject.digest(sequence), subject.digest(kind.make(subject, model)))
          })
        },
      ),
      law(`${kind.name} of several levels, cut and joined`, [kind.big, shares, shares], (run, from, to) => {
        const [i, j] = [placeIn(run, from), placeIn(run, to)].sort((a, b) => a - b) as [number, number]
        const whole = kind.make(subject, run)
        const parts = [[0, i] as const, [i, j] as const, [j, run.length] as const].map(([a, b]) =>
          right(subject.slice(a, b)(whole)),
        )
        return [
          isEq(subject.digest(parts[1]!), subject.digest(kind.make(subject, run.slice(i, j)))),
          isEq(
            subject.digest(subject.concat(parts[2]!)(subject.concat(parts[1]!)(parts[0]!))),
            subject.digest(whole),
          ),
          isEq(
            subject.digest(subject.concat(subject.concat(parts[2]!)(parts[1]!))(parts[0]!)),
            subject.digest(whole),
          ),
        ]
      }),
    ]),
  )
