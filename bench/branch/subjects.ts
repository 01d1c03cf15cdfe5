/** Ways to branch a state, to let the branch go, and to edit it for the first time. */
import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { produce } from 'immer'
import { fromJS, type Map as ImmutableMap } from 'immutable'
import { must } from '../../src/cli/job/agents.js'
import type { Plain } from '../../src/cli/job/copies.js'
import { ComponentStore, MemoryStore, State, StateReference, type Store } from '../../src/index.js'
import { OURS } from '../Bench.js'

/**
 * One subject. Each works on a whole batch with a loop of its own: a shared loop would be compiled for all of them
 * and cost more than what it measures.
 */
export interface Subject {
  readonly name: string
  /** Whether each branch is a copy of everything. */
  readonly copies?: true
  /** Fills the array with branches that can be found again and are counted. */
  readonly branch: (into: unknown[]) => void
  readonly release: (from: readonly unknown[]) => void
  /** Branches, and changes one text file of each branch. */
  readonly edit?: (into: unknown[]) => void
  /** Branches all at once. */
  readonly branchMany?: (into: unknown[]) => void
}

const TEXT = 'the first line that somebody changed\n'

const coppice = (base: Plain, path: readonly string[]): Subject => {
  type Reference = StateReference.StateReference<Store.Store>
  const components = ComponentStore.make<Store.Store>(MemoryStore.make())
  const root: Reference = StateReference.root(components)(must(() => State.fromJson(base)))()
  const branch = StateReference.branch(root)
  const change = StateReference.update(State.set(['files', ...path], TEXT))
  const made = (): Reference => {
    const child = branch()
    if (E.isLeft(child)) throw new Error(child.left._tag)
    return child.right
  }
  return {
    name: OURS,
    branch: (into) => {
      for (let i = 0; i < into.length; i++) into[i] = made()
    },
    branchMany: (into) => {
      const children = must(StateReference.branchMany(into.length)(root))
      for (let i = 0; i < into.length; i++) into[i] = children[i]
    },
    release: (from) => {
      for (let i = 0; i < from.length; i++) StateReference.release(from[i] as Reference)()
    },
    edit: (into) => {
      for (let i = 0; i < into.length; i++) {
        const child = made()
        change(child)()
        into[i] = child
      }
    },
  }
}

/** What one writes for values that need no copy: a registry of the branches under names of their own. */
const registered = <S>(name: string, fork: () => S, edit: (state: S) => S): Subject => {
  const registry = new Map<string, S>()
  return {
    name,
    branch: (into) => {
      for (let i = 0; i < into.length; i++) {
        const id = randomUUID()
        registry.set(id, fork())
        into[i] = id
      }
    },
    release: (from) => {
      for (let i = 0; i < from.length; i++) registry.delete(from[i] as string)
    },
    edit: (into) => {
      for (let i = 0; i < into.length; i++) {
        const id = randomUUID()
        registry.set(id, fork())
        registry.set(id, edit(registry.get(id)!))
        into[i] = id
      }
    },
  }
}

type Entries = { [key: string]: unknown }

const spread = (map: Entries, path: readonly string[], at = 0): Entries => ({
  ...map,
  [path[at]!]: at === path.length - 1 ? TEXT : spread(map[path[at]!] as Entries, path, at + 1),
})

const assign = (map: Entries, path: readonly string[]): void => {
  const last = path.length - 1
  let inner = map
  for (let i = 0; i < last; i++) inner = inner[path[i]!] as Entries
  inner[path[last]!] = TEXT
}

/** The scale: what the engine itself takes for the smallest things. */
const yardstick = (name: string, work: (i: number) => unknown): Subject => ({
  name,
  branch: (into) => {
    for (let i = 0; i < into.length; i++) into[i] = work(i)
  },
  release: () => {},
})

const mapGet = (): Subject => {
  const keys = Array.from({ length: 1024 }, () => randomUUID())
  const map = new Map(keys.map((key) => [key, key.length]))
  return yardstick('Map.get', (i) => map.get(keys[i]!))
}

export const YARDSTICKS: readonly string[] = ['Map.get', '{}']

/** All of them, over a state and the path of a text file in it. */
export const subjects = (base: Plain, file: readonly string[]): readonly Subject[] => {
  const path = ['files', ...file]
  const plain = (): Entries => structuredClone(base) as unknown as Entries
  const [frozen, tree, shared, cloned] = [produce(plain(), () => {}), fromJS(plain()), plain(), plain()]
  return [
    coppice(base, file),
    registered(
      'immer',
      () => frozen,
      (state) => produce(state, (draft) => assign(draft, path)),
    ),
    registered(
      'immutable',
      () => tree as ImmutableMap<string, unknown>,
      (state) => state.setIn(path, TEXT),
    ),
    registered(
      'object spread',
      () => ({ ...shared }),
      (state) => spread(state, path),
    ),
    {
      ...registered(
        'structuredClone',
        () => structuredClone(cloned),
        (state) => {
          assign(state, path)
          return state
        },
      ),
      copies: true,
    },
    mapGet(),
    yardstick('{}', () => ({})),
  ]
}
