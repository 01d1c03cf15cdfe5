import { expect, test } from 'vitest'
import { showPath } from '../../src/data/explain.js'
import { Digest, explain, Failure } from '../../src/index.js'

const a = Digest.fromBytes(new Uint8Array(32).fill(1))
const b = Digest.fromBytes(new Uint8Array(32).fill(2))

test.each<[ReadonlyArray<string | number>, string]>([
  [[], 'the root'],
  [['agents', 'a', 3, 'b'], 'agents.a[3].b'],
  [[0, 'x'], '[0].x'],
  [['', 'a b', '0', 'ž', 'a-b'], '[""]["a b"]["0"].ž.a-b'],
  [['"'], '["\\""]'],
  [Array.from({ length: 20 }, () => 0), `${'[0]'.repeat(16)} and 4 levels below`],
])('showPath %j', (path, text) => {
  expect(showPath(path)).toBe(text)
})

const examples: {
  readonly [K in Failure.Failure['_tag']]: readonly [
    Extract<Failure.Failure, { readonly _tag: K }>,
    ReadonlyArray<string>,
  ]
} = {
  InvalidValue: [Failure.invalidValue(['a', 1], 'NaN'), ['a[1]', 'NaN']],
  InvalidPath: [Failure.invalidPath(['a'], 'past the end'), ['a', 'past the end']],
  Mismatch: [Failure.mismatch(['a'], ['a.b: expected number, found "x"']), ['a.b: expected number']],
  InvalidDigest: [Failure.invalidDigest('zz', 'not 64 hexadecimal digits'), ['"zz"', 'hexadecimal']],
  Malformed: [Failure.malformed(7, 'truncated'), ['offset 7', 'truncated']],
  Corrupt: [Failure.corrupt(a, 'wrong kind'), [Digest.toCid(a), 'wrong kind']],
  OutOfRange: [Failure.outOfRange(9, 3), ['9', '3']],
  Missing: [Failure.missing(a), [Digest.toCid(a)]],
  Dangling: [Failure.dangling(a, b), [Digest.toCid(a), Digest.toCid(b)]],
  HeadMoved: [Failure.headMoved('main', null, b), ['"main"', 'nothing', Digest.toCid(b)]],
  NotPinned: [Failure.notPinned(a), [Digest.toCid(a)]],
  Released: [Failure.released(4), ['4']],
  StoreFailed: [Failure.storeFailed('transact', new Error('disk full')), ['transact', 'disk full']],
}

test.each(Object.entries(examples))('explain %s', (_, [failure, parts]) => {
  const text = explain(failure)
  for (const part of parts) expect(text).toContain(part)
  expect(text).not.toContain('undefined')
  expect(text).not.toContain('[object')
})

test('a cause that cannot be shown does no harm', () => {
  const cause = {
    toString: () => {
      throw new Error('no')
    },
  }
  expect(explain(Failure.storeFailed('read', cause))).toBe('the store failed to read: unknown')
})
