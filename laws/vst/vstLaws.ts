/**
 * Laws of the engine, which any implementation of its operations over a store obeys.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import { toAsync } from '../../src/store/AsyncStore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import * as Sound from '../../src/vst/Vst.js'
import * as arbitraries from '../arbitraries.js'
import { get } from '../branch/Subject.js'
import { fact, holds, type IsEq, isEq, type Law, law, lawAsync, type Suite, suite } from '../Law.js'
import { faulty } from '../store/faulty.js'
import { type Access, isOrdered, scripts, seen } from './headMoves.js'
import { slow } from './slowStore.js'
import { begin, commands } from './vstModel.js'

/** The operations under test. */
export type VstOperations = typeof Sound

/** The library's own. */
export const vstOperations: VstOperations = Sound

type Engine = Sound.Vst<MemoryStore.MemoryStore>

const engineOn = (op: VstOperations, store: MemoryStore.MemoryStore, options: Sound.Options = {}): Engine =>
  op.make(ComponentStore.make(store), { clock: () => 0, ...options })()

/** An engine in which a head has counted up to `n`. */
const counted = (op: VstOperations, n: number, options: Sound.Options = {}): Engine => {
  const vst = engineOn(op, MemoryStore.make(), options)
  for (let i = 1; i <= n; i++) get(op.withHead('main', State.set(['n'], i), { message: `${i}` })(vst))
  return vst
}

const headsOf = (op: VstOperations, vst: Engine) => get(op.list('')(vst))

const contentAt = (op: VstOperations, vst: Engine, digest: Digest): unknown => {
  const reference = get(op.restore(digest)(vst))
  const content = get(StateReference.ask(State.toJson)(reference))
  StateReference.release(reference)()
  return content
}

const collect = ({ components }: Engine): number => {
  get(ComponentStore.flush(components))
  return components.store.collect().freed
}

// -------------------------------------------------------------------------------------
// one engine
// -------------------------------------------------------------------------------------

const models = (op: VstOperations): Law =>
  law(
    'the engine agrees with plain objects, whatever is done to it',
    [fc.integer({ min: 1, max: 8 }), commands],
    (window, all) => {
      fc.modelRun(() => begin(op, window), all)
      return holds(true, '')
    },
  )

const restores = (op: VstOperations): Law =>
  law(
    'what was committed is restored, by an engine that holds it and by one that does not',
    [arbitraries.values, fc.constantFrom(0, 1, 4)],
    (content, held) => {
      const store = MemoryStore.make()
      const vst = engineOn(op, store, { held })
      const state = get(() => State.fromJson({ content }))
      const reference = StateReference.root(vst.components)(state)()
      const { checkpoint } = get(op.commit({ head: 'main' })(reference)(vst))
      get(StateReference.update(State.set(['content'], 'later'))(reference))
      const digestAt = (of: Engine): Digest => {
        const restored = get(op.restore(checkpoint)(of))
        const digest = State.digest(get(StateReference.read(restored)))
        StateReference.release(restored)()
        return digest
      }
      return [vst, vst, engineOn(op, store)].map((of) => isEq(digestAt(of), State.digest(state)))
    },
  )

const canonical = (op: VstOperations): Law =>
  law('equal content has equal checkpoints', [arbitraries.values, fc.nat(5)], (content, extra) => {
    const checkpoints = [0, extra].map((times) => {
      const vst = engineOn(op, MemoryStore.make())
      for (let i = 0; i < times; i++) get(op.withHead('other', State.set(['i'], i))(vst))
      return get(op.withHead('main', State.set(['content'], content), { message: 'same' })(vst)).checkpoint
    })
    return isEq(checkpoints[0], checkpoints[1])
  })

const undoes = (op: VstOperations): Law =>
  law(
    'as many undos as operations restore each view in turn, and as many redos too',
    [fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })],
    (size, depth) => {
      const vst = counted(op, size)
      const views = [
        [],
        ...get(op.log()(vst))
          .toReversed()
          .map(({ digest }) => get(op.asOf({ operation: digest })(vst)).heads),
      ]
      const most = Math.min(size, depth)
      const seen: Array<IsEq> = []
      for (let i = 1; i <= most; i++) {
        get(op.undo(vst))
        seen.push(isEq<unknown>(headsOf(op, vst), views[size - i]))
      }
      for (let i = most - 1; i >= 0; i--) {
        get(op.redo(vst))
        seen.push(isEq<unknown>(headsOf(op, vst), views[size - i]))
      }
      seen.push(isEq(tagOf(op.redo(vst)()), 'UnknownOperation'))
      get(op.undoOf(get(op.log({ count: 1 })(vst))[0]!.digest)(vst))
      seen.push(isEq<unknown>(headsOf(op, vst), views[size - 1]))
      return seen
    },
  )

const tagOf = (answer: E.Either<{ readonly _tag: string }, unknown>): string =>
  E.isLeft(answer) ? answer.left._tag : 'done'

const throwing = (): Fetch.Fetch<never, State.State> => {
  throw new Error('no')
}

const failures = (op: VstOperations): Law =>
  fact('an operation that fails changes nothing', () => {
    const vst = counted(op, 2)
    const [[, tip]] = headsOf(op, vst) as [readonly [string, Digest]]
    const first = get(op.asOf({ operation: get(op.log()(vst))[1]!.digest })(vst)).heads[0]![1]
    const unknown = 'x'.repeat(32) as Digest
    const stale = get(op.restore(first)(vst))
    const before = [headsOf(op, vst), get(op.log()(vst)), vst.components.store.stats().blocks]
    const attempts: ReadonlyArray<readonly [string, E.Either<{ readonly _tag: string }, unknown>]> = [
      ['HeadMoved', op.create('main', tip)(vst)()],
      ['HeadMoved', op.move('main', first, tip)(vst)()],
      ['HeadMoved', op.commit({ head: 'main' })(stale)(vst)()],
      ['Missing', op.create('new', unknown)(vst)()],
      ['Missing', op.reset('main', unknown)(vst)()],
      ['UnknownReference', op.remove('none')(vst)()],
      ['UnknownReference', op.rename('none', 'one')(vst)()],
      ['UnknownCheckpoint', op.merge('main', unknown)(vst)()],
      ['UnknownOperation', op.undoOf(unknown)(vst)()],
      ['UnknownOperation', op.rewind({ operation: tip })(vst)()],
      ['UnknownOperation', op.redo(vst)()],
      ['InvalidValue', op.create('.kept/0/main', tip)(vst)()],
      ['InvalidValue', op.withHead('.operations', State.set(['a'], 1))(vst)()],
      ['no', op.withHead('main', () => Fetch.fail({ _tag: 'no' as const }))(vst)()],
      ['InvalidValue', op.withHead('main', throwing)(vst)()],
      ['InvalidValue', op.withHead<never>('main', () => undefined as never)(vst)()],
      ['HeadMoved', op.move('main', first, first)(vst)()],
      ['HeadMoved', op.move('main', null, null)(vst)()],
      ['HeadMoved', op.move('none', tip, tip)(vst)()],
      ['InvalidValue', op.move('.kept/0/0', null, null)(vst)()],
      ['HeadMoved', op.merge('main', first, { expect: first })(vst)()],
      ['HeadMoved', op.merge('main', tip, { expect: null })(vst)()],
      ['InvalidValue', op.log({ count: Number.NaN })(vst)()],
      ['InvalidValue', op.log({ count: -1 })(vst)()],
      ['InvalidValue', op.log({ since: Number.NaN })(vst)()],
      ['InvalidValue', op.prune([tip], { count: Number.NaN })(vst)()],
      ['InvalidValue', op.asOf({ time: Number.NaN })(vst)()],
      ['InvalidValue', op.asOf({ time: '2020' as never })(vst)()],
      ['InvalidValue', op.rewind({ time: Number.NaN })(vst)()],
      ['InvalidValue', op.expire({ operations: Number.NaN })(vst)()],
      ['InvalidValue', op.expire({ milliseconds: -1 })(vst)()],
    ]
    const after = [headsOf(op, vst), get(op.log()(vst)), vst.components.store.stats().blocks]
    return [...attempts.map(([tag, answer]) => isEq(tagOf(answer), tag)), isEq(after, before)]
  })

/** What a store that fails at one call of a method leaves. */
const faultAt = (
  op: VstOperations,
  method: 'read' | 'transact' | 'head' | 'locate',
  nth: number,
): ReadonlyArray<IsEq> => {
  const actions = [
    (vst: Engine) => tagOf(op.withHead('main', State.set(['n'], 1))(vst)()),
    (vst: Engine) => tagOf(op.undo(vst)()),
    (vst: Engine, dev: Digest) => tagOf(op.reset('main', dev)(vst)()),
    (vst: Engine, dev: Digest) => tagOf(op.merge('main', dev)(vst)()),
  ]
  return actions.flatMap((act) => {
    const store = MemoryStore.make()
    const sound = engineOn(op, store)
    for (const name of ['main', 'main', 'dev']) get(op.withHead(name, State.set(['n'], name))(sound))
    const broken = faulty(store, { [method]: (n: number) => n === nth }) as MemoryStore.MemoryStore
    const [[, dev]] = headsOf(op, sound) as [readonly [string, Digest]]
    const before = get(op.log()(sound)).length
    const answer = act(engineOn(op, broken), dev)
    const log = get(op.log()(sound))
    const view = get(op.asOf({ operation: log[0]!.digest })(sound)).heads
    return [
      isEq(view, headsOf(op, sound)),
      holds(log.length === before || answer !== 'StoreFailed', 'failed, and in the log'),
    ]
  })
}

const faults = (op: VstOperations): Law =>
  fact('a store that fails anywhere leaves the heads and the log in step', () =>
    (['read', 'transact', 'head', 'locate'] as const).flatMap((method) =>
      [1, 2, 3, 4, 5, 6].flatMap((nth) => faultAt(op, method, nth)),
    ),
  )

const windows = (op: VstOperations): Law =>
  law(
    'nothing older than the window can be undone, by count and by age, and what it held is let go of',
    [fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 10 }), fc.boolean()],
    (size, steps, byAge) => {
      let time = 0
      const window = byAge ? { milliseconds: size - 1 } : { operations: size }
      const vst = engineOn(op, MemoryStore.make(), { clock: () => time, window })
      const made: Array<Digest> = []
      for (let n = 0; n < steps; n++) {
        time = n
        const reference = StateReference.root(vst.components)(get(() => State.fromJson({ n })))()
        // Each takes the head from another one that nothing else holds.
        const expect = made.at(-1) ?? null
        made.push(get(op.commit({ head: 'main', parents: [], expect })(reference)(vst)).checkpoint)
        StateReference.release(reference)()
      }
      collect(vst)
      const there = made.map((digest) => get(vst.components.store.read([digest]))[0] !== undefined)
      // The view before the first operation of the window is the oldest that is left.
      const expected = made.map((_, n) => n >= steps - 1 - size)
      let undone = 0
      while (undone < 20 && E.isRight(op.undo(vst)())) undone++
      return [
        isEq(
          get(op.log()(vst)).length,
          byAge ? Math.min(size, steps) + undone : Math.min(size, steps + undone),
        ),
        isEq(there, expected),
      ]
    },
  )

const ends = (op: VstOperations): Law =>
  law(
    'as many operations stay as are to stay when the window ends, however often it does',
    [fc.nat(6), fc.nat(8), fc.integer({ min: 1, max: 3 })],
    (size, operations, times) => {
      const vst = counted(op, size)
      const ended = Array.from({ length: times }, () => O.isSome(get(op.expire({ operations })(vst))))
      const logged = get(op.log()(vst)).length
      let undone = 0
      while (undone <= size && E.isRight(op.undo(vst)())) undone++
      const over = size > operations
      return [
        isEq(
          ended,
          ended.map((_, i) => over && i === 0),
        ),
        isEq(logged, Math.min(size, operations) + (over ? 1 : 0)),
        isEq(undone, Math.min(size, operations)),
      ]
    },
  )

const stays = (op: VstOperations): Law =>
  fact('a move to where a head stands is no operation', () => {
    const vst = counted(op, 2)
    const { store } = vst.components
    const [[, tip]] = headsOf(op, vst) as [readonly [string, Digest]]
    get(store.transact({ heads: [{ name: 'other', expect: null, next: tip }] }))
    const before = get(op.log()(vst))
    const moved = [op.move('main', tip, tip), op.move('none', null, null), op.move('other', tip, tip)]
    const answers = [...moved, op.reset('main', tip)].map((move) => get(move(vst)))
    return [
      isEq(
        answers,
        answers.map(() => O.none),
      ),
      isEq(get(op.log()(vst)), before),
    ]
  })

/** As long as LMDB takes them, in each of the widths of UTF-8, and half a character. */
const longNames: ReadonlyArray<string> = ['x', 'é', '語', '🌲', '\ud800'].map((of) =>
  of.repeat(988 / of.length),
)

const names = (op: VstOperations): Law =>
  fact('a head of any name can be made, moved, renamed and taken away, and each undone', () =>
    longNames.flatMap((name) => {
      const vst = counted(op, 2)
      const [second, first] = get(op.log()(vst)).map(
        ({ digest }) => get(op.asOf({ operation: digest })(vst)).heads[0]![1],
      ) as [Digest, Digest]
      const to = `${name.slice(0, -1)}y`
      const acts: ReadonlyArray<(vst: Engine) => () => E.Either<unknown, unknown>> = [
        op.create(name, first),
        op.move(name, first, second),
        op.reset(name, first),
        op.withHead(name, State.set(['n'], 3)),
        op.rename(name, to),
        op.rename(to, name),
        op.remove(name),
      ]
      const views = [headsOf(op, vst)]
      for (const act of acts) {
        get(act(vst))
        views.push(headsOf(op, vst))
      }
      const after = (act: typeof op.undo): ReadonlyArray<readonly [string, Digest]> => {
        get(act(vst))
        return headsOf(op, vst)
      }
      const back = acts.map(() => after(op.undo))
      const forth = acts.map(() => after(op.redo))
      const log = get(op.log()(vst)).slice(-9, -2)
      const moved = log.map(({ digest }) => get(op.changes(digest)(vst)).moves.map((move) => move.name))
      const pair = [name, to].sort()
      return [
        isEq(back, views.slice(0, -1).toReversed()),
        isEq(forth, views.slice(1)),
        isEq(moved, [[name], pair, pair, [name], [name], [name], [name]]),
        isEq(get(op.adopt(vst)), O.none),
      ]
    }),
  )

const prunes = (op: VstOperations): Law =>
  law(
    'pruned history ends when the pruning leaves the window, and not if it was undone',
    [fc.integer({ min: 3, max: 8 }), fc.boolean(), fc.boolean()],
    (size, undone, again) => {
      const vst = counted(op, size)
      const { store } = vst.components
      const [[, tip]] = headsOf(op, vst) as [readonly [string, Digest]]
      const depth = (): number => get(Fetch.run(store)(Checkpoint.log()([tip]))).length
      const ends = get(op.prune([tip], { count: 2 })(vst))
      if (undone) get(op.undo(vst))
      if (undone && again) get(op.redo(vst))
      collect(vst)
      const inside = depth()
      get(op.expire()(vst))
      collect(vst)
      return [
        isEq(ends.length, 1),
        isEq(inside, size),
        isEq(depth(), undone && !again ? size : 2),
        isEq(contentAt(op, vst, tip), { n: size }),
      ]
    },
  )

const foreign = (op: VstOperations): Law =>
  fact('heads that were moved elsewhere are told to the log before they are moved again', () => {
    const vst = counted(op, 2)
    const { store } = vst.components
    const [[, tip]] = headsOf(op, vst) as [readonly [string, Digest]]
    get(store.transact({ heads: [{ name: 'other', expect: null, next: tip }] }))
    get(op.withHead('other', State.set(['n'], 5))(vst))
    const kinds = get(op.log({ count: 2 })(vst)).map(({ kind }) => kind)
    get(op.undo(vst))
    return [
      isEq(kinds, ['commit', 'import']),
      isEq(headsOf(op, vst), [
        ['main', tip],
        ['other', tip],
      ]),
    ]
  })

const measures = (op: VstOperations): Law =>
  law('what is counted is what was done', [fc.nat(5), fc.nat(5)], (commits, restores) => {
    const vst = counted(op, commits + 1, { held: 1 })
    const [[, tip]] = headsOf(op, vst) as [readonly [string, Digest]]
    for (let i = 0; i < restores; i++) StateReference.release(get(op.restore(tip)(vst)))()
    get(op.undo(vst))
    const { latency, ...counts } = op.metrics(vst)()
    return [
      isEq(counts, {
        operations: commits + 2,
        commits: commits + 1,
        branches: 0,
        restores,
        held: restores,
        merges: 0,
        undos: 1,
        retries: 0,
      }),
      holds(latency.commit.max > 0 && latency.commit.p50 <= latency.commit.max, 'no latency'),
    ]
  })

// -------------------------------------------------------------------------------------
// two at once
// -------------------------------------------------------------------------------------

const together = (op: VstOperations): Law =>
  lawAsync(
    'two engines on one store lose no operation, and the log is one of those orders that explain it',
    [fc.scheduler(), fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })), fc.boolean()],
    async (s, sizes, one) => {
      const memory = MemoryStore.make()
      const write = async (writer: number): Promise<ReadonlyArray<Digest>> => {
        const vst = op.make(ComponentStore.make(slow(toAsync(memory), s)), { clock: () => 0 })()
        const done: Array<Digest> = []
        for (let i = 0; i < sizes[writer]!; i++) {
          const name = one ? 'main' : `by ${writer}`
          const change = State.set([`by ${writer}`], i)
          const made = await op.withHeadAsync(name, change, { tries: 50, message: `${writer}.${i}` })(vst)()
          done.push(get(() => made).checkpoint)
        }
        return done
      }
      const done = (await s.waitFor(Promise.all([write(0), write(1)]))).flat()
      const vst = engineOn(op, memory)
      const log = get(op.log()(vst)).toReversed()
      const moves = log.map(({ digest }) => get(op.changes(digest)(vst)).moves)
      const heads = new Map<string, Digest | null>()
      const inStep = moves.every((of) =>
        of.every(({ name, before, after }) => {
          const fits = (heads.get(name) ?? null) === before
          heads.set(name, after)
          return fits
        }),
      )
      return [
        isEq(new Set(moves.flat().map(({ after }) => after)), new Set<Digest | null>(done)),
        isEq(
          log.map(({ kind }) => kind),
          done.map(() => 'commit'),
        ),
        holds(inStep, 'an operation that does not begin where the one before it ended'),
        isEq(new Map(headsOf(op, vst)), heads as Map<string, Digest>),
      ]
    },
  )

const linearisable = (op: VstOperations): Law =>
  lawAsync(
    'heads that two engines read and move are as if one did after the other',
    [fc.scheduler(), scripts, scripts],
    async (s, mine, yours) => {
      const memory = MemoryStore.make()
      const first = engineOn(op, memory)
      const digests = [0, 1, 2].map((n) => get(op.withHead(`${n}`, State.set(['n'], n))(first)).checkpoint)
      const access = (): Access => {
        const vst = op.make(ComponentStore.make(slow(toAsync(memory), s)), { clock: () => 0 })()
        return {
          get: op.getAsync('main')(vst),
          move: (expect, next) => op.moveAsync('main', expect, next)(vst),
        }
      }
      const events = await seen(s, digests, [
        [access(), mine],
        [access(), yours],
      ])
      const log = get(op.log()(first))
      const moved = events.filter(
        ({ op: [kind, expect, next], result }) => kind === 'move' && result === true && expect !== next,
      )
      return [holds(isOrdered(events), 'no order explains what was seen'), isEq(log.length, 3 + moved.length)]
    },
  )

const rivals = (op: VstOperations): Law =>
  lawAsync('of two who move a head from one place at once, one does', [fc.scheduler()], async (s) => {
    const memory = MemoryStore.make()
    const first = engineOn(op, memory)
    const digests = [0, 1].map((n) => get(op.withHead(`${n}`, State.set(['n'], n))(first)).checkpoint)
    const done = await s.waitFor(
      Promise.all(
        digests.map((digest) => {
          const vst = op.make(ComponentStore.make(slow(toAsync(memory), s)), { clock: () => 0 })()
          return op.moveAsync('main', null, digest)(vst)()
        }),
      ),
    )
    const winners = digests.filter((_, i) => E.isRight(done[i]!))
    return [isEq(winners.length, 1), isEq(get(memory.head('main')), winners[0])]
  })

/** @category laws */
export const vstLaws = (name: string, op: VstOperations): Suite =>
  suite(name, [
    models(op),
    restores(op),
    canonical(op),
    undoes(op),
    failures(op),
    faults(op),
    windows(op),
    ends(op),
    stays(op),
    names(op),
    prunes(op),
    foreign(op),
    measures(op),
    together(op),
    linearisable(op),
    rivals(op),
  ])
