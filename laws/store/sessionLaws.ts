/**
 * The laws of a store that outlives its sessions: what is there when it is opened again, and whose pins hold.
 *
 * A session that is left open while another begins, and whose lease then ends by the clock, is what a process that was
 * killed leaves behind.
 */
import fc from 'fast-check'
import type { IO } from 'fp-ts/lib/IO.js'
import type { Digest } from '../../src/data/Digest.js'
import * as Ledger from '../../src/store/Ledger.js'
import type { Receipt, Transaction } from '../../src/store/Store.js'
import { holds, type IsEq, isEq, lawAsync, type Suite, suite } from '../Law.js'
import * as dag from './dag.js'
import * as Model from './Model.js'
import { type ManualClock, manualClock } from './manualClock.js'
import { counted, countedIn, right } from './observe.js'
import * as Step from './Step.js'
import { value } from './Subject.js'
import type { Slicing } from './slicingLaws.js'

/** How long the laws let a lease run, ms. */
const LEASE = 1000

/** Where stores are, and how they are opened. */
export interface Places<S extends Slicing> {
  /** A session of what is at a place, beside those that there are; a new store where there is none. */
  readonly open: (
    place: string,
    options: { readonly clock: IO<number>; readonly lease: number },
  ) => S | Promise<S>
  readonly close: (store: S) => unknown
  /** Takes away what is at a place; all sessions are closed. */
  readonly remove?: (place: string) => unknown
  /** Makes the nth write from now on fail; answers what heals it again. For stores in which a write can be stopped. */
  readonly sabotage?: (store: S, nth: number) => () => void
}

let places = 0

type Pins = ReadonlyMap<Digest, number>

/** A session, and what it has pinned. */
interface Session<S> {
  readonly store: S
  readonly refs: dag.Refs
  pins: Pins
}

/** A store's sessions beside the model of them all. */
class Bench<S extends Slicing> {
  readonly clock: ManualClock = manualClock(1_000_000)
  readonly world: dag.World
  readonly open: Array<Session<S>> = []
  /** Sessions that are left to die. */
  readonly left: Array<Session<S>> = []
  /** Blocks and heads; whose pins they are is told apart. */
  private shared: Model.Model = Model.empty
  private readonly place = `store ${++places}`
  private readonly source: Places<S>

  constructor(source: Places<S>, world: dag.World) {
    this.source = source
    this.world = world
  }

  async begin(): Promise<Session<S>> {
    const store = await this.source.open(this.place, { clock: this.clock.now, lease: LEASE })
    const session = { store, refs: dag.refs(this.world), pins: new Map() }
    this.open.push(session)
    return session
  }

  async close(session: Session<S>): Promise<void> {
    this.open.splice(this.open.indexOf(session), 1)
    await this.source.close(session.store)
  }

  /** As if its process was killed. */
  leave(session: Session<S>): void {
    this.open.splice(this.open.indexOf(session), 1)
    this.left.push(session)
  }

  /** Lets the leases of those that were left run out, and those that live renew theirs. */
  async outlive(): Promise<void> {
    for (let n = 0; n < 4; n++) {
      this.clock.advance(LEASE / 2)()
      for (const { store } of this.open) right(await store.transact({})())
    }
    for (const session of this.left) session.pins = new Map()
  }

  model(): Model.Model {
    const pins = new Map<Digest, number>()
    for (const session of [...this.open, ...this.left])
      for (const [digest, times] of session.pins) pins.set(digest, (pins.get(digest) ?? 0) + times)
    return { ...this.shared, pins }
  }

  /** What a session would ask for, as the model that knows its own pins alone sees it. */
  wanted(session: Session<S>, wish: Step.Wish) {
    return Step.honest(this.world, session.refs, { ...this.shared, pins: session.pins }, wish)
  }

  async transact(session: Session<S>, wish: Step.Wish): Promise<IsEq> {
    const wanted = this.wanted(session, wish)
    const answer = await session.store.transact(wanted)()
    return isEq<unknown>(answer, { _tag: 'Right', right: this.follow(session, wanted) })
  }

  /** Does to the model what was done to the store. */
  follow(session: Session<S>, wanted: Transaction): Receipt {
    const [receipt, next] = right(Model.transact({ ...this.shared, pins: session.pins }, wanted))
    session.pins = next.pins
    this.shared = { ...next, pins: new Map() }
    return receipt
  }

  async collect(session: Session<S>): Promise<void> {
    await value(session.store.collect)
    const { blocks } = Model.collect(this.model())
    this.shared = { ...this.shared, blocks }
  }

  /** That a session sees what the model says, and counts it right. */
  async seen({ store }: Session<S>): Promise<ReadonlyArray<IsEq>> {
    const [ledger, recount] = [await value(store.ledger), await value(store.recount)]
    return [
      isEq(await counted(store, this.world), countedIn(this.model(), this.world)),
      isEq([...Ledger.counts(ledger)], [...Ledger.counts(recount)]),
    ]
  }

  async end(): Promise<void> {
    for (const { store } of [...this.open, ...this.left]) await this.source.close(store)
    await this.source.remove?.(this.place)
  }
}

type Deed =
  | { readonly _tag: 'Transact'; readonly who: number; readonly wish: Step.Wish }
  | { readonly _tag: 'Collect' | 'Close' | 'Leave' | 'Outlive'; readonly who: number }

const who = fc.nat(1)
const deeds: fc.Arbitrary<ReadonlyArray<Deed>> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ _tag: fc.constant('Transact' as const), who, wish: Step.wish }) },
    {
      weight: 3,
      arbitrary: fc.record({ _tag: fc.constantFrom('Collect', 'Close', 'Leave', 'Outlive'), who }),
    },
  ),
  { maxLength: 8 },
)

const wishes = fc.array(Step.wish, { minLength: 1, maxLength: 4 })

/** Everything is put and something pinned, so that there is always something to lose. */
const sow = (wish: Step.Wish, world: dag.World): Step.Wish => ({
  ...wish,
  puts: world.map((_, place) => place),
  pins: [world.length - 1],
  unpins: [],
})

export const sessionLaws = <S extends Slicing>(name: string, source: Places<S>): Suite => {
  const bench = async (
    world: dag.World,
    use: (bench: Bench<S>) => Promise<ReadonlyArray<IsEq>>,
  ): Promise<ReadonlyArray<IsEq>> => {
    const one = new Bench(source, world)
    try {
      return await use(one)
    } finally {
      await one.end()
    }
  }
  /** Two sessions at once, the first of which has something to lose. */
  const sown = (
    world: dag.World,
    wish: Step.Wish,
    use: (bench: Bench<S>, first: Session<S>, second: Session<S>) => Promise<ReadonlyArray<IsEq>>,
  ): Promise<ReadonlyArray<IsEq>> =>
    bench(world, async (bench) => {
      const first = await bench.begin()
      await bench.transact(first, sow(wish, world))
      return use(bench, first, await bench.begin())
    })
  const { sabotage } = source
  return suite(`sessions of ${name}`, [
    lawAsync(
      'a store opened again is the one that was closed, but for the pins',
      [dag.arbitrary, wishes],
      (world, all) =>
        bench(world, async (bench) => {
          const first = await bench.begin()
          for (const wish of all) await bench.transact(first, wish)
          await bench.close(first)
          const second = await bench.begin()
          const found = await bench.seen(second)
          await bench.close(second)
          const third = await bench.begin()
          return [...found, ...(await bench.seen(third))]
        }),
    ),
    lawAsync(
      'what waited to be swept still waits when a store is opened again',
      [dag.arbitrary, Step.wish],
      (world, wish) =>
        bench(world, async (bench) => {
          const first = await bench.begin()
          await bench.transact(first, { ...wish, puts: world.map((_, place) => place), heads: [] })
          right(await first.store.slice({ blocks: 1, milliseconds: 1000 })())
          await bench.close(first)
          const second = await bench.begin()
          await bench.collect(second)
          return bench.seen(second)
        }),
    ),
    lawAsync(
      'the pins of a session that died hold until its lease ends, and no longer',
      [dag.arbitrary, Step.wish],
      (world, wish) =>
        sown(world, wish, async (bench, first, second) => {
          bench.leave(first)
          await bench.collect(second)
          const held = await bench.seen(second)
          await bench.outlive()
          await bench.collect(second)
          return [...held, ...(await bench.seen(second))]
        }),
    ),
    lawAsync(
      'a session that lives keeps its pins, whatever others collect',
      [dag.arbitrary, Step.wish],
      (world, wish) =>
        sown(world, wish, async (bench, first, second) => {
          for (let n = 0; n < 3; n++) {
            await bench.outlive()
            bench.clock.advance(LEASE / 2)()
            await bench.collect(second)
          }
          return [...(await bench.seen(first)), ...(await bench.seen(second))]
        }),
    ),
    lawAsync(
      'a session whose lease was ended is told so, and changes nothing',
      [dag.arbitrary, Step.wish, Step.wish],
      (world, wish, late) =>
        sown(world, wish, async (bench, first, second) => {
          bench.leave(first)
          await bench.outlive()
          await bench.collect(second)
          const answer = await first.store.transact(bench.wanted(first, late))()
          return [
            isEq<unknown>(answer._tag === 'Left' ? answer.left._tag : answer, 'LeaseLost'),
            ...(await bench.seen(second)),
          ]
        }),
    ),
    lawAsync('sessions that come, go and die do as the model does', [dag.arbitrary, deeds], (world, all) =>
      bench(world, async (bench) => {
        const verdicts: Array<IsEq> = []
        for (const deed of all) {
          while (bench.open.length < 2) await bench.begin()
          const session = bench.open[deed.who]!
          switch (deed._tag) {
            case 'Transact':
              verdicts.push(await bench.transact(session, deed.wish))
              break
            case 'Collect':
              await bench.collect(session)
              break
            case 'Close':
              await bench.close(session)
              break
            case 'Leave':
              bench.leave(session)
              break
            case 'Outlive':
              // Their pins go with the collection that finds their leases ended.
              await bench.outlive()
              await bench.collect(session)
              break
          }
          for (const open of bench.open) verdicts.push(...(await bench.seen(open)))
        }
        return verdicts
      }),
    ),
    ...(sabotage === undefined
      ? []
      : [
          lawAsync(
            'a transaction or a slice that is stopped at any write changes nothing',
            [dag.arbitrary, wishes],
            (world, all) =>
              bench(world, async (bench) => {
                const session = await bench.begin()
                const verdicts: Array<IsEq> = []
                /** Stops it at the first write, the second, and so on until it has none left to stop at. */
                const stopped = async (act: () => Promise<boolean>): Promise<void> => {
                  for (let nth = 1; nth < 100; nth++) {
                    const heal = sabotage(session.store, nth)
                    const done = await act()
                    heal()
                    if (done) return
                    verdicts.push(...(await bench.seen(session)))
                  }
                  verdicts.push(holds(false, 'a transaction of a hundred writes'))
                }
                for (const wish of all) {
                  const wanted = bench.wanted(session, wish)
                  await stopped(async () => (await session.store.transact(wanted)())._tag === 'Right')
                  bench.follow(session, wanted)
                  verdicts.push(...(await bench.seen(session)))
                  await stopped(async () => {
                    const slice = await session.store.slice({ blocks: 100, milliseconds: 1000 })()
                    return slice._tag === 'Right' && slice.right.done
                  })
                  await bench.collect(session)
                  verdicts.push(...(await bench.seen(session)))
                }
                return verdicts
              }),
          ),
        ]),
  ])
}
