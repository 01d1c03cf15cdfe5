/** Where searches run in the tests: managers over either shape of store, problems that fail when told to, and another process. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import * as Collector from '../../../src/branch/Collector.js'
import * as ComponentStore from '../../../src/branch/ComponentStore.js'
import * as StateReference from '../../../src/branch/StateReference.js'
import type { Failure } from '../../../src/data/Failure.js'
import * as AsyncStore from '../../../src/store/AsyncStore.js'
import * as MemoryStore from '../../../src/store/MemoryStore.js'
import type * as Store from '../../../src/store/Store.js'
import * as Manager from '../../../src/superposition/Manager.js'
import * as Measure from '../../../src/superposition/Measure.js'
import { asked, type Problem } from '../../../src/superposition/search/Problem.js'
import * as Weight from '../../../src/superposition/Weight.js'
import * as Fetch from '../../../src/trie/Fetch.js'
import * as State from '../../../src/trie/State.js'

export const right = <F, A>(either: E.Either<F, A>): A => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}

export type Slow = Store.AsyncStore & Store.AsyncCollectable

/** A store in memory that answers later. */
export const slowStore = (): Slow => {
  const inner = MemoryStore.make()
  return { ...AsyncStore.toAsync(inner), slice: (bounds) => TE.fromIOEither(inner.slice(bounds)) }
}

export interface World {
  readonly components: ComponentStore.ComponentStore<Slow>
  readonly manager: Manager.Manager<Slow>
  readonly root: StateReference.StateReference<Slow>
}

const begin = (store: Slow) => {
  const components = ComponentStore.make(store)
  return { components, collector: Collector.make(components) }
}

export const worldOf = (state: State.State): World => {
  const { components, collector } = begin(slowStore())
  return {
    components,
    manager: Manager.make(components, collector),
    root: StateReference.root(components)(state)(),
  }
}

/** What a state becomes when it is committed, and opened by someone who has nothing in memory. */
const opened = async ({ components }: World, state: State.State) => {
  const { store } = components
  const holder = StateReference.root(components)(state)()
  const { digest } = right(await StateReference.commitAsync()(holder)())
  const other = begin(store)
  return { ...other, root: right(await StateReference.openAsync(other.components)(digest)()) }
}

/** The manager in another process. */
export const reopened = async (world: World): Promise<World> => {
  const stored = right(await Fetch.runAsync(world.components.store)(Manager.toState(world.manager)())())
  const { components, collector, root } = await opened(world, stored)
  return { components, root, manager: right(await Manager.fromState(components, collector)(root)()) }
}

/** What its root holds, in another process. */
export const moved = async (world: World): Promise<World> => {
  const { components, collector, root } = await opened(world, right(StateReference.read(world.root)()))
  return { components, root, manager: Manager.make(components, collector) }
}

/** A string, to which each move adds a letter. */
export const text = (reference: StateReference.StateReference<Slow>): TE.TaskEither<Failure, string> =>
  asked(reference, State.at(['text'], t.string))

export const textState = (of: string): State.State => right(State.fromJson({ text: of }))

/** Some number from 0 to 1 for each text. */
export const charm = (of: string): number => {
  let h = 7
  for (const letter of of) h = (Math.imul(h, 31) + letter.charCodeAt(0)) >>> 0
  return (Math.imul(h, 2654435761) >>> 8) / 2 ** 24
}

/** Up to `length` letters; the charm of a text is its score. */
export const spelling = (length: number): Problem<Slow, Failure> => ({
  expand: (reference) =>
    TE.map((so: string) =>
      so.length === length
        ? []
        : ['a', 'b', 'c'].map((label, i) => ({
            label,
            prior: i + 1,
            apply: State.set(['text'], so + label),
          })),
    )(text(reference)),
  score: (reference) => TE.map(charm)(text(reference)),
})

/** The problem, of which the call of a number fails; `calls` says how many there were. */
export const failing = <S extends Store.Store | Store.AsyncStore, F>(
  { expand, score }: Problem<S, F>,
  at: number,
): { readonly problem: Problem<S, F | 'down'>; readonly calls: () => number } => {
  let calls = 0
  const counted =
    <A>(ask: (reference: StateReference.StateReference<S>) => TE.TaskEither<F, A>) =>
    (reference: StateReference.StateReference<S>): TE.TaskEither<F | 'down', A> =>
    async () =>
      calls++ === at ? E.left('down') : await ask(reference)()
  return { problem: { expand: counted(expand), score: counted(score) }, calls: () => calls }
}

/** All that a manager believes, exactly, and what its branches hold. */
export const belief = (name: string, { manager }: World): ReadonlyArray<string> =>
  Measure.branches(right(Manager.measure(name)(manager)())).map(([key, { reference }, weight]) =>
    [key, Weight.show(weight), State.digest(right(StateReference.read(reference)()))].join(' '),
  )
