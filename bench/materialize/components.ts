/** The time from a digest to the object of one component: cold, and warm. */
import { mustBe } from '../../src/cli/job/agents.js'
import { latency, timed } from '../../src/cli/job/latency.js'
import { Materializer, PlainObject, Registry } from '../../src/index.js'
import type { Row } from '../Bench.js'
import { consume } from '../measure.js'
import { type Backend, backends, cold, MEMORY, stored } from './stage.js'

const COMPONENTS = 256
const SIZES = [1024, 32 * 1024] as const

const registry = Registry.of(PlainObject.factory)
const { type } = PlainObject.factory

export const components = async (
  quick: boolean,
  report: (row: Omit<Row, 'bench'>) => void,
): Promise<void> => {
  const passes = quick ? 16 : 60
  const warm = passes / 4
  const measured = (n: number, subject: string, state: string, pass: () => ReadonlyArray<number>): void => {
    const times: number[] = []
    for (let i = 0; i < passes; i++) {
      const taken = pass()
      if (i >= warm) times.push(...taken)
    }
    const { p50, p95 } = latency(times)
    report({ subject, n, metric: `component ${state}, p50`, unit: 'µs', value: p50 / 1000 })
    report({ subject, n, metric: `component ${state}, p95`, unit: 'µs', value: p95 / 1000 })
  }
  const ofBackend = async (backend: Backend, n: number): Promise<void> => {
    const opened = await backend.open()
    const { store, digests, rows } = stored(opened.store, COMPONENTS, n)
    for (const [name, source] of backend.sources(store)) {
      const make = () => Materializer.make(cold(source), registry)
      const each = (materializer: ReturnType<typeof make>) =>
        digests.map((digest) => {
          const [time, object] = timed(() => Materializer.now(type, digest)(materializer)())
          consume(mustBe(object))
          return time
        })
      measured(n, name, 'cold', () => each(make()))
      const kept = make()
      each(kept)
      measured(n, name, 'warm', () => each(kept))
    }
    await opened.close()
    if (backend.name !== MEMORY) return
    const parse = () =>
      rows.map((row) => {
        const [time, object] = timed(() => JSON.parse(row) as unknown)
        consume(object)
        return time
      })
    measured(n, 'JSON.parse', 'cold', parse)
  }
  for (const backend of backends) for (const n of SIZES) await ofBackend(backend, n)
}
