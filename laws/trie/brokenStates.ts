/** Broken states, for their laws to reject; each has one fault. */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Path } from '../../src/data/Failure.js'
import { isValue } from '../../src/data/Value.js'
import * as Cursor from '../../src/trie/Cursor.js'
import * as Fetch from '../../src/trie/Fetch.js'
import { LINK } from '../../src/trie/internal/node.js'
import * as Patch from '../../src/trie/Patch.js'
import * as Residency from '../../src/trie/Residency.js'
import * as State from '../../src/trie/State.js'
import type { Opening } from './forgedLaws.js'

/** A broken state, and the law that it was made to break. */
export interface Broken {
  readonly subject: Opening
  readonly law: string
}

const wrong = (law: string, parts: object): Broken => ({
  law,
  subject: { ...State, ...parts } as unknown as Opening,
})

type Edit = (state: State.State) => Fetch.Fetch<unknown, State.State>

const unloaded = (state: State.State): boolean => State.rootOf(state).kind === LINK

/** Whatever was opened is loaded whole before anything is done. */
const eager =
  (edit: (...args: ReadonlyArray<never>) => (state: State.State) => Fetch.Fetch<unknown, unknown>) =>
  (...args: ReadonlyArray<never>) =>
  (state: State.State) =>
    Fetch.flatMap(State.toJson(state), () => edit(...args)(state))

/** @category zoo */
export const states: Readonly<Record<string, Broken>> = {
  'loses edits of what is not in memory': wrong('edits agree with those of plain objects', {
    set:
      (path: Path, value: unknown): Edit =>
      (state) =>
        unloaded(state) ? Fetch.of(state) : State.set(path, value)(state),
  }),
  'does not remove': wrong('one computation makes all edits in turn', {
    remove: (): Edit => (state) => Fetch.of(state),
  }),
  'forgets why': wrong('bad values are refused where they stand', {
    set:
      (path: Path, value: unknown): Edit =>
      (state) =>
        Fetch.mapLeft(() => ({ _tag: 'InvalidPath', path: [] }))(State.set(path, value)(state)),
  }),
  'takes NaN for null': wrong('bad values are refused where they stand', {
    set:
      (path: Path, value: unknown): Edit =>
      (state) =>
        State.set(path, typeof value === 'number' && Number.isNaN(value) ? null : value)(state),
  }),
  'takes an index before the first': wrong(
    'bad paths are refused by edits at the segment that is bad, and nothing is found at them',
    {
      get: (path: Path) => State.get(path.map((s) => (typeof s === 'number' && s < 0 ? 0 : s))),
    },
  ),
  'modifies what is not there': wrong('edits agree with those of plain objects', {
    modify:
      (path: Path, f: (value: unknown) => unknown): Edit =>
      (state) =>
        Fetch.orElseW(() => State.set(path, f(null))(state))(State.modify(path, f)(state)),
  }),
  'changes what it cannot hold to null': wrong('bad values of a change are refused', {
    modify: (path: Path, f: (value: unknown) => unknown) =>
      State.modify(path, (value) => {
        const changed = f(value)
        return isValue(changed) ? changed : null
      }),
  }),
  'has a cache without bounds': wrong('a cache keeps to its budget', {
    residency: () => Residency.make(1e9),
  }),
  'has a cursor that moves': wrong('a cursor can be followed twice from any point', {
    entries: (path: Path) => (state: State.State) => {
      const from = Cursor.entries(path)(state)
      let at: typeof from | null = from
      const moving: typeof from = {
        next: () =>
          Fetch.map((step: O.Option<readonly [ReadonlyArray<Cursor.Entry>, typeof from]>) => {
            at = O.isSome(step) ? step.value[1] : null
            return O.map(
              ([chunk]: readonly [ReadonlyArray<Cursor.Entry>, unknown]) => [chunk, moving] as const,
            )(step)
          })(at === null ? Fetch.of(O.none) : at.next()),
      }
      return moving
    },
  }),
  'trusts whatever it reads': wrong('bytes that do not match their digest are corrupt', {
    run: (source: Fetch.Source<never>) => Fetch.run({ ...source, trusted: true }),
  }),
  'replaces its root': wrong('the root is not replaced', {
    set:
      (path: Path, value: unknown): Edit =>
      (state) => {
        const made = path.length === 0 ? State.fromJson(value) : null
        return made !== null && E.isRight(made) ? Fetch.of(made.right) : State.set(path, value)(state)
      },
  }),
  'takes a list for a root': wrong('the root is not replaced', {
    fromJson: (json: unknown) => (Array.isArray(json) ? E.right(State.empty) : State.fromJson(json)),
  }),
  'counts its edits in its digest': wrong('equal content has one digest, however it was made', {
    set:
      (path: Path, value: unknown): Edit =>
      (state) =>
        Fetch.flatMap(State.set(path, value)(state), (next) => State.set(['edits'], 1)(next)),
  }),
  'edits in place': wrong('an edit leaves the state that it was made from', {
    set:
      (path: Path, value: unknown): Edit =>
      (state) =>
        Fetch.map((next: State.State) => {
          // The empty state is one, which others use.
          if (state !== State.empty) (state as unknown as { root: unknown }).root = State.rootOf(next)
          return next
        })(State.set(path, value)(state)),
  }),
  'has everything': wrong('reads agree with plain objects, at every path', {
    has: () => () => Fetch.of(true),
  }),
  'counts too few': wrong('reads agree with plain objects, at every path', {
    size: (state: State.State) => Fetch.map((n: number) => Math.min(n, 32))(State.size(state)),
  }),
  'sorts keys when it lists those that are loaded': wrong(
    'answers and their order are the same wherever a state lives',
    {
      keys: (state: State.State) =>
        Fetch.map((keys: ReadonlyArray<string>) => (unloaded(state) ? [...keys].sort() : keys))(
          State.keys(state),
        ),
    },
  ),
  'decodes what it likes': wrong('typed reads take what the codec takes, and say where it does not', {
    at: (path: Path) => (state: State.State) =>
      Fetch.map((found: O.Option<unknown>) => O.toUndefined(found))(State.get(path)(state)),
  }),
  'finds all equal': wrong('equality and digests load nothing', { equals: () => true }),
  'misses removals in a diff': wrong('the differences are those of plain objects', {
    diff: (a: State.State, b: State.State) =>
      Fetch.map((changes: Patch.Patch) => changes.filter(({ op }) => op !== 'remove'))(Patch.diff(a, b)),
  }),
  'orders a diff by what was loaded': wrong('answers and their order are the same wherever a state lives', {
    diff: (a: State.State, b: State.State) =>
      Fetch.map((changes: Patch.Patch) => (unloaded(a) ? [...changes].reverse() : changes))(Patch.diff(a, b)),
  }),
  'patches the first change only': wrong('patch(diff(a, b))(a) is b', {
    patch: (changes: Patch.Patch) => Patch.apply(changes.slice(0, 1)),
  }),
  'keeps the order in which keys were set': wrong('the order of keys tells nothing of how a state was made', {
    toJson: (state: State.State) =>
      Fetch.map((json: unknown) =>
        unloaded(state) ? json : Object.fromEntries(Object.entries(json as object).reverse()),
      )(State.toJson(state)),
  }),
  'loads all to look at one': wrong('a look-up reads at most one block a level', {
    get: eager(State.get as never),
    has: eager(State.has as never),
  }),
  'compares by loading both': wrong('a difference loads nothing that both share', {
    diff: (a: State.State, b: State.State) =>
      Fetch.flatMap(Fetch.all([State.toJson(a), State.toJson(b)]), () => Patch.diff(a, b)),
  }),
  'reads twice': wrong('a traversal reads each block once', {
    toJson: (state: State.State) =>
      Fetch.flatMap(Fetch.block(State.digest(state)), () => State.toJson(state)),
  }),
  'keeps nothing, whatever its budget': wrong('what is loaded is not read again', {
    open: (digest: never) => State.open(digest, { ...nothing } as never),
  }),
  'takes what is corrupt for empty': wrong('a block that is not there is missing', {
    toJson: (state: State.State) => Fetch.orElseW(() => Fetch.of({}))(State.toJson(state)),
  }),
  'throws at what is corrupt': wrong('a forged state is refused, or is what an edit would have made', {
    get: (path: Path) => (state: State.State) =>
      Fetch.orElseW((failure: State.LoadFailure) => {
        throw new Error(failure._tag)
      })(State.get(path)(state)),
  }),
  'writes again what stands there already': wrong('to set what stands there changes nothing', {
    set:
      (path: Path, value: unknown): Edit =>
      (state) =>
        State.set(path, [value])(state),
  }),
  'goes as deep as one likes': wrong('depth is bounded by path and value together', {
    set:
      (path: Path, value: unknown): Edit =>
      (state) =>
        path.length > 256 ? Fetch.of(state) : State.set(path, value)(state),
  }),
  'takes any bytes for an empty state': wrong('bytes of anything are no state', {
    toJson: (state: State.State) => Fetch.orElseW(() => Fetch.of({}))(State.toJson(state)),
  }),
  'takes a careful forgery': wrong('a careful forger is refused when he', {
    toJson: (state: State.State) => Fetch.orElseW(() => Fetch.of({}))(State.toJson(state)),
  }),
  'reads an entry twice': wrong('a cursor brings the entries, each once, each block read once', {
    entries: (path: Path) => (state: State.State) => {
      const cursor = Cursor.entries(path)(state)
      return {
        next: () =>
          Fetch.map(
            O.map(
              ([chunk, rest]: readonly [ReadonlyArray<Cursor.Entry>, unknown]) =>
                [[...chunk, ...chunk], rest] as const,
            ),
          )(cursor.next() as never),
      }
    },
  }),
  'severs nothing': wrong('a link is resolved, severed, and resolved again', {
    residency: (budget: number) => {
      const residency = Residency.make(budget)
      return Object.defineProperty(residency, 'clear', { value: () => {} })
    },
  }),
}

const nothing = {
  peek: () => undefined,
  has: () => false,
  admit: (node: unknown) => node,
}
