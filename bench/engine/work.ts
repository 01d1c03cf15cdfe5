/** What the engine is measured with: states of files of 1 KiB, and an engine on a store that holds one. */
import type * as E from 'fp-ts/lib/Either.js'
import type { IOEither } from 'fp-ts/lib/IOEither.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as LmdbStore from '../../src/store/LmdbStore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import type { Collectable, Store } from '../../src/store/Store.js'
import type * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import * as Vst from '../../src/vst/Vst.js'
import { percentile } from '../measure.js'
import { inDirectory } from '../store/directory.js'
import type { Figure } from '../store/Figure.js'

const KIB = 1024

/** Files of a state. */
export const FILES = 1000

/** Other files in each round. */
export const chosen = (size: number, round: number): ReadonlyArray<number> =>
  Array.from({ length: size }, (_, i) => (round * 7919 + i) % FILES)

/** Text of 1 KiB that no other number has; flat, as text from a file is. */
export const text = (n: number): string => Buffer.alloc(KIB, `${n} `).toString('latin1')

export const nameOf = (n: number): string => `file-${n}.txt`

export const right = <F, A>(either: E.Either<F, A>): A => {
  if (either._tag === 'Right') return either.right
  throw new Error(JSON.stringify(either.left))
}

export const get = <F, A>(effect: IOEither<F, A>): A => right(effect())

export const stateOf = (files: number): State.State =>
  right(State.fromJson(Object.fromEntries(Array.from({ length: files }, (_, n) => [nameOf(n), text(n)]))))

/** The same state with other content of some files. */
export const edited =
  (files: ReadonlyArray<number>, content: number) =>
  (state: State.State): State.State =>
    files.reduce((next, n) => {
      const edit: Fetch.Fetch<unknown, State.State> = State.set([nameOf(n)], text(content + n))(next)
      if (edit._tag !== 'Done') throw new Error('not in memory')
      return edit.value
    }, state)

type Collected = Store & Collectable

export type Engine = Vst.Vst<Collected>
export type Reference = StateReference.StateReference<Collected>

export const change = (reference: Reference, files: ReadonlyArray<number>, content: number): void => {
  get(StateReference.write(edited(files, content)(get(StateReference.read(reference))))(reference))
}

export type Place = 'memory' | 'disk'
export const places: ReadonlyArray<Place> = ['memory', 'disk']

/** An engine on a new store, for the time of some work. On disk a commit does not wait for the disk, as with git. */
export const engine = (
  place: Place,
  work: (vst: Engine) => Promise<void>,
  options: Vst.Options = {},
): Promise<void> =>
  place === 'memory'
    ? work(Vst.make<Collected>(ComponentStore.make<Collected>(MemoryStore.make()), options)())
    : inDirectory(async (directory) => {
        const store = right(await LmdbStore.open(directory, { durability: 'none' })())
        await work(Vst.make<Collected>(ComponentStore.make<Collected>(store), options)())
        await store.close()
      })

/** A reference whose state is committed under a head. */
export const begun = (vst: Engine, head: string, state: State.State): Reference => {
  const reference = StateReference.root(vst.components)(state)()
  get(Vst.commit({ head })(reference)(vst))
  return reference
}

/** Milliseconds that some work takes. */
export const timed = (work: () => unknown): number => {
  const began = performance.now()
  work()
  return performance.now() - began
}

export type Report = (figure: Figure) => void

/** The median and the 95th percentile of times in ms. */
export const spread = (
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

/** Lets what waits for the loop's turn be done. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
