/** Pairs of states: one, and what edits of its maps, lists, texts and bytes make of it; or another altogether. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Value } from '../../src/data/Value.js'
import type * as Patch from '../../src/trie/Patch.js'
import * as State from '../../src/trie/State.js'
import { fromPairs, jsonish } from '../arbitraries.js'
import type * as Plain from '../trie/plain.js'
import * as maps from '../trie/scripts.js'
import { contents, itemShapes, textShapes } from './contents.js'
import { type Kind, kinds, type Run } from './Kind.js'
import { modelled, type Step, steps } from './scripts.js'

/** What the laws ask of an implementation. */
export type Patches = Pick<
  typeof Patch,
  | 'empty'
  | 'diff'
  | 'apply'
  | 'invert'
  | 'compose'
  | 'Monoid'
  | 'encode'
  | 'decode'
  | 'PatchFromValue'
  | 'toJsonPatch'
>

export const stateOf = (json: unknown): State.State => {
  const made = State.fromJson(json)
  if (E.isLeft(made)) throw new Error(`refused: ${made.left.reason}`)
  return made.right
}

const edited = (root: Plain.Map, script: ReadonlyArray<maps.Step>): Plain.Map =>
  script.reduce(
    (model, step) =>
      maps.editsOf(model, step).reduce<Plain.Map>((m, edit) => {
        const next = maps.modelled(m, edit)
        return E.isRight(next) ? next.right : m
      }, model),
    root,
  )

const versions = (kind: Kind): fc.Arbitrary<ReadonlyArray<Run>> =>
  fc.tuple(kind.runs, fc.array(steps(kind, 3), { minLength: 2, maxLength: 2 })).map(([run, scripts]) => {
    const all = [run]
    for (const script of scripts) {
      all.push(script.reduce((model, step: Step) => modelled(kind, model, step), all.at(-1)!))
    }
    return all
  })

/** Three versions of a state, each made from the one before. */
export const histories: fc.Arbitrary<ReadonlyArray<Plain.Map>> = fc
  .tuple(
    maps.roots,
    fc.tuple(maps.steps, maps.steps),
    fc.tuple(...kinds.map(versions)),
    fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }),
  )
  .map(([root, [first, second], runs, homes]) => {
    const plain = [root, edited(root, first)]
    plain.push(edited(plain[1]!, second))
    return plain.map((model, i) => {
      const values = runs.map((versions) => versions[i] as Value)
      return fromPairs<Value>([
        ...Object.entries(model),
        ...values.map((value, k) => [`run ${homes[k]! % 3 === 0 ? '' : k}`, value] as const),
        ['inner', fromPairs<Value>(values.map((value, k) => [`${k}`, value] as const))],
      ]) as Plain.Map
    })
  })

/** The same, where any two of them may have nothing in common. */
export const pairs: fc.Arbitrary<readonly [Plain.Map, Plain.Map, Plain.Map]> = fc.oneof(
  { weight: 4, arbitrary: histories.map((all) => [all[0]!, all[1]!, all[2]!] as const) },
  { weight: 1, arbitrary: fc.tuple(maps.roots, maps.roots, maps.roots) },
)

/** Keys that say something in a JSON pointer. */
const pointers = fc.constantFrom(
  'a',
  '/',
  '~',
  '',
  '~1',
  '~01',
  'a/b',
  '-',
  '0',
  'é',
  ' ',
  'hasOwnProperty',
  'toString',
)

/** Histories without bytes, for JSON Patch. `shunned` are keys that the library that applies it cannot have. */
export const jsonHistories = (shunned: ReadonlyArray<string>): fc.Arbitrary<readonly [unknown, unknown]> => {
  const kindsOfJson = [kinds[0]!, kinds[1]!]
  const inner = fc.dictionary(pointers, jsonish, { maxKeys: 5 })
  const items = contents(
    { ...itemShapes, mixed: itemShapes['numbers']!, big: itemShapes['messages']! },
    fc.nat(20_000),
  )
  const texts = contents(textShapes, fc.nat(20_000))
  const runs = [items, texts].map((arbitrary, k) =>
    fc
      .tuple(
        arbitrary as fc.Arbitrary<Run>,
        steps(
          {
            ...kindsOfJson[k]!,
            short: k === 0 ? fc.array(jsonish, { maxLength: 3 }) : kindsOfJson[k]!.short,
            runs: arbitrary as fc.Arbitrary<Run>,
          },
          4,
        ),
      )
      .map(
        ([run, script]) =>
          [run, script.reduce((model, step) => modelled(kindsOfJson[k]!, model, step), run)] as const,
      ),
  )
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(clean)
    if (typeof value !== 'object' || value === null) return value
    return fromPairs(
      Object.entries(value)
        .filter(([key]) => !shunned.includes(key))
        .map(([key, of]) => [key, clean(of)] as const),
    )
  }
  return fc.tuple(inner, inner, runs[0]!, runs[1]!, pointers, pointers).map(([a, b, list, text, k, l]) => {
    const version = (map: object, i: 0 | 1) =>
      clean({
        map,
        k: { [k]: { list: list[i], [l]: text[i] } },
        text: text[i],
        list: list[i],
        ...(i === 0 ? a : b),
      })
    return [version(a, 0), version(b, 1)] as const
  })
}
