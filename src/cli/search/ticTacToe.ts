/** Tic-tac-toe: nine squares by row, `x` begins, three in a line win. */
import type * as E from 'fp-ts/lib/Either.js'
import * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import * as StateReference from '../../branch/StateReference.js'
import type { Failure } from '../../data/Failure.js'
import type { Store } from '../../store/Store.js'
import type { Move, Problem } from '../../superposition/search/Problem.js'
import * as State from '../../trie/State.js'

const LINES = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
] as const

const playerOf = (board: string): string => ([...board].filter((s) => s !== '.').length % 2 === 0 ? 'x' : 'o')

const isWon = (board: string): boolean =>
  LINES.some(([a, b, c]) => board[a] !== '.' && board[a] === board[b] && board[b] === board[c])

export const play = (board: string, square: number): string =>
  board.slice(0, square) + playerOf(board) + board.slice(square + 1)

export const squares = (board: string): ReadonlyArray<number> =>
  isWon(board) ? [] : [...board].flatMap((s, i) => (s === '.' ? [i] : []))

/** What a board is worth to whoever is to move, if both play their best: the solver. */
export const worth = (board: string): number => {
  if (isWon(board)) return -1
  const open = squares(board)
  return open.length === 0 ? 0 : Math.max(...open.map((square) => -worth(play(board, square))))
}

export const start = (board: string): E.Either<Failure, State.State> => State.fromJson({ board })

const read = <S extends Store>(reference: StateReference.StateReference<S>): TE.TaskEither<Failure, string> =>
  T.fromIO(StateReference.ask(State.at(['board'], t.string))(reference))

export const problem = <S extends Store>(): Problem<S, Failure> => ({
  expand: (reference) =>
    TE.map((board: string) =>
      squares(board).map(
        (square): Move<Failure> => ({
          label: String(square),
          apply: State.set(['board'], play(board, square)),
        }),
      ),
    )(read(reference)),
  // Of a game that goes on nothing is known.
  score: (reference) => TE.map((board: string) => (isWon(board) ? -1 : 0))(read(reference)),
})
