/** Searches: many trees that are committed now and then, and games whose positions one jumps between. */
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import * as State from '../../src/trie/State.js'
import * as Vst from '../../src/vst/Vst.js'
import type { Options } from '../Bench.js'
import { type Commit, checkouts, fastImport, hasGit, repository, stream, ways } from './git.js'
import {
  change,
  engine,
  get,
  nameOf,
  places,
  type Reference,
  type Report,
  spread,
  text,
  timed,
  turn,
} from './work.js'

const SIMULATIONS = 100
const EVERY = 10

/** Trees of simulations that write 1 KiB each, one of them after the other in each round; a commit every 10. */
export const trees = async ({ quick }: Options, report: Report): Promise<void> => {
  const many = quick ? 100 : 1000
  for (const place of places) {
    await engine(place, async (vst) => {
      const all = Array.from(
        { length: many },
        (): Reference => StateReference.root(vst.components)(State.empty)(),
      )
      const operations: Array<number> = []
      const commits: Array<number> = []
      const began = performance.now()
      for (let step = 1; step <= SIMULATIONS; step++) {
        for (const [tree, reference] of all.entries()) {
          const wrote = timed(() => change(reference, [step % EVERY], tree * SIMULATIONS + step))
          if (step % EVERY !== 0) {
            operations.push(wrote)
            continue
          }
          const commit = timed(() => get(Vst.commit({ head: `tree-${tree}` })(reference)(vst)))
          commits.push(commit)
          operations.push(wrote + commit)
          if (tree % 64 === 0) await turn()
        }
      }
      const seconds = (performance.now() - began) / 1000
      const metric = `n trees × 100 × 1 KiB, ${place}`
      report({ subject: 'coppice', n: many, metric, unit: 'ops/s', value: (many * SIMULATIONS) / seconds })
      spread(report, 'coppice', many, `${metric}, an operation`, operations)
      spread(report, 'coppice', many, `${metric}, commit`, commits)
    })
  }
  if (!hasGit()) return
  const metric = 'n trees × 100 × 1 KiB, disk'
  await repository(0, async (git) => {
    const branches = Array.from({ length: many }, (_, tree) => tree)
    const input = stream(
      Array.from({ length: SIMULATIONS / EVERY }, (_, round) =>
        branches.map((tree) => ({
          branch: `tree-${tree}`,
          files: Array.from({ length: EVERY }, (_, n) => {
            const step = round * EVERY + (n === 0 ? EVERY : n)
            return [nameOf(n), text(tree * SIMULATIONS + step + n)] as const
          }),
        })),
      ).flat(),
    )
    const seconds = fastImport(git, input) / 1000
    report({
      subject: 'git fast-import',
      n: many,
      metric,
      unit: 'ops/s',
      value: (many * SIMULATIONS) / seconds,
    })
  })
  // A commit of some trees tells what one of them all takes.
  const sample = quick ? 10 : 50
  const written = Array.from({ length: EVERY }, (_, n) => n)
  for (const [subject, commit] of ways) {
    await repository(0, async (git) => {
      const times = Array.from({ length: sample }, (_, round) => commit(git, written, round * EVERY))
      const value = (1000 * sample * EVERY) / times.reduce((x, y) => x + y, 0)
      report({ subject, n: many, metric, unit: 'ops/s', value })
      spread(report, subject, many, `${metric}, commit`, times)
    })
  }
}

const MOVES = 50
const VARIATIONS = 10
const JUMPS = 1000
/** The first jumps are those of a program that has just begun. */
const WARM = 10 * JUMPS

/** Games of moves that are committed, with variations of each that are tried and dropped; then jumps between positions. */
export const games = async ({ quick }: Options, report: Report): Promise<void> => {
  const many = quick ? 20 : 100
  for (const place of places) {
    await engine(
      place,
      async (vst) => {
        const positions: Array<Digest> = []
        const began = performance.now()
        for (let game = 0; game < many; game++) {
          const reference: Reference = StateReference.root(vst.components)(State.empty)()
          for (let move = 0; move < MOVES; move++) {
            for (let variation = 0; variation < VARIATIONS; variation++) {
              const tried = get(Vst.branch(reference)(vst))
              change(tried, [move], variation)
              StateReference.release(tried)()
            }
            change(reference, [move], game * MOVES + move)
            positions.push(get(Vst.commit({ head: `game-${game}` })(reference)(vst)).checkpoint)
          }
          await turn()
        }
        const seconds = (performance.now() - began) / 1000
        const metric = `n games × 50 moves × 10 variations, ${place}`
        report({
          subject: 'coppice',
          n: many,
          metric,
          unit: 'ops/s',
          value: (many * MOVES * (VARIATIONS + 1)) / seconds,
        })
        const jumps = Array.from({ length: WARM + JUMPS }, (_, i) => {
          const digest = positions[(i * 7919) % positions.length]!
          const start = process.hrtime.bigint()
          const reference = get(Vst.restore(digest)(vst))
          const spent = Number(process.hrtime.bigint() - start) / 1e6
          StateReference.release(reference)()
          return spent
        }).slice(WARM)
        spread(report, 'coppice', many * MOVES, `jump to one of n, ${place}`, jumps)
      },
      { held: many * MOVES },
    )
  }
  if (!hasGit()) return
  await repository(0, async (git) => {
    const milliseconds = fastImport(git, stream(moves(many)))
    report({
      subject: 'git fast-import',
      n: many,
      metric: 'n games × 50 moves × 10 variations, disk',
      unit: 'ops/s',
      value: (1000 * many * MOVES * (VARIATIONS + 1)) / milliseconds,
    })
    const games = git.run(['for-each-ref', '--format=%(refname)', 'refs/heads/game-*']).split('\n')
    for (const [subject, checkout] of checkouts) {
      const times = Array.from({ length: quick ? 20 : 100 }, (_, i) =>
        checkout(git, `${games[(i * 7919) % games.length]}~${(i * 7907) % MOVES}`),
      )
      spread(report, subject, many * MOVES, 'jump to one of n, disk', times)
    }
  })
}

/** The games as commits, each variation on a branch that the next one takes over. */
function* moves(many: number): Generator<Commit> {
  for (let n = 0; n < many; n++) {
    for (let move = 0; move < MOVES; move++) {
      const written = (content: number): Commit['files'] => [[nameOf(move), text(content + move)]]
      const game = `game-${n}`
      const begin = move === 0 ? { from: 'main' } : {}
      for (let variation = 0; variation < VARIATIONS; variation++)
        yield { branch: 'variation', from: begin.from ?? game, files: written(variation) }
      yield { branch: game, ...begin, files: written(n * MOVES + move) }
    }
  }
}
