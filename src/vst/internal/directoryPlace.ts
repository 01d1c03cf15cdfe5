/**
 * A `Place` is an open directory. What is done in it is done in that very directory, even if somebody puts a link where its
 * path led: where the system shows descriptors as files (`/proc/self/fd`), entries are named below the descriptor;
 * elsewhere the real path is checked when the place is entered.
 *
 * Functions here and beside throw `Refusal`, which the module's face turns into a `Left`.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, realpathSync, statSync } from 'node:fs'
import { lstat, readdir, realpath } from 'node:fs/promises'
import { type Failure, fileFailed } from '../../data/Failure.js'

/** A failure on its way to the face. */
export class Refusal extends Error {
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure._tag)
    this.failure = failure
  }
}

export const refuse = (failure: Failure): never => {
  throw new Refusal(failure)
}

export interface Place {
  readonly descriptor: number
  /** How its entries are reached. */
  readonly base: Buffer
  /** How people name it. */
  readonly path: string
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants

/** No link at the end of the path is followed, and no pipe is waited for. */
export const SAFE: number = O_NOFOLLOW | O_NONBLOCK

export const codeOf = (cause: unknown): unknown => (cause as { readonly code?: unknown } | null)?.code

/** A call to the file system; what it throws is a `FileFailed`. */
export const attempt = async <A>(path: string, operation: string, call: () => Promise<A>): Promise<A> => {
  try {
    return await call()
  } catch (cause) {
    if (cause instanceof Refusal) throw cause
    return refuse(fileFailed(path, operation, cause))
  }
}

const SLASH = Buffer.from('/')

/** The path of an entry, for calls. */
export const entry = (place: Place, name: string | Buffer): Buffer =>
  Buffer.concat([place.base, SLASH, typeof name === 'string' ? Buffer.from(name) : name])

/** The path of an entry, for people. */
export const shown = (place: Place, name: string | Buffer): string =>
  `${place.path === '/' ? '' : place.path}/${name}`

const named = (descriptor: number): Buffer => Buffer.from(`/proc/self/fd/${descriptor}`)

/** Whether the system shows descriptors as files. */
const isShown = (descriptor: number): boolean => {
  try {
    const [here, there] = [fstatSync(descriptor), statSync(named(descriptor))]
    return here.ino === there.ino && here.dev === there.dev
  } catch {
    return false
  }
}

const entered = (real: Buffer, path: string, flags: number): Place => {
  const descriptor = openSync(real, O_RDONLY | O_DIRECTORY | flags)
  try {
    if (isShown(descriptor)) return { descriptor, base: named(descriptor), path }
    // The last directories of a real path are no links, or it is another path.
    if (realpathSync(real, { encoding: 'buffer' }).equals(real)) return { descriptor, base: real, path }
    throw new Error('its path leads through a link')
  } catch (cause) {
    closeSync(descriptor)
    throw cause
  }
}

/** The directory with a path, through whatever links its caller meant. */
export const openPlace = (path: string): Promise<Place> =>
  attempt(path, 'open', async () => entered(await realpath(path, { encoding: 'buffer' }), path, 0))

/** A directory in a place; never through a link. */
export const enter = (place: Place, name: string | Buffer): Promise<Place> =>
  attempt(shown(place, name), 'open', async () => entered(entry(place, name), shown(place, name), SAFE))

/** Uses a place and closes it. */
export const within = async <A>(place: Place, use: (place: Place) => Promise<A>): Promise<A> => {
  try {
    return await use(place)
  } finally {
    closeSync(place.descriptor)
  }
}

/** The names in a place, as bytes, in their order. */
export const namesIn = async (place: Place): Promise<ReadonlyArray<Buffer>> => {
  const names = await attempt(place.path, 'list', () => readdir(place.base, { encoding: 'buffer' }))
  return names.sort(Buffer.compare)
}

/** What stands at a name, if anything does. A link is a link. */
export const standing = (place: Place, name: string | Buffer): Promise<BigIntStats | null> =>
  attempt(shown(place, name), 'look at', async () => {
    try {
      return await lstat(entry(place, name), { bigint: true })
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return null
      throw cause
    }
  })
