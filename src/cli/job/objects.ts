/**
 * The objects that programs work with, for a few of the stored agents: each text file with its lines, and a full-text index of
 * all files. What agents have in common is built once; what an agent changed is brought forward from the workspace, and
 * compared with what is built anew.
 */
import { isDeepStrictEqual } from 'node:util'
import * as O from 'fp-ts/lib/Option.js'
import * as ComponentStore from '../../branch/ComponentStore.js'
import * as StateReference from '../../branch/StateReference.js'
import type { Type } from '../../materialize/Factory.js'
import * as SearchIndex from '../../materialize/factories/SearchIndex.js'
import * as TextFile from '../../materialize/factories/TextFile.js'
import * as Materializer from '../../materialize/Materializer.js'
import * as Registry from '../../materialize/Registry.js'
import type { LmdbStore } from '../../store/LmdbStore.js'
import { must, Unexpected } from './agents.js'
import { changedBy } from './copies.js'
import { WORDS } from './edits.js'
import { type Latency, latency, timed } from './latency.js'
import { agent, headOf, type Scenario, WORKSPACE } from './scenario.js'
import type { Workspace } from './workspace.js'

/** Agents whose files are made objects. */
const SHOWN = 16
/** Those of them whose index is made, and made anew. */
const INDEXED = 4

export interface Objects {
  /** Objects built from their components, brought forward by a patch, and found again. */
  readonly builds: number
  readonly deltas: number
  readonly hits: number
  /** Ns for an index and one search in it; not said where no patch was the cheaper way. */
  readonly index: { readonly forward: Latency; readonly anew: Latency } | null
  readonly mismatches: number
}

type Reference = StateReference.StateReference<LmdbStore>

export const opened = (components: ComponentStore.ComponentStore<LmdbStore>, head: string): Reference => {
  const reference = must(StateReference.openHead(components)(head))
  if (O.isNone(reference)) throw new Unexpected(`there is no head ${head}`)
  return reference.value
}

const registry = Registry.of(TextFile.factory, SearchIndex.factory)

const FILES = ['files']

const linesOf = (file: TextFile.TextFile): ReadonlyArray<string> =>
  Array.from({ length: TextFile.lineCount(file) }, (_, i) => TextFile.line(i)(file))

/** What is found for each of the words that edits are made of. */
const answers = (index: SearchIndex.SearchIndex) => WORDS.map((word) => SearchIndex.search(word)(index))

export const objects = (store: LmdbStore, workspace: Workspace, scenario: Scenario): Objects => {
  const components = ComponentStore.make(store)
  const materializer = Materializer.make(components, registry)
  const root = opened(components, WORKSPACE)
  const stats = Materializer.stats(materializer)
  let mismatches = 0
  const agree = (found: unknown, wanted: unknown): void => {
    if (!isDeepStrictEqual(found, wanted)) mismatches++
  }
  const built = <A>(type: Type<A>, path: ReadonlyArray<string>): A =>
    must(Materializer.now(type, root, { path })(materializer))
  const forward = <A>(type: Type<A>, to: Reference, path: ReadonlyArray<string>): A =>
    must(Materializer.advanceNow(type, root, to, { path })(materializer))
  const files = (index: number, reference: Reference): void => {
    const { contents } = changedBy(workspace, agent(workspace, scenario, index))
    for (const [i, { path, content }] of workspace.files.entries()) {
      if (typeof content !== 'string') continue
      const found = forward(TextFile.factory.type, reference, [...FILES, ...path])
      agree(linesOf(found), (contents.get(i) ?? content).toString().split('\n'))
    }
  }
  const times = { forward: [] as number[], anew: [] as number[] }
  const { type } = SearchIndex.factory
  const used = (index: SearchIndex.SearchIndex): SearchIndex.SearchIndex => {
    SearchIndex.search(WORDS[0])(index)
    return index
  }
  const index = (reference: Reference): void => {
    const { deltas } = stats()
    const [time, found] = timed(() => used(forward(type, reference, FILES)))
    const fresh = Materializer.make(components, registry)
    const [again, rebuilt] = timed(() =>
      used(must(Materializer.now(type, reference, { path: FILES })(fresh))),
    )
    if (stats().deltas > deltas) {
      times.forward.push(time)
      times.anew.push(again)
    }
    agree(answers(found), answers(rebuilt))
  }
  for (const { path, content } of workspace.files)
    if (typeof content === 'string') built(TextFile.factory.type, [...FILES, ...path])
  built(type, FILES)
  for (let at = 0; at < Math.min(SHOWN, scenario.agents); at++) {
    const reference = opened(components, headOf(at))
    files(at, reference)
    if (at < INDEXED) index(reference)
    StateReference.release(reference)()
  }
  StateReference.release(root)()
  const { builds, deltas, hits } = stats()
  return {
    builds,
    deltas,
    hits,
    index: times.forward.length === 0 ? null : { forward: latency(times.forward), anew: latency(times.anew) },
    mismatches,
  }
}
