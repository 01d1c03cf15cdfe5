/**
 * A walk over the blocks of a store: what some roots reach, children before parents, each once.
 *
 * Children are read many at a time, so that a store far away is asked once for them; what waits on the way down is
 * kept in memory up to `HELD` bytes, and read again beyond that.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Digest } from '../../data/Digest.js'
import { type Corrupt, corrupt, type Missing, missing, type StoreFailed } from '../../data/Failure.js'
import { hash } from '../../data/Hasher.js'
import type { AsyncStore, Store } from '../Store.js'
import { linksOf } from './links.js'

/** Blocks that are read at a time. */
const WINDOW = 64

/** Bytes of blocks that wait for their children, or were read before their turn. */
const HELD = 2 ** 24

export type WalkFailure = Missing | Corrupt | StoreFailed

export interface Bounds {
  /** Whether the walk turns back at a block: neither it nor what only it reaches is met. */
  readonly stop?: (digest: Digest) => boolean
  /** Whether to go on to earlier history; what of it is not there has ended. Default true. */
  readonly history?: boolean
}

interface Frame {
  readonly digest: Digest
  /** `null` once too much is held. */
  bytes: Uint8Array | null
  readonly children: ReadonlyArray<Digest>
  /** Children from here on lead to history, which may have ended. */
  readonly history: number
  next: number
  /** Children that were read ahead. */
  readonly ahead: Map<Digest, Uint8Array | undefined>
}

type Met = readonly [Digest, Uint8Array]

/** Ends after the first failure. */
export async function* childrenFirst(
  store: Store | AsyncStore,
  roots: ReadonlyArray<Digest>,
  { stop = () => false, history = true }: Bounds,
): AsyncGenerator<E.Either<WalkFailure, Met>, void, undefined> {
  const met = new Set<Digest>()
  const path: Array<Frame> = [frameOf(roots)]
  let held = 0

  /** The bytes of the next child of a frame, and with them those of its siblings. */
  const read = async (
    { ahead, children, next }: Frame,
    digest: Digest,
  ): Promise<E.Either<StoreFailed, Uint8Array | undefined>> => {
    if (!ahead.has(digest)) {
      const wanted = new Set<Digest>([digest])
      for (let i = next; i < children.length && wanted.size < (held > HELD ? 1 : WINDOW); i++) {
        const child = children[i]!
        if (!met.has(child) && !stop(child)) wanted.add(child)
      }
      const found = await store.read([...wanted])()
      if (found._tag === 'Left') return found
      let place = 0
      for (const each of wanted) {
        const bytes = found.right[place++]
        held += bytes?.length ?? 0
        ahead.set(each, bytes)
      }
    }
    const bytes = ahead.get(digest)
    ahead.delete(digest)
    held -= bytes?.length ?? 0
    return E.right(bytes)
  }

  for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
    if (frame.next === frame.children.length) {
      path.pop()
      if (path.length === 0) return
      held -= frame.bytes?.length ?? 0
      for (const bytes of frame.ahead.values()) held -= bytes?.length ?? 0
      const bytes = frame.bytes ?? (await again(store, frame.digest))
      if (!(bytes instanceof Uint8Array)) return yield E.left(bytes)
      yield E.right([frame.digest, bytes])
      continue
    }
    const mayEnd = frame.next >= frame.history
    const digest = frame.children[frame.next++]!
    if (met.has(digest) || stop(digest)) continue
    const found = await read(frame, digest)
    if (found._tag === 'Left') return yield found
    const bytes = found.right
    if (bytes === undefined) {
      if (mayEnd) continue
      return yield E.left(missing(digest))
    }
    if (hash(bytes) !== digest) return yield E.left(corrupt(digest, 'its bytes do not have its digest'))
    const links = linksOf(bytes)
    if (links === undefined) return yield E.left(corrupt(digest, 'not DAG-CBOR whose links are all of ours'))
    met.add(digest)
    const kept = held <= HELD
    if (kept) held += bytes.length
    path.push(frameOf(links.links, history ? links.parents : [], digest, kept ? bytes : null))
  }
}

const frameOf = (
  links: ReadonlyArray<Digest>,
  parents: ReadonlyArray<Digest> = [],
  digest = '' as Digest,
  bytes: Uint8Array | null = null,
): Frame => ({
  digest,
  bytes,
  children: [...links, ...parents],
  history: links.length,
  next: 0,
  ahead: new Map(),
})

const again = async (
  store: Store | AsyncStore,
  digest: Digest,
): Promise<Uint8Array | Missing | Corrupt | StoreFailed> => {
  const found = await store.read([digest])()
  if (found._tag === 'Left') return found.left
  const bytes = found.right[0]
  if (bytes === undefined) return missing(digest)
  return hash(bytes) === digest ? bytes : corrupt(digest, 'its bytes do not have its digest')
}
