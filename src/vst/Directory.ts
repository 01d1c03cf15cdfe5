/**
 * A directory of the file system as a part of a state, and back.
 *
 * What stands in a directory is, as a value:
 *
 * | entry | value |
 * |---|---|
 * | a file that is UTF-8 | its text |
 * | another file | its bytes |
 * | a directory | a map of its entries by name |
 * | a symbolic link | `['link', target]`, the target's text |
 * | a file whose permissions are not 644, a directory whose permissions are not 755 | `[permissions, one of the above]` |
 *
 * So an ordinary file takes its content and its name, and equal trees have equal digests. Only permission bits are kept: no
 * times, no owners, no set-user-ID; of the directory itself only what is in it.
 *
 * `materialise` writes below its target and nowhere else: names like `..` are refused before anything is written, no link is
 * followed (where a link stands and a directory is to be, the link is replaced), and a directory that is entered stays the
 * one that is written to, whatever is put in its place meanwhile. (On systems without `/proc/self/fd` this last one is a
 * check when it is entered.)
 *
 * Laws (`coppice/laws`, `directoryLaws`):
 * 1. `materialise` after `importFrom` gives the same tree, and `importFrom` after `materialise` the same state;
 * 2. `importFrom` sets what the table says, digest for digest;
 * 3. after `materialise` over any other tree, with `prune`, the tree is that of the state; done again it writes nothing;
 * 4. globs take what a search by the definition takes, and nothing else changes;
 * 5. nothing outside of the target changes, whatever the state says and whatever links stand in the target.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { ComponentStore, Directory, MemoryStore, State, StateReference } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 *
 * const [from, to] = ['from-', 'to-'].map((name) => mkdtempSync(join(tmpdir(), name))) as [string, string]
 * writeFileSync(join(from, 'plan.md'), 'look\n')
 *
 * const agent = StateReference.root(ComponentStore.make(MemoryStore.make()))(State.empty)()
 * const program = pipe(
 *   Directory.importFrom(from, ['files'], { exclude: ['**' + '/node_modules'] })(agent),
 *   TE.chainIOEitherKW(() => StateReference.update(State.append(['files', 'plan.md'], 'leap\n'))(agent)),
 *   TE.chainW(() => Directory.materialise(['files'], to)(agent)),
 * )
 * const done = await program()
 * assert.deepStrictEqual(done, E.right({ written: 1, unchanged: 0, removed: 0, bytes: 10 }))
 * assert.strictEqual(readFileSync(join(to, 'plan.md'), 'utf8'), 'look\nleap\n')
 * for (const directory of [from, to]) rmSync(directory, { recursive: true })
 * ```
 */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as ComponentStore from '../branch/ComponentStore.js'
import { fetched, runAsync } from '../branch/internal/program.js'
import * as StateReference from '../branch/StateReference.js'
import type { StreamFailure } from '../branch/Stream.js'
import {
  type Corrupt,
  type FileChanged,
  type FileFailed,
  fileFailed,
  type InvalidPath,
  type InvalidValue,
  type Path,
  type Released,
  type StoreFailed,
  type Unfinished,
  type UnsafePath,
  type UnsupportedFile,
} from '../data/Failure.js'
import type { AsyncStore, Store } from '../store/Store.js'
import * as Fetch from '../trie/Fetch.js'
import { ABSENT } from '../trie/internal/merge.js'
import * as State from '../trie/State.js'
import { type Globs, rootOf, selectionOf } from './internal/directoryGlobs.js'
import { openPlace, Refusal, refuse, within } from './internal/directoryPlace.js'
import { askOf, planOf } from './internal/directoryPlan.js'
import { type Imported, perform, type Reading, readDirectory, set, settle } from './internal/directoryRead.js'
import { type Materialised, writePlan } from './internal/directoryWrite.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

export type { Globs } from './internal/directoryGlobs.js'
export type { Imported } from './internal/directoryRead.js'
export type { Materialised } from './internal/directoryWrite.js'

export interface ImportOptions extends Globs {
  /** All permission bits (by default), or only whether the owner may execute a file: then they are 755 or 644. */
  readonly modes?: 'permissions' | 'executable'
  /** What to do about sockets, pipes and devices. By default they are refused. */
  readonly special?: 'refuse' | 'skip'
}

export interface MaterialiseOptions extends Globs {
  /** Whether to remove what the globs take and the state does not have. By default it stays. */
  readonly prune?: boolean
  /** Whether to wait until the disk has each file and directory. By default not. */
  readonly sync?: boolean
}

export type ImportFailure = FileFailed | FileChanged | UnsupportedFile | StreamFailure

export type MaterialiseFailure =
  | FileFailed
  | UnsafePath
  | Unfinished
  | InvalidValue
  | InvalidPath
  | State.LoadFailure
  | Corrupt
  | StoreFailed

/** What is refused is a failure; nothing else ought to be thrown, and if it is, it does not pass either. */
const caught =
  <F, A>(path: string, operation: string, body: () => Promise<A>): TaskEither<F | FileFailed, A> =>
  async () => {
    try {
      return E.right(await body())
    } catch (cause) {
      return E.left(cause instanceof Refusal ? (cause.failure as F) : fileFailed(path, operation, cause))
    }
  }

const orRefuse = <F, A>(result: E.Either<F, A>): A =>
  result._tag === 'Left' ? refuse(result.left as never) : result.right

// -------------------------------------------------------------------------------------
// into a state
// -------------------------------------------------------------------------------------

/** Where the directory grows in the state of its own. */
const ALONE: Path = ['directory']

/** The state with what grew alone at the path; the same state if that stood there already. */
const planted =
  (alone: State.State, path: Path) =>
  (state: State.State): Fetch.Fetch<State.EditFailure, State.State> =>
    Fetch.flatMap(
      Fetch.both(State.standingAt(state, path), State.standingAt(alone, ALONE), (...both) => both),
      ([before, slot]) =>
        Fetch.map((next: State.State) => (before !== ABSENT && State.equals(next, state) ? state : next))(
          State.graft(path, slot as never)(state),
        ),
    )

/** Hands over what was read, with a pin if it is stored. */
const handOver = async (
  reading: Reading,
  reference: StateReference.StateReference<AsyncStore>,
  path: Path,
): Promise<void> => {
  const components = StateReference.components(reference)
  const digest = reading.stored ? await settle(reading) : null
  if (digest !== null) await perform(reading, () => ComponentStore.settling(components, { pins: [digest] }))
  try {
    const alone = orRefuse(StateReference.read(reading.scratch)())
    if (path.length > 0) {
      await perform(reading, () => StateReference.updating(reference, planted(alone, path)))
    } else {
      const before = orRefuse(StateReference.read(reference)())
      orRefuse(StateReference.write(State.equals(alone, before) ? before : alone)(reference)())
    }
  } catch (cause) {
    if (digest !== null) ComponentStore.internals(components).released.push(digest)
    throw cause
  }
  if (digest !== null) StateReference.entrust(reference, [digest])
}

/**
 * Reads a directory to a path of a reference's state, over a store of either shape. What stood at the path is replaced; the
 * empty path is the whole state. Links are not followed. O(content); a large directory is stored as it is read, in bounded
 * memory, and pinned until the family is gone. Content that is there already is neither stored nor sent again.
 *
 * Errors: `FileFailed`, `UnsupportedFile` for what no state can hold, `FileChanged` if a file or directory changed
 * meanwhile (as far as size, times and identity tell), `InvalidValue` for a glob that is none, those of `State.set`,
 * `Released`, `StoreFailed`. On failure the reference is as it was, and nothing stays pinned.
 */
export const importFrom =
  (directory: string, path: Path, options: ImportOptions = {}) =>
  <S extends Store | AsyncStore>(
    reference: StateReference.StateReference<S>,
  ): TaskEither<ImportFailure, Imported> =>
    caught(directory, 'import', async () => {
      const select = orRefuse(selectionOf(options))
      const components = StateReference.components(
        reference as unknown as StateReference.StateReference<AsyncStore>,
      )
      const state = orRefuse(StateReference.read(reference)())
      const reading: Reading = {
        scratch: StateReference.root(components)(State.empty)(),
        store: components.store,
        select,
        modes: options.modes ?? 'permissions',
        skipsSpecial: options.special === 'skip',
        depth: path.length,
        done: { files: 0, links: 0, directories: 0, bytes: 0, skipped: 0 },
        pending: 0,
        stored: false,
      }
      try {
        if (path.length > 0) {
          // A path that leads nowhere is known before a long way.
          await perform(reading, () => fetched(State.set(path, {})(state)))
          await set(reading, ALONE, {}, 0)
        }
        const root = {
          at: path.length > 0 ? ALONE : [],
          name: '',
          verdict: rootOf(options),
          make: async () => {},
        }
        await within(await openPlace(directory), (place) => readDirectory(reading, place, root))
        await handOver(reading, reference as never, path)
        return reading.done
      } finally {
        StateReference.release(reading.scratch)()
        if (reading.stored) await runAsync(components.store, () => ComponentStore.unpinning(components))()
      }
    })

// -------------------------------------------------------------------------------------
// out of a state
// -------------------------------------------------------------------------------------

/**
 * Brings a directory to what stands at a path of a state that lives on a store of either shape. Writes only what differs;
 * what the state does not have stays, unless it is to be pruned. The directory is made if it is not there.
 *
 * Each file is written beside its place and renamed, so there is an old one or a new one and never half of one (a process
 * that is killed may leave a file called `.coppice-…`). A directory gives way to a file only with `prune`. O(entries) of memory, and a chunk of each file in work.
 *
 * Small files are written in place, in slices of a few milliseconds between which other work gets its turn; on a disk that makes
 * its callers wait, a slice is as long as one call.
 *
 * Errors: before anything is written `UnsafePath` for a name that is none, `InvalidValue` for what is no entry or no
 * glob, `InvalidPath` if no directory stands at the path, `Missing`, `Corrupt`, `StoreFailed`, `FileFailed` for the
 * target or a name that is too long for it; after that `Unfinished`, which says what was done and why it ended.
 */
export const materialiseState =
  (store: Store | AsyncStore) =>
  (path: Path, target: string, options: MaterialiseOptions = {}) =>
  (state: State.State): TaskEither<MaterialiseFailure, Materialised> =>
    caught(target, 'write', async () => {
      const select = orRefuse(selectionOf(options))
      const ask = askOf(store)
      const plan = await planOf(state, path, ask, select, rootOf(options))
      const { prune = false, sync = false } = options
      const done = { written: 0, unchanged: 0, removed: 0, bytes: 0 }
      await writePlan({ state, ask, select, prune, sync, done, since: performance.now() }, target, plan)
      return done
    })

/** `materialiseState` of what a reference holds. Errors: also `Released`. */
export const materialise =
  (path: Path, target: string, options: MaterialiseOptions = {}) =>
  <S extends Store | AsyncStore>(
    reference: StateReference.StateReference<S>,
  ): TaskEither<MaterialiseFailure | Released, Materialised> =>
  async () => {
    const state = StateReference.read(reference)()
    if (state._tag === 'Left') return state
    return materialiseState(StateReference.components(reference).store)(path, target, options)(state.right)()
  }
