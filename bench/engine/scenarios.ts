/** Searches: many trees that are committed now and then, and games whose positions one jumps between. */
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import * as State from '../../src/trie/State.js'
import * as Vst from '../../src/vst/Vst.js'
import type { Options } from '../Bench.js'
import { percentile } from '../measure.js'
import type { Figure } from '../store/Figure.js'
import { fastImport, hasGit, repository, stream } from './git.js'
import { change, engine, get, nameOf, places, type Reference, text, timed, turn } from './work.js'

type Report = (figure: Figure) => void

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
      const commits: Array<number> = []
      const began = performance.now()
      for (let step = 1; step <= SIMULATIONS; step++) {
        for (const [tree, reference] of all.entries()) {
          change(reference, [step % EVERY], tree * SIMULATIONS + step)
          if (step % EVERY !== 0) continue
          commits.push(timed(() => get(Vst.commit({ head: `tree-${tree}` })(reference)(vst))))
          if (tree % 64 === 0) await turn()
        }
      }
      const seconds = (performance.now() - began) / 1000
      const metric = `n trees × 100 × 1 KiB, ${place}`
      report({ subject: 'coppice', n: many, metric, unit: 'ops/s', value: (many * SIMULATIONS) / seconds })
      for (const p of [50, 95]) {
        const value = 1000 * percentile(commits, p / 100)
        report({ subject: 'coppice', n: many, metric: `${metric}, commit, p${p}`, unit: 'µs', value })
      }
    })
  }
  if (!hasGit()) return
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
    const metric = 'n trees × 100 × 1 KiB, disk'
    report({
      subject: 'git fast-import',
      n: many,
      metric,
      unit: 'ops/s',
      value: (many * SIMULATIONS) / seconds,
    })
  })
}

const MOVES = 50
const VARIATIONS = 10
const JUMPS = 1000

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
        const jumps = Array.from({ length: 2 * JUMPS }, (_, i) => {
          const digest = positions[(i * 7919) % positions.length]!
          const start = process.hrtime.bigint()
          const reference = get(Vst.restore(digest)(vst))
          const spent = Number(process.hrtime.bigint() - start)
          StateReference.release(reference)()
          return spent
        }).slice(JUMPS)
        for (const p of [50, 95]) {
          const value = percentile(jumps, p / 100) / 1000
          report({
            subject: 'coppice',
            n: many * MOVES,
            metric: `jump to one of n, ${place}, p${p}`,
            unit: 'µs',
            value,
          })
        }
      },
      { held: many * MOVES },
    )
  }
}
