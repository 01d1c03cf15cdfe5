/**
 * Reads a directory into a state of its own, an entry at a time.
 *
 * Content goes to the store as it piles up, so memory is bounded by what is in flight, however large the directory. Calls
 * that may wait for the disk, to look at a file and to read it, are made beside others; those on what was just looked at, in place.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, read } from 'node:fs'
import { readlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type Program, runAsync } from '../../branch/internal/program.js'
import * as StateReference from '../../branch/StateReference.js'
import * as Stream from '../../branch/Stream.js'
import type { Digest } from '../../data/Digest.js'
import { fileChanged, type Path, unsupportedFile } from '../../data/Failure.js'
import { MAX_DEPTH } from '../../data/internal/limits.js'
import type { Value } from '../../data/Value.js'
import type { AsyncStore, Store } from '../../store/Store.js'
import * as State from '../../trie/State.js'
import { DIRECTORY_MODE, FILE_MODE, linkTo, PERMISSIONS, textOf, withMode } from './directoryEntry.js'
import type { Selection, Verdict } from './directoryGlobs.js'
import {
  attempt,
  codeOf,
  enter,
  entry,
  namesIn,
  type Place,
  Refusal,
  refuse,
  SAFE,
  shown,
  standing,
  within,
} from './directoryPlace.js'

/** What came in. */
export interface Imported {
  readonly files: number
  readonly links: number
  readonly directories: number
  /** Content of the files. */
  readonly bytes: number
  /** Sockets, pipes and devices that were left out. */
  readonly skipped: number
}

export interface Reading {
  /** A reference that nobody else has, to which the entries go. */
  readonly scratch: StateReference.StateReference<AsyncStore>
  readonly store: Store | AsyncStore
  readonly select: Selection
  /** Permissions as they are, or only whether a file may be executed. */
  readonly modes: 'permissions' | 'executable'
  readonly skipsSpecial: boolean
  /** Levels that stand above in the state that it is read for. */
  readonly depth: number
  readonly done: { -readonly [K in keyof Imported]: Imported[K] }
  /** Content that is in memory only, in bytes. */
  pending: number
  /** Whether the store has some of it. */
  stored: boolean
}

/** Files up to this many bytes are read whole. */
const WHOLE = 256 * 1024
/** Bytes of a larger one that are read at a time. */
const PIECE = 256 * 1024
/** Content that may pile up in memory. */
const PENDING = 8 * 1024 * 1024
/** Files that are read at a time. */
const ABREAST = 16

export const perform = async <E, A>(
  { store }: Reading,
  program: () => Program<{ _tag: 'Left'; left: E } | { _tag: 'Right'; right: A }>,
): Promise<A> => {
  const done = await runAsync(store, program)()
  return done._tag === 'Left' ? refuse(done.left as never) : done.right
}

/** Stores what is in memory and lets it go. */
export const settle = async (reading: Reading): Promise<Digest> => {
  const { scratch } = reading
  const { digest } = await perform(reading, () => StateReference.committing(scratch, {}))
  StateReference.trim(scratch)()
  StateReference.unload(scratch)()
  reading.pending = 0
  reading.stored = true
  return digest
}

export const set = async (reading: Reading, path: Path, value: Value, bytes: number): Promise<void> => {
  await perform(reading, () => StateReference.updating(reading.scratch, State.set(path, value)))
  // An entry costs more than its content.
  reading.pending += bytes + 256
  if (reading.pending > PENDING) await settle(reading)
}

const sameFile = (a: BigIntStats, b: BigIntStats): boolean =>
  a.ino === b.ino &&
  a.dev === b.dev &&
  a.size === b.size &&
  a.mtimeNs === b.mtimeNs &&
  a.ctimeNs === b.ctimeNs &&
  a.mode === b.mode

/** What was there a moment ago, and then was not, or was something else. */
const VANISHED: ReadonlySet<unknown> = new Set(['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO', 'EINVAL'])

const orChanged = async <A>(path: string, call: () => Promise<A>): Promise<A> => {
  try {
    return await call()
  } catch (cause) {
    const inner =
      cause instanceof Refusal && cause.failure._tag === 'FileFailed' ? cause.failure.cause : cause
    if (VANISHED.has(codeOf(inner))) return refuse(fileChanged(path))
    throw cause
  }
}

/** Uses a file that is open, and makes sure that it is the same before and after. */
const steadily = (
  place: Place,
  name: Buffer,
  found: BigIntStats,
): (<A>(use: (file: number) => Promise<A>) => Promise<A>) => {
  const path = shown(place, name)
  const unchanged = (file: number): void => {
    if (!sameFile(found, fstatSync(file, { bigint: true }))) refuse(fileChanged(path))
  }
  return async (use) =>
    attempt(path, 'read', async () => {
      const opened = async (): Promise<number> => openSync(entry(place, name), constants.O_RDONLY | SAFE)
      const file = await orChanged(path, opened)
      try {
        unchanged(file)
        const answer = await use(file)
        unchanged(file)
        return answer
      } finally {
        closeSync(file)
      }
    })
}

const readAt = promisify(read)

/** The next bytes of a file, in a buffer of their own: at least so many, if there are, and at most so many. */
const piece = async (file: number, least: number, most: number, position: number): Promise<Uint8Array> => {
  const buffer = Buffer.allocUnsafeSlow(most)
  let end = 0
  do {
    const { bytesRead } = await readAt(file, buffer, end, most - end, position + end)
    if (bytesRead === 0) break
    end += bytesRead
  } while (end < least)
  return new Uint8Array(buffer.buffer, 0, end)
}

async function* pieces(file: number, size: number, path: string): AsyncGenerator<Uint8Array> {
  let position = 0
  for (;;) {
    const next = await piece(file, PIECE, PIECE, position)
    position += next.length
    if (position > size || (next.length === 0 && position < size)) refuse(fileChanged(path))
    if (next.length === 0) return
    yield next
  }
}

const isText = async (file: number, size: number, path: string): Promise<boolean> => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const next of pieces(file, size, path)) {
    try {
      decoder.decode(next, { stream: true })
    } catch {
      return false
    }
  }
  try {
    decoder.decode()
    return true
  } catch {
    return false
  }
}

async function* decoded(source: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch {
      // It was text when it was looked through.
      return refuse(fileChanged(path))
    }
  }
  for await (const next of source) yield decode(next)
  yield decode()
}

/** An entry that is read, or that is still to be. */
type Read =
  | { readonly kind: 'file' | 'link'; readonly value: Value; readonly bytes: number }
  | { readonly kind: 'large'; readonly found: BigIntStats }
  | { readonly kind: 'directory'; readonly found: BigIntStats }
  | { readonly kind: 'special' | 'none' }

const modeOf = ({ modes }: Reading, found: BigIntStats): number => {
  const mode = Number(found.mode) & PERMISSIONS
  if (modes === 'permissions') return mode
  return found.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644
}

const readFile = async (run: Reading, place: Place, name: Buffer, found: BigIntStats): Promise<Read> => {
  if (found.size > WHOLE) return { kind: 'large', found }
  const size = Number(found.size)
  // With room for a byte that ought not to be there.
  const bytes = await steadily(place, name, found)((file) => piece(file, size, size + 1, 0))
  if (bytes.length !== size) return refuse(fileChanged(shown(place, name)))
  const value = withMode(textOf(bytes) ?? bytes, modeOf(run, found), FILE_MODE)
  return { kind: 'file', value, bytes: size }
}

const readLink = async (place: Place, name: Buffer): Promise<Read> => {
  const path = shown(place, name)
  const target = textOf(
    await attempt(path, 'read', () => orChanged(path, () => readlink(entry(place, name), 'buffer'))),
  )
  if (target === null) return refuse(unsupportedFile(path, 'a link whose target is not Unicode'))
  return { kind: 'link', value: linkTo(target), bytes: target.length }
}

const readEntry = async (run: Reading, place: Place, name: Buffer, verdict: Verdict): Promise<Read> => {
  const found = await standing(place, name)
  if (found === null) return refuse(fileChanged(shown(place, name)))
  if (found.isDirectory()) return { kind: 'directory', found }
  if (verdict !== 'within') return { kind: 'none' }
  if (found.isFile()) return readFile(run, place, name, found)
  if (found.isSymbolicLink()) return readLink(place, name)
  return { kind: 'special' }
}

const streamed = async (
  run: Reading,
  place: Place,
  name: Buffer,
  found: BigIntStats,
  at: Path,
): Promise<void> => {
  const path = shown(place, name)
  const size = Number(found.size)
  const mode = modeOf(run, found)
  await steadily(
    place,
    name,
    found,
  )(async (file) => {
    const kind = (await isText(file, size, path)) ? 'text' : 'bytes'
    if (mode !== FILE_MODE) await set(run, at, [mode, ''], 0)
    const source = pieces(file, size, path)
    run.stored = true
    const done = await Stream.intoAsync(
      mode === FILE_MODE ? at : [...at, 1],
      kind,
      kind === 'text' ? decoded(source, path) : source,
    )(run.scratch)()
    if (done._tag === 'Left') {
      const { left } = done
      if (left._tag === 'StoreFailed' && left.cause instanceof Refusal) throw left.cause
      refuse(left)
    }
  })
  run.done.files++
  run.done.bytes += size
}

/** What is known of a directory: where it stands in the state, what it is called, whether it takes part. */
export interface Here {
  readonly at: Path
  readonly name: string
  readonly verdict: Verdict
  /** Makes it in the state; a directory that does not take part is made when something in it does. */
  readonly make: () => Promise<void>
}

/** Reads a directory, which has to be the one that was found. */
export const readDirectory = async (
  run: Reading,
  place: Place,
  here: Here,
  found: BigIntStats | null = null,
): Promise<void> => {
  const stat = () => attempt(place.path, 'look at', async () => fstatSync(place.descriptor, { bigint: true }))
  const before = found ?? (await stat())
  const taking: Array<readonly [name: Buffer, text: string, path: string, verdict: Verdict]> = []
  for (const name of await namesIn(place)) {
    const text = textOf(name)
    const path = `${here.name}${text ?? name.toString()}`
    const verdict = run.select(path, here.verdict)
    if (verdict === 'without') continue
    if (text !== null) taking.push([name, text, path, verdict])
    else if (verdict === 'within') refuse(unsupportedFile(shown(place, name), 'a name that is not Unicode'))
  }
  for (let i = 0; i < taking.length; i += ABREAST) {
    const some = taking.slice(i, i + ABREAST)
    const read = await Promise.all(some.map(([name, , , verdict]) => readEntry(run, place, name, verdict)))
    for (const [k, [name, text, path, verdict]] of some.entries()) {
      await take(run, place, here, name, { at: [...here.at, text], name: `${path}/`, verdict }, read[k]!)
    }
  }
  if (!sameFile(before, await stat())) refuse(fileChanged(place.path))
}

const take = async (
  run: Reading,
  place: Place,
  here: Here,
  name: Buffer,
  there: Omit<Here, 'make'>,
  read: Read,
): Promise<void> => {
  if (read.kind === 'none') return
  const path = shown(place, name)
  if (run.depth + there.at.length + 1 > MAX_DEPTH) {
    return refuse(unsupportedFile(path, `deeper than a state goes, which is ${MAX_DEPTH} levels`))
  }
  switch (read.kind) {
    case 'special':
      if (!run.skipsSpecial) refuse(unsupportedFile(path, 'neither a file, nor a link, nor a directory'))
      run.done.skipped++
      return
    case 'file':
    case 'link':
      await here.make()
      await set(run, there.at, read.value, read.bytes)
      run.done[read.kind === 'file' ? 'files' : 'links']++
      if (read.kind === 'file') run.done.bytes += read.bytes
      return
    case 'large':
      await here.make()
      return streamed(run, place, name, read.found, there.at)
    case 'directory': {
      const mode = modeOf(run, read.found)
      const inner = mode === DIRECTORY_MODE ? there.at : [...there.at, 1]
      let isMade = false
      const make = async (): Promise<void> => {
        if (isMade) return
        isMade = true
        await here.make()
        await set(run, there.at, withMode({}, mode, DIRECTORY_MODE), 0)
        run.done.directories++
      }
      if (there.verdict === 'within') await make()
      await within(await orChanged(path, () => enter(place, name)), (below) =>
        readDirectory(run, below, { ...there, at: inner, make }, read.found),
      )
    }
  }
}
