/**
 * The laws of a factory, for any: run them on yours with an arbitrary of what its components hold and a view of what can be
 * seen of its objects.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Value } from '../../src/data/Value.js'
import * as Component from '../../src/materialize/Component.js'
import type { Factory } from '../../src/materialize/Factory.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'
import { holds, type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'

export interface FactorySubject<A> {
  /** Contents of components, among them such as the factory refuses. */
  readonly contents: fc.Arbitrary<Value>
  /** Two contents, the second an edit of the first; unrelated ones if it is not said. */
  readonly edits?: fc.Arbitrary<readonly [Value, Value]>
  /** Whatever can be seen of an object; compared by structure. */
  readonly view: (object: A) => unknown
}

const get = <F, A>(result: E.Either<F, A>): A => {
  if (result._tag === 'Left') throw new Error(`unexpected failure: ${JSON.stringify(result.left)}`)
  return result.right
}

/** A content as a component that is wholly in memory, and as one of which nothing is. */
const components = (value: Value) => {
  const store = MemoryStore.make()
  const state = get(State.fromJson({ part: value }))
  const reference = StateReference.root(ComponentStore.make(store))(state)()
  const { digest } = get(StateReference.commit()(reference)())
  const part = (from: Component.Component): Component.Component => {
    const found = get(Fetch.run(store)(Component.at(['part'])(from))())
    if (found._tag === 'None') throw new Error('nothing stands here')
    return found.value
  }
  return {
    store,
    resident: part(Component.ofState(state)),
    lazy: part(Component.ofDigest(digest, Residency.make(0))),
  }
}

type Made<A> = E.Either<string, A>

/** The object, or the tag of why there is none. */
const built = async <A>(
  { read, create }: Factory<A, unknown>,
  component: Component.Component,
  store: MemoryStore.MemoryStore,
): Promise<Made<A>> => {
  const input = Fetch.run(store)(read(component))()
  if (input._tag === 'Left') return E.left(input.left._tag)
  try {
    if (create._tag === 'Pure') return E.right(create.run(input.right))
    return E.mapLeft(() => 'Left')(await create.run(input.right, new AbortController().signal)())
  } catch {
    return E.left('threw')
  }
}

export const factoryLaws = <A, B>(
  name: string,
  factory: Factory<A, B>,
  { contents, edits, view }: FactorySubject<A>,
): Suite => {
  const seen = E.map(view)
  const any = factory as Factory<A, unknown>
  const pairs = edits ?? fc.tuple(contents, contents)
  return suite(`factory ${name}`, [
    lawAsync('lazy = eager', [contents], async (value) => {
      const { store, resident, lazy } = components(value)
      const eager = await built(any, resident, store)
      return [
        isEq(seen(await built(any, lazy, store)), seen(eager)),
        isEq(seen(await built(any, resident, store)), seen(eager)),
      ]
    }),
    lawAsync('delta = rebuild', [pairs], async ([before, after]) => {
      const [a, b] = [components(before), components(after)]
      const [first, second] = [await built(any, a.resident, a.store), await built(any, b.resident, b.store)]
      const { applyDelta } = factory
      if (applyDelta === undefined || first._tag === 'Left' || second._tag === 'Left') return []
      const was = view(first.right)
      const over = (
        object: A,
        from: Component.Component,
        to: Component.Component,
        store: MemoryStore.MemoryStore,
      ): A => {
        const patch = get(Fetch.run(store)(Component.diff(from, to))())
        return get(Fetch.run(store)(applyDelta(object, patch, to))())
      }
      const there = over(first.right, a.resident, b.lazy, b.store)
      const verdicts: Array<IsEq> = [isEq<unknown>(view(there), view(second.right))]
      const back = over(there, b.resident, a.lazy, a.store)
      // Looked at in every order, since objects may share what is inside them.
      verdicts.push(isEq<unknown>(view(back), was))
      verdicts.push(isEq<unknown>(view(first.right), was))
      verdicts.push(isEq<unknown>(view(there), view(second.right)))
      return verdicts
    }),
    lawAsync('a size is a number of bytes', [contents], async (value) => {
      const { store, resident } = components(value)
      const made = await built(any, resident, store)
      if (made._tag === 'Left') return []
      const size = factory.estimateSize(made.right)
      return holds(Number.isFinite(size) && size >= 0, `${size}`)
    }),
  ])
}
