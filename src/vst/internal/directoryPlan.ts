/**
 * What is to stand in a directory, read from a state and checked before anything is written. Contents are not loaded, but
 * for the first block of each.
 */
import { fetched, runAsync } from '../../branch/internal/program.js'
import { invalidPath, invalidValue, type Path, unsafePath } from '../../data/Failure.js'
import { MAX_DEPTH } from '../../data/internal/limits.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as Fetch from '../../trie/Fetch.js'
import { here, type LoadFailure } from '../../trie/internal/load.js'
import { ABSENT } from '../../trie/internal/merge.js'
import { LIST, type Slot, TEXT } from '../../trie/internal/node.js'
import { COMPONENT, ROOT } from '../../trie/internal/place.js'
import { entriesOf, itemIn, type Standing } from '../../trie/internal/read.js'
import { isSequence, kindOf, runOf } from '../../trie/internal/sequence.js'
import { type InlineMap, isComponent, isInlineList, isInlineMap } from '../../trie/internal/slot.js'
import { type State, standingAt } from '../../trie/State.js'
import { DIRECTORY_MODE, FILE_MODE, isMode, LINK_MARK, nameFault, targetFault } from './directoryEntry.js'
import type { Selection, Verdict } from './directoryGlobs.js'
import { refuse } from './directoryPlace.js'

/** `path` is where in the state the content of a file stands. */
export interface File {
  readonly kind: 'file'
  readonly mode: number
  readonly path: Path
}

export interface Link {
  readonly kind: 'link'
  readonly target: string
}

export interface Directory {
  readonly kind: 'directory'
  readonly mode: number
  readonly verdict: Verdict
  readonly entries: ReadonlyMap<string, Entry>
}

export type Entry = File | Link | Directory

/** Asks the store that a state lives on, if what is asked for is not in memory; refuses what fails. */
export type Ask = <E, A>(fetch: Fetch.Fetch<E, A>) => A | Promise<A>

export const askOf = (store: Store | AsyncStore): Ask => {
  const asked = async <E, A>(fetch: Fetch.Fetch<E, A>): Promise<A> => {
    const done = await runAsync(store, () => fetched(fetch))()
    return done._tag === 'Left' ? refuse(done.left as never) : done.right
  }
  return (fetch) => (fetch._tag === 'Done' ? fetch.value : asked(fetch))
}

/** What the slot of an entry is, with no more loaded than tells. */
type Shape =
  | { readonly kind: 'content' }
  | { readonly kind: 'list'; readonly first: Standing; readonly second: Standing }
  | { readonly kind: 'map'; readonly keys: ReadonlyArray<string>; readonly slots: ReadonlyArray<Slot> }
  | { readonly kind: 'none' }

const CONTENT: Shape = { kind: 'content' }
const NONE: Shape = { kind: 'none' }

const listOf = (size: number, first: Standing, second: Standing): Shape =>
  size === 2 ? { kind: 'list', first, second } : NONE

const shapeOf = (slot: Standing, isRoot: boolean): Fetch.Fetch<LoadFailure, Shape> => {
  if (slot === ABSENT) return Fetch.of(NONE)
  if (isComponent(slot)) {
    return Fetch.flatMap(here(slot, isRoot ? ROOT : COMPONENT), (node): Fetch.Fetch<LoadFailure, Shape> => {
      if (!isSequence(node)) {
        return Fetch.map(
          ({ keys, slots }: { keys: ReadonlyArray<string>; slots: ReadonlyArray<Slot> }): Shape => ({
            kind: 'map',
            keys,
            slots,
          }),
        )(entriesOf(node))
      }
      return kindOf(node) === LIST
        ? Fetch.both(itemIn(node, 0), itemIn(node, 1), (first, second) => listOf(node.size, first, second))
        : Fetch.of(CONTENT)
    })
  }
  if (isInlineList(slot)) return Fetch.of(listOf(slot.length, slot[0]!, slot[1]!))
  if (isInlineMap(slot)) {
    const keys = Object.keys(slot as InlineMap)
    return Fetch.of({ kind: 'map', keys, slots: keys.map((key) => (slot as InlineMap)[key]!) })
  }
  return Fetch.of(typeof slot === 'string' || slot instanceof Uint8Array ? CONTENT : NONE)
}

/** A link's target, which a state may hold as a block of its own. */
const targetOf = (slot: Standing): Fetch.Fetch<LoadFailure, string | null> => {
  if (typeof slot === 'string') return Fetch.of(slot)
  if (slot === ABSENT || !isComponent(slot)) return Fetch.of(null)
  return Fetch.flatMap(here(slot, COMPONENT), (node): Fetch.Fetch<LoadFailure, string | null> => {
    if (!isSequence(node) || kindOf(node) !== TEXT) return Fetch.of(null)
    return runOf(node) as Fetch.Fetch<LoadFailure, string>
  })
}

interface Planning {
  readonly ask: Ask
  readonly select: Selection
}

/** An entry on its way into the plan: where it stands in the state, and what it is called in the directory. */
interface Candidate {
  readonly slot: Standing
  readonly path: Path
  readonly name: string
  readonly verdict: Verdict
  /** The permissions that stand beside it, if any do. */
  readonly mode: number | null
}

const notAnEntry = ({ path, verdict }: Candidate): null =>
  verdict === 'within' ? refuse(invalidValue(path, 'neither a file, nor a link, nor a directory')) : null

const planned = async (planning: Planning, shape: Shape, one: Candidate): Promise<Entry | null> => {
  const { path, verdict, mode } = one
  switch (shape.kind) {
    case 'content':
      return verdict === 'within' ? { kind: 'file', mode: mode ?? FILE_MODE, path } : null
    case 'map':
      return planDirectory(planning, shape, one)
    case 'list': {
      if (mode !== null) return notAnEntry(one)
      if (isMode(shape.first)) {
        const inner: Candidate = { ...one, slot: shape.second, path: [...path, 1], mode: shape.first }
        return planned(planning, await planning.ask(shapeOf(shape.second, false)), inner)
      }
      const target = shape.first === LINK_MARK ? await planning.ask(targetOf(shape.second)) : null
      if (target === null || verdict !== 'within') return notAnEntry(one)
      const fault = targetFault(target)
      return fault === null ? { kind: 'link', target } : refuse(unsafePath(path, fault))
    }
    case 'none':
      return notAnEntry(one)
  }
}

const planDirectory = async (
  planning: Planning,
  { keys, slots }: Extract<Shape, { kind: 'map' }>,
  { path, name, verdict, mode }: Candidate,
): Promise<Directory> => {
  if (path.length > MAX_DEPTH) return refuse(invalidValue(path, `deeper than ${MAX_DEPTH}`))
  const candidates: Array<Candidate & { readonly key: string }> = []
  for (const [i, key] of keys.entries()) {
    const below = name === '' ? key : `${name}/${key}`
    const takes = planning.select(below, verdict)
    if (takes === 'without') continue
    const fault = nameFault(key)
    if (fault !== null) return refuse(unsafePath([...path, key], fault))
    candidates.push({ key, slot: slots[i]!, path: [...path, key], name: below, verdict: takes, mode: null })
  }
  const shapes = await planning.ask(Fetch.all(candidates.map(({ slot }) => shapeOf(slot, false))))
  const entries = new Map<string, Entry>()
  for (const [i, one] of candidates.entries()) {
    const entry = await planned(planning, shapes[i]!, one)
    const isIdle = entry?.kind === 'directory' && entry.verdict !== 'within' && entry.entries.size === 0
    if (entry !== null && !isIdle) entries.set(one.key, entry)
  }
  return { kind: 'directory', mode: mode ?? DIRECTORY_MODE, verdict, entries }
}

/** The plan of the directory at a path. Refuses with `InvalidPath` if none stands there. O(entries), in memory too. */
export const planOf = async (
  state: State,
  path: Path,
  ask: Ask,
  select: Selection,
  verdict: Verdict,
): Promise<Directory> => {
  const slot = await ask(standingAt(state, path))
  const shape = await ask(shapeOf(slot, path.length === 0))
  const plan = await planned({ ask, select }, shape, { slot, path, name: '', verdict, mode: null })
  return plan?.kind === 'directory' ? plan : refuse(invalidPath(path, 'no directory stands here'))
}
