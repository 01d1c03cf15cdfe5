/** Patches as bytes, as values, and as JSON Patch. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Codec from '../../src/data/Codec.js'
import * as Fetch from '../../src/trie/Fetch.js'
import type * as Patch from '../../src/trie/Patch.js'
import { values } from '../arbitraries.js'
import { isEq, law, type Suite, suite } from '../Law.js'
import { jsonHistories, type Patches, pairs, stateOf } from './patchPairs.js'

const now = <A>(fetch: Fetch.Fetch<unknown, A>): E.Either<unknown, A> =>
  O.getOrElse<E.Either<unknown, A>>(() => E.left('blocked'))(Fetch.now(fetch))

/** Both steps of reading, with the failure of either. */
const through = <A, B>(
  first: E.Either<unknown, A>,
  next: (a: A) => E.Either<unknown, B>,
): E.Either<unknown, B> => (E.isLeft(first) ? first : next(first.right))

const tagOf = (answer: E.Either<unknown, unknown>): string =>
  E.isLeft(answer) ? (answer.left as { readonly _tag: string })._tag : 'Right'

const good: Patch.Patch = [
  { op: 'add', path: ['a'], after: 1 },
  { op: 'remove', path: ['b', 0], before: [null] },
  { op: 'change', path: ['c'], before: 'x', after: new Uint8Array([1]) },
  { op: 'splice', path: ['d'], position: 3, removed: 'abc', inserted: '' },
  { op: 'splice', path: ['e'], position: 0, removed: [], inserted: [1, { a: 2 }] },
  { op: 'splice', path: ['f'], position: 0, removed: new Uint8Array(2), inserted: new Uint8Array(0) },
]

/** Values that look like a patch and are none. */
export const foreign: Readonly<Record<string, unknown>> = {
  'no list': { op: 'add', path: ['a'], after: 1 },
  'a text': 'add',
  nothing: null,
  'an operation that is a list': [['add', ['a'], 1]],
  'an unknown operation': [{ op: 'move', path: ['a'], after: 1 }],
  'an operation of Object': [{ op: 'constructor', path: ['a'], after: 1 }],
  'no operation': [{ path: ['a'], after: 1 }],
  'no path': [{ op: 'add', after: 1 }],
  'a path that is a text': [{ op: 'add', path: 'a', after: 1 }],
  'a negative index': [{ op: 'remove', path: [-1], before: 1 }],
  'an index between two': [{ op: 'remove', path: [0.5], before: 1 }],
  'a path of booleans': [{ op: 'remove', path: [true], before: 1 }],
  'no value': [{ op: 'add', path: ['a'] }],
  'the wrong side': [{ op: 'add', path: ['a'], before: 1 }],
  'half a change': [{ op: 'change', path: ['a'], after: 1 }],
  'a field too many': [{ op: 'add', path: ['a'], after: 1, before: 2 }],
  'a field of nobody': [{ op: 'remove', path: ['a'], before: 1, note: 'x' }],
  'a splice too full': [{ op: 'splice', path: ['a'], position: 0, removed: '', inserted: 'x', count: 1 }],
  'a position that is none': [{ op: 'splice', path: ['a'], position: -1, removed: '', inserted: 'x' }],
  'a position between two': [{ op: 'splice', path: ['a'], position: 1.5, removed: '', inserted: 'x' }],
  'text for a list': [{ op: 'splice', path: ['a'], position: 0, removed: [], inserted: 'x' }],
  'bytes for text': [{ op: 'splice', path: ['a'], position: 0, removed: 'x', inserted: new Uint8Array(1) }],
  'a list for bytes': [{ op: 'splice', path: ['a'], position: 0, removed: new Uint8Array(1), inserted: [1] }],
  'a splice of a number': [{ op: 'splice', path: ['a'], position: 0, removed: 1, inserted: 2 }],
}

/** What no canonical bytes can say, so only `PatchFromValue` can meet it. */
const unwritable: ReadonlyArray<unknown> = [
  [{ op: 'splice', path: ['a'], position: Number.NaN, removed: '', inserted: 'x' }],
  [{ op: 'splice', path: ['a'], position: Number.POSITIVE_INFINITY, removed: '', inserted: 'x' }],
  [{ op: 'add', path: [Number.NaN], after: 1 }],
  [{ op: 'add', path: ['a'], after: undefined }],
  [{ op: 'add', path: ['a'], after: Number.NaN }],
  [{ op: 'add', path: ['a'], after: () => 1 }],
  [{ op: 'splice', path: ['a'], position: 0, removed: '\ud800', inserted: '' }],
  undefined,
  Symbol('patch'),
]

export const patchCodecLaws = (name: string, subject: Patches): Suite =>
  suite(name, [
    law('decode(encode(p)) is p, and encode(decode(b)) is b', [pairs], ([a, b]) => {
      const patch = now(subject.diff(stateOf(a), stateOf(b)))
      const bytes = through(patch, subject.encode)
      const again = through(bytes, subject.decode)
      return [isEq(again, patch), isEq<unknown>(through(again, subject.encode), bytes)]
    }),
    law('every operation can be written and read', [fc.constant(good)], (patch) => {
      const bytes = subject.encode(patch)
      return [
        isEq<unknown>(through(bytes, subject.decode), E.right(patch)),
        isEq(subject.PatchFromValue.is(patch), true),
        isEq<unknown>(subject.PatchFromValue.decode(subject.PatchFromValue.encode(patch)), E.right(patch)),
      ]
    }),
    law('what is no patch is a mismatch', [fc.constantFrom(...Object.entries(foreign))], ([, value]) => {
      const bytes = Codec.encode(value as never)
      return [
        isEq(E.isRight(bytes), true),
        isEq(tagOf(through(bytes, subject.decode)), 'Mismatch'),
        isEq(subject.PatchFromValue.is(value), false),
        isEq(E.isLeft(subject.PatchFromValue.decode(value)), true),
      ]
    }),
    law(
      'any other value is a mismatch',
      [values.filter((value) => !(Array.isArray(value) && value.length === 0))],
      (value) => isEq(tagOf(through(Codec.encode(value), subject.decode)), 'Mismatch'),
    ),
    law('what no bytes can say is refused', [fc.constantFrom(...unwritable)], (value) => [
      isEq(subject.PatchFromValue.is(value), false),
      isEq(E.isLeft(subject.PatchFromValue.decode(value)), true),
    ]),
    law('bytes that are not canonical are malformed', [fc.nat(), fc.nat(255)], (n, byte) => {
      const bytes = E.getOrElse<unknown, Uint8Array>(() => new Uint8Array())(subject.encode(good))
      const cut = bytes.slice(0, n % bytes.length)
      const longer = Uint8Array.from([...bytes, byte])
      // The head of the list in two bytes where one would do.
      const padded = Uint8Array.from([0x98, bytes[0]! & 0x1f, ...bytes.slice(1)])
      return [cut, longer, padded].map((wrong) => isEq(tagOf(subject.decode(wrong)), 'Malformed'))
    }),
  ])

/**
 * `apply` is a JSON Patch library: it answers the document that a patch makes of another. `shunned` are the keys that
 * it cannot have.
 */
export const jsonPatchLaws = (
  name: string,
  subject: Patches,
  apply: (before: unknown, operations: ReadonlyArray<Patch.JsonOperation>) => unknown,
  shunned: ReadonlyArray<string>,
): Suite =>
  suite(name, [
    law(
      'a patch as JSON Patch does to plain JSON what it does to the state',
      [jsonHistories(shunned)],
      ([a, b]) => {
        const [x, y] = [stateOf(a), stateOf(b)]
        const operations = through(now(subject.diff(x, y)), (patch) => now(subject.toJsonPatch(patch)(x)))
        if (E.isLeft(operations)) return isEq<unknown>(operations, 'operations')
        // Through text, as it would travel.
        const travelled = JSON.parse(JSON.stringify(operations.right)) as ReadonlyArray<Patch.JsonOperation>
        return isEq(
          JSON.parse(JSON.stringify(apply(JSON.parse(JSON.stringify(a)), travelled))),
          JSON.parse(JSON.stringify(b)),
        )
      },
    ),
  ])
