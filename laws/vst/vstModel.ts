/**
 * The commands of the model-based test of the engine: heads, views and the log as plain objects, beside the real thing.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import { type Links, linksOf } from '../../src/store/internal/links.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'
import type * as Vst from '../../src/vst/Vst.js'
import { get } from '../branch/Subject.js'
import { type ManualClock, manualClock } from '../store/manualClock.js'
import type { VstOperations } from './vstLaws.js'

type Heads = { readonly [name: string]: Digest }

interface Entry {
  readonly kind: Vst.Kind
  readonly after: Heads
  /** The generation of the operation that it takes back. */
  readonly reverts: number | null
  readonly time: number
}

export interface Model {
  heads: Heads
  readonly entries: Array<Entry>
  oldest: number
  readonly window: number
  readonly contents: Map<Digest, string>
  /** By generation, whether it is taken back. */
  readonly taken: Array<boolean>
}

export interface Real {
  readonly op: VstOperations
  readonly store: MemoryStore.MemoryStore
  readonly clock: ManualClock
  vst: Vst.Vst<MemoryStore.MemoryStore>
}

const expectSame = (what: string, left: unknown, right: unknown): void => {
  const [x, y] = [fc.stringify(left), fc.stringify(right)]
  if (x !== y) throw new Error(`${what}: ${x}, not ${y}`)
}

const engine = (op: VstOperations, store: MemoryStore.MemoryStore, clock: ManualClock, window: number) =>
  op.make(ComponentStore.make(store, { residency: Residency.make(100_000) }), {
    author: 'model',
    clock: clock.now,
    window: { operations: window },
  })()

/** An engine and its model, of which nothing is known yet. */
export const begin = (op: VstOperations, window: number): { readonly model: Model; readonly real: Real } => {
  const store = MemoryStore.make()
  const clock = manualClock(1000)
  return {
    model: { heads: {}, entries: [], oldest: 0, window, contents: new Map(), taken: [] },
    real: { op, store, clock, vst: engine(op, store, clock, window) },
  }
}

/** One of them is too long for a key of a map. */
const NAMES: ReadonlyArray<string> = ['main', 'a', 'a/b', 'é'.repeat(700)]

const sorted = (heads: Heads): ReadonlyArray<readonly [string, Digest]> =>
  Object.entries(heads).sort(([x], [y]) => (x < y ? -1 : 1))

const viewAt = (model: Model, generation: number): Heads => model.entries[generation]?.after ?? {}

const setTaken = (model: Model, generation: number, taken: boolean): void => {
  model.taken[generation] = taken
  const { reverts } = model.entries[generation]!
  if (reverts !== null) setTaken(model, reverts, !taken)
}

const done = (
  model: Model,
  real: Real,
  kind: Vst.Kind,
  heads: Heads,
  reverts: number | null = null,
  window: number = model.window,
): void => {
  model.heads = heads
  model.entries.push({ kind, after: heads, reverts, time: real.clock.now() })
  model.taken.push(false)
  if (reverts !== null) setTaken(model, reverts, true)
  model.oldest = oldestIn(model, window)
}

/** Where a window begins, which never goes back: operations that end a window do not count. */
const oldestIn = ({ entries, oldest }: Model, window: number): number => {
  let begin = entries.length
  for (let left = window; begin > oldest; begin--) {
    if (entries[begin - 1]!.kind !== 'expire' && left-- === 0) break
  }
  return begin
}

const without = (heads: Heads, name: string): Heads =>
  Object.fromEntries(Object.entries(heads).filter(([other]) => other !== name))

const put = (heads: Heads, name: string, digest: Digest | undefined): Heads =>
  digest === undefined ? without(heads, name) : { ...heads, [name]: digest }

/** All checkpoints that heads and the window name. */
const named = (model: Model): ReadonlyArray<Digest> => {
  const found = new Set<Digest>(Object.values(model.heads))
  for (let at = Math.max(0, model.oldest - 1); at < model.entries.length; at++) {
    for (const digest of Object.values(viewAt(model, at))) found.add(digest)
  }
  return [...found]
}

const contentOf = (real: Real, digest: Digest): string => {
  const reference = get(real.op.restore(digest)(real.vst))
  const content = get(StateReference.ask(State.toJson)(reference))
  StateReference.release(reference)()
  return JSON.stringify(content)
}

/** What the operation at a generation did, backwards, where its heads still stand; or null. */
const takenBack = (model: Model, generation: number): Heads | null => {
  const [from, to] = [viewAt(model, generation - 1), viewAt(model, generation)]
  let heads = model.heads
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (from[name] === to[name]) continue
    if (model.heads[name] !== to[name]) return null
    heads = put(heads, name, from[name])
  }
  return heads
}

const tagOf = (answer: E.Either<{ readonly _tag: string }, unknown>): string =>
  E.isLeft(answer) ? answer.left._tag : 'done'

/** The engine is as the model says. */
export const compare = (model: Model, { op, vst, ...rest }: Real): void => {
  expectSame('heads', get(op.list('')(vst)), sorted(model.heads))
  const real = { op, vst, ...rest }
  const log = get(op.log()(vst))
  const digestOf = new Map(log.map(({ generation, digest }) => [generation, digest]))
  expectSame(
    'log',
    log.map(({ generation, kind, reverts, time }) => [
      generation,
      kind,
      O.toNullable(reverts) !== null,
      time,
    ]),
    model.entries
      .map(({ kind, reverts, time }, generation) => [generation, kind, reverts !== null, time])
      .slice(model.oldest)
      .reverse(),
  )
  for (const { generation, digest, reverts } of log) {
    const { heads } = get(op.asOf({ operation: digest })(vst))
    expectSame(`view of ${generation}`, heads, sorted(viewAt(model, generation)))
    const target = digestOf.get(model.entries[generation]!.reverts ?? -1)
    if (target !== undefined) expectSame('what is taken back', O.toNullable(reverts), target)
    const { moves } = get(op.changes(digest)(vst))
    const before = moves.reduce(
      (view, move) => put(view, move.name, move.before ?? undefined),
      viewAt(model, generation),
    )
    expectSame(`changes of ${generation}`, sorted(before), sorted(viewAt(model, generation - 1)))
  }
  for (const digest of named(model))
    expectSame('content', contentOf(real, digest), model.contents.get(digest))
}

const linked = (bytes: Uint8Array): Links => {
  const found = linksOf(bytes)
  if (found === undefined) throw new Error('a block that is none')
  return found
}

const parentOf = (store: MemoryStore.MemoryStore, digest: Digest): Digest =>
  linked(get(store.read([digest]))[0]!).parents[0]!

/** Blocks that heads and the window reach; the operation before the window holds its view and no more. */
const reached = (model: Model, { op, store, vst }: Real): number => {
  const found = new Set<Digest>()
  const follow = (digest: Digest, ends: boolean): void => {
    if (found.has(digest)) return
    found.add(digest)
    const bytes = get(store.read([digest]))[0]
    if (bytes === undefined) throw new Error('what is named is not there')
    const { links, parents } = linked(bytes)
    for (const link of ends ? links : [...links, ...parents]) follow(link, false)
  }
  for (const digest of named(model)) follow(digest, false)
  const log = get(op.log()(vst))
  const last = log.at(-1)
  if (last !== undefined && last.generation > 0) {
    follow(parentOf(store, last.digest), true)
  }
  for (const { digest } of log.toReversed()) follow(digest, false)
  return found.size
}

type Command = fc.Command<Model, Real>

const command = (name: string, run: (model: Model, real: Real) => void): Command => ({
  check: () => true,
  run: (model, real) => {
    real.clock.advance(1)()
    run(model, real)
    compare(model, real)
  },
  toString: () => name,
})

const pick = <A>(all: ReadonlyArray<A>, choice: number): A | undefined =>
  all[choice % Math.max(1, all.length)]

const commit = (name: string, n: number): Command =>
  command(`commit ${name} ${n}`, (model, real) => {
    const key = name.slice(0, 9)
    const change = State.set([key], n)
    const { checkpoint } = get(real.op.withHead(name, change, { message: `${n}` })(real.vst))
    done(model, real, 'commit', put(model.heads, name, checkpoint))
    const before = Object.entries(
      JSON.parse(model.contents.get(viewAt(model, model.entries.length - 2)[name]!) ?? '{}') as object,
    )
    const content = contentOf(real, checkpoint)
    const after = Object.fromEntries([...before, [key, n]])
    expectSame('committed', sortedJson(JSON.parse(content)), sortedJson(after))
    model.contents.set(checkpoint, content)
  })

const sortedJson = (content: object): string =>
  JSON.stringify(Object.entries(content).sort(([x], [y]) => (x < y ? -1 : 1)))

const create = (name: string, choice: number): Command =>
  command(`create ${name}`, (model, real) => {
    const digest = pick(named(model), choice)
    if (digest === undefined) return
    const free = model.heads[name] === undefined
    expectSame('create', tagOf(real.op.create(name, digest)(real.vst)()), free ? 'done' : 'HeadMoved')
    if (free) done(model, real, 'head', put(model.heads, name, digest))
  })

const reset = (name: string, choice: number): Command =>
  command(`reset ${name}`, (model, real) => {
    const digest = pick(named(model), choice)
    if (digest === undefined) return
    const moves = model.heads[name] !== digest
    expectSame('reset', O.isSome(get(real.op.reset(name, digest)(real.vst))), moves)
    if (moves) done(model, real, 'head', put(model.heads, name, digest))
  })

const remove = (name: string): Command =>
  command(`remove ${name}`, (model, real) => {
    const there = model.heads[name] !== undefined
    expectSame('remove', tagOf(real.op.remove(name)(real.vst)()), there ? 'done' : 'UnknownReference')
    if (there) done(model, real, 'head', without(model.heads, name))
  })

const rename = (name: string, to: string): Command =>
  command(`rename ${name} ${to}`, (model, real) => {
    const digest = model.heads[name]
    const free = model.heads[to] === undefined
    const expected = digest === undefined ? 'UnknownReference' : free ? 'done' : 'HeadMoved'
    expectSame('rename', tagOf(real.op.rename(name, to)(real.vst)()), expected)
    if (expected === 'done') done(model, real, 'head', put(without(model.heads, name), to, digest))
  })

const merge = (name: string, choice: number): Command =>
  command(`merge ${name}`, (model, real) => {
    const digest = pick(named(model), choice)
    if (digest === undefined) return
    const outcome = get(real.op.merge(name, digest)(real.vst))
    if (outcome._tag === 'FastForward') done(model, real, 'merge', put(model.heads, name, digest))
    if (outcome._tag !== 'Committed') return
    const { checkpoint } = outcome.committed
    done(model, real, 'merge', put(model.heads, name, checkpoint))
    model.contents.set(checkpoint, contentOf(real, checkpoint))
  })

const undo: Command = command('undo', (model, real) => {
  const { entries, taken, oldest } = model
  const target = entries.findLastIndex(
    ({ kind, reverts }, at) => !taken[at] && reverts === null && kind !== 'import' && kind !== 'expire',
  )
  const answer = tagOf(real.op.undo(real.vst)())
  if (target < oldest) return expectSame('undo', answer, 'UnknownOperation')
  const heads = takenBack(model, target)
  expectSame('undo', answer, heads === null ? 'HeadMoved' : 'done')
  if (heads !== null) done(model, real, 'undo', heads, target)
})

const redo: Command = command('redo', (model, real) => {
  const { entries, taken, oldest } = model
  const target = entries.findLastIndex(
    ({ kind }, at) => !taken[at] && kind !== 'redo' && kind !== 'import' && kind !== 'expire',
  )
  const answer = tagOf(real.op.redo(real.vst)())
  if (target < oldest || entries[target]?.kind !== 'undo')
    return expectSame('redo', answer, 'UnknownOperation')
  const heads = takenBack(model, target)
  expectSame('redo', answer, heads === null ? 'HeadMoved' : 'done')
  if (heads !== null) done(model, real, 'redo', heads, target)
})

/** One of the operations that are known, by its digest, and in or just outside of the window. */
const anyOf = (model: Model, real: Real, choice: number): readonly [number, Digest] | undefined => {
  const log = get(real.op.log()(real.vst))
  const known = log.map(({ generation, digest }) => [generation, digest] as const)
  const last = log.at(-1)
  if (last !== undefined && last.generation > 0) {
    known.push([model.oldest - 1, parentOf(real.store, last.digest)])
  }
  return pick(known, choice)
}

const undoOf = (choice: number): Command =>
  command(`undo one ${choice}`, (model, real) => {
    const found = anyOf(model, real, choice)
    if (found === undefined) return
    const [target, digest] = found
    const answer = tagOf(real.op.undoOf(digest)(real.vst)())
    if (target < model.oldest) return expectSame('undo one', answer, 'UnknownOperation')
    const heads = takenBack(model, target)
    expectSame('undo one', answer, heads === null ? 'HeadMoved' : 'done')
    if (heads !== null) {
      done(model, real, model.entries[target]!.kind === 'undo' ? 'redo' : 'undo', heads, target)
    }
  })

const rewind = (choice: number, byTime: boolean): Command =>
  command(`rewind ${choice}`, (model, real) => {
    const found = anyOf(model, real, choice)
    if (found === undefined) return
    const [target, operation] = found
    get(real.op.rewind(byTime ? { time: model.entries[target]!.time } : { operation })(real.vst))
    done(model, real, 'rewind', viewAt(model, target))
  })

const expire = (operations: number): Command =>
  command(`expire ${operations}`, (model, real) => {
    const ends = oldestIn(model, operations) > model.oldest
    expectSame('expire', O.isSome(get(real.op.expire({ operations })(real.vst))), ends)
    if (ends) done(model, real, 'expire', model.heads, null, operations)
  })

const elsewhere = (name: string, choice: number): Command =>
  command(`move ${name} elsewhere`, (model, real) => {
    const next = choice % 4 === 0 ? undefined : pick(named(model), choice)
    const expect = model.heads[name] ?? null
    if (expect === (next ?? null)) return
    get(real.store.transact({ heads: [{ name, expect, next: next ?? null }] }))
    get(real.op.adopt(real.vst))
    done(model, real, 'import', put(model.heads, name, next))
  })

const collect: Command = command('collect', (model, real) => {
  get(ComponentStore.flush(real.vst.components))
  real.store.collect()
  expectSame('blocks', real.store.stats().blocks, reached(model, real))
})

const reopen: Command = command('reopen', (model, real) => {
  get(ComponentStore.flush(real.vst.components))
  real.vst = engine(real.op, real.store, real.clock, model.window)
})

const name = fc.constantFrom(...NAMES)
const choice = fc.nat(100)

export const commands: fc.Arbitrary<Iterable<Command>> = fc.commands(
  [
    fc.tuple(name, fc.nat(3)).map((of) => commit(...of)),
    fc.tuple(name, fc.nat(3)).map((of) => commit(...of)),
    fc.tuple(name, choice).map((of) => create(...of)),
    fc.tuple(name, choice).map((of) => reset(...of)),
    name.map(remove),
    fc.tuple(name, name).map((of) => rename(...of)),
    fc.tuple(name, choice).map((of) => merge(...of)),
    fc.constant(undo),
    fc.constant(undo),
    fc.constant(redo),
    choice.map(undoOf),
    fc.tuple(choice, fc.boolean()).map((of) => rewind(...of)),
    fc.integer({ min: 0, max: 4 }).map(expire),
    fc.tuple(name, choice).map((of) => elsewhere(...of)),
    fc.constant(collect),
    fc.constant(reopen),
  ],
  { maxCommands: 30 },
)
