/** What reading costs, and reading in parts: laws of states of which only the digest is known. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Path } from '../../src/data/Failure.js'
import * as Cursor from '../../src/trie/Cursor.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Link from '../../src/trie/Link.js'
import * as Residency from '../../src/trie/Residency.js'
import { fromPairs } from '../arbitraries.js'
import { holds, isEq, law, type Suite, suite } from '../Law.js'
import { colliding } from './collidingKeys.js'
import type { Opening } from './forgedLaws.js'
import * as Plain from './plain.js'
import { pathOf, place, roots } from './scripts.js'
import { Blocks } from './settings.js'
import { stateOf } from './stateModel.js'

/** Roots, and one of some levels of blocks, some past the placement hash. */
const trees: fc.Arbitrary<Plain.Map> = fc.oneof(
  { weight: 3, arbitrary: roots },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 33, max: 900 }), roots)
      .map(
        ([n, inner]) =>
          fromPairs<Plain.Plain>([
            ...Array.from({ length: n }, (_, i) => [`key ${i}`, i] as const),
            ...colliding(n % 90).map((key) => [key, [key]] as const),
            ['inner', inner] as const,
          ]) as Plain.Map,
      ),
  },
)

const opened = (subject: Opening, json: Plain.Map, budget: number) => {
  const blocks = new Blocks()
  const make = subject.residency ?? Residency.make
  const digest = blocks.save(stateOf(subject, json))
  return { blocks, digest, residency: make(budget), open: () => subject.open(digest, make(budget)) }
}

/** A way to follow a cursor to its end. */
const chunksOf = <E, A>(cursor: Cursor.Cursor<E, A>): Fetch.Fetch<E, ReadonlyArray<ReadonlyArray<A>>> =>
  Fetch.flatMap(
    cursor.next(),
    (step): Fetch.Fetch<E, ReadonlyArray<ReadonlyArray<A>>> =>
      O.isNone(step)
        ? Fetch.of([])
        : Fetch.map((rest: ReadonlyArray<ReadonlyArray<A>>) => [step.value[0], ...rest])(
            chunksOf(step.value[1]),
          ),
  )

const entriesAt = (
  json: Plain.Map,
  path: Path,
): ReadonlyArray<readonly [string | number, unknown]> | null => {
  const there = Plain.get(json, path)
  if (Plain.isList(there)) return [...there.entries()]
  return Plain.isMap(there) ? Object.entries(there) : null
}

const byKey = (some: ReadonlyArray<readonly [string | number, unknown]>) =>
  [...some].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

export const stateReadingLaws = (name: string, subject: Opening): Suite => {
  const entries = subject.entries ?? Cursor.entries
  return suite(name, [
    law(
      'a look-up reads at most one block a level',
      [trees, fc.array(place, { maxLength: 5 })],
      (json, places) => {
        const { blocks, digest, open } = opened(subject, json, 0)
        const height = blocks.height(digest)
        return places.flatMap((at) => {
          const path = pathOf(json, at)
          const { rounds, reads } = blocks.counting(() => subject.has(path)(open()))
          return [
            holds(
              rounds.every((digests) => digests.length === 1),
              'several blocks in a round',
            ),
            isEq(new Set(reads).size, reads.length),
            holds(reads.length <= height, `${reads.length} reads of ${height} levels`),
          ]
        })
      },
    ),
    law('a traversal reads each block once', [trees], (json) => {
      const { blocks, digest, open } = opened(subject, json, 2 ** 26)
      const { answer, reads } = blocks.counting(() => subject.toJson(open()))
      return [
        isEq<unknown>(answer, E.right(json)),
        isEq([...reads].sort(), [...blocks.reachable(digest)].sort()),
      ]
    }),
    law('what is loaded is not read again', [trees], (json) => {
      const { blocks, digest, residency } = opened(subject, json, 2 ** 26)
      const first = blocks.counting(() => subject.toJson(subject.open(digest, residency)))
      const again = blocks.counting(() => subject.toJson(subject.open(digest, residency)))
      return [isEq(again.reads, []), isEq(again.answer, first.answer), isEq(residency.has(digest), true)]
    }),
    law('a cache keeps to its budget', [trees, fc.nat(20_000)], (json, budget) => {
      const { blocks, digest, residency } = opened(subject, json, budget)
      blocks.counting(() => subject.toJson(subject.open(digest, residency)))
      const kept = residency.bytes()
      residency.clear()
      return [
        holds(kept <= budget, `${kept} of ${budget}`),
        isEq([residency.bytes(), residency.size()], [0, 0]),
      ]
    }),
    law('a cursor brings the entries, each once, each block read once', [trees, place], (json, at) => {
      const path = pathOf(json, at)
      const { blocks, open } = opened(subject, json, 2 ** 26)
      const verdicts = [[] as Path, path].flatMap((here) => {
        const { answer, reads } = blocks.counting(() => chunksOf(entries(here)(open())))
        const expected = entriesAt(json, here)
        if (expected === null)
          return [isEq(E.isLeft(answer) && (answer.left as { _tag: string })._tag, 'InvalidPath')]
        return [
          isEq<unknown>(
            E.map((chunks: ReadonlyArray<ReadonlyArray<Cursor.Entry>>) => byKey(chunks.flat()))(answer),
            E.right(byKey(expected)),
          ),
          isEq(new Set(reads).size, reads.length),
        ]
      })
      return verdicts
    }),
    law('a cursor can be followed twice from any point', [trees, fc.nat(5)], (json, n) => {
      const { blocks, open } = opened(subject, json, 0)
      let cursor = entries([])(open())
      for (let i = 0; i < n; i++) {
        const step = Fetch.run(blocks.source)(cursor.next())()
        if (E.isRight(step) && O.isSome(step.right)) cursor = step.right.value[1]
      }
      const follow = () => Fetch.run(blocks.source)(chunksOf(cursor))()
      return isEq(follow(), follow())
    }),
    law(
      'a link is resolved, severed, and resolved again',
      [trees, fc.array(place, { maxLength: 5 })],
      (json, places) => {
        const { blocks, digest, residency } = opened(subject, json, 2 ** 26)
        const state = subject.open(digest, residency)
        return places.flatMap((at) => {
          const path = pathOf(json, at)
          const found = Fetch.run(blocks.source)(Link.at(path)(state))()
          if (E.isLeft(found)) return [holds(false, 'no answer')]
          if (O.isNone(found.right)) return []
          const link = found.right.value
          const resolve = () => Fetch.run(blocks.source)(Link.resolve(link))()
          const first = resolve()
          const there = Link.isResident(link)
          residency.clear()
          const severed = Link.isResident(link)
          return [
            isEq([there, severed], [true, false]),
            isEq<unknown>(first, E.right(Plain.get(json, path))),
            isEq(resolve(), first),
            holds(blocks.bytes.has(link.digest), 'its digest is not that of a block'),
          ]
        })
      },
    ),
  ])
}
