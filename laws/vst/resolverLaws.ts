/**
 * The laws of resolvers: each by what it is said to do, and by what every one of them has to do.
 */
import fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import type { Value } from '../../src/data/Value.js'
import * as Sound from '../../src/vst/Resolver.js'
import { numbers, values } from '../arbitraries.js'
import { fact, isEq, type Law, law, type Suite, suite } from '../Law.js'

/** The resolvers under test. */
export type Resolvers = Pick<typeof Sound, 'counter' | 'union' | 'lastWriter' | 'lines' | 'matches'>

const sides = (
  base: Value | undefined,
  ours: Value | undefined,
  theirs: Value | undefined,
): Sound.Conflict => ({
  path: ['it'],
  base: O.fromNullable(base),
  ours: O.fromNullable(ours),
  theirs: O.fromNullable(theirs),
})

const optional = (values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(values, { nil: undefined })

/** Texts of few lines that are alike, some without a newline at the end, and some that a prototype knows. */
const texts: fc.Arbitrary<Value> = fc
  .array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', '__proto__\n', 'constructor\n'), { maxLength: 8 })
  .chain((lines) => fc.boolean().map((cut) => (cut ? lines.join('').replace(/\n$/, '') : lines.join(''))))

const lists: fc.Arbitrary<Value> = fc.array(
  fc.constantFrom<Value>(1, 2, 'a', { k: 1 }, [], null, new Uint8Array([1])),
  { maxLength: 5 },
)

const exchangeable = (op: Resolvers): Law =>
  law(
    'the sides can be exchanged',
    [
      fc.constantFrom('counter', 'union', 'lastWriter', 'lines'),
      fc.oneof(
        ...[numbers, texts, lists, values].map((some) =>
          fc.tuple(optional(some), optional(some), optional(some)),
        ),
      ),
      fc.tuple(fc.nat(2), fc.nat(2)),
    ],
    (name, [o, a, b], [x, y]) => {
      const one = name === 'lastWriter' ? op.lastWriter({ ours: x, theirs: y }) : op[name]
      const other = name === 'lastWriter' ? op.lastWriter({ ours: y, theirs: x }) : op[name]
      return isEq(one(sides(o, a, b)), other(sides(o, b, a)))
    },
  )

const each = (op: Resolvers): ReadonlyArray<Law> => [
  law('a counter adds both steps', [fc.integer(), fc.integer(), fc.integer()], (o, a, b) =>
    isEq(op.counter(sides(o, o + a, o + b)), O.some(O.some(o + a + b))),
  ),
  fact('a counter counts numbers that are numbers', () => [
    isEq(op.counter(sides(undefined, 2, 3)), O.some(O.some(5))),
    isEq(op.counter(sides(2, 'x', 3)), O.none),
    isEq(op.counter(sides(0, Number.MAX_VALUE, Number.MAX_VALUE)), O.none),
  ]),
  law(
    'a union has what either has added and neither removed',
    [fc.subarray([1, 2, 3, 4, 5]), fc.subarray([1, 2, 3, 4, 5]), fc.subarray([1, 2, 3, 4, 5])],
    (o, a, b) => {
      const united = op.union(sides(o, a, b))
      const inAll = (n: number): boolean =>
        o.includes(n) ? a.includes(n) && b.includes(n) : a.includes(n) || b.includes(n)
      const items = united._tag === 'Some' && united.value._tag === 'Some' ? united.value.value : null
      return isEq([...(items as ReadonlyArray<number>)].sort(), [1, 2, 3, 4, 5].filter(inAll))
    },
  ),
  fact('a union keeps the order, and knows values by what they hold', () => [
    isEq(
      op.union(sides([3, { a: 1 }, 1], [3, { a: 1 }, 1, [2]], [9, 3, { a: 1 }, 1, [2]])),
      O.some(O.some([3, { a: 1 }, 1, 9, [2]])),
    ),
    isEq(op.union(sides([1], 'text', [2])), O.none),
  ]),
  law('the last writer wins', [values, values, fc.nat(9), fc.nat(9)], (a, b, x, y) =>
    x === y
      ? isEq(true, true)
      : isEq(op.lastWriter({ ours: x, theirs: y })(sides(0, a, b)), O.some(O.fromNullable(x > y ? a : b))),
  ),
  law(
    'lines that are apart are both changed',
    [fc.integer({ min: 3, max: 200 }), fc.nat(), fc.nat(), fc.constantFrom('', '\n')],
    (n, i, j, end) => {
      const all = Array.from({ length: n }, (_, k) => `line ${k}`)
      const [p, q] = [i % n, j % n].sort((x, y) => x - y) as [number, number]
      const text = (edits: ReadonlyArray<readonly [number, string]>): string =>
        all.map((line, k) => edits.find(([at]) => at === k)?.[1] ?? line).join('\n') + end
      const answer = op.lines(sides(text([]), text([[p, 'ours']]), text([[q, 'theirs']])))
      return q - p < 2
        ? isEq(q > p || answer._tag === 'None', true)
        : isEq(
            answer,
            O.some(
              O.some(
                text([
                  [p, 'ours'],
                  [q, 'theirs'],
                ]),
              ),
            ),
          )
    },
  ),
  fact('lines that meet are not decided, nor is what is no text', () => [
    isEq(op.lines(sides('a\nb\n', 'a\nx\n', 'a\ny\n')), O.none),
    isEq(op.lines(sides('a\n', 1, 'b\n')), O.none),
    isEq(op.lines(sides('a\n'.repeat(9), 'b\n'.repeat(6000), 'c\n'.repeat(6000))), O.none),
    isEq(
      op.lines(sides('__proto__\nx\n', '__proto__\nx\ny\n', 'constructor\n__proto__\nx\n')),
      O.some(O.some('constructor\n__proto__\nx\ny\n')),
    ),
  ]),
  fact('lines that come again and again are decided where that takes no time', () => {
    const decided = (n: number, all: string): boolean =>
      op.lines(sides(all.repeat(n), `ours\n${all.repeat(n)}`, `${all.repeat(n)}theirs\n`))._tag === 'Some'
    const four = 'a\nb\n\n\n'
    const many = Array.from({ length: 1000 }, (_, i) => `${i}\n`).join('')
    return [isEq([decided(100, four), decided(300, four), decided(4, many)], [true, false, true])]
  }),
  fact('patterns', () => {
    const cases: ReadonlyArray<readonly [Sound.Pattern, ReadonlyArray<string | number>, boolean]> = [
      [[], [], true],
      [['a'], ['a'], true],
      [['a'], ['a', 'b'], false],
      [['a', 'b'], ['a'], false],
      [['a', 1], ['a', 1], true],
      [['1'], [1], false],
      [[Sound.ANY], ['x'], true],
      [[Sound.ANY], [], false],
      [['a', Sound.ANY, 'c'], ['a', 'b', 'c'], true],
      [[Sound.REST], [], true],
      [[Sound.REST], ['a', 'b'], true],
      [[Sound.REST, 'b'], ['a', 'b'], true],
      [[Sound.REST, 'b'], ['b', 'a'], false],
      [['a', Sound.REST, 'b', Sound.REST], ['a', 'b', 'x', 'b', 'c'], true],
      [['a', Sound.REST, 'b', Sound.ANY], ['a', 'b', 'x', 'b', 'c'], true],
      [['a', Sound.REST, 'b', Sound.ANY], ['a', 'b', 'x', 'd', 'c'], false],
    ]
    return cases.map(([pattern, path, expected]) => isEq(op.matches(pattern, path), expected))
  }),
]

/** The laws of resolvers. */
export const resolverLaws = (name: string, op: Resolvers): Suite =>
  suite(name, [exchangeable(op), ...each(op)])

/** The library's own. */
export const resolvers: Resolvers = Sound
