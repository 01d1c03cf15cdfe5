/** The laws of priority queues: a plain list that is searched at each turn does the same. */
import fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import type * as Queue from '../../src/materialize/Queue.js'
import { holds, type IsEq, isEq, law, type Suite, suite } from '../Law.js'

/** The operations under test. */
export type Queues = Pick<typeof Queue, 'make' | 'push' | 'take' | 'reweigh' | 'cancel' | 'size'>

interface Item {
  readonly key: string
  readonly order: number
  readonly probability: number
  readonly size: number
}

interface Model {
  items: ReadonlyArray<Item>
  turns: number
  order: number
}

interface Real {
  readonly queues: Queues
  readonly queue: Queue.Queue<string>
}

const PATIENCE = 3

const first = (items: ReadonlyArray<Item>, before: (x: Item, y: Item) => boolean): Item | undefined =>
  items.reduce<Item | undefined>(
    (least, x) => (least === undefined || before(x, least) ? x : least),
    undefined,
  )

const likelier = (x: Item, y: Item): boolean =>
  x.probability !== y.probability
    ? x.probability > y.probability
    : x.size !== y.size
      ? x.size < y.size
      : x.order < y.order

const same = (what: string, left: unknown, right: unknown): void => {
  if (!isEq(left, right).equal) throw new Error(`${what}: ${fc.stringify(left)}, not ${fc.stringify(right)}`)
}

type Operation =
  | { readonly op: 'push'; readonly key: string; readonly probability: number; readonly size: number }
  | { readonly op: 'reweigh'; readonly key: string; readonly probability: number }
  | { readonly op: 'cancel'; readonly key: string }
  | { readonly op: 'take' }

const step = (operation: Operation, model: Model, { queues, queue }: Real): void => {
  switch (operation.op) {
    case 'push': {
      const { key, probability, size } = operation
      queues.push(key, { probability, size })(queue)()
      const there = model.items.find((item) => item.key === key)
      const item = { key, probability, size, order: there?.order ?? model.order++ }
      model.items = [...model.items.filter((each) => each !== there), item]
      break
    }
    case 'reweigh': {
      const { key, probability } = operation
      const there = model.items.some((item) => item.key === key)
      same('reweigh', queues.reweigh(key, probability)(queue)(), there)
      model.items = model.items.map((item) => (item.key === key ? { ...item, probability } : item))
      break
    }
    case 'cancel': {
      const { key } = operation
      const there = model.items.some((item) => item.key === key)
      same('cancel', queues.cancel(key)(queue)(), there)
      model.items = model.items.filter((item) => item.key !== key)
      break
    }
    case 'take': {
      if (model.items.length > 0) model.turns++
      const oldest = model.turns % PATIENCE === 0
      const taken = first(model.items, oldest ? (x, y) => x.order < y.order : likelier)
      same('take', queues.take(queue)(), O.fromNullable(taken?.key))
      model.items = model.items.filter((item) => item !== taken)
    }
  }
  same('size', queues.size(queue)(), model.items.length)
}

const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
const probabilities = fc.constantFrom(0, 0.1, 0.25, 0.5, 0.9, 1)
const sizes = fc.nat({ max: 3 })

const operations: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('push' as const),
      key: keys,
      probability: probabilities,
      size: sizes,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('reweigh' as const), key: keys, probability: probabilities }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('cancel' as const), key: keys }) },
  { weight: 3, arbitrary: fc.constant<Operation>({ op: 'take' }) },
)

const commands = fc.commands(
  [
    operations.map((operation) => ({
      check: () => true,
      run: (model: Model, real: Real) => step(operation, model, real),
      toString: () => JSON.stringify(operation),
    })),
  ],
  { maxCommands: 60, size: 'max' },
)

/** What is taken until nothing comes any more, or more than ever was there. */
const drained = ({ queues, queue }: Real, most: number): ReadonlyArray<string> => {
  const taken: Array<string> = []
  for (
    let key = queues.take(queue)();
    key._tag === 'Some' && taken.length <= most;
    key = queues.take(queue)()
  ) {
    taken.push(key.value)
  }
  return taken
}

const ranks = fc.array(fc.tuple(probabilities, sizes), { minLength: 4, maxLength: 30 })

export const queueLaws = (name: string, queues: Queues): Suite => {
  const real = (patience: number): Real => ({ queues, queue: queues.make<string>({ patience }) })
  const filled = (patience: number, all: ReadonlyArray<readonly [number, number]>): Real => {
    const made = real(patience)
    for (const [i, [probability, size]] of all.entries())
      queues.push(`${i}`, { probability, size })(made.queue)()
    return made
  }
  return suite(`queue ${name}`, [
    law('it does as a plain list does', [commands], (script) => {
      fc.modelRun(() => ({ model: { items: [], turns: 0, order: 0 }, real: real(PATIENCE) }), script)
      return holds(true, '')
    }),
    law(
      'between the turns of the oldest the likeliest is taken',
      [ranks, fc.integer({ min: 2, max: 5 })],
      (all, patience) => {
        const taken = drained(filled(patience, all), all.length).map((key) => all[Number(key)]![0])
        return taken.map((probability, i): IsEq => {
          const most = Math.max(0, ...taken.slice(i + 1))
          return holds((i + 1) % patience === 0 || probability >= most, `${probability} before ${most}`)
        })
      },
    ),
    law('nothing waits longer than the bound', [ranks, fc.integer({ min: 2, max: 5 })], (all, patience) => {
      const { queue } = filled(patience, all)
      queues.push('last', { probability: 0, size: 9 })(queue)()
      const bound = (all.length + 1) * patience
      for (let turn = 1; turn <= bound; turn++) {
        queues.push(`new ${turn}`, { probability: 1, size: 0 })(queue)()
        const key = queues.take(queue)()
        if (key._tag === 'Some' && key.value === 'last') return holds(true, '')
      }
      return holds(false, `not taken in ${bound} turns`)
    }),
    law(
      'what was cancelled is not taken, what waits is taken once',
      [ranks, fc.array(fc.nat({ max: 30 }), { minLength: 1 })],
      (all, gone) => {
        const made = filled(PATIENCE, all)
        const lost = new Set(gone.map((i) => `${i % all.length}`))
        for (const key of lost) queues.cancel(key)(made.queue)()
        const left = all.map((_, i) => `${i}`).filter((key) => !lost.has(key))
        return isEq([...drained(made, all.length)].sort(), left.sort())
      },
    ),
  ])
}
