/** Many agents at once: all for one object, each for its own, and a storm inside a small budget. */
import { mustBe } from '../../src/cli/job/agents.js'
import { latency } from '../../src/cli/job/latency.js'
import { Materializer, MemoryStore, PlainObject, Registry, StateReference } from '../../src/index.js'
import type { Row } from '../Bench.js'
import { OURS } from '../Bench.js'
import { consume } from '../measure.js'
import { cold, stored } from './stage.js'

const AGENTS = 850
const ROUNDS = 30
const BYTES = 32 * 1024

const registry = Registry.of(PlainObject.factory)
const { type } = PlainObject.factory

type Report = (row: Omit<Row, 'bench'>) => void

const median = async (rounds: number, work: () => Promise<unknown> | unknown): Promise<number> => {
  const times: number[] = []
  // Once: collected before each round, code would be compiled again in each, which no program has to bear.
  globalThis.gc?.()
  for (let i = 0; i < rounds; i++) {
    const start = performance.now()
    const done = work()
    // Waiting for what is done would cost a turn of the event loop.
    consume(done instanceof Promise ? await done : done)
    times.push(performance.now() - start)
  }
  return latency(times.slice(rounds >> 2)).p50
}

const insist = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(what)
}

const sameObject = async (rounds: number, report: Report): Promise<void> => {
  const { store, digests, rows } = stored(MemoryStore.make(), 1, BYTES)
  const components = cold(store)
  const agents = Array.from({ length: AGENTS }, () => mustBe(StateReference.open(components)(digests[0]!)()))
  const row = (subject: string, metric: string, value: number): void =>
    report({ subject, n: AGENTS, metric, unit: 'ms', value })
  const all = (materializer: Materializer.Materializer) => {
    const objects = agents.map((agent) => Materializer.now(type, agent)(materializer)())
    insist(Materializer.stats(materializer)().builds === 1, 'one object was built twice')
    return objects
  }
  row(
    OURS,
    'one object, the build in it',
    await median(rounds, () => all(Materializer.make(components, registry))),
  )
  const kept = Materializer.make(components, registry)
  all(kept)
  row(OURS, 'one object, kept', await median(rounds, () => all(kept)))
  const awaited = (materializer: Materializer.Materializer) =>
    Promise.all(agents.map((agent) => Materializer.materialize(type, agent)(materializer)()))
  row(
    OURS,
    'one object, awaited',
    await median(rounds, () => awaited(Materializer.make(components, registry))),
  )
  const parsed = () => agents.map(() => JSON.parse(rows[0]!) as unknown)
  for (const metric of ['one object, the build in it', 'one object, kept', 'one object, awaited'])
    row('JSON.parse', metric, await median(rounds >> 1, parsed))
}

const differentObjects = async (rounds: number, report: Report): Promise<void> => {
  const { store, digests, rows } = stored(MemoryStore.make(), AGENTS, BYTES)
  const row = (subject: string, metric: string, value: number, unit = 'ms'): void =>
    report({ subject, n: AGENTS, metric, unit, value })
  const few = Math.max(8, rounds >> 1)
  const now = () => {
    const materializer = Materializer.make(cold(store), registry)
    return digests.map((digest) => Materializer.now(type, digest)(materializer)())
  }
  row(OURS, 'different objects', await median(few, now))
  row(
    'JSON.parse',
    'different objects',
    await median(few, () => rows.map((each) => JSON.parse(each) as unknown)),
  )

  // Twice each, all at once, so that there is something to join.
  const storm = async (budget: number) => {
    const materializer = Materializer.make(cold(store), registry, { budget })
    let most = 0
    const answers = await Promise.all(
      [...digests, ...digests].map((digest) =>
        Materializer.materialize(
          type,
          digest,
        )(materializer)().then((answer) => {
          most = Math.max(most, Materializer.stats(materializer)().bytes)
          return answer._tag
        }),
      ),
    )
    const { bytes, builds } = Materializer.stats(materializer)()
    insist(answers.every((tag) => tag === 'Right') && builds === AGENTS, 'the storm lost something')
    insist(most <= budget, 'the storm left its budget')
    return bytes
  }
  const whole = await storm(Number.MAX_SAFE_INTEGER)
  const times: [number[], number[]] = [[], []]
  for (let i = 0; i < few; i++) {
    for (const [k, budget] of [Number.MAX_SAFE_INTEGER, whole / 10].entries()) {
      globalThis.gc?.()
      const start = performance.now()
      await storm(budget)
      times[k]!.push(performance.now() - start)
    }
  }
  const [unbounded, bounded] = times.map((each) => latency(each.slice(2)).p50) as [number, number]
  row(OURS, 'storm, no bound', unbounded)
  row(OURS, 'storm, a tenth of the bytes', bounded)
  row(OURS, 'storm, bounded / not bounded', bounded / unbounded, '×')
}

export const agents = async (quick: boolean, report: Report): Promise<void> => {
  const rounds = quick ? 16 : ROUNDS
  await sameObject(2 * rounds, report)
  await differentObjects(rounds, report)
}
