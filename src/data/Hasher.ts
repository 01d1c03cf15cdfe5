/**
 * A `Hasher` is BLAKE3-256 behind a port: one synchronous function from bytes to a `Digest`.
 *
 * `noble`, plain JavaScript, is the reference and the fallback. The WebAssembly hasher is several times as fast and takes
 * some milliseconds to start, asynchronously, so it is started by the first call of `hash`, `current` or `ready` (and
 * not by importing this module, which has no side effects), and noble serves until it is there. Where there is no
 * WebAssembly, noble stays. Which of them answered can't be told but by time.
 *
 * Laws (`laws/data/hasher.ts`): a hasher agrees with the reference on all inputs, does not keep or change them, and
 * gives the same answer each time.
 */
import { blake3 } from '@noble/hashes/blake3.js'
import type { Task } from 'fp-ts/lib/Task.js'
import { type Digest, fromBytes } from './Digest.js'

/** @category model */
export interface Hasher {
  readonly name: string
  readonly digest: (bytes: Uint8Array) => Digest
}

/**
 * The reference: plain JavaScript, ready at once.
 *
 * @category instances
 */
export const noble: Hasher = { name: 'noble', digest: (bytes) => fromBytes(blake3(bytes)) }

const start = async (): Promise<Hasher> => {
  try {
    const { createBLAKE3 } = await import('hash-wasm')
    // One instance serves all calls: nothing can run between `init` and `digest`, and `init` clears what a
    // call that failed left behind.
    const engine = await createBLAKE3()
    const wasm: Hasher = {
      name: 'wasm',
      digest: (bytes) => fromBytes(engine.init().update(bytes).digest('binary')),
    }
    serving = wasm
    digest = wasm.digest
    return wasm
  } catch {
    return noble
  }
}

let started: Promise<Hasher> | null = null
let serving: Hasher = noble
let digest: (bytes: Uint8Array) => Digest = (bytes) => {
  digest = noble.digest
  void ready()
  return noble.digest(bytes)
}

/**
 * Waits for the fast hasher and answers it; noble where WebAssembly is not to be had. Never rejects.
 *
 * @category constructors
 *
 * @example
 * ```ts
 * import { Hasher } from 'coppice'
 * import assert from 'node:assert'
 *
 * const bytes = new Uint8Array([1, 2, 3])
 * const hasher = await Hasher.ready()
 * assert.strictEqual(hasher.digest(bytes), Hasher.noble.digest(bytes))
 * ```
 */
export const ready: Task<Hasher> = () => (started ??= start())

/**
 * The hasher that serves now.
 *
 * @category destructors
 */
export const current = (): Hasher => {
  void ready()
  return serving
}

/**
 * The digest of `bytes`, by the fastest hasher that is ready. O(length).
 *
 * @category destructors
 *
 * @example
 * ```ts
 * import { Digest, Hasher } from 'coppice'
 * import assert from 'node:assert'
 *
 * assert.strictEqual(
 *   Digest.toHex(Hasher.hash(new Uint8Array(0))),
 *   'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262',
 * )
 * ```
 */
export const hash = (bytes: Uint8Array): Digest => digest(bytes)
