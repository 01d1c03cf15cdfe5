/** Differences of states: they can be made again, they do not depend on where a state lives, and load nothing shared. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../../src/data/Digest.js'
import type { Path } from '../../src/data/Failure.js'
import type { Patch } from '../../src/trie/Patch.js'
import * as Residency from '../../src/trie/Residency.js'
import type * as State from '../../src/trie/State.js'
import { fromPairs } from '../arbitraries.js'
import { holds, isEq, law, lawAsync, type Suite, suite } from '../Law.js'
import { colliding } from './collidingKeys.js'
import type { Opening } from './forgedLaws.js'
import * as Plain from './plain.js'
import { editsOf, modelled, roots, type Step, steps } from './scripts.js'
import { Blocks, type Mode, resident } from './settings.js'
import { type States, seeds, stateOf } from './stateModel.js'

const after = (root: Plain.Map, script: ReadonlyArray<Step>): Plain.Map =>
  script.reduce(
    (model, step) =>
      editsOf(model, step).reduce<Plain.Map>((m, edit) => {
        const next = modelled(m, edit)
        return E.isRight(next) ? next.right : m
      }, model),
    root,
  )

/** At the deepest maps that both have, each key at which they differ. */
const differences = (x: Plain.Map, y: Plain.Map, path: Path = []): ReadonlyArray<unknown> =>
  [...new Set([...Object.keys(x), ...Object.keys(y)])].flatMap((key): ReadonlyArray<unknown> => {
    const before = Plain.step(x, key)
    const after = Plain.step(y, key)
    const here = [...path, key]
    if (Plain.isMap(before) && Plain.isMap(after)) return differences(before, after, here)
    if (isEq(before, after).equal) return []
    const some = (value: Plain.Plain) => (value === Plain.NONE ? O.none : O.some(value))
    return [{ path: here, before: some(before), after: some(after) }]
  })

const byPath = (changes: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  [...changes].sort((a, b) => {
    const [x, y] = [a, b].map((change) => JSON.stringify((change as { path: Path }).path)) as [string, string]
    return x < y ? -1 : x > y ? 1 : 0
  })

/** A patch as differences of whole values; what a splice does inside one, `apply` shows. */
const wholly =
  (before: Plain.Map, after: Plain.Map) =>
  (patch: Patch): ReadonlyArray<unknown> => {
    const found = new Map<string, unknown>()
    for (const operation of patch) {
      const { path } = operation
      const some = (root: Plain.Map): O.Option<unknown> =>
        O.some(path.reduce<Plain.Plain>((at, key) => Plain.step(at as Plain.Map, key as string), root))
      const sides =
        operation.op === 'splice'
          ? { before: some(before), after: some(after) }
          : {
              before: 'before' in operation ? O.some(operation.before) : O.none,
              after: 'after' in operation ? O.some(operation.after) : O.none,
            }
      found.set(JSON.stringify(path), { path, ...sides })
    }
    return byPath([...found.values()])
  }

export const stateDiffLaws = (name: string, subject: States, mode: Mode): Suite =>
  suite(name, [
    lawAsync(
      'the differences are those of plain objects',
      [seeds, roots, steps, roots],
      async (seed, root, script, other) => {
        const setting = mode(seed)
        const a = setting.rest(stateOf(subject, root))
        const verdicts = []
        for (const model of [after(root, script), other]) {
          const b = setting.rest(stateOf(subject, model))
          const found = await setting.run(() => subject.diff(a, b))
          verdicts.push(
            isEq<unknown>(E.map(wholly(root, model))(found), E.right(byPath(differences(root, model)))),
          )
        }
        return verdicts
      },
    ),
    lawAsync('patch(diff(a, b))(a) is b', [seeds, roots, steps, roots], async (seed, root, script, other) => {
      const setting = mode(seed)
      const a = setting.rest(stateOf(subject, root))
      const verdicts = []
      for (const model of [after(root, script), other, {}]) {
        const b = setting.rest(stateOf(subject, model))
        for (const [x, y] of [
          [a, b],
          [b, a],
        ] as const) {
          const changes = await setting.run(() => subject.diff(x, y))
          const made = E.isRight(changes) ? await setting.run(() => subject.patch(changes.right)(x)) : changes
          verdicts.push(
            isEq<unknown>(
              E.map(subject.digest)(made as E.Either<unknown, State.State>),
              E.right(subject.digest(y)),
            ),
          )
        }
      }
      return verdicts
    }),
    lawAsync(
      'answers and their order are the same wherever a state lives',
      [seeds, roots, steps],
      async (seed, root, script) => {
        const setting = mode(seed)
        const here = resident(0)
        const [a, b] = [root, after(root, script)].map((model) => stateOf(subject, model)) as [
          State.State,
          State.State,
        ]
        const [x, y] = [setting.rest(a), setting.rest(b)]
        return [
          isEq(await setting.run(() => subject.diff(x, y)), await here.run(() => subject.diff(a, b))),
          isEq(await setting.run(() => subject.keys(y)), await here.run(() => subject.keys(b))),
          isEq(
            shown(await setting.run(() => subject.toJson(y))),
            shown(await here.run(() => subject.toJson(b))),
          ),
        ]
      },
    ),
    lawAsync(
      'the order of keys tells nothing of how a state was made',
      [seeds, roots, steps],
      async (seed, root, script) => {
        const setting = mode(seed)
        let state = setting.rest(stateOf(subject, root))
        let model = root
        for (const step of script) {
          for (const edit of editsOf(model, step)) {
            const next = modelled(model, edit)
            if (E.isLeft(next)) continue
            model = next.right
            const done = await setting.run(() =>
              edit._tag === 'Set'
                ? subject.set(edit.path, edit.value)(state)
                : edit._tag === 'Modify'
                  ? subject.modify(edit.path, edit.f)(state)
                  : subject.remove(edit.path)(state),
            )
            if (E.isRight(done)) state = done.right
          }
        }
        const made = stateOf(subject, model)
        return isEq(
          shown(await setting.run(() => subject.toJson(state))),
          shown(await resident(0).run(() => subject.toJson(made))),
        )
      },
    ),
  ])

/** With the order of keys, which structural equality passes over. */
const shown = (answer: E.Either<unknown, unknown>): unknown =>
  E.map((value: unknown) => JSON.stringify(value, (_, v) => (v instanceof Uint8Array ? [...v] : v)))(answer)

/** Thousands of small entries, nested and not, and some keys that collide. */
const large = fc
  .tuple(fc.integer({ min: 200, max: 1500 }), fc.array(fc.nat(2000), { maxLength: 4 }))
  .map(([n, places]) => ({
    before: fromPairs<Plain.Plain>([
      ...Array.from({ length: n }, (_, i) => [`key ${i}`, i] as const),
      ['inner', fromPairs(Array.from({ length: n }, (_, i) => [`inner ${i}`, i] as const))] as const,
      ...colliding(n % 80).map((key) => [key, 0] as const),
    ]) as Plain.Map,
    edits: places.map((place) =>
      place % 2 === 0 ? ([`key ${place}`] as const) : (['inner', `inner ${place}`] as const),
    ),
  }))

/** What is shared is not looked at: laws of opened states. */
export const sharedLaws = (name: string, subject: Opening): Suite =>
  suite(name, [
    law('a difference loads nothing that both share', [large], ({ before, edits }) => {
      const blocks = new Blocks()
      const resting = (json: Plain.Map) => blocks.save(stateOf(subject, json))
      const changed = edits.reduce<Plain.Map>((model, path) => {
        const next = Plain.edit(model, path, false, () => E.right('changed'))
        return E.isRight(next) ? next.right : model
      }, before)
      const [a, b] = [resting(before), resting(changed)]
      const [inA, inB] = [blocks.reachable(a), blocks.reachable(b)]
      const residency = Residency.make(0)
      const { answer, reads } = blocks.counting(() =>
        subject.diff(subject.open(a, residency), subject.open(b, residency)),
      )
      const shared = reads.filter((digest: Digest) => inA.has(digest) && inB.has(digest))
      return [
        isEq(E.isRight(answer) && answer.right.length, new Set(edits.map((path) => path.join())).size),
        isEq(shared, []),
        holds(
          reads.length <= 4 * edits.length * (blocks.height(a) + blocks.height(b)),
          `${reads.length} reads`,
        ),
      ]
    }),
    law('equality and digests load nothing', [roots, roots], (x, y) => {
      const blocks = new Blocks()
      const [a, b] = [x, y].map((json) => blocks.save(stateOf(subject, json))) as [Digest, Digest]
      const residency = Residency.make(0)
      blocks.rounds = []
      const [s, t] = [subject.open(a, residency), subject.open(b, residency)]
      return [
        isEq(subject.equals(s, t), isEq(x, y).equal),
        isEq(subject.equals(s, stateOf(subject, x)), true),
        isEq(subject.digest(s), a),
        isEq(blocks.rounds, []),
      ]
    }),
  ])
