/**
 * Brings a directory to what a plan says. Each file is written beside its place and moved there when it is whole.
 */
import { randomBytes } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, mkdir, open, readlink, rename, rmdir, symlink, unlink } from 'node:fs/promises'
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
  standing,
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
}

/** Files that are worked on at a time. */
const ABREAST = 8

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL } = constants

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
const fill = async (handle: FileHandle, buffer: Buffer): Promise<number> => {
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return length
}

const holds = async (writing: Writing, handle: FileHandle, path: Path): Promise<boolean> => {
  for await (const chunk of chunksOf(writing, path)) {
    const read = Buffer.allocUnsafe(chunk.length)
    if ((await fill(handle, read)) !== chunk.length || Buffer.compare(read, chunk) !== 0) return false
  }
  return (await fill(handle, Buffer.allocUnsafe(1))) === 0
}

/** Whether the file that stands there is the one of the plan; its permissions are set if nothing else has to be. */
const keeps = async (
  writing: Writing,
  place: Place,
  name: string,
  file: File,
): Promise<'unchanged' | 'changed' | 'other'> => {
  let handle: FileHandle
  try {
    handle = await open(entry(place, name), O_RDONLY | SAFE)
  } catch {
    return 'other'
  }
  try {
    const now = await handle.stat()
    if (!now.isFile() || !(await holds(writing, handle, file.path))) return 'other'
    if ((now.mode & PERMISSIONS) === file.mode) return 'unchanged'
    // A file with other names, perhaps outside, would change there too.
    if (now.nlink > 1) return 'other'
    await handle.chmod(file.mode)
    return 'changed'
  } finally {
    await handle.close()
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
    if ((await standing(place, name))?.isDirectory()) await clear(writing, place, name, path, verdict)
    await rename(temporary, entry(place, name))
  } catch (cause) {
    await unlink(temporary).catch(() => undefined)
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
  const found = await standing(place, name)
  if (found?.isFile()) {
    const kept = await keeps(writing, place, name, file)
    if (kept !== 'other') {
      done[kept === 'unchanged' ? 'unchanged' : 'written']++
      return
    }
  }
  let bytes = 0
  await replacing(writing, place, name, path, 'within', async (temporary) => {
    const handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | SAFE, 0o600)
    try {
      for await (const chunk of chunksOf(writing, file.path)) {
        for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten
        bytes += chunk.length
      }
      await handle.chmod(file.mode)
      if (writing.sync) await handle.sync()
    } finally {
      await handle.close()
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
  const found = await standing(place, name)
  if (found?.isSymbolicLink() && (await readlink(entry(place, name), 'buffer')).equals(Buffer.from(target))) {
    writing.done.unchanged++
    return
  }
  await replacing(writing, place, name, path, 'within', (temporary) => symlink(target, temporary))
  writing.done.written++
}

const writeDirectory = async (
  writing: Writing,
  place: Place,
  name: string,
  path: string,
  directory: Directory,
): Promise<void> => {
  const found = await standing(place, name)
  const isThere = found?.isDirectory() === true
  if (found !== null && !isThere) {
    if (directory.verdict !== 'within')
      throw new Error('something that is no directory stands there, and is to stay')
    // A link is replaced and never followed.
    await unlink(entry(place, name))
  }
  if (!isThere) {
    await mkdir(entry(place, name), 0o700)
    writing.done.written++
  }
  await within(await enter(place, name), async (inner) => {
    const mode = isThere && directory.verdict !== 'within' ? modeOf(found!) : directory.mode
    const before = isThere ? modeOf(found!) : 0o700
    const open = before | 0o700
    if (open !== before) await inner.handle.chmod(open)
    try {
      await fillDirectory(writing, inner, path, directory)
    } finally {
      if (open !== mode) await inner.handle.chmod(mode)
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
const allOf = async (tasks: ReadonlyArray<() => Promise<void>>): Promise<void> => {
  for (let i = 0; i < tasks.length; i += ABREAST) {
    const ended = await Promise.allSettled(tasks.slice(i, i + ABREAST).map((task) => task()))
    for (const one of ended) if (one.status === 'rejected') throw one.reason
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
  await allOf(leaves)
  for (const [name, one] of directory.entries) {
    if (one.kind === 'directory') await write(writing, place, name, below(name), one)
  }
  if (writing.prune) {
    for (const name of await namesIn(place)) {
      if (directory.entries.has(name.toString()) && Buffer.from(name.toString()).equals(name)) continue
      await remove(writing, place, name, below(name.toString()), directory.verdict)
    }
  }
  if (writing.sync) await attempt(place.path, 'flush', () => place.handle.sync())
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
    const found = await standing(place, name)
    if (found === null) return true
    let isEmpty = true
    if (found.isDirectory()) {
      await within(await enter(place, name), async (inner) => {
        const before = modeOf(found)
        const open = before | 0o700
        if (open !== before) await inner.handle.chmod(open)
        try {
          for (const one of await namesIn(inner)) {
            if (!(await remove(writing, inner, one, `${path}/${one.toString()}`, verdict))) isEmpty = false
          }
        } finally {
          if (open !== before) await inner.handle.chmod(before)
        }
      })
    }
    if (verdict !== 'within' || !isEmpty) return false
    if (found.isDirectory()) await rmdir(entry(place, name))
    else await unlink(entry(place, name))
    writing.done.removed++
    return true
  })

/** Refuses with `Unfinished` once it has begun. */
export const writePlan = async (writing: Writing, target: string, plan: Directory): Promise<void> => {
  await attempt(target, 'make', () => mkdir(target, { recursive: true }))
  const place = await openPlace(target)
  try {
    await within(place, () => fillDirectory(writing, place, '', plan))
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause
    refuse(unfinished(target, writing.done, cause.failure))
  }
}
