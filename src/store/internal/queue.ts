/** A `Queue` holds what waits to be swept: what fell to no reference, and may have been used again since. */

/** Blocks that came to wait in one sweep epoch. */
interface Generation {
  readonly epoch: number
  readonly numbers: Array<number>
}

/** The oldest generation first. */
export class Queue {
  private generations: Array<Generation> = []
  /** How many of the first generation have been taken. */
  private taken = 0
  length = 0

  push(number: number, epoch: number): void {
    const last = this.generations[this.generations.length - 1]
    if (last !== undefined && last.epoch === epoch) last.numbers.push(number)
    else this.generations.push({ epoch, numbers: [number] })
    this.length++
  }

  /** The nth from the front, which must be there. O(generations). */
  at(n: number): number {
    let i = n + this.taken
    for (const { numbers } of this.generations) {
      if (i < numbers.length) return numbers[i]!
      i -= numbers.length
    }
    return Number.NaN
  }

  shift(): number | undefined {
    const first = this.generations[0]
    if (first === undefined) return undefined
    const number = first.numbers[this.taken++]!
    this.length--
    if (this.taken === first.numbers.length) {
      this.generations.shift()
      this.taken = 0
    }
    return number
  }

  /** How many wait, by the epoch in which they came. */
  byGeneration(): ReadonlyArray<{ readonly epoch: number; readonly blocks: number }> {
    return this.generations.map(({ epoch, numbers }, i) => ({
      epoch,
      blocks: numbers.length - (i === 0 ? this.taken : 0),
    }))
  }
}
