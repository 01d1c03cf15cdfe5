/**
 * The encoder's core: canonical DAG-CBOR into one growable buffer.
 *
 * It trusts its input (a `Value`, or `Linkable`s nested in one); what comes from outside passes `Codec.encode` or
 * `Value.fromUnknown` first. Canonical means: the shortest head, map keys in canonical order, integers that are safe
 * as integers, every other number as a 64-bit float.
 */
import type { Digest } from '../Digest.js'
import { type Encodable, Linkable } from '../Linkable.js'
import { canonicalKeys } from './keys.js'
import { headSize } from './text.js'

/** See `internal/text.ts` for why. */
const unitAt = String.prototype.charCodeAt

/** A link's encoding: tag 42, a byte string of 37, 0x00, CIDv1, dag-cbor, BLAKE3 of 32 bytes, and those. */
export const LINK_SIZE = 41

/** Text of more units than this goes to the platform's encoder; a call to it costs as much as this many units. */
const SHORT_TEXT = 20

/** `Buffer.prototype.utf8Write` over our memory, where there is one: no view a call, and no look-up of an encoding. */
interface Native {
  utf8Write(text: string, offset: number, length: number): number
}

const native = (bytes: Uint8Array): Native | null => {
  if (typeof Buffer === 'undefined') return null
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return 'utf8Write' in buffer ? (buffer as unknown as Native) : null
}

const utf8 = new TextEncoder()

export class Writer {
  /** Bytes written since `reset`. */
  length = 0
  private buffer: Uint8Array
  private view: DataView
  private native: Native | null

  constructor(capacity = 4096) {
    this.buffer = new Uint8Array(capacity)
    this.view = new DataView(this.buffer.buffer)
    this.native = native(this.buffer)
  }

  /** Bytes that can be written before the buffer grows. */
  get capacity(): number {
    return this.buffer.length
  }

  /** Forgets what was written and keeps the buffer. */
  reset(): void {
    this.length = 0
  }

  /** A copy of what was written, of exactly its length. */
  take(): Uint8Array {
    return this.buffer.slice(0, this.length)
  }

  /** What was written, in place: valid until the next write. For hashing without a copy. */
  peek(): Uint8Array {
    return this.buffer.subarray(0, this.length)
  }

  private grow(more: number): void {
    let capacity = this.buffer.length * 2
    while (capacity < this.length + more) capacity *= 2
    const buffer = new Uint8Array(capacity)
    buffer.set(this.buffer)
    this.buffer = buffer
    this.view = new DataView(buffer.buffer)
    this.native = native(buffer)
  }

  private head(major: number, n: number): void {
    if (this.length + 9 > this.buffer.length) this.grow(9)
    const b = this.buffer
    const at = this.length
    if (n < 24) {
      b[at] = major | n
      this.length = at + 1
    } else if (n < 0x100) {
      b[at] = major | 24
      b[at + 1] = n
      this.length = at + 2
    } else if (n < 0x10000) {
      b[at] = major | 25
      b[at + 1] = n >>> 8
      b[at + 2] = n
      this.length = at + 3
    } else if (n < 0x100000000) {
      b[at] = major | 26
      b[at + 1] = n >>> 24
      b[at + 2] = n >>> 16
      b[at + 3] = n >>> 8
      b[at + 4] = n
      this.length = at + 5
    } else {
      b[at] = major | 27
      this.view.setUint32(at + 1, Math.floor(n / 0x100000000))
      this.view.setUint32(at + 5, n >>> 0)
      this.length = at + 9
    }
  }

  nil(): void {
    this.byte(0xf6)
  }

  boolean(b: boolean): void {
    this.byte(b ? 0xf5 : 0xf4)
  }

  private byte(b: number): void {
    if (this.length === this.buffer.length) this.grow(1)
    this.buffer[this.length++] = b
  }

  /** A safe integer that is not negative. */
  uint(n: number): void {
    this.head(0x00, n)
  }

  /** A finite number; -0 is written as 0. */
  number(n: number): void {
    if (Number.isSafeInteger(n)) {
      if (n >= 0) this.head(0x00, n)
      else this.head(0x20, -1 - n)
    } else {
      if (this.length + 9 > this.buffer.length) this.grow(9)
      this.buffer[this.length] = 0xfb
      this.view.setFloat64(this.length + 1, n)
      this.length += 9
    }
  }

  /** Well-formed text. */
  text(s: string): void {
    const n = s.length
    if (n > SHORT_TEXT) {
      this.longText(s)
      return
    }
    if (this.length + n * 3 + 3 > this.buffer.length) this.grow(n * 3 + 3)
    const b = this.buffer
    const start = this.length
    let at = start + (n < 24 ? 1 : 2)
    let bits = 0
    for (let i = 0; i < n; i++) {
      const c = unitAt.call(s, i)
      bits |= c
      b[at++] = c
    }
    if (bits > 0x7f) {
      this.longText(s)
      return
    }
    if (n < 24) b[start] = 0x60 | n
    else {
      b[start] = 0x78
      b[start + 1] = n
    }
    this.length = at
  }

  /** Writes behind a head that fits ASCII, and moves the text if it turns out to be longer than that. */
  private longText(s: string): void {
    const room = s.length * 3
    if (this.length + room + 9 > this.buffer.length) this.grow(room + 9)
    const start = this.length
    const guess = start + headSize(s.length)
    const size =
      this.native === null
        ? utf8.encodeInto(s, this.buffer.subarray(guess)).written
        : this.native.utf8Write(s, guess, room)
    const body = start + headSize(size)
    if (body !== guess) this.buffer.copyWithin(body, guess, guess + size)
    this.head(0x60, size)
    this.length = body + size
  }

  bytes(b: Uint8Array): void {
    const n = b.length
    if (this.length + n + 9 > this.buffer.length) this.grow(n + 9)
    this.head(0x40, n)
    this.buffer.set(b, this.length)
    this.length += n
  }

  /** The head of a list; `n` items follow. */
  arrayHeader(n: number): void {
    this.head(0x80, n)
  }

  /** The head of a map; `n` pairs follow, keys by `text`, in canonical order. */
  mapHeader(n: number): void {
    this.head(0xa0, n)
  }

  /** A link to a block, `LINK_SIZE` bytes. */
  link(digest: Digest): void {
    if (this.length + LINK_SIZE > this.buffer.length) this.grow(LINK_SIZE)
    const b = this.buffer
    const at = this.length
    b[at] = 0xd8
    b[at + 1] = 0x2a
    b[at + 2] = 0x58
    b[at + 3] = 0x25
    b[at + 4] = 0x00
    b[at + 5] = 0x01
    b[at + 6] = 0x71
    b[at + 7] = 0x1e
    b[at + 8] = 0x20
    for (let i = 0; i < 16; i += 2) {
      this.view.setUint32(at + 9 + 2 * i, (unitAt.call(digest, i) << 16) | unitAt.call(digest, i + 1))
    }
    this.length = at + LINK_SIZE
  }

  /** A value, links and all. Recursion is as deep as the value. */
  value(v: Encodable): void {
    if (typeof v === 'string') this.text(v)
    else if (typeof v === 'number') this.number(v)
    else if (typeof v === 'boolean') this.byte(v ? 0xf5 : 0xf4)
    else if (v === null) this.byte(0xf6)
    else if (Array.isArray(v)) this.list(v)
    else if (v instanceof Linkable) this.link(v.digest)
    else if (v instanceof Uint8Array) this.bytes(v)
    else this.map(v as { readonly [key: string]: Encodable })
  }

  private list(items: ReadonlyArray<Encodable>): void {
    const n = items.length
    this.head(0x80, n)
    for (let i = 0; i < n; i++) this.value(items[i]!)
  }

  private map(entries: { readonly [key: string]: Encodable }): void {
    const keys = canonicalKeys(entries)
    const n = keys.length
    this.head(0xa0, n)
    for (let i = 0; i < n; i++) {
      const key = keys[i]!
      this.text(key)
      this.value(entries[key]!)
    }
  }
}
