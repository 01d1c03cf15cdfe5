/**
 * `Blocks` is the table of a memory store: digest → number, and by number the bytes and the place of the put in the
 * journal.
 *
 * A freed number is given out again, so the tables are as long as the store once had blocks at a time, not as long as
 * its history. Whoever remembers numbers must therefore be told of every sweep (`Ref.stamp`).
 */
import type { Digest } from '../../data/Digest.js'

export class Blocks {
  private readonly byDigest = new Map<Digest, number>()
  private digests: Array<Digest | undefined> = []
  private contents: Array<Uint8Array | undefined> = []
  private places: Int32Array = new Int32Array(64)
  private free: Array<number> = []
  byteLength = 0

  get size(): number {
    return this.byDigest.size
  }

  /** All numbers in use are below this. */
  get end(): number {
    return this.digests.length
  }

  /** The number that the next block gets. */
  get next(): number {
    return this.free.length > 0 ? this.free[this.free.length - 1]! : this.digests.length
  }

  /** −1 for a block that is not there. */
  find(digest: Digest): number {
    return this.byDigest.get(digest) ?? -1
  }

  digest(number: number): Digest | undefined {
    return this.digests[number]
  }

  bytes(digest: Digest): Uint8Array | undefined {
    const number = this.byDigest.get(digest)
    return number === undefined ? undefined : this.contents[number]
  }

  /** Where the block's put begins in the journal, in words. */
  place(number: number): number {
    return this.places[number]!
  }

  move(number: number, place: number): void {
    this.places[number] = place
  }

  /** Gives `next` to a block that is not there. */
  add(digest: Digest, bytes: Uint8Array, place: number): number {
    const number = this.next
    const size = bytes.byteLength
    if (number >= this.places.length) {
      const places = new Int32Array(this.places.length * 2)
      places.set(this.places)
      this.places = places
    }
    // First what can fail: a Map holds 2^24 entries at most.
    this.byDigest.set(digest, number)
    if (this.free.length > 0) this.free.pop()
    this.digests[number] = digest
    this.contents[number] = bytes
    this.places[number] = place
    this.byteLength += size
    return number
  }

  remove(number: number): void {
    this.byteLength -= this.contents[number]!.byteLength
    this.byDigest.delete(this.digests[number]!)
    this.digests[number] = undefined
    this.contents[number] = undefined
    this.free.push(number)
    if (this.byDigest.size === 0) {
      this.digests = []
      this.contents = []
      this.free = []
      this.places = new Int32Array(64)
    }
  }
}
