/**
 * A `Linkable` is whatever stands in an encoding as a link to a block of its own.
 *
 * Layer 0 knows links only by their digest; the nodes of the trie extend this class, so that one encoder serves both
 * and layer 0 imports nothing above it. A class and not an interface, because `instanceof` is how the encoder tells
 * a link from a map, once for every nested object that it writes.
 */
import type { Digest } from './Digest.js'

export abstract class Linkable {
  abstract readonly digest: Digest
}

/** What a block can say: a `Value` in which links may stand. */
export type Encodable =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Linkable
  | ReadonlyArray<Encodable>
  | { readonly [key: string]: Encodable }
