/** What no state can hold and no path can say is refused by tag and path, and nothing has changed. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as t from 'io-ts'
import type { Path } from '../../src/data/Failure.js'
import type * as Fetch from '../../src/trie/Fetch.js'
import type * as State from '../../src/trie/State.js'
import { bads, spoiled } from '../arbitraries.js'
import { isEq, lawAsync, type Suite, suite } from '../Law.js'
import * as Plain from './plain.js'
import { pathOf, place, roots } from './scripts.js'
import type { Mode } from './settings.js'
import { type States, seeds, stateOf } from './stateModel.js'

const badSegments: ReadonlyArray<string | number> = [
  ...[-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53],
  ...['\ud800', 'x\udc00', 'k'.repeat(1025), 'é'.repeat(513)],
  ...([null, undefined, true, {}] as unknown as ReadonlyArray<string>),
]

const told = (answer: E.Either<unknown, unknown>): unknown => {
  if (E.isRight(answer)) return 'taken'
  const { _tag, path } = answer.left as { readonly _tag: string; readonly path: Path }
  return [_tag, path]
}

export const badInputLaws = (name: string, subject: States, mode: Mode): Suite =>
  suite(name, [
    lawAsync(
      'bad values are refused where they stand',
      [seeds, roots, place, spoiled],
      async (seed, root, at, bad) => {
        const setting = mode(seed)
        const state = setting.rest(stateOf(subject, root))
        // A key of the root, so that the path itself is good and leaves room.
        const path = [String(pathOf(root, at)[0])]
        const set = await setting.run(() => subject.set(path, bad.make())(state))
        const failure = E.isLeft(set)
          ? (set.left as { _tag: string; path: Path })
          : { _tag: 'taken', path: [] }
        const expected = [...path, ...bad.path]
        const each = []
        for (const one of bads) {
          each.push(
            isEq(
              (told(await setting.run(() => subject.set(path, one.make())(state))) as string[])[0],
              'InvalidValue',
            ),
          )
        }
        return [
          ...each,
          isEq(failure._tag, 'InvalidValue'),
          isEq<Path>(failure.path.slice(0, expected.length), expected),
          isEq<unknown>(await setting.run(() => subject.toJson(state)), E.right(root)),
        ]
      },
    ),
    lawAsync(
      'bad values of a change are refused',
      [seeds, roots, fc.constantFrom(...bads)],
      async (seed, root, bad) => {
        const setting = mode(seed)
        const state = setting.rest(stateOf(subject, { ...root, here: 1 }))
        const failed = await setting.run(() => subject.modify(['here'], bad.make)(state))
        return [isEq((told(failed) as ReadonlyArray<unknown>)[0], 'InvalidValue')]
      },
    ),
    lawAsync(
      'bad paths are refused by edits at the segment that is bad, and nothing is found at them',
      [seeds, roots, place],
      async (seed, root, at) => {
        const setting = mode(seed)
        const state = setting.rest(
          stateOf(subject, { ...root, list: [1, null, 3], long: 'long '.repeat(99) }),
        )
        const edits: ReadonlyArray<(path: Path) => (s: State.State) => Fetch.Fetch<unknown, State.State>> = [
          (path) => subject.set(path, 1),
          (path) => subject.modify(path, () => 1),
          (path) => subject.remove(path),
        ]
        const verdicts = []
        const starts = [['list'], ['long'], pathOf(root, at)]
        for (const path of starts.flatMap((start) =>
          badSegments.map((segment) => [...start, segment, 'z']),
        )) {
          for (const edit of edits) {
            verdicts.push(
              isEq<unknown>(told(await setting.run(() => edit(path)(state))), [
                'InvalidPath',
                path.slice(0, -1),
              ]),
            )
          }
          for (const read of [path, path.slice(0, -1)]) {
            verdicts.push(
              isEq<unknown>(await setting.run(() => subject.get(read)(state)), E.right(O.none)),
              isEq<unknown>(await setting.run(() => subject.has(read)(state)), E.right(false)),
            )
          }
        }
        return verdicts
      },
    ),
    lawAsync('the root is not replaced', [seeds, roots], async (seed, root) => {
      const setting = mode(seed)
      const state = setting.rest(stateOf(subject, root))
      return [
        isEq<unknown>(told(await setting.run(() => subject.set([], {})(state))), ['InvalidPath', []]),
        isEq<unknown>(told(await setting.run(() => subject.modify([], () => ({}))(state))), [
          'InvalidPath',
          [],
        ]),
        isEq<unknown>(told(await setting.run(() => subject.remove([])(state))), ['InvalidPath', []]),
        isEq<unknown>(told(subject.fromJson([root])), ['InvalidValue', []]),
      ]
    }),
    lawAsync(
      'depth is bounded by path and value together',
      [seeds, fc.integer({ min: 250, max: 258 }), fc.nat(2)],
      async (seed, n, inner) => {
        const setting = mode(seed)
        let value: unknown = 1
        for (let i = 0; i < inner; i++) value = [value]
        const path = new Array<string>(n).fill('d')
        const made = await setting.run(() => subject.set(path, value)(subject.empty))
        const whole = E.isRight(made)
          ? await setting.run(() => subject.toJson(setting.rest(made.right)))
          : made
        return [
          isEq(E.isRight(made), n + inner <= 256),
          isEq(E.isRight(whole), E.isRight(made)),
          isEq(
            E.isRight(made) && E.isRight(whole) && E.isRight(subject.fromJson(whole.right)),
            E.isRight(made),
          ),
        ]
      },
    ),
    lawAsync(
      'typed reads take what the codec takes, and say where it does not',
      [seeds, roots, place],
      async (seed, root, at) => {
        const setting = mode(seed)
        const state = setting.rest(stateOf(subject, root))
        const path = pathOf(root, at)
        const value = Plain.get(root, path)
        const codec = t.union([t.number, t.array(t.unknown)])
        const read = await setting.run(() => subject.at(path, codec)(state))
        return isEq<unknown>(
          E.isRight(read) ? read.right : told(read),
          codec.is(value) ? value : ['Mismatch', path],
        )
      },
    ),
  ])
