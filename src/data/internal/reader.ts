/**
 * The decoder's core: canonical DAG-CBOR from bytes that may come from anywhere.
 *
 * It reads what `Writer` writes and refuses all else, each time before it allocates for what the bytes claim: an item
 * takes a byte at least, so a length that the rest of the input cannot hold is refused at its head. Lists and maps
 * come out frozen, bytes copied. A refusal is thrown as a private signal, because a test after each of the thousands
 * of reads of a block would cost more than the reads; `attempt` turns it into a `Malformed` at the module's boundary.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Digest, fromBytes } from '../Digest.js'
import { type Malformed, malformed } from '../Failure.js'
import type { Encodable, Linkable } from '../Linkable.js'
import { readKey } from './keys.js'
import { MAX_DEPTH } from './limits.js'
import { LARGEST, learn, shapeAt, slotOf } from './shapes.js'
import { readText } from './utf8.js'

/** What malformed input throws; only `attempt` catches it. Not an `Error`: nobody would read its stack. */
class Refusal {
  readonly offset: number
  readonly reason: string
  constructor(offset: number, reason: string) {
    this.offset = offset
    this.reason = reason
  }
}

/** Gives up on the input, inside of `attempt`. */
export const refuse = (offset: number, reason: string): never => {
  throw new Refusal(offset, reason)
}

/** Runs a read; what it refused becomes a `Malformed`. */
export const attempt = <A>(read: () => A): E.Either<Malformed, A> => {
  try {
    return E.right(read())
  } catch (e) {
    if (e instanceof Refusal) return E.left(malformed(e.offset, e.reason))
    throw e
  }
}

/** Turns a link into what stands for it in memory. */
export type OnLink = (digest: Digest) => Linkable

const float = new DataView(new ArrayBuffer(8))

export class Reader {
  /** Offset of the next byte. */
  position: number
  private bytes: Uint8Array
  private end: number
  private readonly maxDepth: number

  constructor(bytes: Uint8Array, maxDepth: number = MAX_DEPTH) {
    this.bytes = bytes
    this.position = 0
    this.end = bytes.length
    this.maxDepth = maxDepth
  }

  /** Begins with other bytes. */
  reset(bytes: Uint8Array): void {
    this.bytes = bytes
    this.position = 0
    this.end = bytes.length
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.end - this.position
  }

  /** The next initial byte, unread; for a reader that decides by it. */
  peek(): number {
    if (this.position >= this.end) refuse(this.position, 'truncated')
    return this.bytes[this.position]!
  }

  /** Refuses trailing bytes. */
  done(): void {
    if (this.position !== this.end) refuse(this.position, 'trailing bytes')
  }

  private initial(): number {
    if (this.position >= this.end) refuse(this.position, 'truncated')
    return this.bytes[this.position++]!
  }

  /** The argument of a head whose initial byte was just read; the shortest form only. */
  private argument(initial: number): number {
    const info = initial & 0x1f
    if (info < 24) return info
    const at = this.position
    const b = this.bytes
    let n: number
    if (info === 24) {
      if (at + 1 > this.end) refuse(at, 'truncated')
      n = b[at]!
      this.position = at + 1
      if (n < 24) refuse(at - 1, 'not the shortest form')
    } else if (info === 25) {
      if (at + 2 > this.end) refuse(at, 'truncated')
      n = (b[at]! << 8) | b[at + 1]!
      this.position = at + 2
      if (n < 0x100) refuse(at - 1, 'not the shortest form')
    } else if (info === 26) {
      if (at + 4 > this.end) refuse(at, 'truncated')
      n = ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0
      this.position = at + 4
      if (n < 0x10000) refuse(at - 1, 'not the shortest form')
    } else if (info === 27) {
      if (at + 8 > this.end) refuse(at, 'truncated')
      const high = ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0
      const low = ((b[at + 4]! << 24) | (b[at + 5]! << 16) | (b[at + 6]! << 8) | b[at + 7]!) >>> 0
      this.position = at + 8
      if (high === 0) refuse(at - 1, 'not the shortest form')
      if (high > 0x1fffff) refuse(at - 1, 'an integer beyond 2^53 - 1')
      n = high * 0x100000000 + low
    } else return refuse(at - 1, info === 31 ? 'an indefinite length' : 'a reserved head')
    return n
  }

  private expect(major: number, what: string): number {
    const at = this.position
    const initial = this.initial()
    if (initial >> 5 !== major) refuse(at, `expected ${what}`)
    return this.argument(initial)
  }

  /** A length whose items, of `least` bytes each, the rest of the input can hold. */
  private fitting(n: number, least: number, at: number): number {
    if (n * least > this.end - this.position) refuse(at, 'a length beyond the end')
    return n
  }

  uint(): number {
    return this.expect(0, 'an unsigned integer')
  }

  /** An integer or a float. */
  number(): number {
    const at = this.position
    const initial = this.initial()
    const major = initial >> 5
    if (major === 0) return this.argument(initial)
    if (major === 1) return this.negative(initial, at)
    if (initial !== 0xfb) refuse(at, 'expected a number')
    return this.float(at)
  }

  private negative(initial: number, at: number): number {
    const n = this.argument(initial)
    if (n === Number.MAX_SAFE_INTEGER) refuse(at, 'an integer beyond -(2^53 - 1)')
    return -1 - n
  }

  private float(at: number): number {
    const b = this.bytes
    const p = this.position
    if (p + 8 > this.end) refuse(p, 'truncated')
    float.setUint32(0, (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!)
    float.setUint32(4, (b[p + 4]! << 24) | (b[p + 5]! << 16) | (b[p + 6]! << 8) | b[p + 7]!)
    this.position = p + 8
    const n = float.getFloat64(0)
    if (!Number.isFinite(n)) refuse(at, 'not a finite number')
    if (Number.isSafeInteger(n)) refuse(at, 'a float that is an integer')
    return n
  }

  text(): string {
    const at = this.position
    return this.textOf(this.expect(3, 'text'), at)
  }

  private textOf(n: number, at: number): string {
    const start = this.position
    this.fitting(n, 1, at)
    this.position = start + n
    const s = readText(this.bytes, start, start + n)
    return s === null ? refuse(at, 'not UTF-8') : s
  }

  /** Text that is likely to be met again: the same string object each time, for the engine's property look-ups. */
  key(): string {
    const at = this.position
    const n = this.fitting(this.expect(3, 'a key'), 1, at)
    const start = this.position
    this.position = start + n
    const s = readKey(this.bytes, start, start + n)
    return s === null ? refuse(at, 'not UTF-8') : s
  }

  /** A byte string, copied out of the input. */
  byteString(): Uint8Array {
    const at = this.position
    return this.bytesOf(this.expect(2, 'bytes'), at)
  }

  private bytesOf(n: number, at: number): Uint8Array {
    const start = this.position
    this.fitting(n, 1, at)
    this.position = start + n
    const copy = new Uint8Array(n)
    copy.set(this.bytes.subarray(start, start + n))
    return copy
  }

  /** The head of a list: how many items follow. */
  arrayHeader(): number {
    const at = this.position
    return this.fitting(this.expect(4, 'a list'), 1, at)
  }

  /** The head of a map: how many pairs follow. */
  mapHeader(): number {
    const at = this.position
    return this.fitting(this.expect(5, 'a map'), 2, at)
  }

  /** A link's digest. */
  link(): Digest {
    const at = this.position
    const b = this.bytes
    if (at + 41 > this.end) refuse(at, 'a truncated link')
    if (
      b[at] !== 0xd8 ||
      b[at + 1] !== 0x2a ||
      b[at + 2] !== 0x58 ||
      b[at + 3] !== 0x25 ||
      b[at + 4] !== 0x00 ||
      b[at + 5] !== 0x01 ||
      b[at + 6] !== 0x71 ||
      b[at + 7] !== 0x1e ||
      b[at + 8] !== 0x20
    ) {
      refuse(at, 'a tag that is not a link of ours')
    }
    this.position = at + 41
    return fromBytes(b, at + 9)
  }

  /**
   * Any value. A link is what `onLink` answers for its digest; without `onLink` it is refused.
   */
  value(onLink: OnLink | null = null): Encodable {
    return this.item(onLink, 0)
  }

  private item(onLink: OnLink | null, depth: number): Encodable {
    const at = this.position
    const initial = this.initial()
    switch (initial >> 5) {
      case 0:
        return this.argument(initial)
      case 1:
        return this.negative(initial, at)
      case 2:
        return this.bytesOf(this.argument(initial), at)
      case 3:
        return this.textOf(this.argument(initial), at)
      case 4:
        return this.list(this.fitting(this.argument(initial), 1, at), onLink, depth + 1, at)
      case 5:
        return this.map(this.fitting(this.argument(initial), 2, at), onLink, depth + 1, at)
      case 6: {
        if (onLink === null) return refuse(at, initial === 0xd8 ? 'a link, which no value holds' : 'a tag')
        this.position = at
        return onLink(this.link())
      }
      default:
        if (initial === 0xf4) return false
        if (initial === 0xf5) return true
        if (initial === 0xf6) return null
        if (initial === 0xfb) return this.float(at)
        return refuse(
          at,
          initial === 0xf9 || initial === 0xfa ? 'a float of less than 64 bits' : 'a simple value',
        )
    }
  }

  private list(n: number, onLink: OnLink | null, depth: number, at: number): ReadonlyArray<Encodable> {
    if (depth > this.maxDepth) refuse(at, `nested deeper than ${this.maxDepth}`)
    // Room is made ahead for short lists only: nested claims of long ones would add up to far more than the input.
    const items: Array<Encodable> = n <= 32 ? new Array(n) : []
    for (let i = 0; i < n; i++) items[i] = this.item(onLink, depth)
    return Object.freeze(items)
  }

  private map(
    n: number,
    onLink: OnLink | null,
    depth: number,
    at: number,
  ): { readonly [key: string]: Encodable } {
    if (depth > this.maxDepth) refuse(at, `nested deeper than ${this.maxDepth}`)
    const entries: { [key: string]: Encodable } = {}
    let last = 0
    let lastSize = -1
    let i = 0
    const slot = n > 1 && n <= LARGEST ? slotOf(this.bytes, this.position, n) : -1
    const shape = slot < 0 ? undefined : shapeAt(slot)
    if (shape !== undefined && shape.keys.length === n) {
      for (let from = 0; i < n; i++) {
        const to = shape.ends[i]!
        if (!this.next(shape.bytes, from, to)) break
        last = this.position
        lastSize = to - from
        this.position = last + lastSize
        entries[shape.keys[i]!] = this.item(onLink, depth)
        from = to
      }
      if (i === n) return Object.freeze(entries)
    }
    for (; i < n; i++) {
      const from = this.position
      const key = this.key()
      const size = this.position - from
      if (i > 0 && !this.ordered(last, lastSize, from, size)) refuse(from, 'keys out of order or twice')
      last = from
      lastSize = size
      const v = this.item(onLink, depth)
      if (key === '__proto__') Object.defineProperty(entries, key, ordinary(v))
      else entries[key] = v
    }
    if (slot >= 0) learn(slot, entries)
    return Object.freeze(entries)
  }

  /** Whether the next bytes are those from `from` to `to` of `expected`. */
  private next(expected: Uint8Array, from: number, to: number): boolean {
    const bytes = this.bytes
    let at = this.position
    if (at + to - from > this.end) return false
    for (let i = from; i < to; i++) if (bytes[at++] !== expected[i]) return false
    return true
  }

  /** Whether one encoded key comes before another. The shorter head goes with the shorter key, so whole items compare. */
  private ordered(a: number, aSize: number, b: number, bSize: number): boolean {
    if (aSize !== bSize) return aSize < bSize
    const bytes = this.bytes
    for (let i = 0; i < aSize; i++) {
      const x = bytes[a + i]!
      const y = bytes[b + i]!
      if (x !== y) return x < y
    }
    return false
  }
}

const ordinary = (value: Encodable): PropertyDescriptor => ({
  value,
  enumerable: true,
  writable: true,
  configurable: true,
})
