/**
 * How checkpoints are called: by a head, by a digest, or by the beginning of a digest that no other checkpoint of a head has.
 */

import { type Digest, fromCid, fromHex, toCid, toHex } from '../data/Digest.js'
import { LONGEST_NAME } from '../store/internal/lmdb/keys.js'
import * as Checkpoint from '../vst/Checkpoint.js'
import { isReserved } from '../vst/internal/view.js'
import { printable } from './output.js'
import type { Session } from './session.js'
import { misused, orStop, stop } from './stop.js'

export type Head = readonly [name: string, digest: Digest]

/** Digits that are shown of a digest, and that mostly name it. */
const SHORT = 12

export const short = (digest: Digest): string => toHex(digest).slice(0, SHORT)

/** Both names of a digest, for programs. */
export const named = (digest: Digest): { readonly cid: string; readonly digest: string } => ({
  cid: toCid(digest),
  digest: toHex(digest),
})

/** A name that a new head may have. */
export const headName = (name: string): string => {
  if (name === '') return misused('a head needs a name')
  if (isReserved(name)) return misused("names that begin with a dot are the store's own")
  if (printable(name) !== name) return misused('the name of a head holds no control characters')
  if (name.length > LONGEST_NAME) return misused('the name of a head is too long')
  if (whole(name) !== null) return misused('a whole digest is no name for a head')
  return name
}

/** Where a head stands. Stops with `UnknownName`. */
export const headAt = (session: Session, name: string): Digest =>
  standing(session, name) ?? stop({ _tag: 'UnknownName', name })

/** Where a head stands, if there is one. */
export const standing = ({ store }: Session, name: string): Digest | null =>
  isReserved(name) ? null : orStop(store.head(name)())

/** The heads that people made, in the order of their names. */
export const headsOf = ({ store }: Session, prefix = ''): ReadonlyArray<Head> =>
  orStop(store.heads(prefix)()).filter(([name]) => !isReserved(name))

/** Those that name checkpoints; a library may have heads that name states. */
export const tipsOf = (session: Session): ReadonlyArray<Head> =>
  headsOf(session).filter(([, digest]) => isCheckpoint(session, digest))

const isCheckpoint = ({ store }: Session, digest: Digest): boolean => {
  const bytes = orStop(store.read([digest])())[0]
  return bytes !== undefined && Checkpoint.decode(bytes)._tag === 'Right'
}

/** As it begins: at least so much that it tells something. */
export const HEX: RegExp = /^[0-9a-f]{4,64}$/i
const CID = /^bafyr[a-z2-7]{7,54}$/

const reachedFrom = (session: Session, tips: ReadonlyArray<Digest>): ReadonlyArray<Digest> =>
  session.ask(Checkpoint.log()(tips)).map(({ digest }) => digest)

/** The digest that a name is all of, whether or not anything has it. */
export const whole = (name: string): Digest | null => {
  const digest = CID.test(name) ? fromCid(name) : fromHex(name)
  return digest._tag === 'Right' ? digest.right : null
}

/** The checkpoint of a name; a whole digest is itself, whatever a head is called. Stops with `UnknownName`, `AmbiguousName`, `UnknownCheckpoint`. */
export const checkpointOf = async (session: Session, name: string): Promise<Digest> => {
  const digest = whole(name) ?? standing(session, name) ?? (await begunBy(session, name))
  session.ask(Checkpoint.load(digest))
  return digest
}

/** The checkpoints of some names, each once; of none, those of every head. */
export const rootsOf = async (
  session: Session,
  names: ReadonlyArray<string>,
): Promise<ReadonlyArray<Digest>> => [
  ...new Set(
    names.length === 0
      ? tipsOf(session).map(([, digest]) => digest)
      : await Promise.all(names.map((name) => checkpointOf(session, name))),
  ),
]

/** What only an undo would bring back is looked at last. */
const begunBy = async (session: Session, name: string): Promise<Digest> => {
  if (!HEX.test(name) && !CID.test(name)) return stop({ _tag: 'UnknownName', name })
  const among = matching(session, name)
  const found = among(tipsOf(session).map(([, digest]) => digest))
  if (found !== undefined) return found
  const { leftBy } = await import('./engine.js')
  const left = leftBy(session).filter((digest) => isCheckpoint(session, digest))
  return among(left) ?? stop({ _tag: 'UnknownName', name })
}

/** The one checkpoint in the history of some tips that begins so. */
const matching =
  (session: Session, name: string) =>
  (tips: ReadonlyArray<Digest>): Digest | undefined => {
    const [wanted, written] = CID.test(name) ? [name, toCid] : [name.toLowerCase(), toHex]
    const candidates = reachedFrom(session, tips).filter((digest) => written(digest).startsWith(wanted))
    return candidates.length > 1
      ? stop({ _tag: 'AmbiguousName', name, of: 'checkpoints', candidates })
      : candidates[0]
  }
