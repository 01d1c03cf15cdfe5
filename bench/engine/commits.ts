/** Commits by the size of the change. */
import * as Vst from '../../src/vst/Vst.js'
import type { Options } from '../Bench.js'
import { fastImport, hasGit, repository, stream, ways } from './git.js'
import {
  begun,
  change,
  chosen,
  engine,
  FILES,
  get,
  nameOf,
  type Place,
  places,
  type Report,
  spread,
  stateOf,
  text,
  timed,
  turn,
} from './work.js'

const SIZES = [1, 10, 100, 1000] as const

/** Files a second, of commits of so many files that took so many ms each. */
const rate = (
  report: Report,
  subject: string,
  size: number,
  place: Place,
  times: ReadonlyArray<number>,
): void => {
  const sum = times.reduce((x, y) => x + y, 0)
  const value = (1000 * size * times.length) / sum
  report({ subject, n: size, metric: `files committed, ${place}`, unit: 'files/s', value })
}

export const commits = async ({ quick }: Options, report: Report): Promise<void> => {
  for (const place of places) {
    for (const size of SIZES) {
      await engine(place, async (vst) => {
        const reference = begun(vst, 'main', stateOf(FILES))
        const warm = Math.ceil(2000 / size)
        const rounds = Math.max(quick ? 10 : 30, Math.ceil((quick ? 1000 : 5000) / size))
        const times: Array<number> = []
        for (let round = 0; round < warm + rounds; round++) {
          change(reference, chosen(size, round), (round + 1) * FILES)
          const spent = timed(() => get(Vst.commit({ head: 'main', message: 'change' })(reference)(vst)))
          if (round >= warm) times.push(spent)
          if (round % 64 === 0) await turn()
        }
        spread(report, 'coppice', size, `commit of n files, ${place}`, times)
        rate(report, 'coppice', size, place, times)
      })
    }
  }
  if (!hasGit()) return
  const contentOf = (size: number, round: number): number => (size + round + 1) * FILES
  for (const [subject, commit] of ways) {
    await repository(FILES, async (git) => {
      for (const size of SIZES) {
        const times = Array.from({ length: quick ? 3 : 20 }, (_, round) =>
          commit(git, chosen(size, round), contentOf(size, round)),
        )
        spread(report, subject, size, 'commit of n files, disk', times)
        rate(report, subject, size, 'disk', times)
      }
    })
  }
  await repository(FILES, async (git) => {
    for (const size of SIZES) {
      const many = Math.ceil((quick ? 500 : 2000) / size)
      const input = stream(
        Array.from({ length: many }, (_, round) => ({
          branch: `import-${size}`,
          ...(round === 0 ? { from: 'main' } : {}),
          files: chosen(size, round).map((n) => [nameOf(n), text(contentOf(size, round) + n)] as const),
        })),
      )
      rate(report, 'git fast-import', size, 'disk', [fastImport(git, input) / many])
    }
  })
}
