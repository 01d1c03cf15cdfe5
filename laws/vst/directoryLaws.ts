/**
 * The laws of directories: what comes in goes out again, only what was asked for changes, and nothing outside.
 */
import { chmodSync, linkSync, symlinkSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as ComponentStore from '../../src/branch/ComponentStore.js'
import * as StateReference from '../../src/branch/StateReference.js'
import * as AsyncStore from '../../src/store/AsyncStore.js'
import * as MemoryStore from '../../src/store/MemoryStore.js'
import type { Store } from '../../src/store/Store.js'
import * as Fetch from '../../src/trie/Fetch.js'
import * as State from '../../src/trie/State.js'
import * as Directory from '../../src/vst/Directory.js'
import { fromPairs } from '../arbitraries.js'
import { holds, type IsEq, isEq, type Law, lawAsync, type Suite, suite } from '../Law.js'
import { become, globs, taken, takesOf } from './directoryOracle.js'
import {
  countOf,
  type DirectoryTree,
  directoryOf,
  entriesOf,
  fileOf,
  likeTrees,
  onSite,
  plant,
  survey,
  type Tree,
  trees,
} from './directoryTrees.js'

/** What the laws ask of an implementation. */
export type Directories = Pick<typeof Directory, 'importFrom' | 'materialise'>

/** The library's own. */
export const directories: Directories = Directory

type Reference = StateReference.StateReference<Store | AsyncStore.AsyncStore>

/** A reference over a store of either shape. */
const referenceTo = (state: State.State, isAsync: boolean): Reference => {
  const store = MemoryStore.make()
  return StateReference.root<Store | AsyncStore.AsyncStore>(
    ComponentStore.make<Store | AsyncStore.AsyncStore>(isAsync ? AsyncStore.toAsync(store) : store),
  )(state)()
}

/** Stores what it holds and lets go of it, so that it is read from the store again. */
const settled = async (reference: Reference): Promise<Reference> => {
  await StateReference.commitAsync()(reference as never)()
  StateReference.unload(reference)()
  return reference
}

const orThrow = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(`unexpected failure: ${JSON.stringify(result.left)}`)
  return result.right
}

const stateOf = (tree: DirectoryTree): State.State => {
  const set = Fetch.now(State.set(['files'], entriesOf(tree))(State.empty))
  if (set._tag === 'None') throw new Error('a state in memory')
  return orThrow(set.value)
}

const stateIn = (reference: Reference): State.State => orThrow(StateReference.read(reference)())

const tagOf = (result: E.Either<{ readonly _tag: string }, unknown>): string =>
  E.isLeft(result) ? result.left._tag : 'none'

// -------------------------------------------------------------------------------------
// there and back
// -------------------------------------------------------------------------------------

const thereAndBack = (subject: Directories): ReadonlyArray<Law> => [
  lawAsync('a directory that came in goes out as it was', [trees, fc.boolean()], (tree, isAsync) =>
    onSite(async ({ from, to }) => {
      plant(from, tree)
      const reference = referenceTo(State.empty, isAsync)
      orThrow(await subject.importFrom(from, ['files'])(reference)())
      await settled(reference)
      const done = orThrow(await subject.materialise(['files'], to)(reference)())
      return [
        isEq<unknown>({ ...survey(to), mode: tree.mode }, tree),
        isEq(done.written, countOf(tree)),
        isEq<unknown>(survey(from).entries, tree.entries),
      ]
    }),
  ),
  lawAsync('what comes in is what the table says, digest for digest', [trees], (tree) =>
    onSite(async ({ from }) => {
      plant(from, tree)
      const [below, whole] = [referenceTo(State.empty, false), referenceTo(State.empty, false)]
      orThrow(await subject.importFrom(from, ['files'])(below)())
      orThrow(await subject.importFrom(from, [])(whole)())
      return [
        isEq(State.digest(stateIn(below)), State.digest(stateOf(tree))),
        isEq(State.digest(stateIn(whole)), State.digest(orThrow(State.fromJson(entriesOf(tree))))),
      ]
    }),
  ),
  lawAsync('what comes in again changes nothing, and adds nothing', [trees], (tree) =>
    onSite(async ({ from }) => {
      plant(from, tree)
      const reference = referenceTo(State.empty, false)
      orThrow(await subject.importFrom(from, ['files'])(reference)())
      const before = stateIn(await settled(reference))
      orThrow(await subject.importFrom(from, ['files'])(reference)())
      return [
        holds(stateIn(reference) === before, 'another state'),
        isEq(orThrow(await StateReference.commitAsync()(reference as never)()).added, 0),
      ]
    }),
  ),
  lawAsync('a state that went out comes in as it was', [trees], (tree) =>
    onSite(async ({ to }) => {
      const state = stateOf(tree)
      orThrow(await subject.materialise(['files'], to)(referenceTo(state, false))())
      const again = referenceTo(State.empty, false)
      orThrow(await subject.importFrom(to, ['files'])(again)())
      return isEq(State.digest(stateIn(again)), State.digest(state))
    }),
  ),
]

// -------------------------------------------------------------------------------------
// over what is there
// -------------------------------------------------------------------------------------

/** Each file is whole: one that was there, or one that is to be. */
const isWhole = (now: DirectoryTree, before: ReadonlyArray<DirectoryTree>): boolean =>
  [...now.entries].every(([name, tree]) => {
    const known = before.flatMap(({ entries }) => entries.get(name) ?? [])
    return tree.kind === 'directory'
      ? isWhole(
          tree,
          known.filter((one) => one.kind === 'directory'),
        )
      : known.some((one) => isDeepStrictEqual(one, tree))
  })

/** Materialises one tree over another, and says what must hold of it. */
const over = (
  subject: Directories,
  before: DirectoryTree,
  tree: DirectoryTree,
  options: Directory.MaterialiseOptions,
): Promise<ReadonlyArray<IsEq>> =>
  onSite(async ({ to }) => {
    plant(to, before)
    const takes = takesOf(options)
    const part = taken(tree, takes)
    const expected = become(before, part, takes, options.prune === true)
    const run = () => subject.materialise(['files'], to, options)(referenceTo(stateOf(tree), false))()
    const done = await run()
    const now = survey(to)
    if (expected === null) {
      return [isEq(tagOf(done), 'Unfinished'), holds(isWhole(now, [before, part]), 'half of a file')]
    }
    const again = await run()
    return [
      isEq<unknown>(now.entries, expected.entries),
      isEq<unknown>(again, E.right({ written: 0, unchanged: countOf(part), removed: 0, bytes: 0 })),
      isEq(orThrow(done).written + orThrow(done).unchanged, countOf(part)),
    ]
  })

const overOthers = (subject: Directories): ReadonlyArray<Law> => [
  lawAsync('pruned, any directory becomes that of the state', [likeTrees, likeTrees], (before, tree) =>
    over(subject, before, tree, { prune: true }),
  ),
  lawAsync('what the state does not have stays', [likeTrees, likeTrees], (before, tree) =>
    over(subject, before, tree, {}),
  ),
  lawAsync(
    'globs say what goes out, and what is pruned',
    [likeTrees, likeTrees, globs],
    (before, tree, some) => over(subject, before, tree, { ...some, prune: true }),
  ),
  lawAsync('globs say what comes in', [likeTrees, globs], (tree, some) =>
    onSite(async ({ from }) => {
      plant(from, tree)
      const reference = referenceTo(State.empty, false)
      orThrow(await subject.importFrom(from, ['files'], some)(reference)())
      return isEq(State.digest(stateIn(reference)), State.digest(stateOf(taken(tree, takesOf(some)))))
    }),
  ),
]

// -------------------------------------------------------------------------------------
// outside
// -------------------------------------------------------------------------------------

const OUTSIDE = directoryOf([
  ['a', fileOf('keep')],
  ['sub', directoryOf([['a', fileOf('keep this too', 0o600)]])],
])

const EVIL: ReadonlyArray<(outside: string) => readonly [name: string, tree: Tree]> = [
  () => ['..', directoryOf([['outside', directoryOf([['a', fileOf('evil')]])]])],
  () => ['..', fileOf('evil')],
  () => ['.', directoryOf([['a', fileOf('evil')]])],
  () => ['', fileOf('evil')],
  () => ['../outside/a', fileOf('evil')],
  () => ['a/../../outside/a', fileOf('evil')],
  (outside) => [`${outside}/a`, fileOf('evil')],
  () => ['a\0b', fileOf('evil')],
  () => ['..', { kind: 'link', target: 'a' }],
  () => ['/', directoryOf([])],
]

/** The tree with an entry in one of its directories, which one a number says. */
const withEntry = (tree: DirectoryTree, [name, evil]: readonly [string, Tree], at: number): DirectoryTree => {
  const inner = [...tree.entries].filter(([, one]) => one.kind === 'directory')
  const here = at % (inner.length + 1)
  if (here === inner.length) return directoryOf([...tree.entries, [name, evil]], tree.mode)
  const [key, below] = inner[here] as [string, DirectoryTree]
  return directoryOf([...tree.entries, [key, withEntry(below, [name, evil], at >> 2)]], tree.mode)
}

/** Puts links to the outside where the tree has directories, and another name of a file outside where it has files. */
const trap = (to: string, outside: string, { entries }: DirectoryTree, bits: number): void => {
  for (const [i, [name, tree]] of [...entries].entries()) {
    const path = `${to}/${name}`
    if (tree.kind === 'file' && (bits >> i) & 1) linkSync(`${outside}/a`, path)
    else symlinkSync((bits >> i) & 1 ? outside : `../outside${tree.kind === 'file' ? '/a' : ''}`, path)
  }
}

const outsideLaws = (subject: Directories): ReadonlyArray<Law> => [
  lawAsync(
    'a name that is none is refused, and nothing changes',
    [likeTrees, likeTrees, fc.constantFrom(...EVIL), fc.nat(), fc.boolean()],
    (before, tree, evil, at, prune) =>
      onSite(async ({ to, outside }) => {
        plant(to, before)
        plant(outside, OUTSIDE)
        const state = stateOf(withEntry(tree, evil(outside), at))
        const done = await subject.materialise(['files'], to, { prune })(referenceTo(state, false))()
        return [
          isEq(tagOf(done), 'UnsafePath'),
          isEq<unknown>(survey(outside).entries, OUTSIDE.entries),
          isEq<unknown>(survey(to).entries, before.entries),
        ]
      }),
  ),
  lawAsync(
    'links that stand in the target are not followed',
    [likeTrees, fc.nat(), fc.boolean()],
    (drawn, bits, prune) =>
      onSite(async ({ to, outside }) => {
        // Always with a directory to be led astray, and with content of the file outside but not its permissions.
        const tree = directoryOf([
          ...drawn.entries,
          ['sub', directoryOf([['a', fileOf('new')]])],
          ['same', fileOf('keep', 0o600)],
        ])
        plant(outside, OUTSIDE)
        trap(to, outside, tree, bits)
        chmodSync(outside, 0o750)
        const done = await subject.materialise(['files'], to, { prune })(referenceTo(stateOf(tree), false))()
        return [
          isEq(tagOf(done), 'none'),
          isEq<unknown>(survey(to).entries, tree.entries),
          isEq<unknown>(survey(outside).entries, OUTSIDE.entries),
        ]
      }),
  ),
  lawAsync(
    'links are not followed when a directory comes in',
    [fc.constantFrom('../outside', '.', '..')],
    (target) =>
      onSite(async ({ from, outside }) => {
        plant(outside, OUTSIDE)
        symlinkSync(target, `${from}/way`)
        const reference = referenceTo(State.empty, false)
        const done = orThrow(await subject.importFrom(from, [])(reference)())
        const expected = orThrow(State.fromJson(fromPairs([['way', ['link', target]]])))
        return [
          isEq<unknown>(done, { files: 0, links: 1, directories: 0, bytes: 0, skipped: 0 }),
          isEq(State.digest(stateIn(reference)), State.digest(expected)),
        ]
      }),
  ),
]

export const directoryLaws = (name: string, subject: Directories): Suite =>
  suite(name, [...thereAndBack(subject), ...overOthers(subject), ...outsideLaws(subject)])
