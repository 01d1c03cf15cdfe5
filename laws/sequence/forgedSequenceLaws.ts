/** Blocks of sequences from outside: what does not agree with the block above is refused; nothing is thrown. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Encodable } from '../../src/data/Linkable.js'
import * as Cursor from '../../src/trie/Cursor.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Patch from '../../src/trie/Patch.js'
import * as Residency from '../../src/trie/Residency.js'
import type * as State from '../../src/trie/State.js'
import { holds, type IsEq, isEq, law, type Suite, suite } from '../Law.js'
import { type Change, forge } from '../trie/forgery.js'
import { Blocks } from '../trie/settings.js'
import { kinds } from './Kind.js'
import { stateOf } from './patchPairs.js'

type Item = ReadonlyArray<Encodable>

/** A knot: its kind, its level, the sizes of its parts, the links to them. */
const knot =
  (f: (of: number, level: number, sizes: Item, links: Item, n: number) => Item): Change =>
  (item, n) =>
    item[0] === 5
      ? [5, ...f(item[1] as number, item[2] as number, item[3] as Item, item[4] as Item, n)]
      : item

const bump = (sizes: Item, n: number, by: number): Item =>
  sizes.map((size, i) => (i === n % sizes.length ? (size as number) + by : size))

/** No part of a sequence may have been changed so: its knots and chunks disagree. */
export const refused: Readonly<Record<string, Change>> = {
  'says one more': knot((of, level, s, l, n) => [of, level, bump(s, n, 1), l]),
  'says one less': knot((of, level, s, l, n) => [of, level, bump(s, n, -1), l]),
  'moves a boundary': knot((of, level, s, l, n) => [of, level, bump(bump(s, n, 1), n + 1, -1), l]),
  'says that a part is empty': knot((of, level, s, l, n) => [of, level, s.with(n % s.length, 0), l]),
  'claims an absurd length': knot((of, level, s, l, n) => [of, level, s.with(n % s.length, 2 ** 52), l]),
  'claims more than can be counted': knot((of, level, s, l) => [of, level, s.map(() => 2 ** 53 - 1), l]),
  'claims a length that is no number': knot((of, level, s, l, n) => [
    of,
    level,
    s.with(n % s.length, 'x'),
    l,
  ]),
  'claims another level': knot((of, level, s, l, n) => [of, level + 1 + (n % 9), s, l]),
  'claims level 0': knot((of, _, s, l) => [of, 0, s, l]),
  'claims an absurd level': knot((of, _, s, l) => [of, 2 ** 40, s, l]),
  'claims another kind': knot((of, level, s, l, n) => [2 + ((of - 1 + (n % 2)) % 3), level, s, l]),
  'claims a kind that is none': knot((_, level, s, l) => [7, level, s, l]),
  'has one part': knot((of, level, s, l) => [of, level, s.slice(0, 1), l.slice(0, 1)]),
  'has no part': knot((of, level) => [of, level, [], []]),
  'has a link too few': knot((of, level, s, l) => [of, level, s, l.slice(1)]),
  'has a link too many': knot((of, level, s, l) => [of, level, s, [...l, l[0]!]]),
  'has a value for a link': knot((of, level, s, l, n) => [of, level, s, l.with(n % l.length, 'x')]),
  'has too many parts': knot((of, level, s, l) => {
    const times = new Array<number>(130).fill(0)
    return [of, level, times.map((_, i) => s[i % s.length]!), times.map((_, i) => l[i % l.length]!)]
  }),
}

/** These may agree by chance, or are another sequence that is whole. */
export const doubtful: Readonly<Record<string, Change>> = {
  'exchanges parts': knot((of, level, s, l, n) => {
    const [i, j] = [n % l.length, (n >> 5) % l.length]
    return [of, level, s, l.with(i, l[j]!).with(j, l[i]!)]
  }),
  'repeats a part': knot((of, level, s, l, n) => [
    of,
    level,
    s.map(() => s[n % s.length]!),
    l.map(() => l[n % l.length]!),
  ]),
  'forgets a part': knot((of, level, s, l) => [of, level, s.slice(1), l.slice(1)]),
  'has a chunk of the same length': (item) =>
    item[0] === 3
      ? [3, [...(item[1] as string)].reverse().join('')]
      : item[0] === 2
        ? [2, [...(item[1] as Item)].reverse()]
        : item,
  'has a longer chunk': (item) =>
    item[0] === 3 ? [3, `${item[1] as string}x`] : item[0] === 2 ? [2, [...(item[1] as Item), 1]] : item,
  'has an empty chunk': (item) =>
    item[0] === 3 ? [3, ''] : item[0] === 4 ? [4, new Uint8Array(0)] : item[0] === 2 ? [2, []] : item,
  'has a map for a chunk': (item) => (typeof item[0] === 'number' && item[0] > 1 ? [0, 'a', 1] : item),
  'has bytes for text': (item) => (item[0] === 3 ? [4, new TextEncoder().encode(item[1] as string)] : item),
}

type Opening = Pick<typeof State, 'open' | 'get' | 'length' | 'slice' | 'splice' | 'append' | 'remove'>

const tagOf = (answer: E.Either<unknown, unknown>): string =>
  E.isLeft(answer) ? (answer.left as { readonly _tag: string })._tag : 'Right'

/** What is done with a forged state: each answers, or fails as a failure of loading. */
const prods = (
  subject: Opening,
  open: () => State.State,
  honest: State.State,
): Readonly<Record<string, () => Fetch.Fetch<unknown, unknown>>> => ({
  length: () => subject.length(['run'])(open()),
  slice: () => subject.slice(['run'], 0, 1)(open()),
  item: () => subject.get(['run', 3])(open()),
  splice: () => subject.splice(['run'], 900, 4, [])(open()),
  'splice of text': () => subject.splice(['run'], 900, 4, 'x')(open()),
  append: () => subject.append(['run'], [1])(open()),
  remove: () => subject.remove(['run', 700])(open()),
  diff: () => Patch.diff(honest, open()),
  'diff from': () => Patch.diff(open(), honest),
  cursor: () => Cursor.fold(0, (n: number) => n + 1)(Cursor.entries(['run'])(open())),
})

const tags = ['Right', 'Corrupt', 'Missing', 'InvalidPath', 'OutOfRange', 'InvalidValue']

export const forgedSequenceLaws = (name: string, subject: Opening): Suite => {
  const forged = fc.record({
    run: fc.constantFrom(...kinds).chain((kind) => kind.runs),
    more: kinds[0]!.runs,
    which: fc.nat(),
    n: fc.nat(),
  })
  const attempt = (blocks: Blocks, make: () => Fetch.Fetch<unknown, unknown>): E.Either<unknown, unknown> => {
    try {
      return Fetch.run(blocks.source)(make())()
    } catch (e) {
      return E.left({ _tag: `thrown: ${String(e)}` })
    }
  }
  const checked = (
    { run, which, n }: { run: unknown; which: number; n: number },
    changes: Readonly<Record<string, Change>>,
    must: boolean,
  ) => {
    const blocks = new Blocks()
    const honest = stateOf({ run })
    const root = blocks.save(honest)
    const all = [...blocks.reachable(root)]
    const verdicts: Array<IsEq> = []
    for (const [how, change] of Object.entries(changes)) {
      const digest = forge(blocks, root, all[which % all.length]!, change, n, true)
      if (digest === root) continue
      const open = () => subject.open(digest, Residency.make(0))
      const whole = attempt(blocks, () => subject.get(['run'])(open()))
      if (must) verdicts.push(holds(['Corrupt', 'Missing'].includes(tagOf(whole)), `${how}: ${tagOf(whole)}`))
      else if (E.isRight(whole)) {
        const { value } = whole.right as { value: { length: number } }
        verdicts.push(
          isEq<unknown>(
            attempt(blocks, () => subject.length(['run'])(open())),
            E.right(value.length),
          ),
        )
      } else verdicts.push(holds(['Corrupt', 'Missing'].includes(tagOf(whole)), `${how}: ${tagOf(whole)}`))
      for (const [what, prod] of Object.entries(prods(subject, open, honest))) {
        const tag = tagOf(attempt(blocks, prod))
        verdicts.push(holds(tags.includes(tag), `${how}, ${what}: ${tag}`))
      }
    }
    return verdicts
  }
  return suite(name, [
    law('a knot that disagrees with its parts is refused', [forged], (f) => checked(f, refused, true)),
    law('what is read from a forged sequence is as long as it says, or refused', [forged], (f) =>
      checked(f, doubtful, false),
    ),
  ])
}
