/** Checkpoints that are restored by digest, whether the engine holds them or not. */
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import * as Vst from '../../src/vst/Vst.js'
import type { Options } from '../Bench.js'
import { checkouts, hasGit, plumbing, repository } from './git.js'
import {
  begun,
  change,
  chosen,
  type Engine,
  engine,
  FILES,
  get,
  places,
  type Report,
  spread,
  stateOf,
  turn,
} from './work.js'

/** A chain of checkpoints, each with one file changed. */
const chain = async (vst: Engine, length: number): Promise<ReadonlyArray<Digest>> => {
  const reference = begun(vst, 'main', stateOf(FILES))
  const digests: Array<Digest> = []
  for (let i = 0; i < length; i++) {
    change(reference, chosen(1, i), (i + 1) * FILES)
    digests.push(get(Vst.commit({ head: 'main' })(reference)(vst)).checkpoint)
    if (i % 64 === 0) await turn()
  }
  return digests
}

const shuffled = (digests: ReadonlyArray<Digest>, many: number): ReadonlyArray<Digest> =>
  Array.from({ length: many }, (_, i) => digests[(i * 7919) % digests.length]!)

export const restores = async ({ quick }: Options, report: Report): Promise<void> => {
  const many = 1000
  for (const place of places) {
    await engine(place, async (vst) => {
      const digests = shuffled(await chain(vst, many), many)
      const restore = (digest: Digest): number => {
        const began = performance.now()
        const reference = get(Vst.restore(digest)(vst))
        const spent = performance.now() - began
        StateReference.release(reference)()
        return spent
      }
      digests.forEach(restore)
      spread(report, 'coppice', many, `restore by digest, ${place}`, digests.map(restore))
    })
  }
  await engine(
    'memory',
    async (vst) => {
      const positions = quick ? 1000 : 5000
      const digests = shuffled(await chain(vst, positions), quick ? 20_000 : 100_000)
      // One look at the clock takes a tenth of a jump.
      const jump = (digest: Digest): number => {
        const began = process.hrtime.bigint()
        const reference = get(Vst.restore(digest)(vst))
        const spent = Number(process.hrtime.bigint() - began) / 1e6
        StateReference.release(reference)()
        return spent
      }
      digests.forEach(jump)
      spread(report, 'coppice', positions, 'restore of one of n that are held', digests.map(jump))
    },
    { held: 10_000 },
  )
  if (!hasGit()) return
  await repository(FILES, async (git) => {
    const commits = Array.from({ length: 10 }, (_, round) => {
      plumbing(git, chosen(1, round), (round + 1) * FILES)
      return git.run(['rev-parse', 'HEAD'])
    })
    for (const [subject, checkout] of checkouts) {
      const times = Array.from({ length: quick ? 10 : 50 }, (_, i) =>
        checkout(git, commits[(i * 7919) % commits.length]!),
      )
      spread(report, subject, many, 'restore by digest, disk', times)
    }
  })
}
