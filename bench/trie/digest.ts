/** What a new digest costs after one edit of a state whose other nodes have theirs: no peer has digests at all. */
import { right } from 'fp-ts/lib/Either.js'
import { Fetch, Hasher, State } from '../../src/index.js'
import type { Row } from '../Bench.js'
import { interleave, local, median, type Plan } from '../measure.js'

const settled = (edited: ReturnType<ReturnType<typeof State.set>>): State.State => {
  const now = Fetch.now(edited)
  if (now._tag === 'None' || now.value._tag === 'Left') throw new Error('a resident edit failed')
  return now.value.right
}

const keys = (n: number): readonly string[] =>
  Array.from({ length: n }, (_, i) => `agent/${Math.imul(i, 0x9e3779b1).toString(36).padStart(10, '0')}`)

export const redigest = async (
  bench: string,
  n: number,
  plan: Plan,
  report: (row: Row) => void,
): Promise<void> => {
  await Hasher.ready()
  const names = keys(n)
  const made = State.fromJson(Object.fromEntries(names.map((key, i) => [key, i])))
  let state = made._tag === 'Right' ? made.right : State.empty
  State.digest(state)
  let i = 0
  const edit = (): State.State => settled(State.set([names[(i++ * 7919) % n] as string], -i)(state))
  // The last of 10,000, each on the one before.
  for (let done = 0; done < 10_000; done++) {
    state = edit()
    State.digest(state)
  }
  const work = (count: number, digest: boolean): unknown => {
    for (let done = 0; done < count; done++) {
      state = edit()
      if (digest) State.digest(state)
    }
    return right(state)
  }
  for (const [metric, digest] of [
    ['edit of a state', false],
    ['edit of a state and its digest', true],
  ] as const) {
    const timings = await interleave([local('coppice', (count) => work(count, digest))], plan)
    for (const [subject, rounds] of timings) {
      report({ bench, subject, n, metric, unit: 'µs', value: median(rounds.map(({ cpu }) => cpu)) / 1000 })
    }
  }
}
