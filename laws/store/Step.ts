/**
 * A `Step` is something to do to a store: a transaction in terms of places in a world, or a collection.
 *
 * A wish names places as it likes. `honest` makes of it a transaction that the model accepts; `raw` takes it at its
 * word, so it may be refused.
 */
import fc from 'fast-check'
import type { Transaction } from '../../src/store/Store.js'
import { refs as freshRefs, put, type Refs, type World } from './dag.js'
import type { Model } from './Model.js'

export interface Wish {
  readonly puts: ReadonlyArray<number>
  readonly pins: ReadonlyArray<number>
  readonly unpins: ReadonlyArray<number>
  readonly cuts: ReadonlyArray<number>
  /** `null` deletes; `expect` counts only if the wish is taken at its word. */
  readonly heads: ReadonlyArray<{
    readonly name: string
    readonly expect: number | null
    readonly next: number | null
  }>
}

export type Step =
  | { readonly _tag: 'Transact'; readonly wish: Wish; readonly honest: boolean; readonly fresh: boolean }
  | { readonly _tag: 'Collect' }

const place = fc.nat(7)
const places = fc.array(place, { maxLength: 3 })

export const wish: fc.Arbitrary<Wish> = fc.record({
  puts: fc.array(place, { maxLength: 5 }),
  pins: places,
  unpins: places,
  cuts: fc.array(place, { maxLength: 1 }),
  heads: fc.array(
    fc.record({
      name: fc.constantFrom('main', 'main/a', 'other'),
      expect: fc.option(place),
      next: fc.option(place),
    }),
    { maxLength: 3 },
  ),
})

/** Mostly transactions that hold; `fresh` ones know no numbers. */
export const transact: fc.Arbitrary<Step> = fc.record({
  _tag: fc.constant('Transact' as const),
  wish,
  honest: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
  fresh: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
})

export const collect: fc.Arbitrary<Step> = fc.constant({ _tag: 'Collect' })

/** A history with collections in it. */
export const history: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.oneof({ weight: 3, arbitrary: transact }, { weight: 1, arbitrary: collect }),
  { maxLength: 8 },
)

const within = (world: World, places: ReadonlyArray<number>): ReadonlyArray<number> =>
  places.map((n) => n % world.length)

/** At its word: links may be absent, heads elsewhere, pins gone. */
export const raw = (world: World, refs: Refs, wish: Wish): Transaction => {
  const digests = (places: ReadonlyArray<number>) => within(world, places).map((n) => world[n]!.digest)
  const digest = (n: number | null) => (n === null ? null : world[n % world.length]!.digest)
  return {
    puts: within(world, wish.puts).map((n) => put(world, refs, n)),
    pins: digests(wish.pins),
    unpins: digests(wish.unpins),
    cuts: digests(wish.cuts),
    heads: wish.heads.map(({ name, expect, next }) => ({ name, expect: digest(expect), next: digest(next) })),
  }
}

/** The places given and all that they need, in order. */
const closure = (world: World, places: ReadonlyArray<number>): ReadonlyArray<number> => {
  const all = new Set<number>()
  const add = (n: number): void => {
    if (all.has(n)) return
    all.add(n)
    world[n]!.links.forEach(add)
    world[n]!.parents.forEach(add)
  }
  within(world, places).forEach(add)
  return [...all].sort((a, b) => a - b)
}

/** As near to the wish as the model accepts. */
export const honest = (world: World, refs: Refs, model: Model, wish: Wish): Transaction => {
  const puts = closure(world, wish.puts)
  const there = (n: number): boolean => puts.includes(n) || model.blocks.has(world[n]!.digest)
  const present = (places: ReadonlyArray<number>) =>
    within(world, places)
      .filter(there)
      .map((n) => world[n]!.digest)
  const pins = present(wish.pins)
  const pinned = new Map(model.pins)
  for (const digest of pins) pinned.set(digest, (pinned.get(digest) ?? 0) + 1)
  const unpins = within(world, wish.unpins)
    .map((n) => world[n]!.digest)
    .filter((digest) => {
      const times = pinned.get(digest) ?? 0
      pinned.set(digest, times - 1)
      return times > 0
    })
  const names = new Map(model.heads)
  const heads = wish.heads.map(({ name, next }) => {
    const expect = names.get(name) ?? null
    const to = next === null || !there(next % world.length) ? null : world[next % world.length]!.digest
    if (to === null) names.delete(name)
    else names.set(name, to)
    return { name, expect, next: to }
  })
  return { puts: puts.map((n) => put(world, refs, n)), pins, unpins, cuts: present(wish.cuts), heads }
}

export const transaction = (
  world: World,
  refs: Refs,
  model: Model,
  step: Extract<Step, { _tag: 'Transact' }>,
): Transaction => {
  const known = step.fresh ? freshRefs(world) : refs
  return step.honest ? honest(world, known, model, step.wish) : raw(world, known, step.wish)
}
