/** The laws of materialisers: whatever they keep, share or put off, the objects are those of their components. */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import type { Digest } from '../../src/data/Digest.js'
import type * as Materializer from '../../src/materialize/Materializer.js'
import * as Registry from '../../src/materialize/Registry.js'
import { toAsync } from '../../src/store/AsyncStore.js'
import type { AsyncStore } from '../../src/store/Store.js'
import * as Residency from '../../src/trie/Residency.js'
import { holds, type IsEq, isEq, law, lawAsync, type Suite, suite } from '../Law.js'
import { COMPONENTS, effect, Log, type Made, type Materializers, pure, still, type, world } from './Probe.js'

const numbers = fc.nat({ max: COMPONENTS - 1 })
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: COMPONENTS, maxLength: COMPONENTS })

/** What is said of each number, if anything is. */
type Table = ReadonlyArray<number | null>

const tables: fc.Arbitrary<Table> = fc.array(
  fc.option(fc.constantFrom(0.1, 0.2, 0.4, 0.6, 0.8), { freq: 3 }),
  {
    minLength: COMPONENTS,
    maxLength: COMPONENTS,
  },
)

/** What one step does: asks for a number now, brings one number to another, or lets go of all. */
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ op: fc.constant('now' as const), n: numbers }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('advance' as const), n: numbers, from: numbers }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('await' as const), n: numbers }) },
    { weight: 1, arbitrary: fc.constant({ op: 'clear' as const, n: 0 }) },
  ),
  { minLength: 1, maxLength: 30, size: 'max' },
)

const seen = (answer: E.Either<{ readonly _tag: string }, Made>): E.Either<string, number> =>
  E.bimap(
    ({ _tag }: { readonly _tag: string }) => _tag,
    ({ n }: Made) => n,
  )(answer)

/** Lets everything go on that can go on by itself. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const materializerLaws = (name: string, subject: Materializers): Suite => {
  const { make, makeAsync, weighBy, materialize, now, peek, advance, reweigh, clear } = subject

  /** Numbers whose objects are kept, as can be told from outside. */
  const kept = (
    materializer: Materializer.Materializer,
    digests: ReadonlyArray<Digest>,
  ): ReadonlyArray<number> =>
    digests.flatMap((digest, n) => (O.isSome(peek(type, digest)(materializer)()) ? [n] : []))

  /** A scene in which reads and builds end when the scheduler says so. */
  const scene = (s: fc.Scheduler, options: Materializer.Options) => {
    const { store, digests } = world()
    const slow = toAsync(store)
    const scheduled: AsyncStore = {
      ...slow,
      read: (asked) => async () => {
        await s.schedule(Promise.resolve(), 'read')
        return slow.read(asked)()
      },
    }
    const log = new Log()
    const factory = effect({ log, size: () => 1, turn: (n) => s.schedule(Promise.resolve(), `build ${n}`) })
    const components = ComponentStore.make(scheduled, { residency: Residency.make(0) })
    const materializer = makeAsync(components, Registry.of(factory), { ...still, ...options })
    const kept_ = () =>
      digests.flatMap((digest, n) => (O.isSome(peek(type, digest)(materializer)()) ? [n] : []))
    return { materializer, digests, log, kept: kept_ }
  }

  return suite(`materializer ${name}`, [
    lawAsync(
      'objects are those of their components, built once while they are kept, inside the budget',
      [steps, sizes, fc.integer({ min: 0, max: 60 })],
      async (script, size, budget) => {
        const { components, digests } = world()
        const log = new Log()
        const verdicts: Array<IsEq> = []
        const within = (): void => {
          const bytes = kept(materializer, digests).reduce((sum, n) => sum + size[n]!, 0)
          verdicts.push(holds(bytes <= budget, `${bytes} bytes in a budget of ${budget}`))
        }
        const factory = pure({ log, size: (n) => size[n]!, fault: within })
        const materializer = make(components, Registry.of(factory), { ...still, budget })
        for (const step of script) {
          const before = kept(materializer, digests)
          const builds = log.builds.length
          const at = digests[step.n]!
          if (step.op === 'clear') {
            clear(materializer)()
            verdicts.push(isEq(kept(materializer, digests), []))
            continue
          }
          const answer =
            step.op === 'now'
              ? now(type, at)(materializer)()
              : step.op === 'await'
                ? await materialize(type, at)(materializer)()
                : await advance(type, digests[step.from]!, at)(materializer)()
          verdicts.push(isEq<unknown>(seen(answer), E.right(step.n)))
          const most = before.includes(step.n) ? 0 : 1
          verdicts.push(holds(log.builds.length - builds <= most, `built ${step.n}, which was kept`))
          const fits = size[step.n]! <= budget
          verdicts.push(isEq(kept(materializer, digests).includes(step.n), fits))
          within()
        }
        return verdicts
      },
    ),
    lawAsync(
      'of one key one build runs at a time, of all no more than the limit, and each is right',
      [fc.scheduler(), fc.array(numbers, { minLength: 2, maxLength: 12 }), fc.integer({ min: 1, max: 3 })],
      async (s, asked, concurrency) => {
        const { materializer, digests, log } = scene(s, { concurrency })
        const answers = asked.map((n) => materialize(type, digests[n]!)(materializer)())
        await s.waitFor(Promise.all(answers))
        const distinct = new Set(asked).size
        return [
          isEq<unknown>((await Promise.all(answers)).map(seen), asked.map(E.right)),
          isEq(log.builds.length, distinct),
          isEq(log.mostOfOne, 1),
          holds(log.mostOfAll <= concurrency, `${log.mostOfAll} of ${concurrency}`),
        ]
      },
    ),
    lawAsync(
      'a request that is given up harms no other, and leaves nothing behind',
      [
        fc.scheduler(),
        fc.array(fc.tuple(numbers, fc.constantFrom('stays', 'goes', 'goes at once')), {
          minLength: 2,
          maxLength: 10,
        }),
      ],
      async (s, asked) => {
        const { materializer, digests, log, kept } = scene(s, { concurrency: 2 })
        const requests = asked.map(([n, fate]) => {
          const control = new AbortController()
          const answer = materialize(type, digests[n]!, { signal: control.signal })(materializer)()
          if (fate === 'goes at once') control.abort()
          if (fate === 'goes') void s.schedule(Promise.resolve(), 'give up').then(() => control.abort())
          return answer
        })
        // What nobody waits for is let run, too: it must not show.
        const all = Promise.all(requests)
        await s.waitFor(all)
        await s.waitIdle()
        const answers = (await all).map(seen)
        const verdicts = asked.map(([n, fate], i): IsEq => {
          const right = isEq<unknown>(answers[i], E.right(n)).equal
          const gone = isEq<unknown>(answers[i], E.left('Cancelled')).equal
          const fine = fate === 'stays' ? right : fate === 'goes' ? right || gone : gone
          return holds(fine, `${fate}: ${fc.stringify(answers[i])}`)
        })
        const wanted = new Set(asked.filter((_, i) => E.isRight(answers[i]!)).map(([n]) => n))
        return [
          ...verdicts,
          isEq(kept(), [...wanted].sort()),
          holds(log.mostOfOne <= 1, 'two builds of one component at a time'),
        ]
      },
    ),
    lawAsync(
      'a failure is that of its own request, and is forgotten',
      [
        fc.array(numbers, { minLength: 4, maxLength: 12 }),
        fc.array(fc.constantFrom<'fine' | 'throws' | 'no size'>('fine', 'throws', 'no size'), {
          minLength: COMPONENTS,
          maxLength: COMPONENTS,
        }),
        fc.boolean(),
      ],
      async (asked, fates, atOnce) => {
        const { components, digests } = world()
        let broken = true
        const factory = pure({
          log: new Log(),
          size: (n) => (broken && fates[n] === 'no size' ? Number.NaN : 1),
          fault: (n) => {
            if (broken && fates[n] === 'throws') throw new Error('planned')
          },
        })
        const materializer = make(components, Registry.of(factory), still)
        const ask = async (): Promise<ReadonlyArray<E.Either<string, number>>> =>
          (
            await Promise.all(
              asked.map((n) =>
                atOnce
                  ? materialize(type, digests[n]!)(materializer)()
                  : now(type, digests[n]!)(materializer)(),
              ),
            )
          ).map(seen)
        const first = await ask()
        const expected = asked.map((n) => (fates[n] === 'fine' ? E.right(n) : E.left('FactoryFailed')))
        const fine = [...new Set(asked.filter((n) => fates[n] === 'fine'))].sort()
        const after = kept(materializer, digests)
        broken = false
        return [
          isEq<unknown>(first, expected),
          isEq(after, fine),
          isEq<unknown>(await ask(), asked.map(E.right)),
        ]
      },
    ),
    lawAsync(
      'of what waits the likeliest is built first, also when weights change, and what cannot be is given up',
      [
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 3 }),
        fc.array(fc.constantFrom(0.1, 0.3, 0.5, 0.7, 1), { minLength: COMPONENTS, maxLength: COMPONENTS }),
        fc.array(fc.constantFrom(0, 0.2, 0.4, 0.6, 0.8), { minLength: COMPONENTS, maxLength: COMPONENTS }),
      ],
      async (asked, before, after) => {
        const { components, digests } = world()
        const log = new Log()
        let weights: ReadonlyArray<number> = before
        let open = (): void => undefined
        const gate = new Promise<void>((resolve) => {
          open = resolve
        })
        const factory = effect({ log, size: () => 1, turn: () => gate })
        const materializer = make(components, Registry.of(factory), {
          ...still,
          concurrency: 1,
          probability: (digest) => weights[digests.indexOf(digest)]!,
        })
        const answers = asked.map((n) => materialize(type, digests[n]!)(materializer)())
        await settled()
        const likeliest = (all: ReadonlyArray<number>): ReadonlyArray<number> =>
          [...all].sort((x, y) => weights[y]! - weights[x]! || asked.indexOf(x) - asked.indexOf(y))
        const first = likeliest(asked)[0]!
        const began = isEq(log.builds, [first])
        weights = after
        reweigh(materializer)()
        open()
        const done = (await Promise.all(answers)).map(seen)
        const left = likeliest(asked.filter((n) => n !== first && after[n] !== 0))
        return [
          began,
          isEq<unknown>(log.builds.slice(1), left),
          isEq<unknown>(
            done,
            asked.map((n) => (after[n] === 0 ? E.left('Cancelled') : E.right(n))),
          ),
        ]
      },
    ),
    law(
      'what is evicted first weighs least, by what was said when it was made, or else by the most that a weigher says',
      [
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 3 }),
        fc.option(tables),
        tables,
        tables,
        fc.boolean(),
      ],
      (asked, told, first, second, ends) => {
        const { components, digests } = world()
        const factory = pure({ log: new Log(), size: () => 1 })
        const said = (table: Table) => (digest: Digest) => O.fromNullable(table[digests.indexOf(digest)])
        const [last, ...there] = asked
        const materializer = make(components, Registry.of(factory), {
          ...still,
          budget: there.length,
          ...(told === null ? {} : { probability: (digest) => told[digests.indexOf(digest)] ?? 1 }),
        })
        const end = weighBy(said(first))(materializer)()
        weighBy(said(second))(materializer)()
        for (const n of there) now(type, digests[n]!)(materializer)()
        if (ends) {
          end()
          reweigh(materializer)()
        }
        now(type, digests[last!]!)(materializer)()
        const heard = told !== null ? [told] : ends ? [second] : [first, second]
        const weightOf = (n: number): number => {
          const known = heard.flatMap((table) => table[n] ?? [])
          return known.length === 0 ? 1 : Math.max(...known)
        }
        const [least] = [...there].sort((x, y) => weightOf(x) - weightOf(y))
        const left = kept(materializer, digests)
        return isEq(
          there.filter((n) => !left.includes(n)),
          [least!],
        )
      },
    ),
    lawAsync(
      'what is asked for together is read together',
      [fc.uniqueArray(numbers, { minLength: 2 })],
      async (asked) => {
        const { store, digests } = world()
        const slow = toAsync(store)
        const reads: Array<number> = []
        const counted: AsyncStore = {
          ...slow,
          read: (wanted) => {
            reads.push(wanted.length)
            return slow.read(wanted)
          },
        }
        const components = ComponentStore.make(counted, { residency: Residency.make(0) })
        const factory = pure({ log: new Log(), size: () => 1 })
        const materializer = makeAsync(components, Registry.of(factory), {
          ...still,
          concurrency: COMPONENTS,
        })
        const answers = await Promise.all(asked.map((n) => materialize(type, digests[n]!)(materializer)()))
        return [isEq<unknown>(answers.map(seen), asked.map(E.right)), isEq(reads, [asked.length])]
      },
    ),
    law('an unknown type is a failure', [numbers], (n) => {
      const { components, digests } = world()
      const materializer = make(components, Registry.empty, still)
      return isEq<unknown>(seen(now(type, digests[n]!)(materializer)()), E.left('UnknownType'))
    }),
  ])
}
