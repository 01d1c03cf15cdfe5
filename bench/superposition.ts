/** What exact weights cost: a score for one branch of a thousand, collapse, a draw, entangled groups, and branches that are managed. */
import * as E from 'fp-ts/lib/Either.js'
import { Joint, Measure, Superposition, Weight } from '../src/index.js'
import { type Bench, type Options, OURS, type Row } from './Bench.js'
import { type Contestant, consume, interleave, local, median, type Plan, plan } from './measure.js'
import { ALONE, managed, ON_DISK } from './superposition/managed.js'

const NAME = 'superposition'
const IN_PLACE = 'floats in place'
const COPIED = 'floats, copied'
const BRANCHES = 1_000
const GROUPS = 10
const OUTCOMES = 10
const BLOCK = 1_000
const LATE = 20_000

// A linear congruential generator (Numerical Recipes): the same input in each run, on each machine.
const random = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
}

const next = random(7)

const the = <F, A>(either: E.Either<F, A>): A => {
  if (E.isLeft(either)) throw new Error('a failure where none was expected')
  return either.right
}

const keys = Array.from({ length: BRANCHES }, (_, i) => `root/${String(i).padStart(4, '0')}`)
const scores = Array.from({ length: 1024 }, () => 0.05 + 1.9 * next())
const likelihoods = scores.map((score) => the(Weight.fromNumber(score)))
const even = the(Measure.fromEntries(keys.map((key, i) => [key, i, Weight.one] as const)))

/** Another branch each time, each as often as the others. */
const branchAt = (i: number): number => (i * 7919) % BRANCHES

const scored = ((): Measure.Measure<number> => {
  let m = even
  for (let i = 0; i < LATE; i++) m = the(Measure.reweight(keys[branchAt(i)]!, likelihoods[i & 1023]!)(m))
  return m
})()
const floats = keys.map((key) => Weight.toNumber(the(Measure.probability(key)(scored))))

const inTurn = (subject: string, work: (i: number) => unknown): Contestant => {
  let i = 0
  return local(subject, (count) => {
    let last: unknown
    for (let n = 0; n < count; n++) last = work(i++)
    return last
  })
}

const draw = (weights: readonly number[], at: number): number => {
  let left = at * weights.reduce((sum, w) => sum + w, 0)
  return weights.findIndex((w) => (left -= w) < 0)
}

interface Metric {
  readonly name: string
  readonly contestants: () => readonly Contestant[]
}

const persistent = (): Contestant => {
  let m = even
  return inTurn(OURS, (i) => {
    m = the(Measure.reweight(keys[branchAt(i)]!, likelihoods[i & 1023]!)(m))
    return m
  })
}

const metrics: readonly Metric[] = [
  {
    name: 'reweight one',
    contestants: () => {
      const places = new Map(keys.map((key, i) => [key, i]))
      const mutable = [...floats]
      let copied = [...floats]
      return [
        persistent(),
        inTurn(COPIED, (i) => {
          copied = copied.slice()
          copied[places.get(keys[branchAt(i)]!)!]! *= scores[i & 1023]!
          return copied
        }),
        inTurn(IN_PLACE, (i) => (mutable[places.get(keys[branchAt(i)]!)!]! *= scores[i & 1023]!)),
      ]
    },
  },
  {
    name: 'sample',
    contestants: () => [
      inTurn(OURS, (i) => Measure.sample(`seed ${i}`)(scored)),
      inTurn(COPIED, (i) => draw(floats, scores[i & 1023]! / 2)),
    ],
  },
  {
    name: 'mode',
    contestants: () => [
      inTurn(OURS, () => Measure.mode(scored)),
      inTurn(COPIED, () => floats.indexOf(Math.max(...floats))),
    ],
  },
  {
    name: 'condition on half',
    contestants: () => [
      inTurn(OURS, () => Measure.condition((_, i: number) => i % 2 === 0)(scored)),
      inTurn(COPIED, () => {
        const kept = floats.filter((_, i) => i % 2 === 0)
        const mass = kept.reduce((sum, w) => sum + w, 0)
        return kept.map((w) => w / mass)
      }),
    ],
  },
  {
    name: 'mass',
    contestants: () => [
      inTurn(OURS, () => Measure.mass(scored)),
      inTurn(COPIED, () => floats.reduce((sum, w) => sum + w, 0)),
    ],
  },
]

/** Blocks of reweights of one and the same branch: the first ones, and those after twenty thousand. */
const ageing = ({ quick }: Options, report: (row: Row) => void): void => {
  const first: number[] = []
  const late: number[] = []
  for (let round = 0; round < (quick ? 9 : 31); round++) {
    let m = even
    const block = (from: number): number => {
      const start = process.hrtime.bigint()
      for (let i = 0; i < BLOCK; i++) m = the(Measure.reweight(keys[5]!, likelihoods[(from + i) & 1023]!)(m))
      consume(m)
      return Number(process.hrtime.bigint() - start) / BLOCK
    }
    const early = block(0)
    for (let i = BLOCK; i < LATE; i += BLOCK) block(i)
    // The first rounds warm up.
    if (round > 1) {
      first.push(early)
      late.push(block(LATE))
    }
  }
  const row = (metric: string, value: number): void =>
    report({ bench: NAME, subject: OURS, n: BRANCHES, metric, unit: 'ns', value })
  row('reweight the same: the first', median(first))
  row('reweight the same: after 20k', median(late))
}

const group = (i: number): string => `g${i}`
const table = (a: number, b: number): number => scores[(31 * a + 17 * b) & 1023]!
const potential = ([a, b]: Joint.Outcomes): Weight.Weight =>
  likelihoods[(31 * Number(a) + 17 * Number(b)) & 1023]!

const started = (): Joint.Joint => {
  const outcomes = the(
    Superposition.fromNumbers(Array.from({ length: OUTCOMES }, (_, i) => [String(i), scores[i]!] as const)),
  )
  return the(Joint.of(Array.from({ length: GROUPS }, (_, i) => [group(i), outcomes] as const)))
}

const pairs = (): Joint.Joint => {
  let joint = started()
  for (let i = 0; i < GROUPS; i += 2) joint = the(Joint.couple([group(i), group(i + 1)], potential)(joint))
  return joint
}

const pairsOfFloats = (): unknown =>
  Array.from({ length: GROUPS / 2 }, () => {
    const rows = scores
      .slice(0, OUTCOMES)
      .map((p, a) => scores.slice(0, OUTCOMES).map((q, b) => p * q * table(a, b)))
    const mass = rows.flat().reduce((sum, w) => sum + w, 0)
    return rows.map((row) => row.map((w) => w / mass))
  })

const joints = async (settings: Plan, report: (row: Row) => void): Promise<void> => {
  const row = (metric: string, n: number, unit: string, value: number, subject = OURS): void =>
    report({ bench: NAME, subject, n, metric, unit, value })
  const contestants = [inTurn(OURS, pairs), inTurn(COPIED, pairsOfFloats)]
  for (const [subject, rounds] of await interleave(contestants, settings)) {
    row('joint: five pairs', GROUPS * OUTCOMES, 'µs', median(rounds.map(({ cpu }) => cpu)) / 1000, subject)
  }
  // A chain through the pairs, until the next link would be too large.
  let joint = pairs()
  for (let i = 1; i + 1 < GROUPS; i += 2) {
    const start = process.hrtime.bigint()
    const coupled = Joint.couple([group(i), group(i + 1)], potential)(joint)
    const spent = Number(process.hrtime.bigint() - start) / 1000
    if (E.isLeft(coupled)) {
      if (coupled.left._tag !== 'JointTooLarge') throw new Error(coupled.left._tag)
      return row('joint: refused as too large', coupled.left.size, 'µs', spent)
    }
    joint = coupled.right
    row('joint: one link more', OUTCOMES ** (i + 3), 'µs', spent)
  }
}

const run = async (options: Options, report: (row: Row) => void): Promise<void> => {
  const settings = plan(options.quick)
  for (const { name, contestants } of metrics) {
    for (const [subject, rounds] of await interleave(contestants(), settings)) {
      const value = median(rounds.map(({ cpu }) => cpu))
      report({ bench: NAME, subject, n: BRANCHES, metric: name, unit: 'ns', value })
    }
  }
  ageing(options, report)
  await joints(settings, report)
  await managed(options, (figure) => report({ bench: NAME, ...figure }))
}

export const bench: Bench = {
  name: NAME,
  question: 'What do exact weights cost, beside an array of doubles?',
  notes: [
    'CPU time an operation of the whole process, median of interleaved rounds. Ours keeps every older measure and rounds weights',
    'to 128 digits once they are longer than 256; floats, copied: number[], copied before it is changed, normalised where it',
    'must be; in place: no undo. Sample, mode, mass and condition: after 20,000 reweights. "The same": one branch of the thousand',
    'scored again and again, wall time of blocks of 1,000. Joint: ten groups of ten outcomes in five coupled pairs; then a chain',
    'through the pairs, wall time of one coupling, n the outcomes of the component that it makes, until the limit of 10,000.',
    'From "branch n ways" on: a Manager, of which 1,000 operations can be undone, over branches of a state of 100 KB, beside',
    'weights in a Map and states by structuredClone, without undo, and beside references branched without weights; CPU or wall',
    'time, whichever is less on a busy machine. Reclaim: each branch has committed 8 KB of its own, the collapse leaves one, and',
    'rounds of Collector release the others, 100 a round, and free their blocks, in slices of at most 256 or 0.5 ms. LMDB:',
    'without fsync. Targets: observe 2 µs, hand-over 1 ms.',
  ],
  yardsticks: [IN_PLACE, ALONE, ON_DISK],
  run,
}
