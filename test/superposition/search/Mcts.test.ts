import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, test } from 'vitest'
import * as ComponentStore from '../../../src/branch/ComponentStore.js'
import * as StateReference from '../../../src/branch/StateReference.js'
import * as ticTacToe from '../../../src/cli/search/ticTacToe.js'
import type { Failure } from '../../../src/data/Failure.js'
import * as MemoryStore from '../../../src/store/MemoryStore.js'
import type { Store } from '../../../src/store/Store.js'
import * as Mcts from '../../../src/superposition/search/Mcts.js'
import * as State from '../../../src/trie/State.js'
import { right } from './world.js'

const planted = (state: State.State): StateReference.StateReference => {
  const root = StateReference.root(ComponentStore.make(MemoryStore.make()))(state)()
  right(StateReference.update((one) => Mcts.tree(one))(root)())
  return root
}

const text = (of: string): State.State => right(State.fromJson({ text: of }))
const edgesOf = (root: StateReference.StateReference, ...way: ReadonlyArray<string>) =>
  right(StateReference.ask(Mcts.edges(way))(root)())

describe('PUCT', () => {
  // Q = w / n and U = c · p · √Σn / (1 + n), by hand.
  const a = { n: 9, w: 5.4, p: 0.2 }
  const b = { n: 7, w: 2.8, p: 0.5 }
  test.each([
    // √16 = 4: a 0.6 + 0.12, b 0.4 + 0.375, c 0 + 1.8
    [1.5, { a, b, c: { n: 0, w: 0, p: 0.3 } }, 'c'],
    // c 0 + 0.6
    [1.5, { a, b, c: { n: 0, w: 0, p: 0.1 } }, 'b'],
    // a 0.6 + 0.04, b 0.4 + 0.125, c 0 + 0.2
    [0.5, { a, b, c: { n: 0, w: 0, p: 0.1 } }, 'a'],
    // Nothing drawn to the prior: the values alone.
    [0, { a, b, c: { n: 0, w: 0, p: 0.1 } }, 'a'],
    // √1: a 0.3 + 0.25, b 0 + 0.5; one visit more under the root would make it b.
    [1, { a: { n: 1, w: 0.3, p: 0.5 }, b: { n: 0, w: 0, p: 0.5 } }, 'a'],
    // A loss: a −1 + 0.25, b 0 + 0.5
    [1, { a: { n: 1, w: -1, p: 0.5 }, b: { n: 0, w: 0, p: 0.5 } }, 'b'],
    // Nobody was anywhere: all are worth 0, and the prior decides; and then the label.
    [1, { a: { n: 0, w: 0, p: 0.3 }, b: { n: 0, w: 0, p: 0.4 }, c: { n: 0, w: 0, p: 0.3 } }, 'b'],
    [1, { b: { n: 0, w: 0, p: 0.5 }, a: { n: 0, w: 0, p: 0.5 } }, 'a'],
  ])('with c = %d selects %o', (exploration, edges, expected) => {
    expect(Mcts.select(exploration)(edges)).toEqual(O.some(expected))
  })

  test('selects none of none', () => expect(Mcts.select(1)({})).toEqual(O.none))
})

/** Boards that play reaches, by someone who is to move. */
const boards = ((): ReadonlyArray<string> => {
  const seen = new Set<string>()
  const stack = ['.........']
  for (let board = stack.pop(); board !== undefined; board = stack.pop()) {
    if (seen.has(board)) continue
    seen.add(board)
    for (const square of ticTacToe.squares(board)) stack.push(ticTacToe.play(board, square))
  }
  return [...seen].filter((board) => ticTacToe.squares(board).length > 0).sort()
})()

describe('tic-tac-toe', () => {
  const late = boards.filter((board) => ticTacToe.squares(board).length <= 7)
  const sample = late.filter((_, i) => i % 61 === 0)

  test('has boards that are won, lost and drawn', () => {
    expect(new Set(sample.map(ticTacToe.worth))).toEqual(new Set([-1, 0, 1]))
  })

  test.each(sample)('%s is played as well as it can be', async (board) => {
    const root = planted(right(ticTacToe.start(board)))
    right(await Mcts.simulate<Store, Failure>(800, ticTacToe.problem(), { alternate: true })(root)())
    const [move] = right(StateReference.ask((tree) => Mcts.line(tree))(root)())
    expect(-ticTacToe.worth(ticTacToe.play(board, Number(move)))).toBe(ticTacToe.worth(board))
  })
})

const still = (labels: ReadonlyArray<string>, score: number, prior?: number) => ({
  expand: () =>
    TE.of(
      labels.map((label) => ({
        label,
        ...(prior === undefined ? {} : { prior }),
        apply: State.set(['text'], label),
      })),
    ),
  score: () => TE.of(score),
})

describe('a tree', () => {
  test('has as many visits as were asked for, however often', async () => {
    const root = planted(text(''))
    const problem = still(['a', 'b'], 0.5)
    for (const n of [0, 1, 5, 5, 12]) {
      right(await Mcts.simulate(n, problem)(root)())
      const visits = Object.values(edgesOf(root) ?? {}).reduce((sum, edge) => sum + edge.n, 0)
      expect(visits).toBe(Math.max(0, n - 1))
    }
    expect(edgesOf(root)).toMatchObject({ a: { p: 0.5 }, b: { p: 0.5 } })
  })

  test('of a state that ended is looked at once', async () => {
    const root = planted(text(''))
    let calls = 0
    const ended = { expand: () => TE.of([]), score: () => TE.of(++calls) }
    right(await Mcts.simulate(100, ended)(root)())
    expect(calls).toBe(1)
    expect(edgesOf(root)).toEqual({})
    expect(right(StateReference.ask((tree) => Mcts.line(tree))(root)())).toEqual([])
  })

  test('takes labels of any kind', async () => {
    const labels = ['__proto__', 'constructor', '', 'hasOwnProperty']
    const root = planted(text(''))
    right(await Mcts.simulate(40, still(labels, 0.5))(root)())
    expect(Object.keys(edgesOf(root) ?? {}).sort()).toEqual([...labels].sort())
    for (const label of labels) expect(edgesOf(root, label)).toBeDefined()
  })

  test.each([
    ['NaN', still(['a'], Number.NaN), 'InvalidWeight'],
    ['an infinity', still(['a'], Number.NEGATIVE_INFINITY), 'InvalidWeight'],
    ['a negative prior', still(['a', 'b'], 0, -1), 'InvalidWeight'],
    ['a prior of NaN', still(['a', 'b'], 0, Number.NaN), 'InvalidWeight'],
    ['priors of zero', still(['a', 'b'], 0, 0), 'InvalidWeight'],
    ['two moves of one label', still(['a', 'a'], 0), 'InvalidKernel'],
    ['a label with a slash', still(['a/b'], 0), 'InvalidKernel'],
  ])('refuses %s, and is what it was', async (_, problem, tag) => {
    const root = planted(text(''))
    const before = right(StateReference.read(root)())
    const done = await Mcts.simulate(5, problem)(root)()
    expect(E.isLeft(done) && done.left).toMatchObject({ _tag: tag })
    expect(right(StateReference.read(root)()) === before).toBe(true)
    expect(StateReference.live(root)()).toBe(1)
  })

  test('is told from a state that is none, and from one that was released', async () => {
    const components = ComponentStore.make(MemoryStore.make())
    const none = StateReference.root(components)(right(State.fromJson({ edges: { a: 1 } })))()
    const done = await Mcts.simulate(5, still(['a'], 0))(none)()
    expect(E.isLeft(done) && done.left).toMatchObject({ _tag: 'Mismatch' })
    const bare = StateReference.root(components)(State.empty)()
    const nothing = await Mcts.simulate(5, still(['a'], 0))(bare)()
    expect(E.isLeft(nothing) && nothing.left).toMatchObject({ _tag: 'UnknownReference' })
    StateReference.release(bare)()
    const gone = await Mcts.simulate(5, still(['a'], 0))(bare)()
    expect(E.isLeft(gone) && gone.left).toMatchObject({ _tag: 'Released' })
  })
})
