/** The laws of caches: a plain list that is searched for its least worth at each step keeps the same. */
import fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import type * as Cache from '../../src/materialize/Cache.js'
import { holds, isEq, law, type Suite, suite } from '../Law.js'

/** The operations under test. */
export type Caches = Pick<typeof Cache, 'make' | 'get' | 'set' | 'reweigh' | 'limit' | 'keys' | 'bytes'>

interface Item {
  readonly key: string
  readonly value: number
  readonly size: number
  readonly cost: number
  readonly order: number
  probability: number
  hits: number
  worth: number
}

interface Model {
  items: ReadonlyArray<Item>
  budget: number
  floor: number
  order: number
}

interface Real {
  readonly caches: Caches
  readonly cache: Cache.Cache<string, number>
}

const weigh = (model: Model, item: Item): void => {
  item.worth = model.floor + (item.hits * item.probability * item.cost) / item.size
}

const bytesOf = (items: ReadonlyArray<Item>): number => items.reduce((sum, { size }) => sum + size, 0)

const shrink = (model: Model, bytes: number): void => {
  while (bytesOf(model.items) > bytes) {
    const least = model.items.reduce((x, y) =>
      y.worth < x.worth || (y.worth === x.worth && y.order < x.order) ? y : x,
    )
    model.floor = least.worth
    model.items = model.items.filter((item) => item !== least)
  }
}

type Operation =
  | { readonly op: 'get'; readonly key: string }
  | {
      readonly op: 'set'
      readonly key: string
      readonly value: number
      readonly worth: Required<Cache.Worth>
    }
  | { readonly op: 'reweigh'; readonly key: string; readonly probability: number }
  | { readonly op: 'limit'; readonly budget: number }

const same = (what: string, left: unknown, right: unknown): void => {
  if (!isEq(left, right).equal) throw new Error(`${what}: ${fc.stringify(left)}, not ${fc.stringify(right)}`)
}

const step = (operation: Operation, model: Model, { caches, cache }: Real): void => {
  switch (operation.op) {
    case 'get': {
      const found = model.items.find(({ key }) => key === operation.key)
      same('get', caches.get(operation.key)(cache)(), O.fromNullable(found?.value))
      if (found === undefined) break
      found.hits++
      weigh(model, found)
      break
    }
    case 'set': {
      const { key, value, worth } = operation
      model.items = model.items.filter((item) => item.key !== key)
      const fits = worth.size <= model.budget
      same('set', caches.set(key, value, worth)(cache)(), fits)
      if (!fits) break
      shrink(model, model.budget - worth.size)
      const item: Item = { key, value, ...worth, order: model.order++, hits: 1, worth: 0 }
      weigh(model, item)
      model.items = [...model.items, item]
      break
    }
    case 'reweigh': {
      caches.reweigh(operation.key, operation.probability)(cache)()
      const found = model.items.find(({ key }) => key === operation.key)
      if (found === undefined) break
      found.probability = operation.probability
      weigh(model, found)
      break
    }
    case 'limit': {
      caches.limit(operation.budget)(cache)()
      model.budget = operation.budget
      shrink(model, operation.budget)
    }
  }
  same('keys', [...caches.keys(cache)()].sort(), model.items.map(({ key }) => key).sort())
  same('bytes', caches.bytes(cache)(), bytesOf(model.items))
}

const keys: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const probabilities = fc.constantFrom(0, 0.25, 0.5, 1)
const worths = fc.record({
  size: fc.integer({ min: 1, max: 12 }),
  cost: fc.integer({ min: 1, max: 20 }),
  probability: probabilities,
})

const operations: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant('get' as const), key: keys }) },
  {
    weight: 5,
    arbitrary: fc.record({ op: fc.constant('set' as const), key: keys, value: fc.nat(), worth: worths }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('reweigh' as const), key: keys, probability: probabilities }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('limit' as const), budget: fc.integer({ min: 4, max: 24 }) }),
  },
)

const commands = fc.commands(
  [
    operations.map((operation) => ({
      check: () => true,
      run: (model: Model, real: Real) => step(operation, model, real),
      toString: () => JSON.stringify(operation),
    })),
  ],
  { maxCommands: 80, size: 'max' },
)

const BUDGET = 20

export const cacheLaws = (name: string, caches: Caches): Suite =>
  suite(`cache ${name}`, [
    law('it keeps what a plain list keeps', [commands], (script) => {
      fc.modelRun(
        () => ({
          model: { items: [], budget: BUDGET, floor: 0, order: 0 },
          real: { caches, cache: caches.make<string, number>(BUDGET) },
        }),
        script,
      )
      return holds(true, '')
    }),
    law(
      'the budget is never exceeded',
      [fc.array(fc.tuple(keys, worths), { minLength: 4, maxLength: 40 }), fc.nat({ max: 30 })],
      (sets, budget) => {
        const cache = caches.make<string, number>(budget)
        // Counted from outside: the last size under each key.
        const last = new Map<string, number>()
        return sets.map(([key, worth], i) => {
          caches.set(key, i, worth)(cache)()
          last.set(key, worth.size)
          const kept = caches
            .keys(cache)()
            .reduce((sum, each) => sum + last.get(each)!, 0)
          return holds(kept <= budget, `${kept} bytes in a budget of ${budget}`)
        })
      },
    ),
  ])
