/**
 * `Sharing` folds a journal's words: the counts, and when each block's count first reached two.
 *
 * A block is shared from the end of the transaction that left its count at two or more: what a transaction raises and
 * lowers again was never seen. The time is kept until the block is swept.
 */
import { Tally } from './tally.js'
import {
  COMMIT,
  CUT,
  extent,
  HEAD,
  HEADER,
  NONE,
  PIN,
  PUT,
  SHARED,
  SWEEP,
  tagAt,
  timeAt,
  UNPIN,
} from './words.js'

export class Sharing {
  readonly tally: Tally = new Tally()
  /** By number, ms; NaN or absent where the count never reached two. */
  private since = new Float64Array(0)
  /** Numbers that the transaction in hand has raised to two. */
  private readonly risen: Array<number> = []
  /** Numbers that were put, or that fell to nothing: what may be garbage. Whoever collects takes them. */
  fallen: Array<number> = []
  /** The last transaction's. */
  time: number = Number.NaN

  /** When the count first reached two, or NaN. */
  sharedSince(number: number): number {
    return number < this.since.length ? this.since[number]! : Number.NaN
  }

  /** Folds the entries in `words` from `from` up to `to`, which must be the ends of transactions. */
  absorb(words: Int32Array, from: number, to: number): void {
    const { tally, risen } = this
    for (let at = from; at < to; at += extent(words, at)) {
      const own = at + HEADER
      const subject = words[at + 1]!
      switch (tagAt(words, at)) {
        case PUT: {
          const end = at + extent(words, at)
          for (let i = own; i < end; i++) {
            const link = words[i]!
            if (tally.raise(link) === 2) risen.push(link)
          }
          this.fallen.push(subject)
          break
        }
        case HEAD:
          if (words[own] !== NONE) this.lower(words[own]!)
          if (words[own + 1] !== NONE) this.raise(words[own + 1]!, 1)
          break
        case PIN:
          this.raise(subject, words[own]!)
          break
        case UNPIN:
          this.lower(subject)
          break
        case CUT:
          for (let i = own + words[at + 3]! - 1; i >= own; i--) this.lower(words[i]!)
          break
        case SWEEP:
          for (let i = own + words[at + 2]! - 1; i >= own; i--) this.lower(words[i]!)
          this.forget(subject)
          break
        case SHARED:
          this.remember(subject, timeAt(words, own))
          break
        case COMMIT:
          this.settle(timeAt(words, own))
          break
      }
    }
  }

  /** The number may be used for another block now. */
  forget(number: number): void {
    if (number < this.since.length) this.since[number] = Number.NaN
  }

  private raise(number: number, times: number): void {
    const count = this.tally.add(number, times)
    if (count >= 2 && count - times < 2) this.risen.push(number)
  }

  private lower(number: number): void {
    if (this.tally.add(number, -1) === 0) this.fallen.push(number)
  }

  private settle(time: number): void {
    this.time = time
    for (const number of this.risen)
      if (this.tally.count(number) >= 2 && Number.isNaN(this.sharedSince(number))) this.remember(number, time)
    this.risen.length = 0
  }

  private remember(number: number, time: number): void {
    if (number >= this.since.length) {
      const since = new Float64Array(Math.max(number + 1, this.since.length * 2, 64)).fill(Number.NaN)
      since.set(this.since)
      this.since = since
    }
    this.since[number] = time
  }
}
