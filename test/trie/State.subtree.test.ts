import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { expect, test } from 'vitest'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}
const now = <F, A>(fetch: Fetch.Fetch<F, A>): A => right(Fetch.toEither(fetch as never))
const of = (json: unknown): State.State => right(State.fromJson(json))

const small = { a: 1 }
const large = { text: 'word '.repeat(2000), ['__proto__x']: 1, '': null }

test.each([
  ['small', small],
  ['large', large],
  ['empty', {}],
])('a %s state stands in another as its value does, and comes out as it was', (_, json) => {
  const inner = of(json)
  const nested = now(State.setSubtree(['agents', 'ann'], inner)(of({ other: 1 })))
  expect(State.digest(nested)).toBe(State.digest(of({ other: 1, agents: { ann: json } })))
  const out = now(State.subtree(['agents', 'ann'])(nested))
  expect(pipe(out, O.map(State.digest))).toEqual(O.some(State.digest(inner)))
})

test('nothing, or what is no map, is told apart', () => {
  const state = of({ list: [1], text: 'x'.repeat(3000), map: {} })
  expect(now(State.subtree(['nothing'])(state))).toEqual(O.none)
  for (const key of ['list', 'text'])
    expect(Fetch.toEither(State.subtree([key])(state) as never)).toMatchObject(
      E.left({ _tag: 'InvalidPath' }),
    )
  expect(now(State.subtree([])(state))).toEqual(O.some(state))
})

test('a subtree of a stored state loads its own root only', () => {
  const store = MemoryStore.make()
  const components = ComponentStore.make(store)
  const root = StateReference.root(components)(
    of({ agents: { ann: large, bob: { text: 'y '.repeat(4000) } } }),
  )()
  const { digest } = right(StateReference.commit()(root)())
  components.residency.clear()
  const opened = right(StateReference.open(components)(digest)())
  const before = components.residency.size()
  const ann = right(StateReference.ask(State.subtree(['agents', 'ann']))(opened)())
  expect(O.isSome(ann)).toBe(true)
  expect(components.residency.size() - before).toBeLessThanOrEqual(3)
})
