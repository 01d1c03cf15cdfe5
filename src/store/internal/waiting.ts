/**
 * Who waits for what: blocks that lack links, by the links that they lack.
 *
 * It may say too early that a block lacks nothing (a block that was added again is counted down twice), never too
 * late; so whoever is told looks again.
 */
import type { Digest } from '../../data/Digest.js'

export class Waiting {
  private readonly lacks = new Map<Digest, number>()
  private readonly waiters = new Map<Digest, Array<Digest>>()

  get size(): number {
    return this.lacks.size
  }

  has(digest: Digest): boolean {
    return this.lacks.has(digest)
  }

  digests(): ReadonlyArray<Digest> {
    return [...this.lacks.keys()]
  }

  /** Lets a block wait for others, of which there is one at least. Answers those that nobody waited for. */
  add(digest: Digest, absent: ReadonlySet<Digest>): ReadonlyArray<Digest> {
    const unheard: Array<Digest> = []
    this.lacks.set(digest, absent.size)
    for (const each of absent) {
      const waiters = this.waiters.get(each)
      if (waiters === undefined) unheard.push(each)
      if (waiters === undefined) this.waiters.set(each, [digest])
      else waiters.push(digest)
    }
    return unheard
  }

  /** A block is there: answers who lacks nothing any more, and forgets them. */
  arrive(digest: Digest): ReadonlyArray<Digest> {
    const waiters = this.waiters.get(digest) ?? []
    this.waiters.delete(digest)
    this.lacks.delete(digest)
    return waiters.filter((waiter) => {
      const lacks = this.lacks.get(waiter)
      if (lacks === undefined) return false
      if (lacks > 1) this.lacks.set(waiter, lacks - 1)
      return lacks === 1 && this.lacks.delete(waiter)
    })
  }

  forget(digest: Digest): void {
    this.lacks.delete(digest)
  }
}
