/** The laws of the instances that lists have in fp-ts, of items that are no values, and of what an edit leaves alone. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type * as Sequence from '../../src/trie/Sequence.js'
import { holds, isEq, law, type Suite, suite } from '../Law.js'
import { chanceOf, contents, itemShapes, sizes, textShapes } from './contents.js'
import { kinds, placeIn, type Run, type Sequences, shares } from './Kind.js'

type Numbers = Sequence.Items<number>

const texts = { concat: (x: string, y: string) => x + y, empty: '' }
const f1 = fc.func<[number], number>(fc.integer({ min: -5, max: 300 }))

const tagAndPath = (answer: E.Either<unknown, unknown>): unknown =>
  E.isLeft(answer)
    ? [(answer.left as { _tag: string })._tag, (answer.left as { path: unknown }).path]
    : 'taken'

export const sequenceInstanceLaws = (name: string, subject: Sequences): Suite => {
  const numbers = contents(
    { numbers: itemShapes['numbers']!, short: itemShapes['short']!, periodic: itemShapes['periodic']! },
    sizes,
  ) as fc.Arbitrary<ReadonlyArray<number>>
  const made = (run: ReadonlyArray<number>): Numbers => kinds[0]!.make(subject, run) as unknown as Numbers
  const { Functor: F, Foldable: D } = subject
  return suite(name, [
    law('functor: identity and composition', [numbers, f1, f1], (run, f, g) => {
      const fa = made(run)
      return [
        isEq(F.map(fa, (a) => a).equals(fa), true),
        isEq(
          subject.toRun(F.map(fa, f)),
          run.map((a) => f(a)),
        ),
        isEq(F.map(F.map(fa, f), g).equals(F.map(fa, (a) => g(f(a)))), true),
        isEq(subject.digest(F.map(fa, f)), subject.digest(made(run.map((a) => f(a))))),
        isEq(subject.toRun(fa), run),
      ]
    }),
    law('folds agree with one another and follow the order of the items', [numbers], (run) => {
      const fa = made(run)
      const show = (a: number) => `${a};`
      const all = run.map(show).join('')
      return [
        isEq(
          D.reduce(fa, '', (b, a) => b + show(a)),
          all,
        ),
        isEq(D.foldMap(texts)(fa, show), all),
        isEq(
          D.reduceRight(fa, '', (a, b) => show(a) + b),
          all,
        ),
      ]
    }),
    law(
      'items that are no values stay in memory, and have no digest',
      [
        numbers,
        shares,
        fc.constantFrom<unknown>(undefined, Number.NaN, () => 1, Symbol('s'), 1n, new Date(0)),
      ],
      (run, share, odd) => {
        if (run.length === 0) return holds(true, '')
        const at = Math.min(run.length - 1, placeIn(run, share))
        let i = 0
        const mixed = F.map(made(run), (a) => (i++ === at ? odd : { a }))
        i = 0
        const twin = F.map(made(run), (a) => (i++ === at ? odd : { a }))
        const without = subject.remove(at, 1)(mixed)
        const plain = kinds[0]!.make(
          subject,
          run.toSpliced(at, 1).map((a) => ({ a })),
        )
        const back = F.map(mixed, (x) => (x === odd || Object.is(x, odd) ? -1 : (x as { a: number }).a))
        return [
          isEq<unknown>(
            subject.toRun(mixed),
            run.map((a, j) => (j === at ? odd : { a })),
          ),
          isEq(tagAndPath(subject.digest(mixed)), ['InvalidValue', [at]]),
          isEq([mixed.equals(twin), mixed.hashCode() === twin.hashCode()], [true, true]),
          isEq(mixed.equals(F.map(made(run), (a) => ({ a }))), false),
          isEq(E.map((s: unknown) => plain.equals(s))(without), E.right(true)),
          isEq<unknown>(
            E.flatMap(without as E.Either<unknown, Numbers>, (s) => subject.digest(s)),
            subject.digest(plain),
          ),
          isEq(subject.toRun(back), run.with(at, -1)),
        ]
      },
    ),
  ])
}

/** The digests of the pieces in which content is kept, before a change of it and after. */
export type Pieces = (
  before: Run,
  position: number,
  count: number,
  content: Run,
) => { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> }

/** Of at least 100 KB, a random edit leaves most pieces as they were, and few are new. (On average it moves two; one in a million, twenty.) */
export const stabilityLaws = (name: string, pieces: Pieces): Suite =>
  suite(
    name,
    (
      [
        ['text', textShapes, ['random', 'lines', 'periodic', 'unicode'], 'an edit'],
        ['items', itemShapes, ['numbers', 'messages', 'periodic'], ['an edit']],
      ] as const
    ).flatMap(([kind, shapes, names, content]) =>
      names.map((shape) =>
        law(
          `an edit leaves nearly all pieces of ${kind} that is ${shape}`,
          [fc.nat(), shares, fc.nat(9)],
          (seed, share, count) => {
            const make = (
              shapes as Readonly<Record<string, (chance: ReturnType<typeof chanceOf>, size: number) => Run>>
            )[shape]!
            // Numbers of up to a million take more than the four bytes that a draw counts for.
            const run = make(chanceOf(seed), 200_000)
            const at = placeIn(run, share)
            const end = placeIn(run, Math.min(1, (at + count) / run.length))
            const { before, after } = pieces(run, at, Math.max(0, end - at), content)
            const kept = [...before].filter((digest) => after.has(digest)).length / before.size
            // Periodic content has few pieces that differ from one another.
            const fresh = [...after].filter((digest) => !before.has(digest)).length
            return holds(
              shape === 'periodic' ? fresh <= 12 : kept > 0.7 && fresh <= 24,
              `kept ${kept} of ${before.size}, made ${fresh}`,
            )
          },
        ),
      ),
    ),
  )
