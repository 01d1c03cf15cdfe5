/**
 * Brings a directory to what a plan says. Each file is written beside its place and moved there when it is whole.
 *
 * A small file is half a dozen calls of a few microseconds. To hand each of them to another thread costs more than the call, and
 * threads that make files in one directory wait for each other in the system; so all but flushing is done in place, and
 * other work gets its turn every few milliseconds.
 */
import { randomBytes } from 'node:crypto'
import {
  type BigIntStats,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Path, unfinished } from '../../data/Failure.js'
import * as Cursor from '../../trie/Cursor.js'
import type { State } from '../../trie/State.js'
import { PERMISSIONS } from './directoryEntry.js'
import type { Selection, Verdict } from './directoryGlobs.js'
import {
  attempt,
  enter,
  entry,
  namesIn,
  openPlace,
  type Place,
  Refusal,
  refuse,
  SAFE,
  shown,
  within,
} from './directoryPlace.js'
import type { Ask, Directory, Entry, File, Link } from './directoryPlan.js'

/** What was done. Directories count as entries. */
export interface Materialised {
  /** Entries that were made, or that have other content or permissions now. */
  readonly written: number
  readonly unchanged: number
  /** Entries that the state does not have. */
  readonly removed: number
  /** Content of the files that were written. */
  readonly bytes: number
}

export interface Writing {
  readonly state: State
  readonly ask: Ask
  readonly select: Selection
  readonly prune: boolean
  readonly sync: boolean
  readonly done: { -readonly [K in keyof Materialised]: Materialised[K] }
  /** When other work had its turn, in milliseconds. */
  since: number
}

/** Files that are worked on at a time, where they wait for a store or for the disk. */
const ABREAST = 8
/** Milliseconds after which other work gets its turn. */
const SLICE = 4

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = constants

const flush = promisify(fsync)

const turn = async (writing: Writing): Promise<void> => {
  if (performance.now() - writing.since < SLICE) return
  await setImmediate()
  writing.since = performance.now()
}

/** What stands at a name, if anything does. A link is a link. */
const look = (place: Place, name: string | Buffer): BigIntStats | undefined =>
  lstatSync(entry(place, name), { bigint: true, throwIfNoEntry: false })

/** The content of a file, a chunk at a time; no chunk of a text splits a character, so each is UTF-8 of its own. */
async function* chunksOf({ state, ask }: Writing, path: Path): AsyncGenerator<Uint8Array> {
  let cursor = Cursor.runs(path)(state)
  for (;;) {
    const step = await ask(cursor.next())
    if (step._tag === 'None') return
    for (const run of step.value[0]) yield typeof run === 'string' ? Buffer.from(run) : run
    cursor = step.value[1]
  }
}

/** Fills a buffer from a file, as far as the file goes. */
const fill = (file: number, buffer: Buffer): number => {
  let length = 0
  while (length < buffer.length) {
    const bytesRead = readSync(file, buffer, length, buffer.length - length, null)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return length
}

const holds = async (writing: Writing, file: number, path: Path): Promise<boolean> => {
  for await (const chunk of chunksOf(writing, path)) {
    const read = Buffer.allocUnsafe(chunk.length)
    if (fill(file, read) !== chunk.length || Buffer.compare(read, chunk) !== 0) return false
    await turn(writing)
  }
  return fill(file, Buffer.allocUnsafe(1)) === 0
}

/** Whether the file that stands there is the one of the plan; its permissions are set if nothing else has to be. */
const keeps = async (
  writing: Writing,
  place: Place,
  name: string,
  { path, mode }: File,
): Promise<'unchanged' | 'changed' | 'other'> => {
  let file: number
  try {
    file = openSync(entry(place, name), O_RDONLY | SAFE)
  } catch {
    return 'other'
  }
  try {
    const now = fstatSync(file)
    if (!now.isFile() || !(await holds(writing, file, path))) return 'other'
    if ((now.mode & PERMISSIONS) === mode) return 'unchanged'
    // A file with other names, perhaps outside, would change there too.
    if (now.nlink > 1) return 'other'
    fchmodSync(file, mode)
    return 'changed'
  } finally {
    closeSync(file)
  }
}

/** Makes something beside a place, and moves it there once it is whole. */
const replacing = async (
  writing: Writing,
  place: Place,
  name: string,
  path: string,
  verdict: Verdict,
  make: (temporary: Buffer) => Promise<void>,
): Promise<void> => {
  const temporary = entry(place, `.coppice-${randomBytes(9).toString('hex')}`)
  try {
    await make(temporary)
    if (look(place, name)?.isDirectory()) await clear(writing, place, name, path, verdict)
    renameSync(temporary, entry(place, name))
  } catch (cause) {
    try {
      unlinkSync(temporary)
    } catch {
      // It was not made, or somebody else has removed it.
    }
    throw cause
  }
}

/** A directory where something else is to stand goes only where all of it would be removed anyway. */
const clear = async (
  writing: Writing,
  place: Place,
  name: string,
  path: string,
  verdict: Verdict,
): Promise<void> => {
  if (!writing.prune) throw new Error('a directory stands there')
  if (!(await remove(writing, place, Buffer.from(name), path, verdict))) {
    throw new Error('a directory stands there, and parts of it are to stay')
  }
}

const writeFile = async (
  writing: Writing,
  place: Place,
  name: string,
  path: string,
  file: File,
): Promise<void> => {
  const { done } = writing
  if (look(place, name)?.isFile()) {
    const kept = await keeps(writing, place, name, file)
    if (kept !== 'other') {
      done[kept === 'unchanged' ? 'unchanged' : 'written']++
      return
    }
  }
  let bytes = 0
  await replacing(writing, place, name, path, 'within', async (temporary) => {
    const made = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | SAFE, 0o600)
    try {
      for await (const chunk of chunksOf(writing, file.path)) {
        for (let at = 0; at < chunk.length; ) at += writeSync(made, chunk, at)
        bytes += chunk.length
        await turn(writing)
      }
      fchmodSync(made, file.mode)
      if (writing.sync) await flush(made)
    } finally {
      closeSync(made)
    }
  })
  done.written++
  done.bytes += bytes
}

const writeLink = async (
  writing: Writing,
  place: Place,
  name: string,
  path: string,
  { target }: Link,
): Promise<void> => {
  const at = entry(place, name)
  if (look(place, name)?.isSymbolicLink() && readlinkSync(at, 'buffer').equals(Buffer.from(target))) {
    writing.done.unchanged++
    return
  }
  await replacing(writing, place, name, path, 'within', async (temporary) => symlinkSync(target, temporary))
  writing.done.written++
}

const writeDirectory = async (
  writing: Writing,
  place: Place,
  name: string,
  path: string,
  directory: Directory,
): Promise<void> => {
  const found = look(place, name)
  const isThere = found?.isDirectory() === true
  if (found !== undefined && !isThere) {
    if (directory.verdict !== 'within')
      throw new Error('something that is no directory stands there, and is to stay')
    // A link is replaced and never followed.
    unlinkSync(entry(place, name))
  }
  if (!isThere) {
    mkdirSync(entry(place, name), 0o700)
    writing.done.written++
  }
  await within(await enter(place, name), async (inner) => {
    const mode = isThere && directory.verdict !== 'within' ? modeOf(found!) : directory.mode
    const before = isThere ? modeOf(found!) : 0o700
    const open = before | 0o700
    if (open !== before) fchmodSync(inner.descriptor, open)
    try {
      await fillDirectory(writing, inner, path, directory)
    } finally {
      if (open !== mode) fchmodSync(inner.descriptor, mode)
    }
    if (isThere) writing.done[before === mode ? 'unchanged' : 'written']++
  })
}

const modeOf = (stats: BigIntStats): number => Number(stats.mode) & PERMISSIONS

const write = (writing: Writing, place: Place, name: string, path: string, one: Entry): Promise<void> =>
  attempt(shown(place, name), 'write', () => {
    switch (one.kind) {
      case 'file':
        return writeFile(writing, place, name, path, one)
      case 'link':
        return writeLink(writing, place, name, path, one)
      case 'directory':
        return writeDirectory(writing, place, name, path, one)
    }
  })

/** Runs tasks some at a time; those that run beside one that fails are brought to their end. */
const allOf = async (writing: Writing, tasks: ReadonlyArray<() => Promise<void>>): Promise<void> => {
  for (let i = 0; i < tasks.length; i += ABREAST) {
    const ended = await Promise.allSettled(tasks.slice(i, i + ABREAST).map((task) => task()))
    for (const one of ended) if (one.status === 'rejected') throw one.reason
    await turn(writing)
  }
}

const fillDirectory = async (
  writing: Writing,
  place: Place,
  path: string,
  directory: Directory,
): Promise<void> => {
  const below = (name: string): string => (path === '' ? name : `${path}/${name}`)
  const leaves: Array<() => Promise<void>> = []
  for (const [name, one] of directory.entries) {
    if (one.kind !== 'directory') leaves.push(() => write(writing, place, name, below(name), one))
  }
  await allOf(writing, leaves)
  for (const [name, one] of directory.entries) {
    if (one.kind === 'directory') await write(writing, place, name, below(name), one)
  }
  if (writing.prune) {
    for (const name of await namesIn(place)) {
      if (directory.entries.has(name.toString()) && Buffer.from(name.toString()).equals(name)) continue
      await remove(writing, place, name, below(name.toString()), directory.verdict)
    }
  }
  if (writing.sync) await attempt(place.path, 'flush', () => flush(place.descriptor))
}

/** Removes what takes part of an entry that the state does not have; answers whether all of it is gone. */
const remove = (
  writing: Writing,
  place: Place,
  name: Buffer,
  path: string,
  above: Verdict,
): Promise<boolean> =>
  attempt(shown(place, name), 'remove', async () => {
    const verdict = writing.select(path, above)
    if (verdict === 'without') return false
    const found = look(place, name)
    if (found === undefined) return true
    let isEmpty = true
    if (found.isDirectory()) {
      await within(await enter(place, name), async (inner) => {
        const before = modeOf(found)
        const open = before | 0o700
        if (open !== before) fchmodSync(inner.descriptor, open)
        try {
          for (const one of await namesIn(inner)) {
            if (!(await remove(writing, inner, one, `${path}/${one.toString()}`, verdict))) isEmpty = false
          }
        } finally {
          if (open !== before) fchmodSync(inner.descriptor, before)
        }
      })
    }
    if (verdict !== 'within' || !isEmpty) return false
    if (found.isDirectory()) rmdirSync(entry(place, name))
    else unlinkSync(entry(place, name))
    writing.done.removed++
    await turn(writing)
    return true
  })

/** The path, or the nearest directory above that is there. */
const nearest = (path: string): string => (existsSync(path) ? path : nearest(dirname(resolve(path))))

/** Characters that no system finds too long in a name: at three bytes each they come to less than 255. */
const SHORT = 84

/** Refuses names that are too long for the system where the target is to be, before anything is made. */
const tryNames = async (above: string, target: string, { entries }: Directory): Promise<void> => {
  for (const [name, one] of entries) {
    if (name.length > SHORT) {
      const tried = async () => lstatSync(join(above, name), { throwIfNoEntry: false })
      await attempt(join(target, name), 'write', tried)
    }
    if (one.kind === 'directory') await tryNames(above, join(target, name), one)
  }
}

/** Refuses with `Unfinished` once it has begun. */
export const writePlan = async (writing: Writing, target: string, plan: Directory): Promise<void> => {
  await tryNames(nearest(target), target, plan)
  await attempt(target, 'make', () => mkdir(target, { recursive: true }))
  const place = await openPlace(target)
  try {
    await within(place, () => fillDirectory(writing, place, '', plan))
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    refuse(unfinished(target, writing.done, cause.failure))
  }
}
