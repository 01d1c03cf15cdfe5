/** Operations of the log, for people and for programs. */
import * as O from 'fp-ts/lib/Option.js'
import { type Digest, toHex } from '../data/Digest.js'
import * as Vst from '../vst/Vst.js'
import { vstOf } from './engine.js'
import { HEX, named, short } from './names.js'
import { moment, paint, printable } from './output.js'
import type { Session } from './session.js'
import { orStop, stop } from './stop.js'

const stood = (digest: Digest | null) => (digest === null ? null : named(digest))

/** With what it did to heads. */
export const toJson = (session: Session, operation: Vst.Operation): object => {
  const { digest, kind, description, author, time, reverts } = operation
  return {
    operation: toHex(digest),
    kind,
    description,
    author,
    time,
    ...(O.isSome(reverts) ? { reverts: toHex(reverts.value) } : {}),
    moves: orStop(Vst.changes(digest)(vstOf(session))()).moves.map(({ name, before, after }) => ({
      head: name,
      before: stood(before),
      after: stood(after),
    })),
  }
}

/** On one line. */
export const toLine = ({ digest, kind, description, author, time }: Vst.Operation): string =>
  [
    paint('yellow', short(digest)),
    moment(time),
    ...(author === '' ? [] : [printable(author)]),
    kind,
    printable(description),
  ].join(' ')

/** Where it led each head. */
export const movesOf = (session: Session, { digest }: Vst.Operation): ReadonlyArray<string> =>
  orStop(Vst.changes(digest)(vstOf(session))()).moves.map(({ name, after }) =>
    after === null
      ? `${printable(name)} is gone`
      : `${printable(name)} stands at ${paint('yellow', short(after))}`,
  )

/** The operation of the window whose digest begins so. Stops with `UnknownOperation`, `AmbiguousName`. */
export const operationOf = (session: Session, name: string): Digest => {
  const wanted = name.toLowerCase()
  const found = HEX.test(wanted)
    ? orStop(Vst.log()(vstOf(session))())
        .map(({ digest }) => digest)
        .filter((digest) => toHex(digest).startsWith(wanted))
    : []
  if (found.length > 1) return stop({ _tag: 'AmbiguousName', name, of: 'operations', candidates: found })
  const reason = `none begins with ${JSON.stringify(name)}; coppice operations lists them`
  return found[0] ?? stop({ _tag: 'UnknownOperation', operation: null, reason })
}
