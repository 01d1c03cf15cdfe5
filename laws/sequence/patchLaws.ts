/** The laws of patches: they lead from one state to another, back, and on; and they read only what differs. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type * as Patch from '../../src/trie/Patch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'
import { holds, isEq, law, lawAsync, type Suite, suite } from '../Law.js'
import { Blocks, type Mode, type Setting } from '../trie/settings.js'
import { chanceOf, itemShapes, textShapes } from './contents.js'
import { type Patches, pairs, stateOf } from './patchPairs.js'

const seeds = fc.nat({ max: 2 ** 30 })

type Answer<A> = E.Either<unknown, A>

const chained = async <A, B>(answer: Answer<A>, f: (a: A) => Promise<Answer<B>>): Promise<Answer<B>> =>
  E.isLeft(answer) ? answer : f(answer.right)

const digestOf = E.map(State.digest)

export const patchLaws = (name: string, subject: Patches, mode: Mode): Suite => {
  const diff = (setting: Setting, a: State.State, b: State.State) => setting.run(() => subject.diff(a, b))
  const apply = (setting: Setting, patch: Answer<Patch.Patch>, to: State.State) =>
    chained(patch, (p) => setting.run(() => subject.apply(p)(to)))
  return suite(name, [
    lawAsync('apply(diff(a, b))(a) is b', [seeds, pairs], async (seed, jsons) => {
      const setting = mode(seed)
      const [a, b] = jsons.map((json) => setting.rest(stateOf(json))) as [State.State, State.State]
      const verdicts = []
      for (const [x, y] of [
        [a, b],
        [b, a],
        [a, State.empty],
        [State.empty, b],
      ] as const) {
        const made = await apply(setting, await diff(setting, x, y), x)
        verdicts.push(isEq<unknown>(digestOf(made), E.right(State.digest(y))))
      }
      return verdicts
    }),
    lawAsync('a patch and its inverse lead there and back', [seeds, pairs], async (seed, jsons) => {
      const setting = mode(seed)
      const [a, b] = jsons.map((json) => setting.rest(stateOf(json))) as [State.State, State.State]
      const patch = await diff(setting, a, b)
      const inverse = E.map(subject.invert)(patch)
      return [
        isEq<unknown>(digestOf(await apply(setting, inverse, b)), E.right(State.digest(a))),
        isEq<unknown>(E.map(subject.invert)(inverse), patch),
      ]
    }),
    lawAsync('patches compose as their application does', [seeds, pairs], async (seed, jsons) => {
      const setting = mode(seed)
      const [a, b, c] = jsons.map((json) => setting.rest(stateOf(json))) as [
        State.State,
        State.State,
        State.State,
      ]
      const [p, q] = [await diff(setting, a, b), await diff(setting, b, c)]
      if (E.isLeft(p) || E.isLeft(q)) return isEq<unknown>([p, q], 'two patches')
      const both = subject.compose(p.right, q.right)
      const back = subject.invert(both)
      return [
        isEq<unknown>(digestOf(await apply(setting, E.right(both), a)), E.right(State.digest(c))),
        isEq<unknown>(digestOf(await apply(setting, E.right(back), c)), E.right(State.digest(a))),
        isEq(back, subject.compose(subject.invert(q.right), subject.invert(p.right))),
      ]
    }),
    lawAsync('patches are a monoid', [seeds, pairs], async (seed, jsons) => {
      const setting = mode(seed)
      const [a, b, c] = jsons.map((json) => setting.rest(stateOf(json))) as [
        State.State,
        State.State,
        State.State,
      ]
      const { concat, empty } = subject.Monoid
      const [p, q, r] = (
        await Promise.all([diff(setting, a, b), diff(setting, b, c), diff(setting, c, a)])
      ).map((side) => (E.isRight(side) ? side.right : [])) as [Patch.Patch, Patch.Patch, Patch.Patch]
      return [
        isEq(concat(concat(p, q), r), concat(p, concat(q, r))),
        isEq([concat(empty, p), concat(p, empty)], [p, p]),
        isEq(concat(p, q), subject.compose(p, q)),
        isEq<unknown>(digestOf(await apply(setting, E.right(subject.empty), a)), E.right(State.digest(a))),
        isEq<unknown>(
          digestOf(await apply(setting, E.right(concat(concat(p, q), r)), a)),
          E.right(State.digest(a)),
        ),
      ]
    }),
    lawAsync('a patch does not tell where a state lives', [seeds, pairs], async (seed, jsons) => {
      const setting = mode(seed)
      const [a, b] = jsons.map((json) => stateOf(json)) as [State.State, State.State]
      const here = await diff(setting, a, b)
      return isEq(await diff(setting, setting.rest(a), setting.rest(b)), here)
    }),
    lawAsync('the diff of equal states is empty', [seeds, pairs], async (seed, [json]) => {
      const setting = mode(seed)
      return isEq<unknown>(await diff(setting, setting.rest(stateOf(json)), stateOf(json)), E.right([]))
    }),
    lawAsync(
      'a patch for another state is refused or applied, and the state stays',
      [seeds, pairs],
      async (seed, jsons) => {
        const setting = mode(seed)
        const [a, b, c] = jsons.map((json) => setting.rest(stateOf(json))) as [
          State.State,
          State.State,
          State.State,
        ]
        const before = State.digest(c)
        const made = await apply(setting, await diff(setting, a, b), c)
        const tags = ['InvalidPath', 'InvalidValue', 'OutOfRange']
        return [
          holds(
            E.isRight(made) || tags.includes((made.left as { _tag: string })._tag),
            `${JSON.stringify(made)}`,
          ),
          isEq(State.digest(c), before),
          isEq<unknown>(await setting.run(() => State.toJson(c)), E.right(jsons[2])),
        ]
      },
    ),
  ])
}

/**
 * Blocks read for each change and level, on both sides together: a changed chunk and the two beside it, and as many
 * knots on each level; with room for bad luck.
 */
const READS = 8

const large = fc.record({
  seed: seeds,
  text: fc.integer({ min: 50_000, max: 300_000 }),
  items: fc.integer({ min: 20_000, max: 100_000 }),
  places: fc.array(fc.nat(2 ** 30), { maxLength: 5 }),
})

/** What is shared is not read. */
export const patchVisitLaws = (name: string, subject: Patches): Suite =>
  suite(name, [
    law('a diff reads O((changes + 1) · depth) blocks', [large], ({ seed, text, items, places }) => {
      const chance = chanceOf(seed)
      const before = {
        text: textShapes['random']!(chance, text),
        items: itemShapes['numbers']!(chance, items),
        map: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`key ${i}`, i])),
      }
      const after = structuredClone(before) as {
        text: string
        items: Array<unknown>
        map: Record<string, unknown>
      }
      for (const place of places) {
        const i = place % after.text.length
        if (place % 3 === 0)
          after.text = `${after.text.slice(0, i)}a change${after.text.slice(i + (place % 7))}`
        else if (place % 3 === 1) after.items.splice(place % after.items.length, place % 3, 'a change')
        else after.map[`key ${place % 2000}`] = 'a change'
      }
      const blocks = new Blocks()
      const [a, b] = [before, after].map((json) => blocks.save(stateOf(json))) as [never, never]
      const residency = Residency.make(0)
      const { answer, reads } = blocks.counting(() =>
        subject.diff(State.open(a, residency), State.open(b, residency)),
      )
      const depth = blocks.height(a) + blocks.height(b)
      const [inA, inB] = [blocks.reachable(a), blocks.reachable(b)]
      const bound = places.length === 0 ? 0 : READS * (places.length + 1) * depth
      return [
        holds(E.isRight(answer) && answer.right.length <= 2 * places.length, 'more operations than changes'),
        holds(reads.length <= bound, `${reads.length} reads for ${places.length} changes, depth ${depth}`),
        isEq(
          reads.filter((digest) => inA.has(digest) && inB.has(digest)),
          [],
        ),
      ]
    }),
    law('a diff of equal states reads nothing', [pairs], ([json]) => {
      const blocks = new Blocks()
      const digest = blocks.save(stateOf(json))
      const open = () => State.open(digest, Residency.make(0))
      const { answer, reads } = blocks.counting(() => subject.diff(open(), open()))
      return [isEq<unknown>(answer, E.right([])), isEq(reads, [])]
    }),
  ])
