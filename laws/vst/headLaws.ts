/**
 * The laws of heads, with others who move them at the same time.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import type { Digest } from '../../src/data/Digest.js'
import { toAsync } from '../../src/store/AsyncStore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import * as Sound from '../../src/vst/Heads.js'
import * as Resolver from '../../src/vst/Resolver.js'
import { get } from '../branch/Subject.js'
import { fact, holds, isEq, type Law, law, lawAsync, type Suite, suite } from '../Law.js'
import { type Access, isOrdered, places, scripts, seen } from './headMoves.js'
import { history } from './histories.js'
import { slow } from './slowStore.js'

/** The operations under test. */
export type HeadOperations = Pick<
  typeof Sound,
  | 'make'
  | 'get'
  | 'getAsync'
  | 'list'
  | 'move'
  | 'moveAsync'
  | 'create'
  | 'remove'
  | 'withHead'
  | 'withHeadAsync'
  | 'watch'
  | 'poll'
  | 'idle'
>

/** Three checkpoints to name. */
const three = () => history([0, 1, 2].map((time) => ({ parents: [], time })))

const expectRight = <F, A>(either: E.Either<F, A>): A => get(() => either)

// -------------------------------------------------------------------------------------
// one at a time, and two at once
// -------------------------------------------------------------------------------------

const models = (op: HeadOperations): Law =>
  law(
    'heads are a map of names that are moved from where they stand',
    [
      fc.array(fc.tuple(fc.constantFrom('a', 'a/b', 'b', ''), places, places, fc.boolean()), {
        maxLength: 12,
      }),
    ],
    (steps) => {
      const { digests, components } = three()
      const heads = op.make(components)()
      const named = (place: number): Digest | null => digests[place] ?? null
      const model = new Map<string, Digest>()
      // Made for another law; the model has it too.
      model.set('last', digests[2]!)
      const answers = steps.map(([name, from, to, honest]) => {
        const here = model.get(name) ?? null
        const expect = honest ? here : named(from)
        const next = named(to)
        const done =
          expect === null && next !== null
            ? op.create(name, next)(heads)()
            : next === null && expect !== null
              ? op.remove(name, expect)(heads)()
              : op.move(name, expect, next)(heads)()
        if (expect === here) {
          if (next === null) model.delete(name)
          else model.set(name, next)
        }
        return [
          isEq(done._tag === 'Left' ? done.left._tag : 'moved', expect === here ? 'moved' : 'HeadMoved'),
          isEq(op.get(name)(heads)(), E.right(O.fromNullable(model.get(name)))),
        ]
      })
      const sorted = [...model].sort(([x], [y]) => (x < y ? -1 : 1))
      return [
        ...answers.flat(),
        ...['', 'a', 'a/', 'zzz'].map((prefix) =>
          isEq(
            get(op.list(prefix)(heads)),
            sorted.filter(([name]) => name.startsWith(prefix)),
          ),
        ),
      ]
    },
  )

const linearisable = (op: HeadOperations): Law =>
  lawAsync(
    'reads and moves by two at once are as if one after another',
    [fc.scheduler(), scripts, scripts],
    async (s, mine, yours) => {
      const { digests, store } = three()
      const heads = op.make(ComponentStore.make(slow(toAsync(store), s)))()
      const access: Access = {
        get: op.getAsync('main')(heads),
        move: (expect, next) => op.moveAsync('main', expect, next)(heads),
      }
      const events = await seen(s, digests, [
        [access, mine],
        [access, yours],
      ])
      return holds(isOrdered(events), 'no order explains what was seen')
    },
  )

const one = (op: HeadOperations): Law =>
  lawAsync('of two who move a head from one place at once, one does', [fc.scheduler()], async (s) => {
    const { digests, store } = three()
    const heads = op.make(ComponentStore.make(slow(toAsync(store), s)))()
    const rivals = digests.slice(0, 2)
    const done = await s.waitFor(
      Promise.all(rivals.map((digest) => op.moveAsync('main', null, digest)(heads)())),
    )
    const winners = rivals.filter((_, i) => E.isRight(done[i]!))
    return [isEq(winners.length, 1), isEq(get(store.head('main')), winners[0])]
  })

// -------------------------------------------------------------------------------------
// changes
// -------------------------------------------------------------------------------------

const numberAt =
  (key: string) =>
  (state: State.State): Fetch.Fetch<State.LoadFailure, number> =>
    Fetch.map((found: O.Option<unknown>) => (O.isSome(found) ? Number(found.value) : 0))(
      State.get([key])(state),
    )

const increment = (key: string) => (state: State.State) =>
  Fetch.flatMap(numberAt(key)(state), (n) => State.set([key], n + 1)(state))

const tip = (store: MemoryStore.MemoryStore): Digest => get(store.head('main'))!

const stateAt = (store: MemoryStore.MemoryStore, digest: Digest): State.State =>
  State.open(get(Fetch.run(store)(Checkpoint.load(digest))).state, Residency.make())

const logOf = (store: MemoryStore.MemoryStore): ReadonlyArray<Digest> =>
  get(Fetch.run(store)(Checkpoint.log()([tip(store)]))).map(({ digest }) => digest)

const counted = (store: MemoryStore.MemoryStore, digest: Digest): number =>
  get(Fetch.run(store)(numberAt('n')(stateAt(store, digest))))

const kept = (op: HeadOperations): Law =>
  lawAsync(
    'two who change a head at once lose no change',
    [
      fc.scheduler(),
      fc.constantFrom<Sound.Strategy>('testAndSet', 'merge', 'set'),
      fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    ],
    async (s, strategy, sizes) => {
      const memory = MemoryStore.make()
      const rules = [{ at: ['n'], resolve: Resolver.counter }]
      const write = async (writer: number): Promise<ReadonlyArray<Digest>> => {
        // As two processes: nothing in common but the store.
        const heads = op.make(ComponentStore.make(slow(toAsync(memory), s)))()
        const done: Array<Digest> = []
        for (let i = 0; i < sizes[writer]!; i++) {
          const change = (state: State.State) =>
            Fetch.flatMap(increment('n')(state), State.set([`by ${writer}`], i))
          const options = { strategy, rules, tries: 50, message: `${writer}.${i}`, clock: () => 0 }
          done.push(expectRight(await op.withHeadAsync('main', change, options)(heads)()).checkpoint)
        }
        return done
      }
      const done = (await s.waitFor(Promise.all([write(0), write(1)]))).flat()
      const last = tip(memory)
      memory.collect()
      const log = logOf(memory)
      const by = [0, 1].map((writer) =>
        get(Fetch.run(memory)(State.get([`by ${writer}`])(stateAt(memory, last)))),
      )
      const n = counted(memory, last)
      const sum = sizes[0] + sizes[1]
      return [
        isEq(new Set(log), new Set(done)),
        isEq(log.length, sum),
        ...(strategy === 'set'
          ? []
          : [
              isEq(
                by,
                sizes.map((size) => O.some(size - 1)),
              ),
            ]),
        // Two steps from one number to the same next one are one step to a merge.
        strategy === 'testAndSet'
          ? isEq(n, sum)
          : holds(n >= (strategy === 'merge' ? Math.max(...sizes) : 1) && n <= sum, `${n} steps of ${sum}`),
      ]
    },
  )

/** A change while which a rival commits, the first `times` times. */
const disturbed = (op: HeadOperations, rival: Sound.Heads, times: number) => {
  let made = 0
  return {
    made: () => made,
    change: (state: State.State) => {
      made++
      if (made <= times) get(op.withHead('main', State.set(['rival'], made), {})(rival))
      return increment('n')(state)
    },
  }
}

const bounded = (op: HeadOperations): ReadonlyArray<Law> => [
  law(
    'a change is tried as often as it is said',
    [fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }), fc.boolean()],
    (tries, times, begun) => {
      const store = MemoryStore.make()
      const components = ComponentStore.make(store)
      const [heads, rival] = [op.make(components)(), op.make(ComponentStore.make(store))()]
      if (begun) get(op.withHead('main', State.set(['n'], 0), {})(rival))
      const { change, made } = disturbed(op, rival, times)
      const done = op.withHead('main', change, { tries })(heads)()
      const fails = times >= tries
      return [
        isEq(made(), fails ? tries : times + 1),
        isEq(done._tag === 'Left' ? done.left._tag : 'done', fails ? 'HeadMoved' : 'done'),
        isEq(counted(store, tip(store)), fails ? 0 : 1),
        isEq(
          get(Fetch.run(store)(State.get(['rival'])(stateAt(store, tip(store))))),
          times === 0 ? O.none : O.some(Math.min(times, tries)),
        ),
      ]
    },
  ),
  fact('each strategy does what it says', () => {
    const outcome = (strategy: Sound.Strategy, key: string): unknown => {
      const store = MemoryStore.make()
      const [heads, rival] = [store, store].map((one) => op.make(ComponentStore.make(one))())
      get(op.withHead('main', State.set(['n'], 1), {})(rival!))
      let made = 0
      const change = (state: State.State) => {
        if (made++ === 0) get(op.withHead('main', State.set([key], 5), {})(rival!))
        return increment('n')(state)
      }
      const done = op.withHead('main', change, { strategy })(heads!)()
      if (E.isLeft(done)) return [done.left._tag, made]
      return [get(Fetch.run(store)(State.toJson(stateAt(store, tip(store))))), made, logOf(store).length]
    }
    return [
      isEq(outcome('set', 'm'), [{ n: 2 }, 1, 3]),
      isEq(outcome('testAndSet', 'm'), [{ m: 5, n: 2 }, 2, 3]),
      isEq(outcome('merge', 'm'), [{ m: 5, n: 2 }, 1, 3]),
      isEq(outcome('set', 'n'), [{ n: 2 }, 1, 3]),
      isEq(outcome('testAndSet', 'n'), [{ n: 6 }, 2, 3]),
      isEq(outcome('merge', 'n'), ['Conflicted', 1]),
    ]
  }),
  fact('a change that fails changes nothing', () => {
    const store = MemoryStore.make()
    const heads = op.make(ComponentStore.make(store))()
    get(op.withHead('main', State.set(['n'], 1), {})(heads))
    const before = tip(store)
    const done = op.withHead('main', () => Fetch.fail('no' as const), {})(heads)()
    return [isEq<unknown>(done, E.left('no')), isEq(tip(store), before)]
  }),
]

// -------------------------------------------------------------------------------------
// watchers
// -------------------------------------------------------------------------------------

const watched = (op: HeadOperations): ReadonlyArray<Law> => [
  lawAsync(
    'a watcher sees in order, never two at once, and at last the last',
    [fc.scheduler(), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 })],
    async (s, size, writers) => {
      const memory = MemoryStore.make()
      const happened: Array<Digest | null> = [null]
      const store = slow(toAsync(memory), s, ({ heads = [] }) => {
        for (const { name, expect, next } of heads)
          if (name === 'main' && expect !== next) happened.push(next)
      })
      const heads = op.make(ComponentStore.make(store))()
      const saw: Array<Digest | null> = []
      let busy = 0
      let overlapped = false
      op.watch('main', (sight) => async () => {
        overlapped ||= busy > 0
        busy++
        saw.push(O.toNullable(expectRight(sight)))
        await s.schedule(Promise.resolve())
        await s.schedule(Promise.resolve())
        busy--
      })(heads)()
      const write = async (writer: number): Promise<void> => {
        for (let i = 0; i < size; i++) {
          const change = State.set([`${writer}`], i)
          expectRight(await op.withHeadAsync('main', change, { tries: 99, clock: () => writer })(heads)())
        }
      }
      await s.waitFor(Promise.all(Array.from({ length: writers }, (_, i) => write(i))))
      await s.waitFor(op.idle(heads)())
      // No two checkpoints of one line are the same, so places tell the order.
      const seenAt = saw.map((digest) => happened.indexOf(digest))
      return [
        holds(!overlapped, 'two at once'),
        holds(
          seenAt.every((place, i) => place > (seenAt[i - 1] ?? -1)),
          `out of order: ${seenAt}`,
        ),
        isEq(saw.at(-1), happened.at(-1)),
      ]
    },
  ),
  lawAsync(
    'a watcher begins with now, is told by a poll what others did, and ends',
    [fc.constant(null)],
    async () => {
      const { components, digests, store } = three()
      const [a, b, c] = digests as readonly [Digest, Digest, Digest]
      const heads = op.make(components)()
      const others = op.make(ComponentStore.make(store))()
      const saw: Array<Digest | null> = []
      const end = op.watch('main', (sight) => async () => {
        saw.push(O.toNullable(expectRight(sight)))
      })(heads)()
      await op.idle(heads)()
      get(op.create('main', a)(heads))
      await op.idle(heads)()
      get(op.move('main', a, b)(others))
      await op.idle(heads)()
      const untold = [...saw]
      op.poll(heads)()
      op.poll(heads)()
      await op.idle(heads)()
      get(op.remove('main', b)(heads))
      await op.idle(heads)()
      end()
      get(op.create('main', c)(heads))
      op.poll(heads)()
      await op.idle(heads)()
      return [isEq(untold, [null, a]), isEq(saw, [null, a, b, null])]
    },
  ),
]

/** The laws of heads. */
export const headLaws = (name: string, op: HeadOperations): Suite =>
  suite(name, [models(op), linearisable(op), one(op), kept(op), ...bounded(op), ...watched(op)])

/** The library's own. */
export const headOperations: HeadOperations = Sound
