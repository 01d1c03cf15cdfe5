/**
 * The commands of the model-based test of references: a model of plain objects beside the real thing.
 */
import fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../../src/data/Digest.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import { get, type Operations, type Reference, type World } from './Subject.js'

/** What a reference must look like. References that hold the very same state have the same `cell`. */
interface Held {
  readonly parent: number | null
  readonly generation: number
  readonly family: number
  readonly content: Readonly<Record<string, number | string>>
  readonly cell: number
  /** The digest of its last commit and what it held then. */
  readonly committed: Digest | null
}

export interface Model {
  readonly live: Map<number, Held>
  readonly stored: Map<Digest, Held['content']>
  next: number
}

export interface Real {
  readonly operations: Operations
  readonly world: World
  readonly references: Map<number, Reference>
}

export const fresh = (): Model => ({ live: new Map(), stored: new Map(), next: 0 })

const fail = (what: string): never => {
  throw new Error(what)
}

const expectSame = (what: string, left: unknown, right: unknown): void => {
  if (left !== right) fail(`${what}: ${String(left)}, not ${String(right)}`)
}

const pick = (model: Model, choice: number): readonly [number, Held] | null => {
  const all = [...model.live]
  return all.length === 0 ? null : all[choice % all.length]!
}

const contentOf = (real: Real, reference: Reference): unknown =>
  get(Fetch.run(real.world.store)(State.toJson(get(real.operations.read(reference)))))

const entries = (content: unknown): string =>
  JSON.stringify(Object.entries(content as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Every reference is as the model says. */
export const compare = (model: Model, real: Real): void => {
  const { operations: op } = real
  for (const [id, held] of model.live) {
    const reference = real.references.get(id)!
    expectSame(`content of ${id}`, entries(contentOf(real, reference)), entries(held.content))
    expectSame(`generation of ${id}`, op.generation(reference), held.generation)
    expectSame(`released ${id}`, op.isReleased(reference)(), false)
    const family = [...model.live.values()].filter((other) => other.family === held.family)
    expectSame(`live in the family of ${id}`, op.live(reference)(), family.length)
    const sharing = [...model.live.values()].filter((other) => other.cell === held.cell)
    expectSame(`shared ${id}`, op.isShared(reference)(), sharing.length > 1)
    const parent = op.parent(reference)()
    expectSame(
      `parent of ${id}`,
      O.toUndefined(parent),
      held.parent === null ? undefined : real.references.get(held.parent),
    )
    const children = new Set(op.children(reference)())
    for (const [other, { parent: its }] of model.live) {
      expectSame(`${other} a child of ${id}`, children.has(real.references.get(other)!), its === id)
    }
  }
}

type Command = fc.Command<Model, Real>

class Root implements Command {
  check(): boolean {
    return true
  }
  run(model: Model, real: Real): void {
    const id = model.next++
    real.references.set(id, real.operations.root(real.world.components)(State.empty)())
    model.live.set(id, { parent: null, generation: 0, family: id, content: {}, cell: id, committed: null })
  }
  toString(): string {
    return 'root'
  }
}

abstract class OnOne implements Command {
  readonly choice: number
  constructor(choice: number) {
    this.choice = choice
  }
  check(model: Readonly<Model>): boolean {
    return model.live.size > 0
  }
  run(model: Model, real: Real): void {
    const [id, held] = pick(model, this.choice)!
    this.on(id, held, real.references.get(id)!, model, real)
  }
  protected abstract on(id: number, held: Held, reference: Reference, model: Model, real: Real): void
  toString(): string {
    return `${this.constructor.name} ${this.choice}`
  }
}

class Branch extends OnOne {
  protected on(id: number, held: Held, reference: Reference, model: Model, real: Real): void {
    const child = model.next++
    real.references.set(child, get(real.operations.branch(reference)))
    model.live.set(child, { ...held, parent: id, generation: held.generation + 1 })
  }
}

class BranchMany extends OnOne {
  protected on(id: number, held: Held, reference: Reference, model: Model, real: Real): void {
    for (const made of get(real.operations.branchMany(3)(reference))) {
      const child = model.next++
      real.references.set(child, made as Reference)
      model.live.set(child, { ...held, parent: id, generation: held.generation + 1 })
    }
  }
}

class Write extends OnOne {
  readonly key: string
  readonly big: boolean
  constructor(choice: number, key: string, big: boolean) {
    super(choice)
    this.key = key
    this.big = big
  }
  protected on(id: number, held: Held, reference: Reference, model: Model, real: Real): void {
    const n = model.next++
    const value = this.big ? `${n} `.repeat(200) : n
    const state = get(real.operations.read(reference))
    const next = get(Fetch.run(real.world.store)(State.set([this.key], value)(state)))
    get(real.operations.write(next)(reference))
    model.live.set(id, { ...held, content: { ...held.content, [this.key]: value }, cell: model.next++ })
  }
  override toString(): string {
    return `Write ${this.choice} ${JSON.stringify(this.key)} ${this.big}`
  }
}

class Release extends OnOne {
  protected on(id: number, held: Held, reference: Reference, model: Model, real: Real): void {
    real.operations.release(reference)()
    real.operations.release(reference)()
    expectSame('released', real.operations.isReleased(reference)(), true)
    expectSame('read after release', real.operations.read(reference)()._tag, 'Left')
    expectSame('branch after release', real.operations.branch(reference)()._tag, 'Left')
    model.live.delete(id)
    for (const [other, its] of model.live) {
      if (its.parent === id) model.live.set(other, { ...its, parent: held.parent })
    }
  }
}

class Commit extends OnOne {
  protected on(id: number, held: Held, reference: Reference, model: Model, real: Real): void {
    const { digest } = get(real.operations.commit()(reference))
    for (const [known, content] of model.stored) {
      expectSame('equal content, equal digest', known === digest, entries(content) === entries(held.content))
    }
    model.stored.set(digest, held.content)
    model.live.set(id, { ...held, committed: digest })
  }
}

class Unload extends OnOne {
  protected on(id: number, held: Held, reference: Reference, model: Model, real: Real): void {
    const unloaded = get(real.operations.unload(reference))
    if (unloaded) model.live.set(id, { ...held, cell: model.next++ })
  }
}

/** Opens what a living reference committed last, which is therefore still there. */
class Open extends OnOne {
  protected on(_: number, held: Held, __: Reference, model: Model, real: Real): void {
    if (held.committed === null) return
    const id = model.next++
    real.references.set(id, get(real.operations.open(real.world.components)(held.committed)) as Reference)
    model.live.set(id, {
      parent: null,
      generation: 0,
      family: id,
      content: model.stored.get(held.committed)!,
      cell: model.next++,
      committed: held.committed,
    })
  }
}

class Collect implements Command {
  check(): boolean {
    return true
  }
  run(_: Model, real: Real): void {
    get(real.operations.flush(real.world.components))
    real.world.store.collect()
  }
  toString(): string {
    return 'collect'
  }
}

class Evict implements Command {
  check(): boolean {
    return true
  }
  run(_: Model, real: Real): void {
    real.world.components.residency.clear()
  }
  toString(): string {
    return 'evict'
  }
}

class Compare implements Command {
  check(): boolean {
    return true
  }
  run(model: Model, real: Real): void {
    compare(model, real)
  }
  toString(): string {
    return 'compare'
  }
}

const choice = fc.nat(1000)

/** Few keys, so that edits meet; one that prototypes know. */
const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor')

export const commands: fc.Arbitrary<Iterable<Command>> = fc.commands(
  [
    fc.constant(new Root()),
    choice.map((n) => new Branch(n)),
    choice.map((n) => new BranchMany(n)),
    fc.tuple(choice, key, fc.boolean()).map(([n, k, big]) => new Write(n, k, big)),
    choice.map((n) => new Release(n)),
    choice.map((n) => new Commit(n)),
    choice.map((n) => new Unload(n)),
    choice.map((n) => new Open(n)),
    fc.constant(new Collect()),
    fc.constant(new Evict()),
    fc.constant(new Compare()),
  ],
  { maxCommands: 60, size: 'max' },
)
