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
  InvalidBlock: [Failure.invalidBlock('bafy', 'its bytes differ'), ['bafy', 'its bytes differ']],
  OutOfRange: [Failure.outOfRange(9, 3), ['9', '3']],
  Missing: [Failure.missing(a), [Digest.toCid(a)]],
  Dangling: [Failure.dangling(a, b), [Digest.toCid(a), Digest.toCid(b)]],
  HeadMoved: [Failure.headMoved('main', null, b), ['"main"', 'nothing', Digest.toCid(b)]],
  NotPinned: [Failure.notPinned(a), [Digest.toCid(a)]],
  Released: [Failure.released(4), ['4']],
  UnknownCheckpoint: [
    Failure.unknownCheckpoint(a, 'not in the store'),
    [Digest.toCid(a), 'not in the store'],
  ],
  UnknownOperation: [
    Failure.unknownOperation(a, 'not in the window of the log'),
    [Digest.toCid(a), 'not in the window'],
  ],
  Conflicted: [Failure.conflicted([['a', 'b'], ['c']]), ['a.b, c']],
  InvalidProof: [Failure.invalidProof('a block twice'), ['a block twice']],
  LeaseLost: [Failure.leaseLost('/tmp/x'), ['/tmp/x', 'open']],
  DamagedStore: [Failure.damagedStore('/tmp/x', 'too short'), ['/tmp/x', 'too short']],
  UnsupportedStore: [Failure.unsupportedStore('/tmp/x', 9, 1), ['/tmp/x', '9', '1']],
  StoreBusy: [Failure.storeBusy('/tmp/x', 'by two'), ['/tmp/x', 'by two']],
  StoreFailed: [Failure.storeFailed('transact', new Error('disk full')), ['transact', 'disk full']],
  UnknownType: [Failure.unknownType('prompt'), ['"prompt"']],
  FactoryFailed: [
    Failure.factoryFailed('prompt', a, 'create', new Error('no words')),
    ['"prompt"', 'create', Digest.toCid(a), 'no words'],
  ],
  Cancelled: [Failure.cancelled('prompt', 'out of reach'), ['"prompt"', 'out of reach']],
  FileFailed: [Failure.fileFailed('/a/b', 'open', new Error('EACCES')), ['"/a/b"', 'open', 'EACCES']],
  FileChanged: [Failure.fileChanged('/a/b'), ['"/a/b"', 'changed']],
  UnsupportedFile: [Failure.unsupportedFile('/a/b', 'a socket'), ['"/a/b"', 'a socket']],
  UnsafePath: [Failure.unsafePath(['a', '..'], 'not a name'), ['a[".."]', 'not a name']],
  Unfinished: [
    Failure.unfinished(
      '/a',
      { written: 3, unchanged: 4, removed: 5, bytes: 6 },
      Failure.fileFailed('/a/b', 'open', 'full'),
    ),
    ['"/a"', '3 written', '5 removed', '"/a/b"', 'full'],
  ],
  InvalidWeight: [Failure.invalidWeight('-1', 'negative'), ['-1', 'negative']],
  EmptySupport: [Failure.emptySupport, ['at least one outcome']],
  ZeroEvidence: [Failure.zeroEvidence, ['every outcome']],
  InvalidKernel: [Failure.invalidKernel('its mass is 5/6'), ['5/6']],
  UnknownReference: [Failure.unknownReference('a/b'), ['"a/b"']],
  InvalidCoupling: [Failure.invalidCoupling('g', 'with itself'), ['"g"', 'with itself']],
  JointTooLarge: [Failure.jointTooLarge(1000, 100), ['1000', '100']],
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
