import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { Typed } from '../../src/index.js'

const errors = (
  codec: t.Mixed,
  value: unknown,
  path: ReadonlyArray<string | number> = [],
): ReadonlyArray<string> => {
  const read = Typed.decodeWith(codec, path)(value)
  return E.isLeft(read) ? read.left.errors : []
}

const Positive = t.refinement(t.number, (n) => n > 0, 'Positive')

interface Tree {
  readonly value: number
  readonly children: ReadonlyArray<Tree>
}
const Tree: t.Type<Tree> = t.recursion('Tree', () =>
  t.readonly(t.type({ value: t.number, children: t.readonlyArray(Tree) })),
)

describe('errors say where', () => {
  test.each<[string, t.Mixed, unknown, ReadonlyArray<string>]>([
    ['at the root', t.number, 'x', ['the root: expected number, found "x"']],
    [
      'in a field',
      t.type({ a: t.type({ b: t.number }) }),
      { a: { b: null } },
      ['a.b: expected number, found null'],
    ],
    ['in a list', t.type({ a: t.array(t.string) }), { a: ['x', 2] }, ['a[1]: expected string, found 2']],
    ['in a record', t.record(t.string, t.number), { 'a b': true }, ['["a b"]: expected number, found true']],
    ['in a missing field', t.type({ a: t.string }), {}, ['a: expected string, found undefined']],
    [
      'in an intersection',
      t.intersection([t.type({ a: t.number }), t.type({ b: t.number })]),
      { a: 1, b: 'x' },
      ['b: expected number, found "x"'],
    ],
    ['in an exact type', t.exact(t.type({ a: t.number })), { a: 'x' }, ['a: expected number, found "x"']],
    ['in a refinement', t.type({ n: Positive }), { n: -1 }, ['n: expected Positive, found -1']],
    [
      'in a recursive type',
      Tree,
      { value: 1, children: [{ value: 'x', children: [] }] },
      ['children[0].value: expected number, found "x"'],
    ],
    ['in a tuple', t.tuple([t.number, t.string]), [1, 2], ['[1]: expected string, found 2']],
    ['with bytes', t.type({ a: t.number }), { a: new Uint8Array(3) }, ['a: expected number, found 3 bytes']],
  ])('%s', (_, codec, value, expected) => {
    expect(errors(codec, value)).toEqual(expected)
  })

  test('in each member of a union, at one place', () => {
    expect(errors(t.type({ a: t.union([t.number, t.string]) }), { a: null })).toEqual([
      'a: expected number, found null',
      'a: expected string, found null',
    ])
  })

  test('behind the path of the value itself', () => {
    expect(errors(t.type({ x: t.number }), { x: 'y' }, ['agents', 2])).toEqual([
      'agents[2].x: expected number, found "y"',
    ])
  })
})

test('what fits comes back typed', () => {
  const Agent = t.type({ name: t.string, at: t.number })
  expect(Typed.decodeWith(Agent)({ name: 'a', at: 1 })).toEqual(E.right({ name: 'a', at: 1 }))
})

test('many errors are counted', () => {
  const lines = errors(t.array(t.number), new Array(100).fill('x'))
  expect(lines.length).toBe(21)
  expect(lines[20]).toBe('and 80 more')
})

test('a codec that throws is a mismatch', () => {
  const bad = new t.Type<number>(
    'bad',
    t.number.is,
    () => {
      throw new Error('broken')
    },
    t.identity,
  )
  expect(errors(bad, 1)).toEqual(['the root: the codec failed: Error: broken'])
})

test('long values are cut', () => {
  expect(errors(t.number, 'x'.repeat(1000))[0]!.length).toBeLessThan(100)
})
