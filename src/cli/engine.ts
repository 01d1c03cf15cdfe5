/** What moves heads, for all commands alike: operations that can be undone, and only from where a head was seen to stand. */
import type * as StateReference from '../branch/StateReference.js'
import type { Digest } from '../data/Digest.js'
import type { LmdbStore } from '../store/LmdbStore.js'
import type * as Checkpoint from '../vst/Checkpoint.js'
import * as Vst from '../vst/Vst.js'
import type { Session } from './session.js'
import { orStop, Stop, stop } from './stop.js'

/** How often a command begins again because somebody else has moved the head meanwhile. */
const TRIES = 10

/** Begins again while the head has moved; at the end stops with `HeadMoved`. */
export const retrying = async <A>(attempt: () => Promise<A>): Promise<A> => {
  for (let left = TRIES; ; left--) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Stop) || error.reason._tag !== 'HeadMoved' || left <= 1) throw error
    }
  }
}

const engines = new WeakMap<Session, Vst.Vst<LmdbStore>>()

/** The engine on a store. (What only reads does not load it.) */
export const vstOf = (session: Session): Vst.Vst<LmdbStore> => {
  const known = engines.get(session)
  if (known !== undefined) return known
  const made = Vst.make(session.components, { author: process.env['COPPICE_AUTHOR'] ?? '' })()
  engines.set(session, made)
  return made
}

export const commit = (
  session: Session,
  reference: StateReference.StateReference<LmdbStore>,
  options: Vst.CommitOptions,
): Checkpoint.Committed => orStop(Vst.commit(options)(reference)(vstOf(session))())

/** Moves a head from where it stands, or takes it away (`null`). */
export const move = (session: Session, name: string, expect: Digest, next: Digest | null): void => {
  orStop(Vst.move(name, expect, next)(vstOf(session))())
}

/** Makes a head. Stops with `HeadExists`. */
export const create = (session: Session, name: string, digest: Digest): void => {
  const made = Vst.create(name, digest)(vstOf(session))()
  if (made._tag === 'Left' && made.left._tag === 'HeadMoved') stop({ _tag: 'HeadExists', name })
  orStop(made)
}

/** Gives up what came before the last operations, so that it cannot be undone and is held no more. */
export const expire = (session: Session, operations: number): void => {
  orStop(Vst.expire({ operations })(vstOf(session))())
}

/** The heads as of a time, in the order of their names. Stops with `UnknownOperation` before the window. */
export const headsAsOf = (session: Session, time: number): ReadonlyArray<readonly [string, Digest]> =>
  orStop(Vst.asOf({ time })(vstOf(session))()).heads

/** Where heads stood before they were moved or taken away, as far as that can be undone. */
export const leftBy = (session: Session): ReadonlyArray<Digest> => {
  const vst = vstOf(session)
  const moves = orStop(Vst.log()(vst)()).flatMap(({ digest }) => orStop(Vst.changes(digest)(vst)()).moves)
  return [...new Set(moves.flatMap(({ before }) => before ?? []))]
}
