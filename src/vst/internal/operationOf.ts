/** An entry of the log, as it is shown. */
import * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../../data/Digest.js'
import type { Entry, Kind } from './operation.js'

/** An entry of the log. */
export interface Operation {
  readonly digest: Digest
  /** How many came before it. */
  readonly generation: number
  readonly kind: Kind
  readonly description: string
  readonly author: string
  /** Milliseconds since 1970; not before that of the operation before it. */
  readonly time: number
  /** The operation that it takes back: of an undo what was undone, of a redo the undo. */
  readonly reverts: O.Option<Digest>
  /** The digest of the view after it, as a state. */
  readonly view: Digest
}

export const operationOf = (entry: Entry): Operation => ({
  digest: entry.ref.digest,
  generation: entry.generation,
  kind: entry.kind,
  description: entry.description,
  author: entry.author,
  time: entry.time,
  reverts: O.fromNullable(entry.reverts),
  view: entry.view,
})
