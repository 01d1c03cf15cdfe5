/** Commits by the size of the change, restores, jumps, differences and merges. */
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import type { Store } from '../../src/store/Store.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import * as Vst from '../../src/vst/Vst.js'
import type { Options } from '../Bench.js'
import { consume, percentile } from '../measure.js'
import type { Figure } from '../store/Figure.js'
import { fastImport, hasGit, plumbing, porcelain, repository, stream } from './git.js'
import { begun, change, engine, get, nameOf, places, stateOf, text, timed, turn } from './work.js'

type Report = (figure: Figure) => void

const FILES = 1000
const SIZES = [1, 10, 100, 1000] as const

const spread = (
  report: Report,
  subject: string,
  n: number,
  metric: string,
  times: ReadonlyArray<number>,
): void => {
  for (const p of [50, 95]) {
    report({ subject, n, metric: `${metric}, p${p}`, unit: 'µs', value: 1000 * percentile(times, p / 100) })
  }
}

const chosen = (size: number, round: number): ReadonlyArray<number> =>
  Array.from({ length: size }, (_, i) => (round * 7919 + i) % FILES)

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
        const sum = times.reduce((x, y) => x + y, 0)
        report({
          subject: 'coppice',
          n: size,
          metric: `files committed, ${place}`,
          unit: 'files/s',
          value: (1000 * size * times.length) / sum,
        })
      })
    }
  }
  if (!hasGit()) return
  for (const size of SIZES) {
    const rounds = quick ? 5 : 20
    for (const [subject, commit] of [
      ['git', porcelain],
      ['git plumbing', plumbing],
    ] as const) {
      await repository(FILES, async (git) => {
        const times = Array.from({ length: rounds }, (_, round) =>
          commit(git, chosen(size, round), (round + 1) * FILES),
        )
        spread(report, subject, size, 'commit of n files, disk', times)
      })
    }
    await repository(FILES, async (git) => {
      const many = Math.ceil((quick ? 500 : 2000) / size)
      const input = stream(
        Array.from({ length: many }, (_, round) => ({
          branch: 'import',
          files: chosen(size, round).map((n) => [nameOf(n), text((round + 1) * FILES + n)] as const),
        })),
      )
      const value = (1000 * size * many) / fastImport(git, input)
      report({ subject: 'git fast-import', n: size, metric: 'files committed, disk', unit: 'files/s', value })
    })
  }
}

/** A chain of checkpoints, each with one file changed. */
const chain = async (vst: Vst.Vst<Store>, length: number): Promise<ReadonlyArray<Digest>> => {
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
    const times = shuffled(commits as unknown as ReadonlyArray<Digest>, quick ? 10 : 50).map((commit) =>
      timed(() => git.run(['checkout', '--quiet', '--force', commit])),
    )
    spread(report, 'git', many, 'restore by digest, disk', times)
  })
}

const SIDE = 10

export const differences = async ({ quick }: Options, report: Report): Promise<void> => {
  const rounds = quick ? 50 : 300
  for (const place of places) {
    await engine(place, async (vst) => {
      const reference = begun(vst, 'main', stateOf(FILES))
      const [diffs, merges]: [Array<number>, Array<number>] = [[], []]
      for (let round = 0; round < rounds; round++) {
        const [[, base]] = get(Vst.list('main')(vst)) as [readonly [string, Digest]]
        const side = get(Vst.restore(base)(vst))
        const ask = (files: ReadonlyArray<number>, to: typeof side, head: string, expect?: null): Digest => {
          get(StateReference.ask((state) => Fetch.of(state))(to))
          for (const n of files) change(to, [n], (round + 2) * FILES)
          return get(Vst.commit({ head, ...(expect === null ? { expect } : {}) })(to)(vst)).checkpoint
        }
        get(StateReference.write(get(StateReference.read(reference)))(side))
        const theirs = ask(chosen(SIDE, 2 * round), side, 'side', null)
        const ours = ask(
          chosen(SIDE, 2 * round + 1).map((n) => (n + SIDE) % FILES),
          reference,
          'main',
        )
        const run = Fetch.run(vst.components.store)(Checkpoint.diff(vst.components.residency)(ours, theirs))
        diffs.push(timed(() => consume(get(run))))
        merges.push(timed(() => consume(get(Vst.merge('main', theirs)(vst)))))
        get(Vst.remove('side')(vst))
        const merged = get(Vst.restoreHead('main')(vst))
        if (merged._tag === 'None') throw new Error('no head')
        StateReference.release(side)()
        // The next round goes on from where the head stands.
        get(Vst.reset('main', ours)(vst))
        StateReference.release(merged.value)()
        await turn()
      }
      spread(report, 'coppice', SIDE, `diff, n files a side, ${place}`, diffs)
      spread(report, 'coppice', SIDE, `merge, n files a side, ${place}`, merges)
    })
  }
  if (!hasGit()) return
  await repository(FILES, async (git) => {
    plumbing(git, chosen(SIDE, 0), FILES)
    git.run(['branch', 'side', 'HEAD~1'])
    git.run(['checkout', '--quiet', '--force', 'side'])
    porcelain(git, chosen(SIDE, 1), FILES)
    const many = quick ? 5 : 20
    const diffs = Array.from({ length: many }, () =>
      timed(() => git.run(['diff-tree', '-r', '-p', 'main', 'side'])),
    )
    spread(report, 'git', SIDE, 'diff, n files a side, disk', diffs)
    const merges = Array.from({ length: many }, () => {
      const spent = timed(() => git.run(['merge', '--quiet', '-m', 'merge', 'main']))
      git.run(['reset', '--quiet', '--hard', 'HEAD~1'])
      return spent
    })
    spread(report, 'git', SIDE, 'merge, n files a side, disk', merges)
  })
}
