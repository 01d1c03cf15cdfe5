/** Searches over the branches of a reference, as functions of what the problem says: best of N, beam, and Monte Carlo tree search. */
export { beam } from './Beam.js'
export { bestOfN } from './BestOfN.js'
export * as Mcts from './Mcts.js'
export type { Move, Problem, SearchFailure } from './Problem.js'
