import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describe, expect, test } from 'vitest'
import { bads } from '../../laws/arbitraries.js'
import { valueLaws } from '../../laws/data/value.js'
import { checkAll } from '../../laws/Law.js'
import { Codec, Value } from '../../src/index.js'

const refusal = (u: unknown): unknown => {
  const answer = Value.fromUnknown(u)
  return E.isLeft(answer) ? [answer.left.path, answer.left.reason] : 'taken'
}

checkAll(valueLaws(Value), test, 300)

describe('fromUnknown says what and where', () => {
  const looped: { self?: unknown } = {}
  looped.self = looped
  const far: { a: { b: unknown } } = { a: { b: 1 } }
  far.a.b = [far.a]
  test.each<[string, unknown, ReadonlyArray<string | number>, string]>([
    ['NaN', { a: [0, Number.NaN] }, ['a', 1], 'NaN'],
    ['undefined', { a: undefined }, ['a'], 'undefined'],
    ['a bigint', [1n], [0], 'a bigint'],
    ['a hole', { a: Object.assign(new Array(2), { 0: 1 }) }, ['a', 1], 'a hole in an array'],
    ['a property of an array', [Object.assign([], { x: 1 })], [0], "an array with a property 'x'"],
    ['a cycle', looped, ['self'], 'a cycle'],
    ['a cycle below the root', far, ['a', 'b', 0], 'a cycle'],
    [
      'a getter',
      {
        get x() {
          return 1
        },
      },
      ['x'],
      'an accessor',
    ],
    ['a date', { at: new Date(0) }, ['at'], 'an instance of a class'],
    ['another typed array', { v: new Float32Array(1) }, ['v'], 'a Float32Array'],
    ['a lone surrogate', ['\ud800'], [0], 'a lone surrogate'],
  ])('%s', (_, input, path, reason) => {
    expect(refusal(input)).toEqual([path, reason])
  })

  test('depth, without the stack', () => {
    let list: unknown = []
    for (let i = 0; i < 1_000_000; i++) list = [list]
    const [path, reason] = refusal(list) as [ReadonlyArray<number>, string]
    expect(path.length).toBe(256)
    expect(reason).toBe('nested deeper than 256')
    expect(E.isLeft(Codec.encode(list as Value.Value))).toBe(true)
  })

  test('what a proxy throws, even if that cannot be shown', () => {
    const awkward = new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw {
            toString: () => {
              throw new Error('not even this')
            },
          }
        },
      },
    )
    expect(refusal([awkward])).toEqual([[0], 'reading it failed'])
  })

  test('a proxy without end', () => {
    const endless: object = new Proxy(
      {},
      {
        ownKeys: () => ['x'],
        getOwnPropertyDescriptor: () => ({
          value: endless,
          enumerable: true,
          configurable: true,
          writable: true,
        }),
      },
    )
    expect((refusal(endless) as [unknown, string])[1]).toBe('a cycle')
    const fresh = (): object =>
      new Proxy(
        {},
        {
          ownKeys: () => ['x'],
          getOwnPropertyDescriptor: () => ({
            value: fresh(),
            enumerable: true,
            configurable: true,
            writable: true,
          }),
        },
      )
    expect((refusal(fresh()) as [unknown, string])[1]).toBe('nested deeper than 256')
  })
})

test('special names are ordinary keys', () => {
  const given = JSON.parse('{"__proto__":{"x":1},"constructor":2,"hasOwnProperty":3}') as unknown
  const taken = Value.fromUnknown(given)
  expect(E.isRight(taken) && Object.keys(taken.right as object).sort()).toEqual([
    '__proto__',
    'constructor',
    'hasOwnProperty',
  ])
  expect(E.isRight(taken) && (taken.right as { x?: unknown }).x).toBe(undefined)
  expect(E.isRight(taken) && Value.equals(taken.right, given as Value.Value)).toBe(true)
})

test('later writes of the caller are not seen', () => {
  const bytes = Buffer.from([1, 2, 3])
  const given = { list: [1], bytes }
  const taken = Value.fromUnknown(given)
  given.list.push(2)
  bytes[0] = 9
  expect(taken).toEqual(E.right({ list: [1], bytes: new Uint8Array([1, 2, 3]) }))
})

test('shared parts are taken in each place', () => {
  const part = { x: [1, 2] }
  expect(Value.fromUnknown([part, part])).toEqual(E.right([part, part]))
  const many = Array.from({ length: 30_000 }, () => part)
  expect(Value.fromUnknown(many)).toEqual(E.right(many))
})

test('memory of shared parts keeps depth honest', () => {
  // Far more than is copied before the walk begins to remember.
  const filler = Array.from({ length: 20_000 }, () => [])
  let deep: unknown = []
  for (let i = 0; i < 200; i++) deep = [deep]
  let above: unknown = deep
  for (let i = 0; i < 100; i++) above = [above]
  expect(E.isRight(Value.fromUnknown([filler, deep, [deep]]))).toBe(true)
  expect(E.isLeft(Value.fromUnknown([filler, deep, above]))).toBe(true)
})

describe('the codec Value', () => {
  test('reads what fromUnknown takes', () => {
    expect(Value.Value.decode({ a: -0 })).toEqual(E.right({ a: 0 }))
    expect(Value.Value.is([new Date()])).toBe(false)
    expect(Value.Value.encode([1])).toEqual([1])
  })
  test('reports the place inside of the value', () => {
    const read = t.type({ state: Value.Value }).decode({ state: { list: [1, undefined] } })
    expect(E.isLeft(read) && read.left[0]!.context.map(({ key }) => key)).toEqual(['', 'state', 'list', '1'])
    expect(E.isLeft(read) && read.left[0]!.message).toBe('undefined')
  })
})

test.each(bads)('isValue is false of $name', ({ make }) => {
  expect(Value.isValue(make())).toBe(false)
})
