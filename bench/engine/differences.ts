/** Differences and merges of two sides that changed other files. */
import * as StateReference from '../../src/branch/StateReference.js'
import type { Digest } from '../../src/data/Digest.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as Checkpoint from '../../src/vst/Checkpoint.js'
import * as Vst from '../../src/vst/Vst.js'
import type { Options } from '../Bench.js'
import { consume } from '../measure.js'
import { committed, type Git, hasGit, plumbing, porcelain, repository } from './git.js'
import {
  begun,
  change,
  chosen,
  engine,
  FILES,
  get,
  places,
  type Report,
  spread,
  stateOf,
  timed,
  turn,
} from './work.js'

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
    const measured = (subject: string, metric: string, work: () => unknown, after: () => void): void => {
      const times = Array.from({ length: many }, () => {
        const spent = timed(work)
        after()
        return spent
      })
      spread(report, subject, SIDE, `${metric}, n files a side, disk`, times)
    }
    const reset = (): void => {
      git.run(['reset', '--quiet', '--hard', 'HEAD~1'])
    }
    measured(
      'git',
      'diff',
      () => git.run(['diff', 'main', 'side']),
      () => {},
    )
    measured(
      'git plumbing',
      'diff',
      () => git.run(['diff-tree', '-r', '-p', 'main', 'side']),
      () => {},
    )
    measured('git', 'merge', () => git.run(['merge', '--quiet', '-m', 'merge', 'main']), reset)
    measured('git plumbing', 'merge', () => mergedInIndex(git), reset)
  })
}

/** Merges main into the branch, which changed other files. */
const mergedInIndex = (git: Git): void => {
  const base = git.run(['merge-base', 'HEAD', 'main'])
  git.run(['read-tree', '-i', '-m', '--aggressive', base, 'HEAD', 'main'])
  committed(git, git.run(['write-tree']), ['HEAD', 'main'])
}
