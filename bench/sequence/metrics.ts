/** What is measured: for each metric, how a batch of operations is made ready and run. */
import { chance } from '../../src/cli/job/chance.js'
import type { Metric as Measured } from '../host.js'
import { repeated } from '../measure.js'
import { type Fixture, middle } from './Fixture.js'

export interface Metric extends Omit<Measured<never>, 'prepare'> {
  /** Needs a subject that can be worn. */
  readonly worn: boolean
  /** Elements that one operation goes through; a figure is for one of them. */
  readonly per: (n: number) => number
  readonly prepare: <S>(fixture: Fixture<S>, count: number) => () => unknown
}

const one = (): number => 1
const all = (n: number): number => n

/** Positions are drawn beforehand, so many; a power of two. */
const POSITIONS = 4096

type Choose = <S>(fixture: Fixture<S>) => S

const positions = (size: number, place: 'anywhere' | 'middle'): Int32Array => {
  const dice = chance('positions', size)
  return Int32Array.from({ length: POSITIONS }, () =>
    place === 'middle' ? middle(dice, size) : dice.below(size),
  )
}

/**
 * Each edit is made on the one before. After edits of a tenth of it the sequence is taken as it was again, so that it
 * keeps its size.
 */
const edits =
  (
    choose: Choose,
    place: 'anywhere' | 'middle',
    edit: <S>(fixture: Fixture<S>, sequence: S, at: number, k: number) => S,
  ) =>
  <S>(fixture: Fixture<S>, count: number) => {
    const first = choose(fixture)
    const stay = Math.max(16, Math.floor(fixture.n / fixture.step / 10))
    const at = positions(Math.floor(fixture.peer.size(first) * 0.85), place)
    return (): S => {
      let sequence = first
      for (let k = 0; k < count; k++) {
        if (k % stay === 0) sequence = first
        sequence = edit(fixture, sequence, at[k & (POSITIONS - 1)]!, k)
      }
      return sequence
    }
  }

const get =
  (choose: Choose) =>
  <S>(fixture: Fixture<S>, count: number) => {
    const { peer } = fixture
    const sequence = choose(fixture)
    const at = positions(peer.size(sequence), 'anywhere')
    return (): number => {
      let sum = 0
      for (let k = 0; k < count; k++) sum = (sum + peer.get(sequence, at[k & (POSITIONS - 1)]!)) | 0
      return sum
    }
  }

const base: Choose = (fixture) => fixture.base
const worn: Choose = (fixture) => fixture.worn()

const operations = (suffix: string, choose: Choose): ReadonlyArray<Metric> => {
  const common = { worn: choose === worn, per: one }
  return [
    {
      ...common,
      name: `append one${suffix}`,
      prepare: edits(choose, 'anywhere', (f, s, _, k) => f.peer.append(s, f.run(k))),
    },
    { ...common, name: `random get${suffix}`, prepare: get(choose) },
    {
      ...common,
      name: `random set${suffix}`,
      prepare: edits(choose, 'anywhere', (f, s, at, k) => f.peer.set(s, at, f.run(k))),
    },
    {
      ...common,
      name: `insert in the middle${suffix}`,
      prepare: edits(choose, 'middle', (f, s, at, k) => f.peer.insert(s, at, f.run(k))),
    },
    {
      ...common,
      name: `delete in the middle${suffix}`,
      prepare: edits(choose, 'middle', (f, s, at) => f.peer.remove(s, at, f.step)),
    },
  ]
}

export const metrics: ReadonlyArray<Metric> = [
  ...operations('', base),
  ...operations(', after 10k edits', worn),
  {
    name: 'concat of two',
    worn: false,
    per: one,
    prepare: ({ peer, base, run }, count) => {
      const other = peer.append(base, run(0))
      return repeated(count, () => peer.concat(base, other))
    },
  },
  {
    name: 'iterate, an item',
    worn: false,
    per: all,
    prepare: ({ peer, base }, count) => repeated(count, () => peer.iterate(base)),
  },
  {
    name: 'build, an item',
    worn: false,
    per: all,
    prepare: ({ peer, content }, count) => repeated(count, () => peer.build(content)),
  },
]
