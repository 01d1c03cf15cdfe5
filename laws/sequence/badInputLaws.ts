/** Positions that are none, content of another kind, what no state can hold: refused by tag, and nothing has changed. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as State from '../../src/trie/State.js'
import { bads } from '../arbitraries.js'
import { type IsEq, isEq, law, lawAsync, type Suite, suite } from '../Law.js'
import type { Mode } from '../trie/settings.js'
import { contents, itemShapes, textShapes } from './contents.js'
import { isInside, kinds, type Run, type Seq, type Sequences } from './Kind.js'
import { stateOf } from './patchPairs.js'
import type { SequenceStates } from './stateSequenceLaws.js'

const foreign: ReadonlyArray<unknown> = [
  ...[-1, -0.5, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, 1e300],
  ...['0', '', null, undefined, true, 1n, {}, [0], Symbol('i'), () => 0],
]

const tagOf = (make: () => E.Either<unknown, unknown>): string => {
  try {
    const answer = make()
    return E.isLeft(answer) ? (answer.left as { readonly _tag: string })._tag : 'taken'
  } catch (e) {
    return `thrown: ${String(e)}`
  }
}

/** What is content of no kind, or of another. */
const strange: ReadonlyArray<unknown> = [
  null,
  undefined,
  1,
  true,
  {},
  new Float64Array(3),
  Symbol('s'),
  () => 1,
  new Map(),
]

export const sequenceBadInputLaws = (name: string, subject: Sequences): Suite =>
  suite(
    name,
    kinds
      .flatMap((kind) => {
        const unchanged = (sequence: Seq, run: Run): IsEq => isEq<unknown>(subject.toRun(sequence), run)
        return [
          law(
            `${kind.name}: positions and counts that are none are refused`,
            [kind.runs, kind.short, fc.constantFrom(...foreign), fc.nat(9)],
            (run, more, bad, over) => {
              const sequence = kind.make(subject, run)
              const { length } = run
              const tags = [bad, length + 1 + over, -1 - over].flatMap((wrong) => {
                const i = wrong as number
                return [
                  () => subject.splice(i, 0, more)(sequence),
                  () => subject.splice(0, i, more)(sequence),
                  () => subject.splice(length, i, more)(sequence),
                  () => subject.insert(i, more)(sequence),
                  () => subject.remove(i, 0)(sequence),
                  () => subject.remove(0, i)(sequence),
                  () => subject.slice(i, length)(sequence),
                  () => subject.slice(0, i)(sequence),
                ].map(tagOf)
              })
              const backwards = length > 0 ? tagOf(() => subject.slice(length, 0)(sequence)) : 'OutOfRange'
              return [
                isEq(
                  tags,
                  tags.map(() => 'OutOfRange'),
                ),
                isEq(backwards, 'OutOfRange'),
                unchanged(sequence, run),
              ]
            },
          ),
          law(`${kind.name}: content of another kind is refused`, [kind.runs], (run) => {
            const sequence = kind.make(subject, run)
            const others = [[1], 'x', new Uint8Array(1)].filter((_, i) => kinds[i] !== kind)
            const tags = [...strange, ...others].flatMap((wrong) =>
              [
                () => subject.append(wrong as Run)(sequence),
                () => subject.prepend(wrong as Run)(sequence),
                () => subject.splice(0, 0, wrong as Run)(sequence),
              ].map(tagOf),
            )
            return [
              isEq(
                tags,
                tags.map(() => 'InvalidValue'),
              ),
              unchanged(sequence, run),
            ]
          }),
        ]
      })
      .concat([
        law(
          'items that no state can hold are refused',
          [contents(itemShapes, fc.nat(9000)), fc.constantFrom(...bads), fc.nat(3)],
          (run, bad, n) => {
            const items = kinds[0]!
            const sequence = items.make(subject, run)
            const wrong = [...new Array(n).fill(1), bad.make()]
            const before = subject.digest(sequence)
            const edits = [
              () => subject.fromItems(wrong as never),
              () => subject.append(wrong as Run)(sequence),
              () => subject.splice(0, 0, wrong as Run)(sequence),
            ]
            return [
              isEq(
                edits.map(tagOf),
                edits.map(() => 'InvalidValue'),
              ),
              isEq(subject.digest(sequence), before),
            ]
          },
        ),
        law(
          'text with half a character is refused',
          [fc.constantFrom('\ud800', 'x\udc00', '\udc00\ud800', `${'x'.repeat(9000)}\ud83d`)],
          (wrong) => {
            const sequence = kinds[1]!.make(subject, 'text 🎉')
            const edits = [
              () => subject.fromText(wrong),
              () => subject.append(wrong as Run)(sequence),
              () => subject.insert(0, wrong as Run)(sequence),
            ]
            return [
              isEq(
                edits.map(tagOf),
                edits.map(() => 'InvalidValue'),
              ),
              unchangedText(subject, sequence),
            ]
          },
        ),
        law(
          'positions inside a character are refused',
          [
            contents({ unicode: textShapes['unicode']!, pairs: textShapes['pairs']! }, fc.nat(9000)),
            fc.nat(),
          ],
          (text, n) => {
            const sequence = kinds[1]!.make(subject, text)
            const inside = Array.from({ length: text.length }, (_, i) => i).filter((i) => isInside(text, i))
            if (inside.length === 0) return isEq(0, 0)
            const i = inside[n % inside.length]!
            const edits = [
              () => subject.splice(i, 0, 'x' as Run)(sequence),
              () => subject.splice(0, i, 'x' as Run)(sequence),
              () => subject.slice(i, text.length)(sequence),
              () => subject.slice(0, i)(sequence),
              () => subject.remove(i, 1)(sequence),
              () => subject.insert(i, '' as Run)(sequence),
            ]
            return [
              isEq(
                edits.map(tagOf),
                edits.map(() => 'InvalidValue'),
              ),
              isEq<unknown>(subject.toRun(sequence), text),
            ]
          },
        ),
      ]),
  )

const unchangedText = (subject: Sequences, sequence: Seq): IsEq =>
  isEq<unknown>(subject.toRun(sequence), 'text 🎉')

/** The same for what stands in a state. */
export const stateSequenceBadInputLaws = (name: string, subject: SequenceStates, mode: Mode): Suite =>
  suite(name, [
    lawAsync(
      'parts that are not there are refused, and the state stays',
      [fc.nat(), fc.constantFrom(...foreign), fc.boolean()],
      async (seed, bad, long) => {
        const setting = mode(seed)
        const times = long ? 900 : 3
        const json = {
          items: Array.from({ length: times }, (_, i) => i),
          text: '🎉x'.repeat(times),
          bytes: new Uint8Array(times),
          map: { a: 1 },
          number: 5,
          nothing: null,
        }
        const state = setting.rest(stateOf(json))
        const tag = async (make: () => unknown): Promise<string> => {
          try {
            const answer = await setting.run(make as never)
            return E.isLeft(answer) ? (answer.left as { readonly _tag: string })._tag : 'taken'
          } catch (e) {
            return `thrown: ${String(e)}`
          }
        }
        const i = bad as number
        const verdicts: Array<IsEq> = []
        for (const [key, run] of [
          ['items', [1]],
          ['text', 'x'],
          ['bytes', new Uint8Array(1)],
        ] as const) {
          for (const edit of [
            () => subject.splice([key], i, 0, run)(state),
            () => subject.splice([key], 0, i, run)(state),
            () => subject.splice([key], 1e6, 0, run)(state),
            () => subject.splice([key], 0, 1e6, run)(state),
            () => subject.slice([key], i, 1)(state),
            () => subject.slice([key], 0, i)(state),
          ])
            verdicts.push(isEq(await tag(edit), 'OutOfRange'))
          const other = key === 'text' ? [1] : 'x'
          verdicts.push(isEq(await tag(() => subject.splice([key], 0, 0, other)(state)), 'InvalidPath'))
          verdicts.push(
            isEq(await tag(() => subject.append([key], { a: 1 } as never)(state)), 'InvalidValue'),
          )
        }
        for (const path of [['map'], ['number'], ['nothing'], ['absent'], ['text', 0], []]) {
          verdicts.push(
            isEq(await tag(() => subject.splice(path, 0, 0, 'x')(state)), 'InvalidPath'),
            isEq(await tag(() => subject.append(path, 'x')(state)), 'InvalidPath'),
            isEq(await tag(() => subject.slice(path, 0, 0)(state)), 'InvalidPath'),
            isEq(await tag(() => subject.length(path)(state)), 'InvalidPath'),
          )
        }
        verdicts.push(
          isEq(await tag(() => subject.splice(['text'], 1, 0, 'y')(state)), 'InvalidValue'),
          isEq(await tag(() => subject.slice(['text'], 0, 1)(state)), 'InvalidValue'),
          isEq(await tag(() => subject.splice(['text'], 0, 0, '\ud800')(state)), 'InvalidValue'),
          isEq(subject.digest(state), State.digest(stateOf(json))),
        )
        return verdicts
      },
    ),
  ])
