/** Objects that follow a manager: which are kept, by what the branches that reach them weigh. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Collector from '../../src/branch/Collector.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as Factory from '../../src/materialize/Factory.js'
import * as Materializer from '../../src/materialize/Materializer.js'
import * as Registry from '../../src/materialize/Registry.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Decay from '../../src/superposition/Decay.js'
import * as Ensemble from '../../src/superposition/Ensemble.js'
import * as Manager from '../../src/superposition/Manager.js'
import type * as Materialising from '../../src/superposition/Materialising.js'
import * as Weight from '../../src/superposition/Weight.js'
import * as State from '../../src/trie/State.js'
import { holds, isEq, lawAsync, type Suite, suite } from '../Law.js'
import { Log, pure, still, type } from '../materialize/Probe.js'
import { positive, right } from './fractions.js'

/** What the laws ask of an implementation. */
export type Followers = Pick<typeof Materialising, 'follow'>

type Self = Manager.Manager<MemoryStore.MemoryStore>

/** What branches hold: a number each. The last is held by none, so nothing is known of it. */
const CONTENTS = 6
const UNHELD = CONTENTS - 1
/** Another that is asked for in the end, so that others have to go for it. */
const NEWCOMER = CONTENTS

const states = Array.from({ length: CONTENTS + 1 }, (_, n) => right(State.fromJson({ n })))

/** Fast, so that few operations tell. */
const decay = right(Decay.make(2))

/** Which content each branch holds, of two superpositions. */
const holdings = fc.record({
  a: fc.array(fc.nat(UNHELD - 1), { minLength: 3, maxLength: 4 }),
  b: fc.array(fc.nat(UNHELD - 1), { minLength: 2, maxLength: 3 }),
})
type Holdings = typeof holdings extends fc.Arbitrary<infer A> ? A : never

interface Step {
  readonly name: string
  /** Takes the last operation back. */
  readonly isBack?: boolean
  readonly run: (manager: Self) => E.Either<unknown, unknown>
}

const name = fc.constantFrom('a', 'b')
const key = fc.constantFrom('0', '1', '2', '3')

const operations: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(name, key, positive).map(
      ([of, at, by]): Step => ({
        name: `observe ${of} ${at} ${Weight.show(by)}`,
        run: (manager) => Manager.observe(of, at, by)(manager)(),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(name, fc.subarray(['0', '1', '2', '3'], { minLength: 1 })).map(
      ([of, some]): Step => ({
        name: `collapse ${of} to ${some.join()}`,
        run: (manager) => Manager.collapse(of, (at) => some.includes(at))(manager)(),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>({
      name: 'couple a and b',
      run: (manager) =>
        Manager.couple(['a', 'b'], ([x, y]) => (x === y ? Weight.one : Weight.zero))(manager)(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>({
      name: 'undo',
      isBack: true,
      run: (manager) => Manager.undo(manager)(),
    }),
  },
)

/** What is done between one look and the next. */
const stories = fc.array(fc.array(operations, { minLength: 1, maxLength: 3 }), { maxLength: 4 })

/** A manager whose branches hold what is said, and a materialiser that keeps the objects of all that. */
const begun = (held: Holdings, newcomer: number) => {
  const components = ComponentStore.make(MemoryStore.make())
  const manager = Manager.make(components, Collector.make(components), { decay })
  const root = StateReference.root(components)(State.empty)()
  for (const [of, contents] of Object.entries(held)) {
    right(Manager.create(of, Manager.evenly(contents.map((_, i) => String(i))), root)(manager)())
    contents.forEach((content, i) => {
      const reference = right(Manager.reference(of, String(i))(manager)())
      right(StateReference.write(states[content]!)(reference)())
    })
  }
  const there = [...new Set([...held.a, ...held.b, UNHELD])]
  const factory = pure({ log: new Log(), size: (n) => (n === NEWCOMER ? newcomer : 1) })
  const options = { ...still, budget: there.length }
  const objects = Materializer.make(components, Registry.of(factory), options)
  for (const n of there) right(Materializer.now(type, states[n]!)(objects)())
  return { manager, objects, there }
}

/** The probability of each content: the outcomes that reach it, counted one by one. */
const counted = (manager: Self, held: Holdings): ReadonlyMap<number, Weight.Weight> => {
  const law = right(Ensemble.together(['a', 'b'])(Manager.ensemble(manager)()))
  const reached = new Map<number, Weight.Weight>()
  for (const [[x, y], weight] of law.outcomes)
    for (const content of new Set([held.a[Number(x)]!, held.b[Number(y)]!]))
      reached.set(content, Weight.add(weight)(reached.get(content) ?? Weight.zero))
  const mass = Weight.sum(law.outcomes.map(([, weight]) => weight))
  return new Map([...reached].map(([content, weight]) => [content, right(Weight.divide(mass)(weight))]))
}

/** What each content is worth: what it weighed when a look last found it, and for how many operations it is lost since. */
class Model {
  private readonly known = new Map<number, { readonly weight: Weight.Weight; readonly lost: number | null }>()
  private tick = 0
  private undoable = 0
  run(manager: Self, { isBack = false, run }: Step): void {
    // The superpositions themselves stay.
    if ((isBack && this.undoable === 0) || E.isLeft(run(manager))) return
    this.tick++
    this.undoable += isBack ? -1 : 1
  }
  look(now: ReadonlyMap<number, Weight.Weight>): void {
    for (const [content, { weight, lost }] of this.known)
      if (!now.has(content) && lost === null) this.known.set(content, { weight, lost: this.tick })
    for (const [content, weight] of now) this.known.set(content, { weight, lost: null })
  }
  of(content: number): Weight.Weight {
    const known = this.known.get(content)
    if (known === undefined) return Weight.one
    return known.lost === null ? known.weight : Decay.after(this.tick - known.lost)(decay)(known.weight)
  }
}

export const followerLaws = (named: string, { follow }: Followers): Suite =>
  suite(`follower ${named}`, [
    lawAsync(
      'what is evicted first weighs least',
      [holdings, stories, fc.integer({ min: 1, max: 4 })],
      async (held, story, newcomer) => {
        const { manager, objects, there } = begun(
          held,
          Math.min(newcomer, new Set([...held.a, ...held.b]).size),
        )
        // Of a type that nobody builds, so that the objects are used by nobody else.
        const following = follow(Factory.type('unbuilt'), objects, { threshold: 2 })(manager)()
        const model = new Model()
        for (const steps of [[], ...story]) {
          for (const step of steps) model.run(manager, step)
          await following.settled()
          model.look(counted(manager, held))
        }
        right(Materializer.now(type, states[NEWCOMER]!)(objects)())
        following.stop()
        const isKept = (n: number): boolean => O.isSome(Materializer.peek(type, states[n]!)(objects)())
        const gone = there.filter((n) => !isKept(n))
        const stay = there.filter(isKept)
        return [
          isEq(gone.length, Math.min(newcomer, there.length - 1)),
          ...gone.flatMap((x) =>
            stay.map((y) =>
              holds(
                Weight.compare(model.of(x), model.of(y)) <= 0,
                `${x} went, of ${Weight.toNumber(model.of(x))}, and not ${y}, of ${Weight.toNumber(model.of(y))}`,
              ),
            ),
          ),
        ]
      },
    ),
  ])

/** The manager with some of its parts replaced, for a follower that sees less of it. */
const seenAs = <M extends object>(manager: M, parts: PropertyDescriptorMap): M =>
  Object.create(manager, parts) as M

/** Broken followers, which the law rejects. */
export const brokenFollowers = ({ follow }: Followers): Readonly<Record<string, Followers>> => {
  const following =
    (
      change: (manager: { readonly world: Ensemble.Ensemble<never> }) => PropertyDescriptorMap,
    ): Followers['follow'] =>
    (type, materializer, options) =>
    (manager) =>
      follow(type, materializer, options)(seenAs(manager, change(manager as never)))
  return {
    'weighs all alike': {
      follow: (type, materializer, options) => (manager) => () => {
        Materializer.weighBy(() => O.some(1))(materializer)()
        return follow(type, materializer, options)(manager)()
      },
    },
    'looks once, and never again': { follow: following(() => ({ listeners: { value: new Set() } })) },
    'sees one superposition': {
      follow: following((manager) => ({ world: { get: () => right(Ensemble.forget('b')(manager.world)) } })),
    },
    'takes what is entangled for independent': {
      follow: following((manager) => ({
        world: { get: () => ({ ...manager.world, joint: Ensemble.empty().joint }) },
      })),
    },
    'never forgets what lost': {
      follow: following(() => ({ decay: { value: right(Decay.make(Number.MAX_SAFE_INTEGER)) } })),
    },
  }
}
