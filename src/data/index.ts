/**
 * Layer 0: values, their canonical encoding, digests, and failures as data.
 */
export * as Codec from './Codec.js'
export * as Digest from './Digest.js'
export { explain, showPath } from './explain.js'
export * as Failure from './Failure.js'
export * as Hasher from './Hasher.js'
export { type Encodable, Linkable } from './Linkable.js'
export * as Ref from './Ref.js'
export * as Typed from './Typed.js'
export * as Value from './Value.js'
