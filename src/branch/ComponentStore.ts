/**
 * A `ComponentStore` is what agents share: a store of blocks, the loaded nodes of it, and the families of references
 * that live on it.
 *
 * Equal committed subtrees are one block in the store and one object in memory, whichever agents they belong to. Of a
 * component one can ask how often it is referred to, since when it is shared, and which references hold it.
 *
 * Laws (`coppice/laws`, `referenceLaws`): releasing every reference and collecting leaves what heads reach, and
 * nothing else; what a live reference reaches is never taken; equal commits add nothing.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { ComponentStore, MemoryStore, State, StateReference } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const components = ComponentStore.make(MemoryStore.make())
 * const root = StateReference.root(components)(State.empty)()
 * assert.strictEqual(ComponentStore.live(components)(), 1)
 * assert.ok(E.isRight(StateReference.commit()(root)()))
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import type * as O from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Digest } from '../data/Digest.js'
import type { StoreFailed } from '../data/Failure.js'
import type { AsyncStore, Counting, Receipt, Store, TransactFailure, Transaction } from '../store/Store.js'
import * as Residency from '../trie/Residency.js'
import { Family, type Member, membersOf, Pins } from './internal/family.js'
import { type Program, run, runAsync, transact } from './internal/program.js'

/** Over a synchronous store `S` its effects are `IOEither`, over an asynchronous one `TaskEither`. */
export interface ComponentStore<S extends Store | AsyncStore = Store> {
  readonly store: S
  readonly residency: Residency.Residency
}

/** What is known of a component. */
export interface Component {
  readonly digest: Digest
  /** References to its block: links, heads, pins. */
  readonly count: number
  /** When, in ms, its count first reached two. */
  readonly sharedSince: O.Option<number>
  /** Whether it is in memory now. */
  readonly resident: boolean
}

class Components<S extends Store | AsyncStore> implements ComponentStore<S> {
  readonly store: S
  readonly residency: Residency.Residency
  /** Digests of which a pin is no longer needed. */
  readonly released: Array<Digest> = []
  private readonly families = new Set<WeakRef<Family>>()
  private readonly finalizer = new FinalizationRegistry<readonly [Pins, WeakRef<Family>]>(
    ([pins, family]) => {
      this.families.delete(family)
      pins.keepOnly(new Set())
    },
  )
  constructor(store: S, residency: Residency.Residency) {
    this.store = store
    this.residency = residency
  }
  newFamily(): Family {
    const pins = new Pins(this.released)
    const family = new Family(pins, () => {
      pins.keepOnly(new Set())
      this.families.delete(weak)
      this.finalizer.unregister(weak)
    })
    const weak = new WeakRef(family)
    this.families.add(weak)
    this.finalizer.register(family, [pins, weak], weak)
    return family
  }
  living(): ReadonlyArray<Family> {
    return [...this.families].flatMap((weak) => weak.deref() ?? [])
  }
}

/** @internal */
export const internals = <S extends Store | AsyncStore>(
  components: ComponentStore<S>,
): {
  readonly newFamily: () => Family
  readonly living: () => ReadonlyArray<Family>
  readonly released: Array<Digest>
} => components as Components<S>

/** @category constructors */
export const make = <S extends Store | AsyncStore>(
  store: S,
  options: { readonly residency?: Residency.Residency } = {},
): ComponentStore<S> => new Components(store, options.residency ?? Residency.make())

/** The number of references that are not released. O(families). */
export const live =
  <S extends Store | AsyncStore>(components: ComponentStore<S>): IO<number> =>
  () =>
    internals(components)
      .living()
      .reduce((sum, family) => sum + family.live, 0)

/** @internal Every reference that is not released. */
export const members = <S extends Store | AsyncStore>(components: ComponentStore<S>): ReadonlyArray<Member> =>
  internals(components).living().flatMap(membersOf)

/** What is known of the component with a digest. */
export const component =
  <S extends Store & Counting>(components: ComponentStore<S>) =>
  (digest: Digest): IOEither<StoreFailed, Component> =>
  () => {
    const count = components.store.count(digest)()
    const since = components.store.sharedSince(digest)()
    if (count._tag === 'Left') return count
    if (since._tag === 'Left') return since
    const resident = components.residency.has(digest)
    return E.right({ digest, count: count.right, sharedSince: since.right, resident })
  }

/**
 * @internal A transaction that also unpins what released references no longer need. If the store has lost track of such
 * a pin, because it never answered the transaction that took it, the pin is forgotten and not the transaction.
 */
export function* settling<S extends Store | AsyncStore>(
  components: ComponentStore<S>,
  transaction: Transaction,
): Program<E.Either<TransactFailure, Receipt>> {
  const { released } = internals(components)
  const unpins = released.splice(0)
  for (;;) {
    const done = yield* transact({ ...transaction, unpins })
    if (done._tag === 'Right') return done
    const lost = done.left._tag === 'NotPinned' ? unpins.indexOf(done.left.digest) : -1
    if (lost < 0) {
      released.push(...unpins)
      return done
    }
    unpins.splice(lost, 1)
  }
}

/** @internal */
export function* unpinning<S extends Store | AsyncStore>(
  components: ComponentStore<S>,
): Program<E.Either<TransactFailure, number>> {
  const { length } = internals(components).released
  return length === 0 ? E.right(0) : E.map(() => length)(yield* settling(components, {}))
}

/**
 * Tells the store which pins released references no longer need; answers how many. Every commit and open does so
 * too, so this is only for when neither comes.
 */
export const flush = <S extends Store>(components: ComponentStore<S>): IOEither<TransactFailure, number> =>
  run(components.store, () => unpinning(components))

/** `flush` over an asynchronous store. */
export const flushAsync = <S extends AsyncStore>(
  components: ComponentStore<S>,
): TaskEither<TransactFailure, number> => runAsync(components.store, () => unpinning(components))
