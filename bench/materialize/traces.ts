/** What is asked for, in order, with its size and the time that it took to build: recorded from searches, and from the main job's agents. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { branchFor, must, mustBe, rootOf } from '../../src/cli/job/agents.js'
import { chance } from '../../src/cli/job/chance.js'
import { edited } from '../../src/cli/job/edits.js'
import { timed } from '../../src/cli/job/latency.js'
import { defaultWorkspace } from '../../src/cli/job/places.js'
import { agent } from '../../src/cli/job/scenario.js'
import { type File, read, type Workspace } from '../../src/cli/job/workspace.js'
import * as ticTacToe from '../../src/cli/search/ticTacToe.js'
import {
  Collector,
  Component,
  ComponentStore,
  Factory,
  type Failure,
  Fetch,
  Manager,
  Materializer,
  Measure,
  MemoryStore,
  Registry,
  Search,
  SearchIndex,
  State,
  StateReference,
  TextFile,
  Weight,
} from '../../src/index.js'

export interface Access {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** Ms to build it. */
  readonly cost: number
  /** Of the branch that asks, as it is known then. */
  readonly probability: number
}

export type Trace = readonly Access[]

type Reference = StateReference.StateReference<MemoryStore.MemoryStore>
type Path = ReadonlyArray<string>

/** Which moves of tic-tac-toe lead to what, if both play their best: small, and dear where the game is young. */
const solution = Factory.pure({
  type: Factory.type<Readonly<Record<string, number>>>('solution'),
  read: Component.typed(t.string),
  create: (board: string) =>
    Object.fromEntries(
      ticTacToe
        .squares(board)
        .map((square) => [String(square), -ticTacToe.worth(ticTacToe.play(board, square))]),
    ),
  estimateSize: (moves) => 64 + 24 * Object.keys(moves).length,
})

const registry = Registry.of(TextFile.factory, SearchIndex.factory, solution)

/** Ns: what takes longer is built once. */
const SLOW = 20e6

/** Builds what was never asked for before, and keeps nothing of it but the figures. */
const recorder = (components: ComponentStore.ComponentStore<MemoryStore.MemoryStore>) => {
  const materializer = Materializer.make(components, registry, { budget: 0 })
  const known = new Map<string, { readonly size: number; readonly cost: number }>()
  const trace: Access[] = []
  const keyOf = <A>({ type }: Factory.Factory<A>, component: Component.Component) => type + component.digest
  const at = (reference: Reference, path: Path): Component.Component => {
    const found = Fetch.now(Component.at(path)(Component.ofState(must(StateReference.read(reference)))))
    if (found._tag === 'None') throw new Error('all of it is in memory')
    const component = mustBe(found.value)
    if (component._tag === 'None') throw new Error(`nothing stands at ${path.join('/')}`)
    return component.value
  }
  const ask = <A, B>(
    factory: Factory.Factory<A, B>,
    reference: Reference,
    path: Path,
    probability = (_: string): number => 1,
  ): void => {
    const component = at(reference, path)
    const key = keyOf(factory as Factory.Factory<A>, component)
    const before = known.get(key)
    if (before === undefined) {
      const build = () => timed(() => Materializer.now(factory.type, component)(materializer)())
      const [first, built] = build()
      // Whatever else the machine does in the meantime is not what it costs.
      const cost = first > SLOW ? first : Math.min(first, build()[0], build()[0])
      known.set(key, { size: factory.estimateSize(mustBe(built)), cost: cost / 1e6 })
    }
    trace.push({ key, ...known.get(key)!, probability: probability(key) })
  }
  const keyAt = <A, B>(factory: Factory.Factory<A, B>, reference: Reference, path: Path): string =>
    keyOf(factory as Factory.Factory<A>, at(reference, path))
  return { ask, keyAt, trace }
}

const world = () => {
  const components = ComponentStore.make(MemoryStore.make())
  return { components, ...recorder(components) }
}

const theWorkspace = (): Workspace => {
  const directory = defaultWorkspace()
  const workspace = E.isLeft(directory) ? directory : read(directory.right)
  if (E.isLeft(workspace)) throw new Error(workspace.left)
  return workspace.right
}

const WIDTH = 16
const MOVES = 3
/** Files that are read to score a state; the edited one comes first. */
const READ = 6

/** `Search.beam` over a workspace: a move edits a file, and a score reads some files and looks into the index of their directory. */
const beamSearch = async (depth: number): Promise<Trace> => {
  const workspace = theWorkspace()
  const { components, ask, keyAt, trace } = world()
  const manager = Manager.make(components, Collector.make(components))
  const root = rootOf(components, workspace)
  const files = workspace.files.filter(({ content }) => typeof content === 'string')
  /** Few files are popular. */
  const popular = (dice: ReturnType<typeof chance>): File =>
    files[Math.floor(files.length * (dice.below(1000) / 1000) ** 3)]!
  let likelihood = 1
  let parent = ''
  const ofRoot = new Set<string>()
  for (const { path } of files) ofRoot.add(keyAt(TextFile.factory, root, ['files', ...path]))
  // What all branches share matters as long as any of them does.
  const probability = (key: string): number => (ofRoot.has(key) ? 1 : likelihood)
  const weigh = (reference: Reference): void => {
    const measure = mustBe(Manager.measure('beam')(manager)())
    const [best] = Measure.topK(1)(measure)
    for (const [key, branch, weight] of Measure.branches(measure)) {
      if (branch.reference !== reference) continue
      parent = key
      likelihood = Math.min(1, Weight.toNumber(weight) / Weight.toNumber(best![2]))
    }
  }
  const problem: Search.Problem<MemoryStore.MemoryStore, Failure.Failure> = {
    expand: (reference) =>
      TE.fromIO(() => {
        weigh(reference)
        return Array.from({ length: MOVES }, (_, i) => {
          const dice = chance('beam', parent, i)
          const { path, content } = popular(dice)
          return {
            label: String(i),
            apply: State.set(['files', ...path], edited(content, dice)),
          }
        })
      }),
    score: (reference) =>
      TE.fromIO(() => {
        const dice = chance('score', trace.length)
        for (let i = 0; i < READ; i++) {
          const { path } = popular(dice)
          ask(TextFile.factory, reference, ['files', ...path], probability)
          if (i === 0) ask(SearchIndex.factory, reference, ['files', ...path.slice(0, -1)], probability)
        }
        return (1 + dice.below(1000)) / 1000
      }),
  }
  mustBe(await Search.beam('beam', { width: WIDTH, depth }, problem)(root)(manager)())
  return trace
}

const BOARDS = ['x.o......', 'xo..x...o', '....x....']

/** `Search.Mcts` over boards: a score looks into the solution of its board. */
const treeSearch = async (simulations: number): Promise<Trace> => {
  const { components, ask, trace } = world()
  const rules = ticTacToe.problem<MemoryStore.MemoryStore>()
  const problem: Search.Problem<MemoryStore.MemoryStore, Failure.Failure> = {
    ...rules,
    score: (reference) => {
      ask(solution, reference, ['board'])
      return rules.score(reference)
    },
  }
  for (const board of BOARDS) {
    const root = StateReference.root(components)(mustBe(ticTacToe.start(board)))()
    must(StateReference.update((state) => Search.Mcts.tree(state))(root))
    mustBe(await Search.Mcts.simulate(simulations, problem, { alternate: true })(root)())
  }
  return trace
}

/** Agents that are under way at a time. */
const AT_ONCE = 32

/** The main job: each agent looks at each file that it edits before and after it does. */
const job = (agents: number): Trace => {
  const workspace = theWorkspace()
  const { components, ask, trace } = world()
  const root = rootOf(components, workspace)
  const scenario = { agents, edits: 0.1, seed: 1, alike: 0.2 }
  for (let first = 0; first < agents; first += AT_ONCE) {
    const all = Array.from({ length: Math.min(AT_ONCE, agents - first) }, (_, i) => {
      const does = agent(workspace, scenario, first + i)
      return { does, reference: branchFor(root, does) }
    })
    const steps = Math.max(...all.map(({ does }) => does.edits.length))
    for (let step = 0; step < steps; step++) {
      for (const { does, reference } of all) {
        const edit = does.edits[step]
        if (edit === undefined || typeof workspace.files[edit.file]!.content !== 'string') continue
        for (const at of [root, reference]) ask(TextFile.factory, at, ['files', ...edit.path])
      }
    }
    for (const { reference } of all) StateReference.release(reference)()
  }
  return trace
}

export const recorded = async (quick: boolean): Promise<Readonly<Record<string, Trace>>> => ({
  'beam search': await beamSearch(quick ? 10 : 30),
  'tree search': await treeSearch(quick ? 800 : 4000),
  'main job': job(quick ? 200 : 850),
})
