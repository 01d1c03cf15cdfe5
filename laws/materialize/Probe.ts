/** Components with a number in each, and factories that note what is done with them: what laws of materialisers look at. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import * as Component from '../../src/materialize/Component.js'
import * as Factory from '../../src/materialize/Factory.js'
import type * as Materializer from '../../src/materialize/Materializer.js'
import * as Pressure from '../../src/materialize/Pressure.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'

/** The operations under test. */
export type Materializers = Pick<
  typeof Materializer,
  'make' | 'makeAsync' | 'weighBy' | 'materialize' | 'now' | 'peek' | 'advance' | 'reweigh' | 'clear'
>

/** Numbers of components. */
export const COMPONENTS = 8

const must = <F, A>(result: E.Either<F, A>): A => {
  if (result._tag === 'Left') throw new Error(`unexpected failure: ${JSON.stringify(result.left)}`)
  return result.right
}

/** A store that holds all components; nothing of them stays in memory. */
export interface World {
  readonly store: MemoryStore.MemoryStore
  readonly components: ComponentStore.ComponentStore<MemoryStore.MemoryStore>
  readonly digests: ReadonlyArray<Digest>
}

export const world = (): World => {
  const store = MemoryStore.make()
  const components = ComponentStore.make(store, { residency: Residency.make(0) })
  const digests = Array.from({ length: COMPONENTS }, (_, n) => {
    const reference = StateReference.root(components)(must(State.fromJson({ n })))()
    return must(StateReference.commit()(reference)()).digest
  })
  return { store, components, digests }
}

export interface Made {
  readonly n: number
}

export const type: Factory.Type<Made> = Factory.type<Made>('probe')

/** What a factory has been seen doing. */
export class Log {
  /** The numbers of what was built, in the order in which the builds began. */
  readonly builds: Array<number> = []
  private readonly under = new Map<number, number>()
  /** The most builds that were under way at a time, of one number and of all. */
  mostOfOne = 0
  mostOfAll = 0
  begin(n: number): void {
    this.builds.push(n)
    this.under.set(n, (this.under.get(n) ?? 0) + 1)
    this.mostOfOne = Math.max(this.mostOfOne, this.under.get(n)!)
    this.mostOfAll = Math.max(
      this.mostOfAll,
      [...this.under.values()].reduce((x, y) => x + y, 0),
    )
  }
  end(n: number): void {
    this.under.set(n, this.under.get(n)! - 1)
  }
}

const read = (component: Component.Component) =>
  Fetch.map(({ n }: Made) => n)(Component.typed(t.type({ n: t.number }))(component))

interface Common {
  readonly log: Log
  readonly size: (n: number) => number
}

/** Builds at once; `fault` may throw. */
export const pure = ({
  log,
  size,
  fault,
}: Common & { readonly fault?: (n: number) => void }): Factory.AnyFactory =>
  Factory.pure<Made, number>({
    type,
    read,
    create: (n) => {
      log.begin(n)
      try {
        fault?.(n)
        return { n }
      } finally {
        log.end(n)
      }
    },
    estimateSize: ({ n }) => size(n),
    applyDelta: ({ n: before }, patch) => {
      const [change] = patch
      return Fetch.of({ n: change?.op === 'change' ? (change.after as number) : before })
    },
  })

/** Builds when `turn` says so. */
export const effect = ({
  log,
  size,
  turn,
}: Common & { readonly turn: (n: number) => Promise<void> }): Factory.AnyFactory =>
  Factory.effect<Made, number>({
    type,
    read,
    create:
      (n): TaskEither<unknown, Made> =>
      async () => {
        log.begin(n)
        try {
          await turn(n)
          return E.right({ n })
        } finally {
          log.end(n)
        }
      },
    estimateSize: ({ n }) => size(n),
  })

/** Nothing but what a law sets changes what a materialiser does. */
export const still: Materializer.Options = {
  pressure: Pressure.constant(0, 1),
  clock: () => 0,
  patience: 2 ** 30,
}
