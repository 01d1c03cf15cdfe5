/**
 * The laws of references and of what they share.
 */
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import type { Path } from '../../src/data/Failure.js'
import { Eq as LedgerEq } from '../../src/store/Ledger.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import { keys, values } from '../arbitraries.js'
import { fact, holds, isEq, type Law, law, type Suite, suite } from '../Law.js'
import { commands, compare, fresh } from './commands.js'
import { get, type Operations, type Reference, type World, world } from './Subject.js'

const state = (json: unknown): State.State => E.getOrElseW(() => State.empty)(State.fromJson(json))

/** A state of some size: many files, of which few are small. */
const files = (n: number): State.State =>
  state({
    files: Object.fromEntries(Array.from({ length: n }, (_, i) => [`${i}.txt`, `${i} `.repeat(i % 200)])),
  })

const edited = (run: World, path: Path, value: unknown, of: State.State): State.State =>
  get(Fetch.run(run.store)(State.set(path, value)(of)))

const model = (op: Operations): Law => ({
  name: 'any interleaving agrees with a model of plain objects',
  property: fc.property(commands, fc.constantFrom(0, 3000, 1e6), (steps, budget) => {
    fc.modelRun(() => {
      const m = fresh()
      const real = { operations: op, world: world(budget), references: new Map<number, Reference>() }
      return { model: m, real }
    }, steps)
  }) as unknown as Law['property'],
})

const emptied = (op: Operations): Law => ({
  name: 'release of all, and a collection, leave nothing',
  property: fc.property(commands, fc.constantFrom(0, 1e6), (steps, budget) => {
    const m = fresh()
    const run = world(budget)
    const real = { operations: op, world: run, references: new Map<number, Reference>() }
    fc.modelRun(() => ({ model: m, real }), steps)
    compare(m, real)
    for (const id of m.live.keys()) op.release(real.references.get(id)!)()
    get(op.flush(run.components))
    run.store.collect()
    const { blocks, bytes, pins } = run.store.stats()
    if (blocks + bytes + pins !== 0) throw new Error(`left: ${blocks} blocks, ${bytes} bytes, ${pins} pins`)
    if (!LedgerEq.equals(run.store.ledger(), run.store.recount())) throw new Error('the counts disagree')
  }) as unknown as Law['property'],
})

const isolation = (op: Operations): Law =>
  law(
    'what one branch writes no other sees',
    [fc.dictionary(keys, values, { maxKeys: 20 }), keys, values],
    (json, key, value) => {
      const run = world(1e6)
      const root = op.root(run.components)(state(json))()
      const [left, right] = get(op.branchMany(2)(root))
      const before = State.digest(get(op.read(root)))
      get(op.write(edited(run, [key], [value, 'mine'], get(op.read(left!))))(left!))
      return [
        isEq(State.digest(get(op.read(root))), before),
        isEq(State.digest(get(op.read(right!))), before),
        holds(State.digest(get(op.read(left!))) !== before, 'the write was lost'),
      ]
    },
  )

const dedup = (op: Operations): Law =>
  law(
    'bytes stored are those of the distinct blocks',
    [fc.integer({ min: 1, max: 12 }), fc.nat(3)],
    (agents, edits) => {
      const run = world(1e6)
      const root = op.root(run.components)(files(60))()
      get(op.commit()(root))
      const alone = run.store.stats().bytes
      const added: Array<number> = []
      for (const [i, child] of get(op.branchMany(agents)(root)).entries()) {
        // Agents that make the same edits make the same blocks.
        for (let e = 0; e <= edits; e++) {
          get(
            op.write(edited(run, ['files', `${e}.txt`], `edit ${i % 2} `.repeat(50), get(op.read(child))))(
              child,
            ),
          )
        }
        added.push(get(op.commit()(child)).bytes)
      }
      const stored = run.store.stats().bytes
      return [
        isEq(
          added.reduce((sum, bytes) => sum + bytes, alone),
          stored,
        ),
        isEq(
          added.slice(2).every((bytes) => bytes === 0),
          true,
        ),
      ]
    },
  )

const oneObject = (op: Operations): Law =>
  fact('equal committed subtrees are one object in memory', () => {
    const run = world(1e8)
    const one = op.root(run.components)(files(100))()
    const two = op.root(run.components)(files(100))()
    get(op.commit()(one))
    get(op.commit()(two))
    return isEq(State.rootOf(get(op.read(one))) === State.rootOf(get(op.read(two))), true)
  })

const unchanged = (op: Operations): Law =>
  law('a commit writes what is new and nothing else', [fc.integer({ min: 100, max: 400 })], (n) => {
    const run = world(1e6)
    const root = op.root(run.components)(files(n))()
    get(op.commit()(root))
    const again = get(op.commit()(root))
    get(op.write(edited(run, ['files', '7.txt'], 'seven', get(op.read(root))))(root))
    const edit = get(op.commit()(root))
    return [
      isEq(again.added, 0),
      holds(edit.added > 0 && edit.added <= 8, `${edit.added} blocks for one edit`),
    ]
  })

const reopened = (op: Operations): Law =>
  law(
    'what was committed is what is opened, with nothing of it in memory',
    [fc.dictionary(keys, values, { maxKeys: 30 })],
    (json) => {
      const run = world(0)
      const root = op.root(run.components)(state(json))()
      const { digest } = get(op.commit()(root))
      const opened = get(op.open(run.components)(digest))
      return isEq(
        get(Fetch.run(run.store)(State.toJson(get(op.read(opened))))),
        get(Fetch.run(run.store)(State.toJson(get(op.read(root))))),
      )
    },
  )

const held = (op: Operations): Law =>
  law(
    'what a live reference reaches is never taken',
    [fc.dictionary(keys, values, { maxKeys: 30 }), fc.boolean()],
    (json, branching) => {
      const run = world(0)
      const root = op.root(run.components)(state(json))()
      const { digest } = get(op.commit()(root))
      const opened = get(op.open(run.components)(digest))
      const kept = branching ? get(op.branch(opened)) : opened
      if (branching) op.release(opened)()
      const before = get(Fetch.run(run.store)(State.toJson(get(op.read(root)))))
      op.release(root)()
      get(op.flush(run.components))
      run.store.collect()
      return isEq(get(Fetch.run(run.store)(State.toJson(get(op.read(kept))))), before)
    },
  )

const readEarlier = (op: Operations): Law =>
  law(
    'a state that was read stays whole while its family lives',
    [fc.dictionary(keys, values, { maxKeys: 30 }), keys, fc.boolean()],
    (json, key, other) => {
      const run = world(0)
      const { digest } = get(op.commit()(op.root(run.components)(state(json))()))
      const root = get(op.open(run.components)(digest))
      const earlier = get(op.read(root))
      const content = get(Fetch.run(run.store)(State.toJson(earlier)))
      get(op.write(edited(run, [key], 'changed '.repeat(100), earlier))(root))
      get(op.commit()(root))
      get(op.unload(root))
      // Back into the reference, or into another of the family.
      const into = other ? get(op.branch(root)) : root
      if (other) op.release(root)()
      get(op.write(earlier)(into))
      get(op.flush(run.components))
      run.store.collect()
      return isEq(get(Fetch.run(run.store)(State.toJson(get(op.read(into))))), content)
    },
  )

/** The laws of `StateReference` and `ComponentStore`. */
export const referenceLaws = (name: string, operations: Operations): Suite =>
  suite(name, [
    model(operations),
    emptied(operations),
    isolation(operations),
    dedup(operations),
    oneObject(operations),
    unchanged(operations),
    reopened(operations),
    held(operations),
    readEarlier(operations),
  ])
