/**
 * The bytes of a CAR as the decoder of `@ipld/car` asks for them, read from a stream, and no more of them at once than
 * the largest block may have: a length that is claimed is refused before it is read.
 */
import type { BytesReader } from '@ipld/car/decoder'
import { concat } from './bytes.js'

/** What the source of the bytes threw: not the CAR's fault. */
export class SourceFailed {
  readonly cause: unknown
  constructor(cause: unknown) {
    this.cause = cause
  }
}

export class CarSource implements BytesReader {
  /** Offset of the next byte. */
  pos = 0
  private chunk: Uint8Array = new Uint8Array(0)
  /** Offset of the next byte in the chunk, or beyond its end after a `seek`. */
  private at = 0
  private readonly source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  private readonly most: number

  constructor(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, most: number) {
    this.source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
    this.most = most
  }

  private async more(): Promise<Uint8Array | null> {
    try {
      const next = await this.source.next()
      if (next.done === true) return null
      if (!(next.value instanceof Uint8Array)) throw new TypeError('a piece that is not bytes')
      return next.value
    } catch (cause) {
      throw new SourceFailed(cause)
    }
  }

  /** Reads on until `length` bytes are in hand, or all that there are. */
  private async fill(length: number): Promise<void> {
    let have = this.chunk.length - this.at
    if (have >= length) return
    const parts: Array<Uint8Array> = have > 0 ? [this.chunk.subarray(this.at)] : []
    while (have < length) {
      const next = await this.more()
      if (next === null) break
      const skipped = have < 0 ? Math.min(-have, next.length) : 0
      if (skipped < next.length) parts.push(next.subarray(skipped))
      have += next.length
    }
    this.chunk = parts.length === 1 ? parts[0]! : concat(parts)
    this.at = this.chunk.length - have
  }

  async upTo(length: number): Promise<Uint8Array> {
    await this.fill(length)
    return this.chunk.subarray(this.at, this.at + length)
  }

  async exactly(length: number, seek = false): Promise<Uint8Array> {
    if (!(length >= 0)) throw new RangeError('a section shorter than its CID')
    if (length > this.most) throw new RangeError(`${length} bytes, where ${this.most} are allowed`)
    await this.fill(length)
    if (this.chunk.length - this.at < length) throw new RangeError('truncated')
    const bytes = this.chunk.subarray(this.at, this.at + length)
    if (seek) this.seek(length)
    return bytes
  }

  seek(length: number): void {
    if (!(length >= 0)) throw new RangeError('an offset that leads back')
    this.at += length
    this.pos += length
  }

  /** Lets the source go. */
  async close(): Promise<void> {
    try {
      await this.source.return?.()
    } catch {
      // It was given up already.
    }
  }
}
