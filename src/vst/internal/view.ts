/**
 * A view is what all heads name at one moment, as a state: names to digests, and the checkpoints behind which history
 * is to end. Equal views are equal states, and a view that differs in one head shares all else.
 */
import * as Digest from '../../data/Digest.js'
import { type Corrupt, corrupt, type InvalidValue, invalidValue } from '../../data/Failure.js'
import * as Fetch from '../../trie/Fetch.js'
import * as Patch from '../../trie/Patch.js'
import * as State from '../../trie/State.js'
import { entryOf, isLong, keyOf, type Named, namedIn } from './viewEntry.js'

/** A head and where it stood and stands; `null` stands for "no such head". */
export interface Move {
  readonly name: string
  readonly before: Digest.Digest | null
  readonly after: Digest.Digest | null
}

/** Behind a checkpoint history ends, or does not any more. */
export interface Cut {
  readonly checkpoint: Digest.Digest
  readonly ends: boolean
}

/** What lies between two views. */
export interface Change {
  readonly moves: ReadonlyArray<Move>
  readonly cuts: ReadonlyArray<Cut>
}

export type ViewFailure = State.EditFailure | InvalidValue

const RESERVED = '.'
const CUT = '.cut/'

/** Whether a name is the engine's own, which no list of heads shows. */
export const isReserved = (name: string): boolean => name.startsWith(RESERVED)

/** Why a name is no name of a head. */
export const reservedName = (name: string): InvalidValue | null =>
  typeof name !== 'string'
    ? invalidValue(['head'], 'not text')
    : isReserved(name)
      ? invalidValue(['head'], `the name ${JSON.stringify(name)} is reserved`)
      : null

const cutKey = (checkpoint: Digest.Digest): string => CUT + Digest.toHex(checkpoint)

const namedAt = (view: State.State, key: string): Fetch.Fetch<State.LoadFailure, Named | null> =>
  Fetch.map((found: { readonly _tag: string; readonly value?: unknown }) => namedIn(key, found.value))(
    State.get([key])(view),
  )

export const headIn = (
  view: State.State,
  name: string,
): Fetch.Fetch<State.LoadFailure, Digest.Digest | null> =>
  Fetch.map((found: Named | null) => found?.digest ?? null)(namedAt(view, keyOf(name)))

export const isCut = (
  view: State.State,
  checkpoint: Digest.Digest,
): Fetch.Fetch<State.LoadFailure, boolean> => State.has([cutKey(checkpoint)])(view)

const put = (view: State.State, key: string, value: unknown): Fetch.Fetch<ViewFailure, State.State> =>
  value === null ? State.remove([key])(view) : State.set([key], value)(view)

/** The view after a change. O(change · log heads). */
export const changed = (
  view: State.State,
  { moves, cuts }: Change,
): Fetch.Fetch<ViewFailure, State.State> => {
  let next: Fetch.Fetch<ViewFailure, State.State> = Fetch.of(view)
  for (const { name, after } of moves) {
    const value = after === null ? null : entryOf(name, after)
    next = Fetch.flatMap(next, (state) => put(state, keyOf(name), value))
  }
  for (const { checkpoint, ends } of cuts) {
    next = Fetch.flatMap(next, (state) => put(state, cutKey(checkpoint), ends ? true : null))
  }
  return next
}

/** What leads from one view to another, by name. Loads what differs. */
export const between = (
  before: State.State,
  after: State.State,
): Fetch.Fetch<State.LoadFailure | Corrupt, Change> =>
  Fetch.flatMap(Patch.diff(before, after), (patch) => {
    const keys = [...new Set(patch.map(({ path }) => String(path[0])))].sort()
    const heads = keys.filter((key) => !isReserved(key) || isLong(key))
    const cuts = keys.flatMap((key): ReadonlyArray<Cut> => {
      const digest = key.startsWith(CUT) ? Digest.fromHex(key.slice(CUT.length)) : null
      return digest?._tag === 'Right'
        ? [{ checkpoint: digest.right, ends: patch.some(({ op, path }) => op === 'add' && path[0] === key) }]
        : []
    })
    return Fetch.map((sides: ReadonlyArray<Named | null>): Change => {
      const moves = heads.map((key, i): Move => {
        const [from, to] = [sides[2 * i]!, sides[2 * i + 1]!]
        const { name } = to ?? from ?? { name: key }
        return { name, before: from?.digest ?? null, after: to?.digest ?? null }
      })
      return { moves: moves.sort((x, y) => (x.name < y.name ? -1 : 1)), cuts }
    })(Fetch.all(heads.flatMap((key) => [namedAt(before, key), namedAt(after, key)])))
  })

/** The change that takes another one back. */
export const inverse = ({ moves, cuts }: Change): Change => ({
  moves: moves.map(({ name, before, after }) => ({ name, before: after, after: before })),
  cuts: cuts.map(({ checkpoint, ends }) => ({ checkpoint, ends: !ends })),
})

const byName = ([x]: readonly [string, unknown], [y]: readonly [string, unknown]): number => (x < y ? -1 : 1)

/** All of a view: its heads in the order of names, and where history is to end. Loads all of it. */
export const contents = (
  view: State.State,
): Fetch.Fetch<
  State.LoadFailure | Corrupt,
  {
    readonly heads: ReadonlyArray<readonly [string, Digest.Digest]>
    readonly cuts: ReadonlyArray<Digest.Digest>
  }
> =>
  Fetch.flatMap(State.toJson(view), (json) => {
    const heads: Array<readonly [string, Digest.Digest]> = []
    const cuts: Array<Digest.Digest> = []
    for (const [key, value] of Object.entries(json as object).sort(byName)) {
      const digest = key.startsWith(CUT) ? Digest.fromHex(key.slice(CUT.length)) : null
      if (digest?._tag === 'Right') cuts.push(digest.right)
      const named = namedIn(key, value)
      if (digest === null && named === null) {
        return Fetch.fail(corrupt(State.digest(view), `${JSON.stringify(key)} names no checkpoint`))
      }
      if (named !== null) heads.push([named.name, named.digest])
    }
    return Fetch.of({ heads: heads.sort(byName), cuts })
  })
