/** An object brought forward by one changed line, against one built anew. */
import * as E from 'fp-ts/lib/Either.js'
import { must, mustBe } from '../../src/cli/job/agents.js'
import { plainStart } from '../../src/cli/job/copies.js'
import { latency } from '../../src/cli/job/latency.js'
import { defaultWorkspace } from '../../src/cli/job/places.js'
import { read } from '../../src/cli/job/workspace.js'
import {
  ComponentStore,
  type Factory,
  Materializer,
  MemoryStore,
  PlainObject,
  Registry,
  SearchIndex,
  State,
  StateReference,
  TextFile,
} from '../../src/index.js'
import type { Row } from '../Bench.js'
import { OURS } from '../Bench.js'
import { consume } from '../measure.js'

const registry = Registry.of(PlainObject.factory, SearchIndex.factory, TextFile.factory)

/** Versions of a workspace, each a line in another of its files away from the last, or in the largest one. */
const versions = (count: number, inLargest: boolean) => {
  const directory = defaultWorkspace()
  const workspace = E.isLeft(directory) ? directory : read(directory.right)
  if (E.isLeft(workspace)) throw new Error(workspace.left)
  const texts = workspace.right.files.filter(
    ({ content }) => typeof content === 'string' && content.length > 2000,
  )
  const largest = texts.reduce((a, b) => (b.content.length > a.content.length ? b : a))
  const components = ComponentStore.make(MemoryStore.make())
  const root = StateReference.root(components)(mustBe(State.fromJson(plainStart(workspace.right))))()
  const commit = () => mustBe(StateReference.commit()(root)()).digest
  const digests = [commit()]
  for (let i = 0; i < count; i++) {
    const { path, content } = inLargest ? largest : texts[i % texts.length]!
    const middle = (content as string).indexOf('\n', content.length >> 1) + 1
    must(
      StateReference.update(State.splice(['files', ...path], middle, 0, `const changed${i} = 'needle'\n`))(
        root,
      ),
    )
    digests.push(commit())
  }
  return { components, digests, bytes: workspace.right.bytes, largest }
}

export const delta = (quick: boolean, report: (row: Omit<Row, 'bench'>) => void): void => {
  const steps = quick ? 40 : 100
  const rebuilds = quick ? 5 : 15
  const all = versions(steps, false)
  const ofOne = versions(steps, true)
  const measured = <A>(
    name: string,
    n: number,
    { components, digests }: ReturnType<typeof versions>,
    type: Factory.Type<A>,
    path: ReadonlyArray<string>,
    use: (object: A) => unknown,
  ): void => {
    const timed = (work: () => A): number => {
      const start = performance.now()
      consume(use(work()))
      return performance.now() - start
    }
    const materializer = Materializer.make(components, registry, { budget: Number.MAX_SAFE_INTEGER })
    mustBe(Materializer.now(type, digests[0]!, { path })(materializer)())
    const forward = digests
      .slice(1)
      .map((to, i) =>
        timed(() => mustBe(Materializer.advanceNow(type, digests[i]!, to, { path })(materializer)())),
      )
    const { deltas } = Materializer.stats(materializer)()
    if (deltas === 0) throw new Error(`${name}: no delta was made`)
    const anew = digests.slice(1, rebuilds + 1).map((to) => {
      const fresh = Materializer.make(components, registry, { budget: Number.MAX_SAFE_INTEGER })
      return timed(() => mustBe(Materializer.now(type, to, { path })(fresh)()))
    })
    const [byDelta, byBuild] = [latency(forward).p50, latency(anew).p50]
    const row = (subject: string, metric: string, unit: string, value: number): void =>
      report({ subject, n, metric, unit, value })
    row(OURS, `${name}, one line changed`, 'ms', byDelta)
    row('rebuild', `${name}, one line changed`, 'ms', byBuild)
  }
  measured('search index', all.bytes, all, SearchIndex.factory.type, ['files'], (index) =>
    SearchIndex.search('needle')(index),
  )
  measured('plain object', all.bytes, all, PlainObject.factory.type, ['files'], (object) => object)
  const { largest } = ofOne
  measured(
    'text file',
    largest.content.length,
    ofOne,
    TextFile.factory.type,
    ['files', ...largest.path],
    (file) => TextFile.line(TextFile.lineCount(file) >> 1)(file),
  )
}
