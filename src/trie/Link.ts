/**
 * A `Link` is a part of a state that is in memory, or of which only the digest is known.
 *
 * Links cannot be told apart by what they hold, only by what it costs to look: `resolve` answers at once where the part
 * is in memory and is blocked on its block where it is not. Two links are equal when their digests are.
 *
 * Laws (`coppice/laws`, `stateLaws`): resolving, severing and resolving again gives the same value.
 *
 * @example
 * ```ts
 * import * as assert from 'node:assert'
 * import { Fetch, Link, State } from 'coppice'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as O from 'fp-ts/lib/Option.js'
 *
 * const state = pipe(
 *   State.fromJson({ text: 'long '.repeat(100) }),
 *   E.getOrElse(() => State.empty),
 * )
 * const link = pipe(state, Link.at(['text']), Fetch.now)
 * assert.ok(O.isSome(link) && E.isRight(link.value) && O.isSome(link.value.right))
 * ```
 */
import type { Eq } from 'fp-ts/lib/Eq.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Digest } from '../data/Digest.js'
import type { Path } from '../data/Failure.js'
import type { Value } from '../data/Value.js'
import * as Fetch from './Fetch.js'
import { type Component, LINK } from './internal/node.js'
import { valueIn } from './internal/read.js'
import { seal } from './internal/seal.js'
import { isComponent } from './internal/slot.js'
import { type LoadFailure, type State, standingAt } from './State.js'

declare const brand: unique symbol

export interface Link {
  readonly [brand]: 'Link'
  readonly digest: Digest
}

const inside = (link: Link): Component => link as unknown as Component

/** The link at a path below the root; none where nothing stands, or a value too small to be a block of its own. */
export const at =
  (path: Path) =>
  (state: State): Fetch.Fetch<LoadFailure, O.Option<Link>> =>
    Fetch.map((slot: unknown) => {
      if (path.length === 0 || !isComponent(slot as never)) return O.none
      seal(slot as Component)
      return O.some(slot as Link)
    })(standingAt(state, path))

/** Whether the part is in memory now. */
export const isResident = (link: Link): boolean => {
  const node = inside(link)
  return node.kind !== LINK || node.home.has(node.ref.digest)
}

/** The value of the part. Errors: `Missing`, `Corrupt`. */
export const resolve = (link: Link): Fetch.Fetch<LoadFailure, Value> => valueIn(inside(link) as never, 0)

/** Equality of digests. @category instances */
export const eq: Eq<Link> = { equals: (x, y) => x.digest === y.digest }
